//! A line on standard error that tells how far hashing is, for whoever waits at a terminal. It knows counters,
//! not what is hashed.

use super::output::Output;
use crate::report;
use crate::signing::Progress;
use std::sync::mpsc::{RecvTimeoutError, channel};
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
