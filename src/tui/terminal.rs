//! The terminal's state: entered once, and put back on every way out: return, error, panic, signal,
//! suspension, editor.

mod answer;

pub use answer::{Answer, QUESTION, Sifted};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste};
use crossterm::execute;
use crossterm::style::Print;
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use std::io::stdout;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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

/// Takes the mouse from the terminal, or gives it back. Clicks and the wheel only: a mouse that is merely moved wakes
/// nobody.
///
/// # Errors
/// What the terminal says.
pub fn capture_mouse(on: bool) -> std::io::Result<()> {
    match on {
        true if cfg!(windows) => execute!(stdout(), crossterm::event::EnableMouseCapture),
        // Buttons and the wheel (1000), in a form without a limit of columns (1006).
        true => execute!(stdout(), Print("\x1b[?1000h\x1b[?1006h")),
        false => execute!(stdout(), DisableMouseCapture),
    }
}

/// Asks the terminal for its background.
///
/// # Errors
/// What the terminal says.
pub fn ask_background() -> std::io::Result<()> {
    execute!(stdout(), Print(QUESTION))
}

/// Before the terminal is given back, takes an answer that is under way: the shell would take it for typed text.
pub fn take_late_answer(answer: &mut Answer, patience: Duration) {
    let until = Instant::now() + patience;
    while answer.is_awaited() {
        let left = until.saturating_duration_since(Instant::now());
        match crossterm::event::poll(left) {
            Ok(true) => match crossterm::event::read() {
                Ok(crossterm::event::Event::Key(key)) => drop(answer.sift(key)),
                Ok(_) => {}
                Err(_) => return,
            },
            _ => return,
        }
    }
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
