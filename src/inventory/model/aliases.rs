//! Names that mean the same model, which folder a name means, and which bindings this workspace wrote: what `[[alias]]`
//! and `[[binding]]` in `touchmark.toml` say. A name is never guessed to be another's: owners of names change, and whoever holds a name may put anything behind it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::text::Untrusted;

use super::facts::{Basis, Fact, FactKey, ParentRef};
use super::finding::Finding;
use super::id::ModelId;
use super::models::{Binding, Details, Model};
use super::packed::List;
use super::record::note;
use super::twins::plain;

/// Where they are told: the workspace's own file.
pub(in crate::inventory) const FILE: &str = "touchmark.toml";

/// Names and what they stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases {
    /// Each leads nearer to what it stands for, or to it; after [`Aliases::settle`] to it.
    names: BTreeMap<ModelId, ModelId>,
    /// Folders, workspace-relative, and what they are called.
    places: BTreeMap<PathBuf, ModelId>,
    /// The only folder of a name.
    chosen: BTreeMap<ModelId, PathBuf>,
    /// Digests of the bindings that this workspace wrote.
    written: BTreeSet<String>,
}

impl Aliases {
    /// Adds a name; false when it would stand for itself in the end, or stands for something already.
    pub(in crate::inventory) fn add(&mut self, name: &str, of: &str) -> bool {
        let (name, of) = (ModelId::new(name), ModelId::new(of));
        if self.names.contains_key(&name) {
            return false;
        }
        let of = self.shorten(of);
        if of == name {
            return false;
        }
        self.names.insert(name, of);
        true
    }

    /// Knows a binding as one that this workspace wrote; false when it does already.
    pub(in crate::inventory) fn wrote(&mut self, digest: &str) -> bool {
        self.written.insert(digest.to_owned())
    }

    /// Calls a folder by a name, which no other folder then has; false when either is taken.
    pub(in crate::inventory) fn call(&mut self, name: &str, place: &Path) -> bool {
        self.choose(ModelId::new(name), place)
    }

    fn choose(&mut self, name: ModelId, place: &Path) -> bool {
        let place = plain(place);
        if self.places.contains_key(&place) || self.chosen.contains_key(&name) {
            return false;
        }
        self.chosen.insert(name.clone(), place.clone());
        self.places.insert(place, name);
        true
    }

    /// The same names, where this folder is the only one of a name, whatever was said before.
    pub(crate) fn choosing(&self, name: &ModelId, place: &Path) -> Self {
        let mut chosen = self.clone();
        let before = chosen.chosen.remove(name);
        before.map(|place| chosen.places.remove(&place));
        if let Some(other) = chosen.places.remove(&plain(place)) {
            chosen.chosen.remove(&other);
        }
        chosen.choose(name.clone(), place);
        chosen
    }

    /// Where a name leads so far; whatever lies on the way leads there at once from now on, so that a chain of any
    /// length and order is walked once.
    fn shorten(&mut self, of: ModelId) -> ModelId {
        let mut way = Vec::new();
        let mut end = of;
        while let Some(next) = self.names.get(&end) {
            way.push(std::mem::replace(&mut end, next.clone()));
        }
        // The last one leads there already.
        way.pop();
        for name in way {
            self.names.insert(name, end.clone());
        }
        end
    }

    /// Once all are added: each leads to what it stands for in one step.
    pub(in crate::inventory) fn settle(&mut self) {
        let names: Vec<ModelId> = self.names.keys().cloned().collect();
        for name in names {
            self.shorten(name);
        }
    }

    /// What a name stands for: itself, when nothing is said of it.
    pub fn resolve<'a>(&'a self, id: &'a ModelId) -> &'a ModelId {
        // `add` lets no circle in.
        let mut id = id;
        while let Some(of) = self.names.get(id) {
            id = of;
        }
        id
    }

