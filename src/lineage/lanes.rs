//! Lanes: one model a row, edges in a gutter, as version histories are drawn. Plain values; it knows no terminal.
//!
//! Every edge is one row and every model is drawn out once. Children stand below their parents; a second
//! parent of a merge has a row of its own from which the child is pointed to (`○`). A dataset is an ingredient:
//! it hangs, as a leaf, below what was trained on it, unless it is itself what is looked at.

use super::graph::{Edge, Graph, Node, Way};
use super::rows::Place;
use crate::inventory::{Basis, ModelId, Relation};
use std::collections::{HashMap, HashSet};

/// One row of a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneRow {
    /// The gutter: lines and the node's mark, all of our own characters (`│ ├─● ┄┄`).
    pub gutter: String,
    /// The node.
    pub id: ModelId,
    /// Index into the models; none for a placeholder.
    pub model: Option<usize>,
    /// Generations from the focus: negative for ancestors, 0 for the focus, positive for descendants.
    pub generation: i32,
    /// Relation and basis of the edge that leads to this row from the row nearer to the root.
    pub edge: Option<(Relation, Basis)>,
    /// Child and parent of that edge.
    pub ends: Option<(ModelId, ModelId)>,
    /// Whether the parent is pinned by digest.
    pub pinned: bool,
    /// Shown already on another row (a merge's second parent, a cycle).
    pub repeated: bool,
}

/// The style of an edge by its basis: `══` attested and pinned, `──` attested or observed, `┄┄` declared,
/// `╳╳` contradicted.
pub fn edge_style(edge: &Edge) -> &'static str {
    match (edge.basis, edge.digest.is_some()) {
        (Basis::Contradicted, _) => "╳╳",
        (Basis::Attested | Basis::Observed, true) => "══",
        (Basis::Attested | Basis::Observed, false) => "──",
        (Basis::Declared, _) => "┄┄",
    }
}

/// From this lane on an only child stays in its parent's lane, so that a long chain does not run off the screen.
const STRAIGHT_FROM: usize = 8;

/// The family around a focus as lanes: `up` generations of ancestors, the focus, `down` generations of
/// descendants; at most `limit` rows, of which the nearest generations are kept.
pub fn lanes(graph: &Graph, focus: &ModelId, up: usize, down: usize, limit: usize) -> Vec<LaneRow> {
    let Some(start) = graph.place(focus).filter(|_| limit > 0) else { return Vec::new() };
    let mut kin = kin(graph, start, up, down);
    kin.truncate(limit);
    loop {
        let rows = Drawing::new(graph, &kin).rows();
        let excess = rows.len().saturating_sub(limit);
        if excess == 0 || kin.len() <= 1 {
            return aligned(rows);
        }
        // A member less is a row less at least.
        kin.truncate(kin.len().saturating_sub(excess).max(kin.len() / 2));
    }
}

/// The focus and its family with their generations, nearest first.
fn kin(graph: &Graph, start: Place, up: usize, down: usize) -> Vec<(Place, i32)> {
    let generations = |places: Vec<(Place, usize)>, sign: i32| {
        places.into_iter().map(move |(place, distance)| {
            (place, sign.saturating_mul(i32::try_from(distance).unwrap_or(i32::MAX)))
        })
    };
    let mut kin = vec![(start, 0)];
    kin.extend(generations(graph.walk(start, up, Way::Up), -1));
    let ancestors: HashSet<Place> = kin.iter().map(|(place, _)| *place).collect();
    let below = generations(graph.walk(start, down, Way::Down), 1);
    kin.extend(below.filter(|(place, _)| !ancestors.contains(place)));
    kin.sort_by_key(|(place, generation)| (generation.unsigned_abs(), *generation, *place));
    kin
}

/// What is still to be drawn: a node at the end of one edge.
struct Pending<'a> {
    place: Place,
    edge: Option<&'a Edge>,
    /// Where the edge comes from: the row nearer to the root.
    from: Option<Place>,
    /// Lines of the lanes to the left.
    prefix: String,
    lane: usize,
    turn: Turn,
    leaf: bool,
}

/// How the line reaches the mark.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    Root,
    Branch,
    LastBranch,
    Straight,
}

struct Drawing<'a> {
    graph: &'a Graph,
    /// Farthest ancestors first.
    members: Vec<Place>,
    generation: HashMap<Place, i32>,
}

impl<'a> Drawing<'a> {
    fn new(graph: &'a Graph, kin: &[(Place, i32)]) -> Self {
        let mut ordered = kin.to_vec();
        ordered.sort_by_key(|(place, generation)| (*generation, *place));
        Drawing {
            graph,
            members: ordered.into_iter().map(|(place, _)| place).collect(),
            generation: kin.iter().copied().collect(),
        }
    }

    fn rows(&self) -> Vec<(LaneRow, usize)> {
        let mut rows = Vec::new();
        let mut drawn = HashSet::new();
        let (ingredients, members): (Vec<Place>, Vec<Place>) =
            self.members.iter().partition(|place| self.only_ingredient(**place));
        let roots = members.iter().filter(|place| self.parents(**place).is_empty());
        // A cycle has no root: what no root reaches is begun at its member farthest up.
        for place in roots.chain(&members).chain(&ingredients).copied() {
            if !drawn.contains(&place) {
                self.draw_from(place, &mut drawn, &mut rows);
            }
        }
        rows
    }

