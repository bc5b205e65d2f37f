//! What can go wrong inside of a piece of work with a server.

use crate::error::Error;

/// What went wrong inside of a piece of work.
pub(super) enum Trouble {
    /// The server or the way to it.
    Server(postgres::Error),
    /// What we found.
    Ours(Error),
}

impl From<postgres::Error> for Trouble {
    fn from(cause: postgres::Error) -> Self {
        Trouble::Server(cause)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Trouble::Ours(error)
    }
}

impl Postgres {
    /// Opens the store of a database, and makes it where there is none. Digests of files are remembered in the file
    /// `here`, or not at all where that cannot be.
    ///
    /// # Errors
    /// `E-CONFIG` for a URL that names no server; `E-NETWORK`, `E-REFUSED`; `E-STORE` when the tables are not ours,
    /// `E-NEWER`; `E-WRITE` when this role may not make them.
    pub fn open(url: &str, here: &Path) -> Result<Self> {
        let server = Server::at(url)?;
        let here = Sqlite::open(here).or_else(|_| Sqlite::in_memory())?;
        Ok(Postgres { server, here })
    }
}
