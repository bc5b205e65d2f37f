//! What is told of a store: where it is, what is in it, and who may do what there. It must not know a database.

use std::path::PathBuf;

/// What a role may do in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Look.
    Reads,
    /// Look and append; of the ledger it can change nothing.
    Appends,
    /// Everything, also what no reviewer should: it owns the tables.
    Rewrites,
}

/// What a connection finds of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerShown {
    /// The version of the server, in its own words.
    pub server: String,
    /// The role that was connected as.
    pub role: String,
    /// What that may do.
    pub rights: Rights,
    /// Entries of the ledger.
    pub records: u64,
    /// Models.
    pub models: u64,
    /// The version of the tables.
    pub version: u32,
}

/// A store, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreShown {
    /// Where it is.
    pub at: StoreAt,
    /// Entries of the ledger.
    pub records: u64,
    /// Models of the inventory.
    pub models: u64,
}

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreAt {
    /// In a file, below the workspace.
    File(PathBuf),
    /// In memory: nothing is kept.
    Memory,
    /// On a server.
    Server {
        /// As in `touchmark.toml`.
        url: String,
        /// What a connection found.
        found: ServerShown,
    },
}
