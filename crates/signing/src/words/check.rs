//! A check in words: which room's words its facts have.

use crate::check::identity::NameDifference;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::policy::IdentityWhy;
use crate::check::why::{SignerWhy, Why};

use super::{Words, card, chain, files, parse, policy, predicates, signer, sigstore, statement, time};

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
            Why::NoCertificates => Words::line("A bare key has no certificates"),
            Why::NoLog { entries } => {
                let ignored =
                    |entries: u64| format!("log entries in the bundle that were ignored: {entries}");
                Words {
                    details: Some(*entries)
                        .filter(|entries| *entries > 0)
                        .map(ignored)
                        .map(Into::into)
                        .into_iter()
                        .collect(),
                    ..Words::line("Signatures by this method are not kept in a transparency log")
                }
            }
            Why::Method(why) => signer::method(why),
            Why::Trust(why) => signer::trust(why),
            Why::Signature(why) => signer::signature(why),
            Why::Signer(why) => signer::identity(why),
            Why::Statement(why) => statement::statement(why),
            Why::Subject(why) => statement::subject(why),
            Why::Files(why) => files::words(why),
            Why::Chain(why) => chain::words(why),
            Why::Time(why) => time::words(why),
            Why::Sigstore(why) => sigstore::words(why),
            Why::Identity(why) => policy::identity(why),
            Why::Policy(why) => policy::policy(why),
            Why::Predicates(why) => predicates::words(why),
            Why::Card(why) => card::words(why),
            Why::Required { code, outcome, instead } => {
                let before =
                    Check { stage: self.stage, code: *code, outcome: *outcome, why: Why::clone(instead) };
                required(self.stage, before.words())
            }
        }
    }

    /// The part of the signer that is not as expected.
    pub fn difference(&self) -> Option<&NameDifference> {
        match &self.why {
            Why::Identity(why) => match &**why {
                IdentityWhy::Other { difference, .. } => difference.as_ref(),
                _ => None,
            },
            Why::Signer(why) => match &**why {
                SignerWhy::Mismatch { difference, .. } => difference.as_ref(),
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
