//! Which one ancestor would raise a level, if only it were in order: found for a whole graph in one pass over its nodes.
//! It knows no model and no evidence.
//!
//! A node rises by one level if its own level allows it and each parent that binds lets it. So the ancestors that can do
//! it alone are what the sets of those parents have in common; and a parent lets it if it is lifted itself, or if one of
//! its own ancestors raises it. Such a set never has more than two members: a node can only be lifted itself where its
//! own parents do not bind, and then at most one ancestor does it too, by what its own level rests on.

use super::caps::{CapLevels, CapNode, CapPlan, CapState, MOST_HOPS, TOP, UNEXPLORED, UNRESOLVED};

/// What is known of a node besides what caps its children.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LiftNode {
    /// The own level that it would have if its ancestors were in order.
    pub free: u8,
    /// Whether its descendants cannot prove their lineage because of it: it is not verified, or not proved.
    pub is_gap: bool,
    /// Whether nothing above it matters to that: a summary stands for all of it.
    pub stops: bool,
}

/// For each node the ancestors of which each would raise it alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lifts(Vec<Set>);

impl Lifts {
    /// The ancestors of which each would raise a node alone.
    pub fn of(&self, node: usize) -> impl Iterator<Item = usize> {
        self.0.get(node).copied().unwrap_or(Set::EMPTY).iter()
    }

    /// How many nodes each node would raise alone, of those that count.
    pub fn counts(&self, counts: impl Fn(usize) -> bool) -> Vec<u32> {
        let mut found = vec![0_u32; self.0.len()];
        for node in (0..self.0.len()).filter(|node| counts(*node)) {
            for ancestor in self.of(node) {
                found.get_mut(ancestor).into_iter().for_each(|slot| *slot += 1);
            }
        }
        found
    }
}

/// Up to two nodes, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set([u32; 2]);

impl Set {
    const NOBODY: u32 = u32::MAX;
    const EMPTY: Set = Set([Set::NOBODY; 2]);
    /// It holds already, whoever is lifted.
    const ALL: Set = Set([u32::MAX - 1; 2]);

    fn one(node: usize) -> Self {
        Set([u32::try_from(node).unwrap_or(Set::NOBODY), Set::NOBODY])
    }

    fn iter(self) -> impl Iterator<Item = usize> {
        let members = if self == Set::ALL { Set::EMPTY.0 } else { self.0 };
        members.into_iter().filter(|node| *node != Set::NOBODY).filter_map(|node| usize::try_from(node).ok())
    }

    fn has(self, node: u32) -> bool {
        node != Set::NOBODY && self.0.contains(&node)
    }

    fn and(self, other: Set) -> Self {
        match (self, other) {
            (Set::ALL, set) | (set, Set::ALL) => set,
            (Set(mine), other) => Set(mine.map(|node| if other.has(node) { node } else { Set::NOBODY })),
        }
    }

    fn or(self, other: Set) -> Self {
        if self == Set::ALL || other == Set::ALL {
            return Set::ALL;
        }
        let mut found = self;
        for node in other.0.into_iter().filter(|node| *node != Set::NOBODY && !self.has(*node)) {
            if let Some(slot) = found.0.iter_mut().find(|slot| **slot == Set::NOBODY) {
                *slot = node;
            }
        }
        found
    }
}

const LEVELS: usize = TOP as usize + 1;

/// What was found of a node, as it is looked at from a distance.
#[derive(Debug, Clone, Copy)]
struct Found {
    /// Its level from there.
    level: u8,
    /// Who raises it to a level, by the level; at 0: who frees it of what taints it.
    raise: [Set; LEVELS],
    /// Who makes it let its children reach a level.
    lends: [Set; LEVELS],
}

impl Found {
    const NOTHING: Found = Found { level: 0, raise: [Set::EMPTY; LEVELS], lends: [Set::EMPTY; LEVELS] };

    fn raise(&self, level: u8) -> Set {
        self.raise.get(usize::from(level)).copied().unwrap_or(Set::EMPTY)
    }

    fn lends(&self, level: u8) -> Set {
        self.lends.get(usize::from(level)).copied().unwrap_or(Set::EMPTY)
    }
}

/// Who closes the gaps above a node: those of level 2, and those of level 3.
#[derive(Debug, Clone, Copy)]
struct Closes {
    second: Set,
    third: Set,
}

struct Lifting<'l> {
    plan: &'l CapPlan,
    nodes: &'l [CapNode],
    more: &'l [LiftNode],
    levels: CapLevels,
    /// By the distance that nodes are looked at from.
    found: Vec<Vec<Found>>,
    closes: Vec<Closes>,
}

