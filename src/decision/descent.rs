//! What follows from the lineage alone, without evidence: the order in which models are judged, how many
//! derive from each, and whether a derivation is plausible.

use crate::inventory::{Model, ModelId};
use crate::lineage::{Graph, is_plausible};
use crate::maturity::{CapPlan, ParentsTold, ToldBy};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// So many descendants of one model are counted one by one, where they come together again.
const MOST_COUNTED: usize = 10_000;
/// The limit for all models together.
const MOST_LOOKED: usize = 4_000_000;

/// Answers to a question about each place, found on demand and remembered: they take longer than most of what is judged,
/// and no policy changes them.
#[derive(Debug)]
struct Remembered<T>(Box<[AtomicU8]>, PhantomData<T>);

/// An answer of a few.
trait Answer: Copy + PartialEq + 'static {
    /// All there are.
    const ALL: &'static [Self];
}

impl Answer for Option<bool> {
    const ALL: &'static [Self] = &[None, Some(false), Some(true)];
}

impl Answer for ToldBy {
    const ALL: &'static [Self] = &[ToldBy::Cards, ToldBy::Bills, ToldBy::Others];
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Remembered(Box::default(), PhantomData)
    }
}

impl<T: Answer> Remembered<T> {
    const NOT_ASKED: u8 = u8::MAX;

    fn of(many: usize) -> Self {
        Remembered((0..many).map(|_| AtomicU8::new(Self::NOT_ASKED)).collect(), PhantomData)
    }

    /// The answer for a place; `find` gives it where nobody asked before. None for places that there are not.
    fn get(&self, place: usize, find: impl FnOnce() -> T) -> Option<T> {
        let slot = self.0.get(place)?;
        if let Some(known) = T::ALL.get(usize::from(slot.load(Ordering::Relaxed))) {
            return Some(*known);
        }
        let found = find();
        let code = T::ALL.iter().position(|one| *one == found).and_then(|code| u8::try_from(code).ok());
        slot.store(code.unwrap_or(Self::NOT_ASKED), Ordering::Relaxed);
        Some(found)
    }

    fn forget(&self, place: usize) {
        self.0.get(place).into_iter().for_each(|slot| slot.store(Self::NOT_ASKED, Ordering::Relaxed));
    }

    /// Takes over what was known of what stood elsewhere.
    fn take(&self, before: &Self, moved: &Moved) {
        for (place, slot) in self.0.iter().enumerate() {
            if let Some(was) = moved.before(place).and_then(|was| before.0.get(was)) {
                slot.store(was.load(Ordering::Relaxed), Ordering::Relaxed);
            }
        }
    }
}

/// The order in which nodes are judged, and what it was made of.
#[derive(Debug, Default)]
struct Plan {
    rows: (Vec<u32>, Vec<u32>),
    plan: CapPlan,
    /// Where each node stands in the order.
    ranks: Vec<u32>,
}

impl Plan {
    fn of(rows: (Vec<u32>, Vec<u32>)) -> Self {
        let plan = CapPlan::new(rows.0.clone(), rows.1.clone());
        let mut ranks = vec![0; plan.len()];
        for (rank, node) in (0..).zip(plan.order()) {
            ranks.get_mut(node).into_iter().for_each(|slot| *slot = rank);
        }
        Plan { rows, plan, ranks }
    }
}

/// A lineage, and what follows from it alone. As long as the graph stays, it can be kept.
#[derive(Debug, Default)]
pub struct Descent {
    graph: Arc<Graph>,
    /// Where the model of an index stands among the nodes.
    places: Vec<Option<u32>>,
    plan: Arc<Plan>,
    /// How many models derive from each node.
    descendants: Arc<[u32]>,
    /// The places of those on whose parents sources or claims disagree, sorted.
    disputed: Vec<u32>,
    /// By the places: whether a derivation is plausible.
    plausible: Remembered<Option<bool>>,
    /// By the places: which documents tell of the parents of a model.
    told_by: Remembered<ToldBy>,
}

impl Descent {
    /// Of a graph.
    pub fn of(graph: &Graph) -> Self {
        Descent::shared(Arc::new(graph.clone()))
    }

    /// The same of a graph that others hold too.
    pub fn shared(graph: Arc<Graph>) -> Self {
        let plan = Arc::new(Plan::of(graph.weight_bearing_rows()));
        let descendants = descendants(&graph).into();
        Descent::with(graph, plan, descendants)
    }

