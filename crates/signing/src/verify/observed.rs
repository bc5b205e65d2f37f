//! What looking at a model and its signature found: facts, which are kept and judged any number of times. Nothing in
//! here depends on who looks, from where, with how many threads, or on what was looked at before.

use crate::check::fault::Unlistable;
use crate::error::ReadFault;

use crate::files::report::FilesReport;
use crate::foreign::seen::ForeignSignature;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What looking at a model and its signature found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Observed {
    /// When it was looked at.
    pub at: Timestamp,
    /// The signature file.
    pub signature: SignatureSeen,
    /// Whether the files were compared with what that signature lists.
    pub comparison: Comparison,
    /// What the comparison found; without one, only the size of the folder.
    pub files: Arc<FilesReport>,
    /// Signatures of other kinds that lie beside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<ForeignSignature>,
}

/// The signature file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignatureSeen {
    /// Its name, without the folder that it lies in.
    pub name: Untrusted,
    /// What became of reading it.
    pub state: SignatureState,
    /// Where it is not there: signatures that lie around.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Untrusted>,
}

/// What became of reading the signature file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureState {
    /// It is not there.
    Absent,
    /// It cannot be read.
    Unreadable(ReadFault),
    /// It is too large to be read.
    TooLarge {
        /// The most that is read, bytes.
        limit: u64,
    },
    /// It is large and does not begin as a bundle does; the rest was not read.
    NotABundle,
    /// It was read.
    Read {
        /// SHA-256 over its bytes, hex.
        digest: String,
        /// How many.
        bytes: u64,
    },
}

/// Whether the files were compared with what a signature lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// No: the signature could not be read, or lists no files.
    NotCompared,
    /// No: the files cannot be listed.
    NotListed(Unlistable),
    /// Yes.
    Compared,
    /// An agent card that carries its own signature: it is all that it signs.
    Card,
}

/// What was found, and the signature itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What was found.
    pub observed: Observed,
    /// The bytes of the signature file, to be judged; none when they were not read, or are more than are kept.
    pub bundle: Option<Vec<u8>>,
}
