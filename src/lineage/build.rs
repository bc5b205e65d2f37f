//! Builds a graph from the data of all models: some thousand models at a time, so that the full data of all
//! models is never in memory at once.

use super::finding::GraphFinding;
use super::graph::{Edge, Graph, Node};
use super::proven::{Origins, Proven};
use super::rivals::{Rivals, Saying, is_base, rivals};
use super::rows::{Link, Place, Rows, narrow};
use crate::inventory::{Basis, Model, ModelId, Relation, Told};
use crate::signing::RootDigest;
use hashbrown::HashTable;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};

/// So many nodes are read before what they say is put into the graph.
const AT_ONCE: usize = 16 * 1024;

/// What one source says of one child and one parent.
struct Mention {
    parent: Parent,
    relation: Relation,
    basis: Basis,
    told: Told,
    digest: Option<RootDigest>,
    /// The document that states it.
    source: u64,
}

/// The parent that is meant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parent {
    /// By its number among the nodes of models.
    Here(Place),
    Absent(ModelId),
}

/// What is said of one child and one parent.
struct Claim {
    parent: Parent,
    edge: Edge,
    /// Whether any source states that the child was trained on it.
    is_data: bool,
    /// What is said, where it disagrees.
    said: Vec<(Relation, Told)>,
}

/// What is said of one child.
#[derive(Default)]
pub(super) struct Origin {
    claims: Vec<Claim>,
    /// What each source says, where several do.
    sayings: Vec<Saying<Parent>>,
    said_by_claims: ByClaims,
}

/// How much of where a child came from is said by its claims.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum ByClaims {
    /// Not all of it.
    #[default]
    Some,
    /// All models that went in.
    All,
    /// That none did.
    Root,
}

impl ByClaims {
    fn of(origins: Option<&Origins>) -> Self {
        match origins {
            Some(origins) if origins.is_root() => ByClaims::Root,
            Some(origins) if origins.is_complete() => ByClaims::All,
            _ => ByClaims::Some,
        }
    }
}

impl Origin {
    /// What the models of one node say of their parents, and their claims.
    pub fn of<'m>(
        models: impl Iterator<Item = &'m Model>,
        origins: Option<&Origins>,
        resolve: impl Fn(&ModelId) -> Parent,
    ) -> Self {
        let mut mentions: Vec<Mention> = Vec::new();
        for model in models {
            let told = model.parents.each().filter(|parent| !parent.id.raw().is_empty());
            mentions.extend(told.map(|parent| Mention {
                parent: resolve(&parent.id),
                relation: parent.relation,
                basis: parent.basis,
                told: Told::of(&parent),
                digest: parent.digest,
                source: number(parent.source.raw()),
            }));
        }
        let proofs = origins.map(Origins::proofs).unwrap_or_default();
        mentions.extend(proofs.iter().filter(|proof| proof.in_role).map(|proof| Mention {
            parent: resolve(&proof.parent),
            relation: proof.relation,
            basis: Basis::Attested,
            told: Told::Claim,
            digest: Some(proof.digest),
            source: number(&proof.claim),
        }));
        Origin::told(mentions, ByClaims::of(origins))
    }

    /// With parents that were recorded and that nothing names now: an earlier version found them.
    fn and(mut self, recorded: &[ModelId], names: &Names<'_>) -> Self {
        for id in recorded.iter().filter(|id| id.digest().is_none()) {
            let parent = names.find(id);
            if self.claims.iter().any(|claim| claim.parent == parent) {
                continue;
            }
            let (relation, basis, told) = (Relation::Unspecified, Basis::Declared, Told::Configuration);
            let mention = Mention { parent, relation, basis, told, digest: None, source: 0 };
            self.claims.extend(Claim::of(&[mention]));
        }
        self
    }

    fn told(mut mentions: Vec<Mention>, said_by_claims: ByClaims) -> Self {
        mentions.sort_by(|a, b| a.parent.cmp(&b.parent));
        let claims = mentions.chunk_by(|a, b| a.parent == b.parent).filter_map(Claim::of).collect();
        let bases = mentions.iter().filter(|one| is_base(one.relation));
        let sources: HashSet<(Told, u64)> = bases.map(|one| (one.told, one.source)).collect();
        let is_wanted = sources.len() > 1 || said_by_claims == ByClaims::Root;
        let sayings = mentions.into_iter().filter(|_| is_wanted).map(|one| Saying {
            parent: one.parent,
            relation: one.relation,
            told: one.told,
            source: one.source,
        });
        Origin { claims, sayings: sayings.collect(), said_by_claims }
    }
}

