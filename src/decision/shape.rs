//! What a decision about one model depends on, made small: many models have the same. From it follow the own level and
//! the reasons that lie in the model itself, for every stage, without another look at the model.

use super::anchoring::{Anchoring, Unanchored};
use super::reason::{Reason, ReasonCode, ReasonFact, sort};
use super::review::{ReviewWord, StandingReview};
use crate::maturity::{
    Evidence, Musts, Outcomes, Rubric, Score, Since, Star, contradicts_itself, nobody_looked, owed_to_part,
    score,
};
use crate::policy::{Action, Class, Policy, Stage};
use crate::signing::{CheckCode, Outcome, Recalled, Stage as CheckStage, Verification};
use jiff::Timestamp;

/// Outcomes and marks; no names, no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    controls: Outcomes,
    checks: [Option<Seen>; CheckStage::ALL.len()],
    /// Whether something stopped us from looking, and not only that nobody has looked.
    unreadable: bool,
    /// Whether the files are still those that were verified.
    since: Since,
    /// Whether there is something to look at, or only documents that speak of it, and nobody has looked.
    unseen: bool,
    /// Whether what the inventory knows of it contradicts itself.
    torn: bool,
    /// When the oldest of the digests was computed that were not computed at the verification.
    oldest: Option<Timestamp>,
    /// Whether a review that stands rejects it.
    rejected: bool,
    /// Whether only part of it was verified.
    partial: bool,
    /// The controls that do not pass for that reason alone.
    owed_to_part: &'static [&'static str],
}

/// A check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Seen {
    outcome: Outcome,
    /// Whether its code is only the name of its stage.
    plain: bool,
}

impl Shape {
    pub fn of(evidence: &Evidence<'_>, reviews: &[StandingReview]) -> Self {
        // Of what changed since nothing counts, not even what failed.
        let verification = evidence.verification.filter(|_| evidence.since.is_same());
        let check = |stage: CheckStage| {
            let check = verification?.check(stage)?;
            Some(Seen { outcome: check.outcome, plain: check.code.is_plain() })
        };
        Shape {
            controls: Outcomes::of(evidence),
            checks: CheckStage::ALL.map(check),
            unreadable: verification.is_some_and(unreadable),
            since: evidence.since,
            unseen: nobody_looked(evidence),
            torn: contradicts_itself(evidence.model, verification),
            oldest: verification.and_then(|v| v.files.recalled).map(|recalled| recalled.oldest),
            rejected: reviews.iter().any(|review| review.word == ReviewWord::Reject),
            partial: verification.is_some_and(Verification::is_partial),
            owed_to_part: verification.map(|_| owed_to_part(evidence)).unwrap_or_default(),
        }
    }

    /// What its level rests on.
    pub fn star(&self) -> Star {
        self.controls.star()
    }

    /// Whether its own evidence contradicts: what taints descendants. What a policy bans is no contradiction of
    /// evidence: it is a reason of its own and says nothing of what was made from the model.
    pub fn contradicts(&self) -> bool {
        self.torn
            || self.seen().any(|(stage, seen)| seen.outcome == Outcome::Fail && stage != CheckStage::Policy)
    }

    /// What became of the controls.
    pub fn outcomes(&self) -> Outcomes {
        self.controls
    }

    /// Whether its level rests on a look, or on a contradiction that needs none.
    pub fn is_measured(&self) -> bool {
        self.since.is_same() && (!self.unseen || self.contradicts())
    }

    /// Whether nothing is decided outside of a gate: nobody has looked, or what was seen does not hold any more
    /// (rulings 11). What is known to be wrong without a look stands.
    pub fn is_open(&self, reasons: &[Reason]) -> bool {
        let stands = |reason: &Reason| {
            reason.class == Some(Class::Contradicted) || reason.code == ReasonCode::Rejected
        };
        !self.since.is_same() || self.unseen && !reasons.iter().any(stands)
    }

