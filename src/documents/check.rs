//! A check as a document shows it: its code, its facts, and both in words. Records hold no words; documents are for
//! people and pipelines, and have them.

use crate::signing::{Check, CheckCode, NameDifference, Outcome, Stage, Verification, Why, Words};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// One step of a verification.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CheckDocument<'a> {
    /// Where it stands in the order.
    pub stage: Stage,
    /// A stable code below the stage; only the stage's name when it passes.
    pub code: CheckCode,
    /// What became of it.
    pub outcome: Outcome,
    /// One line.
    pub summary: String,
    /// What should have been there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Untrusted>,
    /// What was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Untrusted>,
    /// Where the evidence is: a file, a field, a log entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Untrusted>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Further lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Untrusted>,
    /// The part of the signer's identity that is not as expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<&'a NameDifference>,
    /// The facts that the words are made from.
    #[serde(skip_serializing_if = "says_nothing")]
    pub why: &'a Why,
}

fn says_nothing(why: &&Why) -> bool {
    why.is_nothing()
}

impl<'a> From<&'a Check> for CheckDocument<'a> {
    fn from(check: &'a Check) -> Self {
        Self::told(check, check.words())
    }
}

impl<'a> CheckDocument<'a> {
    /// A check of a verification, with the files that it is about.
    pub(super) fn of(verification: &Verification, check: &'a Check) -> Self {
        Self::told(check, verification.words_of(check))
    }

    fn told(check: &'a Check, words: Words) -> Self {
        let details = words.lines().cloned().collect();
        CheckDocument {
            stage: check.stage,
            code: check.code,
            outcome: check.outcome,
            summary: words.summary,
            expected: words.expected,
            found: words.found,
            evidence: words.evidence,
            remedy: words.remedy,
            details,
            difference: check.difference(),
            why: &check.why,
        }
    }
}