impl Claim {
    /// Out of all that the sources say of one child and one parent, whatever their order.
    fn of(said: &[Mention]) -> Option<Self> {
        let edge = merge(said);
        let told: BTreeSet<(Told, Relation)> =
            said.iter().map(|mention| (mention.told, mention.relation)).collect();
        let disagrees = edge.basis == Basis::Contradicted;
        Some(Claim {
            parent: said.first()?.parent.clone(),
            edge,
            is_data: said.iter().any(|mention| mention.relation == Relation::TrainedOn),
            said: told.into_iter().filter(|_| disagrees).map(|(told, relation)| (relation, told)).collect(),
        })
    }
}

/// A document or a claim by a number: only whether two are the same matters.
fn number(source: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    hasher.finish()
}

fn merge(mentions: &[Mention]) -> Edge {
    let digests: BTreeSet<RootDigest> = mentions.iter().filter_map(|parent| parent.digest).collect();
    let explicit = mentions.iter().map(|parent| parent.relation).filter(|r| *r != Relation::Unspecified);
    let relations: BTreeSet<Relation> = explicit.collect();
    let agree = digests.len() <= 1 && relations.len() <= 1;
    // Best basis first; among equals a relation that bears weight, since only such a parent caps; then the
    // most reliable kind of source.
    let best = mentions
        .iter()
        .filter(|parent| relations.is_empty() || parent.relation != Relation::Unspecified)
        .min_by_key(|parent| (parent.basis, !parent.relation.bears_weight(), parent.told, parent.relation));
    let pin = mentions.iter().filter(|parent| parent.digest.is_some()).min_by_key(|p| (p.basis, p.digest));
    let contradicted = !agree || mentions.iter().any(|parent| parent.basis == Basis::Contradicted);
    let basis = mentions.iter().map(|parent| parent.basis).min().unwrap_or(Basis::Declared);
    Edge {
        relation: best.map_or(Relation::Unspecified, |parent| parent.relation),
        told: best.map_or(Told::Configuration, |parent| parent.told),
        basis: if contradicted { Basis::Contradicted } else { basis },
        digest: pin.and_then(|parent| parent.digest).map(Box::new),
        mentions: narrow(mentions.len()),
        outranked: false,
    }
}

/// The parent that is meant by a name, among those that were recorded when the whole inventory was there.
fn meant<'r>(recorded: &'r [ModelId], name: &'r ModelId) -> &'r ModelId {
    if name.raw().contains('/') || recorded.contains(name) {
        return name;
    }
    recorded.iter().find(|id| id.digest().is_none() && last_part(id) == name.raw()).unwrap_or(name)
}

/// The inventory's names, for parents that are known by their last part only.
struct Names<'a> {
    nodes: &'a [Node],
    hasher: RandomState,
    ids: HashTable<Place>,
    /// The first model with that last part, and whether there are more: more than one is no answer.
    last_parts: HashTable<(Place, bool)>,
}

fn last_part(id: &ModelId) -> &str {
    id.raw().rsplit('/').next().unwrap_or_default()
}

