//! A check in words: which room's words its facts have.

use crate::check::identity::NameDifference;
use crate::check::step::Check;
use crate::check::why::Why;

use super::{Words, chain, sigstore, time};

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
            _ => None,
        }
    }
}
