//! The words for checks, for people who read text: one catalogue, made from the facts of a check and from nothing
//! else. Records hold none of them, and no decision reads them.

mod codes;
mod policy;
mod predicates;
mod stages;

pub use codes::{CODES, CodeInfo, code_info};

use crate::check::identity::NameDifference;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::Why;
use crate::check::why::policy::IdentityWhy;
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
}

impl Check {
    /// The check in words.
    pub fn words(&self) -> Words {
        match &self.why {
            Why::Nothing => Words { summary: self.stage.question().to_owned(), ..Words::default() },
            Why::NotLooked => Words { summary: "Not checked yet".to_owned(), ..Words::default() },
            Why::After(stage) => Words {
                summary: format!("Not checked, because {} did not pass", stage.name()),
                ..Words::default()
            },
            Why::Identity(why) => policy::identity(why),
            Why::Policy(why) => policy::policy(why),
            Why::Predicates(why) => predicates::words(why),
            Why::Required { code, outcome, instead } => {
                let before =
                    Check { stage: self.stage, code: *code, outcome: *outcome, why: Why::clone(instead) };
                required(self.stage, before.words())
            }
            Why::Prose(prose) => Words {
                summary: prose.summary.clone(),
                expected: prose.expected.clone(),
                found: prose.found.clone(),
                evidence: prose.evidence.clone(),
                remedy: prose.remedy.clone(),
                details: prose.details.clone(),
            },
        }
    }

    /// The part of the signer that is not as expected.
    pub fn difference(&self) -> Option<&NameDifference> {
        match &self.why {
            Why::Prose(prose) => prose.difference.as_ref(),
            Why::Identity(why) => match &**why {
                IdentityWhy::Other { difference, .. } => difference.as_ref(),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What the caller requires, with what was found instead.
fn required(stage: Stage, before: Words) -> Words {
    let what = match stage {
        Stage::Log => "A transparency log entry",
        _ => "A trusted signing time",
    };
    Words {
        summary: format!("{what} is required and missing"),
        found: before.found,
        details: before.details,
        remedy: Some(
            "Ask the producer to sign with a transparency log or a timestamp authority, or drop the requirement"
                .to_owned(),
        ),
        ..Words::default()
    }
}
