//! Nodes, edges, cycles, dangling parents. It says what the sources claim, and nothing of who is to be believed.
//! Every walk keeps its own queue: a chain of any depth is fine.

use super::finding::GraphFinding;
use super::proven::Proven;
use super::rivals::{Saying, rivals};
use crate::inventory::{Basis, Kind, Model, ModelId, Relation, Told};
use crate::signing::RootDigest;
use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rayon::prelude::*;
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
    /// By what kind of source the relation is told.
    pub told: Told,
    /// The digest that pins the parent, where one does.
    // Boxed: few edges have one.
    pub digest: Option<Box<RootDigest>>,
    /// How many sources name it.
    pub mentions: u32,
    /// Whether only less reliable sources name it, and better ones name another base: then it is not shown as a
    /// parent, and caps all the same.
    pub outranked: bool,
}

/// The graph of one inventory.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// Edges run from child to parent; nodes stand in the order of their ids.
    graph: DiGraph<Node, Edge>,
    /// Each sorted, all sorted.
    cycles: Vec<Vec<ModelId>>,
    /// In the order of their children and parents.
    conflicts: Vec<GraphFinding>,
}

impl Graph {
    /// Builds the graph from what documents say.
    pub fn build(models: &[Model]) -> Self {
        Graph::proved(models, &Proven::default())
    }

    /// Builds the graph from what documents and claims say. A parent known by name only is resolved when exactly one
    /// model has that last name part; what a claim names by digest is never resolved by its name.
    pub fn proved(models: &[Model], proven: &Proven) -> Self {
        let mut nodes: Vec<Node> = models.iter().enumerate().map(|(at, model)| Node::of(at, model)).collect();
        // Of several models of one id the first is the node.
        nodes.sort_by(|a, b| a.id.cmp(&b.id));
        nodes.dedup_by(|later, first| later.id == first.id);
        let mentions = Mention::all(models, proven, &nodes);
        let mut absent: Vec<Node> = mentions.iter().filter_map(Node::absent).collect();
        absent.sort_by(|a, b| a.id.cmp(&b.id));
        absent.dedup_by(|later, first| {
            let is_same = later.id == first.id;
            first.dataset |= is_same && later.dataset;
            is_same
        });
        let known = nodes.len();
        nodes.append(&mut absent);
        // Where each goes when they are put in order.
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_by(|a, b| nodes.get(*a).map(|node| &node.id).cmp(&nodes.get(*b).map(|node| &node.id)));
        let mut places = vec![0; nodes.len()];
        for (place, from) in order.into_iter().enumerate() {
            if let Some(slot) = places.get_mut(from) {
                *slot = place;
            }
        }
        // Numbers of 32 bits, as the graph has them: of a large inventory these lists are long.
        let narrow = |wide: usize| u32::try_from(wide).ok();
        let mut ends: Vec<(u32, u32, u32)> = mentions
            .iter()
            .enumerate()
            .filter_map(|(at, mention)| {
                let parent = match &mention.parent {
                    Parent::Here(at) => *at,
                    Parent::Absent(id) => {
                        known + nodes.get(known..)?.binary_search_by(|node| node.id.cmp(id)).ok()?
                    }
                };
                Some((narrow(*places.get(mention.child)?)?, narrow(*places.get(parent)?)?, narrow(at)?))
            })
            .collect();
        drop(places);
        nodes.sort_by(|a, b| a.id.cmp(&b.id));
        ends.sort_unstable();
        let pairs = || ends.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let mut graph = DiGraph::with_capacity(nodes.len(), pairs().count());
        for node in nodes {
            graph.add_node(node);
        }
        let mut built = Graph { graph, cycles: Vec::new(), conflicts: Vec::new() };
        for same in pairs() {
            let Some((child, parent, _)) = same.first().copied() else { continue };
            let (child, parent) = (NodeIndex::from(child), NodeIndex::from(parent));
            let told: Vec<&Mention> =
                same.iter().filter_map(|(_, _, at)| mentions.get(usize::try_from(*at).ok()?)).collect();
            let edge = merge(&told);
            if edge.basis == Basis::Contradicted
                && let (Some(child), Some(parent)) = (built.at(child), built.at(parent))
            {
                let conflict = conflict(child, parent, &told);
                built.conflicts.push(conflict);
            }
            if child == parent {
                built.cycles.extend(built.at(child).map(|node| vec![node.id.clone()]));
            } else {
                built.graph.add_edge(child, parent, edge);
            }
        }
        for of_child in ends.chunk_by(|a, b| a.0 == b.0) {
            let Some((child, ..)) = of_child.first().copied() else { continue };
            let sayings: Vec<Saying> = of_child
                .iter()
                .filter_map(|(_, parent, at)| {
                    let mention = mentions.get(usize::try_from(*at).ok()?)?;
                    Some(Saying {
                        parent: NodeIndex::from(*parent),
                        relation: mention.relation,
                        told: mention.told,
                        source: mention.source,
                    })
                })
                .collect();
            let origins = nodes_at(&built, child).and_then(|node| proven.origins(&node.id));
            if origins.is_some_and(|origins| origins.is_root()) {
                built.deny(NodeIndex::from(child), &sayings);
            } else if sayings.len() > 1 {
                let is_complete = origins.is_some_and(|origins| origins.is_complete());
                built.find_rivals(NodeIndex::from(child), &sayings, is_complete);
            }
        }
        built.find_cycles();
        built
    }

