//! A check in words: which room's words its facts have.

use crate::check::identity::NameDifference;
use crate::check::step::Check;
use crate::check::why::Why;

use super::{Words, chain, files, parse, sigstore, time};

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
