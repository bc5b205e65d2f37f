//! Lanes: one model a row, edges in a gutter, as version histories are drawn.

use super::graph::{Edge, Graph};
use crate::inventory::{Basis, ModelId, Relation};

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

/// The family around a focus as lanes: `up` generations of ancestors, the focus, `down` generations of
/// descendants; at most `limit` rows.
pub fn lanes(graph: &Graph, focus: &ModelId, up: usize, down: usize, limit: usize) -> Vec<LaneRow> {
    let _ = (graph, focus, up, down, limit);
    Vec::new()
}
