//! One model in one line. It judges nothing: the words follow from what was found and concluded.

use super::record::{Review, Verified};
use crate::decision::{Decision, ReviewWord, Standing};
use crate::inventory::Model;
use crate::maturity::{Since, Star, unlike_twins};
use crate::signing::{Method, Outcome, Verification};
use crate::text::Untrusted;

/// One model in one line, for tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What became of the verification; `missing` for an unsigned model, `unknown` when nobody looked.
    pub outcome: Outcome,
    /// Word beside the glyph: `pass`, `cached` (by digests that were not computed this time), `FAIL`, `unsigned`,
    /// `not verified`, `changed since verified`, `verify again` (its evidence is not there any more), or `no files` for
    /// a model of which only documents speak; `ambiguous` where several folders share the name.
    pub word: &'static str,
    /// Whether nobody has looked yet, and there is something to look at.
    pub is_untouched: bool,
    /// Whether the verification on record holds.
    pub since: Since,
    /// Who signed; empty when nobody did or nobody looked. Not yet proven identities stand in parentheses.
    pub signer: Untrusted,
    /// Own and effective level.
    pub own: u8,
    /// After the caps.
    pub effective: u8,
    /// What both rest on.
    pub star: Star,
    /// The decision at the view's stage.
    pub decision: Decision,
    /// The reviewer's word that stands.
    pub review: Option<ReviewWord>,
    is_ambiguous: bool,
    is_without_files: bool,
}

/// The word for what nobody has looked at.
const UNTOUCHED: &str = "not verified";

/// What is known of a verification.
pub(super) enum Seen<'a> {
    /// There is none.
    Nothing,
    /// One was recorded, and does not hold any more.
    Outdated(Since),
    /// It is of the files that lie there now.
    Verified(&'a Verified),
}

impl Summary {
    /// Whether several folders share its name, which are not known to hold the same.
    pub fn is_ambiguous(&self) -> bool {
        self.is_ambiguous
    }

    /// Whether only documents speak of it: there is nothing to look at.
    pub fn is_without_files(&self) -> bool {
        self.is_without_files
    }

    pub(super) fn of(
        model: Option<&Model>,
        seen: Seen<'_>,
        standing: Option<Standing>,
        review: Option<&Review>,
    ) -> Self {
        let signed = model.is_some_and(|model| model.signature.is_some());
        let here = model.is_some_and(|model| model.location.is_some());
        let verification = match &seen {
            Seen::Verified(verified) => Some(&verified.verification),
            Seen::Nothing | Seen::Outdated(_) => None,
        };
        let is_ambiguous = model.is_some_and(|model| unlike_twins(model, verification).next().is_some());
        let (outcome, word) = match seen {
            _ if !here => (Outcome::Unknown, "no files"),
            _ if is_ambiguous => (Outcome::Fail, "ambiguous"),
            // Whatever it came to is of other files.
            Seen::Outdated(Since::Lost) => (Outcome::Unknown, "verify again"),
            Seen::Outdated(_) => (Outcome::Unknown, "changed since verified"),
            Seen::Nothing if !signed => (Outcome::Missing, "unsigned"),
            Seen::Nothing => (Outcome::Unknown, UNTOUCHED),
            Seen::Verified(v) => match v.verification.outcome() {
                Outcome::Missing if !signed => (Outcome::Missing, "unsigned"),
                Outcome::Pass if v.verification.files.recalled.is_some() => (Outcome::Pass, "cached"),
                outcome => (outcome, outcome.word()),
            },
        };
        Summary {
            is_untouched: word == UNTOUCHED,
            outcome,
            word,
            since: if let Seen::Outdated(since) = seen { since } else { Since::Same },
            // Who signed what lay here before is not who signed this.
            signer: match seen {
                Seen::Verified(v) => signer_name(&v.verification),
                _ => Untrusted::default(),
            },
            own: standing.map_or(0, |standing| standing.own),
            effective: standing.map_or(0, |standing| standing.effective),
            star: standing.map(|standing| standing.star).unwrap_or_default(),
            decision: standing.map_or(Decision::Refuse, |standing| standing.decision),
            review: review.map(|review| review.word),
            is_ambiguous,
            is_without_files: !here,
        }
    }
}

impl Summary {
    /// Own and effective level: `L2`, `L2*→1` where the ancestors cap it, `–` before anything is judged.
    pub fn levels(&self) -> String {
        match self.decision {
            Decision::NotJudged => "–".to_owned(),
            _ => self.level(),
        }
    }

    /// Own and effective level as they are shown: `L2*`, or `L2*→1` if the second differs.
    pub fn level(&self) -> String {
        match self.is_capped() {
            false => self.star.level(self.own),
            true => format!("{}→{}", self.star.level(self.own), self.effective_level().split_off(1)),
        }
    }

    /// The effective level as it is shown: `L2`, or `L2*`.
    pub fn effective_level(&self) -> String {
        self.star.level(self.effective)
    }

    /// Whether the effective level differs from its own.
    pub fn is_capped(&self) -> bool {
        self.own != self.effective
    }

    /// The glyph before the word: what nobody has looked at is no question yet.
    pub fn glyph(&self) -> &'static str {
        if self.is_untouched { Outcome::NotApplicable.glyph() } else { self.outcome.glyph() }
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
