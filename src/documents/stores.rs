//! Where a store is, as a document.

use super::names;
use crate::disk::slashed;
use crate::store::{Rights, StoreAt, StoreShown};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// Where the store of a workspace is, and what is in it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StoreDocument {
    /// The document's name.
    pub schema: names::Store,
    /// `file`, `server` or `memory`.
    pub kind: &'static str,
    /// The file, below the workspace, or the URL of the server; none in memory.
    pub place: Option<Untrusted>,
    /// Entries of the ledger.
    pub records: u64,
    /// Models of the inventory.
    pub models: u64,
    /// What a connection to the server found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<StoreServer>,
}

/// A server, as a connection found it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StoreServer {
    /// The version of PostgreSQL, in its own words.
    pub version: Untrusted,
    /// The version of the tables.
    pub tables: u32,
    /// The role that was connected as.
    pub role: Untrusted,
    /// `reads`, `appends`, or `rewrites`: the role could change what stands in the ledger.
    pub rights: &'static str,
}

impl StoreDocument {
    /// From what a workbench tells.
    pub fn of(shown: &StoreShown) -> Self {
        let (kind, place, server) = match &shown.at {
            StoreAt::File(file) => ("file", Some(Untrusted::new(slashed(file))), None),
            StoreAt::Memory => ("memory", None, None),
            StoreAt::Server { url, found } => {
                let server = StoreServer {
                    version: Untrusted::new(&found.server),
                    tables: found.version,
                    role: Untrusted::new(&found.role),
                    rights: rights(found.rights),
                };
                ("server", Some(Untrusted::new(url)), Some(server))
            }
        };
        StoreDocument {
            schema: names::Store,
            kind,
            place,
            records: shown.records,
            models: shown.models,
            server,
        }
    }
}

fn rights(rights: Rights) -> &'static str {
    match rights {
        Rights::Reads => "reads",
        Rights::Appends => "appends",
        Rights::Rewrites => "rewrites",
    }
}
