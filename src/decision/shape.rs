//! What a decision about one model depends on, made small: many models have the same. From it follow the own level and
//! the reasons that lie in the model itself, for every stage, without another look at the model.

use super::anchoring::{Anchoring, Unanchored};
use super::judge::counts_for;
use super::reason::{Reason, ReasonCode, ReasonFact, sort};
use super::review::{Glass, ReviewWord, StandingReview};
use super::unlogged::{Unlogged, unlogged};
use crate::inventory::is_loadable;
use crate::maturity::{
    Evidence, Musts, Outcomes, Rubric, Score, Since, Star, contradicts_itself, meeting, nobody_looked,
    owed_to_part, score,
};
use crate::policy::{Action, Class, DigestBasis, Exception, Excused, Policy, Risk, Stage};
use crate::signing::{CheckCode, Outcome, Recalled, RootDigest, Stage as CheckStage, Verification};
use crate::text::Untrusted;
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The control that digests which nobody computed leave open: whether the files match.
const OWED_TO_BASIS: &str = "L1.03";

/// Outcomes and marks; no names, no text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    /// Whether that part is all that a loader takes.
    load_set: bool,
    /// What digests of its files rest on.
    basis: Option<DigestBasis>,
    /// The controls that do not pass for that reason alone.
    owed_to_part: &'static [&'static str],
    /// What few models have.
    special: Option<Arc<Special>>,
}

/// What a policy says of few models.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
struct Special {
    /// The risk of its use.
    risk: Option<Risk>,
    /// The exceptions that are about it, by their places in the policy.
    exceptions: Vec<usize>,
    /// Requirements that stages ask for and no claim meets, by their places in the policy.
    unmet: Vec<(usize, Outcome)>,
    /// By whom the glass is broken.
    glass: Vec<Glass>,
    /// The stages, by their places in the policy, that ask for the word of another and do not have it.
    unpromoted: Vec<(usize, Class)>,
    /// The stages, by their places in the policy, that ask for evidence to be logged, and what lacks of it.
    unlogged: Vec<(usize, Vec<Unlogged>)>,
    /// The stages, by their places in the policy, that let in these bytes before: when, and under which policy.
    passed: Vec<(usize, Timestamp, String)>,
}

impl Special {
    /// None where nothing is special.
    fn of(evidence: &Evidence<'_>, reviews: &[StandingReview]) -> Option<Arc<Self>> {
        let (policy, id) = (evidence.policy, evidence.model.id.raw());
        let verification = evidence.verification.filter(|_| evidence.since.is_same());
        let root = verification.and_then(Verification::root_of_files);
        let about = |exception: &Exception| exception.subject.matches(id, root.as_ref());
        let exceptions = policy.exceptions.iter().enumerate().filter(|(_, one)| about(one));
        let asks =
            |id: &str| policy.stages.iter().any(|stage| stage.require_claims.iter().any(|one| one == id));
        let asked = policy.requirements.iter().enumerate().filter(|(_, one)| asks(&one.id));
        let unmet = asked.filter_map(|(place, requirement)| {
            let met = match verification {
                None => Outcome::Unknown,
                Some(_) => {
                    meeting(requirement, evidence.testimonies, evidence.kinship).unwrap_or(Outcome::Missing)
                }
            };
            (met != Outcome::Pass).then_some((place, met))
        });
        let special = Special {
            risk: policy.risk_of(id),
            exceptions: exceptions.map(|(place, _)| place).collect(),
            unmet: unmet.collect(),
            glass: reviews.iter().filter_map(|review| review.glass.clone()).collect(),
            unpromoted: policy
                .stages
                .iter()
                .enumerate()
                .filter_map(|(place, stage)| {
                    Some((place, unpromoted(evidence, root, stage.from.as_deref()?)?))
                })
                .collect(),
            unlogged: policy
                .stages
                .iter()
                .enumerate()
                .map(|(place, stage)| (place, unlogged(evidence.usage, stage)))
                .filter(|(_, lacks)| !lacks.is_empty())
                .collect(),
            passed: policy
                .stages
                .iter()
                .enumerate()
                .filter(|(_, stage)| stage.cached_max_hours.is_some())
                .filter_map(|(place, stage)| {
                    let gate = evidence.usage.gates.iter().find(|gate| gate.stage.raw() == stage.name)?;
                    let passed = gate.passed.as_ref().filter(|passed| root == Some(passed.root))?;
                    Some((place, passed.at, passed.policy.clone()))
                })
                .collect(),
        };
        (special != Special::default()).then(|| Arc::new(special))
    }
}

