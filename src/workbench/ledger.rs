//! The doors to the ledger: read, checked, taken over, appended to. What a record means is not known here.

use super::door::Workbench;
use super::publish::Next;
use crate::error::{Code, Error, Result};
use crate::inventory::{Imported, LedgerEntry, ModelId, RecordKind};
use std::path::Path;

impl Workbench {
    /// The number of entries of the ledger whose chain was recomputed.
    ///
    /// # Errors
    /// `E-STORE` naming the first entry that does not fit.
    pub fn verify_ledger(&self) -> Result<u64> {
        self.store().verify_ledger()
    }

    /// All entries of the ledger, oldest first.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn ledger(&self) -> Result<Vec<LedgerEntry>> {
        self.store().ledger()
    }

    /// Takes over a ledger that was exported as JSON Lines; what this ledger holds must be what the file begins with.
    ///
    /// # Errors
    /// As [`crate::inventory::Store::import_ledger`]; `E-USAGE` when nothing may be written.
    pub fn import_ledger(&self, file: &Path) -> Result<Imported> {
        if self.is_read_only() {
            return Err(Error::new(
                Code::Usage,
                "a ledger cannot be imported into a workspace that is opened read-only",
            )
            .help("leave out --read-only; nothing was changed"));
        }
        let imported = self.store().import_ledger(file)?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        Ok(imported)
    }

    pub(super) fn record<T: serde::Serialize>(
        &self,
        kind: RecordKind,
        model: &ModelId,
        body: &T,
    ) -> Result<()> {
        let body = serde_json::to_string(body).map_err(|error| {
            Error::new(Code::Internal, format!("a record cannot be written as JSON ({error})"))
        })?;
        self.store().append(self.now(), kind, model, &body)?;
        Ok(())
    }
}
