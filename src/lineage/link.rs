//! How far an edge is proven, by documents and by claims. The list of proofs contains only claims that count.

use super::graph::Edge;
use super::proven::Proof;
use crate::inventory::Basis;
use schemars::JsonSchema;
use serde::Serialize;

/// How far an edge is proven, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// Sources disagree.
    Contradicted,
    /// A document names the parent.
    Declared,
    /// The same, by digest.
    DeclaredPinned,
    /// A claim names the parent by digest, but its signer lacks the role for it.
    OutOfRole,
    /// A claim states it, or it was observed in the bytes.
    Attested,
    /// A claim by a signer with the role names the parent by digest.
    Proved,
}

impl Link {
    /// Of an edge and of the claims that prove it.
    pub fn of<'p>(edge: &Edge, proofs: impl Iterator<Item = &'p Proof>) -> Self {
        let mut link = match (edge.basis, edge.digest.is_some()) {
            (Basis::Contradicted, _) => return Link::Contradicted,
            (Basis::Declared, false) => Link::Declared,
            (Basis::Declared, true) => Link::DeclaredPinned,
            (Basis::Observed | Basis::Attested, false) => Link::Attested,
            (Basis::Observed | Basis::Attested, true) => Link::Proved,
        };
        for proof in proofs {
            link = link.max(if proof.in_role { Link::Proved } else { Link::OutOfRole });
        }
        link
    }

    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Link::Contradicted => "contradicted",
            Link::Declared => "declared, not pinned",
            Link::DeclaredPinned => "declared, pinned",
            Link::OutOfRole => "claimed by a signer without the lineage role",
            Link::Attested => "attested",
            Link::Proved => "attested and pinned",
        }
    }

    /// The connector: double, single, dotted, or a cross.
    pub fn line(self) -> &'static str {
        match self {
            Link::Contradicted => "╳╳",
            Link::Declared | Link::DeclaredPinned | Link::OutOfRole => "┄┄",
            Link::Attested => "──",
            Link::Proved => "══",
        }
    }
}
