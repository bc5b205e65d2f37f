//! Nodes, edges, cycles, dangling parents. It says what the sources claim, and nothing of who is to be believed.
//! Every walk keeps its own queue: a chain of any depth is fine.

use crate::inventory::{Basis, Kind, Model, ModelId, ParentRef, Relation};
use crate::signing::RootDigest;
use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    /// Whether it is a dataset: the inventory says so, or something was trained on this placeholder.
    pub dataset: bool,
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
    /// Edges run from child to parent; nodes stand in the order of their ids.
    graph: DiGraph<Node, Edge>,
    index: HashMap<ModelId, NodeIndex>,
    /// Each sorted, all sorted.
    cycles: Vec<Vec<ModelId>>,
}

impl Graph {
    /// Builds the graph. A parent known by name only is resolved when exactly one model has that last name part.
    pub fn build(models: &[Model]) -> Self {
        let names = Names::of(models);
        let mut mentions: BTreeMap<(&ModelId, &ModelId), Vec<&ParentRef>> = BTreeMap::new();
        let mut nodes: BTreeMap<&ModelId, Node> = BTreeMap::new();
        for (at, model) in models.iter().enumerate() {
            let node = Node {
                id: model.id.clone(),
                model: Some(at),
                name_only: false,
                on_cycle: false,
                dataset: model.kind == Kind::Dataset,
            };
            nodes.entry(&model.id).or_insert(node);
            for parent in model.parents.iter().filter(|parent| !parent.id.raw().is_empty()) {
                let id = names.resolve(&model.id, &parent.id);
                mentions.entry((&model.id, id)).or_default().push(parent);
            }
        }
        let mut alone = Vec::new();
        for ((child, parent), refs) in &mentions {
            let trained_on = refs.iter().any(|parent| parent.relation == Relation::TrainedOn);
            let node = nodes.entry(parent).or_insert_with(|| Node {
                id: (*parent).clone(),
                model: None,
                name_only: !parent.raw().contains('/'),
                on_cycle: false,
                dataset: false,
            });
            node.dataset |= node.model.is_none() && trained_on;
            if child == parent {
                alone.push(vec![(*child).clone()]);
            }
        }
        let mut graph = DiGraph::with_capacity(nodes.len(), mentions.len());
        let mut index = HashMap::with_capacity(nodes.len());
        for (id, node) in nodes {
            index.insert(id.clone(), graph.add_node(node));
        }
        for ((child, parent), refs) in mentions.iter().filter(|((child, parent), _)| child != parent) {
            if let (Some(from), Some(to)) = (index.get(*child), index.get(*parent)) {
                graph.add_edge(*from, *to, merge(refs));
            }
        }
        let mut built = Graph { graph, index, cycles: alone };
        built.find_cycles();
        built
    }

    fn find_cycles(&mut self) {
        for component in kosaraju_scc(&self.graph).into_iter().filter(|component| component.len() > 1) {
            let mut ids: Vec<ModelId> =
                component.iter().filter_map(|at| self.at(*at)).map(|n| n.id.clone()).collect();
            ids.sort();
            self.cycles.push(ids);
        }
        self.cycles.sort();
        for id in self.cycles.iter().flatten() {
            if let Some(node) = self.index.get(id).and_then(|at| self.graph.node_weight_mut(*at)) {
                node.on_cycle = true;
            }
        }
    }

    /// All nodes, sorted by id.
    pub fn nodes(&self) -> Vec<&Node> {
        self.graph.node_weights().collect()
    }

    /// Where a node stands among [`Graph::nodes`].
    pub fn position(&self, id: &ModelId) -> Option<usize> {
        self.place(id).map(NodeIndex::index)
    }

    /// The id of the node that stands there.
    pub fn id_at(&self, position: usize) -> Option<&ModelId> {
        self.at(NodeIndex::new(position)).map(|node| &node.id)
    }

    /// Where the parents stand whose weights are in the node that stands there, in order.
    pub fn weight_bearing(&self, position: usize) -> Vec<usize> {
        let around = self.around(NodeIndex::new(position), Direction::Outgoing);
        let bearing = around.into_iter().filter(|(_, edge)| edge.relation.bears_weight());
        bearing.map(|(parent, _)| parent.index()).collect()
    }

    /// The node of that id.
    pub fn node(&self, id: &ModelId) -> Option<&Node> {
        self.at(self.place(id)?)
    }

    /// Direct parents with their edges, sorted by id.
    pub fn parents(&self, id: &ModelId) -> Vec<(&Node, &Edge)> {
        self.neighbours(id, Direction::Outgoing)
    }

    /// Direct children with their edges, sorted by id.
    pub fn children(&self, id: &ModelId) -> Vec<(&Node, &Edge)> {
        self.neighbours(id, Direction::Incoming)
    }

    /// All ancestors, nearest first, each once; `depth` bounds the walk.
    pub fn ancestors(&self, id: &ModelId, depth: usize) -> Vec<&Node> {
        self.reach(id, depth, Direction::Outgoing)
    }

    /// All descendants, nearest first, each once; `depth` bounds the walk.
    pub fn descendants(&self, id: &ModelId, depth: usize) -> Vec<&Node> {
        self.reach(id, depth, Direction::Incoming)
    }

