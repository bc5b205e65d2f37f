//! Bringing together what several sources say of one model. Everything is kept; a disagreement is marked,
//! never resolved in silence.

use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use super::facts::{Basis, Fact, FactKey, ParentRef};
use super::finding::{Finding, Scan};
use super::hex::is_hex;
use super::id::ModelId;
use super::models::{Details, Kind, Model, Sharing};
use super::record::{MAX_FACTS, MAX_FINDINGS, TOO_MANY_FACTS, note};
use super::twins::{Twin, plain};
use crate::text::Untrusted;

/// Facts of which a model has one truth, so that sources can disagree about them.
const SINGLE_TRUTHS: [FactKey; 2] = [FactKey::Version, FactKey::Licence];

/// What tells of another folder of the same name.
pub(crate) const DUPLICATE: &str = "F-DUPLICATE-FOLDER";
const DUPLICATE_FOLDER: &str = "another folder comes to the same name: until one of them is chosen, or both are verified and hold the same, \
     the model contradicts itself; choose it with `at` in an [[alias]] of touchmark.toml, or give one source a prefix";

/// Models by id, in the making.
#[derive(Default)]
pub(crate) struct Merged {
    models: BTreeMap<ModelId, Model>,
    findings: Vec<Finding>,
    sharing: Sharing,
}

impl Merged {
    /// Takes in what one source says.
    pub fn add(&mut self, part: Scan) {
        self.findings.extend(part.findings);
        part.models.into_iter().for_each(|model| self.take(model));
    }

    /// Takes in a model; what the source gets wrong is told at the end, by [`Merged::finish_after`].
    pub fn take(&mut self, mut model: Model) {
        match self.models.get_mut(&model.id) {
            Some(known) => join(known, model, &mut self.findings),
            None => {
                model.share(&mut self.sharing);
                self.models.insert(model.id.clone(), model);
            }
        }
    }

    /// The same of models that stand in the order of their ids, as records do in the store.
    pub fn in_order(mut models: Vec<Model>, mut findings: Vec<Finding>) -> Scan {
        // In place: a second list of a million models is not for every machine.
        models.dedup_by(|later, known| {
            let is_same = later.id == known.id;
            if is_same {
                let nothing = Model::new(known.id.clone(), Untrusted::default());
                join(known, std::mem::replace(later, nothing), &mut findings);
            }
            is_same
        });
        let mut sharing = Sharing::default();
        for model in &mut models {
            model.pack();
            model.share(&mut sharing);
        }
        Scan { models, findings }
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
    if !more.twins.is_empty() {
        for twin in std::mem::take(&mut more.twins) {
            add_twin(known, twin);
        }
    }
    if let (Some(here), Some(there)) = (&known.location, &more.location)
        && plain(here) != plain(there)
    {
        // Only one of them is meant, and nobody has said which: what it says of itself is not the model's.
        let source = more.sources.first().cloned().unwrap_or_default();
        note(
            findings,
            DUPLICATE,
            Some(known.id.clone()),
            &source,
            &there.to_string_lossy(),
            DUPLICATE_FOLDER,
        );
        let twin = Twin {
            name: more.name.clone(),
            location: there.clone(),
            signature: more.signature.clone(),
            files: more.files,
            bytes: more.bytes,
        };
        add_twin(known, twin);
        return;
    }
    contradict(known, &mut more, findings);
    if known.kind == Kind::Model {
        known.kind = more.kind;
    }
    let said = Arc::unwrap_or_clone(more.details);
    if known.location.is_none() && said.location.is_some() {
        let details: &mut Details = known;
        details.location = said.location;
        details.signature = said.signature;
        details.claims = said.claims;
        details.files = said.files;
        details.bytes = said.bytes;
        details.formats = said.formats;
        details.hazards = said.hazards;
        details.descriptors = said.descriptors;
        details.pins = said.pins;
        details.state = said.state;
    }
    let told = |fact: &Fact| (fact.key, fact.value.clone(), fact.basis, fact.source.clone());
    let mut facts = Seen::of(&known.facts, more.facts.len(), told);
    for fact in more.facts {
        if known.facts.len() < MAX_FACTS && facts.is_new(&known.facts, told(&fact), told) {
            if known.facts.len() + 1 == MAX_FACTS {
                let id = Some(known.id.clone());
                note(findings, "F-MODEL-FACTS", id, &fact.source, fact.place.raw(), TOO_MANY_FACTS);
            }
            known.facts.push(fact);
        }
    }
    let mut parents = Seen::of(&known.parents, more.parents.len(), ParentRef::clone);
    for parent in more.parents {
        if known.parents.len() < MAX_FACTS && parents.is_new(&known.parents, parent.clone(), ParentRef::clone)
        {
            known.parents.push(parent);
        }
    }
    for source in said.sources {
        if known.sources.len() < MAX_FACTS && !known.sources.contains(&source) {
            known.sources.push(source);
        }
    }
    let bindings = said.binding.map(|binding| *binding).into_iter().chain(said.other_bindings);
    bindings.for_each(|binding| known.bind(binding));
}

/// All of them: one that is left out could be the one that differs.
fn add_twin(known: &mut Model, twin: Twin) {
    let is_itself = known.location.as_deref().map(plain) == Some(plain(&twin.location));
    if !is_itself && !known.twins.iter().any(|one| one.location == twin.location) {
        known.twins.push(twin);
    }
}

/// What is kept already: looked through for a few, by a table for many.
struct Seen<K>(Option<HashSet<K>>);

impl<K: Eq + Hash> Seen<K> {
    /// Where `many` are to be asked for.
    fn of<T>(known: &[T], many: usize, key: impl Fn(&T) -> K) -> Self {
        const FEW: usize = 16;
        Seen((many > FEW).then(|| known.iter().map(key).collect()))
    }

    fn is_new<T>(&mut self, known: &[T], wanted: K, key: impl Fn(&T) -> K) -> bool {
        match &mut self.0 {
            Some(table) => table.insert(wanted),
            None => !known.iter().any(|one| key(one) == wanted),
        }
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
    contradict_hashes(known, more, findings);
}

/// Bills that state hashes of one model by the same algorithms, and none of them alike, do not mean the same bytes.
/// What lies in a folder has many files, and a hash of one says nothing of another.
fn contradict_hashes(known: &Model, more: &mut Model, findings: &mut Vec<Finding>) {
    if known.location.is_some() || more.location.is_some() {
        return;
    }
    let algorithm = |value: &str| value.split_once(':').map(|(algorithm, _)| algorithm.to_owned());
    let stated = |model: &Model| -> (HashSet<String>, HashSet<String>) {
        let hashes = model.facts.each().filter(|fact| fact.key == FactKey::Hash);
        let hashes: HashSet<String> = hashes.map(|fact| fact.value.raw().to_ascii_lowercase()).collect();
        let algorithms = hashes.iter().filter_map(|hash| algorithm(hash)).collect();
        (hashes, algorithms)
    };
    let ((here, by), (there, its)) = (stated(known), stated(more));
    if by.is_disjoint(&its) || !here.is_disjoint(&there) {
        return;
    }
    let in_both = |name: &String| by.contains(name);
    for fact in more.facts.iter_mut().filter(|fact| fact.key == FactKey::Hash) {
        if !algorithm(fact.value.raw()).is_some_and(|name| in_both(&name)) {
            continue;
        }
        fact.basis = Basis::Contradicted;
        let message = "another bill gives another hash: they do not describe the same file";
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
