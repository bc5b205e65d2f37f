//! What became of the further claims that lie beside a model. Values only; how claims are read is not known here.

use crate::check::codes::CheckCode;
use crate::check::outcome::Outcome;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What PREDICATES rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PredicatesWhy {
    /// There are no further claims.
    None,
    /// They could not be read.
    Unreadable(ClaimsFault),
    /// Each line was judged.
    Judged {
        /// Claims that count.
        counted: u64,
        /// Claims about this model.
        about_this: u64,
        /// Claims about another model.
        about_another: u64,
        /// Claims of which that is not known.
        about_unknown: u64,
        /// Lines that are not claims.
        not_claims: u64,
        /// The first lines: those that count, then those about this model, then the others, then what is no claim.
        first: Vec<ClaimRow>,
    },
}

impl PredicatesWhy {
    /// All lines that were judged.
    pub fn lines(&self) -> u64 {
        match self {
            PredicatesWhy::None | PredicatesWhy::Unreadable(_) => 0,
            PredicatesWhy::Judged { about_this, about_another, about_unknown, not_claims, .. } => {
                about_this + about_another + about_unknown + not_claims
            }
        }
    }
}

/// Why a file of claims could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimsFault {
    /// The file could not be opened, or not read to its end.
    NotReadable,
    /// It is too large.
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// It has too many lines.
    TooMany {
        /// The limit.
        limit_lines: u64,
    },
    /// It is a link that leaves the model's folder, and was not followed.
    Link,
    /// All files of claims of the model are together too large.
    TogetherTooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The model has more files of claims.
    TooManyFiles {
        /// The limit.
        limit_files: u64,
    },
    /// The model's folder could not be listed to its end.
    NotListed,
    /// No line of it is a claim; what it holds instead was not kept.
    NoClaim {
        /// How many lines it has, blank ones aside.
        lines: u64,
        /// The first of them, from 1.
        line: u64,
        /// Why that one is not a claim.
        fault: LineFault,
    },
}

/// One line of a file of claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimRow {
    /// A claim.
    Claim {
        /// The file that it is in; none for the file of claims.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<Untrusted>,
        /// Line, from 1.
        line: u64,
        /// What it claims, as it says.
        predicate_type: Untrusted,
        /// Whom it is about.
        about: About,
        /// What became of it.
        outcome: Outcome,
        /// The check that kept it from passing.
        because: Option<CheckCode>,
        /// Who signed it.
        signer: Option<Untrusted>,
        /// Whether that is proven.
        proven: bool,
        /// Why its content cannot count, regardless of the signer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unread: Option<Unread>,
    },
    /// A line that is not a claim.
    NotAClaim {
        /// The file that it is in; none for the file of claims.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<Untrusted>,
        /// Line, from 1.
        line: u64,
        /// Why not.
        fault: LineFault,
    },
}

/// Why the content of a claim does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unread {
    /// Its predicate is unknown.
    UnknownPredicate,
    /// It does not match its schema, or its subject has no usable digest.
    Invalid {
        /// How many faults it has.
        faults: u64,
    },
}

/// Why a line is not a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineFault {
    /// It is too long.
    TooLong,
    /// It is not a Sigstore bundle with an envelope.
    NotABundle,
    /// The envelope does not hold an in-toto statement.
    NotAStatement,
}

/// Whom a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// One of its subjects is this model's root digest.
    ThisModel,
    /// None of them is.
    AnotherModel,
    /// The root digest of the model is not known.
    Unknown,
}
