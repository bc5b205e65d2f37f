//! What one thing would raise most models: a control that passed, something that somebody does, an ancestor that was in
//! order. The levels are judged again with it, models of one shape at once. It makes no words.

use super::descent::Descent;
use super::evaluate::{Decision, Judgement, evidence, rules};
use super::family::Family;
use super::given::Input;
use super::kin::Seen;
use super::shape::{Rules, Shape};
use crate::inventory::{Basis, ModelId};
use crate::maturity::{
    Around, Ask, Deed, LiftNode, ParentSight, Party, StepKind, Steps, asked, own_edges_open,
    rests_on_ancestors,
};
use crate::signing::Outcome;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// So many ancestors are named.
const MOST_ANCESTORS: usize = 100;

/// What would raise most models, each alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unlock {
    /// Models that were judged.
    pub judged: usize,
    /// Models that were not: what would raise them is not known.
    pub open: usize,
    /// Controls, those that raise most models first.
    pub controls: Vec<ControlUnlock>,
    /// Steps, those that raise most models first.
    pub steps: Vec<StepUnlock>,
    /// Ancestors, those that raise most models first; the first of them.
    pub ancestors: Vec<AncestorUnlock>,
    /// How many further ancestors raise a model.
    pub more_ancestors: usize,
}

/// How many models rise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Risen {
    /// Models whose own level rises.
    pub own: usize,
    /// Models whose effective level rises, descendants among them.
    pub effective: usize,
}

/// A control, and what rises if it passes wherever it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlUnlock {
    /// Its id.
    pub control: Arc<str>,
    /// What rises.
    pub risen: Risen,
}

/// A step, and what rises if it is taken for every model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepUnlock {
    /// What is done.
    pub deed: Deed,
    /// By whom.
    pub party: Party,
    /// The controls that pass by it.
    pub controls: Vec<Arc<str>>,
    /// What rises.
    pub risen: Risen,
}

/// An ancestor, and what rises if it is in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AncestorUnlock {
    /// The ancestor.
    pub model: ModelId,
    /// Whether the inventory has it.
    pub in_inventory: bool,
    /// Its own level; 0 where it is not in the inventory.
    pub own: u8,
    /// How many of its descendants rise in effective level.
    pub models: usize,
}

impl Judgement {
    /// What would raise most models, from the input that was judged.
    pub fn unlock(&self, input: &Input<'_>, steps: &Steps) -> Unlock {
        let rules = rules(input);
        let mut many = vec![0_usize; self.shapes.distinct.len()];
        for (index, _) in self.judged() {
            self.shapes
                .place(index)
                .and_then(|place| many.get_mut(place))
                .into_iter()
                .for_each(|slot| *slot += 1);
        }
        let judged = many.iter().sum();
        let open = (self.standings().len()).saturating_sub(judged);
        let gaps: Vec<Vec<Arc<str>>> =
            self.shapes.distinct.iter().map(|shape| rules.score(shape).open_musts).collect();
        let blocked = || gaps.iter().zip(&many).filter(|(_, many)| **many > 0).map(|(gaps, _)| gaps);
        // Only what is open alone can raise a model alone.
        let alone: BTreeSet<Arc<str>> = blocked()
            .filter_map(|gaps| if let [one] = gaps.as_slice() { Some(one.clone()) } else { None })
            .collect();
        let mut controls: Vec<ControlUnlock> = alone
            .into_iter()
            .filter_map(|control| {
                let passes = |id: &str, _: Outcome| *control == *id;
                let risen = self.risen(input, &rules, &many, &passes)?;
                Some(ControlUnlock { control, risen })
            })
            .collect();
        controls.sort_by(|one, other| (other.risen, &one.control).cmp(&(one.risen, &other.control)));
        let gaps_of = |index: usize| gaps.get(self.shapes.place(index)?).map(Vec::as_slice);
        let more = self.lift_nodes(input);
        let asked = self.asked(input, &more, |index| {
            let gaps = gaps_of(index).filter(|gaps| !gaps.is_empty())?;
            let meets = |step: &&StepKind| gaps.iter().all(|id| step.meets.iter().any(|met| **met == **id));
            steps.all().iter().any(|step| meets(&step)).then_some(gaps)
        });
        let mut found: Vec<StepUnlock> = steps
            .all()
            .iter()
            .filter(|step| !step.meets.is_empty() && !step.deed.is_of_ancestors())
            .filter_map(|step| {
                let met: Vec<usize> = asked
                    .iter()
                    .filter(|(_, asks)| asks.iter().all(|ask| step.brings.contains(ask)))
                    .map(|(index, _)| *index)
                    .collect();
                let risen = self.risen_where(input, &rules, &met)?;
                let controls = met.iter().filter_map(|index| gaps_of(*index)).flatten().cloned();
                let controls: BTreeSet<Arc<str>> = controls.collect();
                let controls = controls.into_iter().collect();
                Some(StepUnlock { deed: step.deed, party: step.party, controls, risen })
            })
            .collect();
        // Of two steps that do the same the one that takes more is pointless.
        let effort = |one: &StepUnlock| steps.of(one.deed).map_or(0, |step| step.effort);
        let all = found.clone();
        found.retain(|one| {
            !all.iter().any(|other| {
                (other.risen, &other.controls) == (one.risen, &one.controls) && effort(other) < effort(one)
            })
        });
        found.sort_by(|one, other| other.risen.cmp(&one.risen).then(one.deed.cmp(&other.deed)));
        let (ancestors, more_ancestors) = self.ancestors(input, &rules, steps, more);
        Unlock { judged, open, controls, steps: found, ancestors, more_ancestors }
    }

