//! Progress and cancellation of work that takes time: counters that the worker adds to and anyone reads.

use crate::error::{Code, Error, Result};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

#[derive(Debug, Default)]
struct Counters {
    bytes: AtomicU64,
    bytes_total: AtomicU64,
    files: AtomicU64,
    files_total: AtomicU64,
    cancelled: AtomicBool,
    total_is_known: AtomicBool,
}

/// Shared by the worker and its watchers; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

/// The counters at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Bytes hashed.
    pub bytes: u64,
    /// Bytes to hash.
    pub bytes_total: u64,
    /// Files finished.
    pub files: u64,
    /// Files to hash.
    pub files_total: u64,
}

/// How fast it goes, and what that means for the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Bytes a second, since it began.
    pub bytes_per_second: u64,
    /// How long the rest takes at this speed; none when it is not known what the rest is.
    pub left: Option<Duration>,
}

impl Snapshot {
    /// How much is done in whole percent, by bytes where there are any.
    pub fn percent(&self) -> u64 {
        let (done, total) = match self.bytes_total {
            0 => (self.files, self.files_total),
            total => (self.bytes, total),
        };
        let percent = (u128::from(done) * 100).checked_div(u128::from(total));
        percent.map_or(0, |percent| u64::try_from(percent.min(100)).unwrap_or(100))
    }

    /// The pace after `elapsed`; none while that says nothing yet.
    pub fn pace(&self, elapsed: Duration) -> Option<Pace> {
        const TELLING: Duration = Duration::from_millis(100);
        let millis = elapsed.as_millis();
        let rate = u64::try_from((u128::from(self.bytes) * 1000).checked_div(millis)?).unwrap_or(u64::MAX);
        if elapsed <= TELLING || rate == 0 {
            return None;
        }
        let rest = self.bytes_total.checked_sub(self.bytes).filter(|_| self.bytes_total > 0);
        let left = rest.map(|rest| {
            let millis = u128::from(rest) * 1000 / u128::from(rate);
            Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
        });
        Some(Pace { bytes_per_second: rate, left })
    }
}

impl Progress {
    /// Sets what is to be done, for several pieces of work together: what each expects no longer counts.
    pub fn expect_in_all(&self, files: u64, bytes: u64) {
        self.expect(files, bytes);
        self.0.total_is_known.store(true, Relaxed);
    }

    /// Sets what is to be done.
    pub fn expect(&self, files: u64, bytes: u64) {
        if self.0.total_is_known.load(Relaxed) {
            return;
        }
        self.0.files_total.store(files, Relaxed);
        self.0.bytes_total.store(bytes, Relaxed);
    }

    /// Counts bytes as done.
    pub fn add_bytes(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Relaxed);
    }

    /// Counts one file as done.
    pub fn add_file(&self) {
        self.0.files.fetch_add(1, Relaxed);
    }

    /// Asks the worker to stop; it does so within a buffer's length.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Relaxed);
    }

    /// Whether somebody asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Relaxed)
    }

    /// For the worker: an error when somebody asked to stop.
    ///
    /// # Errors
    /// `E-CANCELLED`.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            return Err(Error::new(Code::Cancelled, "cancelled; nothing was changed"));
        }
        Ok(())
    }

    /// The counters now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            bytes: self.0.bytes.load(Relaxed),
            bytes_total: self.0.bytes_total.load(Relaxed),
            files: self.0.files.load(Relaxed),
            files_total: self.0.files_total.load(Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_tells_the_time_that_is_left_once_there_is_something_to_tell_it_by() {
        let half = Snapshot { bytes: 2_000_000, bytes_total: 6_000_000, files: 1, files_total: 3 };
        let pace = half.pace(Duration::from_secs(2)).unwrap();
        assert_eq!((pace.bytes_per_second, pace.left), (1_000_000, Some(Duration::from_secs(4))));
        assert_eq!(half.percent(), 33);
        assert_eq!(half.pace(Duration::from_millis(5)), None);
        assert_eq!(Snapshot::default().pace(Duration::from_secs(9)), None);
        let unknown = Snapshot { bytes_total: 0, ..half };
        assert_eq!(unknown.pace(Duration::from_secs(2)).unwrap().left, None);
        let whole = Snapshot { bytes: u64::MAX, bytes_total: u64::MAX, ..half };
        assert_eq!(
            (whole.percent(), whole.pace(Duration::from_secs(1)).unwrap().left),
            (100, Some(Duration::ZERO))
        );
    }
}
