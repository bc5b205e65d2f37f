//! The words for checks, for people who read text: one catalogue, made from the facts of a check and from nothing
//! else. Records hold none of them, and no decision reads them.

mod card;
pub(crate) mod chain;
mod change;
mod check;
mod codes;
pub(crate) mod fault;
mod files;
pub(crate) mod parse;
mod policy;
mod predicates;
mod signer;
mod sigstore;
mod stages;
mod statement;
mod thing;
pub(crate) mod time;

pub use codes::{CODES, CodeInfo, code_info};
pub use thing::remedy_for;

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// A check in words. What may quote the artifact is [`Untrusted`]; the rest are our own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Words {
    /// One line.
    pub summary: String,
    /// What should have been there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Untrusted>,
    /// What was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Untrusted>,
    /// Where the evidence is: a file, a field, a log entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Untrusted>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Further lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Untrusted>,
    /// The files that are not as signed, a line each: a face that shows the report of the files leaves them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed: Vec<Untrusted>,
}

impl Words {
    /// All further lines.
    pub fn lines(&self) -> impl Iterator<Item = &Untrusted> {
        self.listed.iter().chain(&self.details)
    }

    /// Only one line.
    pub(crate) fn line(summary: impl Into<String>) -> Self {
        Words { summary: summary.into(), ..Words::default() }
    }
}

/// Helps of errors begin in lower case, remedies do not.
fn sentence(help: &str) -> String {
    let mut chars = help.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
