//! The terminal's state: entered once, and put back on every way out: return, error, panic, signal,
//! suspension, editor.

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use std::io::stdout;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static ENTERED: AtomicBool = AtomicBool::new(false);

/// Puts the terminal back when it goes.
pub struct Guard(());

impl Guard {
    /// Takes the terminal over; the thread that calls is the one that draws.
    ///
    /// # Errors
    /// What the terminal says; it is then as it was before.
    pub fn enter() -> std::io::Result<Self> {
        install_panic_hook();
        let guard = Guard(());
        enter()?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Takes the terminal over.
///
/// # Errors
/// What the terminal says.
pub fn enter() -> std::io::Result<()> {
    ENTERED.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)
}

/// Puts the terminal back; harmless when it already is.
pub fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
}

/// A panic of the drawing thread is printed on a restored terminal. A panic of any other thread belongs to
/// a job, which reports it; printing it would spoil the screen.
fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let drawing = std::thread::current().id();
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let drawn = ENTERED.load(Ordering::SeqCst);
            if drawn && std::thread::current().id() != drawing {
                return;
            }
            restore();
            previous(info);
        }));
    });
}

/// Stops the program as the shell's job control does; returns when it is continued.
///
/// # Errors
/// What the system says.
pub fn suspend() -> std::io::Result<()> {
    #[cfg(unix)]
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)?;
    Ok(())
}

/// Runs the person's editor on a file and waits. The words of `$VISUAL` or `$EDITOR` are split at spaces;
/// no shell is involved.
///
/// # Errors
/// One line on why it could not be run.
pub fn edit(path: &std::path::Path) -> Result<(), String> {
    let wanted = ["VISUAL", "EDITOR"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.trim().is_empty()));
    let wanted = wanted.unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned());
    let mut words = wanted.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let shown = crate::text::screen(program);
    // An absolute path cannot be taken for an option.
    let path = std::path::absolute(path).map_err(|e| format!("cannot find the file: {e}"))?;
    match std::process::Command::new(program).args(words).arg(&path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{shown} ended with {status}; the policy was read again anyway")),
        Err(cause) => Err(format!("cannot run {shown} ({cause}): set $VISUAL or $EDITOR")),
    }
}
