//! Where a store is, as text.

use crate::disk::slashed;
use crate::store::{Rights, StoreAt, StoreShown};
use crate::text::{Untrusted, count, screen};
use std::fmt::Write;

/// Where it is, what is in it, and what may be done there.
pub fn store(shown: &StoreShown) -> String {
    let mut out = String::new();
    let _ = match &shown.at {
        StoreAt::File(file) => {
            writeln!(out, "store    {} (a file; SQLite)", Untrusted::new(slashed(file)).screen())
        }
        StoreAt::Memory => writeln!(out, "store    in memory: nothing is kept"),
        StoreAt::Server { url, found } => {
            let may = match found.rights {
                Rights::Reads => "may look",
                Rights::Appends => "may look and append, and change nothing of the ledger",
                Rights::Rewrites => {
                    "! could rewrite the ledger: it owns the tables or is a superuser; work as a role that was granted by `touchmark store grant`"
                }
            };
            let version = screen(&found.server);
            writeln!(out, "store    {}", screen(url))
                .and_then(|()| {
                    writeln!(out, "server   PostgreSQL {version}, tables of version {}", found.version)
                })
                .and_then(|()| writeln!(out, "role     {}: {may}", screen(&found.role)))
        }
    };
    let many = |number: u64, one: &str| count(usize::try_from(number).unwrap_or(usize::MAX), one);
    let _ = writeln!(out, "holds    {}, {}", many(shown.records, "record"), many(shown.models, "model"));
    out
}
