//! Bringing together what several sources say of one model. Everything is kept; a disagreement is marked,
//! never resolved in silence.

use std::collections::BTreeMap;

use super::facts::{Basis, Fact, FactKey};
use super::finding::{Finding, Scan};
use super::hex::is_hex;
use super::id::ModelId;
use super::models::{Kind, Model};
use super::record::{MAX_FACTS, MAX_FINDINGS, TOO_MANY_FACTS, note};

/// Facts of which a model has one truth, so that sources can disagree about them.
const SINGLE_TRUTHS: [FactKey; 2] = [FactKey::Version, FactKey::Licence];

/// What tells of another folder of the same name.
pub(crate) const DUPLICATE: &str = "F-DUPLICATE-FOLDER";

/// Models by id, in the making.
#[derive(Default)]
pub(crate) struct Merged {
    models: BTreeMap<ModelId, Model>,
    findings: Vec<Finding>,
}

impl Merged {
    /// Takes in what one source says.
    pub fn add(&mut self, part: Scan) {
        self.findings.extend(part.findings);
        part.models.into_iter().for_each(|model| self.take(model));
    }

    /// Takes in a model; what the source gets wrong is told at the end, by [`Merged::finish_after`].
    pub fn take(&mut self, model: Model) {
        match self.models.get_mut(&model.id) {
            Some(known) => join(known, model, &mut self.findings),
            None => {
                self.models.insert(model.id.clone(), model);
            }
        }
    }

    /// The same of models that stand in the order of their ids, as records do in the store.
    pub fn in_order(models: impl Iterator<Item = Model>, mut findings: Vec<Finding>) -> Scan {
        let mut merged: Vec<Model> = Vec::with_capacity(models.size_hint().0);
        for model in models {
            match merged.last_mut() {
                Some(known) if known.id == model.id => join(known, model, &mut findings),
                _ => merged.push(model),
            }
        }
        merged.iter_mut().for_each(Model::pack);
        Scan { models: merged, findings }
    }

    /// The same of one source, whose own findings come before those of bringing its models together.
    pub fn finish_after(mut self, mut findings: Vec<Finding>) -> Scan {
        // Where there are as many as are kept, these are left out.
        let room = MAX_FINDINGS.saturating_sub(findings.len());
        self.findings.truncate(room);
        findings.append(&mut self.findings);
        Scan { models: self.models.into_values().collect(), findings }
    }

    /// The models sorted by id, and all findings.
    pub fn finish(self) -> Scan {
        Scan { models: self.models.into_values().collect(), findings: self.findings }
    }
}

fn join(known: &mut Model, mut more: Model, findings: &mut Vec<Finding>) {
    contradict(known, &mut more, findings);
    if known.kind == Kind::Model {
        known.kind = more.kind;
    }
    match (&known.location, &more.location) {
        (None, Some(_)) => {
            known.location = more.location;
            known.signature = more.signature;
            known.claims = more.claims;
            known.files = more.files;
            known.bytes = more.bytes;
            known.formats = more.formats;
            known.hazards = more.hazards;
        }
        (Some(_), Some(second)) => {
            let place = second.to_string_lossy();
            let source = more.sources.first().cloned().unwrap_or_default();
            note(
                findings,
                DUPLICATE,
                Some(known.id.clone()),
                &source,
                &place,
                "another folder already has this name; its files are looked at, those of this one are not",
            );
        }
        _ => {}
    }
    for fact in more.facts {
        let same = |old: &Fact| {
            old.key == fact.key
                && old.value == fact.value
                && old.basis == fact.basis
                && old.source == fact.source
        };
        if known.facts.len() < MAX_FACTS && !known.facts.iter().any(same) {
            if known.facts.len() + 1 == MAX_FACTS {
                let id = Some(known.id.clone());
                note(findings, "F-MODEL-FACTS", id, &fact.source, fact.place.raw(), TOO_MANY_FACTS);
            }
            known.facts.push(fact);
        }
    }
    for parent in more.parents {
        if known.parents.len() < MAX_FACTS && !known.parents.contains(&parent) {
            known.parents.push(parent);
        }
    }
    for source in more.sources {
        if !known.sources.contains(&source) {
            known.sources.push(source);
        }
    }
    if known.binding.is_none() {
        known.binding = more.binding;
    }
}

/// Marks the later of two facts that disagree.
fn contradict(known: &Model, more: &mut Model, findings: &mut Vec<Finding>) {
    // Nothing more is kept of it.
    if known.facts.len() >= MAX_FACTS {
        return;
    }
    for fact in more.facts.iter_mut().filter(|fact| SINGLE_TRUTHS.contains(&fact.key)) {
        let mut earlier = known.facts.iter().filter(|old| old.key == fact.key).peekable();
        if earlier.peek().is_none() || earlier.any(|old| agree(fact.key, old.value.raw(), fact.value.raw())) {
            continue;
        }
        fact.basis = Basis::Contradicted;
        let message = format!("another source gives another {}", fact.key.word());
        note(findings, "F-CONFLICT", Some(known.id.clone()), &fact.source, fact.place.raw(), message);
    }
}

fn agree(key: FactKey, one: &str, other: &str) -> bool {
    let (one, other) = (one.trim().to_lowercase(), other.trim().to_lowercase());
    // A commit is often written short: seven digits or more.
    let is_commit = |text: &str| text.len() >= 7 && is_hex(text);
    one == other
        || key == FactKey::Version
            && is_commit(&one)
            && is_commit(&other)
            && (one.starts_with(&other) || other.starts_with(&one))
}