    /// Cycles and dangling parents, sorted.
    pub fn findings(&self) -> Vec<GraphFinding> {
        let mut findings: Vec<GraphFinding> = self.cycles.iter().cloned().map(GraphFinding::Cycle).collect();
        for child in self.graph.node_indices() {
            for (parent, _) in self.around(child, Direction::Outgoing) {
                let (Some(child), Some(parent)) = (self.at(child), self.at(parent)) else { continue };
                if parent.model.is_none() {
                    findings.push(GraphFinding::Dangling {
                        child: child.id.clone(),
                        parent: parent.id.clone(),
                        name_only: parent.name_only,
                    });
                }
            }
        }
        findings
    }

    /// Where a model stands.
    pub(super) fn place(&self, id: &ModelId) -> Option<NodeIndex> {
        self.index.get(id).copied()
    }

    /// The node at a place.
    pub(super) fn at(&self, place: NodeIndex) -> Option<&Node> {
        self.graph.node_weight(place)
    }

    /// Parents (outgoing) or children (incoming) with their edges, in the order of their ids.
    pub(super) fn around(&self, place: NodeIndex, direction: Direction) -> Vec<(NodeIndex, &Edge)> {
        use petgraph::visit::EdgeRef;
        let mut found: Vec<(NodeIndex, &Edge)> = self
            .graph
            .edges_directed(place, direction)
            .map(|edge| {
                let other = if direction == Direction::Outgoing { edge.target() } else { edge.source() };
                (other, edge.weight())
            })
            .collect();
        found.sort_unstable_by_key(|(place, _)| *place);
        found
    }

    /// Everything that can be reached, with its distance, nearest first and each once; the start is left out.
    pub(super) fn walk(
        &self,
        start: NodeIndex,
        depth: usize,
        direction: Direction,
    ) -> Vec<(NodeIndex, usize)> {
        let mut seen = HashSet::from([start]);
        let mut found = Vec::new();
        let mut layer = vec![start];
        for distance in 1..=depth {
            let mut next: BTreeSet<NodeIndex> = BTreeSet::new();
            for place in layer {
                let others = self.graph.neighbors_directed(place, direction);
                next.extend(others.filter(|other| seen.insert(*other)));
            }
            if next.is_empty() {
                break;
            }
            found.extend(next.iter().map(|place| (*place, distance)));
            layer = next.into_iter().collect();
        }
        found
    }

    fn neighbours(&self, id: &ModelId, direction: Direction) -> Vec<(&Node, &Edge)> {
        let Some(place) = self.place(id) else { return Vec::new() };
        let around = self.around(place, direction);
        around.into_iter().filter_map(|(other, edge)| Some((self.at(other)?, edge))).collect()
    }

    fn reach(&self, id: &ModelId, depth: usize, direction: Direction) -> Vec<&Node> {
        let Some(place) = self.place(id) else { return Vec::new() };
        self.walk(place, depth, direction).into_iter().filter_map(|(other, _)| self.at(other)).collect()
    }
}

/// The inventory's names, for parents that are known by their last part only.
struct Names<'a> {
    ids: HashSet<&'a ModelId>,
    /// The models with that last part, two at most: more than one is no answer.
    by_last_part: HashMap<&'a str, Vec<&'a ModelId>>,
}

impl<'a> Names<'a> {
    fn of(models: &'a [Model]) -> Self {
        let mut names = Names { ids: HashSet::new(), by_last_part: HashMap::new() };
        for id in models.iter().map(|model| &model.id) {
            let last_part = id.raw().rsplit('/').next().unwrap_or_default();
            let same = names.by_last_part.entry(last_part).or_default();
            if names.ids.insert(id) && same.len() < 2 {
                same.push(id);
            }
        }
        names
    }

    /// The model that is meant. A bare name that only the child itself bears means something else: no model
    /// says of itself by accident that it comes from itself.
    fn resolve(&self, child: &ModelId, parent: &'a ModelId) -> &'a ModelId {
        if parent.raw().contains('/') || self.ids.contains(parent) {
            return parent;
        }
        match self.by_last_part.get(parent.raw()).map(Vec::as_slice) {
            Some(&[only]) if only != child => only,
            _ => parent,
        }
    }
}

/// One edge out of all that the sources say of one child and one parent, whatever their order.
fn merge(refs: &[&ParentRef]) -> Edge {
    let digests: BTreeSet<RootDigest> = refs.iter().filter_map(|parent| parent.digest).collect();
    let explicit = refs.iter().map(|parent| parent.relation).filter(|r| *r != Relation::Unspecified);
    let relations: BTreeSet<Relation> = explicit.collect();
    let agree = digests.len() <= 1 && relations.len() <= 1;
    // Best basis first; among equals a relation that bears weight, since only such a parent caps.
    let best = refs
        .iter()
        .filter(|parent| relations.is_empty() || parent.relation != Relation::Unspecified)
        .min_by_key(|parent| (parent.basis, !parent.relation.bears_weight(), parent.relation));
    let pin = refs.iter().filter(|parent| parent.digest.is_some()).min_by_key(|p| (p.basis, p.digest));
    let contradicted = !agree || refs.iter().any(|parent| parent.basis == Basis::Contradicted);
    let basis = refs.iter().map(|parent| parent.basis).min().unwrap_or(Basis::Declared);
    Edge {
        relation: best.map_or(Relation::Unspecified, |parent| parent.relation),
        basis: if contradicted { Basis::Contradicted } else { basis },
        digest: pin.and_then(|parent| parent.digest),
        mentions: refs.len(),
    }
}
