//! Verdicts: own and effective level, cap, and the decision at a stage.

use super::descent::Descent;
use super::family::{Cap, Family};
use super::given::{Input, Known, Touched};
use super::kin::Kin;
use super::own::{Own, Weight, cap};
use super::reason::{Reason, ReasonCode, ReasonFact, sort};
use super::review::StandingReview;
use super::shape::{Rules, Shape};
use super::unlogged::Unlogged;
use super::walk::{self, WalkEnd};
use crate::inventory::{Model, ModelId};
use crate::maturity::{Assessment, Evidence, Kinship, Musts, Outcomes, Score, Star, Usage, assess};
use crate::policy::{Action, Class, Exception, Stage, UnsignedAncestor};
use crate::signing::Recalled;
use crate::text::Untrusted;
use jiff::Timestamp;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

/// So many models are looked at together.
const AT_ONCE: usize = 1 << 9;

/// The highest level but one.
const BELOW_THE_HIGHEST: u8 = 2;

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
    /// Nothing was decided: nobody has looked, or what was verified is not what lies there now (rulings 11).
    #[serde(rename = "not judged")]
    NotJudged,
}

impl Decision {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Admit => "admit",
            Decision::Warn => "warn",
            Decision::Refuse => "refuse",
            Decision::NotJudged => "not judged",
        }
    }
}

/// Everything that is concluded of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
    /// The reviews that stand, by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<StandingReview>,
    /// The exceptions that hold for it at the stage, in the order of the policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<StandingException>,
    /// The stage whose word the stage asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Untrusted>,
    /// What the stage requires to be logged wherever the model runs at it, and is not declared to be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlogged: Vec<Unlogged>,
}

/// An exception that holds for a model at a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StandingException {
    /// Its id.
    pub id: Untrusted,
    /// What may be missing: a control, a requirement, or `CAP`.
    pub excuses: Untrusted,
    /// Who answers for it.
    pub owner: Untrusted,
    /// Until when.
    pub expires: Timestamp,
}

impl StandingException {
    fn of(exception: &Exception) -> Self {
        StandingException {
            id: Untrusted::new(&exception.id),
            excuses: Untrusted::new(exception.excuses.as_str()),
            owner: Untrusted::new(&exception.owner),
            expires: exception.expires,
        }
    }
}

impl Verdict {
    /// As a gate decides, which has just looked: what it could not look at is no longer open (rulings 11).
    pub fn by_gate(mut self) -> Self {
        let is_outdated = |reason: &Reason| matches!(reason.code, ReasonCode::Changed | ReasonCode::Evidence);
        if self.decision == Decision::NotJudged && !self.reasons.iter().any(is_outdated) {
            let is_broken = self.reasons.iter().any(|reason| reason.code == ReasonCode::BreakGlass);
            self.decision = match decision(self.reasons.iter().map(|reason| reason.action).max()) {
                Decision::Refuse if is_broken => Decision::Warn,
                decision => decision,
            };
        }
        self
    }

    /// The same question, asked by the clock: what has ended by it does not count, whatever time was asked about.
    pub(super) fn also_by(mut self, by_clock: &Verdict, clock: jiff::Timestamp) -> Self {
        if by_clock.decision > self.decision {
            self.decision = by_clock.decision;
            let action = if by_clock.decision == Decision::Warn { Action::Warn } else { Action::Closed };
            let fact = ReasonFact::ByClock { clock };
            self.reasons.push(Reason { code: ReasonCode::Clock, class: None, action, fact });
            sort(&mut self.reasons);
        }
        self
    }

    /// What a level has to be told with when not all digests were computed at the verification, else nothing:
    /// ` (cached, since 2026-11-02T09:00:00Z)`.
    pub fn adjective(&self) -> String {
        self.cached.map(|cached| format!(" (cached, since {})", cached.oldest)).unwrap_or_default()
    }
}

/// What all models of one kind come to.
#[derive(Debug, Clone)]
pub struct Earned {
    /// Whether it was measured: somebody looked, and what was seen holds, or what is known without a look contradicts.
    pub measured: bool,
    /// What became of the controls.
    pub controls: Outcomes,
    /// The score.
    pub score: Score,
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
    /// What its levels rest on.
    pub star: Star,
}

/// The judgement of a whole inventory: where every model stands, and what its verdict is made from.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    pub(super) shapes: Arc<Shapes>,
    /// What each of the distinct shapes earns.
    own: Vec<Own>,
    /// The reason that weighs most in each.
    first: Vec<Option<Reason>>,
    stage: Option<Stage>,
    unsigned: Unsigned,
    standings: Arc<[Standing]>,
    pub(super) family: Arc<Family>,
    pub(super) kin: Arc<Kin>,
}

