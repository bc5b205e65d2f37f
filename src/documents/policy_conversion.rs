//! A policy in the form of another tool, or theirs in ours, as a document.

use super::names;
use crate::policy::convert::{Converted, Lost};
use schemars::JsonSchema;
use serde::Serialize;

/// A policy in another form, with everything that is lost there.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyConversionDocument<'a> {
    /// The document's name.
    pub schema: names::PolicyConversion,
    /// The digest of the policy of this program.
    pub policy: &'a str,
    /// The form that was read: `touchmark` (a policy of this program), `notation`, `cosign` or `cluster-image-policy`.
    pub from: &'a str,
    /// The form that was written: `touchmark`, `model-signing`, `model-validation` or `cluster-image-policy`.
    pub to: &'a str,
    /// What was written.
    pub text: &'a str,
    /// What was lost, in the order of the lines.
    pub lost: Vec<LostDocument<'a>>,
}

/// One key that was lost.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LostDocument<'a> {
    /// Its path, as `publisher.identities.subject`, or its option.
    pub key: &'a str,
    /// Its line, from 1.
    pub line: usize,
    /// Why it was lost.
    pub why: &'static str,
}

impl<'a> PolicyConversionDocument<'a> {
    /// Of a conversion.
    pub fn of(policy: &'a str, (from, to): (&'a str, &'a str), converted: &'a Converted) -> Self {
        let Converted { text, lost } = converted;
        let lost =
            lost.iter().map(|Lost { key, line, why }| LostDocument { key, line: *line, why }).collect();
        PolicyConversionDocument { schema: names::PolicyConversion, policy, from, to, text, lost }
    }
}
