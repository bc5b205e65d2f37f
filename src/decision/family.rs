//! What the lineage does to levels: caps and taints of a whole inventory. It knows no evidence, and no words.

use super::descent::Descent;
use crate::inventory::ModelId;
use crate::maturity::{
    CapLevels, CapNode, CapPlan, CapReason, CapState, Effective, LiftNode, Lifts, Support,
};
use crate::policy::Class;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Why lineage keeps a model below its own level.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Cap {
    /// The parents that do it and why, the lowest cap first; the first few.
    pub by: Vec<(ModelId, CapReason)>,
    /// How many more there are.
    pub more: usize,
    /// Whether the model derives from itself through others.
    pub on_cycle: bool,
    /// How many edges up its ancestors were examined, if there are more beyond.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_depth: Option<u32>,
}

/// The lineage as the caps see it, and what became of it; by the graph's places.
#[derive(Debug, Clone, Default)]
pub(super) struct Family {
    descent: Arc<Descent>,
    nodes: Vec<CapNode>,
    levels: CapLevels,
}

impl Family {
    /// All levels, from what is known about each model; ancestors are examined up to this many edges up.
    pub fn of(descent: Arc<Descent>, depth: u32, known: impl Fn(usize) -> Option<CapNode>) -> Self {
        let mut nodes = vec![CapNode::UNRESOLVED; descent.plan().len()];
        for index in 0..descent.models() {
            let slot = descent.place(index).and_then(|place| nodes.get_mut(place));
            if let (Some(slot), Some(node)) = (slot, known(index)) {
                *slot = node;
            }
        }
        let levels = descent.plan().levels(&nodes, depth);
        Family { descent, nodes, levels }
    }

    pub fn descent(&self) -> &Arc<Descent> {
        &self.descent
    }

    fn result(&self, place: usize) -> Option<&Effective> {
        self.levels.effective.get(place)
    }

    /// The level after the caps, and whether the model is tainted.
    pub fn level(&self, index: usize) -> (u8, bool) {
        let result = self.descent.place(index).and_then(|place| self.result(place));
        result.map_or((0, false), |result| (result.level, result.tainted))
    }

    /// What the lineage does to a model of which a stage wants a level: nothing, a reason of a class, or one that only informs.
    pub fn weighs(&self, wanted: u8, index: usize) -> Option<Option<Class>> {
        let place = self.descent.place(index)?;
        let (node, result) = (self.nodes.get(place)?, self.result(place)?);
        if result.tainted && node.state != CapState::Contradicted {
            return Some(Some(Class::Contradicted));
        }
        let is_capped = result.on_cycle
            || self.descent.plan().is_capped_by(&self.nodes, &self.levels, place)
            || result.tainted && self.tainted_parents(place).next().is_some();
        let weighs = is_capped || result.level < node.own.min(wanted);
        weighs.then_some((result.level < wanted).then_some(Class::Missing))
    }

    /// Below which nodes stands an ancestor without a signature that no summary stands for, by the graph's places. One
    /// whose evidence contradicts counts as such: it is not better than one that nobody signed. A circle proves nothing,
    /// and so is all of it below one.
    pub fn below_unsigned(&self) -> Vec<bool> {
        /// No edge further down.
        const NEVER: u8 = u8::MAX;
        let plan = self.descent.plan();
        // How many edges further down such an ancestor begins to bear.
        let mut bears = vec![NEVER; plan.len()];
        for place in plan.order() {
            let from = |parent: usize| {
                let node = self.nodes.get(parent).copied().unwrap_or(CapNode::UNRESOLVED);
                let above = match bears.get(parent).copied().unwrap_or(NEVER) {
                    NEVER => NEVER,
                    edges => edges.saturating_sub(1),
                };
                let by_itself = node.beneath.unwrap_or(node.state);
                let is_unsigned = matches!(by_itself, CapState::Unsigned | CapState::Contradicted);
                let bears = if is_unsigned { 0 } else { above };
                match node.state {
                    CapState::Summary if bears == NEVER => NEVER,
                    // Beyond its hops a summary stands for nothing.
                    CapState::Summary => node.hops.map_or(NEVER, |hops| hops.max(bears)),
                    _ => bears,
                }
            };
            let first = match plan.is_on_cycle(place) {
                true => 0,
                false => plan.parents(place).map(from).min().unwrap_or(NEVER),
            };
            bears.get_mut(place).into_iter().for_each(|slot| *slot = first);
        }
        bears.into_iter().map(|edges| edges == 0).collect()
    }

