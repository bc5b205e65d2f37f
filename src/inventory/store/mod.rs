//! The store: SQLite with migrations, one writer, and the append-only hash-chained ledger.
//! SQL is written here and nowhere else.

use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

use super::scan::{Finding, Scan};
use super::types::{Model, ModelId};

/// What an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordKind {
    /// A verification: body is a [`crate::signing::Verification`].
    Verification,
    /// A decision of a gate.
    Decision,
    /// A reviewer's word.
    Review,
}

impl RecordKind {
    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            RecordKind::Verification => "verification",
            RecordKind::Decision => "decision",
            RecordKind::Review => "review",
        }
    }
}

/// One entry of the ledger. `hash` is SHA-256 over the previous hash and the entry's canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// From 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: jiff::Timestamp,
    /// What.
    pub kind: RecordKind,
    /// Of which model.
    pub model: ModelId,
    /// The record, JSON text, kept to the byte.
    pub body: String,
    /// Hash of the entry before; 64 zeros for the first.
    pub previous: String,
    /// Hash of this one.
    pub hash: String,
}

/// An open store.
pub struct Store {
    #[allow(dead_code)]
    connection: rusqlite::Connection,
}

impl Store {
    /// Opens or makes the store.
    ///
    /// # Errors
    /// `E-STORE` when the file is no store or is damaged, `E-NEWER`, `E-WRITE`.
    pub fn open(path: &Path) -> Result<Self> {
        let _ = path;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// A store in memory, for trying things out.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn in_memory() -> Result<Self> {
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// All models, sorted by id, and the findings of the last scan.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn load(&self) -> Result<(Vec<Model>, Vec<Finding>)> {
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// Replaces the inventory by what a scan found, in one transaction.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`; what was there before then stays.
    pub fn replace(&mut self, scan: &Scan) -> Result<()> {
        let _ = scan;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// Appends a record to the ledger.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`.
    pub fn append(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        model: &ModelId,
        body: &str,
    ) -> Result<LedgerEntry> {
        let _ = (at, kind, model, body);
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// All entries, oldest first.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn ledger(&self) -> Result<Vec<LedgerEntry>> {
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// The newest entry of a kind for each model.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn latest(&self, kind: RecordKind) -> Result<Vec<LedgerEntry>> {
        let _ = kind;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// Recomputes the chain; the number of entries, or the first that does not fit.
    ///
    /// # Errors
    /// `E-STORE` naming the entry.
    pub fn verify_ledger(&self) -> Result<u64> {
        Err(Error::new(Code::Internal, "skeleton"))
    }
}
