//! Where the walk up a lineage ends, and why, for reviewers.

use super::family::Family;
use super::kin::Kin;
use crate::inventory::ModelId;
use crate::maturity::ParentSight;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// Why a walk goes no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// A counted claim says that it is a root.
    Root,
    /// A trusted summary vouches for it, at a level.
    Summary {
        /// The level.
        level: u8,
    },
    /// Its ancestors lie beyond the depth to which the policy looks.
    Depth,
    /// It is not signed.
    Unsigned,
    /// It is not in the inventory.
    Unresolved,
    /// It derives from itself through others.
    Cycle,
    /// Its own evidence contradicts.
    Contradicted,
    /// It has no parents, and no claim that counts says that it is a root.
    Open,
}

/// Where a walk ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct WalkEnd {
    /// How many edges up.
    pub hops: u32,
    /// The ancestor.
    pub model: ModelId,
    /// Why the walk goes no further.
    pub stop: Stop,
}

/// All ends above the model of an index, the nearest first; each ancestor once, on its shortest way.
pub(super) fn ends(family: &Family, kin: &Kin, index: usize) -> Vec<WalkEnd> {
    let descent = family.descent();
    let plan = descent.plan();
    let Some(start) = descent.place(index) else { return Vec::new() };
    let mut found = BTreeSet::new();
    let (mut seen, mut waiting) = (BTreeSet::from([start]), VecDeque::from([(start, 0_u32)]));
    while let Some((place, hops)) = waiting.pop_front() {
        let has_parents = plan.parents(place).next().is_some();
        let by_itself = kin.seen(place);
        let stop = match (by_itself.sight, by_itself.summary) {
            _ if plan.is_on_cycle(place) => Some(Stop::Cycle),
            // The start of the walk must be examined in any case.
            _ if place == start && has_parents => None,
            (ParentSight::Contradicted, _) => Some(Stop::Contradicted),
            (ParentSight::Summarised, summary) => {
                Some(Stop::Summary { level: summary.map_or(0, |(level, _)| level) })
            }
            (ParentSight::Unsigned, _) if place != start => Some(Stop::Unsigned),
            (ParentSight::Unresolved, _) if place != start => Some(Stop::Unresolved),
            _ if has_parents && hops >= family.depth() => Some(Stop::Depth),
            _ if has_parents => None,
            _ if by_itself.is_root => Some(Stop::Root),
            _ => Some(Stop::Open),
        };
        match stop {
            Some(stop) => {
                let model = descent.id(place).cloned();
                found.extend(model.map(|model| WalkEnd { hops, model, stop }));
            }
            None => {
                let parents = plan.parents(place).filter(|parent| seen.insert(*parent));
                waiting.extend(parents.map(|parent| (parent, hops + 1)));
            }
        }
    }
    found.into_iter().collect()
}
