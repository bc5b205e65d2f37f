//! Where the store of a workspace is, and who may do what in it.

use super::door::Workbench;
use crate::error::{Code, Error, Result};
use crate::store::{StoreAt, StoreShown, server};

impl Workbench {
    /// Where the store is, and what is in it.
    ///
    /// # Errors
    /// As [`crate::store::open`].
    pub fn store_shown(&self) -> Result<StoreShown> {
        let workspace = self.workspace();
        if let Some(url) = workspace.server.clone().filter(|_| !self.access().begins_empty()) {
            let found = server::shown(&url)?;
            let (records, models) = (found.records, found.models);
            return Ok(StoreShown { at: StoreAt::Server { url, found }, records, models });
        }
        let below = workspace.store.strip_prefix(&workspace.root).unwrap_or(&workspace.store);
        let at = match self.access().begins_empty() {
            true => StoreAt::Memory,
            false => StoreAt::File(below.to_owned()),
        };
        let records = self.store().end()?.entries;
        Ok(StoreShown { at, records, models: self.view().models.len() as u64 })
    }

    /// Lets a role of the server work with the store, or only look at it: neither can change what stands in the ledger.
    ///
    /// # Errors
    /// `E-USAGE` where the store is no server, nothing may be written, or the role could rewrite the ledger whatever is
    /// granted to it; `E-NOT-FOUND` for a role that is not there; as [`crate::store::open`].
    pub fn grant_store(&self, role: &str, only_reads: bool) -> Result<()> {
        self.writable()?;
        match &self.workspace().server {
            Some(url) => server::grant(url, role, only_reads),
            None => Err(Error::new(Code::Usage, "the store of this workspace is a file: who may do what is a matter of its permissions")
                .help("`store = \"postgres://USER@HOST/DATABASE\"` in touchmark.toml keeps it on a server; nothing was changed")),
        }
    }
}