    /// The same of a part of an inventory, where how many derive from a model of an index was counted in the whole.
    pub fn among(graph: Graph, descendants: impl Fn(usize) -> u32) -> Self {
        let mut descent = Descent::shared(Arc::new(graph));
        let mut counted = vec![0; descent.graph.len()];
        for (index, place) in descent.places.iter().enumerate() {
            let slot = place.and_then(|place| counted.get_mut(usize::try_from(place).ok()?));
            slot.into_iter().for_each(|slot| *slot = descendants(index));
        }
        descent.descendants = counted.into();
        descent
    }

    fn with(graph: Arc<Graph>, plan: Arc<Plan>, descendants: Arc<[u32]>) -> Self {
        Descent {
            places: graph.places_of_models(),
            disputed: graph.disputed(),
            plan,
            descendants,
            plausible: Remembered::of(graph.len()),
            told_by: Remembered::of(graph.len()),
            graph,
        }
    }

    /// Of a graph that follows this one's, of the same models: what is the same in both is taken over. The parents of
    /// the `changed` may be others.
    pub fn followed_by(&self, graph: Arc<Graph>, changed: &[ModelId]) -> Self {
        let rows = graph.weight_bearing_rows();
        let plan = if rows == self.plan.rows { self.plan.clone() } else { Arc::new(Plan::of(rows)) };
        let has_same_edges = self.has_the_edges_of(&graph);
        let counted = if has_same_edges { self.descendants.clone() } else { descendants(&graph).into() };
        let descent = Descent::with(graph, plan, counted);
        let moved = descent.moved_from(self);
        descent.plausible.take(&self.plausible, &moved);
        descent.told_by.take(&self.told_by, &moved);
        changed
            .iter()
            .filter_map(|id| descent.position(id))
            .for_each(|place| descent.plausible.forget(place));
        descent
    }

    /// Where each node stood in a lineage before this one.
    pub(super) fn moved_from(&self, before: &Descent) -> Moved {
        let (mut moved, mut at) = (Vec::with_capacity(self.graph.len()), 0);
        let (mut is_same, was) = (self.graph.len() == before.graph.len(), before.graph.nodes());
        for node in self.graph.nodes() {
            while was.get(at).is_some_and(|known| known.id < node.id) {
                at += 1;
            }
            let place = was.get(at).filter(|known| known.id == node.id).map(|_| at);
            is_same &= place == Some(moved.len());
            moved.push(place);
        }
        if is_same { Moved::Nothing } else { Moved::To(moved) }
    }

    fn has_the_edges_of(&self, graph: &Graph) -> bool {
        let edges = |graph: &Graph, place: u32| -> Vec<(u32, bool)> {
            graph.edges_at(place).map(|(parent, edge)| (parent, edge.outranked)).collect()
        };
        self.graph.len() == graph.len()
            && (0..)
                .zip(self.graph.nodes().into_iter().zip(graph.nodes()))
                .all(|(place, (was, is))| was.id == is.id && edges(&self.graph, place) == edges(graph, place))
    }

    pub(super) fn plan(&self) -> &CapPlan {
        &self.plan.plan
    }

    /// Where a node stands in the order in which they are judged.
    pub(super) fn rank(&self, place: usize) -> u32 {
        self.plan.ranks.get(place).copied().unwrap_or_default()
    }

    /// The lineage itself.
    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// How many models it is of.
    pub(super) fn models(&self) -> usize {
        self.places.len()
    }

    pub(super) fn disputes(&self, place: usize) -> bool {
        u32::try_from(place).is_ok_and(|place| self.disputed.binary_search(&place).is_ok())
    }

    /// The parents whose weights are in a model, sorted; none of one that stands nowhere.
    pub fn parents(&self, index: usize) -> Vec<&ModelId> {
        let parents = self.place(index).into_iter().flat_map(|place| self.plan().parents(place));
        let mut parents: Vec<&ModelId> = parents.filter_map(|place| self.id(place)).collect();
        parents.sort();
        parents.dedup();
        parents
    }

    /// All parents of a model, datasets too, sorted.
    pub fn all_parents(&self, index: usize) -> Vec<&ModelId> {
        let place = self.place(index).and_then(|place| u32::try_from(place).ok());
        let parents = place.into_iter().flat_map(|place| self.graph.edges_at(place));
        parents.filter_map(|(parent, _)| self.graph.node_at(parent)).map(|node| &node.id).collect()
    }

    /// How many models derive from the one of an index, directly or not.
    pub fn descendants(&self, index: usize) -> u32 {
        self.place(index).map_or(0, |place| self.descendants_at(place))
    }

    pub(super) fn descendants_at(&self, place: usize) -> u32 {
        self.descendants.get(place).copied().unwrap_or_default()
    }

    pub(super) fn id(&self, place: usize) -> Option<&ModelId> {
        self.graph.id_at(place)
    }