/// What the policy does about ancestors that nobody signed, whatever the stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Unsigned {
    /// None where they only cap levels.
    action: Option<Action>,
    /// Below which places such a one stands; empty where it is not asked.
    below: Vec<bool>,
}

impl Unsigned {
    fn of(rule: UnsignedAncestor, family: &Family) -> Self {
        let action = match rule {
            UnsignedAncestor::Cap => return Unsigned::default(),
            UnsignedAncestor::Warn => Action::Warn,
            UnsignedAncestor::Fail => Action::Closed,
        };
        Unsigned { action: Some(action), below: family.below_unsigned() }
    }

    /// What is against the model of an index because of its ancestors, where a stage wants a level of it.
    fn weighs(&self, family: &Family, wanted: u8, index: usize) -> Option<Weight> {
        let is_below = |place: usize| self.below.get(place).copied().unwrap_or_default();
        let unsigned = self.action.filter(|_| family.descent().place(index).is_some_and(is_below));
        let class = family.weighs(wanted, index);
        (class.is_some() || unsigned.is_some()).then(|| Weight { class: class.flatten(), unsigned })
    }
}

/// The distinct ones of some shapes, and where they stand.
#[derive(Default)]
struct Distinct {
    shapes: Vec<Shape>,
    places: HashMap<Shape, u32>,
}

impl Distinct {
    fn of(shapes: &[Shape]) -> Self {
        Distinct { shapes: shapes.to_vec(), places: shapes.iter().cloned().zip(0..).collect() }
    }

    fn place(&mut self, shape: Shape) -> u32 {
        if let Some(place) = self.places.get(&shape) {
            return *place;
        }
        let place = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
        self.shapes.push(shape.clone());
        self.places.insert(shape, place);
        place
    }
}

/// The shapes of all models: few, and which of them each model has.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    pub distinct: Vec<Shape>,
    of: Vec<u32>,
}

impl Shapes {
    fn of(input: &Input<'_>, kin: &Kin) -> Arc<Self> {
        let nowhere = Shapes { distinct: Vec::new(), of: vec![u32::MAX; input.models.len()] };
        let all: Vec<usize> = (0..input.models.len()).collect();
        Arc::new(nowhere).with(input, kin, &all)
    }

    /// The same but for these models. What is alike among those that are looked at together is told apart at once: where
    /// most of an inventory changed, telling apart takes as long as looking.
    fn with(self: &Arc<Self>, input: &Input<'_>, kin: &Kin, touched: &[usize]) -> Arc<Self> {
        let differing = |some: &[usize]| -> (Vec<Shape>, Vec<(usize, u32)>) {
            let mut found = Distinct::default();
            let looked = some.iter().filter_map(|index| Some((*index, shape(input, kin, *index)?)));
            let differs = looked.filter(|(index, shape)| self.get(*index) != Some(shape));
            let placed = differs.map(|(index, shape)| (index, found.place(shape))).collect();
            (found.shapes, placed)
        };
        let parts: Vec<_> = touched.par_chunks(AT_ONCE).map(differing).collect();
        if parts.iter().all(|(_, placed)| placed.is_empty()) {
            return self.clone();
        }
        let (mut all, mut of) = (Distinct::of(&self.distinct), self.of.clone());
        for (shapes, placed) in parts {
            let places: Vec<u32> = shapes.into_iter().map(|shape| all.place(shape)).collect();
            for (index, place) in placed {
                let place = usize::try_from(place).ok().and_then(|place| places.get(place));
                if let (Some(slot), Some(place)) = (of.get_mut(index), place) {
                    *slot = *place;
                }
            }
        }
        Arc::new(Shapes { distinct: all.shapes, of })
    }

    /// All of them again. Rules may make all of them others: those that no model has any more are not kept.
    fn again(self: &Arc<Self>, input: &Input<'_>, kin: &Kin) -> Arc<Self> {
        let all: Vec<usize> = (0..self.of.len()).collect();
        let found = self.with(input, kin, &all);
        if found.distinct.len() <= self.distinct.len() {
            return found;
        }
        let mut kept = Shapes { distinct: Vec::new(), of: Vec::with_capacity(found.of.len()) };
        let mut moved: Vec<Option<u32>> = vec![None; found.distinct.len()];
        for index in 0..found.of.len() {
            let Some((place, shape)) = found.place(index).zip(found.get(index)) else { continue };
            let Some(slot) = moved.get_mut(place) else { continue };
            let place = *slot.get_or_insert_with(|| {
                kept.distinct.push(shape.clone());
                u32::try_from(kept.distinct.len() - 1).unwrap_or(u32::MAX)
            });
            kept.of.push(place);
        }
        Arc::new(kept)
    }

