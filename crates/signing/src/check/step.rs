//! A check is one step of a verification: what was expected, what was found, and what to do.

use crate::text::Untrusted;
use serde::{Deserialize, Serialize};

use super::identity::NameDifference;

/// What became of a check or a control. Evidence that contradicts, evidence that is missing and not
/// having looked are three things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The evidence is there and says yes.
    Pass,
    /// Some of it is there.
    Partial,
    /// The evidence contradicts.
    Fail,
    /// We looked and it is not there.
    Missing,
    /// We could not look, or have not yet.
    Unknown,
    /// The question does not arise.
    NotApplicable,
}

impl Outcome {
    /// The field's own word.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Partial => "partial",
            Outcome::Fail => "FAIL",
            Outcome::Missing => "missing",
            Outcome::Unknown => "unknown",
            Outcome::NotApplicable => "n/a",
        }
    }

    /// The glyph that stands before the word.
    pub fn glyph(self) -> &'static str {
        match self {
            Outcome::Pass => "✓",
            Outcome::Partial => "!",
            Outcome::Fail => "✗",
            Outcome::Missing => "?",
            Outcome::Unknown => "?",
            Outcome::NotApplicable => "·",
        }
    }

    /// Rank when several facts bear on one question: fail, missing, unknown, partial, pass, n/a; the
    /// lowest rank wins (rulings 1).
    pub fn rank(self) -> u8 {
        match self {
            Outcome::Fail => 0,
            Outcome::Missing => 1,
            Outcome::Unknown => 2,
            Outcome::Partial => 3,
            Outcome::Pass => 4,
            Outcome::NotApplicable => 5,
        }
    }
}

/// The stages of a verification, in the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Stage {
    /// The bundle can be read.
    Parse,
    /// How it was signed: key, certificate or Sigstore.
    Method,
    /// Something that we trust answers for the signer.
    Trust,
    /// The signature fits the signed bytes.
    Signature,
    /// The certificates lead to the anchor.
    Chain,
    /// When it was signed, and who says so.
    Time,
    /// The transparency log holds the signature.
    Log,
    /// The signer is who was expected.
    Identity,
    /// The signed statement is an OMS manifest.
    Statement,
    /// The statement is about these files: the root digest.
    Subject,
    /// Every file has the signed digest, and none is extra.
    Files,
    /// Further claims.
    Predicates,
    /// What the policy says.
    Policy,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Stage; 13] = [
        Stage::Parse,
        Stage::Method,
        Stage::Trust,
        Stage::Signature,
        Stage::Chain,
        Stage::Time,
        Stage::Log,
        Stage::Identity,
        Stage::Statement,
        Stage::Subject,
        Stage::Files,
        Stage::Predicates,
        Stage::Policy,
    ];

    /// The stage's name as printed, for example `SIGNATURE`.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Parse => "PARSE",
            Stage::Method => "METHOD",
            Stage::Trust => "TRUST",
            Stage::Signature => "SIGNATURE",
            Stage::Chain => "CHAIN",
            Stage::Time => "TIME",
            Stage::Log => "LOG",
            Stage::Identity => "IDENTITY",
            Stage::Statement => "STATEMENT",
            Stage::Subject => "SUBJECT",
            Stage::Files => "FILES",
            Stage::Predicates => "PREDICATES",
            Stage::Policy => "POLICY",
        }
    }
}

impl Stage {
    /// What it asks.
    pub fn question(self) -> &'static str {
        match self {
            Stage::Parse => "Can the signature file be read?",
            Stage::Method => "How was it signed: with a key, a certificate, or keyless?",
            Stage::Trust => "Does something that is trusted answer for the signer?",
            Stage::Signature => "Does the signature fit the signed bytes?",
            Stage::Chain => "Do the certificates lead to a trusted authority?",
            Stage::Time => "When was it signed, and who says so?",
            Stage::Log => "Does the transparency log hold the signature?",
            Stage::Identity => "Is the signer the one who was expected?",
            Stage::Statement => "Is the signed statement a manifest of a model?",
            Stage::Subject => "Does the root digest belong to the files that the statement lists?",
            Stage::Files => "Has every file the signed digest, and is none extra?",
            Stage::Predicates => "Are there further claims?",
            Stage::Policy => "Does the policy allow it?",
        }
    }
}

/// One step of a verification. `expected`, `found` and `details` may quote the artifact and are
/// therefore [`Untrusted`]; `summary` and `remedy` are our own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Where it stands in the order.
    pub stage: Stage,
    /// A stable code below the stage, for example `FILES-CHANGED`; equal to the stage's name when it passes.
    pub code: String,
    /// What became of it.
    pub outcome: Outcome,
    /// One line in our own words.
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
    /// The part of the signer's identity that is not as expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<NameDifference>,
}

impl Check {
    /// A check with an outcome and one line of our own words.
    pub fn new(stage: Stage, code: &str, outcome: Outcome, summary: impl Into<String>) -> Self {
        Check {
            stage,
            code: code.to_owned(),
            outcome,
            summary: summary.into(),
            expected: None,
            found: None,
            evidence: None,
            remedy: None,
            details: Vec::new(),
            difference: None,
        }
    }

    /// A pass; its code is the stage's name.
    pub fn pass(stage: Stage, summary: impl Into<String>) -> Self {
        Check::new(stage, stage.name(), Outcome::Pass, summary)
    }

    /// What should have been there.
    pub fn expected(mut self, text: impl Into<Untrusted>) -> Self {
        self.expected = Some(text.into());
        self
    }

    /// What was there.
    pub fn found(mut self, text: impl Into<Untrusted>) -> Self {
        self.found = Some(text.into());
        self
    }

    /// Where the evidence is.
    pub fn evidence(mut self, text: impl Into<Untrusted>) -> Self {
        self.evidence = Some(text.into());
        self
    }

    /// What to do.
    pub fn remedy(mut self, text: impl Into<String>) -> Self {
        self.remedy = Some(text.into());
        self
    }

    /// The part of the signer that differs, with a line that marks it.
    pub fn difference(mut self, difference: NameDifference) -> Self {
        self.details.extend(difference.line());
        self.difference = Some(difference);
        self
    }

    /// A further line.
    pub fn detail(mut self, text: impl Into<Untrusted>) -> Self {
        self.details.push(text.into());
        self
    }
}

/// A check of a stage that was not, or could not be, looked at.
pub(crate) fn unknown(stage: Stage, why: &str) -> Check {
    Check::new(stage, stage.name(), Outcome::Unknown, why)
}

/// Helps of errors begin in lower case, remedies of checks do not.
pub(crate) fn sentence(help: &str) -> String {
    let mut chars = help.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
