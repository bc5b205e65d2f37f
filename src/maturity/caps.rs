//! How ancestors cap a level: a pure function over a graph of states. It knows no model and no evidence.
//! What follows from the edges alone is found once ([`CapPlan`]); then all levels are one pass over the nodes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The highest level there is.
const TOP: u8 = 3;
/// The cap of a parent that does not exist.
const UNRESOLVED: u8 = 1;
/// The cap for ancestors beyond the depth limit.
const UNEXPLORED: u8 = 2;
/// Summaries count for no more edges than these, where they do not count for all.
const MOST_HOPS: u8 = 32;

/// What an ancestor is known as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CapState {
    /// Signed by its producer.
    Signed,
    /// Not signed.
    Unsigned,
    /// Unsigned by its producer, signed again at ingestion.
    Resigned,
    /// Evidence contradicts.
    Contradicted,
    /// Referred to and not found.
    Unresolved,
    /// A trusted summary vouches for it.
    Summary,
}

/// What is known of one node of the cap graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapNode {
    /// What it is known as.
    pub state: CapState,
    /// Its own level.
    pub own: u8,
    /// Whether a signed claim says that it has no parents.
    #[serde(default)]
    pub root_claim: bool,
    /// Level that a summary states.
    #[serde(default)]
    pub summary_level: u8,
    /// How many edges down a summary counts; none: as many as there are.
    #[serde(default)]
    pub hops: Option<u8>,
    /// What it would be known as without the summary, where that may count for more, or beyond the hops.
    #[serde(default)]
    pub beneath: Option<CapState>,
}

impl CapNode {
    /// A node that is referred to and not found.
    pub const UNRESOLVED: CapNode = CapNode {
        state: CapState::Unresolved,
        own: 0,
        root_claim: false,
        summary_level: 0,
        hops: None,
        beneath: None,
    };
}

/// What became of a node; which parents cap it is asked of the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Effective {
    /// min(own, caps of the parents).
    pub level: u8,
    /// Whether a contradiction above it (or its own) taints it. A cycle contradicts itself.
    pub tainted: bool,
    /// Whether it is on a cycle.
    pub on_cycle: bool,
}

/// Why a parent caps its children as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CapReason {
    /// Its own evidence contradicts.
    Contradicted,
    /// A contradiction further up taints it.
    Tainted,
    /// A summary vouches for it, up to a level.
    Summarised,
    /// It is referred to and not found.
    Unresolved,
    /// It is not signed.
    Unsigned,
    /// It is signed, and we have not verified it yet.
    NotVerified,
    /// It was signed at ingestion: nothing is known of the time before.
    Resigned,
    /// Its own ancestors cap it.
    Capped,
    /// It stands at level 1, and may itself be derived.
    Derived,
    /// It has ancestors beyond the policy's depth limit.
    Unexplored,
    /// It is verified, and caps nothing.
    Verified,
}

/// What became of all nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CapLevels {
    /// By the nodes.
    pub effective: Vec<Effective>,
    /// The levels as their children see them, where summaries count for some edges only; else empty.
    lent: Vec<u8>,
    /// How far up ancestors go, in edges; up to a summary.
    depth: Vec<u32>,
    /// The depth limit.
    limit: u32,
}

impl CapLevels {
    /// Whether a node has ancestors beyond the depth limit.
    pub fn is_deep(&self, node: usize) -> bool {
        self.depth.get(node).is_some_and(|depth| *depth > self.limit)
    }

    /// The depth limit for ancestors.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// How far up the ancestors of a node go, in edges.
    pub fn depth(&self, node: usize) -> u32 {
        self.depth.get(node).copied().unwrap_or_default()
    }

    /// The level of a node as its children see it.
    fn lent(&self, node: usize) -> u8 {
        let level = || self.effective.get(node).map_or(0, |result| result.level);
        self.lent.get(node).copied().unwrap_or_else(level)
    }
}