    pub fn place(&self, index: usize) -> Option<usize> {
        usize::try_from(*self.of.get(index)?).ok()
    }

    pub fn get(&self, index: usize) -> Option<&Shape> {
        self.distinct.get(self.place(index)?)
    }
}

impl Judgement {
    /// Judges every model. Pure and deterministic: the order of the models does not matter to any verdict. A stage
    /// that the policy does not know refuses everything.
    pub fn of(input: &Input<'_>) -> Self {
        let kin = Kin::of(input);
        let shapes = Shapes::of(input, &kin);
        Judgement::by_shapes(kin, shapes, input, None)
    }

    /// The same models, which may be judged differently by what is `touched`; the stage, and what stages do, may be
    /// others, and so may the lineage of the `touched`.
    pub fn after(&self, input: &Input<'_>, touched: &Touched) -> Self {
        let before = self.descent();
        if *touched == Touched::default() && Arc::ptr_eq(before, input.descent) {
            return Judgement::by_shapes(Kin::clone(&self.kin), self.shapes.clone(), input, Some(self));
        }
        let (kin, changed) = self.kin.after(before, input, touched);
        let shapes = match touched.rules {
            true => self.shapes.again(input, &kin),
            false => {
                let mut indexes = models_at(input, &changed);
                indexes.extend_from_slice(&touched.models);
                indexes.sort_unstable();
                indexes.dedup();
                self.shapes.with(input, &kin, &indexes)
            }
        };
        Judgement::by_shapes(kin, shapes, input, Some(self))
    }

    /// Of the same models and lineage as `before`, what follows from equal things is taken over.
    fn by_shapes(mut kin: Kin, shapes: Arc<Shapes>, input: &Input<'_>, before: Option<&Judgement>) -> Self {
        let rules = rules(input);
        let earned = |shapes: &Shapes| -> (Vec<Own>, Vec<Option<Reason>>) {
            shapes.distinct.iter().map(|shape| Own::of(&rules, shape)).unzip()
        };
        let (mut own, mut first) = earned(&shapes);
        let known = |kin: &Kin, shapes: &Shapes, own: &[Own], index: usize, most: u8| {
            let Own { level, contradicts, .. } = *own.get(shapes.place(index)?)?;
            let (place, model) = (input.descent.place(index)?, input.models.get(index)?);
            Some(kin.as_ancestor(place, model, level.min(most), contradicts))
        };
        let depth = input.policy.lineage.depth();
        let same_levels = |before: &&Judgement, own: &[Own]| {
            before.own.iter().map(Own::inherited).eq(own.iter().map(Own::inherited))
        };
        let is_same = |before: &&Judgement, kin: &Kin, shapes: &Arc<Shapes>, own: &[Own]| {
            Arc::ptr_eq(&before.shapes, shapes)
                && Arc::ptr_eq(before.descent(), input.descent)
                && before.family.depth() == depth
                && same_levels(before, own)
                && before.kin.looks_like(kin)
        };
        let mut shapes = shapes;
        if before.filter(|before| is_same(before, &kin, &shapes, &own)).is_none() {
            // Everything judged after the levels affects only the highest one; all others are already known.
            let family = Family::of(input.descent.clone(), depth, |index| {
                known(&kin, &shapes, &own, index, BELOW_THE_HIGHEST)
            });
            let mut changed = kin.support(family.supports());
            // It is asked only where nothing is open about the parents themselves.
            changed.retain(|place| kin.asks_support(input.descent, *place));
            let judged = shapes.with(input, &kin, &models_at(input, &changed));
            if !Arc::ptr_eq(&judged, &shapes) {
                shapes = judged;
                (own, first) = earned(&shapes);
            }
        }
        let before = before.filter(|before| is_same(before, &kin, &shapes, &own));
        let family = match before {
            Some(before) => before.family.clone(),
            None => {
                let known = |index| known(&kin, &shapes, &own, index, u8::MAX);
                Arc::new(Family::of(input.descent.clone(), depth, known))
            }
        };
        let kin = match before.filter(|before| *before.kin == kin) {
            Some(before) => before.kin.clone(),
            None => Arc::new(kin),
        };
        let stage = rules.stage.cloned();
        let unsigned = Unsigned::of(input.policy.lineage.unsigned_ancestor, &family);
        let is_same =
            |before: &&Judgement| before.own == own && before.stage == stage && before.unsigned == unsigned;
        let standings = match before.filter(is_same) {
            Some(before) => before.standings.clone(),
            None => standings(&shapes, &family, &own, stage.as_ref(), &unsigned),
        };
        Judgement { shapes, own, first, stage, unsigned, standings, family, kin }
    }