/// What the word of another stage lacks. A decision about other bytes says nothing of these: the word is missing. That
/// the same bytes were not let in there contradicts.
fn unpromoted(evidence: &Evidence<'_>, root: Option<RootDigest>, from: &str) -> Option<Class> {
    let last = evidence.usage.gates.iter().find(|gate| gate.stage.raw() == from);
    match last.filter(|gate| root.is_some() && gate.root == root) {
        Some(gate) if gate.let_in => None,
        Some(_) => Some(Class::Contradicted),
        None => Some(Class::Missing),
    }
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
            load_set: verification.is_some_and(is_load_set),
            basis: verification.map(basis),
            owed_to_part: verification.map(|_| owed_to_part(evidence)).unwrap_or_default(),
            special: Special::of(evidence, reviews),
        }
    }

    /// The risk of its use.
    fn risk(&self) -> Option<Risk> {
        self.special.as_ref()?.risk
    }

    /// The exceptions of a policy that hold for it at a stage.
    pub fn exceptions<'p>(
        &self,
        policy: &'p Policy,
        stage: &str,
        now: Timestamp,
    ) -> impl Iterator<Item = &'p Exception> {
        let places = self.special.iter().flat_map(|special| special.exceptions.iter());
        let all: Vec<&Exception> = places.filter_map(|place| policy.exceptions.get(*place)).collect();
        all.into_iter().filter(move |exception| exception.holds(stage, now))
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

/// Whether nothing lies beside the part that a loader would take with it.
fn is_load_set(verification: &Verification) -> bool {
    let apart = verification.files.part.as_ref().and_then(|part| part.apart.as_ref());
    apart.is_some_and(|apart| apart.more == 0 && !apart.names.iter().any(|name| is_loadable(name.raw())))
}

/// The weakest thing that a digest rests on.
fn basis(verification: &Verification) -> DigestBasis {
    let files = &verification.files;
    match (files.by_registry > files.by_provider, files.by_provider > 0) {
        (true, _) => DigestBasis::RegistryDigest,
        (false, true) => DigestBasis::ProviderChecksum,
        (false, false) => DigestBasis::Recomputed,
    }
}

fn unreadable(verification: &Verification) -> bool {
    let mut stopped =
        verification.checks.iter().filter(|c| c.outcome == Outcome::Unknown && c.code.could_not_look());
    !verification.files.unreadable.is_empty() || stopped.next().is_some()
}

/// What is decided of models of a shape, but for their ancestors.
pub(super) struct Decided {
    /// The own level.
    pub level: u8,
    /// The reason in the model itself that weighs most.
    pub first: Option<Reason>,
    /// Whether nothing is decided.
    pub is_open: bool,
    /// Whether the glass is broken, and no reason forbids to let it in.
    pub is_broken: bool,
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

impl<'a> Rules<'a> {
    /// The level that the stage requires of models of a shape.
    pub fn wanted(&self, shape: &Shape) -> u8 {
        self.stage.map_or(0, |stage| stage.level_for(shape.risk()))
    }

    /// The exceptions that hold for models of a shape at the stage.
    pub fn exceptions(&self, shape: &Shape) -> Vec<&'a Exception> {
        let stage = self.stage.map_or("", |stage| &stage.name);
        shape.exceptions(self.policy, stage, self.now).collect()
    }

    /// Whether an exception excuses the level of the ancestors.
    pub fn excuses_ancestors(&self, shape: &Shape) -> bool {
        self.exceptions(shape).iter().any(|exception| exception.excuses == Excused::Ancestors)
    }

    /// When the stage let in the same bytes under the same policy, where it takes that for what is not available. Bytes
    /// that were not computed lately are not known to be the same, and an expired policy admits nothing.
    pub fn relies(&self, shape: &Shape) -> Option<Timestamp> {
        let stage = self.stage?;
        let hours = stage.cached_max_hours?;
        if self.policy.expired_at(self.now) || self.is_too_old(shape, stage) {
            return None;
        }
        let passed = shape.special.iter().flat_map(|special| &special.passed);
        let counts = |(place, at, policy): &&(usize, Timestamp, String)| {
            self.policy.stages.get(*place).is_some_and(|one| one.name == stage.name)
                && *policy == self.policy.digest
                && counts_for(*at, hours, self.now)
        };
        passed.filter(counts).map(|(_, at, _)| *at).next()
    }

