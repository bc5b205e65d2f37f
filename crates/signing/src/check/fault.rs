//! What is wrong with the files of a model, or with a document.

use crate::error::{Error, ReadFault};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What keeps the files of a model from being listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListFault {
    /// It cannot be read.
    Unreadable(ReadFault),
    /// Folders are nested too deeply.
    TooDeep,
    /// More files than are looked at.
    TooMany {
        /// How many are.
        limit: u64,
    },
    /// No file is left after what is ignored.
    Empty,
    /// A name that is not UTF-8.
    NotUtf8,
    /// Neither a regular file nor a folder.
    Odd,
    /// A symbolic link.
    Link(LinkFault),
}

/// What is wrong with a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkFault {
    /// Links were not followed when the model was signed.
    NotAllowed,
    /// What it names cannot be reached.
    Nowhere(ReadFault),
    /// It leads out of the model.
    OutOfModel,
    /// It leads back to a folder above it.
    Loop,
    /// It leads to a folder of the model that is left out.
    LeftOut,
    /// It leads to something that is neither a regular file nor a folder.
    Odd,
}

/// A fault, and where in the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unlistable {
    /// What it is.
    pub fault: ListFault,
    /// Relative to the model, `/`-separated; `.` for the model itself.
    pub place: Untrusted,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentFault {
    /// The field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Untrusted>,
    /// What its reader says. For people; nothing is decided by it.
    pub said: Untrusted,
    /// What its reader advises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Untrusted>,
}

impl From<Error> for DocumentFault {
    fn from(error: Error) -> Self {
        DocumentFault { at: error.at, said: error.what.into(), advice: error.help.map(Untrusted::from) }
    }
}
