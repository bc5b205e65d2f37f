//! Progress and cancellation of work that takes time: counters that the worker adds to and anyone reads.

use crate::error::{Code, Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

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
