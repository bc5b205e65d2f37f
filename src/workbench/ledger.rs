//! The doors to the ledger: read, checked, taken over, appended to. What a record means is not known here.

use super::door::Workbench;
use super::publish::Next;
use crate::error::Result;
use crate::inventory::ModelId;
use crate::store::{Imported, LedgerEntry, ledger};
use std::ops::ControlFlow;
use std::path::Path;

impl Workbench {
    /// The number of entries of the ledger whose chain was recomputed.
    ///
    /// # Errors
    /// `E-STORE` naming the first entry that does not fit.
    pub fn verify_ledger(&self) -> Result<u64> {
        ledger::verify(&**self.store())
    }

    /// Hands the entries of the ledger to `take`, of one model or all, oldest first, until it breaks off.
    ///
    /// # Errors
    /// `E-STORE`, when `take` may have been called before, and what `take` gives.
    pub fn show_ledger(
        &self,
        model: Option<&ModelId>,
        mut take: impl FnMut(LedgerEntry) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        for entry in ledger::show(&**self.store(), model) {
            if take(entry?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Hands the ledger to `take` as lines of JSON, oldest first, until it breaks off.
    ///
    /// # Errors
    /// `E-STORE`, when `take` may have been called before, and what `take` gives.
    pub fn export_ledger(&self, mut take: impl FnMut(String) -> Result<ControlFlow<()>>) -> Result<()> {
        for line in ledger::export(&**self.store()) {
            if take(line?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Takes over a ledger that was exported as JSON Lines; what this ledger holds must be what the file begins with.
    ///
    /// # Errors
    /// As [`ledger::import_with`], of the records that the workspace's checkpoints fix; `E-USAGE` when nothing may be
    /// written.
    pub fn import_ledger(&self, file: &Path) -> Result<Imported> {
        self.writable()?;
        // What a signed checkpoint of this workspace says stands, also where this ledger was lost.
        let fixed = self.fixed_records()?;
        let imported = ledger::import_with(&mut **self.store(), file, &fixed)?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        Ok(imported)
    }
}