    fn draw_from(&self, root: Place, drawn: &mut HashSet<Place>, rows: &mut Vec<(LaneRow, usize)>) {
        let mut stack = vec![Pending {
            place: root,
            edge: None,
            from: None,
            prefix: String::new(),
            lane: 0,
            turn: Turn::Root,
            leaf: false,
        }];
        while let Some(next) = stack.pop() {
            let Some(node) = self.graph.at(next.place) else { continue };
            let elsewhere = next.leaf && !self.only_ingredient(next.place);
            let first = !elsewhere && drawn.insert(next.place);
            rows.push(self.row(&next, node, !first));
            if !first || next.leaf {
                continue;
            }
            let below = self.below(next.place);
            let inner = match next.turn {
                Turn::Root => String::new(),
                Turn::Branch => format!("{}│ ", next.prefix),
                Turn::LastBranch => format!("{}  ", next.prefix),
                Turn::Straight => next.prefix.clone(),
            };
            let straight = below.len() == 1 && next.lane >= STRAIGHT_FROM;
            // The stack gives back what was put last first.
            for (nth, (place, edge, leaf)) in below.into_iter().rev().enumerate() {
                let turn = match nth {
                    _ if straight => Turn::Straight,
                    0 => Turn::LastBranch,
                    _ => Turn::Branch,
                };
                let lane = if straight { next.lane } else { next.lane + 1 };
                let (edge, from) = (Some(edge), Some(next.place));
                stack.push(Pending { place, edge, from, prefix: inner.clone(), lane, turn, leaf });
            }
        }
    }

    /// The rows below a node: what it was trained on, then its children.
    fn below(&self, place: Place) -> Vec<(Place, &'a Edge, bool)> {
        let ingredients = self.graph.around(place, Way::Up).into_iter();
        let ingredients = ingredients.filter(|(other, edge)| self.is_ingredient(*other, edge));
        let children = self.graph.around(place, Way::Down).into_iter();
        let children = children
            .filter(|(child, edge)| self.generation.contains_key(child) && !self.is_ingredient(place, edge));
        ingredients
            .map(|(other, edge)| (other, edge, true))
            .chain(children.map(|(c, e)| (c, e, false)))
            .collect()
    }

    /// Whether a parent hangs below its child as a leaf: a dataset among the ancestors of the focus.
    fn is_ingredient(&self, parent: Place, edge: &Edge) -> bool {
        edge.relation == Relation::TrainedOn && self.generation.get(&parent).is_some_and(|g| *g < 0)
    }

    /// The parents below which a member stands.
    fn parents(&self, place: Place) -> Vec<Place> {
        let parents = self.graph.around(place, Way::Up).into_iter();
        parents
            .filter(|(parent, edge)| {
                self.generation.contains_key(parent) && !self.is_ingredient(*parent, edge)
            })
            .map(|(parent, _)| parent)
            .collect()
    }

    /// Whether a member has no other place than below what was trained on it.
    fn only_ingredient(&self, place: Place) -> bool {
        let children = self.graph.around(place, Way::Down);
        self.below(place).is_empty()
            && self.parents(place).is_empty()
            && children
                .iter()
                .any(|(c, edge)| self.generation.contains_key(c) && self.is_ingredient(place, edge))
    }

    /// Child and parent of the edge that leads to a row: what hangs below its child as a leaf is a parent.
    fn ends(&self, pending: &Pending<'_>, node: &Node) -> Option<(ModelId, ModelId)> {
        let other = self.graph.at(pending.from?)?.id.clone();
        let own = node.id.clone();
        Some(if pending.leaf { (other, own) } else { (own, other) })
    }

    /// The row, and the columns of its gutter so far.
    fn row(&self, pending: &Pending<'_>, node: &Node, repeated: bool) -> (LaneRow, usize) {
        let turn = match pending.turn {
            Turn::Root | Turn::Straight => "",
            Turn::Branch => "├─",
            Turn::LastBranch => "╰─",
        };
        let mark = match (node.dataset, repeated) {
            (false, false) => "●",
            (false, true) => "○",
            (true, false) => "◆",
            (true, true) => "◇",
        };
        let style = pending.edge.map_or("  ", edge_style);
        let gutter = format!("{}{turn}{mark} {style}", pending.prefix);
        let columns = gutter.chars().count();
        let row = LaneRow {
            gutter,
            id: node.id.clone(),
            model: node.model(),
            generation: self.generation.get(&pending.place).copied().unwrap_or_default(),
            edge: pending.edge.map(|edge| (edge.relation, edge.basis)),
            ends: self.ends(pending, node),
            pinned: pending.edge.is_some_and(|edge| edge.digest.is_some()),
            repeated,
        };
        (row, columns)
    }
}

/// Gutters of one width, so that names stand in one column.
fn aligned(rows: Vec<(LaneRow, usize)>) -> Vec<LaneRow> {
    let widest = rows.iter().map(|(_, columns)| *columns).max().unwrap_or_default();
    let pad = |(mut row, columns): (LaneRow, usize)| {
        row.gutter.push_str(&" ".repeat(widest.saturating_sub(columns)));
        row
    };
    rows.into_iter().map(pad).collect()
}
