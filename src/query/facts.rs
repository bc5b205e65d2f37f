//! What terms ask that only the models' facts say, made small: every distinct value once, and which of them each model
//! has. Reading all facts of a large inventory takes a while, so a background thread does it once.

use crate::inventory::{Basis, FactKey, Finding, Model};
use crate::lineage::Graph;
use crate::view::publisher;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

/// What a value is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// Its publisher.
    Publisher,
    /// A licence.
    Licence,
    /// A dataset that it names.
    Dataset,
    /// The code of a finding.
    Finding,
}

/// A distinct value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it is of.
    pub of: Of,
    /// The value, as a source writes it.
    pub text: Arc<str>,
    /// How many models have it.
    pub models: u32,
}

/// The values of all models.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Facts {
    known: Vec<Known>,
    /// Where the values of each model begin among `ids`, and at last where they end.
    starts: Vec<u32>,
    ids: Vec<u32>,
    /// A bit for each basis that a fact or a parent of the model has.
    bases: Vec<u8>,
}

/// Values being collected.
#[derive(Default)]
struct Collected {
    places: HashMap<Of, HashMap<Arc<str>, u32>>,
    facts: Facts,
    /// Where the values of the model begin that is collected now.
    start: usize,
}

impl Collected {
    fn add(&mut self, of: Of, text: &str) {
        let places = self.places.entry(of).or_default();
        let id = match places.get(text) {
            Some(id) => *id,
            None => {
                let id = u32::try_from(self.facts.known.len()).unwrap_or(u32::MAX);
                let text: Arc<str> = text.into();
                self.facts.known.push(Known { of, text: text.clone(), models: 0 });
                places.insert(text, id);
                id
            }
        };
        if self.facts.ids.get(self.start..).is_some_and(|ids| ids.contains(&id)) {
            return;
        }
        self.facts.ids.push(id);
        if let Some(known) = self.facts.known.get_mut(id as usize) {
            known.models += 1;
        }
    }
}

fn bit(basis: Basis) -> u8 {
    match basis {
        Basis::Observed => 1,
        Basis::Attested => 2,
        Basis::Declared => 4,
        Basis::Contradicted => 8,
    }
}

impl Facts {
    /// Of all models, sorted by their ids.
    pub fn of(models: &[Model], findings: &[Finding], graph: &Graph) -> Self {
        let mut codes: HashMap<usize, Vec<&str>> = HashMap::new();
        for finding in findings {
            let id = finding.model.as_ref();
            let at = id.and_then(|id| models.binary_search_by(|model| model.id.cmp(id)).ok());
            if let Some(at) = at {
                codes.entry(at).or_default().push(&finding.code);
            }
        }
        let places = graph.places_of_models();
        let mut all = Collected::default();
        all.facts.starts.push(0);
        for (at, model) in models.iter().enumerate() {
            let of_facts = Cell::new(0);
            if let Some(publisher) = publisher(model) {
                all.add(Of::Publisher, &publisher);
            }
            let is_wanted = |key, basis| {
                of_facts.set(of_facts.get() | bit(basis));
                matches!(key, FactKey::Licence | FactKey::Dataset)
            };
            for fact in model.facts.each_of(is_wanted) {
                match fact.key {
                    FactKey::Licence => all.add(Of::Licence, fact.value.raw()),
                    FactKey::Dataset => all.add(Of::Dataset, fact.value.raw()),
                    _ => {}
                }
            }
            let mut bases = of_facts.get();
            if let Some(Some(place)) = places.get(at) {
                for (parent, edge) in graph.parents_at(*place) {
                    bases |= bit(edge.basis);
                    // What only an outranked source says stays a mention.
                    if !edge.relation.bears_weight() {
                        all.add(Of::Dataset, parent.id.raw());
                    }
                }
            }
            for code in codes.get(&at).into_iter().flatten() {
                all.add(Of::Finding, code);
            }
            all.facts.bases.push(bases);
            all.start = all.facts.ids.len();
            all.facts.starts.push(u32::try_from(all.start).unwrap_or(u32::MAX));
        }
        let mut facts = all.facts;
        facts.ids.shrink_to_fit();
        facts
    }

    /// The distinct values.
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    /// The values of the model of an index, as places among the distinct ones.
    pub fn ids(&self, at: usize) -> &[u32] {
        let (Some(from), Some(to)) = (self.starts.get(at), self.starts.get(at + 1)) else { return &[] };
        self.ids.get(*from as usize..*to as usize).unwrap_or_default()
    }

    /// Whether a fact or a parent of the model of an index has that basis.
    pub fn has_basis(&self, at: usize, basis: Basis) -> bool {
        self.bases.get(at).is_some_and(|bases| bases & bit(basis) != 0)
    }
}
