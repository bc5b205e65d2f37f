//! A line on standard error that tells how far hashing is, or how many models are done, for whoever waits at a terminal.
//! It knows counters, not what is done.

use super::output::Output;
use crate::report;
use crate::signing::Progress;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is done before that needs no line.
const PATIENCE: Duration = Duration::from_millis(300);
const PAUSE: Duration = Duration::from_millis(100);

/// Does work that counts in the progress it is given, and shows that.
pub(super) fn shown<R>(output: &Output, work: impl FnOnce(&Progress) -> R) -> R {
    let progress = Progress::default();
    watched(output, &progress, || work(&progress))
}

/// Does work that counts in this progress, and shows it.
pub(super) fn watched<R>(output: &Output, progress: &Progress, work: impl FnOnce() -> R) -> R {
    if output.tells_progress() {
        return told(output, progress, work);
    }
    if !output.shows_progress() {
        return work();
    }
    let (at_work, ended) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let began = Instant::now();
            let mut wait = PATIENCE;
            let mut is_drawn = false;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = PAUSE;
                let now = progress.snapshot();
                // Before and after it questions may be asked, which a line must not overwrite.
                let is_hashing = 0 < now.bytes && now.bytes < now.bytes_total;
                if is_hashing {
                    output.status_line(&report::progress(&now, began.elapsed()));
                } else if is_drawn {
                    output.status_line("");
                }
                is_drawn = is_hashing;
            }
            if is_drawn {
                output.status_line("");
            }
        });
        let result = work();
        drop(at_work);
        result
    })
}

/// Does work that counts in this progress, and says it in lines for a program.
fn told<R>(output: &Output, progress: &Progress, work: impl FnOnce() -> R) -> R {
    let (at_work, ended) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut before = None;
            loop {
                let is_over = ended.recv_timeout(PAUSE) != Err(RecvTimeoutError::Timeout);
                let now = progress.snapshot();
                if before != Some(now) {
                    output.progress_line(&serde_json::json!({ "progress": {
                        "bytes": now.bytes,
                        "bytes_total": now.bytes_total,
                        "files": now.files,
                        "files_total": now.files_total,
                    }}));
                    before = Some(now);
                }
                if is_over {
                    return;
                }
            }
        });
        let result = work();
        drop(at_work);
        result
    })
}

/// The line, as two see it: whoever watches, and whoever is about to print.
#[derive(Default)]
pub(super) struct Line {
    is_drawn: bool,
    is_over: bool,
}

impl Line {
    /// Takes it away for good.
    pub(super) fn end(&mut self, output: &Output) {
        if self.is_drawn {
            output.status_line("");
        }
        *self = Line { is_drawn: false, is_over: true };
    }

    fn tell(&mut self, said: Option<&str>, output: &Output) {
        if self.is_over {
            return;
        }
        match said {
            Some(said) => output.status_line(said),
            None if self.is_drawn => output.status_line(""),
            None => {}
        }
        self.is_drawn = said.is_some();
    }
}

/// Does work that counts models or bytes in this progress, and shows that until the line is ended.
pub(super) fn watched_models<R>(
    output: &Output,
    progress: &Progress,
    line: &Mutex<Line>,
    work: impl FnOnce() -> R,
) -> R {
    if output.tells_progress() {
        return told(output, progress, work);
    }
    if !output.shows_progress() {
        return work();
    }
    let (at_work, ended) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let began = Instant::now();
            let mut wait = PATIENCE;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = PAUSE;
                let now = progress.snapshot();
                let said = match (now.bytes_total, now.files_total) {
                    (0, all) => (now.files < all).then(|| report::counted(&now, "model")),
                    (all, _) => {
                        (0 < now.bytes && now.bytes < all).then(|| report::progress(&now, began.elapsed()))
                    }
                };
                line.lock().unwrap_or_else(PoisonError::into_inner).tell(said.as_deref(), output);
            }
            line.lock().unwrap_or_else(PoisonError::into_inner).end(output);
        });
        let result = work();
        drop(at_work);
        result
    })
}
