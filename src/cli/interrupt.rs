//! Ctrl-C while a file is made. The work is asked to stop, and does so at its next model; what does not stop in time is
//! ended from outside. Either way no draft is left behind, and files that are given their names together get them all or
//! not at all. It knows files and counters, not what is made.

use super::output::{Output, complain};
use super::progress::{Line, watched_models};
use crate::error::{Code, Error, Result};
use crate::progress::Progress;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI32;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So long the work may take to stop by itself.
#[cfg(unix)]
const GRACE: std::time::Duration = std::time::Duration::from_millis(50);
/// Where no signal came.
const NONE: i32 = 0;
/// What is added to a signal's number to be the exit status.
const BY_SIGNAL: i32 = 128;

#[derive(Default)]
struct State {
    progress: Progress,
    /// Files and folders that have no name yet.
    drafts: Mutex<Vec<PathBuf>>,
    signal: AtomicI32,
}

/// Work that can be interrupted.
pub(super) struct Work<'o> {
    state: Arc<State>,
    line: Mutex<Line>,
    output: &'o Output,
}

impl State {
    fn drafts(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.drafts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the work, and ends the process if that takes too long.
    #[cfg(unix)]
    fn interrupted(&self, signal: i32) {
        self.signal.store(signal, SeqCst);
        self.progress.cancel();
        std::thread::sleep(GRACE);
        // Whoever gives names holds this until all are given.
        let drafts = self.drafts();
        for draft in drafts.iter() {
            let _ = if draft.is_dir() { std::fs::remove_dir_all(draft) } else { std::fs::remove_file(draft) };
        }
        if let Err(error) = self.progress.check() {
            complain(&error);
        }
        std::process::exit(BY_SIGNAL + signal);
    }
}

impl Work<'_> {
    /// The counters, which the work has to look at now and then.
    pub(super) fn progress(&self) -> &Progress {
        &self.state.progress
    }

    /// Makes a file or folder that has no name yet; `path` says where it is.
    ///
    /// # Errors
    /// `E-CANCELLED`; what `make` gives.
    pub(super) fn draft<T>(
        &self,
        make: impl FnOnce() -> Result<T>,
        path: impl FnOnce(&T) -> &Path,
    ) -> Result<T> {
        let mut drafts = self.state.drafts();
        self.state.progress.check()?;
        let made = make()?;
        drafts.push(path(&made).to_owned());
        Ok(made)
    }

    /// Gives drafts their names: from here on it is no longer interrupted.
    ///
    /// # Errors
    /// `E-CANCELLED`; what `name` gives.
    pub(super) fn named<T>(&self, name: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut drafts = self.state.drafts();
        self.state.progress.check()?;
        let named = name()?;
        drafts.clear();
        Ok(named)
    }

    /// Takes the line that tells the progress away: from here on something else is printed.
    pub(super) fn hush(&self) {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).end(self.output);
    }
}

/// Does work that Ctrl-C stops, and shows how many models are done.
///
/// # Errors
/// What the work gives.
pub(super) fn guarded(output: &Output, work: impl FnOnce(&Work<'_>) -> Result<u8>) -> Result<u8> {
    let work_at_hand = Work { state: Arc::default(), line: Mutex::default(), output };
    listen(&work_at_hand.state)?;
    let state = &work_at_hand.state;
    let done = watched_models(output, &state.progress, &work_at_hand.line, || work(&work_at_hand));
    match (done, state.signal.load(SeqCst)) {
        (Err(error), signal) if error.code == Code::Cancelled && signal != NONE => {
            output.tell(&error);
            Ok(u8::try_from(BY_SIGNAL.saturating_add(signal)).unwrap_or(u8::MAX))
        }
        (done, _) => done,
    }
}

/// Listens for what ends the process, until it ends.
#[cfg(unix)]
fn listen(state: &Arc<State>) -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let failed = |cause: std::io::Error| {
        Error::new(Code::Internal, format!("signals cannot be listened for ({cause})"))
    };
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(failed)?;
    let state = Arc::clone(state);
    let listening = move || {
        if let Some(signal) = signals.forever().next() {
            state.interrupted(signal);
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listening).map(drop).map_err(failed)
}

/// Elsewhere the process just ends.
#[cfg(not(unix))]
fn listen(_: &Arc<State>) -> Result<()> {
    Ok(())
}
