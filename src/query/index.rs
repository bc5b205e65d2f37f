//! What a query is held against: a view, and what is worth making once for all of its models. Whatever follows from the
//! models and their lineage alone is taken over from one view to the next. A clone shares all of it.

use super::facts::Facts;
use super::word::bag;
use crate::view::View;
use rayon::prelude::*;
use std::sync::Arc;

/// The facts of up to so many models are read at once; those of more are read by a background thread.
const FEW: usize = 20_000;
/// Stands for no place in the lineage.
const NOWHERE: u32 = u32::MAX;

/// What a query is held against.
#[derive(Clone, Default)]
pub struct Index {
    view: Option<Arc<View>>,
    bags: Arc<Vec<u64>>,
    used: Arc<Vec<u32>>,
    places: Arc<Vec<u32>>,
    facts: Option<Arc<Facts>>,
}

impl Index {
    /// For this view, with everything that any query needs.
    pub fn of(view: &View) -> Self {
        let mut index = Index::without_facts(view);
        index.facts = Some(Arc::new(Index::read_facts(view)));
        index
    }

    /// The same; the facts of many models are left for later.
    pub fn first(view: &View) -> Self {
        if view.models.len() <= FEW { Index::of(view) } else { Index::without_facts(view) }
    }

    fn without_facts(view: &View) -> Self {
        let narrow = |wide: usize| u32::try_from(wide).unwrap_or(u32::MAX);
        let bags = view.models.par_iter().with_min_len(512).map(|model| bag(model.id.raw())).collect();
        let used = view.graph.children_of_models().into_iter().map(narrow).collect();
        let places =
            view.graph.places_of_models().into_iter().map(|place| place.unwrap_or(NOWHERE)).collect();
        Index {
            view: Some(Arc::new(view.clone())),
            bags: Arc::new(bags),
            used: Arc::new(used),
            places: Arc::new(places),
            facts: None,
        }
    }

    /// For a view, given what was made for the one before it.
    pub fn after(&self, view: &View) -> Self {
        let Some(before) = self.view.as_ref() else { return Index::first(view) };
        if !Arc::ptr_eq(&before.models, &view.models) || !Arc::ptr_eq(&before.graph, &view.graph) {
            return Index::first(view);
        }
        let facts = self.facts.clone().filter(|_| Arc::ptr_eq(&before.findings, &view.findings));
        let index = Index { view: Some(Arc::new(view.clone())), facts, ..self.clone() };
        if index.facts.is_none() && index.len() <= FEW { Index::of(view) } else { index }
    }

    /// The facts of a view, in one thread: whatever else runs is not kept from it.
    pub fn read_facts(view: &View) -> Facts {
        Facts::of(&view.models, &view.findings, &view.graph)
    }

    /// Takes facts that were read of the same models.
    pub fn take_facts(&mut self, facts: Arc<Facts>) {
        self.facts = Some(facts);
    }

    /// Takes over the facts that were read for another index, if they are of the same models.
    pub fn inherit(&mut self, other: &Index) {
        let (Some(here), Some(there)) = (&self.view, &other.view) else { return };
        let is_same = Arc::ptr_eq(&here.models, &there.models)
            && Arc::ptr_eq(&here.graph, &there.graph)
            && Arc::ptr_eq(&here.findings, &there.findings);
        if is_same && self.facts.is_none() {
            self.facts.clone_from(&other.facts);
        }
    }

    /// The view.
    pub fn view(&self) -> Option<&Arc<View>> {
        self.view.as_ref()
    }

    /// How many models there are.
    pub fn len(&self) -> usize {
        self.bags.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bags.is_empty()
    }

    /// The facts, once they are read.
    pub fn facts(&self) -> Option<&Arc<Facts>> {
        self.facts.as_ref()
    }

    pub(super) fn bag(&self, at: usize) -> u64 {
        self.bags.get(at).copied().unwrap_or(0)
    }

    /// How many models derive directly from the model of an index.
    pub(super) fn used(&self, at: usize) -> u64 {
        self.used.get(at).copied().unwrap_or(0).into()
    }

    pub(super) fn place(&self, at: usize) -> Option<u32> {
        self.places.get(at).copied().filter(|place| *place != NOWHERE)
    }
}
