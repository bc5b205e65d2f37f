//! A bound on the work of one statement, so that a file that was made to be read without end is an error and not a
//! hang. It must not know what a statement is for.

use rusqlite::Connection;
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Instructions between two looks at the bound.
const STEP: u32 = 10_000;
/// Instructions that any statement may take: a fraction of a second.
const BASE: u64 = 20_000_000;
/// Instructions for each byte of the file. Reading all rows in order takes less than one.
const PER_BYTE: u64 = 8;
/// A file may have holes: more bytes than this are not counted.
const MAX_BYTES: u64 = 1 << 36;

/// Counts what a connection's statements do; a clone is another handle of the same count.
#[derive(Clone, Default)]
pub(super) struct Meter {
    spent: Arc<AtomicU64>,
    allowed: Arc<AtomicU64>,
}

impl Meter {
    /// Watches a connection.
    pub(super) fn watch(connection: &Connection) -> rusqlite::Result<Self> {
        let meter = Meter::default();
        meter.allow(0);
        let Meter { spent, allowed } = meter.clone();
        let is_over = move || {
            let before = spent.fetch_add(u64::from(STEP), Relaxed);
            before + u64::from(STEP) > allowed.load(Relaxed)
        };
        connection.progress_handler(c_int::try_from(STEP).unwrap_or(c_int::MAX), Some(is_over))?;
        Ok(meter)
    }

    /// Allows what a statement over so many bytes may take, and begins to count anew.
    pub(super) fn allow(&self, bytes: u64) {
        self.allowed.store(BASE + PER_BYTE * bytes.min(MAX_BYTES), Relaxed);
        self.restart();
    }

    /// Begins to count anew: before each statement of many.
    pub(super) fn restart(&self) {
        self.spent.store(0, Relaxed);
    }
}
