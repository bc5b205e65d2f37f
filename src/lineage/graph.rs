//! Nodes, edges, cycles, dangling parents. It says what the sources claim, and nothing of who is to be believed.
//! Every walk keeps its own queue: a chain of any depth is fine.

use super::finding::GraphFinding;
use super::rows::{Link, Place, Rows, narrow};
use crate::inventory::{Basis, Kind, Model, ModelId, Relation, Told};
use crate::signing::RootDigest;
use std::collections::{BTreeSet, HashSet};

/// A node: a model of the inventory, or a placeholder for one that is only referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: ModelId,
    /// Index into the models that the graph was built from; [`ABSENT`] for a placeholder.
    model: u32,
    /// A placeholder without an owner (`qwen2.5-7b`): known by name only.
    pub name_only: bool,
    /// Whether it is on a cycle.
    pub on_cycle: bool,
    /// Whether it is a dataset: the inventory says so, or something was trained on this placeholder.
    pub dataset: bool,
}

const ABSENT: u32 = u32::MAX;

/// One edge, from child to parent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    /// In the order of their ids.
    pub(super) nodes: Vec<Node>,
    /// The edges that differ; most are like others.
    pub(super) edges: Vec<Edge>,
    /// From each node to its parents.
    pub(super) parents: Rows,
    /// From each node to its children: the same edges.
    pub(super) children: Rows,
    /// Each sorted, all sorted.
    pub(super) cycles: Vec<Vec<ModelId>>,
    /// In the order of their children and parents.
    pub(super) conflicts: Vec<GraphFinding>,
}

impl PartialEq for Graph {
    /// Whether it has the same content; the order of different edges does not matter.
    fn eq(&self, other: &Self) -> bool {
        let edges = |graph: &Graph, place: Place| -> Vec<(Place, Edge)> {
            graph.links(place, Way::Up).map(|(parent, edge)| (parent, edge.clone())).collect()
        };
        self.nodes == other.nodes
            && self.cycles == other.cycles
            && self.conflicts == other.conflicts
            && (0..narrow(self.nodes.len())).all(|place| edges(self, place) == edges(other, place))
    }
}

/// Along which ends of edges a walk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// To parents.
    Up,
    /// To children.
    Down,
}

impl Graph {
    /// Whether a parent that a source names is one that is shown: no better source names another base.
    pub fn shows(&self, child: &ModelId, parent: &ModelId) -> bool {
        let Some(place) = self.place(child) else { return true };
        let outranked = self.links(place, Way::Up).filter(|(_, edge)| edge.outranked);
        !outranked.filter_map(|(other, _)| self.at(other)).any(|node| {
            // A bare name may have been resolved.
            node.id == *parent
                || !parent.raw().contains('/') && node.id.raw().rsplit('/').next() == Some(parent.raw())
        })
    }

