//! Runs the program itself, for what is typed after `:`: without a shell, its output read through pipes as it comes, or
//! on the terminal where it has to ask. It knows words and lines, and no screen.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longer lines are broken.
const MAX_LINE_BYTES: usize = 16 * 1024;
/// How long one that was asked to end may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What every command is run with.
#[derive(Debug, Clone, Default)]
pub struct Under {
    /// The workspace.
    pub workspace: Option<PathBuf>,
    /// A policy instead of the workspace's.
    pub policy: Option<PathBuf>,
    /// The time to judge as of.
    pub at: Option<String>,
    /// Write nothing.
    pub read_only: bool,
    /// Say how far it is, in lines on standard error.
    pub tells_progress: bool,
}

impl Under {
    /// The arguments: what stands in the words already is not said again.
    fn arguments(&self, words: &[String]) -> Vec<OsString> {
        let is_said = |flag: &str| {
            let said = |word: &String| {
                word.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
            };
            words.iter().take_while(|word| *word != "--").any(said)
        };
        let mut all: Vec<OsString> = Vec::new();
        let mut add = |flag: &str, value: Option<OsString>| {
            if let Some(value) = value.filter(|_| !is_said(flag)) {
                all.extend([flag.into(), value]);
            }
        };
        add("--workspace", self.workspace.as_ref().map(OsString::from));
        add("--policy", self.policy.as_ref().map(OsString::from));
        add("--at", self.at.as_ref().map(OsString::from));
        add("--color", Some("never".into()));
        if self.read_only && !is_said("--read-only") {
            all.push("--read-only".into());
        }
        if self.tells_progress {
            all.push("--progress-lines".into());
        }
        all.extend(words.iter().map(|word| at_home(word)));
        all
    }
}

/// A path that begins in the person's home, as a shell has it.
pub fn at_home(word: &str) -> OsString {
    let home = || directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match word.strip_prefix("~/").and_then(|rest| Some(home()?.join(rest))) {
        Some(path) => path.into(),
        None => word.into(),
    }
}

/// The names in a folder as it was typed, sorted, each with whether it is a folder.
///
/// # Errors
/// What the system says.
pub fn names_in(typed: &str) -> std::io::Result<Vec<(String, bool)>> {
    const MAX_NAMES: usize = 5000;
    let folder = if typed.is_empty() { OsString::from(".") } else { at_home(typed) };
    let entries = std::fs::read_dir(Path::new(&folder))?.take(MAX_NAMES);
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.ok()?;
        // Follow links: a person completes the path of what a link leads to.
        let is_folder = entry.path().is_dir();
        Some((entry.file_name().into_string().ok()?, is_folder))
    };
    let mut names: Vec<(String, bool)> = entries.filter_map(name).collect();
    names.sort();
    Ok(names)
}

/// How one ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With a status.
    Status(i32),
    /// By a signal.
    Signal(i32),
    /// It was cancelled.
    Cancelled,
}

/// What comes of one.
pub enum Said {
    /// Lines, and whether they came on standard error.
    Lines(bool, Vec<String>),
    /// It ended.
    Ended(End),
}

/// One that runs.
#[derive(Clone)]
pub struct Running {
    child: Arc<Mutex<Child>>,
    is_cancelled: Arc<Mutex<bool>>,
}

