//! The shortest chain that caps a level: from a model up to the ancestor that is the cause. A pure function over the
//! caps of all models; the walk is iterative.

use super::family::Cap;
use crate::inventory::{ModelId, Relation};
use crate::lineage::Link;
use crate::maturity::CapReason;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{HashMap, HashSet, VecDeque};

/// One model of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CapStep {
    /// The model.
    pub id: ModelId,
    /// Whether the inventory has it.
    pub in_inventory: bool,
    /// Its own level.
    pub own: u8,
    /// Its level after the caps.
    pub effective: u8,
    /// Why it caps the one before; none for the first.
    pub why: Option<CapReason>,
    /// How the one before came from it.
    pub relation: Option<Relation>,
    /// How far that is proved.
    pub link: Option<Link>,
}

/// The chain as ids, each with why it caps the one before: first the ancestor that caps the model, at last the one that
/// is the cause. Empty where nothing caps it, or where it is its own ancestor.
pub fn chain(start: &ModelId, cap: &dyn Fn(&ModelId) -> Option<Cap>) -> Vec<(ModelId, CapReason)> {
    let mut seen = HashSet::from([start.clone()]);
    let mut from: HashMap<ModelId, (ModelId, CapReason)> = HashMap::new();
    let mut next = VecDeque::from([start.clone()]);
    let mut farthest = None;
    while let Some(id) = next.pop_front() {
        let Some(found) = cap(&id) else { continue };
        // Only those that bind: the first has the lowest cap.
        let Some(lowest) = found.by.first().map(|(_, why)| lets_reach(*why)) else { continue };
        for (parent, why) in found.by.into_iter().filter(|(_, why)| lets_reach(*why) == lowest) {
            if !seen.insert(parent.clone()) {
                continue;
            }
            from.insert(parent.clone(), (id.clone(), why));
            if !follows(why) {
                return way(parent, &from);
            }
            farthest.get_or_insert_with(|| parent.clone());
            next.push_back(parent);
        }
    }
    // No single ancestor is the cause: a circle.
    farthest.map(|last| way(last, &from)).unwrap_or_default()
}

fn way(last: ModelId, from: &HashMap<ModelId, (ModelId, CapReason)>) -> Vec<(ModelId, CapReason)> {
    let mut way = Vec::new();
    let mut at = last;
    while let Some((below, why)) = from.get(&at) {
        way.push((at, *why));
        at = below.clone();
    }
    way.reverse();
    way
}

/// Whether the cause is further up.
fn follows(why: CapReason) -> bool {
    matches!(why, CapReason::Tainted | CapReason::Capped)
}

/// The level that such a parent lets its children reach, at most.
fn lets_reach(why: CapReason) -> u8 {
    match why {
        CapReason::Contradicted | CapReason::Tainted => 0,
        CapReason::Unresolved | CapReason::Unsigned | CapReason::NotVerified => 1,
        CapReason::Unexplored
        | CapReason::Capped
        | CapReason::Derived
        | CapReason::Resigned
        | CapReason::Summarised => 2,
        CapReason::Verified => 3,
    }
}