impl<'a> Names<'a> {
    /// Of the nodes of models.
    fn of(nodes: &'a [Node]) -> Self {
        let mut names = Names {
            nodes,
            hasher: RandomState::new(),
            ids: HashTable::with_capacity(nodes.len()),
            last_parts: HashTable::with_capacity(nodes.len()),
        };
        let Names { hasher, ids, last_parts, .. } = &mut names;
        let id_at = |place: Place| nodes.get(place as usize).map(|node| node.id.raw()).unwrap_or_default();
        let last_at = |place: Place| id_at(place).rsplit('/').next().unwrap_or_default();
        for (place, node) in (0..).zip(nodes) {
            // No two are alike.
            ids.insert_unique(hasher.hash_one(node.id.raw()), place, |place| hasher.hash_one(id_at(*place)));
            let last = last_part(&node.id);
            let known = last_parts.entry(
                hasher.hash_one(last),
                |(place, _)| last_at(*place) == last,
                |(place, _)| hasher.hash_one(last_at(*place)),
            );
            known.and_modify(|(_, has_more)| *has_more = true).or_insert((place, false));
        }
        names
    }

    fn id(&self, place: Place) -> Option<&ModelId> {
        self.nodes.get(place as usize).map(|node| &node.id)
    }

    /// The node of an id, and nothing else.
    fn find(&self, id: &ModelId) -> Parent {
        let hash = self.hasher.hash_one(id.raw());
        let known = self.ids.find(hash, |place| self.id(*place) == Some(id));
        known.map_or_else(|| Parent::Absent(id.clone()), |place| Parent::Here(*place))
    }

    /// The model that is meant. A bare name that only the child itself bears means something else: no model
    /// says of itself by accident that it comes from itself.
    fn resolve(&self, child: Place, parent: &ModelId) -> Parent {
        let hash = self.hasher.hash_one(parent.raw());
        if let Some(place) = self.ids.find(hash, |place| self.id(*place) == Some(parent)) {
            return Parent::Here(*place);
        }
        if parent.raw().contains('/') {
            return Parent::Absent(parent.clone());
        }
        let is_it = |place: Place| self.id(place).map(last_part) == Some(parent.raw());
        match self.last_parts.find(hash, |(place, _)| is_it(*place)) {
            Some((only, false)) if *only != child => Parent::Here(*only),
            _ => Parent::Absent(parent.clone()),
        }
    }
}

/// What is only mentioned, numbered behind the nodes of models in the order in which it is met.
pub(super) struct Absent {
    known: usize,
    places: HashMap<ModelId, Place>,
    pub nodes: Vec<Node>,
}

impl Absent {
    fn place(&mut self, parent: Parent, is_data: bool) -> Place {
        let id = match parent {
            Parent::Here(place) => return place,
            Parent::Absent(id) => id,
        };
        let next = narrow(self.known + self.nodes.len());
        let place = *self.places.entry(id.clone()).or_insert(next);
        if place == next {
            self.nodes.push(Node::absent(id));
        }
        let node = (place as usize).checked_sub(self.known).and_then(|at| self.nodes.get_mut(at));
        node.into_iter().for_each(|node| node.dataset |= is_data);
        place
    }
}

/// Each distinct edge once: of a large inventory there are few.
#[derive(Default)]
pub(super) struct Kinds {
    places: HashMap<Edge, u32>,
    pub edges: Vec<Edge>,
}

impl Kinds {
    fn place(&mut self, edge: Edge) -> u32 {
        let next = narrow(self.edges.len());
        let place = *self.places.entry(edge.clone()).or_insert(next);
        if place == next {
            self.edges.push(edge);
        }
        place
    }

    /// Changes what is said of one edge.
    fn change(&mut self, link: Option<&mut Link>, change: impl FnOnce(&mut Edge)) {
        let Some(link) = link else { return };
        let Some(mut edge) = self.edges.get(link.edge as usize).cloned() else { return };
        change(&mut edge);
        link.edge = self.place(edge);
    }
}

/// Sources that disagree about one child and one parent.
struct Conflict {
    child: Place,
    parent: Place,
    said: Vec<(Relation, Told)>,
}

