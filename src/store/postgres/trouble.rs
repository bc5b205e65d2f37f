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
