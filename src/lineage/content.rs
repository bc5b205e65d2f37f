//! What a model's whole content is, by the digests that sources tell of it: two models that share one file of several
//! are not the same. It compares what is told and reads nothing.

use crate::inventory::{Basis, Fact, FactKey, Model};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Shorter digests are not believed to be of one content only.
const MIN_DIGEST: usize = 48;
/// Where the digest of a whole manifest stands: it names everything of the model.
const MANIFEST: &str = "manifest";

/// The digests of one model.
#[derive(Default)]
pub(super) struct Content {
    /// Of the whole.
    manifest: Option<String>,
    /// Of files of weights, by their places.
    files: BTreeMap<String, String>,
    /// What documents state, by algorithm.
    stated: BTreeMap<String, BTreeSet<String>>,
}

/// Whether facts of this kind say what a model's content is.
pub(super) fn tells_of_content(key: FactKey) -> bool {
    matches!(key, FactKey::Hash | FactKey::Address)
}

impl Content {
    /// What is told of a model.
    pub fn of(model: &Model) -> Self {
        let facts = model.facts.each_of(|key, basis| basis != Basis::Contradicted && tells_of_content(key));
        Content::by(facts)
    }

    /// The content of facts that are not contradicted.
    pub fn by<'f>(facts: impl Iterator<Item = Cow<'f, Fact>>) -> Self {
        let mut content = Content::default();
        for fact in facts.filter(|fact| tells_of_content(fact.key)) {
            let value = fact.value.raw();
            if value.len() <= MIN_DIGEST || !value.contains(':') || value.contains(' ') {
                continue;
            }
            let digest = value.to_lowercase().replacen("sha-", "sha", 1);
            let place = fact.place.raw();
            match fact.key {
                FactKey::Address if place == MANIFEST => content.manifest = Some(digest),
                FactKey::Address => drop(content.files.insert(place.to_owned(), digest)),
                _ => {
                    let algorithm = digest.split(':').next().unwrap_or_default().to_owned();
                    content.stated.entry(algorithm).or_default().insert(digest);
                }
            }
        }
        content
    }

    /// The digests of all that the model is, each as one text: whoever has one of them in common is the same.
    pub fn wholes(&self) -> Vec<String> {
        let mut wholes: Vec<String> = self.stated.values().map(joined).collect();
        match &self.manifest {
            // The weights may be another model's, with another template and other settings over them.
            Some(manifest) => wholes.push(manifest.clone()),
            None if self.files.is_empty() => {}
            None => wholes.push(joined(&self.weights())),
        }
        wholes
    }

    /// The weights that a loader takes: those at the top where there are any, of one form where there are several.
    fn weights(&self) -> BTreeSet<String> {
        let is_top = |place: &&String| !place.contains('/');
        let is_safetensors = |place: &&String| place.ends_with(".safetensors");
        let has = |test: &dyn Fn(&&String) -> bool| self.files.keys().any(|place| test(&place));
        let has_top = has(&is_top);
        let has_safetensors = has(&|place| (!has_top || is_top(place)) && is_safetensors(place));
        let counts =
            |place: &&String| (!has_top || is_top(place)) && (!has_safetensors || is_safetensors(place));
        self.files.iter().filter(|(place, _)| counts(place)).map(|(_, digest)| digest.clone()).collect()
    }
}

fn joined(digests: &BTreeSet<String>) -> String {
    digests.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
