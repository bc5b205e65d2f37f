//! The words for checks, for people who read text: one catalogue, made from the facts of a check and from nothing
//! else. Records hold none of them, and no decision reads them.

mod codes;
pub(crate) mod files;
pub(crate) mod parse;
mod stages;

pub use codes::{CODES, CodeInfo, code_info};

use crate::check::identity::NameDifference;
use crate::check::step::Check;
use crate::check::why::Why;
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

impl Check {
    /// The check in words.
    pub fn words(&self) -> Words {
        match &self.why {
            Why::Nothing => Words::line(self.stage.question()),
            Why::NotLooked => Words::line("Not checked yet"),
            Why::After(stage) => Words::line(format!("Not checked, because {} did not pass", stage.name())),
            Why::NoFiles => Words::line("No files found; only BOMs mention it"),
            Why::DecidedElsewhere => Words::line("Not part of this verification"),
            Why::ClaimOnly => Words::line("Not applicable: a claim is verified without the model's files"),
            Why::Parse(why) => parse::words(why),
            Why::Files(why) => files::words(why),
            Why::Prose(prose) => Words {
                summary: prose.summary.clone(),
                expected: prose.expected.clone(),
                found: prose.found.clone(),
                evidence: prose.evidence.clone(),
                remedy: prose.remedy.clone(),
                details: prose.details.clone(),
                listed: Vec::new(),
            },
        }
    }

    /// The part of the signer that is not as expected.
    pub fn difference(&self) -> Option<&NameDifference> {
        match &self.why {
            Why::Prose(prose) => prose.difference.as_ref(),
            _ => None,
        }
    }
}