    /// A claim says that it has no parents: whatever names one contradicts it.
    fn deny(&mut self, child: NodeIndex, sayings: &[Saying]) {
        let mut denied: BTreeMap<NodeIndex, Told> = BTreeMap::new();
        for saying in sayings.iter().filter(|saying| saying.relation.bears_weight()) {
            let told = denied.entry(saying.parent).or_insert(saying.told);
            *told = saying.told.min(*told);
        }
        for parent in denied.keys() {
            let edge = self.graph.find_edge(child, *parent).and_then(|at| self.graph.edge_weight_mut(at));
            if let Some(edge) = edge {
                edge.basis = Basis::Contradicted;
            }
        }
        let named = |(parent, told): (&NodeIndex, &Told)| Some((self.at(*parent)?.id.clone(), *told));
        let parents: Vec<(ModelId, Told)> = denied.iter().filter_map(named).collect();
        let child = self.at(child).map(|node| node.id.clone()).filter(|_| !parents.is_empty());
        self.conflicts.extend(child.map(|child| GraphFinding::Denied { child, parents }));
    }

    fn find_rivals(&mut self, child: NodeIndex, sayings: &[Saying], is_complete: bool) {
        let id = |place: NodeIndex| self.at(place).map(|node| node.id.clone());
        let Some(found) = rivals(child, sayings, is_complete, &self.graph, id) else { return };
        let named = |places: &[(NodeIndex, Told)]| {
            places.iter().filter_map(|(place, told)| Some((id(*place)?, *told))).collect::<Vec<_>>()
        };
        let mut others = named(&found.outranked);
        others.extend(named(&found.equals));
        if let Some(child) = id(child) {
            self.conflicts.push(GraphFinding::Rivals { child, shown: named(&found.shown), others });
        }
        for (parent, _) in &found.outranked {
            if let Some(edge) =
                self.graph.find_edge(child, *parent).and_then(|at| self.graph.edge_weight_mut(at))
            {
                edge.outranked = true;
            }
        }
        let equal = found.equals.iter().chain(found.shown.iter().filter(|_| !found.equals.is_empty()));
        for (parent, _) in equal {
            if let Some(edge) =
                self.graph.find_edge(child, *parent).and_then(|at| self.graph.edge_weight_mut(at))
            {
                edge.basis = Basis::Contradicted;
            }
        }
    }

    /// Whether a parent that a source names is one that is shown: no better source names another base.
    pub fn shows(&self, child: &ModelId, parent: &ModelId) -> bool {
        let Some(place) = self.place(child) else { return true };
        let edges = self.graph.edges_directed(place, Direction::Outgoing);
        !edges.filter(|edge| edge.weight().outranked).any(|edge| {
            use petgraph::visit::EdgeRef;
            self.at(edge.target()).is_some_and(|node| {
                // A bare name may have been resolved.
                node.id == *parent
                    || !parent.raw().contains('/') && node.id.raw().rsplit('/').next() == Some(parent.raw())
            })
        })
    }

