//! Snapshots: the inventory at one moment and what was concluded of it, as one file with a digest, and how two of
//! them differ. It takes conclusions as plain values and knows neither how they were reached nor a screen.

mod diff;
mod entry;
mod file;
mod model;

pub use diff::{Change, Diff, History, ModelChange, Present, Said, Side, Weight, Word, compare};
pub use entry::{About, Checked, Claims, Code as CheckCode, Entry, LedgerState, Reviewed};
pub use file::{Raw, Reader, Seal, is_snapshot, write};

/// The schema that is written and read.
pub const SCHEMA: &str = "touchmark.snapshot/1";
