//! Maps root digests to models: the verified root of a model's files, or the stated one if they were not
//! verified. Digests of other domains are excluded, and names never match.

use crate::inventory::{Model, ModelId};
use crate::signing::RootDigest;
use crate::text::Untrusted;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What documents state of root digests. It stays the same while the models do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// Bindings first, then references of children, each in order.
    by_digest: BTreeMap<RootDigest, BTreeSet<(How, ModelId)>>,
    /// The same by the models.
    by_model: BTreeMap<ModelId, BTreeSet<(How, RootDigest)>>,
}

/// How a document states a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    Binding,
    Reference,
}

/// The models of an inventory by their root digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests {
    /// Verified roots of files, sorted.
    roots: Vec<(RootDigest, ModelId)>,
    /// The models that have one, sorted.
    rooted: Vec<ModelId>,
    stated: Arc<Stated>,
}

impl Stated {
    /// What the documents of an inventory state.
    pub fn of(models: &[Model]) -> Self {
        let of_model = |model: &Model| -> Vec<(RootDigest, How, ModelId)> {
            let bound = model.bindings().filter_map(|binding| stated_digest(binding.root_digest.as_ref()?));
            let bound = bound.map(|digest| (digest, How::Binding, model.id.clone()));
            let referred = model.parents.each().filter(|parent| !parent.id.raw().is_empty());
            let referred =
                referred.filter_map(|parent| Some((parent.digest?, How::Reference, parent.id.clone())));
            bound.chain(referred).collect()
        };
        let mut found: Vec<(RootDigest, How, ModelId)> = models.par_iter().flat_map_iter(of_model).collect();
        let bare: BTreeSet<ModelId> = found
            .iter()
            .filter(|(_, how, id)| *how == How::Reference && !id.raw().contains('/'))
            .map(|(_, _, id)| id.clone())
            .collect();
        let meant = meant(models, &bare);
        let mut stated = Stated::default();
        for (digest, how, id) in &mut found {
            if let Some(whole) = meant.get(id).filter(|_| *how == How::Reference) {
                *id = whole.clone();
            }
            stated.by_digest.entry(*digest).or_default().insert((*how, id.clone()));
            stated.by_model.entry(id.clone()).or_default().insert((*how, *digest));
        }
        stated
    }

    /// What was recorded of references to models.
    pub fn recorded(stated: impl Iterator<Item = (ModelId, RootDigest)>) -> Self {
        let mut known = Stated::default();
        for (id, digest) in stated {
            known.by_digest.entry(digest).or_default().insert((How::Reference, id.clone()));
            known.by_model.entry(id).or_default().insert((How::Reference, digest));
        }
        known
    }

    /// The digests that references to a model state of it.
    pub fn of_parent(&self, parent: &ModelId) -> impl Iterator<Item = RootDigest> {
        let stated = self.by_model.get(parent).into_iter().flatten();
        stated.filter(|(how, _)| *how == How::Reference).map(|(_, digest)| *digest)
    }
}

/// The models that are meant by bare names, where exactly one has that last part, as in the graph.
fn meant(models: &[Model], bare: &BTreeSet<ModelId>) -> BTreeMap<ModelId, ModelId> {
    let mut found: BTreeMap<ModelId, Option<ModelId>> = BTreeMap::new();
    if bare.is_empty() {
        return BTreeMap::new();
    }
    for model in models {
        let last = model.id.raw().rsplit('/').next().unwrap_or_default();
        let Some(name) = bare.get(&ModelId::new(last)) else { continue };
        let one = Some(model.id.clone());
        // The name itself is no other's.
        let is_itself = |known: &Option<ModelId>| known.as_ref() == Some(name);
        found
            .entry(name.clone())
            .and_modify(|known| match () {
                () if is_itself(known) || *known == one => {}
                () if model.id == *name => known.clone_from(&one),
                () => *known = None,
            })
            .or_insert(one);
    }
    found.into_iter().filter_map(|(name, whole)| Some((name, whole?))).collect()
}

impl Digests {
    /// Of what documents state, and of the verified root of each model, by its index.
    pub fn of(
        models: &[Model],
        stated: Arc<Stated>,
        root: impl Fn(usize) -> Option<RootDigest> + Sync,
    ) -> Self {
        let of_model = |(index, model): (usize, &Model)| Some((root(index)?, model.id.clone()));
        let mut roots: Vec<(RootDigest, ModelId)> =
            models.par_iter().enumerate().with_min_len(1024).filter_map(of_model).collect();
        let mut rooted: Vec<ModelId> = roots.iter().map(|(_, id)| id.clone()).collect();
        rooted.sort_unstable();
        rooted.dedup();
        roots.sort_unstable();
        Digests { roots, rooted, stated }
    }

    /// What documents state.
    pub fn stated(&self) -> &Arc<Stated> {
        &self.stated
    }

    /// The model of a digest. Of several that have it the first by name: they are copies.
    pub fn model_of(&self, digest: &RootDigest) -> Option<&ModelId> {
        let at = self.roots.partition_point(|(known, _)| known < digest);
        if let Some((_, id)) = self.roots.get(at).filter(|(known, _)| known == digest) {
            return Some(id);
        }
        // What was verified has the digest that was computed, whatever documents state.
        let stated = self.stated.by_digest.get(digest)?;
        stated.iter().map(|(_, id)| id).find(|id| self.rooted.binary_search(id).is_err())
    }

    /// The digests that may name another model than before, given whose verified root is another: what it was, and is.
    pub fn moved(
        &self,
        models: &[(ModelId, Option<RootDigest>, Option<RootDigest>)],
    ) -> BTreeSet<RootDigest> {
        let mut moved = BTreeSet::new();
        for (id, was, is) in models {
            moved.extend(was.iter().chain(is).copied());
            let stated = self.stated.by_model.get(id).into_iter().flatten();
            moved.extend(stated.map(|(_, digest)| *digest));
        }
        moved
    }
}

/// A root digest as a document writes it.
pub fn stated_digest(text: &Untrusted) -> Option<RootDigest> {
    let text = text.raw().trim().to_ascii_lowercase();
    text.strip_prefix("sha256:").unwrap_or(&text).parse().ok()
}