    /// The models that were judged, with their effective level.
    fn judged(&self) -> impl Iterator<Item = (usize, u8)> {
        let all = self.standings().iter().enumerate();
        all.filter(|(_, standing)| standing.decision != Decision::NotJudged)
            .map(|(index, standing)| (index, standing.effective))
    }

    /// What rises if some controls pass; none if nothing does.
    fn risen(
        &self,
        input: &Input<'_>,
        rules: &Rules<'_>,
        many: &[usize],
        passes: &dyn Fn(&str, Outcome) -> bool,
    ) -> Option<Risen> {
        let levels: Vec<(u8, u8)> = self
            .shapes
            .distinct
            .iter()
            .map(|shape| (rules.score(shape).own, rules.own_level_with(shape, passes)))
            .collect();
        let rises = |((before, after), many): (&(u8, u8), &usize)| if after > before { *many } else { 0 };
        let own = levels.iter().zip(many).map(rises).sum();
        if own == 0 {
            return None;
        }
        let level = |index: usize| levels.get(self.shapes.place(index)?).map(|(_, after)| *after);
        Some(Risen { own, effective: self.effective_with(input, &level) })
    }

    /// What rises if these models have every must of their next level; none if nothing does.
    fn risen_where(&self, input: &Input<'_>, rules: &Rules<'_>, met: &[usize]) -> Option<Risen> {
        if met.is_empty() {
            return None;
        }
        let after: Vec<u8> = self
            .shapes
            .distinct
            .iter()
            .map(|shape| {
                let open = rules.score(shape).open_musts;
                rules.own_level_with(shape, &|id, _| open.iter().any(|must| **must == *id))
            })
            .collect();
        let level = |index: usize| match met.binary_search(&index) {
            Ok(_) => after.get(self.shapes.place(index)?).copied(),
            Err(_) => self.standing(index).map(|standing| standing.own),
        };
        Some(Risen { own: met.len(), effective: self.effective_with(input, &level) })
    }

    /// How many models rise in effective level with these own levels.
    fn effective_with(&self, input: &Input<'_>, level: &dyn Fn(usize) -> Option<u8>) -> usize {
        let family = Family::of(input.descent.clone(), self.family.depth(), |index| {
            let contradicts = self.shapes.get(index)?.contradicts();
            let (place, model) = (input.descent.place(index)?, input.models.get(index)?);
            Some(self.kin.as_ancestor(place, model, level(index)?, contradicts))
        });
        self.judged().filter(|(index, before)| family.level(*index).0 > *before).count()
    }

    /// What each place is to those that derive from it.
    fn lift_nodes(&self, input: &Input<'_>) -> Vec<LiftNode> {
        let descent: &Descent = input.descent;
        let many = descent.plan().len();
        (0..many).into_par_iter().map(|place| gap(descent, place, self.kin.seen(place))).collect()
    }

