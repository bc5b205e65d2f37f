//! A check in words: which room's words its facts have.

use crate::check::identity::NameDifference;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::Why;
use crate::check::why::policy::IdentityWhy;

use super::{Words, chain, policy, predicates, sigstore, time};

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
                let why = Why::clone(instead);
                required(self.stage, Check { stage: self.stage, code: *code, outcome: *outcome, why }.words())
            }
            Why::Chain(why) => chain::words(why),
            Why::Time(why) => time::words(why),
            Why::Sigstore(why) => sigstore::words(why),
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