    /// What the stage requires to be logged, and is not, wherever models of a shape run at it.
    pub fn unlogged<'s>(&self, shape: &'s Shape) -> &'s [Unlogged] {
        let is_here = |place: usize| {
            self.stage
                .is_some_and(|stage| self.policy.stages.get(place).is_some_and(|one| one.name == stage.name))
        };
        let special = shape.special.as_ref().map(|special| special.unlogged.as_slice()).unwrap_or_default();
        let here = special.iter().find(|(place, _)| is_here(*place));
        here.map(|(_, lacks)| lacks.as_slice()).unwrap_or_default()
    }

    /// Whether digests were computed too long ago for the stage.
    fn is_too_old(&self, shape: &Shape, stage: &Stage) -> bool {
        let recalled = shape.oldest.map(|oldest| Recalled { parts: 0, bytes: 0, oldest });
        recalled.is_some_and(|recalled| !stage.lets_count(&recalled, self.now))
    }

    /// Until when the glass is broken for models of a shape; none where it is not, or not by enough accounts.
    fn broken_until(&self, shape: &Shape) -> Option<Timestamp> {
        let rule = self.stage?.break_glass.as_ref()?;
        let most = SignedDuration::from_hours(i64::from(rule.max_hours));
        let counts = |glass: &&Glass| {
            self.stage.is_some_and(|stage| stage.name == glass.stage.raw())
                && (glass.since..glass.until).contains(&self.now)
                && glass.until.duration_since(glass.since) <= most
        };
        let mut by: BTreeMap<&Untrusted, Timestamp> = BTreeMap::new();
        for glass in shape.special.iter().flat_map(|special| &special.glass).filter(counts) {
            let until = by.entry(&glass.by).or_insert(glass.until);
            *until = glass.until.max(*until);
        }
        let mut ends: Vec<Timestamp> = by.into_values().collect();
        ends.sort_by_key(|until| Reverse(*until));
        // So many are needed: it ends with the first of them.
        ends.get(usize::try_from(rule.approvers).ok()?.checked_sub(1)?).copied()
    }

    /// Until when a broken glass lets in what these reasons refuse, if anything. A person's rejection stands.
    fn may_break(&self, shape: &Shape, reasons: &[Reason]) -> Option<Timestamp> {
        let until = self.broken_until(shape)?;
        let forbids = self.stage?.break_glass.as_ref()?.forbids;
        let mut refuses = reasons.iter().filter(|reason| reason.action == Action::Closed);
        refuses.all(|reason| reason.class.is_some_and(|class| !forbids.contains(class))).then_some(until)
    }

    /// The same, where they refuse something.
    pub fn lets_in(&self, shape: &Shape, reasons: &[Reason]) -> Option<Timestamp> {
        let refuses = reasons.iter().any(|reason| reason.action == Action::Closed);
        self.may_break(shape, reasons).filter(|_| refuses)
    }

    /// What is decided of models of a shape, but for their ancestors.
    pub fn decide(&self, shape: &Shape) -> Decided {
        let mut reasons = self.reasons(shape, |_| None);
        let (is_open, is_broken) = (shape.is_open(&reasons), self.may_break(shape, &reasons).is_some());
        sort(&mut reasons);
        Decided { level: self.own_level(shape, &[]), first: reasons.into_iter().next(), is_open, is_broken }
    }

    /// The score of all models of that shape.
    pub fn score(&self, shape: &Shape) -> Score {
        let outcomes = shape.controls.in_order(self.rubric);
        score(self.rubric, &outcomes, &self.musts).starred(shape.controls.star())
    }

    /// The own level, where some controls count as passed.
    pub fn own_level_with(&self, shape: &Shape, passes: &dyn Fn(&str, Outcome) -> bool) -> u8 {
        let mut outcomes = shape.controls.in_order(self.rubric);
        for (outcome, control) in outcomes.iter_mut().zip(&self.rubric.controls) {
            if passes(&control.id, *outcome) {
                *outcome = Outcome::Pass;
            }
        }
        score(self.rubric, &outcomes, &self.musts).own
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
        let relies = self.relies(shape).is_some();
        let reason = |code, class, fact| {
            let action =
                if relies && class == Class::Unavailable { Action::Open } else { stage.action(class) };
            Reason { code, class: Some(class), action, fact }
        };
        let (mut reasons, mut promotion) = (Vec::new(), Vec::new());

        let wanted = stage.level_for(shape.risk());
        let exceptions = self.exceptions(shape);
        let is_excused = |excused: &dyn Fn(&Excused) -> bool, class: Class| {
            class == Class::Missing && exceptions.iter().any(|exception| excused(&exception.excuses))
        };

        // A part that the stage takes for enough is judged as the whole would be, and told.
        let on_part = stage.on_part(shape.load_set);
        let is_enough = shape.partial && on_part != Action::Closed;
        let mut excused: Vec<&str> = if is_enough { shape.owed_to_part.to_vec() } else { Vec::new() };
        // As little does it hold against the model what it takes for enough in place of its bytes.
        let basis = shape.basis.filter(|basis| *basis != DigestBasis::Recomputed);
        match basis.and_then(|basis| stage.accepts(basis)) {
            None => {}
            Some(true) => {
                if shape.controls.get(OWED_TO_BASIS) == Outcome::Unknown {
                    excused.push(OWED_TO_BASIS);
                }
                let (code, fact) = (ReasonCode::DigestBasis, ReasonFact::BasisEnough);
                reasons.push(Reason { code, class: None, action: Action::Open, fact });
            }
            Some(false) => {
                let (code, fact) = (ReasonCode::DigestBasis, ReasonFact::BasisTooWeak);
                let class = Some(Class::Unavailable);
                reasons.push(Reason { code, class, action: Action::Closed, fact });
            }
        }
        let excused = excused.as_slice();
        if shape.partial {
            let (code, fact) = (ReasonCode::Part, ReasonFact::Part);
            reasons.push(Reason { code, class: None, action: on_part, fact });
        }

        // Rulings 4: the musts up to the stage's level, the named controls, and contradictions at every level.
        for (index, control) in self.rubric.controls.iter().enumerate() {
            let Some(class) = class_of(shape.controls.get(&control.id), shape.unreadable) else { continue };
            if excused.contains(&&*control.id) {
                continue;
            }
            let must = self.musts.contains(index) && control.level <= wanted;
            let named = stage.require_controls.iter().any(|id| **id == *control.id);
            if must || class == Class::Contradicted || named {
                let names =
                    |excused: &Excused| matches!(excused, Excused::Control(id) if **id == *control.id);
                let code = ReasonCode::Control(control.id.clone());
                reasons.push(match is_excused(&names, class) {
                    true => excepted(code),
                    false => reason(code, class, ReasonFact::OfControl),
                });
            }
        }
        let unmet = shape.special.iter().flat_map(|special| special.unmet.iter());
        for (requirement, outcome) in
            unmet.filter_map(|(place, outcome)| Some((self.policy.requirements.get(*place)?, *outcome)))
        {
            let asks = stage.require_claims.iter().any(|id| **id == *requirement.id);
            let Some(class) = class_of(outcome, shape.unreadable).filter(|_| asks) else { continue };
            let names =
                |excused: &Excused| matches!(excused, Excused::Requirement(id) if **id == *requirement.id);
            let code = ReasonCode::Control(requirement.id.clone());
            reasons.push(match is_excused(&names, class) {
                true => excepted(code),
                false => reason(code, class, ReasonFact::OfRequirement),
            });
        }
        let is_here = |place: usize| self.policy.stages.get(place).is_some_and(|one| one.name == stage.name);
        let unpromoted = shape.special.iter().flat_map(|special| special.unpromoted.iter());
        for (_, class) in unpromoted.filter(|(place, _)| is_here(*place)) {
            let fact = match class {
                Class::Contradicted => ReasonFact::RefusedBefore,
                _ => ReasonFact::NotPromoted,
            };
            promotion.push(reason(ReasonCode::Promotion, *class, fact));
        }
        if !self.unlogged(shape).is_empty() {
            promotion.push(reason(ReasonCode::Surface, Class::Missing, ReasonFact::NotLogged));
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
                Outcome::Missing | Outcome::Unknown if of_policy => wanted > 0 && !told.contains(&class),
                Outcome::Missing | Outcome::Unknown => wanted > 0 && told.is_empty() && seen.outcome == whole,
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
        if self.is_too_old(shape, stage) {
            reasons.push(reason(ReasonCode::Cached, Class::Unavailable, ReasonFact::Cached));
        }
        let mut passes: Vec<&str> = excused.to_vec();
        passes.extend(exceptions.iter().filter_map(|exception| match &exception.excuses {
            Excused::Control(id) => Some(id.as_str()),
            Excused::Requirement(_) | Excused::Ancestors => None,
        }));
        let own = self.own_level(shape, &passes);
        let is_told = |reason: &Reason| {
            reason.code == ReasonCode::Part
                || matches!(reason.fact, ReasonFact::Excepted | ReasonFact::BasisEnough)
        };
        if own < wanted && reasons.iter().all(is_told) {
            let fact = ReasonFact::BelowStage { own, wanted };
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
            // An earlier word stands in the same ledger: it is no answer to what is not known of that.
            reasons.push(Reason { code, class: Some(class), action: stage.action(class), fact });
        }
        // It says nothing of the evidence, whose reasons are looked for without it.
        reasons.append(&mut promotion);
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

/// What is missing and excused: told, and nothing more.
fn excepted(code: ReasonCode) -> Reason {
    Reason { code, class: Some(Class::Missing), action: Action::Open, fact: ReasonFact::Excepted }
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