    /// Where sources disagree about one child.
    pub fn conflicts_of(&self, child: &ModelId) -> Vec<GraphFinding> {
        let of_child = |finding: &&GraphFinding| finding.models().first() == Some(&child);
        self.conflicts.iter().filter(of_child).cloned().collect()
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
            let place = place_among(self.graph.raw_nodes(), id);
            if let Some(node) = place.and_then(|place| self.graph.node_weight_mut(place)) {
                node.on_cycle = true;
            }
        }
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.graph.node_count() == 0
    }

    /// All nodes, sorted by id.
    pub fn nodes(&self) -> Vec<&Node> {
        self.graph.node_weights().collect()
    }

    /// Where each model that the graph was built from stands among [`Graph::nodes`], by their indices; of several
    /// models of one id only the first does.
    pub fn places_of_models(&self) -> Vec<Option<u32>> {
        let mut places = Vec::new();
        for (place, node) in (0..).zip(self.graph.node_weights()) {
            let Some(at) = node.model else { continue };
            if places.len() <= at {
                places.resize(at + 1, None);
            }
            if let Some(slot) = places.get_mut(at) {
                *slot = Some(place);
            }
        }
        places
    }

    /// How many children each model has that the graph was built from, by their indices; of several models of one id
    /// only the first has any.
    pub fn children_of_models(&self) -> Vec<usize> {
        let mut children = Vec::new();
        for place in self.graph.node_indices() {
            let Some(at) = self.at(place).and_then(|node| node.model) else { continue };
            if children.len() <= at {
                children.resize(at + 1, 0);
            }
            if let Some(slot) = children.get_mut(at) {
                let children = self.graph.edges_directed(place, Direction::Incoming);
                *slot = children.filter(|edge| !edge.weight().outranked).count();
            }
        }
        children
    }

    /// The id of the node that stands there.
    pub fn id_at(&self, position: usize) -> Option<&ModelId> {
        self.at(NodeIndex::new(position)).map(|node| &node.id)
    }

    /// Where the parents stand whose weights are in each node, as compressed rows: first where each node's parents
    /// begin in the second list, and at last where they end; a node's parents are in order.
    pub fn weight_bearing_rows(&self) -> (Vec<u32>, Vec<u32>) {
        let edges = self.graph.raw_edges().iter().filter(|edge| edge.weight.relation.bears_weight());
        let mut pairs: Vec<(NodeIndex, NodeIndex)> =
            edges.map(|edge| (edge.source(), edge.target())).collect();
        // They were added in this order.
        pairs.sort_unstable();
        let narrow = |wide: usize| u32::try_from(wide).unwrap_or(u32::MAX);
        let mut starts = vec![0; self.graph.node_count() + 1];
        for (child, _) in &pairs {
            if let Some(many) = starts.get_mut(child.index() + 1) {
                *many += 1;
            }
        }
        let mut before = 0;
        for start in &mut starts {
            before += *start;
            *start = before;
        }
        (starts, pairs.into_iter().map(|(_, parent)| narrow(parent.index())).collect())
    }

    /// The node of that id.
    pub fn node(&self, id: &ModelId) -> Option<&Node> {
        self.at(self.place(id)?)
    }

    /// Direct parents with their edges, of the node that stands there, in no order.
    pub fn parents_at(&self, position: u32) -> impl Iterator<Item = (&Node, &Edge)> {
        use petgraph::visit::EdgeRef;
        let edges = self.graph.edges_directed(NodeIndex::from(position), Direction::Outgoing);
        edges
            .filter(|edge| !edge.weight().outranked)
            .filter_map(|edge| Some((self.at(edge.target())?, edge.weight())))
    }

    /// Direct parents with their edges, sorted by id.
    pub fn parents(&self, id: &ModelId) -> Vec<(&Node, &Edge)> {
        self.neighbours(id, Direction::Outgoing)
    }

    /// Direct children with their edges, sorted by id.
    pub fn children(&self, id: &ModelId) -> Vec<(&Node, &Edge)> {
        self.neighbours(id, Direction::Incoming)
    }

    /// How many ancestors and descendants there are; no more than `most` of either are counted.
    pub fn family_size(&self, id: &ModelId, most: usize) -> (usize, usize) {
        let Some(start) = self.place(id) else { return (0, 0) };
        let many = |direction: Direction| {
            let (mut seen, mut next) = (HashSet::from([start]), vec![start]);
            while let Some(place) = next.pop().filter(|_| seen.len() <= most) {
                use petgraph::visit::EdgeRef;
                let edges =
                    self.graph.edges_directed(place, direction).filter(|edge| !edge.weight().outranked);
                let others = edges.map(|edge| match direction {
                    Direction::Outgoing => edge.target(),
                    Direction::Incoming => edge.source(),
                });
                next.extend(others.filter(|other| seen.insert(*other)));
            }
            seen.len() - 1
        };
        (many(Direction::Outgoing), many(Direction::Incoming))
    }

    /// Where the nodes stand whose ids are not less than a text, in the order of their ids.
    pub fn from(&self, least: &str) -> impl Iterator<Item = usize> {
        let nodes = self.graph.raw_nodes();
        nodes.partition_point(|node| node.weight.id.raw() < least)..nodes.len()
    }

    /// All ancestors, nearest first, each once; `depth` bounds the walk.
    pub fn ancestors(&self, id: &ModelId, depth: usize) -> Vec<&Node> {
        self.reach(id, depth, Direction::Outgoing)
    }

    /// All descendants, nearest first, each once; `depth` bounds the walk.
    pub fn descendants(&self, id: &ModelId, depth: usize) -> Vec<&Node> {
        self.reach(id, depth, Direction::Incoming)
    }

    /// Cycles, conflicts and dangling parents.
    pub fn findings(&self) -> Vec<GraphFinding> {
        let mut findings: Vec<GraphFinding> = self.cycles.iter().cloned().map(GraphFinding::Cycle).collect();
        findings.extend(self.conflicts.iter().cloned());
        let mut datasets = BTreeSet::new();
        let mut trained = BTreeSet::new();
        for child in self.graph.node_indices() {
            for (parent, edge) in self.around(child, Direction::Outgoing) {
                let (Some(child), Some(parent)) = (self.at(child), self.at(parent)) else { continue };
                if parent.model.is_some() {
                    continue;
                }
                if edge.relation == Relation::TrainedOn {
                    datasets.insert(&parent.id);
                    trained.insert(&child.id);
                    continue;
                }
                findings.push(GraphFinding::Dangling {
                    child: child.id.clone(),
                    parent: parent.id.clone(),
                    name_only: parent.name_only,
                });
            }
        }
        if !datasets.is_empty() {
            let datasets = datasets.into_iter().cloned().collect();
            findings.push(GraphFinding::Datasets { datasets, models: trained.len() });
        }
        findings
    }

    /// Where a model stands.
    pub(super) fn place(&self, id: &ModelId) -> Option<NodeIndex> {
        place_among(self.graph.raw_nodes(), id)
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
            .filter(|edge| !edge.weight().outranked)
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
                use petgraph::visit::EdgeRef;
                let edges =
                    self.graph.edges_directed(place, direction).filter(|edge| !edge.weight().outranked);
                let others = edges.map(|edge| match direction {
                    Direction::Outgoing => edge.target(),
                    Direction::Incoming => edge.source(),
                });
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

impl Node {
    fn of(at: usize, model: &Model) -> Self {
        Node {
            id: model.id.clone(),
            model: Some(at),
            name_only: false,
            on_cycle: false,
            dataset: model.kind == Kind::Dataset,
        }
    }

    /// A placeholder for what is only mentioned.
    fn absent(mention: &Mention) -> Option<Self> {
        let Parent::Absent(id) = &mention.parent else { return None };
        Some(Node {
            id: id.clone(),
            model: None,
            name_only: !id.raw().contains('/'),
            on_cycle: false,
            dataset: mention.relation == Relation::TrainedOn,
        })
    }
}

fn place_among(nodes: &[petgraph::graph::Node<Node>], id: &ModelId) -> Option<NodeIndex> {
    nodes.binary_search_by(|node| node.weight.id.cmp(id)).ok().map(NodeIndex::new)
}

/// What one source says of one child and one parent.
struct Mention {
    /// The child's index among the nodes of models.
    child: usize,
    parent: Parent,
    relation: Relation,
    basis: Basis,
    told: Told,
    digest: Option<Box<RootDigest>>,
    /// Which document says so.
    source: u64,
}

/// The parent that is meant.
enum Parent {
    /// By its index among the nodes of models.
    Here(usize),
    Absent(ModelId),
}

impl Mention {
    /// What all models say; `nodes` are those of the models.
    fn all(models: &[Model], proven: &Proven, nodes: &[Node]) -> Vec<Mention> {
        let names = Names::of(nodes);
        let of_model = |(at, model): (usize, &Model)| -> Vec<Mention> {
            let Some(child) = names.ids.get(&model.id).copied() else { return Vec::new() };
            let is_first = nodes.get(child).is_some_and(|node| node.model == Some(at));
            let proofs = if is_first { proven.of_child(&model.id) } else { &[] };
            let proved = proofs.iter().filter(|proof| proof.in_role).map(|proof| Mention {
                child,
                parent: names.resolve(child, &proof.parent),
                relation: proof.relation,
                basis: Basis::Attested,
                told: Told::Claim,
                digest: Some(Box::new(proof.digest)),
                source: hash_of(&proof.claim),
            });
            let told = model.parents.each().filter(|parent| !parent.id.raw().is_empty());
            let told = told.map(|parent| Mention {
                child,
                parent: names.resolve(child, &parent.id),
                relation: parent.relation,
                basis: parent.basis,
                told: Told::of(&parent),
                digest: parent.digest.map(Box::new),
                source: hash_of(parent.source.raw()),
            });
            told.chain(proved).collect()
        };
        models.par_iter().enumerate().flat_map_iter(of_model).collect()
    }
}

/// The inventory's names, for parents that are known by their last part only.
struct Names<'a> {
    ids: HashMap<&'a ModelId, usize>,
    /// The model with that last part; none when there are several: more than one is no answer.
    by_last_part: HashMap<&'a str, Option<usize>>,
}

