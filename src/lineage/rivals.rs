//! Sources that name different bases of one model: which of them is shown, and which is only told. It compares what
//! sources say, and decides by what kind of source says it; a base that is not shown caps its children all the same.

use crate::inventory::{ModelId, Relation, Told};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Edges that are looked through, for one child, for whether one base is an ancestor of another: beyond that two bases
/// are told to differ.
const MOST_EDGES: usize = 10_000;
/// Bases whose spelling another one is compared with.
const MOST_SPELLINGS: usize = 16;

/// What one source says of one child: a base, how the child came from it, and who says so.
#[derive(Clone, Copy)]
pub(super) struct Saying {
    pub parent: NodeIndex,
    pub relation: Relation,
    pub told: Told,
    /// Which document.
    pub source: u64,
}

/// Bases of one child of which sources tell differently.
pub(super) struct Rivals {
    /// Those that are shown.
    pub shown: Vec<(NodeIndex, Told)>,
    /// Those that only less reliable sources name.
    pub outranked: Vec<(NodeIndex, Told)>,
    /// Those that sources of the same kind name: none of them can be chosen.
    pub equals: Vec<(NodeIndex, Told)>,
}

/// Whether and how the sources of one child disagree. What one source leaves out contradicts nothing, and neither does
/// an ancestor of a base that another one names. A teacher is no base. Where the list of a claim `is_complete`, what it
/// leaves out is denied.
pub(super) fn rivals<N, E>(
    child: NodeIndex,
    sayings: &[Saying],
    is_complete: bool,
    graph: &DiGraph<N, E>,
    id: impl Fn(NodeIndex) -> Option<ModelId>,
) -> Option<Rivals> {
    let mut groups: BTreeMap<(Told, u64), BTreeSet<NodeIndex>> = BTreeMap::new();
    let is_base = |one: &&Saying| {
        one.parent != child && one.relation.bears_weight() && one.relation != Relation::Distilled
    };
    for one in sayings.iter().filter(is_base) {
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
        let above = ancestors(graph, accepted.iter().copied(), &mut left);
        // The same base, written in another way.
        let is_same = |one: NodeIndex| {
            let one = id(one);
            accepted
                .iter()
                .take(MOST_SPELLINGS)
                .any(|known| one.as_ref().zip(id(*known)).is_some_and(|(one, known)| alike(one, &known)))
        };
        for parent in &named {
            let agrees = accepted.contains(parent) || above.contains(parent) || is_same(*parent) || {
                let above = ancestors(graph, std::iter::once(*parent), &mut left);
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
    let told_of = |parent: NodeIndex| {
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
fn ancestors<N, E>(
    graph: &DiGraph<N, E>,
    of: impl Iterator<Item = NodeIndex>,
    left: &mut usize,
) -> HashSet<NodeIndex> {
    let mut found: HashSet<NodeIndex> = HashSet::new();
    let mut waiting: Vec<NodeIndex> = of.collect();
    while let Some(place) = waiting.pop() {
        for parent in graph.neighbors_directed(place, Direction::Outgoing) {
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
