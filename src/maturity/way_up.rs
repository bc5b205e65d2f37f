//! The way up: the smallest sets of steps that bring what open controls ask for. A pure function of outcomes and data; it
//! knows no model, and no command.

use super::assess::ControlResult;
use super::claim_fact::ClaimFact;
use super::evidence::Evidence;
use super::fact::{ControlFact, Remedy};
use super::finding::Finding;
use super::kinship::{Kinship, LineageEdge};
use super::lineage_fact::LineageFact;
use super::steps::{Ask, Deed, Means, Party, StepKind, Steps};
use super::table::{CONTROLS, place_of};
use crate::attest::PredicateKind;
use crate::inventory::Basis;
use crate::signing::{Outcome, Stage};
use crate::tables::Few;
use std::collections::BTreeSet;
use std::sync::Arc;

/// So many sets are looked at; what is found by then is good enough.
const MOST_LOOKED: usize = 20_000;

/// An open control, and one thing that it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The control.
    pub control: Arc<str>,
    /// What it asks for.
    pub ask: Ask,
}

/// What is known of the lineage of a model beyond the facts of its controls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Around {
    /// Whether a parent is not proved by a claim about this model.
    pub own_edges_open: bool,
    /// Whether something above its parents is not proved.
    pub ancestors_open: bool,
    /// Whether the signature of a parent has no trusted time.
    pub parents_untimed: bool,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What is done.
    pub deed: Deed,
    /// By whom.
    pub party: Party,
    /// How much it takes.
    pub effort: u32,
    /// The controls that get by it what they ask for; empty where others need it.
    pub controls: Vec<Arc<str>>,
}

/// A set of steps that brings everything that is asked for, in the order in which they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How much all of it takes.
    pub effort: u32,
    /// The steps.
    pub steps: Vec<Planned>,
}

/// What an open control asks for; nothing where it only follows from others.
pub fn asks(result: &ControlResult, around: Around) -> Vec<Ask> {
    let Some(remedy) = result.remedy else { return Vec::new() };
    let one = |ask: Ask| vec![ask];
    match (remedy, &result.fact) {
        (Remedy::FixOthers | Remedy::ProveSigner, _) => Vec::new(),
        (Remedy::Verify | Remedy::VerifyAgain, _) => one(Ask::Verification),
        (Remedy::SignModel, ControlFact::NoBinding) | (Remedy::Bind, _) => one(Ask::Binding),
        (Remedy::SignModel, _) => one(Ask::Signature),
        (Remedy::OfCheck(Stage::Identity | Stage::Trust), _) if result.outcome == Outcome::Missing => {
            one(Ask::Publisher)
        }
        (Remedy::NamePublisher, _) => one(Ask::Publisher),
        (Remedy::AttestProvenance, ControlFact::Lineage(LineageFact::Gaps { .. })) => {
            let mut asks = Vec::new();
            if around.own_edges_open || !around.ancestors_open {
                asks.push(Ask::Provenance);
            }
            if around.ancestors_open {
                asks.push(Ask::ParentsProved);
            }
            asks
        }
        (Remedy::AttestProvenance, _) => one(Ask::Provenance),
        (Remedy::AttestWithTime, ControlFact::Lineage(LineageFact::ParentsWithoutTime(_))) => {
            one(Ask::ParentsTimed)
        }
        (Remedy::AttestWithTime, _) if around.parents_untimed => {
            vec![Ask::TimedProvenance, Ask::ParentsTimed]
        }
        (Remedy::AttestWithTime, _) => one(Ask::TimedProvenance),
        (Remedy::AttestData, _) => one(Ask::Data),
        (Remedy::AttestConfig, _) => one(Ask::Config),
        (Remedy::AttestEvaluation, _) => one(Ask::Evaluation),
        (Remedy::AttestCard, _) => one(Ask::Card),
        (Remedy::AttestSummary, _) => one(Ask::Summary),
        (Remedy::VerifyParents, _) => one(Ask::ParentsVerified),
        (Remedy::AddParents, _) => one(Ask::Parents),
        (Remedy::SignParents, _) => one(Ask::ParentsSigned),
        (Remedy::RaiseParents, _) => one(Ask::ParentsRaised),
        (Remedy::GrantRole, ControlFact::Claims(fact)) => one(role_for(fact)),
        (Remedy::DeclareStrategy, ControlFact::Claims(fact)) => one(match fact {
            ClaimFact::NoDisputeRule | ClaimFact::DisputedWithoutRule(_) => Ask::Strategy,
            _ => Ask::AsSaid,
        }),
        (Remedy::DeclareAge, _) => one(Ask::Age),
        (Remedy::DeclareRequirement, _) => one(Ask::Requirement),
        (Remedy::SignPolicy, _) => one(Ask::PolicySignature),
        (Remedy::CloseStage, _) => one(Ask::ClosedStages),
        (Remedy::AskGate, _) => one(Ask::Gate),
        (Remedy::EnterDeployment, _) => one(Ask::Deployment),
        _ => one(Ask::AsSaid),
    }
}

