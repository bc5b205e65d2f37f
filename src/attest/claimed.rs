//! A claim after it was judged, without its bytes: whose it is, whether that is to be believed, about what, and what it
//! says. What a policy lets its signer say is not known here.

use super::kind::PredicateKind;
use super::said::Said;
use crate::signing::{About, CheckCode, Identity, Outcome};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Whether a predicate is as its schema wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Validity {
    /// It is.
    Valid,
    /// The predicate is not known: it is kept and shown, and never counts.
    #[default]
    Unknown,
    /// It is not.
    Invalid(Vec<SchemaFault>),
}

/// Where a predicate is not as its schema wants it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct SchemaFault {
    /// The field, as a path: `buildDefinition.buildType`.
    pub path: Untrusted,
    /// What is wrong with it.
    pub what: FaultKind,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// It is required, and not there.
    Missing,
    /// It is of another type.
    Type,
    /// It has a value that is not one of those allowed.
    Value,
    /// It is longer than is read.
    Limit,
}

impl FaultKind {
    /// What is wrong, in words.
    pub fn words(self) -> &'static str {
        match self {
            FaultKind::Missing => "is missing",
            FaultKind::Type => "has the wrong type",
            FaultKind::Value => "has a value that is not allowed",
            FaultKind::Limit => "is too long to be read",
        }
    }
}

/// A claim after it was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Claimed {
    /// SHA-256 over its bundle, hex.
    pub digest: String,
    /// Its line in the file of claims, from 1.
    pub line: usize,
    /// What it claims, as the statement says.
    pub predicate_type: Untrusted,
    /// The same, where the registry knows it.
    pub kind: Option<PredicateKind>,
    /// Whether it is as its schema wants it.
    pub validity: Validity,
    /// Whom it is about.
    pub about: About,
    /// Pass: the signer is proven and is who was expected. Partial: proven, but somebody else.
    pub outcome: Outcome,
    /// What kept it from passing.
    pub because: Option<CheckCode>,
    /// The signer; none unless proven.
    pub signer: Option<Identity>,
    /// When it was signed, if somebody who is trusted says so.
    pub signed_at: Option<Timestamp>,
    /// What it says; nothing unless it is valid.
    pub said: Said,
}

impl Claimed {
    /// Whether it is about this model, valid, and its signer is proven to be an expected one.
    pub fn counts(&self) -> bool {
        self.about == About::ThisModel && self.outcome == Outcome::Pass && self.validity == Validity::Valid
    }
}
