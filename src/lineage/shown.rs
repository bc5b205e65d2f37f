//! A model as it is shown: without the parents that better sources contradict.

use super::graph::Graph;
use crate::inventory::{List, Model, ModelId, ParentRef};
use std::borrow::Cow;

/// What the sources of a model say of one of its parents, each by itself.
pub fn said_of(model: &Model, parent: &ModelId) -> Vec<ParentRef> {
    let name = parent.raw().rsplit('/').next();
    let is_it =
        |said: &ParentRef| said.id == *parent || !said.id.raw().contains('/') && name == Some(said.id.raw());
    model.parents.each().map(Cow::into_owned).filter(is_it).collect()
}

/// A model without the parents that better sources contradict.
pub fn shown<'m>(graph: &Graph, model: &'m Model) -> Cow<'m, Model> {
    let is_shown = |parent: &ParentRef| graph.shows(&model.id, &parent.id);
    if model.parents.each().all(|parent| is_shown(&parent)) {
        return Cow::Borrowed(model);
    }
    let parents: Vec<ParentRef> = model.parents.each().map(Cow::into_owned).filter(is_shown).collect();
    let mut shown = model.clone();
    shown.parents = List::from(parents);
    Cow::Owned(shown)
}