    fn seen(&self) -> impl Iterator<Item = (CheckStage, Seen)> {
        CheckStage::ALL.into_iter().zip(self.checks).filter_map(|(stage, seen)| Some((stage, seen?)))
    }

    /// What became of the verification as a whole.
    fn outcome(&self) -> Outcome {
        let open = self.seen().map(|(_, seen)| seen.outcome).filter(|outcome| outcome.is_open());
        open.min_by_key(|outcome| outcome.rank()).unwrap_or(Outcome::Pass)
    }
}

fn unreadable(verification: &Verification) -> bool {
    let mut stopped =
        verification.checks.iter().filter(|c| c.outcome == Outcome::Unknown && c.code.could_not_look());
    !verification.files.unreadable.is_empty() || stopped.next().is_some()
}

/// What all models of an inventory are decided by.
pub(super) struct Rules<'a> {
    pub stage: Option<&'a Stage>,
    pub policy: &'a Policy,
    pub rubric: &'a Rubric,
    pub musts: Musts,
    pub ledger: Option<&'a Anchoring>,
    pub now: Timestamp,
}

impl Rules<'_> {
    /// The own level, the reason in the model itself that weighs most, and whether that is open.
    pub fn decide(&self, shape: &Shape) -> (u8, Option<Reason>, bool) {
        let mut reasons = self.reasons(shape, |_| None);
        let is_open = shape.is_open(&reasons);
        sort(&mut reasons);
        (self.own_level(shape, &[]), reasons.into_iter().next(), is_open)
    }

    /// The score of all models of that shape.
    pub fn score(&self, shape: &Shape) -> Score {
        let outcomes = shape.controls.in_order(self.rubric);
        score(self.rubric, &outcomes, &self.musts).starred(shape.controls.star())
    }

    /// The reasons that lie in the model itself, in no order. `code` names the check of a stage.
    pub fn reasons(&self, shape: &Shape, code: impl Fn(CheckStage) -> Option<CheckCode>) -> Vec<Reason> {
        let Some(stage) = self.stage else {
            return vec![Reason {
                code: ReasonCode::Stage,
                class: Some(Class::Error),
                action: Action::Closed,
                fact: ReasonFact::NoStage,
            }];
        };
        let reason =
            |code, class, fact| Reason { code, class: Some(class), action: stage.action(class), fact };
        let mut reasons = Vec::new();

        // A part that the stage takes for enough is judged as the whole would be, and told.
        let is_enough = shape.partial && stage.on_partial != Action::Closed;
        let excused: &[&str] = if is_enough { shape.owed_to_part } else { &[] };
        if shape.partial {
            let (code, action, fact) = (ReasonCode::Part, stage.on_partial, ReasonFact::Part);
            reasons.push(Reason { code, class: None, action, fact });
        }

        // Rulings 4: the musts up to the stage's level, the named controls, and contradictions at every level.
        for (index, control) in self.rubric.controls.iter().enumerate() {
            let Some(class) = class_of(shape.controls.get(&control.id), shape.unreadable) else { continue };
            if excused.contains(&&*control.id) {
                continue;
            }
            let must = self.musts.contains(index) && control.level <= stage.min_level;
            let named = stage.require_controls.iter().any(|id| **id == *control.id);
            if must || class == Class::Contradicted || named {
                reasons.push(reason(ReasonCode::Control(control.id.clone()), class, ReasonFact::OfControl));
            }
        }
        for (ids, fact) in [
            (&stage.require_controls, ReasonFact::RequiredUnknown),
            (&self.policy.raise, ReasonFact::RaisedUnknown),
        ] {
            for id in ids.iter().filter(|id| self.rubric.control(id).is_none()) {
                reasons.push(reason(ReasonCode::Control(id.as_str().into()), Class::Error, fact));
            }
        }

        // What no control speaks of still counts: what the policy says, and any check that stands in the way alone.
        let told: Vec<Class> = reasons.iter().filter_map(|reason| reason.class).collect();
        let whole = shape.outcome();
        for (of, seen) in shape.seen() {
            let Some(class) = class_of(seen.outcome, shape.unreadable) else { continue };
            let of_policy = of == CheckStage::Policy && !seen.plain;
            let counts = match seen.outcome {
                Outcome::Fail => of_policy || !told.contains(&Class::Contradicted),
                // One reason of a class is enough to decide; the policy's own must not hide behind another class.
                Outcome::Missing | Outcome::Unknown if of_policy => {
                    stage.min_level > 0 && !told.contains(&class)
                }
                Outcome::Missing | Outcome::Unknown => {
                    stage.min_level > 0 && told.is_empty() && seen.outcome == whole
                }
                Outcome::Pass | Outcome::Partial | Outcome::NotApplicable => false,
            };
            if counts {
                let code = code(of).unwrap_or(CheckCode::of(of));
                reasons.push(reason(ReasonCode::Check(code), class, ReasonFact::OfCheck));
            }
        }
        match shape.since {
            Since::Same => {}
            Since::Changed => {
                reasons.push(reason(ReasonCode::Changed, Class::Unavailable, ReasonFact::ChangedSince));
            }
            Since::Lost => {
                reasons.push(reason(ReasonCode::Evidence, Class::Unavailable, ReasonFact::EvidenceLost));
            }
        }
        if let Some(oldest) = shape.oldest
            && !stage.lets_count(&Recalled { parts: 0, bytes: 0, oldest }, self.now)
        {
            reasons.push(reason(ReasonCode::Cached, Class::Unavailable, ReasonFact::Cached));
        }
        let own = self.own_level(shape, excused);
        if own < stage.min_level && reasons.iter().all(|reason| reason.code == ReasonCode::Part) {
            let fact = ReasonFact::BelowStage { own, wanted: stage.min_level };
            reasons.push(reason(ReasonCode::Level, Class::Missing, fact));
        }
        for lack in Anchoring::lacks(self.ledger, &self.policy.ledger, self.now) {
            let (code, class, fact) = match lack {
                Unanchored::Contradicted => {
                    (ReasonCode::LedgerContradicted, Class::Contradicted, ReasonFact::LedgerContradicted)
                }
                Unanchored::NotLooked => {
                    (ReasonCode::Unanchored, Class::Unavailable, ReasonFact::NotAnchored)
                }
                Unanchored::Records { unanchored, most } => {
                    let fact = ReasonFact::UnanchoredRecords { unanchored, most };
                    (ReasonCode::Unanchored, Class::Missing, fact)
                }
                Unanchored::Days { days, most } => {
                    (ReasonCode::Unanchored, Class::Missing, ReasonFact::UnanchoredDays { days, most })
                }
            };
            reasons.push(reason(code, class, fact));
        }
        // Rulings 17. Elsewhere it is told, and decides nothing.
        if shape.rejected {
            let action = if stage.refuse_rejected { Action::Closed } else { Action::Open };
            let (code, fact) = (ReasonCode::Rejected, ReasonFact::Rejected);
            reasons.push(Reason { code, class: None, action, fact });
        }
        reasons
    }

    /// The own level, where the `excused` controls count as passed.
    fn own_level(&self, shape: &Shape, excused: &[&str]) -> u8 {
        let mut outcomes = shape.controls.in_order(self.rubric);
        for (outcome, control) in outcomes.iter_mut().zip(&self.rubric.controls) {
            if excused.contains(&&*control.id) {
                *outcome = Outcome::Pass;
            }
        }
        score(self.rubric, &outcomes, &self.musts).own
    }
}

/// The class of an open control (rulings 3); none when it is not open.
fn class_of(outcome: Outcome, unreadable: bool) -> Option<Class> {
    match outcome {
        Outcome::Pass | Outcome::NotApplicable => None,
        Outcome::Fail => Some(Class::Contradicted),
        Outcome::Missing | Outcome::Partial => Some(Class::Missing),
        Outcome::Unknown if unreadable => Some(Class::Error),
        Outcome::Unknown => Some(Class::Unavailable),
    }
}
