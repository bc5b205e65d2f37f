//! Lanes: one model a row, edges in a gutter, as version histories are drawn. Plain values; it knows no terminal.
//!
//! Ancestors stand above the focus and descendants below it, always: two trees that grow from the focus, the upper one
//! mirrored. Each model is drawn out once on its side; where it is met again, a row points to it (`○`). What is left out
//! has a row that says how many. The connector says how far an edge is proved.

use super::graph::{Edge, Graph, Node};
use super::link::Link;
use crate::inventory::{Basis, ModelId, Relation};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

/// One row of a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneRow {
    /// The gutter: lines and the node's mark, all of our own characters (`│ ╠═●`).
    pub gutter: String,
    /// The node; of a row that stands for what is left out, the one that this would be joined to.
    pub id: ModelId,
    /// Index into the models; none for a placeholder, and for what is left out.
    pub model: Option<usize>,
    /// Generations from the focus: negative for ancestors, 0 for the focus, positive for descendants.
    pub generation: i32,
    /// Relation and basis of the edge that leads to this row from the row nearer to the focus.
    pub edge: Option<(Relation, Basis)>,
    /// How far that edge is proved.
    pub link: Option<Link>,
    /// Child and parent of that edge.
    pub ends: Option<(ModelId, ModelId)>,
    /// Whether the parent is pinned by digest.
    pub pinned: bool,
    /// Shown already on another row.
    pub repeated: bool,
    /// How many are left out here; none on a row of a model.
    pub left_out: Option<usize>,
}

/// What is to be drawn of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// Generations above.
    pub up: usize,
    /// Generations below.
    pub down: usize,
    /// Rows at most.
    pub rows: usize,
    /// How many relatives of one model are drawn, unless more were asked for.
    pub at_once: usize,
    /// Those of which so many were asked for.
    pub open: BTreeMap<ModelId, usize>,
    /// Those beyond which nothing is drawn.
    pub folded: BTreeSet<ModelId>,
}

impl Default for Folds {
    fn default() -> Self {
        let (open, folded) = (BTreeMap::new(), BTreeSet::new());
        Folds { up: usize::MAX, down: usize::MAX, rows: 400, at_once: 50, open, folded }
    }
}

/// From this lane on everything stays in its lane, so that a long chain does not run off the screen.
const STRAIGHT_FROM: usize = 8;

/// The family around a focus as lanes: `up` generations of ancestors, the focus, `down` generations of descendants; at
/// most `limit` rows, of which the nearest generations are kept.
pub fn lanes(graph: &Graph, focus: &ModelId, up: usize, down: usize, limit: usize) -> Vec<LaneRow> {
    folded_lanes(graph, focus, &Folds { up, down, rows: limit, at_once: usize::MAX, ..Folds::default() })
}

/// The same, with what was folded and unfolded.
pub fn folded_lanes(graph: &Graph, focus: &ModelId, folds: &Folds) -> Vec<LaneRow> {
    let Some(start) = graph.node(focus).filter(|_| folds.rows > 0) else { return Vec::new() };
    let mut budget = folds.rows - 1;
    loop {
        let rows = drawn(graph, start, folds, budget);
        let excess = rows.len().saturating_sub(folds.rows);
        if excess == 0 {
            return aligned(rows);
        }
        if budget == 0 {
            // Not even what is left out has a row.
            return rows.into_iter().map(|(row, _)| row).filter(|row| row.generation == 0).collect();
        }
        budget = budget.saturating_sub(excess).max(budget / 2).min(budget - 1);
    }
}

fn drawn(graph: &Graph, start: &Node, folds: &Folds, budget: usize) -> Vec<(LaneRow, usize)> {
    let nobody = HashSet::new();
    let grow = |way, budget, also: &HashSet<&ModelId>| Tree::grow(graph, start, folds, way, budget, also);
    let mut above = grow(Way::Up, budget / 2, &nobody);
    let known = above.ids();
    let below = grow(Way::Down, budget - above.drawn().min(budget), &known);
    if above.is_cut() && below.drawn() < budget - budget / 2 {
        above = grow(Way::Up, budget - below.drawn(), &nobody);
    }
    let mut rows = above.rows();
    rows.reverse();
    rows.push(Tree::focus(start));
    rows.extend(below.rows());
    rows
}

