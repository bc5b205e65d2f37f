//! STATEMENT and SUBJECT: what was signed, as the statement itself says.

use crate::check::fault::DocumentFault;
use crate::hashing::job::HashAlgorithm;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the signed statement is a manifest of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatementWhy {
    /// An OMS manifest.
    Manifest {
        /// How many files or shards it lists.
        resources: u64,
        /// Bytes of a shard; none when whole files were signed.
        shard_size: Option<u64>,
        /// How they were hashed.
        hash: HashAlgorithm,
    },
    /// A statement of version 0.2.0, which has no root digest.
    Legacy {
        /// How many files it lists.
        resources: u64,
    },
    /// What was signed does not say that it is a statement.
    PayloadType {
        /// What it should say.
        expected: Untrusted,
        /// What it says.
        found: Untrusted,
    },
    /// A statement about something else, or of another version of OMS.
    OtherType {
        /// Where it says so.
        field: TypeField,
        /// What it should say.
        expected: Untrusted,
        /// What it says.
        found: Untrusted,
        /// Whether it is a version of OMS that is not known here.
        is_version: bool,
    },
    /// Larger than is read.
    TooLarge(DocumentFault),
    /// Not a manifest as OMS asks for.
    Malformed(DocumentFault),
}

/// Which field names the type of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TypeField {
    /// `_type`.
    Statement,
    /// `predicateType`.
    Predicate,
}

/// Whether the root digest is that of the files that the statement lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectWhy {
    /// It is.
    Matches {
        /// The root digest, hex.
        root: String,
    },
    /// Statements of version 0.2.0 have none.
    Legacy,
    /// It is not.
    Differs {
        /// Of the files that it lists, hex.
        listed: String,
        /// As the statement says, hex.
        stated: String,
    },
}