    /// Why the level is below the model's own, or why the model is tainted though its own evidence is not.
    pub fn cap(&self, index: usize) -> Option<Cap> {
        let place = self.descent.place(index)?;
        let result = self.result(place)?;
        let mut parents = self.descent.plan().capping_parents(&self.nodes, &self.levels, place);
        if parents.is_empty() && result.tainted {
            let reason = |parent: usize| {
                let is_source = self.nodes.get(parent).is_some_and(|n| n.state == CapState::Contradicted);
                if is_source { CapReason::Contradicted } else { CapReason::Tainted }
            };
            parents = self.tainted_parents(place).map(|parent| (parent, 0, reason(parent))).collect();
        }
        if parents.is_empty() && !result.on_cycle {
            return None;
        }
        let is_deep = parents.iter().any(|(_, _, reason)| *reason == CapReason::Unexplored);
        let max_depth = is_deep.then_some(self.levels.limit());
        Some(Cap { on_cycle: result.on_cycle, max_depth, ..self.by(&parents) })
    }

    /// What keeps a model from rising above its level, where nothing caps that.
    pub fn ceiling(&self, index: usize) -> Option<Cap> {
        let place = self.descent.place(index)?;
        let level = self.result(place).filter(|result| !result.tainted)?.level;
        let parents = self.descent.plan().holding_parents(&self.nodes, &self.levels, place, level);
        (!parents.is_empty()).then(|| self.by(&parents))
    }

    fn by(&self, parents: &[(usize, u8, CapReason)]) -> Cap {
        const NAMED: usize = 3;
        let named = parents
            .iter()
            .take(NAMED)
            .filter_map(|(parent, _, reason)| Some((self.descent.id(*parent)?.clone(), *reason)));
        Cap { by: named.collect(), more: parents.len().saturating_sub(NAMED), ..Cap::default() }
    }

    /// How far the ancestors of each node carry the highest level, and the lowest level up to which a parent lets it
    /// reach; by the graph's places. It depends on nothing above level 2.
    pub fn supports(&self) -> Vec<(Support, Option<u8>)> {
        let plan = self.descent.plan();
        let mut supports = vec![(Support::Alone, None); plan.len()];
        for place in plan.order() {
            let above = |parent: usize| supports.get(parent).map_or(Support::Alone, |(support, _)| *support);
            let of_parent = |parent: usize| {
                let (Some(node), Some(result)) = (self.nodes.get(parent), self.result(parent)) else {
                    return Support::Short;
                };
                let by_itself = |state: CapState| match state {
                    CapState::Contradicted => Support::Contradicted,
                    CapState::Unsigned => Support::Unsigned,
                    CapState::Signed if node.root_claim && node.own > 0 && is_alone(plan, parent) => {
                        Support::Holds
                    }
                    _ if result.level >= 2 => above(parent).max(Support::Holds),
                    _ => above(parent).max(Support::Short),
                };
                match (node.state, node.beneath) {
                    _ if result.tainted => Support::Contradicted,
                    (CapState::Summary, beneath) => {
                        // What an ancestor is by itself needs nobody's word.
                        let beneath = beneath.map_or(Support::Short, by_itself);
                        let stated = if node.summary_level >= 2 { Support::Bridged } else { Support::Short };
                        if beneath <= Support::Holds { beneath } else { stated }
                    }
                    (state, _) => by_itself(state),
                }
            };
            let support = match plan.is_on_cycle(place) {
                true => Support::Contradicted,
                false => plan.parents(place).map(of_parent).max().unwrap_or(Support::Alone),
            };
            let lowest = plan.lowest_cap(&self.nodes, &self.levels, place);
            supports.get_mut(place).into_iter().for_each(|slot| *slot = (support, lowest));
        }
        supports
    }

    /// How many edges up ancestors were examined.
    pub fn depth(&self) -> u32 {
        self.levels.limit()
    }

    /// Which single ancestors would raise each node.
    pub fn lifts(&self, more: &[LiftNode]) -> Lifts {
        self.descent.plan().lifts(&self.nodes, more, self.levels.limit())
    }

    /// The parents of a node, each with the level up to which it lets it reach, and why.
    pub fn caps_of(&self, place: usize) -> impl Iterator<Item = (usize, u8, CapReason)> {
        self.descent.plan().caps_of(&self.nodes, &self.levels, place)
    }

    /// What a node is known as, and its own level.
    pub fn state(&self, place: usize) -> Option<(CapState, u8)> {
        self.nodes.get(place).map(|node| (node.state, node.own))
    }

    /// Whether a node has no parents.
    pub fn is_root(&self, place: usize) -> bool {
        is_alone(self.descent.plan(), place)
    }

    /// Whether a node has ancestors beyond the depth limit.
    pub fn is_deep(&self, place: usize) -> bool {
        self.levels.is_deep(place)
    }

    fn tainted_parents(&self, place: usize) -> impl Iterator<Item = usize> {
        let is_tainted = |parent: &usize| self.result(*parent).is_some_and(|result| result.tainted);
        self.descent.plan().parents(place).filter(is_tainted)
    }
}

fn is_alone(plan: &CapPlan, place: usize) -> bool {
    plan.parents(place).next().is_none()
}