    /// Gives a model, and the parents that it names, the names that are meant; the other name becomes a fact.
    pub(crate) fn apply(&self, model: &mut Model) {
        if !self.written.is_empty() {
            let Model { id, details, .. } = &mut *model;
            // Only what changes: the rest stays shared.
            let differs = |binding: &Binding| binding.ours != self.written.contains(&binding.digest(id));
            if details.binding.as_deref().into_iter().chain(&details.other_bindings).any(differs) {
                let Details { binding, other_bindings, .. } = Arc::make_mut(details);
                for binding in binding.as_deref_mut().into_iter().chain(other_bindings) {
                    binding.ours = self.written.contains(&binding.digest(id));
                }
            }
        }
        if self.names.is_empty() && self.places.is_empty() {
            return;
        }
        let by_place = model.location.as_deref().and_then(|place| self.places.get(&plain(place)));
        let meant = self.resolve(by_place.unwrap_or(&model.id));
        if *meant != model.id {
            let fact = Fact {
                key: FactKey::Alias,
                value: model.name.clone(),
                basis: Basis::Declared,
                source: Untrusted::new(FILE),
                place: Untrusted::new("alias"),
            };
            model.facts.push(fact);
            model.id = meant.clone();
        }
        let is_other = |parent: &ParentRef| *self.resolve(&parent.id) != parent.id;
        if model.parents.each().any(|parent| is_other(&parent)) {
            let parents: Vec<ParentRef> = std::mem::take(&mut model.parents)
                .into_iter()
                .map(|parent| ParentRef { id: self.resolve(&parent.id).clone(), ..parent })
                .collect();
            model.parents = List::from(parents);
        }
    }

    /// The only folder of a name, where one is chosen.
    pub(in crate::inventory) fn chosen_for(&self, id: &ModelId) -> Option<&Path> {
        let mut chosen = self.chosen.iter().filter(|(name, _)| self.resolve(name) == id);
        chosen.next_back().map(|(_, place)| place.as_path())
    }

    /// Of models that [`Aliases::apply`] has seen, leaves out the folders of a name for which another one is chosen, and
    /// tells it. A chosen folder that is not there chooses nothing.
    pub(crate) fn set_aside(&self, models: &mut Vec<(u64, Model)>, findings: &mut Vec<Finding>) {
        if self.chosen.is_empty() {
            return;
        }
        let chosen: BTreeMap<&ModelId, &PathBuf> =
            self.chosen.iter().map(|(name, place)| (self.resolve(name), place)).collect();
        let is_chosen = |model: &Model| {
            let place = chosen.get(&model.id);
            place.map(|place| model.location.as_deref().map(plain).as_ref() == Some(*place))
        };
        let here: HashSet<ModelId> = models
            .iter()
            .filter(|(_, model)| is_chosen(model) == Some(true))
            .map(|(_, model)| model.id.clone())
            .collect();
        models.retain(|(_, model)| {
            let stays =
                model.location.is_none() || !here.contains(&model.id) || is_chosen(model) == Some(true);
            if let Some(place) = model.location.as_ref().filter(|_| !stays) {
                let message =
                    "this folder comes to a name for which another folder was chosen; it is left out";
                let source = model.sources.first().cloned().unwrap_or_default();
                let id = Some(model.id.clone());
                note(findings, SET_ASIDE, id, &source, &place.to_string_lossy(), message);
            }
            stays
        });
        for (name, place) in chosen.iter().filter(|(name, _)| !here.contains(**name)) {
            let message = "the folder that was chosen for this name holds no model; nothing is chosen";
            let (source, place) = (Untrusted::new(FILE), place.to_string_lossy());
            note(findings, "F-ALIAS-PLACE", Some((*name).clone()), &source, &place, message);
        }
        // A model whose record holds twins of its own keeps only what was chosen.
        let has_twins = |model: &Model| here.contains(&model.id) && !model.twins.is_empty();
        for (_, model) in models.iter_mut().filter(|(_, model)| has_twins(model)) {
            model.twins.clear();
        }
    }
}

/// What tells that a folder was not chosen.
const SET_ASIDE: &str = "F-FOLDER-SET-ASIDE";