/// The role that the signer of a claim lacks.
fn role_for(fact: &ClaimFact) -> Ask {
    let (ClaimFact::NoRole { kind, .. } | ClaimFact::OutsideRole { kind, .. }) = fact else {
        return Ask::AsSaid;
    };
    match kind {
        PredicateKind::Provenance | PredicateKind::Config => Ask::BuildRole,
        PredicateKind::Data => Ask::DataRole,
        PredicateKind::Card => Ask::CardRole,
        PredicateKind::Evaluation => Ask::EvaluationRole,
        _ => Ask::AsSaid,
    }
}

/// What an open control of a model asks for.
pub fn asked(evidence: &Evidence<'_>, control: &Arc<str>, around: Around) -> Vec<Ask> {
    let Some((_, judge)) = place_of(control).and_then(|place| CONTROLS.get(place)) else {
        return vec![Ask::AsSaid];
    };
    let Finding { outcome, basis, fact, remedy } = judge(evidence);
    asks(&ControlResult { id: control.clone(), outcome, basis, fact, remedy }, around)
}

/// Whether a control is open only because of ancestors: their files, signatures, claims or levels.
pub fn rests_on_ancestors(evidence: &Evidence<'_>, control: &str) -> bool {
    let Some((_, judge)) = place_of(control).and_then(|place| CONTROLS.get(place)) else { return false };
    let ControlFact::Lineage(fact) = judge(evidence).fact else { return false };
    match fact {
        LineageFact::ParentsContradicted(_)
        | LineageFact::ParentsUnresolved(_)
        | LineageFact::ParentsUnsigned(_)
        | LineageFact::ParentsNotVerified(_)
        | LineageFact::AncestorsShort { .. }
        | LineageFact::AncestorsNotJudged => true,
        LineageFact::Gaps { .. } => !own_edges_open(evidence.kinship),
        _ => false,
    }
}

/// Whether a parent is not proved by a claim about the model itself.
pub fn own_edges_open(kinship: &Kinship) -> bool {
    let bears = |edge: &&LineageEdge| edge.relation.bears_weight();
    kinship.edges.iter().filter(bears).any(|edge| edge.basis != Basis::Attested)
}

/// The smallest plans, the least effort first, at most so many; of equal ones the steps decide that come first. What no
/// step brings is done as its control says.
pub fn plans(steps: &Steps, open: &[Open], has: Few<Means>, most: usize) -> Vec<Plan> {
    if open.is_empty() || most == 0 {
        return Vec::new();
    }
    let asked: BTreeSet<Ask> = open.iter().map(|open| open.ask).collect();
    let search = |ask: &Ask| *ask != Ask::AsSaid && options(steps, *ask, has).next().is_some();
    let asked: Vec<Ask> = asked.into_iter().filter(search).collect();
    let mut found = Search { steps, has, asked: &asked, most, best: Vec::new(), looked: 0 };
    found.go(Set::default());
    found.best.into_iter().map(|(_, set)| plan(steps, open, set)).collect()
}

/// Steps, by their places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Set(u64);

impl Set {
    fn with(self, place: usize) -> Self {
        Set(self.0 | u32::try_from(place).ok().and_then(|place| 1_u64.checked_shl(place)).unwrap_or_default())
    }

    fn has(self, place: usize) -> bool {
        self.with(place) == self
    }

    fn holds(self, other: Set) -> bool {
        self.0 & other.0 == other.0
    }

    fn of(self, steps: &Steps) -> impl Iterator<Item = &StepKind> {
        steps.all().iter().enumerate().filter(move |(place, _)| self.has(*place)).map(|(_, step)| step)
    }

    fn effort(self, steps: &Steps) -> u32 {
        self.of(steps).fold(0, |sum, step| sum.saturating_add(step.effort))
    }
}

