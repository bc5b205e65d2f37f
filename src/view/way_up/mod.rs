//! The way up of one model: the smallest sets of steps to its next level, its own and the effective one, each step with who
//! has to act and the command for it. It judges nothing and changes nothing.

mod commands;
mod ground;
mod shell;

use super::View;
use crate::decision::{Decision, Hindrance, Lift, Verdict};
use crate::inventory::ModelId;
use crate::maturity::{
    Around, Ask, Assumed, CapReason, Control, ControlResult, Deed, Kinship, Open, ParentSight, Party, Plan,
    Remedy, Severity, Steps, asks, own_edges_open, plans,
};
use crate::signing::{Outcome, Thing, Verification};
use commands::Making;
use ground::Grounds;
use schemars::JsonSchema;
use serde::Serialize;
pub use shell::Variable;
use std::sync::Arc;

/// So many ways are shown.
const MOST_WAYS: usize = 3;
/// So many ancestors get steps of their own.
const MOST_ANCESTORS: usize = 8;

/// The way up of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayUp {
    /// The model.
    pub model: ModelId,
    /// Its own level.
    pub own: u8,
    /// Its level after the caps.
    pub effective: u8,
    /// The way to the next own level; none at the highest.
    pub to_own: Option<Ways>,
    /// The way to the next effective level where ancestors cap the model, else none: it is the same.
    pub to_effective: Option<Ways>,
}

/// The ways to a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ways {
    /// The level.
    pub level: u8,
    /// The controls that are open for it.
    pub open: Vec<Arc<str>>,
    /// The ancestors that keep it from the level.
    pub ancestors: Vec<ModelId>,
    /// How many more of them there are, without steps here.
    pub more_ancestors: usize,
    /// Whether nobody has verified it as it is now: what else is needed shows only then.
    pub is_first: bool,
    /// The ways, the least effort first.
    pub ways: Vec<Way>,
}

/// One way: all of its steps, in their order, lead to the level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Way {
    /// How much it takes: the sum of its steps.
    pub effort: u32,
    /// The steps.
    pub steps: Vec<NextStep>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NextStep {
    /// What is done.
    pub deed: Deed,
    /// By whom.
    pub party: Party,
    /// How much it takes.
    pub effort: u32,
    /// With which model: the one asked about, or an ancestor.
    pub on: ModelId,
    /// Whether that is an ancestor.
    pub is_ancestor: bool,
    /// The controls that get by it what they ask for; empty where other steps need it.
    pub controls: Vec<Arc<str>>,
    /// The command, as a shell in the workspace's folder takes it; none if no command does it.
    pub command: Option<String>,
    /// The values that the user has to supply: the command reads each from a variable of this name.
    pub blanks: Vec<Variable>,
    /// What the command takes for granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed: Option<Assumed>,
    /// The control whose remedy it is, where no command does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said_by: Option<Arc<str>>,
}

/// The control whose remedy a step is.
#[derive(Debug, Clone)]
pub struct Said<'v> {
    /// What became of it.
    pub result: ControlResult,
    /// The control.
    pub control: &'v Control,
    /// The verification it was judged by, and what the model is.
    pub about: (Option<&'v Verification>, Thing),
}

impl Way {
    fn of(steps: Vec<NextStep>) -> Self {
        let effort = steps.iter().fold(0, |sum: u32, step| sum.saturating_add(step.effort));
        Way { effort, steps }
    }
}

impl WayUp {
    /// The way to what the model lacks first: the effective level where ancestors cap it, else its own.
    pub fn first(&self) -> Option<&Ways> {
        self.to_effective.as_ref().or(self.to_own.as_ref())
    }
}

impl View {
    /// The way up of the model of an index; none where it was not judged.
    pub fn way_up(&self, index: usize) -> Option<WayUp> {
        let verdict = self.verdict(index)?;
        let (own, effective) = (verdict.assessment.score.own, verdict.effective);
        let to_own = self.to_own(index, &verdict);
        let is_capped = effective < own;
        let to_effective = if is_capped { self.to_effective(index, &verdict) } else { None };
        Some(WayUp { model: verdict.model.clone(), own, effective, to_own, to_effective })
    }

