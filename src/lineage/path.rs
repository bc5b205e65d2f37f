//! The shortest chain of derivation between two models. The walks are iterative.

use super::graph::Graph;
use crate::inventory::ModelId;
use std::collections::{HashMap, VecDeque};

/// How two models are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kin {
    /// They are one.
    Same,
    /// The first comes from the second.
    Descends,
    /// The second comes from the first.
    Begets,
    /// Both come from a third.
    Shares,
}

/// The shortest chain between two models, from the first to the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// How they are related.
    pub kin: Kin,
    /// The models on the way, both ends included.
    pub models: Vec<ModelId>,
    /// The nearest that both come from: the one of them that the other comes from, where one does.
    pub top: ModelId,
}

/// The shortest chain; none where neither comes from the other, and both come from nothing together.
pub fn path(graph: &Graph, first: &ModelId, second: &ModelId) -> Option<Chain> {
    let first = &graph.node(first)?.id;
    let second = &graph.node(second)?.id;
    if first == second {
        return Some(Chain { kin: Kin::Same, models: vec![first.clone()], top: first.clone() });
    }
    let above_first = above(graph, first);
    let above_second = above(graph, second);
    let up = |from: &HashMap<&ModelId, (u32, &ModelId)>, top: &ModelId| {
        let mut way = vec![top.clone()];
        let mut at = top;
        while let Some((_, below)) = from.get(at).filter(|(distance, _)| *distance > 0) {
            way.push((*below).clone());
            at = below;
        }
        way.reverse();
        way
    };
    if above_first.contains_key(second) {
        return Some(Chain { kin: Kin::Descends, models: up(&above_first, second), top: second.clone() });
    }
    if above_second.contains_key(first) {
        let mut models = up(&above_second, first);
        models.reverse();
        return Some(Chain { kin: Kin::Begets, models, top: first.clone() });
    }
    let both = above_first.iter().filter_map(|(id, (far, _))| {
        let (other, _) = above_second.get(id)?;
        Some((far.saturating_add(*other), *id))
    });
    let (_, top) = both.min()?;
    let mut models = up(&above_first, top);
    let mut down = up(&above_second, top);
    down.pop();
    models.extend(down.into_iter().rev());
    Some(Chain { kin: Kin::Shares, models, top: top.clone() })
}

/// Everything above a model and itself, with the distance and the one below from which it was reached first.
fn above<'g>(graph: &'g Graph, start: &'g ModelId) -> HashMap<&'g ModelId, (u32, &'g ModelId)> {
    let mut found = HashMap::from([(start, (0, start))]);
    let mut next = VecDeque::from([start]);
    while let Some(id) = next.pop_front() {
        let distance = found.get(id).map_or(0, |(distance, _)| *distance);
        for (parent, _) in graph.parents(id) {
            if !found.contains_key(&parent.id) {
                found.insert(&parent.id, (distance + 1, id));
                next.push_back(&parent.id);
            }
        }
    }
    found
}
