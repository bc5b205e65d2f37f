//! What stops the listing of a model's files.

use crate::check::fault::ListFault;
use crate::error::{Code, Error, ReadFault};
use crate::words::fault::{help, what};
use std::path::{Path, PathBuf};

/// Why listing stopped.
#[derive(Debug)]
pub(crate) enum Unlisted {
    /// Somebody asked to stop.
    Cancelled(Error),
    /// What was found there.
    Fault(ListFault, PathBuf),
}

impl From<Error> for Unlisted {
    fn from(error: Error) -> Self {
        Unlisted::Cancelled(error)
    }
}

impl Unlisted {
    pub(crate) fn error(self) -> Error {
        match self {
            Unlisted::Cancelled(error) => error,
            Unlisted::Fault(fault, path) => error(fault, &path),
        }
    }

    pub(crate) fn read(path: &Path, cause: &std::io::Error) -> Self {
        Unlisted::Fault(ListFault::Unreadable(ReadFault::of(cause)), path.to_owned())
    }
}

fn error(fault: ListFault, path: &Path) -> Error {
    let code = match fault {
        ListFault::Unreadable(fault) => return Error::unread(path, fault),
        ListFault::TooDeep | ListFault::TooMany { .. } => Code::TooLarge,
        _ => Code::Model,
    };
    let error = Error::new(code, what(fault)).at_path(path);
    match help(fault) {
        Some(help) => error.help(help),
        None => error,
    }
}
