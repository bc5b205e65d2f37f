//! The guard at work: the kernel tells who opens what, `watch` says what becomes of it, and `judge`, in a thread of its
//! own, verifies. This thread opens no file that is guarded, so nothing here waits for itself.

use super::judge::{Asked, Guarded, Judge, failed};
use super::kernel::{Event, Kernel};
use super::notices::Notices;
use super::tree::{Listed, files_below, stamp_of};
use super::watch::{Answer, Inode, Judged, Refusal, Seen, Watch, Word};
use crate::disk;
use crate::error::{Code, Error, Result};
use crate::inventory::{ModelId, is_loadable};
use crate::workbench::OpenOptions;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::fs;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

/// What a guard says.
#[derive(Debug)]
pub enum Notice {
    /// Files are guarded from now on.
    Started {
        /// How many models.
        models: usize,
        /// How many folders.
        folders: usize,
        /// Models there that cannot be guarded: their files are blobs of a store.
        left_out: Vec<ModelId>,
    },
    /// A model was decided.
    Decided {
        /// Which.
        model: ModelId,
        /// What.
        word: Word,
    },
    /// An open was refused.
    Refused(Box<Refused>),
    /// The policy and the inventory were read again.
    Reloaded {
        /// How many models.
        models: usize,
    },
    /// Something did not work; the guard goes on.
    Trouble(Error),
    /// It ends.
    Ended,
}

/// An open that was refused, or would have been.
#[derive(Debug)]
pub struct Refused {
    /// The process.
    pub process: i32,
    /// What the process calls itself.
    pub command: String,
    /// The file, as the kernel calls it.
    pub file: PathBuf,
    /// The model that has it.
    pub model: Option<ModelId>,
    /// Why.
    pub word: Word,
    /// Refusals of this model to this process that were not told since the last one.
    pub untold: u64,
    /// Whether it was let through all the same.
    pub is_dry: bool,
}

enum Task {
    Decide(u64, usize),
    Reload,
}

enum Done {
    Decided(u64, usize, Judged),
    Reloaded(Result<Vec<Guarded>>),
}

/// Whoever waits.
struct Opener {
    /// None where the open went on already.
    event: Option<Event>,
    process: i32,
    file: PathBuf,
    command: String,
}

/// Guards until it is told to end.
///
/// # Errors
/// `E-CREDENTIALS` without the right to; `E-READ` where the kernel cannot, or a folder cannot be read; and as
/// [`Judge::open`].
pub fn guard(options: &OpenOptions, asked: &Asked, tell: &mut dyn FnMut(Notice)) -> Result<()> {
    let asked = Asked { dirs: folders(&asked.dirs)?, ..asked.clone() };
    // Before any thread starts: signals are read here alone.
    let mut signals = SigSet::empty();
    [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP].into_iter().for_each(|signal| signals.add(signal));
    let broken = |what: &str| Error::new(Code::Internal, what.to_owned());
    signals.thread_block().map_err(|_| broken("signals cannot be held back"))?;
    let signals = SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)
        .map_err(|_| broken("signals cannot be read"))?;
    let kernel = Kernel::new()?;
    let judge = Judge::open(options, &asked)?;
    let (models, left_out) = (judge.models().to_vec(), judge.left_out().to_vec());
    let (tasks, to_do) = channel();
    let (results, done) = channel();
    let (bell, rung) = UnixStream::pair().map_err(|cause| Error::new(Code::Internal, cause.to_string()))?;
    rung.set_nonblocking(true).map_err(|cause| Error::new(Code::Internal, cause.to_string()))?;
    let mut rounds = Rounds {
        watch: Watch::new(0, false, asked.unknown, asked.patience),
        asked: asked.clone(),
        kernel,
        models: Vec::new(),
        notices: Notices::default(),
        tasks,
        generation: 0,
        start: Instant::now(),
        own: fs::metadata("/proc/self/exe").ok().as_ref().and_then(stamp_of).map(|stamp| stamp.inode),
    };
    // Marked before anything is verified: what changes from now on is seen.
    let folders = rounds.take(models, tell)?;
    let options = options.clone();
    std::thread::Builder::new()
        .name("judge".to_owned())
        .spawn(move || work(judge, &options, &asked, &to_do, &results, bell))
        .map_err(|cause| Error::new(Code::Internal, cause.to_string()))?;
    tell(Notice::Started { models: rounds.models.len(), folders, left_out });
    let ended = rounds.run(&signals, &done, rung, tell);
    // Who still waits is not let in: nobody has decided.
    for opener in rounds.watch.release() {
        if let Some(event) = opener.event {
            rounds.kernel.answer(&event, false);
        }
    }
    tell(Notice::Ended);
    ended
}