/// What is said, with numbers for names.
pub(super) struct Said {
    pub absent: Absent,
    pub kinds: Kinds,
    pub starts: Vec<u32>,
    pub links: Vec<Link>,
    /// Children that are their own parents.
    pub loops: Vec<Place>,
    conflicts: Vec<Conflict>,
    sayings: Vec<(Place, ByClaims, Vec<Saying<Place>>)>,
}

impl Said {
    /// Of some nodes, nothing yet.
    pub fn new(nodes: usize) -> Self {
        let mut said = Said {
            absent: Absent { known: nodes, places: HashMap::new(), nodes: Vec::new() },
            kinds: Kinds::default(),
            starts: Vec::with_capacity(nodes + 1),
            links: Vec::new(),
            loops: Vec::new(),
            conflicts: Vec::new(),
            sayings: Vec::new(),
        };
        said.starts.push(0);
        said
    }

    fn by(sources: &Sources<'_>, nodes: &[Node], order: &[u32], begins: &[u32]) -> Self {
        let names = Names::of(nodes);
        let mut said = Said::new(nodes.len());
        let of_node = |child: Place| {
            let ends = begins.get(child as usize).zip(begins.get(child as usize + 1));
            let range = ends.map_or(0..0, |(from, to)| *from as usize..*to as usize);
            let own = order.get(range).unwrap_or_default();
            let models = own.iter().filter_map(|at| sources.models.get(*at as usize));
            let origins = names.id(child).and_then(|id| sources.proven.origins(id)).map(|origins| &**origins);
            let Some(recorded) = sources.recorded else {
                return Origin::of(models, origins, |parent| names.resolve(child, parent));
            };
            let recorded = own.first().map(|at| recorded(*at as usize)).unwrap_or_default();
            Origin::of(models, origins, |parent| names.find(meant(recorded, parent))).and(recorded, &names)
        };
        for first in (0..nodes.len()).step_by(AT_ONCE) {
            let some = narrow(first)..narrow((first + AT_ONCE).min(nodes.len()));
            let origins: Vec<Origin> = some.clone().into_par_iter().with_min_len(256).map(of_node).collect();
            some.zip(origins).for_each(|(child, origin)| said.take(child, origin));
        }
        said.links.shrink_to_fit();
        said
    }

    /// Takes in what is said of the next node.
    pub fn take(&mut self, child: Place, origin: Origin) {
        for Claim { parent, edge, is_data, said } in origin.claims {
            let parent = self.absent.place(parent, is_data);
            if !said.is_empty() {
                self.conflicts.push(Conflict { child, parent, said });
            }
            if parent == child {
                self.loops.push(child);
            } else {
                self.links.push(Link { to: parent, edge: self.kinds.place(edge) });
            }
        }
        self.starts.push(narrow(self.links.len()));
        if !origin.sayings.is_empty() {
            let mut numbered = |one: Saying<Parent>| Saying {
                parent: self.absent.place(one.parent, false),
                relation: one.relation,
                told: one.told,
                source: one.source,
            };
            let sayings = origin.sayings.into_iter().map(&mut numbered).collect();
            self.sayings.push((child, origin.said_by_claims, sayings));
        }
    }

    /// Notes where each node stands now.
    pub fn stand_at(&mut self, places: &[Place]) {
        let place = |from: Place| places.get(from as usize).copied().unwrap_or(from);
        self.links.iter_mut().for_each(|link| link.to = place(link.to));
        self.loops.iter_mut().for_each(|child| *child = place(*child));
        for conflict in &mut self.conflicts {
            (conflict.child, conflict.parent) = (place(conflict.child), place(conflict.parent));
        }
        for (child, _, sayings) in &mut self.sayings {
            *child = place(*child);
            sayings.iter_mut().for_each(|saying| saying.parent = place(saying.parent));
        }
    }

