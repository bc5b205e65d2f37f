//! Verdicts: own and effective level, cap, and the decision at a stage.

use super::family::{Cap, Descent, Family};
use super::reason::{Reason, ReasonCode, ReasonFact, sort};
use super::shape::{Rules, Shape};
use crate::inventory::{Model, ModelId};
use crate::lineage::Graph;
use crate::maturity::{Assessment, CapNode, CapState, Evidence, Musts, Rubric, assess};
use crate::policy::{Action, Class, Policy, Stage};
use crate::signing::{Recalled, Verification};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// What a policy says of a model at a stage (rulings 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Let it in.
    Admit,
    /// Let it in when somebody acknowledges the warning.
    Warn,
    /// Keep it out.
    Refuse,
}

impl Decision {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Admit => "admit",
            Decision::Warn => "warn",
            Decision::Refuse => "refuse",
        }
    }
}

/// Everything that is concluded of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The model.
    pub model: ModelId,
    /// The controls and own score.
    pub assessment: Assessment,
    /// The level after the caps.
    pub effective: u8,
    /// Why it is below the own level.
    pub cap: Option<Cap>,
    /// Whether a contradiction, its own or an ancestor's, taints it.
    pub tainted: bool,
    /// Digests that were not computed at the verification: the level rests on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<Recalled>,
    /// The stage judged for.
    pub stage: String,
    /// The decision.
    pub decision: Decision,
    /// The reasons, worst first.
    pub reasons: Vec<Reason>,
}

impl Verdict {
    /// What a level has to be told with when not all digests were computed at the verification, else nothing:
    /// ` (cached, since 2026-11-02T09:00:00Z)`.
    pub fn adjective(&self) -> String {
        self.cached.map(|cached| format!(" (cached, since {})", cached.oldest)).unwrap_or_default()
    }
}

/// What is known of a model's verification: with IDENTITY and POLICY as the policy says now.
pub type Known<'a> = Option<&'a Verification>;

/// Everything a verdict depends on.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The inventory.
    pub models: &'a [Model],
    /// The graph that was built from these models.
    pub graph: &'a Graph,
    /// The latest verification of the model of an index.
    pub verified: &'a (dyn Fn(usize) -> Known<'a> + Sync),
    /// The policy.
    pub policy: &'a Policy,
    /// The stage's name.
    pub stage: &'a str,
    /// The rubric.
    pub rubric: &'a Rubric,
    /// When.
    pub now: jiff::Timestamp,
}

/// What tables show of a model; the rest of its verdict is made when somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Own level.
    pub own: u8,
    /// The level after the caps.
    pub effective: u8,
    /// Whether a contradiction, its own or an ancestor's, taints it.
    pub tainted: bool,
    /// The decision at the stage.
    pub decision: Decision,
}

/// The judgement of a whole inventory: where every model stands, and what its verdict is made from.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    shapes: Arc<Shapes>,
    standings: Vec<Standing>,
    family: Family,
}

/// The shapes of all models: few, and which of them each model has.
#[derive(Debug, Default)]
struct Shapes {
    distinct: Vec<Shape>,
    of: Vec<u32>,
}

