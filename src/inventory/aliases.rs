//! Names that mean the same model: what `[[alias]]` in `touchmark.toml` says. A name is never guessed to be
//! another's: owners of names change, and whoever holds a name may put anything behind it.

use std::collections::BTreeMap;

use crate::text::Untrusted;

use super::packed::List;
use super::types::{Basis, Fact, FactKey, Model, ModelId, ParentRef};

/// Names and what they stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases(BTreeMap<ModelId, ModelId>);

impl Aliases {
    /// Adds a name; false when it would stand for itself in the end, or stands for something already.
    pub(super) fn add(&mut self, name: &str, of: &str) -> bool {
        let (name, of) = (ModelId::new(name), ModelId::new(of));
        if self.0.contains_key(&name) || *self.resolve(&of) == name {
            return false;
        }
        self.0.insert(name, of);
        true
    }

    /// What a name stands for: itself, when nothing is said of it.
    pub fn resolve<'a>(&'a self, id: &'a ModelId) -> &'a ModelId {
        // `add` lets no circle in.
        let mut id = id;
        while let Some(of) = self.0.get(id) {
            id = of;
        }
        id
    }

    /// Gives a model, and the parents that it names, the names that are meant; the other name becomes a fact.
    pub(crate) fn apply(&self, model: &mut Model) {
        if self.0.is_empty() {
            return;
        }
        let meant = self.resolve(&model.id);
        if *meant != model.id {
            let fact = Fact {
                key: FactKey::Alias,
                value: model.name.clone(),
                basis: Basis::Declared,
                source: Untrusted::new(super::workspace::FILE),
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
}
