//! The store: what any backend promises (`contract.rs`), held of SQLite and of one in memory without any SQL, and
//! what is SQLite's own.

mod contract;
mod forged;
mod guarded;
mod ledger_import;
#[cfg(all(feature = "fleet", feature = "tui", unix))]
mod load;
mod memory;
mod other_kinds;
#[cfg(feature = "fleet")]
mod server;
mod sqlite;

use std::path::{Path, PathBuf};
use touchmark::inventory::{Aliases, Finding, Model};
use touchmark::store::{self, Inventory, Ledger, LedgerEntry, Place, Store};

/// The store in a file.
pub fn at(path: &Path) -> Box<dyn Store> {
    store::open(Place::File(path)).unwrap()
}

/// A store in memory.
pub fn in_memory() -> Box<dyn Store> {
    store::open(Place::Memory).unwrap()
}

/// All models and findings.
pub fn all(inventory: &dyn Inventory) -> (Vec<Model>, Vec<Finding>) {
    store::load(inventory, &Aliases::default()).unwrap()
}

/// All entries.
pub fn entries(ledger: &dyn Ledger) -> Vec<LedgerEntry> {
    store::ledger::entries(ledger).collect::<touchmark::Result<_>>().unwrap()
}

/// A folder for files of stores.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        Bench(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(name)
    }
}