impl Shapes {
    fn of(input: &Input<'_>) -> Self {
        let evidence = |(index, model)| Shape::of(&evidence(input, index, model));
        let shapes: Vec<Shape> = input.models.par_iter().enumerate().map(evidence).collect();
        let (mut distinct, mut places) = (Vec::new(), HashMap::new());
        let place = |shape: Shape| {
            *places.entry(shape).or_insert_with(|| {
                distinct.push(shape);
                u32::try_from(distinct.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let of = shapes.into_iter().map(place).collect();
        Shapes { distinct, of }
    }

    fn place(&self, index: usize) -> Option<usize> {
        usize::try_from(*self.of.get(index)?).ok()
    }

    fn get(&self, index: usize) -> Option<&Shape> {
        self.distinct.get(self.place(index)?)
    }
}

impl Judgement {
    /// Judges every model. Pure and deterministic: the order of the models does not matter to any verdict. A stage
    /// that the policy does not know refuses everything.
    pub fn of(input: &Input<'_>) -> Self {
        Judgement::within(Arc::new(Descent::of(input.graph)), input)
    }

    /// The same, with what follows from the input's graph alone, for who has it from an earlier judgement.
    pub fn within(descent: Arc<Descent>, input: &Input<'_>) -> Self {
        let shapes = Arc::new(Shapes::of(input));
        let rules = rules(input);
        let own: Vec<Own> = shapes.distinct.iter().map(|shape| Own::of(&rules, shape)).collect();
        let family = Family::of(descent, |index| {
            Some(own.get(shapes.place(index)?)?.as_ancestor(input.models.get(index)?))
        });
        Judgement::standing_by(shapes, family, &own, rules.stage)
    }

    /// The same models for another stage. Everything else of the input must be as it was when they were judged.
    pub fn at_stage(&self, input: &Input<'_>) -> Self {
        let rules = rules(input);
        let own: Vec<Own> = self.shapes.distinct.iter().map(|shape| Own::of(&rules, shape)).collect();
        Judgement::standing_by(self.shapes.clone(), self.family.clone(), &own, rules.stage)
    }

    fn standing_by(shapes: Arc<Shapes>, family: Family, own: &[Own], stage: Option<&Stage>) -> Self {
        let standing = |index: usize| {
            let own = shapes.place(index).and_then(|place| own.get(place)).copied().unwrap_or(Own::NONE);
            let (effective, tainted) = family.level(index);
            let cap = stage.and_then(|stage| family.weighs(stage, index));
            let worst = own.worst.max(cap.map(|class| action_on(stage, class)));
            Standing { own: own.level, effective, tainted, decision: decision(worst) }
        };
        let standings = (0..shapes.of.len()).map(standing).collect();
        Judgement { shapes, standings, family }
    }

    /// What followed from the graph alone.
    pub fn descent(&self) -> &Arc<Descent> {
        self.family.descent()
    }

    /// Where the model of an index stands.
    pub fn standing(&self, index: usize) -> Option<Standing> {
        self.standings.get(index).copied()
    }

    /// Where all stand, in the order of the models.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// Why the level is below the model's own.
    pub fn cap(&self, input: &Input<'_>, index: usize) -> Option<Cap> {
        self.family.cap(input.graph, index)
    }

    /// The whole verdict of one model, from the input that was judged.
    pub fn verdict(&self, input: &Input<'_>, index: usize) -> Option<Verdict> {
        let (standing, model) = (self.standing(index)?, input.models.get(index)?);
        let rules = rules(input);
        let evidence = evidence(input, index, model);
        let verification = evidence.verification;
        let code = |stage| Some(verification?.check(stage)?.code);
        let mut reasons = rules.reasons(self.shapes.get(index)?, code);
        let class = rules.stage.and_then(|stage| self.family.weighs(stage, index));
        reasons.extend(class.map(|class| Reason {
            code: ReasonCode::Cap,
            class,
            action: action_on(rules.stage, class),
            fact: ReasonFact::Cap,
        }));
        sort(&mut reasons);
        Some(Verdict {
            model: model.id.clone(),
            assessment: assess(&evidence, input.rubric, &rules.musts),
            effective: standing.effective,
            cap: self.cap(input, index),
            tainted: standing.tainted,
            cached: verification.and_then(|verification| verification.files.recalled),
            stage: input.stage.to_owned(),
            decision: standing.decision,
            reasons,
        })
    }
}

/// The verdicts of all models, in their order. For many models ask [`Judgement`] for those that are looked at.
pub fn evaluate(input: &Input<'_>) -> Vec<Verdict> {
    let judgement = Judgement::of(input);
    (0..input.models.len()).filter_map(|index| judgement.verdict(input, index)).collect()
}

fn evidence<'a>(input: &Input<'a>, index: usize, model: &'a Model) -> Evidence<'a> {
    Evidence { model, verification: (input.verified)(index), policy: input.policy, now: input.now }
}

fn rules<'a>(input: &Input<'a>) -> Rules<'a> {
    Rules {
        stage: input.policy.stage(input.stage),
        policy: input.policy,
        rubric: input.rubric,
        musts: Musts::of(input.rubric, &input.policy.raise),
        now: input.now,
    }
}

fn action_on(stage: Option<&Stage>, class: Option<Class>) -> Action {
    stage.zip(class).map_or(Action::Open, |(stage, class)| stage.action(class))
}

fn decision(worst: Option<Action>) -> Decision {
    match worst {
        Some(Action::Closed) => Decision::Refuse,
        Some(Action::Warn) => Decision::Warn,
        Some(Action::Open) | None => Decision::Admit,
    }
}

/// What a model's own evidence earns, without its family.
#[derive(Clone, Copy)]
struct Own {
    level: u8,
    contradicts: bool,
    worst: Option<Action>,
}

impl Own {
    /// What was not judged is not let in.
    const NONE: Own = Own { level: 0, contradicts: false, worst: Some(Action::Closed) };

    fn of(rules: &Rules<'_>, shape: &Shape) -> Self {
        let (level, worst) = rules.decide(shape);
        Own { level, contradicts: shape.contradicts(), worst }
    }

    /// What its descendants see of it.
    fn as_ancestor(self, model: &Model) -> CapNode {
        let state = match self {
            Own { contradicts: true, .. } => CapState::Contradicted,
            _ if model.signature.is_none() => CapState::Unsigned,
            _ => CapState::Signed,
        };
        CapNode { state, own: self.level, root_claim: false, summary_level: 0 }
    }
}