/// The folders by their real names.
fn folders(dirs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let real = |dir: &PathBuf| {
        let real = dir.canonicalize().map_err(|cause| Error::read(dir, &cause))?;
        if !real.is_dir() {
            let error = Error::new(Code::Usage, "not a folder").at_path(dir);
            return Err(error.help("name folders that models lie in"));
        }
        Ok(real)
    };
    dirs.iter().map(real).collect()
}

/// The judge's thread.
fn work(
    mut judge: Judge,
    options: &OpenOptions,
    asked: &Asked,
    to_do: &Receiver<Task>,
    results: &Sender<Done>,
    mut bell: UnixStream,
) {
    // Where the policy cannot be read again, the one before it counts no more.
    let mut fault: Option<Word> = None;
    while let Ok(task) = to_do.recv() {
        let done = match task {
            Task::Decide(generation, model) => {
                let judged = match &fault {
                    Some(word) => Judged::Failed(word.clone()),
                    None => judge.decide(model),
                };
                Done::Decided(generation, model, judged)
            }
            Task::Reload => match Judge::open(options, asked) {
                Ok(other) => {
                    (judge, fault) = (other, None);
                    Done::Reloaded(Ok(judge.models().to_vec()))
                }
                Err(error) => {
                    fault = Some(failed(&error));
                    Done::Reloaded(Err(error))
                }
            },
        };
        if results.send(done).is_err() || bell.write_all(b"!").is_err() {
            return;
        }
    }
}

/// A guard at work.
pub struct Rounds {
    asked: Asked,
    kernel: Kernel,
    watch: Watch<Opener>,
    models: Vec<Guarded>,
    notices: Notices,
    tasks: Sender<Task>,
    /// How often the models became others.
    generation: u64,
    start: Instant,
    /// This program: other processes of it look at models, and load none.
    own: Option<Inode>,
}

impl Rounds {
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Takes these models for those that are guarded, and marks everything below the folders; how many folders.
    fn take(&mut self, models: Vec<Guarded>, tell: &mut dyn FnMut(Notice)) -> Result<usize> {
        let mut folders = 0;
        for dir in self.asked.dirs.clone() {
            if self.asked.mount {
                self.kernel.mount(&dir)?;
            }
            let listed = files_below(&dir)?;
            folders += listed.folders.len();
            for folder in &listed.folders {
                self.kernel.folder(folder)?;
            }
        }
        self.watch.renew(models.len(), !self.asked.lazy);
        self.models = models;
        for model in 0..self.models.len() {
            self.look_at(model, tell);
        }
        Ok(folders)
    }

    /// Lists the files of a model anew.
    fn look_at(&mut self, model: usize, tell: &mut dyn FnMut(Notice)) {
        let Some(guarded) = self.models.get(model) else { return };
        let mut files = Vec::new();
        for part in &guarded.parts {
            // What cannot be listed cannot be verified either, and is refused.
            let Listed { files: found, elsewhere, .. } = match files_below(part) {
                Ok(listed) => listed,
                Err(error) => {
                    tell(Notice::Trouble(error));
                    continue;
                }
            };
            for file in elsewhere {
                if let Err(error) = self.kernel.file(&file)
                    && file.exists()
                {
                    tell(Notice::Trouble(error));
                }
            }
            files.extend(found.into_iter().map(|(_, stamp)| stamp.inode));
        }
        self.watch.own(model, &files);
    }

