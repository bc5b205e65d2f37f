//! Parents that verified claims name: what makes an edge attested. Which claims count is known to whoever makes the list.

use crate::inventory::{ModelId, Relation};
use crate::signing::RootDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
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
    /// Who says so.
    pub signer: Untrusted,
    /// Whether the policy gives that signer the role for it.
    pub in_role: bool,
    /// When it was signed, if somebody who is trusted says so.
    pub signed_at: Option<Timestamp>,
    /// When the build began, as the claim says.
    pub started: Option<Timestamp>,
    /// When the parent was verified before it was used, as the claim says.
    pub verified_at: Option<Timestamp>,
}

/// All proofs of an inventory, in the order of children, parents and claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proven {
    proofs: Vec<Proof>,
}

impl Proven {
    /// Of proofs in any order.
    pub fn of(mut proofs: Vec<Proof>) -> Self {
        proofs.sort_by(|a, b| (&a.child, &a.parent, &a.claim).cmp(&(&b.child, &b.parent, &b.claim)));
        Proven { proofs }
    }

    /// All of them.
    pub fn all(&self) -> &[Proof] {
        &self.proofs
    }

    /// What proves the parents of a model.
    pub fn of_child(&self, child: &ModelId) -> &[Proof] {
        let from = self.proofs.partition_point(|proof| proof.child < *child);
        let to = self.proofs.partition_point(|proof| proof.child <= *child);
        self.proofs.get(from..to).unwrap_or_default()
    }

    /// What proves an edge.
    pub fn of_edge(&self, child: &ModelId, parent: &ModelId) -> impl Iterator<Item = &Proof> {
        self.of_child(child).iter().filter(move |proof| proof.parent == *parent)
    }
}
