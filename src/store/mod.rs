//! What is kept between runs: the ledger, the inventory, evidence, and digests of files, behind traits that any
//! database can meet. This room must not know what a record means, and nobody above it knows which database it is.

mod cache_key;
mod evidence;
mod inventory;
mod kept;
pub mod ledger;
#[cfg(feature = "fleet")]
mod postgres;
mod record;
mod seal;
pub mod server;
mod shared;
mod sqlite;
mod told;
mod traits;
mod tree;

use crate::error::Result;
use std::path::Path;

pub use cache_key::cache_key;
pub use evidence::{EvidenceDigest, LIMIT_EVIDENCE_BYTES};
pub use inventory::{load, load_first, replace};
pub use record::{LedgerEnd, LedgerEntry, OtherKind, RecordKind};
pub use seal::{CacheKey, Seal, Sealed};
pub use shared::{SealedDigests, Shared};
pub use told::{Rights, ServerShown, StoreAt, StoreShown};
pub use traits::{Digests, Evidence, Imported, Inventory, Ledger, Records, Store, parting};
pub use tree::{HashTree, beside, root_from};

/// Where a store is.
#[derive(Debug, Clone, Copy)]
pub enum Place<'p> {
    /// In a file, which is made when there is none.
    File(&'p Path),
    /// A copy in memory of what a file holds, empty when there is none. The file is left as it is, and what is
    /// written to the copy is gone with the program.
    Copy(&'p Path),
    /// On a PostgreSQL server, whose store is made when there is none; what says something on this machine alone goes to
    /// the file `here`.
    Server {
        /// As in `touchmark.toml`.
        url: &'p str,
        /// A file, which is made when there is none.
        here: &'p Path,
    },
    /// A copy in memory of what is on a server.
    ServerCopy {
        /// As in `touchmark.toml`.
        url: &'p str,
        /// A file; it is left as it is.
        here: &'p Path,
    },
    /// In memory, empty.
    Memory,
}

/// Opens or makes a store. A file that is not ours is left as it is.
///
/// # Errors
/// `E-STORE` when the file is not a store or is damaged, `E-NEWER`, `E-READ`, `E-WRITE`; for a server also `E-CONFIG`,
/// `E-NETWORK`, `E-REFUSED`, `E-NOT-FOUND`.
pub fn open(place: Place<'_>) -> Result<Box<dyn Store>> {
    Ok(Box::new(match place {
        Place::File(path) => sqlite::Sqlite::open(path)?,
        Place::Copy(path) => sqlite::Sqlite::copy_of(path)?,
        Place::Memory => sqlite::Sqlite::in_memory()?,
        #[cfg(feature = "fleet")]
        Place::Server { url, here } => return Ok(Box::new(postgres::Postgres::open(url, here)?)),
        #[cfg(feature = "fleet")]
        Place::ServerCopy { url, here } => postgres::Postgres::copy_of(url, here)?,
        #[cfg(not(feature = "fleet"))]
        Place::Server { url, .. } | Place::ServerCopy { url, .. } => return Err(server::no_server(url)),
    }))
}