impl CapPlan {
    /// For each node the ancestors that would raise its level by one alone, if only they were in order: signed, at the
    /// highest level, and proved. What caps such an ancestor itself still does.
    pub fn lifts(&self, nodes: &[CapNode], more: &[LiftNode], limit: u32) -> Lifts {
        let hops = nodes.iter().filter(|node| node.state == CapState::Summary).filter_map(|node| node.hops);
        let farthest = hops.max().map_or(0, |most| usize::from(most.min(MOST_HOPS)) + 1);
        let mut lifting = Lifting {
            plan: self,
            nodes,
            more,
            levels: self.levels(nodes, limit),
            found: vec![vec![Found::NOTHING; self.len()]; farthest + 1],
            closes: vec![Closes { second: Set::EMPTY, third: Set::EMPTY }; self.len()],
        };
        for node in self.order() {
            lifting.take(node, farthest);
        }
        let lifted = |node: usize| {
            let level = lifting.levels.effective.get(node).map_or(TOP, |result| result.level);
            let set = lifting.at(0, node).raise(level.saturating_add(1));
            if set == Set::ALL { Set::EMPTY } else { set }
        };
        Lifts((0..self.len()).map(lifted).collect())
    }
}

impl Lifting<'_> {
    fn at(&self, distance: usize, node: usize) -> Found {
        self.found.get(distance).and_then(|found| found.get(node)).copied().unwrap_or(Found::NOTHING)
    }

    fn more(&self, node: usize) -> LiftNode {
        self.more.get(node).copied().unwrap_or_default()
    }

    fn is_tainted(&self, node: usize) -> bool {
        self.levels.effective.get(node).is_some_and(|result| result.tainted)
    }

    /// What a node lets its children reach, looked at from a distance.
    fn cap(&self, node: usize, distance: usize) -> u8 {
        let level = |parent: usize| self.at(distance, parent).level;
        self.plan.cap(self.nodes, &self.levels.effective, node, distance.max(1), level).0
    }

    /// Finds everything of a node whose parents are done.
    fn take(&mut self, node: usize, farthest: usize) {
        // The members of a cycle taint each other.
        if self.plan.is_on_cycle(node) {
            return;
        }
        for distance in 0..=farthest {
            let from = (distance + 1).min(farthest);
            let mut found = Found::NOTHING;
            let level = |parent: usize| self.at(from, parent).level;
            let judged = self
                .plan
                .judge(self.nodes, &self.levels.effective, node, from.max(1), level)
                .map(|(level, _)| level);
            let level = judged.unwrap_or_default();
            found.level = if self.levels.is_deep(node) { level.min(UNEXPLORED) } else { level };
            if let Some(slot) = self.slot(distance, node) {
                *slot = found;
            }
            // What its own level rests on does not depend on where it is looked at from.
            if distance == 0 {
                self.close(node, from);
            }
            for level in 0..=TOP {
                let raise = self.raise(node, level, distance, from);
                let lends =
                    |set: &Self| if level == 0 { Set::ALL } else { set.lend(node, level, distance, from) };
                if let Some(slot) = self.slot(distance, node)
                    && let Some(slot) = slot.raise.get_mut(usize::from(level))
                {
                    *slot = raise;
                }
                let lends = lends(self);
                if let Some(slot) = self.slot(distance, node)
                    && let Some(slot) = slot.lends.get_mut(usize::from(level))
                {
                    *slot = lends;
                }
            }
        }
    }

    fn slot(&mut self, distance: usize, node: usize) -> Option<&mut Found> {
        self.found.get_mut(distance).and_then(|found| found.get_mut(node))
    }

    /// Who raises a node to a level.
    fn raise(&self, node: usize, level: u8, distance: usize, from: usize) -> Set {
        let Some(known) = self.nodes.get(node) else { return Set::EMPTY };
        if !self.is_tainted(node) && self.at(distance, node).level >= level {
            return Set::ALL;
        }
        if known.state == CapState::Contradicted || self.levels.is_deep(node) && level > UNEXPLORED {
            return Set::EMPTY;
        }
        let mut set = self.own(node, known, level);
        for parent in self.plan.parents(node) {
            if self.is_tainted(parent) || self.cap(parent, from) < level {
                set = set.and(self.at(from, parent).lends(level.max(1)));
            }
        }
        set
    }

    /// Who raises its own level to a level.
    fn own(&self, node: usize, known: &CapNode, level: u8) -> Set {
        if known.own >= level {
            return Set::ALL;
        }
        // Nothing below level 2 rests on ancestors.
        if known.own == 0 || self.more(node).free < level {
            return Set::EMPTY;
        }
        let closes =
            self.closes.get(node).copied().unwrap_or(Closes { second: Set::EMPTY, third: Set::EMPTY });
        let second = if known.own < 2 { closes.second } else { Set::ALL };
        if level < TOP { second } else { second.and(closes.third) }
    }

    /// The level that a node would have if it were in order, as its ancestors let it; none if they taint it.
    fn lifted(&self, node: usize, from: usize) -> Option<u8> {
        let mut level = if self.levels.is_deep(node) { UNEXPLORED } else { TOP };
        for parent in self.plan.parents(node) {
            if self.is_tainted(parent) {
                return None;
            }
            level = level.min(self.cap(parent, from));
        }
        Some(level)
    }

    fn is_alone(&self, node: usize) -> bool {
        self.plan.parents(node).next().is_none()
    }

    /// Who makes a node let its children reach a level.
    fn lend(&self, node: usize, level: u8, distance: usize, from: usize) -> Set {
        let Some(known) = self.nodes.get(node) else { return Set::EMPTY };
        if !self.is_tainted(node) && self.cap(node, distance) >= level {
            return Set::ALL;
        }
        let lifted =
            self.lifted(node, from).map(|own| if self.is_alone(node) { TOP } else { (own + 1).min(TOP) });
        let stated = self.fixed(known, known.state, node, distance);
        let itself = match lifted {
            Some(cap) if cap >= level || stated.0 >= level => Set::one(node),
            _ => Set::EMPTY,
        };
        if known.state == CapState::Contradicted {
            return itself;
        }
        let (fixed, follows) = stated;
        let above = match () {
            () if level <= fixed => self.at(distance, node).raise(0),
            () if follows => self.at(distance, node).raise(level - 1),
            () => Set::EMPTY,
        };
        itself.or(if above == Set::ALL { Set::EMPTY } else { above })
    }

    /// What a node lets its children reach whatever its level, and whether more follows from its level.
    fn fixed(&self, known: &CapNode, state: CapState, node: usize, distance: usize) -> (u8, bool) {
        match state {
            CapState::Contradicted => (0, false),
            CapState::Unresolved => (UNRESOLVED, false),
            CapState::Unsigned => (1, false),
            CapState::Signed | CapState::Resigned if known.own == 0 => (1, false),
            CapState::Resigned => (2, false),
            CapState::Signed if known.root_claim && self.is_alone(node) => (TOP, false),
            CapState::Signed => (1, true),
            CapState::Summary => {
                let counts =
                    known.hops.is_none_or(|hops| distance.max(1) <= usize::from(hops.min(MOST_HOPS)));
                let stated = if counts { known.summary_level.min(TOP) } else { 0 };
                match known.beneath.filter(|state| *state != CapState::Summary) {
                    Some(state) => {
                        let (fixed, follows) = self.fixed(known, state, node, distance);
                        (stated.max(fixed), follows)
                    }
                    None => (stated.max(if counts { 0 } else { UNRESOLVED }), false),
                }
            }
        }
    }

    /// Who closes the gaps above a node.
    fn close(&mut self, node: usize, from: usize) {
        let mut closes = Closes { second: Set::ALL, third: Set::ALL };
        for parent in self.plan.parents(node) {
            let above = self.closes.get(parent).copied();
            let above = above.filter(|_| !self.plan.is_on_cycle(parent));
            let above = above.unwrap_or(Closes { second: Set::EMPTY, third: Set::EMPTY });
            let more = self.more(parent);
            if more.is_gap {
                closes.second = closes.second.and(Set::one(parent));
            }
            if !more.stops {
                closes.second = closes.second.and(above.second);
            }
            closes.third = closes.third.and(self.carries(parent, from)).and(above.third);
        }
        if let Some(slot) = self.closes.get_mut(node) {
            *slot = closes;
        }
    }

    /// Who makes a parent carry the highest level.
    fn carries(&self, parent: usize, farthest: usize) -> Set {
        let Some(known) = self.nodes.get(parent) else { return Set::EMPTY };
        let is_summary = known.state == CapState::Summary && known.summary_level >= 2;
        if is_summary || self.plan.is_on_cycle(parent) {
            return Set::EMPTY;
        }
        let is_alone = self.is_alone(parent);
        let is_root = known.state == CapState::Signed && known.root_claim && known.own > 0 && is_alone;
        let is_signed = !matches!(known.state, CapState::Unsigned | CapState::Contradicted);
        let is_tainted = self.is_tainted(parent);
        let level = self.at(0, parent).level;
        if !is_tainted && (is_root || is_signed && level >= 2) {
            return Set::ALL;
        }
        let itself = match self.lifted(parent, 1.min(farthest)) {
            Some(level) if is_alone || level >= 2 => Set::one(parent),
            _ => Set::EMPTY,
        };
        let above = match () {
            () if is_root => self.at(0, parent).raise(0),
            () if is_signed => self.at(0, parent).raise(2),
            () => Set::EMPTY,
        };
        itself.or(if above == Set::ALL { Set::EMPTY } else { above })
    }
}
