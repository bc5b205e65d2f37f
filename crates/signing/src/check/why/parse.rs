//! PARSE: what became of the signature file.

use crate::check::fault::DocumentFault;
use crate::check::other::OtherFile;
use crate::error::ReadFault;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of the signature file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ParseWhy {
    /// Its name, without the folder that it lies in; none for a claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Untrusted>,
    /// What it is.
    pub found: ParseFound,
    /// Signatures of other kinds, which may have been taken for one of OMS.
    #[serde(default)]
    pub foreign: ForeignBeside,
    /// Signatures of OMS that lie where this one was looked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Untrusted>,
}

/// What the signature file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ParseFound {
    /// A bundle.
    Bundle,
    /// A bundle that holds a claim.
    Claim,
    /// It is not there.
    Absent,
    /// It cannot be read.
    Unreadable(ReadFault),
    /// Too large to be read.
    TooLarge {
        /// The most that is read, bytes.
        limit: u64,
    },
    /// Large, and it does not begin as a bundle does.
    NotABundle,
    /// Nothing but white space.
    Empty,
    /// JSON that ends too early.
    Truncated(DocumentFault),
    /// Deeper than a bundle can be, or more values than are read.
    TooComplex(DocumentFault),
    /// A bundle of a version that is not known yet.
    LaterVersion {
        /// Which.
        version: Untrusted,
    },
    /// Something else, which is known.
    Other(OtherFile),
    /// Not a bundle as OMS asks for.
    Malformed(DocumentFault),
    /// It was read, and its bytes were not kept: they cannot be judged again.
    NotKept,
    /// The bytes to be judged are not those that were read.
    OtherBytes,
}

/// Whether signatures of other kinds lie there, when there is none of OMS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ForeignBeside {
    /// None, or it does not matter.
    #[default]
    None,
    /// In other files.
    Beside,
    /// The signature file itself is one.
    Itself,
}
