//! What the lineage does to levels: caps and taints of a whole inventory. It knows no evidence, and no words.

use super::evidence::ModelEvidence;
use crate::inventory::ModelId;
use crate::lineage::Graph;
use crate::maturity::{CapNode, CapPlan, CapReason, CapState, Effective, cap_reason};
use crate::policy::{Class, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
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
}

/// What follows from the graph alone, whatever its models are worth. As long as the graph stays, it can be kept.
#[derive(Debug, Clone, Default)]
pub struct Descent {
    /// All models and those that are only referred to, sorted.
    ids: Vec<ModelId>,
    /// Where the model of an index stands among them.
    places: Vec<Option<u32>>,
    plan: CapPlan,
}

impl Descent {
    /// Of a graph and the models that it was built from.
    pub fn of(graph: &Graph) -> Self {
        let (starts, parents) = graph.weight_bearing_rows();
        let ids = graph.nodes().into_iter().map(|node| node.id.clone()).collect();
        Descent { ids, places: graph.places_of_models(), plan: CapPlan::new(starts, parents) }
    }

    /// Of models that name their parents themselves.
    pub fn among(models: &[ModelEvidence]) -> Self {
        let known = models.iter().flat_map(|known| std::iter::once(&known.model.id).chain(&known.parents));
        let mut ids: Vec<ModelId> = known.cloned().collect();
        ids.sort();
        ids.dedup();
        let place = |id: &ModelId| u32::try_from(ids.binary_search(id).ok()?).ok();
        let by_id: HashMap<&ModelId, &ModelEvidence> =
            models.iter().rev().map(|known| (&known.model.id, known)).collect();
        let (mut starts, mut parents) = (vec![0], Vec::new());
        for id in &ids {
            parents
                .extend(by_id.get(id).into_iter().flat_map(|known| known.parents.iter().filter_map(place)));
            starts.push(u32::try_from(parents.len()).unwrap_or(u32::MAX));
        }
        let places = models.iter().map(|known| place(&known.model.id)).collect();
        Descent { places, plan: CapPlan::new(starts, parents), ids }
    }

    /// The parents whose weights are in a model, sorted; none of one that stands nowhere.
    pub fn parents(&self, index: usize) -> Vec<&ModelId> {
        let parents = self.place(index).into_iter().flat_map(|place| self.plan.parents(place));
        let mut parents: Vec<&ModelId> = parents.filter_map(|place| self.ids.get(place)).collect();
        parents.sort();
        parents.dedup();
        parents
    }

    fn place(&self, index: usize) -> Option<usize> {
        usize::try_from((*self.places.get(index)?)?).ok()
    }
}

/// The lineage as the caps see it, and what became of it; by the graph's places.
#[derive(Debug, Clone, Default)]
pub(super) struct Family {
    descent: Arc<Descent>,
    nodes: Vec<CapNode>,
    effective: Vec<Effective>,
}

impl Family {
    /// All levels, from what is known of the model of each index.
    pub fn of(descent: Arc<Descent>, known: impl Fn(usize) -> Option<CapNode>) -> Self {
        let mut nodes = vec![CapNode::UNRESOLVED; descent.plan.len()];
        for index in 0..descent.places.len() {
            let slot = descent.place(index).and_then(|place| nodes.get_mut(place));
            if let (Some(slot), Some(node)) = (slot, known(index)) {
                *slot = node;
            }
        }
        let effective = descent.plan.effective(&nodes);
        Family { descent, nodes, effective }
    }

    pub fn descent(&self) -> &Arc<Descent> {
        &self.descent
    }

    /// The level after the caps, and whether the model is tainted.
    pub fn level(&self, index: usize) -> (u8, bool) {
        let result = self.descent.place(index).and_then(|place| self.effective.get(place));
        result.map_or((0, false), |result| (result.level, result.tainted))
    }

    /// What the lineage does to a model at a stage: nothing, a reason of a class, or one that only informs.
    pub fn weighs(&self, stage: &Stage, index: usize) -> Option<Option<Class>> {
        let place = self.descent.place(index)?;
        let (node, result) = (self.nodes.get(place)?, self.effective.get(place)?);
        if result.tainted && node.state != CapState::Contradicted {
            return Some(Some(Class::Contradicted));
        }
        let is_capped = result.on_cycle
            || self.descent.plan.is_capped(&self.nodes, &self.effective, place)
            || result.tainted && self.tainted_parents(place).next().is_some();
        let weighs = is_capped || result.level < node.own.min(stage.min_level);
        weighs.then_some((result.level < stage.min_level).then_some(Class::Missing))
    }

    /// Why the level is below the model's own, or why the model is tainted though its own evidence is not.
    pub fn cap(&self, index: usize) -> Option<Cap> {
        const NAMED: usize = 3;
        let place = self.descent.place(index)?;
        let result = self.effective.get(place)?;
        let mut parents = self.descent.plan.capped_by(&self.nodes, &self.effective, place);
        if parents.is_empty() && result.tainted {
            parents = self.tainted_parents(place).map(|parent| (parent, 0)).collect();
        }
        if parents.is_empty() && !result.on_cycle {
            return None;
        }
        let named = parents.iter().take(NAMED).filter_map(|(parent, cap)| {
            Some((self.descent.ids.get(*parent)?.clone(), cap_reason(self.nodes.get(*parent)?, *cap)))
        });
        let more = parents.len().saturating_sub(NAMED);
        Some(Cap { by: named.collect(), more, on_cycle: result.on_cycle })
    }

    fn tainted_parents(&self, place: usize) -> impl Iterator<Item = usize> {
        let is_tainted = |parent: &usize| self.effective.get(*parent).is_some_and(|result| result.tainted);
        self.descent.plan.parents(place).filter(is_tainted)
    }
}