    /// What the words of a step rest on that only says what its control says.
    pub fn said<'v>(&'v self, step: &NextStep) -> Option<Said<'v>> {
        let (index, model) = self.model(&step.on)?;
        let id = step.said_by.as_ref()?;
        let result = self.verdict(index)?.assessment.controls.into_iter().find(|result| result.id == *id)?;
        let verification = self.verification(index);
        Some(Said { result, control: self.rubric.control(id)?, about: (verification, model.kind.into()) })
    }

    fn to_own(&self, index: usize, verdict: &Verdict) -> Option<Ways> {
        let score = &verdict.assessment.score;
        if score.own == score.next {
            return None;
        }
        let open: Vec<Arc<str>> = score.open_musts.clone();
        let first = self.first_deed(index, verdict);
        let is_first = first.is_some();
        let ways = self.ways(index, verdict, score.next, first);
        Some(Ways { level: score.next, open, ancestors: Vec::new(), more_ancestors: 0, is_first, ways })
    }

    /// The way to the next effective level of a model whose own level is higher.
    fn to_effective(&self, index: usize, verdict: &Verdict) -> Option<Ways> {
        let level = verdict.effective.saturating_add(1);
        let (found, more_ancestors) = self.judgement.hindrances(index, level, MOST_ANCESTORS);
        let steps = self.lifting(&verdict.model, &found, &[]);
        let ancestors = found.iter().map(|hindrance| hindrance.id.clone()).collect();
        let ways = if steps.is_empty() { Vec::new() } else { vec![Way::of(in_order(steps))] };
        Some(Ways { level, open: Vec::new(), ancestors, more_ancestors, is_first: false, ways })
    }

    /// What has to be done before anything else is known: find the files of a model that only documents name, or verify
    /// one that nobody has looked at as it is now.
    fn first_deed(&self, index: usize, verdict: &Verdict) -> Option<Deed> {
        let model = self.models.get(index)?;
        if model.location.is_none() {
            return Some(Deed::AddParents);
        }
        let is_unseen = verdict.decision == Decision::NotJudged && model.signature.is_some();
        is_unseen.then_some(Deed::Verify)
    }

    /// The smallest sets of steps to a level.
    fn ways(&self, index: usize, verdict: &Verdict, level: u8, first: Option<Deed>) -> Vec<Way> {
        let id = &verdict.model;
        let making = Making::new(self, index);
        if let Some(deed) = first {
            let controls = verdict.assessment.score.open_musts.clone();
            return vec![Way::of(vec![NextStep { controls, ..self.step(&making, deed, id, 0) }])];
        }
        let kinship = self.kinship(index);
        let open = self.open(index, verdict, level, &kinship);
        let grounds = Grounds::of(self, index);
        let mut ways: Vec<Way> = Vec::new();
        for round in 0..grounds.rounds() {
            for plan in plans(Steps::bundled(), &open, grounds.means(round), MOST_WAYS) {
                let way = self.way((index, verdict), &plan, &making, (round, &kinship));
                let is_new = |way: &Way| {
                    !ways.iter().any(|known| known.steps.iter().map(same).eq(way.steps.iter().map(same)))
                };
                if is_new(&way) {
                    ways.push(way);
                }
            }
        }
        ways.sort_by_key(|way| way.effort);
        ways.truncate(MOST_WAYS);
        ways
    }

    /// What is asked for a level, control by control.
    fn open(&self, index: usize, verdict: &Verdict, level: u8, kinship: &Kinship) -> Vec<Open> {
        let around = Around {
            own_edges_open: own_edges_open(kinship),
            ancestors_open: !self.judgement.gaps_above(index, 1).0.is_empty(),
            parents_untimed: !self.untimed_parents(kinship).is_empty(),
        };
        let is_open =
            |result: &&ControlResult| !matches!(result.outcome, Outcome::Pass | Outcome::NotApplicable);
        let musts = &verdict.assessment.score.open_musts;
        let all = verdict.assessment.controls.iter().filter(is_open);
        let mut open: Vec<Open> = Vec::new();
        for result in all.filter(|result| self.is_asked(&result.id, level, musts)) {
            open.extend(asks(result, around).into_iter().map(|ask| Open { control: result.id.clone(), ask }));
        }
        if open.is_empty() {
            // Each follows from something that is no must: what it says itself is all there is.
            open.extend(musts.iter().map(|id| Open { control: id.clone(), ask: Ask::AsSaid }));
        }
        open
    }

    /// Whether a control is a must up to a level.
    fn is_asked(&self, id: &str, level: u8, open_musts: &[Arc<str>]) -> bool {
        let control = self.rubric.control(id).filter(|control| control.level <= level);
        let is_must = |control: &Control| {
            control.severity == Severity::Must || self.policy.raise.iter().any(|raised| raised == id)
        };
        open_musts.iter().any(|must| **must == *id) || control.is_some_and(is_must)
    }

    /// A plan with its commands; steps for ancestors are laid out one by one.
    fn way(
        &self,
        (index, verdict): (usize, &Verdict),
        plan: &Plan,
        making: &Making<'_>,
        (round, kinship): (usize, &Kinship),
    ) -> Way {
        let id = &verdict.model;
        let mut steps: Vec<NextStep> = Vec::new();
        // What several controls say alike is said once.
        let remedy = |id: &Arc<str>| {
            let remedy = verdict.assessment.of(id).and_then(|result| result.remedy);
            remedy.filter(|remedy| *remedy != Remedy::OfRubric)
        };
        for planned in &plan.steps {
            if planned.deed.is_of_ancestors() {
                steps.extend(self.for_ancestors(index, planned.deed, &planned.controls, kinship));
                continue;
            }
            let said_by = planned.controls.first().filter(|_| planned.deed == Deed::AsSaid).cloned();
            let said = said_by.as_ref().and_then(remedy);
            let alike = |step: &&mut NextStep| step.said_by.as_ref().and_then(remedy) == said;
            if let Some(known) = steps.iter_mut().find(alike).filter(|_| said.is_some()) {
                known.controls.extend(planned.controls.iter().cloned());
                continue;
            }
            let controls = planned.controls.clone();
            steps.push(NextStep { controls, said_by, ..self.step(making, planned.deed, id, round) });
        }
        Way::of(in_order(steps))
    }

    /// The steps that something about ancestors takes.
    fn for_ancestors(
        &self,
        index: usize,
        deed: Deed,
        controls: &[Arc<str>],
        kinship: &Kinship,
    ) -> Vec<NextStep> {
        let Some(id) = self.models.get(index).map(|model| model.id.clone()) else { return Vec::new() };
        let bears = kinship.edges.iter().filter(|edge| edge.relation.bears_weight());
        let seen = |wanted: &[ParentSight]| -> Vec<ModelId> {
            let those = bears.clone().filter(|edge| wanted.contains(&edge.sight));
            those.map(|edge| edge.parent.clone()).take(MOST_ANCESTORS).collect()
        };
        let to = |ids: Vec<ModelId>, level: u8| -> Vec<Hindrance> {
            let of = |id: ModelId| Hindrance { id, lift: Lift::Level(level), why: CapReason::NotVerified };
            ids.into_iter().map(of).collect()
        };
        let found: Vec<Hindrance> = match deed {
            Deed::VerifyParents => to(seen(&[ParentSight::NotVerified]), 1),
            Deed::SignParents => to(seen(&[ParentSight::Unsigned, ParentSight::Resigned]), 1),
            Deed::AddParents => {
                let ids = seen(&[ParentSight::Unresolved]);
                to(ids, 1).into_iter().map(|of| Hindrance { lift: Lift::Files, ..of }).collect()
            }
            Deed::ProveParents => to(self.judgement.gaps_above(index, MOST_ANCESTORS).0, 2),
            Deed::RaiseParents => self.judgement.hindrances(index, 3, MOST_ANCESTORS).0,
            Deed::StampParents => {
                let parents = self.untimed_parents(kinship);
                return parents.iter().flat_map(|parent| self.stamped(parent, controls)).collect();
            }
            _ => Vec::new(),
        };
        self.lifting(&id, &found, controls)
    }

    /// The steps that lift ancestors.
    fn lifting(&self, of: &ModelId, found: &[Hindrance], controls: &[Arc<str>]) -> Vec<NextStep> {
        let mut steps: Vec<NextStep> = Vec::new();
        for hindrance in found {
            let known = self.model(&hindrance.id).map(|(index, _)| index);
            let more = match (hindrance.lift, known) {
                (Lift::Level(level), Some(index)) => self.ancestor(index, level),
                (Lift::Depth, _) => vec![self.bare(Deed::AsSaid, of, false)],
                (Lift::Files, _) | (Lift::Level(_), None) => {
                    let (command, blanks) = commands::scan();
                    vec![NextStep { command, blanks, ..self.bare(Deed::AddParents, &hindrance.id, true) }]
                }
                (Lift::Fixed, _) => vec![self.bare(Deed::AsSaid, &hindrance.id, true)],
            };
            for mut step in more {
                step.is_ancestor = step.on != *of;
                step.controls = controls.to_vec();
                if !steps.iter().any(|known| same(known) == same(&step)) {
                    steps.push(step);
                }
            }
        }
        steps
    }

    /// The steps of an ancestor up to a level, by its own least effort. What its own ancestors need is asked of them.
    fn ancestor(&self, index: usize, level: u8) -> Vec<NextStep> {
        let Some(verdict) = self.verdict(index) else { return Vec::new() };
        let making = Making::new(self, index);
        if let Some(deed) = self.first_deed(index, &verdict) {
            return vec![self.step(&making, deed, &verdict.model, 0)];
        }
        let kinship = self.kinship(index);
        let open = self.open(index, &verdict, level, &kinship);
        let grounds = Grounds::of(self, index);
        let plan = plans(Steps::bundled(), &open, grounds.means(0), 1).into_iter().next();
        let steps = plan.map(|plan| plan.steps).unwrap_or_default();
        let own = steps.into_iter().filter(|planned| !planned.deed.is_of_ancestors());
        own.map(|planned| {
            let said_by = planned.controls.first().filter(|_| planned.deed == Deed::AsSaid).cloned();
            NextStep { said_by, ..self.step(&making, planned.deed, &verdict.model, 0) }
        })
        .collect()
    }

    /// A step with its command.
    fn step(&self, making: &Making<'_>, deed: Deed, on: &ModelId, round: usize) -> NextStep {
        let (command, blanks) = making.command(deed, round);
        let assumed = command.as_ref().and_then(|_| making.assumed(deed));
        NextStep { command, blanks, assumed, ..self.bare(deed, on, false) }
    }

    /// A step without a command.
    fn bare(&self, deed: Deed, on: &ModelId, is_ancestor: bool) -> NextStep {
        let step = Steps::bundled().of(deed);
        NextStep {
            deed,
            party: step.map_or(Party::Us, |step| step.party),
            effort: step.map_or(0, |step| step.effort),
            on: on.clone(),
            is_ancestor,
            controls: Vec::new(),
            command: None,
            blanks: Vec::new(),
            assumed: None,
            said_by: None,
        }
    }

    /// The parents that verify, and whose signature has no trusted time.
    fn untimed_parents(&self, kinship: &Kinship) -> Vec<ModelId> {
        let bears = kinship.edges.iter().filter(|edge| edge.relation.bears_weight());
        let untimed = bears.filter(|edge| {
            let verification = self.verification_of(&edge.parent);
            edge.sight == ParentSight::Verified && verification.is_some_and(|v| v.signed_at.is_none())
        });
        untimed.map(|edge| edge.parent.clone()).take(MOST_ANCESTORS).collect()
    }

    /// The steps that sign a parent again, with a trusted time; what rests on the signature is made anew.
    fn stamped(&self, parent: &ModelId, controls: &[Arc<str>]) -> Vec<NextStep> {
        let Some((index, model)) = self.model(parent) else { return Vec::new() };
        let making = Making::new(self, index);
        let is_bound = model.bindings().any(|binding| binding.ours);
        let deeds = [Deed::StampParents, Deed::Verify].into_iter().chain(is_bound.then_some(Deed::Bind));
        let step = |deed| {
            let step = self.step(&making, deed, parent, 0);
            NextStep { controls: controls.to_vec(), is_ancestor: true, ..step }
        };
        deeds.map(step).collect()
    }
}