    /// Puts what is only mentioned among the others, in the order of the ids.
    fn among(&mut self, nodes: Vec<Node>) -> Vec<Node> {
        let known = nodes.len();
        let mut absent: Vec<(Node, usize)> =
            std::mem::take(&mut self.absent.nodes).into_iter().zip(known..).collect();
        self.absent.places = HashMap::new();
        if absent.is_empty() {
            return nodes;
        }
        absent.sort_unstable_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let mut places: Vec<Place> = vec![0; known + absent.len()];
        let mut all = Vec::with_capacity(places.len());
        let mut starts = Vec::with_capacity(places.len() + 1);
        let (mut ours, mut others) = (nodes.into_iter().zip(0..).peekable(), absent.into_iter().peekable());
        let mut before = self.starts.iter().copied();
        starts.extend(before.next());
        loop {
            let is_ours = match (ours.peek(), others.peek()) {
                (Some((one, _)), Some((other, _))) => one.id.cmp(&other.id) == Ordering::Less,
                (one, _) => one.is_some(),
            };
            let next = if is_ours { ours.next() } else { others.next() };
            let Some((node, from)) = next else { break };
            places.get_mut(from).into_iter().for_each(|slot| *slot = narrow(all.len()));
            // What is only mentioned has no parents.
            let end = if is_ours { before.next() } else { starts.last().copied() };
            starts.extend(end);
            all.push(node);
        }
        self.starts = starts;
        self.stand_at(&places);
        all
    }
}

/// What a graph is built of.
struct Sources<'s> {
    models: &'s [Model],
    proven: &'s Proven,
    recorded: Option<&'s Recorded<'s>>,
}

/// The parents of the model of an index, as they were resolved when the whole inventory was there.
pub type Recorded<'r> = dyn Fn(usize) -> &'r [ModelId] + Sync + 'r;

impl Graph {
    /// Builds the graph of what documents say.
    pub fn build(models: &[Model]) -> Self {
        Graph::proved(models, &Proven::default())
    }

    /// Builds the graph of what documents and claims say. A parent known by name only is resolved when exactly one model
    /// has that last name part; what a claim names by digest is never resolved by its name.
    pub fn proved(models: &[Model], proven: &Proven) -> Self {
        Graph::of(&Sources { models, proven, recorded: None })
    }

    /// The same of a part of an inventory: parents known by name only are those that were `recorded` of the whole.
    pub fn among<'s>(models: &'s [Model], proven: &'s Proven, recorded: &'s Recorded<'s>) -> Self {
        Graph::of(&Sources { models, proven, recorded: Some(recorded) })
    }

    fn of(sources: &Sources<'_>) -> Self {
        let (nodes, order, begins) = nodes_of(sources.models);
        let mut said = Said::by(sources, &nodes, &order, &begins);
        drop((order, begins));
        let nodes = said.among(nodes);
        said.into_graph(nodes, Vec::new())
    }
}