    /// What the lineage says of the model of an index, from the input that was judged.
    pub fn kinship(&self, input: &Input<'_>, index: usize) -> Kinship {
        let place = input.descent.place(index);
        let said = place.and_then(|place| self.kin.kinship(input, input.descent, place));
        said.unwrap_or_else(|| Kinship::none().clone())
    }

    /// Where the walk up from the model of an index ends, and why.
    pub fn ends(&self, index: usize) -> Vec<WalkEnd> {
        walk::ends(&self.family, &self.kin, index)
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
    pub fn standings(&self) -> &Arc<[Standing]> {
        &self.standings
    }

    /// Why the level is below the model's own.
    pub fn cap(&self, index: usize) -> Option<Cap> {
        self.family.cap(index)
    }

    /// Which parents keep a judged model from rising above its level, where none caps that.
    pub fn ceiling(&self, index: usize) -> Option<Cap> {
        let judged = self.standings.get(index)?.decision != Decision::NotJudged;
        self.family.ceiling(index).filter(|_| judged)
    }

    /// What the models of each kind come to, from the input that was judged: all that is alike is one kind.
    pub fn earned(&self, input: &Input<'_>) -> Vec<Earned> {
        let rules = rules(input);
        let earned = |shape: &Shape| Earned {
            measured: shape.is_measured() && !rules.decide(shape).is_open,
            controls: shape.outcomes(),
            score: rules.score(shape),
        };
        self.shapes.distinct.par_iter().map(earned).collect()
    }

    /// The kind of the model of an index, as a place in [`Judgement::earned`].
    pub fn kind(&self, index: usize) -> Option<usize> {
        self.shapes.place(index)
    }

    /// The score of every model, in their order, from the input that was judged: of models of one shape it is one.
    pub fn scores(&self, input: &Input<'_>) -> Vec<Arc<Score>> {
        let rules = rules(input);
        let scores: Vec<Arc<Score>> =
            self.shapes.distinct.iter().map(|shape| Arc::new(rules.score(shape))).collect();
        let score = |index| self.shapes.place(index).and_then(|place| scores.get(place)).cloned();
        (0..self.shapes.of.len()).map(|index| score(index).unwrap_or_default()).collect()
    }

    /// The reason of the model of an index that weighs most, the first of its verdict; none where nothing stands
    /// against it. A check is named by its stage alone.
    pub fn cause(&self, index: usize) -> Option<Reason> {
        let place = self.shapes.place(index)?;
        let (first, own) = (self.first.get(place)?.clone(), self.own.get(place)?);
        let weighs = self.stage.as_ref().and_then(|_| self.unsigned.weighs(&self.family, own.wanted, index));
        let cap = weighs.map(|weight| own.cap(self.stage.as_ref(), weight));
        let mut reasons: Vec<Reason> = first.into_iter().chain(cap).collect();
        sort(&mut reasons);
        reasons.into_iter().next()
    }

    /// Whether every model has the same cause as there.
    pub fn has_the_causes_of(&self, other: &Judgement) -> bool {
        Arc::ptr_eq(&self.shapes, &other.shapes)
            && Arc::ptr_eq(&self.family, &other.family)
            && self.first == other.first
            && self.stage == other.stage
            && self.unsigned == other.unsigned
    }

    /// The verdicts of all models, in their order.
    pub fn verdicts(input: &Input<'_>) -> Vec<Verdict> {
        let judgement = Judgement::of(input);
        (0..input.models.len()).filter_map(|index| judgement.verdict(input, index)).collect()
    }

    /// The whole verdict of one model, from the input that was judged.
    pub fn verdict(&self, input: &Input<'_>, index: usize) -> Option<Verdict> {
        let (standing, model) = (self.standing(index)?, input.models.get(index)?);
        let rules = rules(input);
        let kinship = self.kinship(input, index);
        let evidence = evidence(input, index, model, &kinship);
        let verification = evidence.verification.filter(|_| evidence.since.is_same());
        let code = |stage| Some(verification?.check(stage)?.code);
        let shape = self.shapes.get(index)?;
        let mut reasons = rules.reasons(shape, code);
        let weight = rules.stage.and_then(|_| self.unsigned.weighs(&self.family, rules.wanted(shape), index));
        reasons.extend(weight.map(|weight| cap(rules.stage, weight, rules.excuses_ancestors(shape))));
        let is_needed = reasons.iter().any(|reason| reason.class == Some(Class::Unavailable));
        if let Some(at) = rules.relies(shape).filter(|_| is_needed) {
            let (code, fact) = (ReasonCode::LastPass, ReasonFact::PassedBefore { at });
            reasons.push(Reason { code, class: None, action: Action::Open, fact });
        }
        if let Some(until) = rules.lets_in(shape, &reasons) {
            let fact = ReasonFact::GlassBroken { until };
            reasons.push(Reason { code: ReasonCode::BreakGlass, class: None, action: Action::Warn, fact });
        }
        sort(&mut reasons);
        Some(Verdict {
            model: model.id.clone(),
            assessment: assess(&evidence, input.rubric, &rules.musts),
            effective: standing.effective,
            cap: self.cap(index),
            tainted: standing.tainted,
            cached: verification.and_then(|verification| verification.files.recalled),
            stage: input.stage.to_owned(),
            decision: standing.decision,
            reasons,
            reviews: (input.reviews)(index),
            exceptions: rules.exceptions(shape).into_iter().map(StandingException::of).collect(),
            from: rules.stage.and_then(|stage| stage.from.as_ref()).map(Untrusted::new),
            unlogged: rules.unlogged(shape).to_vec(),
        })
    }
}

fn standings(
    shapes: &Shapes,
    family: &Family,
    own: &[Own],
    stage: Option<&Stage>,
    unsigned: &Unsigned,
) -> Arc<[Standing]> {
    let standing = |index: usize| {
        let own = shapes.place(index).and_then(|place| own.get(place)).copied().unwrap_or(Own::NONE);
        let (effective, tainted) = family.level(index);
        let weighs = stage.and_then(|_| unsigned.weighs(family, own.wanted, index));
        let cap = weighs.map(|weight| own.cap(stage, weight));
        let worst = own.worst.max(cap.as_ref().map(|reason| reason.action));
        let decision = match decision(worst) {
            _ if own.is_open => Decision::NotJudged,
            Decision::Refuse if own.is_let_in(stage, cap.as_ref()) => Decision::Warn,
            decision => decision,
        };
        Standing { own: own.level, effective, tainted, decision, star: own.star }
    };
    (0..shapes.of.len()).into_par_iter().with_min_len(1024).map(standing).collect::<Vec<_>>().into()
}

pub(super) fn evidence<'e, 'a: 'e>(
    input: &'e Input<'a>,
    index: usize,
    model: &'e Model,
    kinship: &'e Kinship,
) -> Evidence<'e> {
    let Known { verification, looked, testimonies, usage, since } = (input.verified)(index);
    let (usage, seal) = (usage.unwrap_or(Usage::none()), input.seal);
    Evidence {
        model,
        verification,
        looked,
        since,
        testimonies,
        kinship,
        policy: input.policy,
        now: input.now,
        usage,
        seal,
        feeds: input.feeds,
        told: OnceCell::new(),
        told_by: input.descent.told_by(input.models, index),
    }
}

fn shape(input: &Input<'_>, kin: &Kin, index: usize) -> Option<Shape> {
    let model = input.models.get(index)?;
    let place = input.descent.place(index);
    let kinship = place.and_then(|place| kin.kinship(input, input.descent, place));
    let evidence = evidence(input, index, model, kinship.as_ref().unwrap_or(Kinship::none()));
    Some(Shape::of(&evidence, &(input.reviews)(index)))
}

/// The models that stand at some places.
fn models_at(input: &Input<'_>, places: &[usize]) -> Vec<usize> {
    let model = |place: &usize| input.descent.graph().node_at(u32::try_from(*place).ok()?)?.model();
    places.iter().filter_map(model).collect()
}

pub(super) fn rules<'a>(input: &Input<'a>) -> Rules<'a> {
    Rules {
        stage: input.policy.stage(input.stage),
        policy: input.policy,
        rubric: input.rubric,
        musts: Musts::of(input.rubric, &input.policy.raise),
        ledger: input.ledger,
        now: input.now,
    }
}

fn decision(worst: Option<Action>) -> Decision {
    match worst {
        Some(Action::Closed) => Decision::Refuse,
        Some(Action::Warn) => Decision::Warn,
        Some(Action::Open) | None => Decision::Admit,
    }
}