/// The steps that bring something and can be taken, each with what it needs and what follows it.
fn options(steps: &Steps, ask: Ask, has: Few<Means>) -> impl Iterator<Item = (&StepKind, Set)> {
    let all = steps.all().iter().enumerate().filter(move |(_, step)| step.brings.contains(&ask));
    all.filter_map(move |(place, step)| Some((step, taken(steps, place, has, Set::default())?)))
}

/// Those of them that no other one makes pointless: one that brings as much of what is asked, and asks for less.
fn sensible(steps: &Steps, ask: Ask, has: Few<Means>, asked: &[Ask]) -> Vec<Set> {
    let all: Vec<(&StepKind, Set)> = options(steps, ask, has).collect();
    let is_pointless = |step: &StepKind| {
        all.iter().any(|(other, _)| {
            let brings = |ask: &Ask| !step.brings.contains(ask) || other.brings.contains(ask);
            other.effort < step.effort
                && asked.iter().all(brings)
                && other.needs.iter().all(|means| step.needs.contains(means))
        })
    };
    all.iter().filter(|(step, _)| !is_pointless(step)).map(|(_, set)| *set).collect()
}

/// A step with everything that it needs and that follows it; none where something cannot be had.
fn taken(steps: &Steps, place: usize, has: Few<Means>, before: Set) -> Option<Set> {
    let step = steps.all().get(place)?;
    let mut set = before.with(place);
    for means in step.needs.iter().filter(|means| !has.contains(**means)) {
        if set.of(steps).any(|step| step.gives.contains(means)) {
            continue;
        }
        // What gives it stands before it, so that this ends.
        let givers = steps.all().iter().take(place).enumerate();
        let mut givers = givers.filter(|(_, step)| step.gives.contains(means));
        set = givers.find_map(|(giver, _)| taken(steps, giver, has, set))?;
    }
    for deed in &step.then {
        let follows = steps.place(*deed).filter(|follows| !set.has(*follows));
        if let Some(follows) = follows {
            set = taken(steps, follows, has, set)?;
        }
    }
    Some(set)
}

struct Search<'s> {
    steps: &'s Steps,
    has: Few<Means>,
    asked: &'s [Ask],
    most: usize,
    best: Vec<(u32, Set)>,
    looked: usize,
}

impl Search<'_> {
    fn go(&mut self, set: Set) {
        self.looked += 1;
        let effort = set.effort(self.steps);
        let is_full = self.best.len() >= self.most;
        if self.looked > MOST_LOOKED || is_full && self.best.last().is_some_and(|(worst, _)| *worst < effort)
        {
            return;
        }
        let is_brought = |ask: &&Ask| set.of(self.steps).any(|step| step.brings.contains(ask));
        let Some(next) = self.asked.iter().find(|ask| !is_brought(ask)).copied() else {
            return self.keep(effort, set);
        };
        for option in sensible(self.steps, next, self.has, self.asked) {
            self.go(Set(set.0 | option.0));
        }
    }

    /// Keeps a set, unless it holds a smaller one.
    fn keep(&mut self, effort: u32, set: Set) {
        if self.best.iter().any(|(_, known)| set.holds(*known)) {
            return;
        }
        self.best.retain(|(_, known)| !known.holds(set));
        self.best.push((effort, set));
        self.best.sort_unstable();
        self.best.truncate(self.most);
    }
}

fn plan(steps: &Steps, open: &[Open], set: Set) -> Plan {
    let mut left: Vec<&Open> = open.iter().collect();
    let mut planned = Vec::new();
    for step in set.of(steps) {
        let (brought, rest): (Vec<&Open>, Vec<&Open>) =
            left.into_iter().partition(|open| step.brings.contains(&open.ask));
        left = rest;
        let controls: BTreeSet<Arc<str>> = brought.iter().map(|open| open.control.clone()).collect();
        let controls = controls.into_iter().collect();
        planned.push(Planned { deed: step.deed, party: step.party, effort: step.effort, controls });
    }
    let as_said = steps.of(Deed::AsSaid);
    let said: BTreeSet<Arc<str>> = left.iter().map(|open| open.control.clone()).collect();
    planned.extend(said.into_iter().map(|control| Planned {
        deed: Deed::AsSaid,
        party: as_said.map_or(Party::Us, |step| step.party),
        effort: as_said.map_or(0, |step| step.effort),
        controls: vec![control],
    }));
    let effort = planned.iter().fold(0_u32, |sum, step| sum.saturating_add(step.effort));
    Plan { effort, steps: planned }
}