    /// What judged models ask for whose open musts are `wanted`, by their indices.
    fn asked<'g>(
        &self,
        input: &Input<'_>,
        more: &[LiftNode],
        wanted: impl Fn(usize) -> Option<&'g [Arc<str>]> + Sync,
    ) -> Vec<(usize, BTreeSet<Ask>)> {
        let descent: &Descent = input.descent;
        let gap = |place: usize| more.get(place).copied().unwrap_or_default();
        // Whether something above a place is not proved; parents first.
        let mut open_above = vec![false; more.len()];
        for place in descent.plan().order() {
            let is_open = descent.plan().parents(place).any(|parent| {
                let above = open_above.get(parent).copied().unwrap_or_default();
                gap(parent).is_gap || above && !gap(parent).stops
            });
            open_above.get_mut(place).into_iter().for_each(|slot| *slot = is_open);
        }
        let judged: Vec<usize> = self.judged().map(|(index, _)| index).collect();
        let of_model = |index: usize| {
            let gaps = wanted(index)?;
            let kinship = self.kinship(input, index);
            let place = descent.place(index);
            let around = Around {
                own_edges_open: own_edges_open(&kinship),
                ancestors_open: place.and_then(|place| open_above.get(place).copied()).unwrap_or_default(),
                parents_untimed: descent.parents(index).into_iter().any(|parent| {
                    let known = descent.graph().node(parent).and_then(|node| node.model());
                    let known = known.map(|index| (input.verified)(index)).unwrap_or_default();
                    known.verification.is_some_and(|v| v.signer_proven() && v.signed_at.is_none())
                }),
            };
            let evidence = evidence(input, index, input.models.get(index)?, &kinship);
            let asks: BTreeSet<Ask> = gaps.iter().flat_map(|id| asked(&evidence, id, around)).collect();
            (!asks.is_empty()).then_some((index, asks))
        };
        judged.into_par_iter().with_min_len(256).filter_map(of_model).collect()
    }

    /// The ancestors that raise models.
    fn ancestors(
        &self,
        input: &Input<'_>,
        rules: &Rules<'_>,
        steps: &Steps,
        mut more: Vec<LiftNode>,
    ) -> (Vec<AncestorUnlock>, usize) {
        let descent: &Descent = input.descent;
        let graph = descent.graph();
        let many = descent.plan().len();
        let mut counts = vec![false; many];
        let judged: Vec<usize> = self.judged().map(|(index, _)| index).collect();
        let free: Vec<(usize, u8)> = judged
            .into_par_iter()
            .with_min_len(256)
            .filter_map(|index| Some((descent.place(index)?, self.free(input, rules, steps, index)?)))
            .collect();
        for (place, free) in free {
            counts.get_mut(place).into_iter().for_each(|slot| *slot = true);
            more.get_mut(place).into_iter().for_each(|slot| slot.free = free);
        }
        let lifts = self.family.lifts(&more);
        let raised = lifts.counts(|place| counts.get(place).copied().unwrap_or_default());
        let mut found: Vec<(u32, usize)> =
            raised.into_iter().zip(0..).filter(|(models, _)| *models > 0).collect();
        // By their ids, which the places follow.
        found.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        let more = found.len().saturating_sub(MOST_ANCESTORS);
        let named = found.into_iter().take(MOST_ANCESTORS).filter_map(|(models, place)| {
            let node = graph.node_at(u32::try_from(place).ok()?)?;
            let own = node.model().and_then(|index| self.standing(index)).map_or(0, |standing| standing.own);
            Some(AncestorUnlock {
                model: node.id.clone(),
                in_inventory: node.model().is_some(),
                own,
                models: usize::try_from(models).ok()?,
            })
        });
        (named.collect(), more)
    }

    /// The own level of a model if its ancestors were in order.
    fn free(&self, input: &Input<'_>, rules: &Rules<'_>, steps: &Steps, index: usize) -> Option<u8> {
        let shape: &Shape = self.shapes.get(index)?;
        let score = rules.score(shape);
        let place = input.descent.place(index)?;
        let of_ancestors = |id: &Arc<str>| steps.of_ancestors().any(|control| control == &**id);
        let may_rise = score.own > 0
            && score.own < score.next
            && input.descent.plan().parents(place).next().is_some()
            && score.open_musts.iter().all(of_ancestors);
        if !may_rise {
            return Some(score.own);
        }
        let kinship = self.kinship(input, index);
        let evidence = evidence(input, index, input.models.get(index)?, &kinship);
        let rests = score.open_musts.iter().all(|id| rests_on_ancestors(&evidence, id));
        Some(if rests { score.next } else { score.own })
    }
}

/// Whether those that derive from a place cannot prove their lineage because of it.
pub(super) fn gap(descent: &Descent, place: usize, seen: Seen) -> LiftNode {
    let stops = seen.sight == ParentSight::Summarised;
    let is_seen =
        matches!(seen.sight, ParentSight::Verified | ParentSight::Resigned | ParentSight::Summarised);
    let edges = u32::try_from(place).into_iter().flat_map(|place| descent.graph().edges_at(place));
    let mut edges = edges.filter(|(_, edge)| edge.relation.bears_weight()).peekable();
    let is_open_end = edges.peek().is_none() && !seen.is_root;
    let is_proved = edges.all(|(_, edge)| edge.basis == Basis::Attested && !edge.outranked);
    LiftNode { free: 0, is_gap: !stops && (!is_seen || is_open_end || !is_proved), stops }
}
