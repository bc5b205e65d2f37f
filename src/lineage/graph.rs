//! Nodes, edges, cycles, dangling parents.

use crate::inventory::{Basis, Model, ModelId, Relation};
use crate::signing::RootDigest;

/// A node: a model of the inventory, or a placeholder for one that is only referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: ModelId,
    /// Index into the models that the graph was built from; none for a placeholder.
    pub model: Option<usize>,
    /// A placeholder without an owner (`qwen2.5-7b`): known by name only.
    pub name_only: bool,
    /// Whether it is on a cycle.
    pub on_cycle: bool,
}

/// One edge, from child to parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// How the child came from the parent.
    pub relation: Relation,
    /// The best basis among the sources that name it; `contradicted` when they disagree on the relation or digest.
    pub basis: Basis,
    /// The digest that pins the parent, where one does.
    pub digest: Option<RootDigest>,
    /// How many sources name it.
    pub mentions: usize,
}

/// Something odd about the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GraphFinding {
    /// These models derive from each other.
    Cycle(Vec<ModelId>),
    /// A parent that is not in the inventory.
    Dangling {
        /// The child.
        child: ModelId,
        /// The parent.
        parent: ModelId,
        /// Known by name only.
        name_only: bool,
    },
}

/// The graph of one inventory.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    #[allow(dead_code)]
    graph: petgraph::graph::DiGraph<(), ()>,
}

impl Graph {
    /// Builds the graph. A parent known by name only is resolved when exactly one model has that last name part.
    pub fn build(models: &[Model]) -> Self {
        let _ = models;
        Graph::default()
    }

    /// All nodes, sorted by id.
    pub fn nodes(&self) -> Vec<&Node> {
        Vec::new()
    }

    /// The node of that id.
    pub fn node(&self, id: &ModelId) -> Option<&Node> {
        let _ = id;
        None
    }

    /// Direct parents with their edges, sorted by id.
    pub fn parents(&self, id: &ModelId) -> Vec<(&Node, &Edge)> {
        let _ = id;
        Vec::new()
    }

    /// Direct children with their edges, sorted by id.
    pub fn children(&self, id: &ModelId) -> Vec<(&Node, &Edge)> {
        let _ = id;
        Vec::new()
    }

    /// All ancestors, nearest first, each once; `depth` bounds the walk.
    pub fn ancestors(&self, id: &ModelId, depth: usize) -> Vec<&Node> {
        let _ = (id, depth);
        Vec::new()
    }

    /// All descendants, nearest first, each once; `depth` bounds the walk.
    pub fn descendants(&self, id: &ModelId, depth: usize) -> Vec<&Node> {
        let _ = (id, depth);
        Vec::new()
    }

    /// Cycles and dangling parents, sorted.
    pub fn findings(&self) -> Vec<GraphFinding> {
        Vec::new()
    }
}
