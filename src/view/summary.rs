//! One model in one line. It judges nothing: the words follow from what was found and concluded.

use super::record::{Review, Verified};
use crate::decision::{Decision, ReviewWord, Standing};
use crate::inventory::Model;
use crate::maturity::{Since, unlike_twins};
use crate::signing::{Method, Outcome, Verification};
use crate::text::Untrusted;

/// One model in one line, for tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What became of the verification; `missing` for an unsigned model, `unknown` when nobody looked.
    pub outcome: Outcome,
    /// Word beside the glyph: `pass`, `cached` (by digests that were not computed this time), `FAIL`, `unsigned`,
    /// `not verified`, `changed since verified`, or `no files` for a model of which only documents speak; `ambiguous`
    /// where several folders share the name.
    pub word: &'static str,
    /// Whether the files are still those that were verified.
    pub since: Since,
    /// Who signed; empty when nobody did or nobody looked. Not yet proven identities stand in parentheses.
    pub signer: Untrusted,
    /// Own and effective level.
    pub own: u8,
    /// After the caps.
    pub effective: u8,
    /// The decision at the view's stage.
    pub decision: Decision,
    /// The reviewer's word that stands.
    pub review: Option<ReviewWord>,
}

impl Summary {
    pub(super) fn of(
        model: Option<&Model>,
        (verified, since): (Option<&Verified>, Since),
        standing: Option<Standing>,
        review: Option<&Review>,
    ) -> Self {
        let signed = model.is_some_and(|model| model.signature.is_some());
        let here = model.is_some_and(|model| model.location.is_some());
        let is_ambiguous = model.is_some_and(|model| {
            unlike_twins(model, verified.map(|verified| &verified.verification)).next().is_some()
        });
        let (outcome, word) = match verified {
            _ if !here => (Outcome::Unknown, "no files"),
            _ if is_ambiguous => (Outcome::Fail, "ambiguous"),
            None if !signed => (Outcome::Missing, "unsigned"),
            None => (Outcome::Unknown, "not verified"),
            // Whatever it came to is of other files.
            Some(_) if !since.is_same() => (Outcome::Unknown, "changed since verified"),
            Some(v) => match v.verification.outcome() {
                Outcome::Missing if !signed => (Outcome::Missing, "unsigned"),
                Outcome::Pass if v.verification.files.recalled.is_some() => (Outcome::Pass, "cached"),
                outcome => (outcome, outcome.word()),
            },
        };
        Summary {
            outcome,
            word,
            since,
            // Who signed what lay here before is not who signed this.
            signer: verified
                .filter(|_| since.is_same())
                .map(|v| signer_name(&v.verification))
                .unwrap_or_default(),
            own: standing.map_or(0, |standing| standing.own),
            effective: standing.map_or(0, |standing| standing.effective),
            decision: standing.map_or(Decision::Refuse, |standing| standing.decision),
            review: review.map(|review| review.word),
        }
    }
}

/// Who signed, as people know them: a bare key by the anchor that pins it. A signer that is not proven
/// stands in parentheses.
fn signer_name(verification: &Verification) -> Untrusted {
    let Some(signer) = &verification.signer else { return Untrusted::default() };
    let subject = signer.subject.raw();
    match &verification.anchor {
        _ if !verification.signer_proven() => Untrusted::new(format!("({subject})")),
        Some(anchor) if signer.method == Method::Key => Untrusted::new(format!("{} {subject}", anchor.name)),
        _ => Untrusted::new(subject),
    }
}
