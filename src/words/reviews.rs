//! The words for what people say of models: what a review does and does not do, what it is about to be said of, and
//! what was said before. What a review does to a decision is concluded elsewhere.

use crate::decision::{RecordRef, ReviewWord};
use crate::signing::Outcome;
use crate::text::{Untrusted, count, screen};

/// What a review of that word does and does not do; `stages` are those where a rejection refuses.
pub fn does(word: ReviewWord, stages: &[&str]) -> String {
    match word {
        ReviewWord::Approve => "An approval is recorded and shown. It lifts no failed check and no rejection, and \
                                level and decision stay as they are."
            .to_owned(),
        ReviewWord::Reject => {
            let stages: Vec<String> = stages.iter().map(|stage| screen(stage)).collect();
            match stages.is_empty() {
                true => "A rejection is recorded and shown; no stage of this policy refuses because of it.".to_owned(),
                false => format!(
                    "A rejection refuses the model at {} {}, until it is taken back. Elsewhere it is only shown.",
                    if stages.len() == 1 { "stage" } else { "stages" },
                    stages.join(", ")
                ),
            }
        }
        ReviewWord::AskProducer => {
            "Records that the producer was asked. It sends nothing and decides nothing.".to_owned()
        }
        ReviewWord::TakeBack => {
            "The review that is shown no longer stands; what was said before it counts again. Nothing is deleted."
                .to_owned()
        }
        ReviewWord::BreakGlass => "The gate of the stage warns instead of refusing, until it ends, once as many accounts \
                                   said so as the policy asks for."
            .to_owned(),
    }
}

/// How many models of which kind a review is about to be said of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds {
    /// Their verification passes.
    pub pass: usize,
    /// Their evidence contradicts.
    pub fail: usize,
    /// They have no signature.
    pub unsigned: usize,
    /// Nobody knows: not verified, changed since, or unreadable.
    pub unknown: usize,
    /// A rejection stands, whatever else they are.
    pub rejected: usize,
    /// Any review stands.
    pub reviewed: usize,
}

impl Kinds {
    /// And one more: what became of its verification, and its review that is shown.
    pub fn and(self, outcome: Outcome, review: Option<ReviewWord>) -> Self {
        let mut kinds = self;
        match outcome {
            Outcome::Pass | Outcome::Partial => kinds.pass += 1,
            Outcome::Fail => kinds.fail += 1,
            Outcome::Missing => kinds.unsigned += 1,
            Outcome::Unknown | Outcome::NotApplicable => kinds.unknown += 1,
        }
        kinds.rejected += usize::from(review == Some(ReviewWord::Reject));
        kinds.reviewed += usize::from(review.is_some());
        kinds
    }

    /// How many they are.
    pub fn all(&self) -> usize {
        self.pass + self.fail + self.unsigned + self.unknown
    }

    /// `98 pass, 2 FAIL`.
    pub fn line(&self) -> String {
        let parts = [
            (self.pass, "pass"),
            (self.fail, "FAIL"),
            (self.unsigned, "unsigned"),
            (self.unknown, "not verified"),
            (self.rejected, "rejected earlier"),
        ];
        let parts = parts.iter().filter(|(many, _)| *many > 0).map(|(many, word)| format!("{many} {word}"));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// Whether an approval contradicts what is known: the evidence fails, or somebody's rejection stands.
pub fn contradicts(outcome: Outcome, review: Option<ReviewWord>) -> bool {
    outcome == Outcome::Fail || review == Some(ReviewWord::Reject)
}

/// What contradicts an approval, in one sentence; empty when nothing does.
pub fn against(kinds: &Kinds) -> String {
    let (one, fails, rejected) = (kinds.all() == 1, kinds.fail, kinds.rejected);
    let fail = match fails {
        0 => None,
        1 if one => Some("the evidence of this model contradicts its signature or policy".to_owned()),
        many => Some(format!("{} of {} fail", many, count(kinds.all(), "model"))),
    };
    let reject = match rejected {
        0 => None,
        1 if one => Some("a rejection of this model stands".to_owned()),
        many => Some(format!("a rejection stands of {many}")),
    };
    let parts: Vec<String> = fail.into_iter().chain(reject).collect();
    parts.join(", and ")
}

/// What a review says, in one line, with who said it: `approved by ada: looks fine`.
pub fn said(word: ReviewWord, of: Option<RecordRef>, by: &Untrusted, reason: &Untrusted) -> Untrusted {
    let what = match of {
        Some(of) => format!("took back record {}", of.number),
        None => word.word().to_owned(),
    };
    Untrusted::new(format!("{what} by {}: {}", by.raw(), reason.raw()))
}