/// The edges of a cap graph and the order in which its nodes are judged. It stays the same while the edges do.
#[derive(Debug, Clone, Default)]
pub struct CapPlan {
    /// Every node once, after all its parents; those of a cycle stand together.
    order: Vec<u32>,
    on_cycle: Vec<bool>,
    /// Where each node's parents begin in `parents`, and at last where they end.
    starts: Vec<u32>,
    parents: Vec<u32>,
}

impl CapPlan {
    /// Plans from compressed rows: the parents of node `n` are `parents[starts[n]..starts[n + 1]]`, so that there is
    /// one start more than nodes. A parent that is no node counts as unresolved.
    pub fn new(starts: Vec<u32>, parents: Vec<u32>) -> Self {
        let mut plan = CapPlan { order: Vec::new(), on_cycle: Vec::new(), starts, parents };
        plan.find_order();
        plan
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The parents of a node, as they were given.
    pub fn parents(&self, node: usize) -> impl Iterator<Item = usize> {
        self.row(node).iter().copied().map(wide)
    }

    /// Every node once, after all its parents; those of a cycle stand together.
    pub fn order(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.order.iter().copied().map(wide)
    }

    /// Whether a node is on a cycle.
    pub fn is_on_cycle(&self, node: usize) -> bool {
        self.on_cycle.get(node).copied().unwrap_or_default()
    }

    /// Effective levels of all nodes, from what is known of each. A node that `nodes` does not have is at level 0.
    pub fn effective(&self, nodes: &[CapNode]) -> Vec<Effective> {
        self.levels(nodes, u32::MAX).effective
    }

    /// The same with a depth limit for ancestors.
    pub fn levels(&self, nodes: &[CapNode], limit: u32) -> CapLevels {
        // The members of a cycle taint each other, in whatever order they are judged.
        let begin = |on_cycle: &bool| Effective { level: 0, tainted: *on_cycle, on_cycle: *on_cycle };
        let mut levels = CapLevels {
            effective: self.on_cycle.iter().map(begin).collect(),
            lent: Vec::new(),
            depth: vec![0; self.on_cycle.len()],
            limit,
        };
        let hops = nodes.iter().filter(|node| node.state == CapState::Summary).filter_map(|node| node.hops);
        if let Some(most) = hops.max() {
            return self.levels_by_distance(nodes, levels, usize::from(most.min(MOST_HOPS)) + 1);
        }
        for node in self.order.iter().copied().map(wide) {
            let depth = self.depth(nodes, &levels.depth, node);
            let is_deep = depth > limit;
            let level_of = |parent: usize| levels.effective.get(parent).map_or(0, |result| result.level);
            let Some((level, tainted)) = self.judge(nodes, &levels.effective, node, 1, level_of) else {
                continue;
            };
            if let Some(result) = levels.effective.get_mut(node) {
                result.level = if is_deep { level.min(UNEXPLORED) } else { level };
                result.tainted |= tainted;
            }
            levels.depth.get_mut(node).into_iter().for_each(|slot| *slot = depth);
        }
        levels
    }

    /// The same where summaries count for some edges only: what a node comes to depends on how far down it is looked at
    /// from.
    fn levels_by_distance(&self, nodes: &[CapNode], mut levels: CapLevels, farthest: usize) -> CapLevels {
        let many = self.on_cycle.len();
        // By the distance; from `farthest` on no summary counts that does not count everywhere.
        let mut seen: Vec<Vec<u8>> = vec![vec![0; many]; farthest + 1];
        for node in self.order.iter().copied().map(wide) {
            let depth = self.depth(nodes, &levels.depth, node);
            let is_deep = depth > levels.limit;
            for distance in 0..=farthest {
                let from = (distance + 1).min(farthest);
                let level_of = |parent: usize| {
                    seen.get(from).and_then(|levels| levels.get(parent)).copied().unwrap_or_default()
                };
                let Some((level, tainted)) = self.judge(nodes, &levels.effective, node, from, level_of)
                else {
                    continue;
                };
                let level = if is_deep { level.min(UNEXPLORED) } else { level };
                let slot = seen.get_mut(distance).and_then(|levels| levels.get_mut(node));
                slot.into_iter().for_each(|slot| *slot = level);
                if distance == 0
                    && let Some(result) = levels.effective.get_mut(node)
                {
                    result.level = level;
                    result.tainted |= tainted;
                }
            }
            levels.depth.get_mut(node).into_iter().for_each(|slot| *slot = depth);
        }
        levels.lent = seen.into_iter().nth(1).unwrap_or_default();
        levels
    }

    /// How far up the ancestors of a node go, whose parents are known: a summary stands for all above it.
    fn depth(&self, nodes: &[CapNode], depth: &[u32], node: usize) -> u32 {
        let above = self.parents(node).map(|parent| match nodes.get(parent) {
            Some(CapNode { state: CapState::Summary, .. }) => 1,
            _ => depth.get(parent).copied().unwrap_or_default().saturating_add(1),
        });
        above.max().unwrap_or_default()
    }

    /// The parents that cap a node below its own level, each with the cap, lowest cap first; empty when nothing does.
    pub fn capped_by(&self, nodes: &[CapNode], results: &[Effective], node: usize) -> Vec<(usize, u8)> {
        let level_of = |parent: usize| results.get(parent).map_or(0, |result| result.level);
        in_order(self.capping(nodes, results, node, level_of))
    }

    /// The same by levels as they were found; with the parents beyond which nothing was looked at, and why each caps.
    pub fn capping_parents(
        &self,
        nodes: &[CapNode],
        levels: &CapLevels,
        node: usize,
    ) -> Vec<(usize, u8, CapReason)> {
        let capping = in_order(self.capping(nodes, &levels.effective, node, |parent| levels.lent(parent)));
        let of_parent = |(parent, cap): &(usize, u8)| {
            Some((*parent, *cap, nodes.get(*parent).map(|parent| cap_reason(parent, *cap))?))
        };
        let mut found: Vec<(usize, u8, CapReason)> = capping.iter().filter_map(of_parent).collect();
        let own = nodes.get(node).map_or(0, |node| node.own.min(TOP));
        if levels.is_deep(node) && own > UNEXPLORED {
            let is_summary = |parent: usize| nodes.get(parent).is_some_and(|n| n.state == CapState::Summary);
            let is_deep = |parent: &usize| levels.depth(*parent) >= levels.limit && !is_summary(*parent);
            let deep = self.parents(node).filter(is_deep);
            let deep = deep.filter(|parent| capping.iter().all(|(capping, _)| capping != parent));
            found.extend(deep.map(|parent| (parent, UNEXPLORED, CapReason::Unexplored)));
            found.sort_unstable_by_key(|(parent, cap, _)| (*cap, *parent));
        }
        found
    }

    /// The parents that keep a node from rising above a level, each with why; those that we have not verified yet are not
    /// among them.
    pub fn holding_parents(
        &self,
        nodes: &[CapNode],
        levels: &CapLevels,
        node: usize,
        level: u8,
    ) -> Vec<(usize, u8, CapReason)> {
        if level >= TOP {
            return Vec::new();
        }
        let cap =
            |parent| (parent, self.cap(nodes, &levels.effective, parent, 1, |parent| levels.lent(parent)).0);
        let holding = in_order(self.parents(node).map(cap).filter(|(_, cap)| *cap <= level));
        let of_parent = |(parent, cap): (usize, u8)| {
            Some((parent, cap, nodes.get(parent).map(|parent| cap_reason(parent, cap))?))
        };
        let known = holding.into_iter().filter_map(of_parent);
        known.filter(|(.., reason)| *reason != CapReason::NotVerified).collect()
    }

    /// Whether any parent caps a node below its own level.
    pub fn is_capped(&self, nodes: &[CapNode], results: &[Effective], node: usize) -> bool {
        let level_of = |parent: usize| results.get(parent).map_or(0, |result| result.level);
        self.capping(nodes, results, node, level_of).next().is_some()
    }

    /// The same by levels as they were found.
    pub fn is_capped_by(&self, nodes: &[CapNode], levels: &CapLevels, node: usize) -> bool {
        let own = nodes.get(node).map_or(0, |node| node.own.min(TOP));
        levels.is_deep(node) && own > UNEXPLORED
            || self.capping(nodes, &levels.effective, node, |parent| levels.lent(parent)).next().is_some()
    }

    /// The lowest level up to which a parent lets a node reach; none without parents.
    pub fn lowest_cap(&self, nodes: &[CapNode], levels: &CapLevels, node: usize) -> Option<u8> {
        let lent = |parent: usize| levels.lent(parent);
        self.parents(node).map(|parent| self.cap(nodes, &levels.effective, parent, 1, lent).0).min()
    }

    fn capping(
        &self,
        nodes: &[CapNode],
        results: &[Effective],
        node: usize,
        level_of: impl Fn(usize) -> u8 + Copy,
    ) -> impl Iterator<Item = (usize, u8)> {
        let own = nodes.get(node).map_or(0, |node| node.own.min(TOP));
        let cap = move |parent| (parent, self.cap(nodes, results, parent, 1, level_of).0);
        self.parents(node).map(cap).filter(move |(_, cap)| *cap < own)
    }

    /// The level of a node whose parents are judged, and whether it is tainted.
    fn judge(
        &self,
        nodes: &[CapNode],
        results: &[Effective],
        at: usize,
        distance: usize,
        level_of: impl Fn(usize) -> u8 + Copy,
    ) -> Option<(u8, bool)> {
        let (node, so_far) = (nodes.get(at)?, results.get(at)?);
        let mut level = node.own.min(TOP);
        let mut tainted = so_far.tainted || node.state == CapState::Contradicted;
        for parent in self.parents(at) {
            let (cap, taints) = self.cap(nodes, results, parent, distance, level_of);
            level = level.min(cap);
            tainted |= taints;
        }
        Some((if tainted { 0 } else { level }, tainted))
    }

    /// The highest level that a parent lets its children reach, and whether it taints them, looked at from a distance.
    fn cap(
        &self,
        nodes: &[CapNode],
        results: &[Effective],
        parent: usize,
        distance: usize,
        level_of: impl Fn(usize) -> u8,
    ) -> (u8, bool) {
        let (Some(node), Some(result)) = (nodes.get(parent), results.get(parent)) else {
            return (UNRESOLVED, false);
        };
        if result.tainted {
            return (0, true);
        }
        let by = |state: CapState| match state {
            CapState::Contradicted => 0,
            CapState::Unresolved => UNRESOLVED,
            CapState::Unsigned => 1,
            // Neither signature counts before it was verified by us.
            CapState::Resigned | CapState::Signed if node.own == 0 => 1,
            CapState::Resigned => 2,
            CapState::Summary => 0,
            // Nothing stands above a root that needs to be verified.
            CapState::Signed if node.root_claim && self.row(parent).is_empty() => TOP,
            CapState::Signed => (level_of(parent) + 1).min(TOP),
        };
        let cap = match node.state {
            CapState::Summary => {
                let counts = node.hops.is_none_or(|hops| distance <= usize::from(hops.min(MOST_HOPS)));
                let stated = if counts { node.summary_level.min(TOP) } else { 0 };
                let without = node.beneath.map(by);
                // Beyond what a summary covers nothing is known of what it would have stood for.
                stated.max(without.unwrap_or(if counts { 0 } else { UNRESOLVED }))
            }
            state => by(state),
        };
        (cap, false)
    }

    fn row(&self, node: usize) -> &[u32] {
        let ends = self.starts.get(node).zip(self.starts.get(node + 1));
        ends.and_then(|(from, to)| self.parents.get(wide(*from)..wide(*to))).unwrap_or_default()
    }

    /// Tarjan's algorithm, with a stack of its own, so that a chain of any depth is fine. It finishes components
    /// parents first.
    fn find_order(&mut self) {
        /// A node whose parents are being visited.
        struct Visit {
            node: u32,
            /// Which parent comes next.
            next: usize,
            /// The earliest node that can be reached from it and is not finished.
            earliest: u32,
        }
        const UNSEEN: u32 = 0;
        const FINISHED: u32 = u32::MAX;

        let mut order = Vec::with_capacity(self.len());
        let mut on_cycle = vec![false; self.len()];
        let mut seen = vec![UNSEEN; self.len()];
        let (mut count, mut open, mut visits) = (UNSEEN, Vec::<u32>::new(), Vec::<Visit>::new());
        for root in (0..u32::MAX).take(self.len()) {
            let mut enter = Some(root).filter(|root| seen.get(wide(*root)) == Some(&UNSEEN));
            loop {
                if let Some(node) = enter.take() {
                    count += 1;
                    seen.get_mut(wide(node)).into_iter().for_each(|number| *number = count);
                    open.push(node);
                    visits.push(Visit { node, next: 0, earliest: count });
                }
                let Some(visit) = visits.last_mut() else { break };
                if let Some(parent) = self.row(wide(visit.node)).get(visit.next) {
                    visit.next += 1;
                    match seen.get(wide(*parent)) {
                        Some(&UNSEEN) => enter = Some(*parent),
                        Some(number) => visit.earliest = visit.earliest.min(*number),
                        // It is no node.
                        None => {}
                    }
                    continue;
                }
                let (node, earliest) = (visit.node, visit.earliest);
                visits.pop();
                if let Some(below) = visits.last_mut() {
                    below.earliest = below.earliest.min(earliest);
                }
                if seen.get(wide(node)) != Some(&earliest) {
                    continue;
                }
                // Everything above it in `open` can reach it, and it can reach them: a component.
                let from = open.iter().rposition(|other| *other == node).unwrap_or_default();
                let members = open.get(from..).unwrap_or_default();
                let is_cycle = members.len() > 1 || self.row(wide(node)).contains(&node);
                for member in members.iter().copied().map(wide) {
                    seen.get_mut(member).into_iter().for_each(|number| *number = FINISHED);
                    on_cycle.get_mut(member).into_iter().for_each(|on_cycle| *on_cycle = is_cycle);
                }
                order.extend_from_slice(members);
                open.truncate(from);
            }
        }
        self.order = order;
        self.on_cycle = on_cycle;
    }
}

fn in_order(capping: impl Iterator<Item = (usize, u8)>) -> Vec<(usize, u8)> {
    let mut capping: Vec<(usize, u8)> = capping.collect();
    capping.sort_unstable_by_key(|(parent, cap)| (*cap, *parent));
    capping.dedup();
    capping
}

/// Why a parent has its cap.
pub fn cap_reason(parent: &CapNode, cap: u8) -> CapReason {
    match (parent.state, cap) {
        (CapState::Contradicted, _) => CapReason::Contradicted,
        (CapState::Summary, 1..) => CapReason::Summarised,
        (_, 0) => CapReason::Tainted,
        (CapState::Unresolved, _) => CapReason::Unresolved,
        (CapState::Unsigned, _) => CapReason::Unsigned,
        (CapState::Signed | CapState::Resigned, _) if parent.own == 0 => CapReason::NotVerified,
        (CapState::Resigned, _) => CapReason::Resigned,
        (CapState::Signed, 1) => CapReason::Capped,
        (CapState::Signed, 2) => CapReason::Derived,
        (CapState::Signed, _) => CapReason::Verified,
    }
}

/// Nodes are numbered by 32 bits, to keep a large graph small.
fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