    /// Looks at everything in which something came or went.
    fn catch_up(&mut self, tell: &mut dyn FnMut(Notice)) {
        let (folders, lost) = self.kernel.stirred();
        let folders = if lost { self.asked.dirs.clone() } else { folders };
        for folder in folders {
            // New folders are guarded, too; one that is gone again is none.
            for below in files_below(&folder).map(|listed| listed.folders).unwrap_or_default() {
                if let Err(error) = self.kernel.folder(&below)
                    && below.exists()
                {
                    tell(Notice::Trouble(error));
                }
            }
            for model in 0..self.models.len() {
                let Some(guarded) = self.models.get(model) else { continue };
                let concerns = |part: &PathBuf| part.starts_with(&folder) || folder.starts_with(part);
                if guarded.parts.iter().any(concerns) {
                    // Above a model nothing of it changes but that it comes or goes: then its files are others.
                    if guarded.parts.iter().any(|part| folder.starts_with(part)) {
                        self.watch.stirred(model);
                    }
                    self.look_at(model, tell);
                }
            }
        }
    }

    fn run(
        &mut self,
        signals: &SignalFd,
        done: &Receiver<Done>,
        mut rung: UnixStream,
        tell: &mut dyn FnMut(Notice),
    ) -> Result<()> {
        loop {
            if let Some(model) = self.watch.ask() {
                self.send(Task::Decide(self.generation, model))?;
            }
            let wait = self.watch.next_end().map(|end| end.saturating_sub(self.now()).saturating_add(1));
            let wait = wait
                .map_or(PollTimeout::NONE, |wait| PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX));
            let mut fds = [
                PollFd::new(self.kernel.files_fd(), PollFlags::POLLIN),
                PollFd::new(self.kernel.folders_fd(), PollFlags::POLLIN),
                PollFd::new(signals.as_fd(), PollFlags::POLLIN),
                PollFd::new(rung.as_fd(), PollFlags::POLLIN),
            ];
            // An interrupted wait is one that ended early.
            let _ = poll(&mut fds, wait);
            let has = |at: usize| fds.get(at).and_then(PollFd::any).unwrap_or(false);
            let (files, came, signal, rang) = (has(0), has(1), has(2), has(3));
            if signal {
                while let Ok(Some(signal)) = signals.read_signal() {
                    if i32::try_from(signal.ssi_signo) == Ok(Signal::SIGHUP as i32) {
                        self.send(Task::Reload)?;
                    } else {
                        return Ok(());
                    }
                }
            }
            if came {
                self.catch_up(tell);
            }
            if files {
                let events = self.kernel.events()?;
                // What came or went before these opens counts for them.
                self.catch_up(tell);
                for event in events {
                    self.happened(event, tell);
                }
            }
            if rang {
                let mut rings = [0; 64];
                if matches!(rung.read(&mut rings), Ok(0)) {
                    return Err(Error::new(Code::Internal, "the verification ended by itself"));
                }
                while let Ok(done) = done.try_recv() {
                    self.is_done(done, tell)?;
                }
            }
            let now = self.now();
            let late = self.watch.elapsed(now);
            self.answer(late, tell);
        }
    }

    fn send(&self, task: Task) -> Result<()> {
        let lost = |_| Error::new(Code::Internal, "the verification ended by itself");
        self.tasks.send(task).map_err(lost)
    }

    fn happened(&mut self, event: Event, tell: &mut dyn FnMut(Notice)) {
        let is_own = u32::try_from(event.process) == Ok(std::process::id());
        let Some(stamp) = event.stamp else {
            if event.waits {
                self.kernel.answer(&event, is_own || event.is_odd || self.asked.dry_run);
            }
            return;
        };
        if !event.waits {
            // What this process writes is its own store.
            if !is_own {
                self.watch.touched(stamp.inode);
            }
            return;
        }
        if is_own || self.watch.lets_in(&stamp) {
            self.kernel.answer(&event, true);
            return;
        }
        if !self.watch.knows(stamp.inode) {
            self.catch_up(tell);
        }
        if self.is_of_this_program(event.process) {
            self.kernel.answer(&event, true);
            return;
        }
        let file = event.path();
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_below = !self.asked.mount || self.asked.dirs.iter().any(|dir| file.starts_with(dir));
        let seen = Seen { is_below, is_weights: is_loadable(&name) };
        let process = event.process;
        let event = if self.asked.dry_run {
            self.kernel.answer(&event, true);
            None
        } else {
            Some(event)
        };
        let opener = Opener { event, process, file, command: command(process) };
        let now = self.now();
        if let Some(answer) = self.watch.opened(opener, stamp, seen, now) {
            self.answer(vec![answer], tell);
        }
    }

    fn is_of_this_program(&self, process: i32) -> bool {
        let found = fs::metadata(format!("/proc/{process}/exe")).ok();
        let program = found.as_ref().and_then(stamp_of).map(|stamp| stamp.inode);
        program.is_some() && program == self.own
    }

    fn is_done(&mut self, done: Done, tell: &mut dyn FnMut(Notice)) -> Result<()> {
        match done {
            Done::Decided(generation, model, judged) if generation == self.generation => {
                if let (Judged::Known(word, _) | Judged::Failed(word), Some(guarded)) =
                    (&judged, self.models.get(model))
                {
                    tell(Notice::Decided { model: guarded.id.clone(), word: word.clone() });
                }
                // What changed meanwhile counts before the decision does.
                for event in self.kernel.events()? {
                    self.happened(event, tell);
                }
                self.catch_up(tell);
                let answers = self.watch.decided(model, judged);
                self.answer(answers, tell);
            }
            // The models are others since.
            Done::Decided(..) => {}
            Done::Reloaded(Ok(models)) => {
                self.generation += 1;
                self.take(models, tell)?;
                tell(Notice::Reloaded { models: self.models.len() });
            }
            // What was decided before holds no longer: the next opens say why.
            Done::Reloaded(Err(error)) => {
                tell(Notice::Trouble(error));
                self.generation += 1;
                let models = self.models.clone();
                self.take(models, tell)?;
            }
        }
        Ok(())
    }

    fn answer(&mut self, answers: Vec<(Opener, Answer)>, tell: &mut dyn FnMut(Notice)) {
        for (opener, answer) in answers {
            let refusal = match answer {
                Answer::Allow => None,
                Answer::Refuse(refusal) => Some(refusal),
            };
            if let Some(event) = &opener.event {
                self.kernel.answer(event, refusal.is_none());
            }
            if let Some(refusal) = refusal {
                self.refused(opener, refusal, tell);
            }
        }
    }

    fn refused(&mut self, opener: Opener, refusal: Refusal, tell: &mut dyn FnMut(Notice)) {
        let (model, word) = match refusal {
            Refusal::Decided(model, word) => (Some(model), (*word).clone()),
            Refusal::Patience(model) => {
                let patience = self.asked.patience / 1000;
                let why = format!("its verification took longer than {patience} s");
                let error = Error::new(Code::Cancelled, why).help("open it again later, or raise --patience");
                (Some(model), failed(&error))
            }
            Refusal::Unknown => {
                let error = Error::new(Code::NotFound, "no model of the inventory has this file").help(
                    "run `touchmark scan`, then send the guard SIGHUP; or start it with --unknown allow",
                );
                (None, failed(&error))
            }
        };
        let now = self.now();
        let Some(untold) = self.notices.tells(model, opener.process, now) else { return };
        let model = model.and_then(|model| self.models.get(model)).map(|guarded| guarded.id.clone());
        tell(Notice::Refused(Box::new(Refused {
            process: opener.process,
            command: opener.command,
            file: opener.file,
            model,
            word,
            untold,
            is_dry: self.asked.dry_run,
        })));
    }
}

/// What a process calls itself; whoever runs it chose that.
fn command(process: i32) -> String {
    let name = disk::open(Path::new(&format!("/proc/{process}/comm"))).ok().and_then(|(file, _)| {
        let mut bytes = Vec::new();
        file.take(64).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).trim_end().to_owned())
    });
    name.unwrap_or_default()
}