    /// Where the model of an index stands.
    pub(super) fn place(&self, index: usize) -> Option<usize> {
        usize::try_from((*self.places.get(index)?)?).ok()
    }

    pub(super) fn position(&self, id: &ModelId) -> Option<usize> {
        usize::try_from(self.graph.position(id)?).ok()
    }

    /// Whether what its derivations keep goes together in a model and its parents.
    pub(super) fn is_plausible(&self, models: &[Model], place: usize) -> Option<bool> {
        let plausible = || {
            let node = u32::try_from(place).ok()?;
            let model = models.get(self.graph.node_at(node)?.model()?)?;
            is_plausible(model, models, &self.graph, node)
        };
        self.plausible.get(place, plausible)?
    }

    /// Which documents tell of the parents of the model of an index.
    pub(super) fn told_by(&self, models: &[Model], index: usize) -> Option<ToldBy> {
        let told = || models.get(index).map(|model| ParentsTold::of(model).by).unwrap_or_default();
        self.told_by.get(self.place(index)?, told)
    }
}

/// Where nodes stood before.
pub(super) enum Moved {
    /// Where they stand now.
    Nothing,
    /// By where they stand now.
    To(Vec<Option<usize>>),
}

impl Moved {
    pub fn before(&self, place: usize) -> Option<usize> {
        match self {
            Moved::Nothing => Some(place),
            Moved::To(places) => places.get(place).copied().flatten(),
        }
    }
}

/// How many models derive from each node. Where every child on the way down has one parent, that is a sum; else each is
/// counted, up to a bound, and beyond it those are counted twice that are reached on two ways.
fn descendants(graph: &Graph) -> Vec<u32> {
    let many = graph.len();
    let wide = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
    let children =
        |place: u32| graph.children_at(place).filter(|(_, edge)| !edge.outranked).map(|(to, _)| to);
    let parents = |place: u32| graph.edges_at(place).filter(|(_, edge)| !edge.outranked).map(|(to, _)| to);
    let is_model = |place: u32| graph.node_at(place).is_some_and(|node| node.model().is_some());
    let all = || (0..u32::MAX).take(many);
    let mut counts = vec![0_u32; many];
    // Whether nothing below is reached on two ways.
    let mut is_tree = vec![true; many];
    let mut open: Vec<u32> =
        all().map(|place| u32::try_from(children(place).count()).unwrap_or(u32::MAX)).collect();
    let mut next: Vec<u32> = all().filter(|place| open.get(wide(*place)) == Some(&0)).collect();
    let mut seen = vec![u32::MAX; many];
    let mut looked = 0;
    let mut finished = vec![false; many];
    let count_at = |place: u32, seen: &mut Vec<u32>, looked: &mut usize| -> Option<u32> {
        let (mut found, mut waiting) = (0_u32, vec![place]);
        while let Some(at) = waiting.pop() {
            for child in children(at) {
                *looked += 1;
                let slot = seen.get_mut(wide(child))?;
                if *slot == place || child == place {
                    continue;
                }
                *slot = place;
                found += u32::from(is_model(child));
                if wide(found) > MOST_COUNTED || *looked > MOST_LOOKED {
                    return None;
                }
                waiting.push(child);
            }
        }
        Some(found)
    };
    while let Some(place) = next.pop() {
        let (mut sum, mut tree) = (0_u32, true);
        for child in children(place) {
            let below = counts.get(wide(child)).copied().unwrap_or_default();
            sum = sum.saturating_add(below).saturating_add(u32::from(is_model(child)));
            tree &= is_tree.get(wide(child)).copied().unwrap_or_default() && parents(child).count() == 1;
        }
        let most = u32::try_from(many).unwrap_or(u32::MAX);
        let count = match tree {
            true => sum,
            false => count_at(place, &mut seen, &mut looked).unwrap_or(sum.min(most)),
        };
        counts.get_mut(wide(place)).into_iter().for_each(|slot| *slot = count);
        is_tree.get_mut(wide(place)).into_iter().for_each(|slot| *slot = tree);
        finished.get_mut(wide(place)).into_iter().for_each(|slot| *slot = true);
        for parent in parents(place) {
            if let Some(left) = open.get_mut(wide(parent)) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    next.push(parent);
                }
            }
        }
    }
    // Those on a circle, and above one.
    for place in all().filter(|place| finished.get(wide(*place)) == Some(&false)) {
        let most = u32::try_from(MOST_COUNTED).unwrap_or(u32::MAX);
        let count = count_at(place, &mut seen, &mut looked).unwrap_or(most);
        counts.get_mut(wide(place)).into_iter().for_each(|slot| *slot = count);
    }
    counts
}
