//! New claims, and what a model inherits, as documents.

use super::names;
use crate::attest::{PredicateKind, Said, Transformation};
use crate::inventory::ModelId;
use crate::signing::RootDigest;
use crate::text::Untrusted;
use crate::view::inherit::{Inheritance, Inherited};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// A claim that was made, or that `--dry-run` would make.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AttestDocument<'a> {
    /// The document's name.
    pub schema: names::Attest,
    /// The model.
    pub model: &'a ModelId,
    /// Its root digest: what the claim is about.
    pub root_digest: RootDigest,
    /// The kind of claim.
    pub kind: PredicateKind,
    /// The type of the predicate.
    pub predicate_type: &'a str,
    /// Its content, as a verifier reads it.
    pub said: &'a Said,
    /// The statement.
    pub statement: Value,
    /// The file with the claim; none if nothing was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Cow<'a, str>>,
    /// Its line in that file, from 1; none in a separate file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// SHA-256 over the bundle, hex; none if nothing was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_digest: Option<String>,
    /// The signer; none if it is not signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<&'a Untrusted>,
    /// The trusted signing time, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
}

/// What a derived model inherits from its parents.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct InheritDocument<'a> {
    /// The document's name.
    pub schema: names::Inherit,
    /// The model.
    pub model: &'a ModelId,
    /// What was done to its parents.
    pub transformation: Transformation,
    /// Whether that is only assumed, because no source states how the model was derived from them.
    pub assumed: bool,
    /// Its parents.
    pub parents: &'a [Inherited],
    /// The command that claims it, for a POSIX shell; none if a name cannot be typed.
    pub command: Option<&'a str>,
}

impl<'a> InheritDocument<'a> {
    /// From the findings of the workbench.
    pub fn of(inheritance: &'a Inheritance) -> Self {
        InheritDocument {
            schema: names::Inherit,
            model: &inheritance.model,
            transformation: inheritance.transformation,
            assumed: inheritance.assumed,
            parents: &inheritance.parents,
            command: inheritance.command.as_deref(),
        }
    }
}
