//! What is kept between runs: the inventory, the ledger and digests. It must not know what records mean.

mod sqlite;

pub use sqlite::{Imported, LedgerEntry, RecordKind, Shared, Store};