impl Said {
    /// The graph with all nodes in this order, and the known disagreements.
    pub fn into_graph(self, mut nodes: Vec<Node>, known: Vec<GraphFinding>) -> Graph {
        let Said { mut kinds, starts, links, loops, mut conflicts, sayings, .. } = self;
        let mut parents = Rows::new(starts, links);
        let id = |place: Place| nodes.get(place as usize).map(|node| &node.id);
        conflicts.sort_by_key(|conflict| (conflict.child, conflict.parent));
        let told = conflicts.into_iter().filter_map(|conflict| {
            let (child, parent) = (id(conflict.child)?.clone(), id(conflict.parent)?.clone());
            Some(GraphFinding::Conflict { child, parent, said: conflict.said })
        });
        let mut conflicts: Vec<GraphFinding> = told.collect();
        for (child, said_by_claims, sayings) in sayings {
            let found = match said_by_claims {
                ByClaims::Root => Some(deny(child, &sayings)),
                by_claims => {
                    let is_complete = by_claims == ByClaims::All;
                    rivals(child, &sayings, is_complete, &parents, |place| id(place).cloned())
                }
            };
            let Some(found) = found else { continue };
            let named = |places: &[(Place, Told)]| {
                let named = places.iter().filter_map(|(place, told)| Some((id(*place)?.clone(), *told)));
                named.collect::<Vec<_>>()
            };
            let others = [named(&found.outranked), named(&found.equals)].concat();
            if let Some(child) = id(child).cloned().filter(|_| !others.is_empty()) {
                conflicts.push(match said_by_claims {
                    ByClaims::Root => GraphFinding::Denied { child, parents: others },
                    _ => GraphFinding::Rivals { child, shown: named(&found.shown), others },
                });
            }
            mark(child, &found, &mut parents, &mut kinds);
        }
        if !known.is_empty() {
            conflicts.extend(known);
            let order = |finding: &GraphFinding| {
                let kind = matches!(finding, GraphFinding::Conflict { .. });
                (!kind, finding.models().into_iter().take(2).cloned().collect::<Vec<_>>())
            };
            conflicts.sort_by_cached_key(order);
        }
        let mut cycles: Vec<Vec<Place>> = loops.into_iter().map(|child| vec![child]).collect();
        cycles.extend(parents.circles());
        cycles.iter_mut().for_each(|cycle| cycle.sort_unstable());
        // Places stand in the order of the ids.
        cycles.sort_unstable();
        let named = |cycle: &Vec<Place>| cycle.iter().filter_map(|place| id(*place).cloned()).collect();
        let named: Vec<Vec<ModelId>> = cycles.iter().map(named).collect();
        for place in cycles.iter().flatten() {
            nodes.get_mut(*place as usize).into_iter().for_each(|node| node.on_cycle = true);
        }
        let children = parents.turned();
        Graph { nodes, edges: kinds.edges, parents, children, cycles: named, conflicts }
    }
}

/// A claim says that a model has no parents: whatever names a base contradicts it, and is contradicted.
fn deny(child: Place, sayings: &[Saying<Place>]) -> Rivals {
    let mut named: BTreeMap<Place, Told> = BTreeMap::new();
    for saying in sayings.iter().filter(|one| one.parent != child && one.relation.bears_weight()) {
        let told = named.entry(saying.parent).or_insert(saying.told);
        *told = saying.told.min(*told);
    }
    Rivals { shown: Vec::new(), outranked: Vec::new(), equals: named.into_iter().collect() }
}

/// Marks the edges to bases on which sources disagree.
fn mark(child: Place, found: &Rivals, parents: &mut Rows, kinds: &mut Kinds) {
    for (parent, _) in &found.outranked {
        kinds.change(parents.between(child, *parent), |edge| edge.outranked = true);
    }
    let equal = found.equals.iter().chain(found.shown.iter().filter(|_| !found.equals.is_empty()));
    for (parent, _) in equal {
        kinds.change(parents.between(child, *parent), |edge| edge.basis = Basis::Contradicted);
    }
}

/// The nodes of models, in the order of their ids; the models by their indices in that order; and where those of each
/// node begin among them. Of several models of one id the first is the node.
fn nodes_of(models: &[Model]) -> (Vec<Node>, Vec<u32>, Vec<u32>) {
    let mut order: Vec<u32> = (0..narrow(models.len())).collect();
    let id = |at: &u32| models.get(*at as usize).map(|model| &model.id);
    if !models.is_sorted_by(|a, b| a.id <= b.id) {
        order.sort_by(|a, b| id(a).cmp(&id(b)));
    }
    let (mut nodes, mut begins) = (Vec::with_capacity(models.len()), Vec::with_capacity(models.len() + 1));
    for (number, same) in order.chunk_by(|a, b| id(a) == id(b)).scan(0, |before, same| {
        let begin = *before;
        *before += narrow(same.len());
        Some((begin, same))
    }) {
        let first = same.first().and_then(|at| Some((*at, models.get(*at as usize)?)));
        let Some((at, model)) = first else { continue };
        nodes.push(Node::of(at, model));
        begins.push(number);
    }
    begins.push(narrow(models.len()));
    (nodes, order, begins)
}
