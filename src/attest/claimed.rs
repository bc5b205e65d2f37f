//! A judged claim without its bytes: its signer and how far it is proven, its subject, and its content.
//! Whether the policy gives the signer a role is decided elsewhere.

use super::kind::PredicateKind;
use super::said::Said;
use crate::signing::{About, CheckCode, Identity, Outcome};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Whether a predicate matches its schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Validity {
    /// It does.
    Valid,
    /// The predicate is unknown: it is kept and shown, and never counts.
    #[default]
    Unknown,
    /// It does not.
    Invalid(Vec<SchemaFault>),
}

/// A place where a predicate does not match its schema.
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
    /// It is required, but missing.
    Missing,
    /// It is of another type.
    Type,
    /// It has a value that is not one of those allowed.
    Value,
    /// It exceeds the length limit.
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

/// How a claim refers to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JoinedBy {
    /// By its root digest.
    Root,
    /// By another digest of the same bytes: that of its manifest in a registry.
    Alias,
}

/// Another signer of one envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cosigner {
    /// The signer.
    pub signer: Identity,
    /// Pass: as expected. Partial: proven, but a different signer.
    pub outcome: Outcome,
    /// The trusted signing time, if any.
    pub signed_at: Option<Timestamp>,
}

/// A claim after it was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Claimed {
    /// Its file, if not the claims file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Untrusted>,
    /// SHA-256 over its bundle, hex.
    pub digest: String,
    /// Its line in the file of claims, from 1.
    pub line: usize,
    /// The type of its predicate, from the statement.
    pub predicate_type: Untrusted,
    /// The kind of that type, if the registry knows it.
    pub kind: Option<PredicateKind>,
    /// Whether it matches its schema.
    pub validity: Validity,
    /// Its subjects.
    pub about: About,
    /// How it refers to this model.
    pub joined: Option<JoinedBy>,
    /// Pass: the signer is proven and expected. Partial: proven, but a different signer.
    pub outcome: Outcome,
    /// What kept it from passing.
    pub because: Option<CheckCode>,
    /// The signer; none unless proven.
    pub signer: Option<Identity>,
    /// The trusted signing time, if any.
    pub signed_at: Option<Timestamp>,
    /// Other proven signers of the same envelope, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cosigners: Vec<Cosigner>,
    /// Its content; empty unless it is valid.
    pub said: Said,
}

impl Claimed {
    /// Whether it is about this model, valid, and its signer is proven and expected.
    pub fn counts(&self) -> bool {
        self.about == About::ThisModel && self.outcome == Outcome::Pass && self.validity == Validity::Valid
    }
}
