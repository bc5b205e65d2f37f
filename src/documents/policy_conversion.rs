//! A policy in the form of another tool, as a document.

use super::names;
use crate::policy::convert::{Converted, Lost};
use schemars::JsonSchema;
use serde::Serialize;

/// A policy in the form of another tool, with everything that it loses there.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyConversionDocument<'a> {
    /// The document's name.
    pub schema: names::PolicyConversion,
    /// The policy's digest.
    pub policy: &'a str,
    /// The form that was read: `touchmark`, a policy of this program.
    pub from: &'a str,
    /// The form that was written: `model-signing`.
    pub to: &'a str,
    /// What the other tool takes.
    pub text: &'a str,
    /// What was lost, in the order of the lines.
    pub lost: Vec<LostDocument<'a>>,
}

/// One key that was lost.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LostDocument<'a> {
    /// Its path: `publisher.identities.subject`.
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