/// On which side of the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// A relative that is drawn.
struct Kin<'g> {
    node: &'g Node,
    /// The edge to the one nearer to the focus, and that one's place.
    edge: Option<(&'g Edge, usize)>,
    generation: usize,
    repeated: bool,
    /// Those beyond it that are drawn, by their places.
    beyond: Vec<usize>,
    left_out: usize,
}

/// One side of a family. The first is the focus.
struct Tree<'g> {
    way: Way,
    kin: Vec<Kin<'g>>,
}

/// How the line reaches the mark.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    Branch,
    Last,
    Straight,
}

impl<'g> Tree<'g> {
    /// Nearest generations first, until nothing is left or the budget is used up. Whoever is drawn on the other side is
    /// not drawn out again.
    fn grow(
        graph: &'g Graph,
        start: &'g Node,
        folds: &Folds,
        way: Way,
        budget: usize,
        also: &HashSet<&ModelId>,
    ) -> Self {
        let focus =
            Kin { node: start, edge: None, generation: 0, repeated: false, beyond: Vec::new(), left_out: 0 };
        let mut tree = Tree { way, kin: vec![focus] };
        let mut seen: HashSet<&ModelId> = HashSet::from([&start.id]);
        let mut next = VecDeque::from([0]);
        let generations = if way == Way::Up { folds.up } else { folds.down };
        while let Some(place) = next.pop_front() {
            let Some((node, generation)) = tree.kin.get(place).map(|kin| (kin.node, kin.generation)) else {
                break;
            };
            let relatives = match way {
                Way::Up => graph.parents(&node.id),
                Way::Down => graph.children(&node.id),
            };
            let is_end = generation >= generations || folds.folded.contains(&node.id);
            let wanted = folds.open.get(&node.id).copied().unwrap_or(folds.at_once);
            let room = budget.saturating_sub(tree.kin.len() - 1);
            let shown = if is_end { 0 } else { relatives.len().min(wanted).min(room) };
            let left_out = relatives.len() - shown;
            let mut beyond = Vec::with_capacity(shown);
            for (other, edge) in relatives.into_iter().take(shown) {
                let repeated = !seen.insert(&other.id) || also.contains(&other.id);
                let at = tree.kin.len();
                beyond.push(at);
                if !repeated {
                    next.push_back(at);
                }
                tree.kin.push(Kin {
                    node: other,
                    edge: Some((edge, place)),
                    generation: generation + 1,
                    repeated,
                    beyond: Vec::new(),
                    left_out: 0,
                });
            }
            if let Some(kin) = tree.kin.get_mut(place) {
                (kin.beyond, kin.left_out) = (beyond, left_out);
            }
        }
        tree
    }