impl Running {
    /// Starts one. Threads report its output as it comes.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(
        words: &[String],
        under: &Under,
        tell: impl Fn(Said) + Clone + Send + 'static,
    ) -> std::io::Result<Self> {
        let mut child = command(words, under)?
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let out = reader(child.stdout.take(), false, None, tell.clone());
        let aside = reader(child.stderr.take(), true, None, tell.clone());
        let running = Running { child: Arc::new(Mutex::new(child)), is_cancelled: Arc::default() };
        let waiting = running.clone();
        std::thread::spawn(move || {
            // At the end of its output it has ended, or is about to.
            [out, aside].into_iter().flatten().for_each(|reading| drop(reading.join()));
            tell(Said::Ended(waiting.end()));
        });
        Ok(running)
    }

    fn end(&self) -> End {
        loop {
            let status = lock(&self.child).try_wait();
            match status {
                Ok(Some(_)) if *lock(&self.is_cancelled) => return End::Cancelled,
                Ok(Some(status)) => return ended(status),
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                Err(_) => return End::Status(-1),
            }
        }
    }

    /// Asks it to end, and makes it end where it does not; on a thread of its own.
    pub fn cancel(&self) {
        let running = self.clone();
        std::thread::spawn(move || {
            running.interrupt();
            let until = Instant::now() + PATIENCE;
            while Instant::now() < until {
                if !matches!(lock(&running.child).try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = lock(&running.child).kill();
        });
    }

    /// Asks it to end, as Ctrl-C does.
    pub fn interrupt(&self) {
        *lock(&self.is_cancelled) = true;
        let mut child = lock(&self.child);
        // Under the lock nobody else waits for it, so that its number is still its own.
        if matches!(child.try_wait(), Ok(None)) {
            #[cfg(unix)]
            let _ = rustix::process::kill_process(
                rustix::process::Pid::from_child(&child),
                rustix::process::Signal::INT,
            );
            #[cfg(not(unix))]
            let _ = child.kill();
        }
    }
}

/// Runs one on the terminal and waits; what it says is shown there and told.
///
/// # Errors
/// What the system says.
pub fn run_here(
    words: &[String],
    under: &Under,
    tell: impl Fn(Said) + Clone + Send + 'static,
) -> std::io::Result<End> {
    let mut child = command(words, under)?.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let out = reader(child.stdout.take(), false, Some(Box::new(std::io::stdout())), tell.clone());
    let aside = reader(child.stderr.take(), true, Some(Box::new(std::io::stderr())), tell);
    let status = child.wait()?;
    [out, aside].into_iter().flatten().for_each(|reading| drop(reading.join()));
    Ok(ended(status))
}

fn command(words: &[String], under: &Under) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(under.arguments(words));
    Ok(command)
}

fn ended(status: ExitStatus) -> End {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return End::Signal(signal);
    }
    End::Status(status.code().unwrap_or(-1))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads lines until the end, on a thread; as many at once as have come.
fn reader(
    from: Option<impl Read + Send + 'static>,
    is_aside: bool,
    mut also: Option<Box<dyn Write + Send>>,
    tell: impl Fn(Said) + Send + 'static,
) -> Option<std::thread::JoinHandle<()>> {
    let mut from = from?;
    Some(std::thread::spawn(move || {
        let (mut buffer, mut rest) = (vec![0; 32 * 1024], Vec::new());
        loop {
            let read = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => buffer.get(..read).unwrap_or_default(),
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            if let Some(also) = &mut also {
                let _ = also.write_all(read).and_then(|()| also.flush());
            }
            rest.extend_from_slice(read);
            let lines = whole_lines(&mut rest);
            if !lines.is_empty() {
                tell(Said::Lines(is_aside, lines));
            }
        }
        if !rest.is_empty() {
            tell(Said::Lines(is_aside, vec![String::from_utf8_lossy(&rest).into_owned()]));
        }
    }))
}

/// Takes the lines that are whole; one that is too long is broken.
fn whole_lines(rest: &mut Vec<u8>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut from = 0;
    while let Some(left) = rest.get(from..) {
        let end = left.iter().take(MAX_LINE_BYTES).position(|byte| *byte == b'\n');
        let (length, skip) = match end {
            Some(end) => (end, 1),
            None if left.len() >= MAX_LINE_BYTES => (MAX_LINE_BYTES, 0),
            None => break,
        };
        let line = left.get(..length).unwrap_or_default();
        lines.push(String::from_utf8_lossy(line).trim_end_matches('\r').to_owned());
        from += length + skip;
    }
    rest.drain(..from.min(rest.len()));
    lines
}
