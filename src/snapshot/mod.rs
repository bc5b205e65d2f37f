//! Snapshots: the inventory at one moment and what was concluded of it, as one file with a digest, and how two of
//! them differ. It takes conclusions as plain values and knows neither how they were reached nor a screen.

mod change;
mod diff;
mod entry;
mod file;
mod model;

pub use change::{Change, History, Present, Said, Weight};
pub use diff::{Diff, ModelChange, Side, Turn, Word, compare};
pub use entry::{About, Checked, Claims, Code as CheckCode, Entry, LedgerState, Reviewed};
pub use file::{Raw, Reader, SCHEMA, Seal, is_snapshot, write};