impl<'a> Names<'a> {
    fn of(nodes: &'a [Node]) -> Self {
        let mut names = Names { ids: HashMap::with_capacity(nodes.len()), by_last_part: HashMap::new() };
        for (at, node) in nodes.iter().enumerate() {
            names.ids.insert(&node.id, at);
            let last_part = node.id.raw().rsplit('/').next().unwrap_or_default();
            names.by_last_part.entry(last_part).and_modify(|only| *only = None).or_insert(Some(at));
        }
        names
    }

    /// The model that is meant. A bare name that only the child itself bears means something else: no model
    /// says of itself by accident that it comes from itself.
    fn resolve(&self, child: usize, parent: &ModelId) -> Parent {
        if let Some(at) = self.ids.get(parent) {
            return Parent::Here(*at);
        }
        match self.by_last_part.get(parent.raw()) {
            Some(Some(only)) if *only != child && !parent.raw().contains('/') => Parent::Here(*only),
            _ => Parent::Absent(parent.clone()),
        }
    }
}

fn nodes_at(graph: &Graph, place: u32) -> Option<&Node> {
    graph.at(NodeIndex::from(place))
}

/// A document or a claim by a number: only whether two are the same matters.
fn hash_of(source: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    hasher.finish()
}

/// One edge out of all that the sources say of one child and one parent, whatever their order.
fn merge(refs: &[&Mention]) -> Edge {
    let digests: BTreeSet<RootDigest> =
        refs.iter().filter_map(|parent| parent.digest.as_deref().copied()).collect();
    let explicit = refs.iter().map(|parent| parent.relation).filter(|r| *r != Relation::Unspecified);
    let relations: BTreeSet<Relation> = explicit.collect();
    let agree = digests.len() <= 1 && relations.len() <= 1;
    // Best basis first; among equals a relation that bears weight, since only such a parent caps; then the
    // most reliable kind of source.
    let best = refs
        .iter()
        .filter(|parent| relations.is_empty() || parent.relation != Relation::Unspecified)
        .min_by_key(|parent| (parent.basis, !parent.relation.bears_weight(), parent.told, parent.relation));
    let pin = refs
        .iter()
        .filter(|parent| parent.digest.is_some())
        .min_by_key(|p| (p.basis, p.digest.as_deref().copied()));
    let contradicted = !agree || refs.iter().any(|parent| parent.basis == Basis::Contradicted);
    let basis = refs.iter().map(|parent| parent.basis).min().unwrap_or(Basis::Declared);
    Edge {
        relation: best.map_or(Relation::Unspecified, |parent| parent.relation),
        told: best.map_or(Told::Configuration, |parent| parent.told),
        basis: if contradicted { Basis::Contradicted } else { basis },
        digest: pin.and_then(|parent| parent.digest.clone()),
        mentions: u32::try_from(refs.len()).unwrap_or(u32::MAX),
        outranked: false,
    }
}

fn conflict(child: &Node, parent: &Node, told: &[&Mention]) -> GraphFinding {
    let said: BTreeSet<(Told, Relation)> =
        told.iter().map(|mention| (mention.told, mention.relation)).collect();
    GraphFinding::Conflict {
        child: child.id.clone(),
        parent: parent.id.clone(),
        said: said.into_iter().map(|(told, relation)| (relation, told)).collect(),
    }
}