    fn ids(&self) -> HashSet<&'g ModelId> {
        self.kin.iter().skip(1).map(|kin| &kin.node.id).collect()
    }

    /// How many are drawn beside the focus.
    fn drawn(&self) -> usize {
        self.kin.len() - 1
    }

    fn is_cut(&self) -> bool {
        self.kin.iter().any(|kin| kin.left_out > 0)
    }

    fn focus(node: &Node) -> (LaneRow, usize) {
        let gutter = mark(node, false).to_owned();
        let row = LaneRow {
            gutter,
            id: node.id.clone(),
            model: node.model,
            generation: 0,
            edge: None,
            link: None,
            ends: None,
            pinned: false,
            repeated: false,
            left_out: None,
        };
        (row, 1)
    }

    /// The rows, those nearest to the focus first, each with the columns of its gutter.
    fn rows(&self) -> Vec<(LaneRow, usize)> {
        /// What is still to be drawn: a relative, or what is left out beyond one.
        struct Pending {
            place: usize,
            left_out: bool,
            /// Lines of the lanes to the left.
            prefix: String,
            lane: usize,
            turn: Turn,
        }
        let mut rows = Vec::with_capacity(self.kin.len());
        let mut stack = Vec::new();
        let push = |stack: &mut Vec<Pending>, of: usize, prefix: &str, lane: usize| {
            let Some(kin) = self.kin.get(of) else { return };
            let straight = lane > STRAIGHT_FROM;
            let lane = lane.min(STRAIGHT_FROM);
            let mut first = true;
            // The stack gives back what was put last first, so that the farthest from the focus is put first.
            let mut put = |place: usize, left_out: bool| {
                let turn = match (straight, std::mem::take(&mut first)) {
                    (true, _) => Turn::Straight,
                    (false, true) => Turn::Last,
                    (false, false) => Turn::Branch,
                };
                stack.push(Pending { place, left_out, prefix: prefix.to_owned(), lane, turn });
            };
            if kin.left_out > 0 {
                put(of, true);
            }
            match self.way {
                Way::Up => kin.beyond.iter().for_each(|place| put(*place, false)),
                Way::Down => kin.beyond.iter().rev().for_each(|place| put(*place, false)),
            }
        };
        push(&mut stack, 0, "", 1);
        while let Some(next) = stack.pop() {
            let Some(kin) = self.kin.get(next.place) else { continue };
            let link =
                kin.edge.map(|(edge, _)| Link::of(edge, std::iter::empty())).filter(|_| !next.left_out);
            let lead = self.lead(&next.prefix, next.turn, link);
            let row = if next.left_out { self.row_of_left_out(kin, lead) } else { self.row(kin, link, lead) };
            let columns = row.gutter.chars().count();
            rows.push((row, columns));
            if !next.left_out && !kin.repeated {
                let inner = match next.turn {
                    Turn::Branch => format!("{}│ ", next.prefix),
                    Turn::Last => format!("{}  ", next.prefix),
                    Turn::Straight => next.prefix,
                };
                push(&mut stack, next.place, &inner, next.lane + 1);
            }
        }
        rows
    }

    /// The lines that lead to a mark.
    fn lead(&self, prefix: &str, turn: Turn, link: Option<Link>) -> String {
        let line = match link {
            Some(Link::Proved) => '═',
            Some(Link::Attested) => '─',
            Some(Link::Contradicted) => '╳',
            _ => '┄',
        };
        let corner = match (turn, self.way, line) {
            (Turn::Straight, ..) => {
                let mut lead: String =
                    prefix.chars().take(prefix.chars().count().saturating_sub(1)).collect();
                lead.push(line);
                return lead;
            }
            (Turn::Branch, _, '═') => '╠',
            (Turn::Branch, ..) => '├',
            (Turn::Last, Way::Up, '═') => '╔',
            (Turn::Last, Way::Up, _) => '╭',
            (Turn::Last, Way::Down, '═') => '╚',
            (Turn::Last, Way::Down, _) => '╰',
        };
        format!("{prefix}{corner}{line}")
    }

    fn generation(&self, many: usize) -> i32 {
        let many = i32::try_from(many).unwrap_or(i32::MAX);
        if self.way == Way::Up { -many } else { many }
    }

    fn row(&self, kin: &Kin<'g>, link: Option<Link>, lead: String) -> LaneRow {
        let other = kin.edge.and_then(|(_, place)| self.kin.get(place)).map(|kin| kin.node.id.clone());
        let own = kin.node.id.clone();
        LaneRow {
            gutter: lead + mark(kin.node, kin.repeated),
            id: own.clone(),
            model: kin.node.model,
            generation: self.generation(kin.generation),
            edge: kin.edge.map(|(edge, _)| (edge.relation, edge.basis)),
            link,
            ends: other.map(|other| if self.way == Way::Up { (other, own) } else { (own, other) }),
            pinned: kin.edge.is_some_and(|(edge, _)| edge.digest.is_some()),
            repeated: kin.repeated,
            left_out: None,
        }
    }

    fn row_of_left_out(&self, kin: &Kin<'g>, lead: String) -> LaneRow {
        LaneRow {
            gutter: lead + "▸",
            id: kin.node.id.clone(),
            model: None,
            generation: self.generation(kin.generation + 1),
            edge: None,
            link: None,
            ends: None,
            pinned: false,
            repeated: false,
            left_out: Some(kin.left_out),
        }
    }
}

fn mark(node: &Node, repeated: bool) -> &'static str {
    match (node.dataset, repeated) {
        (false, false) => "●",
        (false, true) => "○",
        (true, false) => "◆",
        (true, true) => "◇",
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
