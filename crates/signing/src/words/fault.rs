//! What keeps the files of a model from being listed, in words.

use crate::check::fault::{LinkFault, ListFault};

/// What it is, in our own words.
pub(crate) fn what(fault: ListFault) -> String {
    match fault {
        ListFault::Unreadable(fault) => format!("cannot read ({})", fault.words()),
        ListFault::TooDeep => "folders are nested deeper than 1024 levels".to_owned(),
        ListFault::TooMany { limit } => format!("more than {limit} files"),
        ListFault::Empty => "the model is empty: no file is left after what is ignored".to_owned(),
        ListFault::NotUtf8 => "a file name that is not UTF-8 cannot be signed".to_owned(),
        ListFault::Odd | ListFault::Link(LinkFault::Odd) => "neither a regular file nor a folder".to_owned(),
        ListFault::Link(LinkFault::NotAllowed) => "a symbolic link in the model".to_owned(),
        ListFault::Link(LinkFault::Nowhere(fault)) => {
            format!("a symbolic link that leads nowhere ({})", fault.words())
        }
        ListFault::Link(LinkFault::OutOfModel) => "a symbolic link leads out of the model".to_owned(),
        ListFault::Link(LinkFault::Loop) => "a symbolic link leads back to a folder above it".to_owned(),
        ListFault::Link(LinkFault::LeftOut) => {
            "a symbolic link leads to a folder of the model that is ignored".to_owned()
        }
    }
}

/// What to do.
pub(crate) fn help(fault: ListFault) -> Option<&'static str> {
    match fault {
        ListFault::Unreadable(fault) => Some(fault.help()),
        ListFault::TooDeep | ListFault::TooMany { .. } => None,
        ListFault::Empty => Some("check the path and the ignored paths"),
        ListFault::NotUtf8 => Some("rename the file, or ignore the folder it is in"),
        ListFault::Odd | ListFault::Link(LinkFault::Odd) => Some("remove it, or ignore it"),
        ListFault::Link(LinkFault::NotAllowed) => {
            Some("replace it by the file, ignore it, or allow symbolic links inside the model")
        }
        ListFault::Link(LinkFault::Nowhere(_)) => Some("repair or remove the link"),
        ListFault::Link(LinkFault::OutOfModel) => Some("replace it by the file, or ignore it"),
        ListFault::Link(LinkFault::Loop | LinkFault::LeftOut) => Some("remove or ignore the link"),
    }
}
