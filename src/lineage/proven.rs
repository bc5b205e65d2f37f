//! Parents named by verified claims, which make an edge attested. The caller decides which claims count.

use crate::inventory::{ModelId, Relation};
use crate::signing::RootDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A parent that a claim names by digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The child.
    pub child: ModelId,
    /// The parent: a model of the inventory with that digest, or else a placeholder by what the claim calls it.
    pub parent: ModelId,
    /// How the child came from it.
    pub relation: Relation,
    /// The parent's root digest.
    pub digest: RootDigest,
    /// The claim: SHA-256 over its bundle, hex.
    pub claim: Arc<str>,
    /// The signer.
    pub signer: Untrusted,
    /// Whether the policy gives that signer the role for it.
    pub in_role: bool,
    /// Whether the claim names every model that went in: then it denies all others.
    pub complete: bool,
    /// The trusted signing time, if any.
    pub signed_at: Option<Timestamp>,
    /// When the build began, as the claim says.
    pub started: Option<Timestamp>,
    /// When the parent was verified before it was used, as the claim says.
    pub verified_at: Option<Timestamp>,
}

/// A claim that says outright that no model went in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootSaid {
    /// The claim: SHA-256 over its bundle, hex.
    pub claim: Arc<str>,
    /// The signer.
    pub signer: Untrusted,
    /// Whether the policy gives that signer the role for it.
    pub in_role: bool,
    /// The trusted signing time, if any.
    pub signed_at: Option<Timestamp>,
}

/// What claims say of where one model came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    proofs: Vec<Proof>,
    roots: Vec<RootSaid>,
}

/// What the claims of an inventory say of where its models came from. A clone shares what each model's claims say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proven {
    /// In the order of the children; none without claims.
    children: Vec<(ModelId, Arc<Origins>)>,
}

impl Origins {
    /// Of the proofs of one child and of claims that it is a root, in any order.
    pub fn new(mut proofs: Vec<Proof>, mut roots: Vec<RootSaid>) -> Self {
        proofs.sort_by(|a, b| (&a.parent, &a.claim, a.relation).cmp(&(&b.parent, &b.claim, b.relation)));
        roots.sort_by(|a, b| a.claim.cmp(&b.claim));
        Origins { proofs, roots }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.proofs.is_empty() && self.roots.is_empty()
    }

    /// The parents that claims name, in the order of the parents and claims.
    pub fn proofs(&self) -> &[Proof] {
        &self.proofs
    }

    /// The claims that it has none, in the order of their digests.
    pub fn roots(&self) -> &[RootSaid] {
        &self.roots
    }

    /// Whether a claim by a signer with the role declares it a root.
    pub fn is_root(&self) -> bool {
        self.roots.iter().any(|said| said.in_role)
    }

    /// Whether a claim by a signer with the role names every input model.
    pub fn is_complete(&self) -> bool {
        self.is_root() || self.proofs.iter().any(|proof| proof.in_role && proof.complete)
    }
}

impl Proven {
    /// Of proofs in any order.
    pub fn of(proofs: Vec<Proof>) -> Self {
        let mut by_child: BTreeMap<ModelId, Vec<Proof>> = BTreeMap::new();
        for proof in proofs {
            by_child.entry(proof.child.clone()).or_default().push(proof);
        }
        let origins = |(child, proofs)| (child, Origins::new(proofs, Vec::new()));
        Proven::by(by_child.into_iter().map(origins))
    }

    /// Of what is said of each child, in any order, each child once.
    pub fn by(children: impl IntoIterator<Item = (ModelId, Origins)>) -> Self {
        let said = children.into_iter().filter(|(_, origins)| !origins.is_empty());
        let mut children: Vec<(ModelId, Arc<Origins>)> =
            said.map(|(child, origins)| (child, Arc::new(origins))).collect();
        children.sort_by(|(a, _), (b, _)| a.cmp(b));
        Proven { children }
    }

    /// The same with other claims of some children, and whose they are; none where nothing differs.
    pub fn with(
        &self,
        changed: impl IntoIterator<Item = (ModelId, Origins)>,
    ) -> Option<(Self, Vec<ModelId>)> {
        let differs = |(child, origins): &(ModelId, Origins)| match self.origins(child) {
            Some(known) => **known != *origins,
            None => !origins.is_empty(),
        };
        let changed: BTreeMap<ModelId, Origins> = changed.into_iter().filter(differs).collect();
        if changed.is_empty() {
            return None;
        }
        let ids: Vec<ModelId> = changed.keys().cloned().collect();
        let kept = self.children.iter().filter(|(child, _)| !changed.contains_key(child)).cloned();
        let mut children: Vec<(ModelId, Arc<Origins>)> = kept.collect();
        let said = changed.into_iter().filter(|(_, origins)| !origins.is_empty());
        children.extend(said.map(|(child, origins)| (child, Arc::new(origins))));
        // Two runs in order: merging them is one pass.
        children.sort_by(|(a, _), (b, _)| a.cmp(b));
        Some((Proven { children }, ids))
    }

    /// The children of which claims say something else than in another list.
    pub fn differs_from(&self, other: &Proven) -> Vec<ModelId> {
        let (mut ours, mut theirs) = (self.children.iter().peekable(), other.children.iter().peekable());
        let mut changed = Vec::new();
        // Both are in order.
        loop {
            let next = match (ours.peek(), theirs.peek()) {
                (None, None) => return changed,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((one, _)), Some((other, _))) => one.cmp(other),
            };
            let (one, other) = match next {
                Ordering::Less => (ours.next(), None),
                Ordering::Greater => (None, theirs.next()),
                Ordering::Equal => (ours.next(), theirs.next()),
            };
            let is_same = one.zip(other).is_some_and(|((_, one), (_, other))| one == other);
            if !is_same {
                changed.extend(one.or(other).map(|(child, _)| child.clone()));
            }
        }
    }

    /// Whether no claim says anything.
    pub fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    /// All proofs, in the order of children, parents and claims.
    pub fn all(&self) -> impl Iterator<Item = &Proof> {
        self.children.iter().flat_map(|(_, origins)| &origins.proofs)
    }

    /// Of which models claims say where they came from, and what.
    pub fn children(&self) -> impl Iterator<Item = (&ModelId, &Origins)> {
        self.children.iter().map(|(child, origins)| (child, &**origins))
    }

    /// What claims say of where a model came from; none where they say nothing.
    pub fn origins(&self, child: &ModelId) -> Option<&Arc<Origins>> {
        let at = self.children.binary_search_by(|(known, _)| known.cmp(child)).ok()?;
        self.children.get(at).map(|(_, origins)| origins)
    }

    /// What proves the parents of a model.
    pub fn of_child(&self, child: &ModelId) -> &[Proof] {
        self.origins(child).map(|origins| origins.proofs()).unwrap_or_default()
    }

    /// The claims that a model has no parents.
    pub fn roots_of(&self, child: &ModelId) -> &[RootSaid] {
        self.origins(child).map(|origins| origins.roots()).unwrap_or_default()
    }

    /// What proves an edge.
    pub fn of_edge(&self, child: &ModelId, parent: &ModelId) -> impl Iterator<Item = &Proof> {
        self.of_child(child).iter().filter(move |proof| proof.parent == *parent)
    }

    /// The proofs that name a digest, in the order of the children.
    pub fn naming(&self, digest: RootDigest) -> impl Iterator<Item = &Proof> {
        self.all().filter(move |proof| proof.digest == digest)
    }
}
