//! The ancestors that keep a level down, up to where the cause is, and what each would have to become. It judges nothing.

use super::evaluate::Judgement;
use super::family::Family;
use crate::inventory::ModelId;
use crate::maturity::{CapReason, CapState};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// So many ancestors are looked at: the nearest ones.
const MOST_LOOKED: usize = 2000;

/// What an ancestor has to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lift {
    /// Its own level must be this one.
    Level(u8),
    /// Its files must be here.
    Files,
    /// Its contradiction must be resolved.
    Fixed,
    /// The policy must let ancestors be examined further up.
    Depth,
}

/// An ancestor that keeps a level down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hindrance {
    /// The ancestor.
    pub id: ModelId,
    /// What it has to become.
    pub lift: Lift,
    /// Why it caps.
    pub why: CapReason,
}

impl Judgement {
    /// What keeps the model of an index from this effective level: ancestors, the farthest first, at most so many; and how
    /// many more there are. Its own level is not looked at.
    pub fn hindrances(&self, index: usize, level: u8, most: usize) -> (Vec<Hindrance>, usize) {
        self.family.hindrances(index, level, most)
    }

    /// The ancestors of the model of an index because of which its lineage is not proved, the farthest first, at most so
    /// many; and how many more there are.
    pub fn gaps_above(&self, index: usize, most: usize) -> (Vec<ModelId>, usize) {
        let descent = self.descent();
        let Some(start) = descent.place(index) else { return (Vec::new(), 0) };
        let mut seen = BTreeSet::from([start]);
        let (mut next, mut found) = (VecDeque::from([start]), Vec::new());
        while let Some(place) = next.pop_front() {
            if seen.len() > MOST_LOOKED {
                break;
            }
            for parent in descent.plan().parents(place) {
                if !seen.insert(parent) {
                    continue;
                }
                let gap = super::unlock::gap(descent, parent, self.kin.seen(parent));
                if gap.is_gap {
                    found.push(parent);
                }
                if !gap.stops {
                    next.push_back(parent);
                }
            }
        }
        found.sort_by_key(|place| descent.rank(*place));
        let more = found.len().saturating_sub(most);
        (found.into_iter().take(most).filter_map(|place| descent.id(place).cloned()).collect(), more)
    }
}

impl Family {
    fn hindrances(&self, index: usize, level: u8, most: usize) -> (Vec<Hindrance>, usize) {
        let descent = self.descent();
        let Some(start) = descent.place(index) else { return (Vec::new(), 0) };
        // Each with the highest level that is asked of it.
        let mut wanted: BTreeMap<usize, u8> = BTreeMap::from([(start, level)]);
        let mut found: BTreeMap<usize, (Lift, CapReason)> = BTreeMap::new();
        let mut next = VecDeque::from([(start, level)]);
        while let Some((place, level)) = next.pop_front() {
            if wanted.len() > MOST_LOOKED {
                break;
            }
            if wanted.get(&place).is_some_and(|known| *known > level) {
                continue;
            }
            if self.is_deep(place) && level > 2 {
                found.insert(place, (Lift::Depth, CapReason::Unexplored));
            }
            for (parent, cap, why) in self.caps_of(place).filter(|(_, cap, _)| *cap < level) {
                // A child reaches one level more than its parent, but at level 1 nothing is asked of one.
                let asked = level.saturating_sub(1).max(1);
                let lift = match self.state(parent) {
                    Some((CapState::Contradicted, _)) => Some(Lift::Fixed),
                    Some((CapState::Unresolved, _)) | None => Some(Lift::Files),
                    // Nothing has to be verified above a root whose claim says so.
                    Some((CapState::Signed, own)) if cap == 2 && self.is_root(parent) && own > 0 => {
                        Some(Lift::Level(2))
                    }
                    Some((CapState::Signed, own)) => (own < asked).then_some(Lift::Level(asked)),
                    Some(_) => Some(Lift::Level(asked)),
                };
                if let Some(lift) = lift {
                    let slot = found.entry(parent).or_insert((lift, why));
                    slot.0 = slot.0.max(lift);
                }
                if wanted.get(&parent).is_none_or(|known| *known < asked) {
                    wanted.insert(parent, asked);
                    next.push_back((parent, asked));
                }
            }
        }
        let mut places: Vec<(usize, (Lift, CapReason))> = found.into_iter().collect();
        places.sort_by_key(|(place, _)| descent.rank(*place));
        let more = places.len().saturating_sub(most);
        let named = places
            .into_iter()
            .take(most)
            .filter_map(|(place, (lift, why))| Some(Hindrance { id: descent.id(place)?.clone(), lift, why }));
        (named.collect(), more)
    }
}