/// What two steps have in common that are one.
fn same(step: &NextStep) -> (Deed, &ModelId, Option<&str>, Option<&str>) {
    (step.deed, &step.on, step.command.as_deref(), step.said_by.as_deref())
}

/// The policy first, then the ancestors one by one, then the model itself; each thing once.
fn in_order(steps: Vec<NextStep>) -> Vec<NextStep> {
    let table = Steps::bundled();
    let first_of_ancestors = table.place(Deed::AddParents).unwrap_or_default();
    let mut ancestors: Vec<ModelId> = Vec::new();
    let mut sorted: Vec<((usize, usize, usize), NextStep)> = Vec::new();
    for step in steps {
        let place = table.place(step.deed).unwrap_or(usize::MAX);
        let key = match (place < first_of_ancestors, step.is_ancestor) {
            (true, _) => (0, 0, place),
            (false, true) => {
                let at = ancestors.iter().position(|known| *known == step.on).unwrap_or_else(|| {
                    ancestors.push(step.on.clone());
                    ancestors.len() - 1
                });
                (1, at, place)
            }
            (false, false) => (2, 0, place),
        };
        sorted.push((key, step));
    }
    sorted.sort_by_key(|(key, _)| *key);
    let mut found: Vec<NextStep> = Vec::new();
    for ((phase, ..), step) in sorted {
        // A change to the policy is one step, whichever model asks for it.
        let is_one = |known: &&mut NextStep| {
            let alike = known.deed == step.deed && known.command == step.command;
            alike && step.said_by.is_none() && (known.on == step.on || phase == 0 && step.command.is_some())
        };
        match found.iter_mut().find(is_one) {
            Some(known) if known.on != step.on => {}
            Some(known) => {
                for control in step.controls {
                    if !known.controls.contains(&control) {
                        known.controls.push(control);
                    }
                }
            }
            None => found.push(step),
        }
    }
    found
}
