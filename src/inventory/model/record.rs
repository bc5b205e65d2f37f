//! One source's record of one model while it is being read: the model and the findings about it.

use crate::text::Untrusted;
use std::collections::HashSet;
use std::hash::Hash;

use super::facts::{Basis, Fact, FactKey, ParentRef, Relation};
use super::finding::Finding;
use super::id::ModelId;
use super::models::Model;
use super::names;

/// A document cannot make us keep more findings than this.
pub(super) const MAX_FINDINGS: usize = 1000;

/// Facts, and parents, of one model: no bill of good will has as many, and each is compared with the others.
pub(super) const MAX_FACTS: usize = 1000;
/// What is said where that bound is met.
pub(super) const TOO_MANY_FACTS: &str = "more facts about one model than are kept; the rest is left out";

/// A model as one source tells of it.
pub(in crate::inventory) struct Record {
    /// What the source says.
    pub model: Model,
    /// What it gets wrong.
    pub findings: Vec<Finding>,
    facts: Told<Fact>,
    parents: Told<ParentRef>,
}

/// What was told already: looked through as long as it is little, then kept as a table, so that the next one costs the
/// same however many there are.
struct Told<T>(Option<HashSet<T>>);

impl<T: Clone + Eq + Hash> Told<T> {
    /// Whether it was not told yet; then it counts as told from now on.
    fn is_new(&mut self, told: &[T], one: &T) -> bool {
        const FEW: usize = 24;
        match &mut self.0 {
            None if told.len() < FEW => !told.contains(one),
            None => {
                let table = self.0.insert(told.iter().cloned().collect());
                table.insert(one.clone())
            }
            Some(table) => table.insert(one.clone()),
        }
    }
}

impl Record {
    /// Nothing is known yet.
    pub fn new(id: ModelId, name: &str, source: &Untrusted) -> Self {
        let mut model = Model::new(id, name);
        model.sources.push(source.clone());
        Record { model, findings: Vec::new(), facts: Told(None), parents: Told(None) }
    }

    /// Adds a fact; empty text says nothing.
    pub fn fact(&mut self, key: FactKey, value: &str, basis: Basis, source: &Untrusted, place: &str) {
        if value.trim().is_empty() {
            return;
        }
        if self.model.facts.len() >= MAX_FACTS {
            if !self.findings.iter().any(|finding| finding.code == "F-MODEL-FACTS") {
                self.found("F-MODEL-FACTS", source, place, TOO_MANY_FACTS);
            }
            return;
        }
        let fact = Fact { key, value: value.into(), basis, source: source.clone(), place: place.into() };
        if self.facts.is_new(&self.model.facts, &fact) {
            self.model.facts.push(fact);
        }
        if !self.model.sources.contains(source) {
            self.model.sources.push(source.clone());
        }
    }

    /// Adds a parent as a document declares it, and the fact that it does. A local path or a foreign
    /// address stays a fact only.
    pub fn parent(&mut self, raw: &str, relation: Relation, source: &Untrusted, place: &str) {
        let key = if relation == Relation::TrainedOn { FactKey::Dataset } else { FactKey::BaseModel };
        self.fact(key, raw, Basis::Declared, source, place);
        let Some(name) = names::canonical(raw).filter(|_| self.model.parents.len() < MAX_FACTS) else {
            return;
        };
        let parent = ParentRef {
            id: ModelId::new(&name),
            relation,
            basis: Basis::Declared,
            digest: None,
            source: source.clone(),
            place: place.into(),
        };
        if !parent.id.raw().is_empty() && self.parents.is_new(&self.model.parents, &parent) {
            self.model.parents.push(parent);
        }
    }

    /// Adds a finding about this model.
    pub fn found(&mut self, code: &str, source: &Untrusted, place: &str, message: impl Into<String>) {
        let id = self.model.id.clone();
        note(&mut self.findings, code, Some(id), source, place, message);
    }
}

/// Adds a finding, up to a bound.
pub(in crate::inventory) fn note(
    findings: &mut Vec<Finding>,
    code: &str,
    model: Option<ModelId>,
    source: &Untrusted,
    place: &str,
    message: impl Into<String>,
) {
    if findings.len() < MAX_FINDINGS {
        findings.push(Finding {
            code: code.to_owned(),
            model,
            source: source.clone(),
            place: place.into(),
            message: message.into(),
        });
    }
}
