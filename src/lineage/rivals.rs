//! Sources that name different bases of one model: which of them is shown, and which is only told. It compares what
//! sources say, and decides by what kind of source says it; a base that is not shown caps its children all the same.

use crate::inventory::{ModelId, Relation, Told};
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::rows::{Place, Rows};

/// Edges that are looked through, for one child, for whether one base is an ancestor of another: beyond that two bases
/// are told to differ.
const MOST_EDGES: usize = 10_000;
/// Bases whose spelling another one is compared with.
const MOST_SPELLINGS: usize = 16;

/// What one source says of one child: a base, how the child came from it, and who says so.
pub(super) struct Saying<P> {
    pub parent: P,
    pub relation: Relation,
    pub told: Told,
    /// Which document.
    pub source: u64,
}

/// Bases of one child of which sources tell differently.
pub(super) struct Rivals {
    /// Those that are shown.
    pub shown: Vec<(Place, Told)>,
    /// Those that only less reliable sources name.
    pub outranked: Vec<(Place, Told)>,
    /// Those that sources of the same kind name: none of them can be chosen.
    pub equals: Vec<(Place, Told)>,
}

/// Whether a parent of that kind is a base. A teacher is none.
pub(super) fn is_base(relation: Relation) -> bool {
    relation.bears_weight() && relation != Relation::Distilled
}

/// Whether and how the sources of one child disagree. What one source leaves out contradicts nothing, and neither does
/// an ancestor of a base that another one names; but what the list of a claim leaves out is denied, where that
/// `is_complete`.
pub(super) fn rivals(
    child: Place,
    sayings: &[Saying<Place>],
    is_complete: bool,
    parents: &Rows,
    id: impl Fn(Place) -> Option<ModelId>,
) -> Option<Rivals> {
    let mut groups: BTreeMap<(Told, u64), BTreeSet<Place>> = BTreeMap::new();
    for one in sayings.iter().filter(|one| one.parent != child && is_base(one.relation)) {
        groups.entry((one.told, one.source)).or_default().insert(one.parent);
    }
    let mut groups = groups.into_iter();
    let ((best, _), mut accepted) = groups.next()?;
    let mut left = MOST_EDGES;
    let mut found = Rivals { shown: Vec::new(), outranked: Vec::new(), equals: Vec::new() };
    for ((told, _), named) in groups {
        let says_all = is_complete && best == Told::Claim;
        if named.is_subset(&accepted) || !says_all && accepted.is_subset(&named) {
            accepted.extend(named);
            continue;
        }
        let above = ancestors(parents, accepted.iter().copied(), &mut left);
        // The same base, written in another way.
        let is_same = |one: Place| {
            let one = id(one);
            accepted
                .iter()
                .take(MOST_SPELLINGS)
                .any(|known| one.as_ref().zip(id(*known)).is_some_and(|(one, known)| alike(one, &known)))
        };
        for parent in &named {
            let agrees = accepted.contains(parent) || above.contains(parent) || is_same(*parent) || {
                let above = ancestors(parents, std::iter::once(*parent), &mut left);
                accepted.iter().any(|known| above.contains(known))
            };
            if agrees {
                continue;
            }
            let list = if told == best { &mut found.equals } else { &mut found.outranked };
            if !list.iter().any(|(known, _)| known == parent) {
                list.push((*parent, told));
            }
        }
    }
    // What sources of the best kind name, though they disagree, is shown.
    found.outranked.retain(|(parent, _)| !found.equals.iter().any(|(equal, _)| equal == parent));
    if found.outranked.is_empty() && found.equals.is_empty() {
        return None;
    }
    let told_of = |parent: Place| {
        let sayings = sayings.iter().filter(|one| one.parent == parent);
        sayings.map(|one| one.told).min().unwrap_or(best)
    };
    found.shown = accepted.into_iter().map(|parent| (parent, told_of(parent))).collect();
    Some(found)
}

/// Whether two names may well mean the same: of one of them the owner is not said, or what stands between the words
/// differs, as a header writes `Base 7B` for `base-7b`. Both are shown then.
fn alike(one: &ModelId, other: &ModelId) -> bool {
    if let (Some(one), Some(other)) = (one.digest(), other.digest()) {
        return one == other;
    }
    let parts = |id: &ModelId| {
        let (owner, name) = id.called().rsplit_once('/').unwrap_or(("", id.called()));
        (owner.to_owned(), name.replace([' ', '-', '_', '.'], ""))
    };
    let ((owner, name), (its_owner, its_name)) = (parts(one), parts(other));
    name == its_name && (owner == its_owner || owner.is_empty() || its_owner.is_empty())
}

/// The ancestors of some, as long as edges are left to look at.
fn ancestors(parents: &Rows, of: impl Iterator<Item = Place>, left: &mut usize) -> HashSet<Place> {
    let mut found: HashSet<Place> = HashSet::new();
    let mut waiting: Vec<Place> = of.collect();
    while let Some(place) = waiting.pop() {
        for parent in parents.of(place).iter().map(|link| link.to) {
            if *left == 0 {
                return found;
            }
            *left -= 1;
            if found.insert(parent) {
                waiting.push(parent);
            }
        }
    }
    found
}
