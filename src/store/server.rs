//! The doors to what only a store on a server has; a build without PostgreSQL says so.

use crate::error::Result;
#[cfg(not(feature = "fleet"))]
use crate::error::{Code, Error};

use super::told::ServerShown;

/// What a connection finds of the store at a URL, which is made where there is none.
///
/// # Errors
/// As [`super::open`].
pub fn shown(url: &str) -> Result<ServerShown> {
    #[cfg(feature = "fleet")]
    return super::postgres::shown(url);
    #[cfg(not(feature = "fleet"))]
    Err(no_server(url))
}

/// Lets a role of the server work with the store, or only look at it.
///
/// # Errors
/// As [`super::open`]; `E-NOT-FOUND` for a role that is not there, `E-USAGE` for one that could rewrite the ledger
/// whatever is granted to it.
pub fn grant(url: &str, role: &str, only_reads: bool) -> Result<()> {
    #[cfg(feature = "fleet")]
    return super::postgres::grant(url, role, only_reads);
    #[cfg(not(feature = "fleet"))]
    {
        let _ = (role, only_reads);
        Err(no_server(url))
    }
}

/// The error of a build that knows no servers.
#[cfg(not(feature = "fleet"))]
pub(super) fn no_server(url: &str) -> Error {
    Error::new(Code::Usage, "this build keeps stores in files only, not on PostgreSQL servers")
        .at(crate::text::screen(url))
        .help("build it with `--features fleet`, or name a file as `store` in touchmark.toml")
}