    /// Where sources disagree about one child.
    pub fn conflicts_of(&self, child: &ModelId) -> Vec<GraphFinding> {
        let of_child = |finding: &&GraphFinding| finding.models().first() == Some(&child);
        self.conflicts.iter().filter(of_child).cloned().collect()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// All nodes, sorted by id.
    pub fn nodes(&self) -> Vec<&Node> {
        self.nodes.iter().collect()
    }

    /// Where each model that the graph was built from stands among [`Graph::nodes`], by their indices; of several
    /// models of one id only the first does.
    pub fn places_of_models(&self) -> Vec<Option<u32>> {
        let mut places = Vec::new();
        for (place, node) in (0..).zip(&self.nodes) {
            let Some(at) = node.model() else { continue };
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
        for (place, node) in (0..).zip(&self.nodes) {
            let Some(at) = node.model() else { continue };
            if children.len() <= at {
                children.resize(at + 1, 0);
            }
            if let Some(slot) = children.get_mut(at) {
                *slot = self.shown(place, Way::Down).count();
            }
        }
        children
    }

    /// The node that stands there.
    pub fn node_at(&self, position: u32) -> Option<&Node> {
        self.at(position)
    }

    /// Where the node of that id stands.
    pub fn position(&self, id: &ModelId) -> Option<u32> {
        self.place(id)
    }

    /// Where the parents of the node at a place stand, with their edges, those that are outranked too, in the order of
    /// their ids.
    pub fn edges_at(&self, position: u32) -> impl Iterator<Item = (u32, &Edge)> {
        self.links(position, Way::Up)
    }

    /// Where the children of the node at a place stand, with their edges, those that are outranked too, in the order of
    /// their ids.
    pub fn children_at(&self, position: u32) -> impl Iterator<Item = (u32, &Edge)> {
        self.links(position, Way::Down)
    }

    /// The places of the nodes on whose parents sources or claims disagree, sorted.
    pub fn disputed(&self) -> Vec<u32> {
        let children = self.conflicts.iter().filter_map(|finding| self.place(finding.models().first()?));
        let mut places: Vec<u32> = children.collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The id of the node that stands there.
    pub fn id_at(&self, position: usize) -> Option<&ModelId> {
        self.nodes.get(position).map(|node| &node.id)
    }

    /// Where the parents stand whose weights are in each node, as compressed rows: first where each node's parents
    /// begin in the second list, and at last where they end; a node's parents are in order.
    pub fn weight_bearing_rows(&self) -> (Vec<u32>, Vec<u32>) {
        let mut starts = Vec::with_capacity(self.nodes.len() + 1);
        let mut parents = Vec::new();
        starts.push(0);
        for place in 0..narrow(self.nodes.len()) {
            let bearing = self.links(place, Way::Up).filter(|(_, edge)| edge.relation.bears_weight());
            parents.extend(bearing.map(|(parent, _)| parent));
            starts.push(narrow(parents.len()));
        }
        parents.shrink_to_fit();
        (starts, parents)
    }

    /// The node of that id.
    pub fn node(&self, id: &ModelId) -> Option<&Node> {
        self.at(self.place(id)?)
    }

    /// Direct parents with their edges, of the node that stands there, in no order.
    pub fn parents_at(&self, position: u32) -> impl Iterator<Item = (&Node, &Edge)> {
        self.shown(position, Way::Up).filter_map(|(parent, edge)| Some((self.at(parent)?, edge)))
    }

    /// Direct parents with their edges, sorted by id.
    pub fn parents(&self, id: &ModelId) -> Vec<(&Node, &Edge)> {
        self.neighbours(id, Way::Up)
    }

    /// Direct children with their edges, sorted by id.
    pub fn children(&self, id: &ModelId) -> Vec<(&Node, &Edge)> {
        self.neighbours(id, Way::Down)
    }

    /// How many ancestors and descendants there are; no more than `most` of either are counted.
    pub fn family_size(&self, id: &ModelId, most: usize) -> (usize, usize) {
        let Some(start) = self.place(id) else { return (0, 0) };
        let many = |way: Way| {
            let (mut seen, mut next) = (HashSet::from([start]), vec![start]);
            while let Some(place) = next.pop().filter(|_| seen.len() <= most) {
                let others = self.shown(place, way).map(|(other, _)| other);
                next.extend(others.filter(|other| seen.insert(*other)));
            }
            seen.len() - 1
        };
        (many(Way::Up), many(Way::Down))
    }

    /// Where the nodes stand whose ids are not less than a text, in the order of their ids.
    pub fn from(&self, least: &str) -> impl Iterator<Item = usize> {
        self.nodes.partition_point(|node| node.id.raw() < least)..self.nodes.len()
    }

    /// All ancestors, nearest first, each once; `depth` bounds the walk.
    pub fn ancestors(&self, id: &ModelId, depth: usize) -> Vec<&Node> {
        self.reach(id, depth, Way::Up)
    }

    /// All descendants, nearest first, each once; `depth` bounds the walk.
    pub fn descendants(&self, id: &ModelId, depth: usize) -> Vec<&Node> {
        self.reach(id, depth, Way::Down)
    }

    /// Cycles, conflicts and dangling parents.
    pub fn findings(&self) -> Vec<GraphFinding> {
        let mut findings: Vec<GraphFinding> = self.cycles.iter().cloned().map(GraphFinding::Cycle).collect();
        findings.extend(self.conflicts.iter().cloned());
        let mut datasets = BTreeSet::new();
        let mut trained = BTreeSet::new();
        for (place, child) in (0..).zip(&self.nodes) {
            for (parent, edge) in self.shown(place, Way::Up) {
                let Some(parent) = self.at(parent) else { continue };
                if parent.model().is_some() {
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
    pub(super) fn place(&self, id: &ModelId) -> Option<Place> {
        self.nodes.binary_search_by(|node| node.id.cmp(id)).ok().map(narrow)
    }

    /// The node at a place.
    pub(super) fn at(&self, place: Place) -> Option<&Node> {
        self.nodes.get(place as usize)
    }

    /// Parents or children with their edges, those that are outranked too, in the order of their ids.
    fn links(&self, place: Place, way: Way) -> impl Iterator<Item = (Place, &Edge)> {
        let rows = match way {
            Way::Up => &self.parents,
            Way::Down => &self.children,
        };
        let edge = |link: &Link| Some((link.to, self.edges.get(link.edge as usize)?));
        rows.of(place).iter().filter_map(edge)
    }

    fn shown(&self, place: Place, way: Way) -> impl Iterator<Item = (Place, &Edge)> {
        self.links(place, way).filter(|(_, edge)| !edge.outranked)
    }

    /// Everything that can be reached, with its distance, nearest first and each once; the start is left out.
    pub(super) fn walk(&self, start: Place, depth: usize, way: Way) -> Vec<(Place, usize)> {
        let mut seen = HashSet::from([start]);
        let mut found = Vec::new();
        let mut layer = vec![start];
        for distance in 1..=depth {
            let mut next: BTreeSet<Place> = BTreeSet::new();
            for place in layer {
                let others = self.shown(place, way).map(|(other, _)| other);
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

    fn neighbours(&self, id: &ModelId, way: Way) -> Vec<(&Node, &Edge)> {
        let Some(place) = self.place(id) else { return Vec::new() };
        self.shown(place, way).filter_map(|(other, edge)| Some((self.at(other)?, edge))).collect()
    }

    fn reach(&self, id: &ModelId, depth: usize, way: Way) -> Vec<&Node> {
        let Some(place) = self.place(id) else { return Vec::new() };
        self.walk(place, depth, way).into_iter().filter_map(|(other, _)| self.at(other)).collect()
    }
}

impl Node {
    /// Index into the models that the graph was built from; none for a placeholder.
    pub fn model(&self) -> Option<usize> {
        (self.model != ABSENT).then_some(self.model as usize)
    }

    pub(super) fn of(at: u32, model: &Model) -> Self {
        Node {
            id: model.id.clone(),
            model: at,
            name_only: false,
            on_cycle: false,
            dataset: model.kind == Kind::Dataset,
        }
    }

    /// A placeholder for what is only mentioned.
    pub(super) fn absent(id: ModelId) -> Self {
        let name_only = !id.raw().contains('/');
        Node { id, model: ABSENT, name_only, on_cycle: false, dataset: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_nodes_and_edges_stay_small() {
        // Of each node two rows besides, and of each edge two links.
        assert_eq!(size_of::<Node>(), 24);
        assert_eq!((size_of::<Edge>(), size_of::<Link>()), (16, 8));
    }
}
