//! The parents whose weights are in a model, for its controls.

use super::evidence::Evidence;
use super::finding::Finding;
use super::kinship::LineageEdge;
use super::lineage_fact::{LineageFact, Parents};
use super::sight::{Lack, unless_unread};
use crate::inventory::Basis;

/// The parents whose weights are in a model: one at least.
#[derive(Clone, Copy)]
pub(super) struct Bearing<'a> {
    edges: &'a [LineageEdge],
    first: &'a LineageEdge,
}

impl<'a> Bearing<'a> {
    /// Of a model; none where no parent is known.
    pub fn of(evidence: &Evidence<'a>) -> Option<Self> {
        let edges = evidence.kinship.edges.as_slice();
        let first = edges.iter().find(|edge| edge.relation.bears_weight())?;
        Some(Bearing { edges, first })
    }

    pub fn iter(self) -> impl Iterator<Item = &'a LineageEdge> {
        self.edges.iter().filter(|edge| edge.relation.bears_weight())
    }

    pub fn all(self, holds: impl Fn(&LineageEdge) -> bool) -> bool {
        self.iter().all(holds)
    }

    /// Those of which something holds; none where it holds of none of them.
    pub fn those(self, holds: impl Fn(&LineageEdge) -> bool) -> Option<Parents> {
        let mut those = self.iter().filter(|edge| holds(edge));
        let first = those.next()?.parent.clone();
        Some(Parents { first, count: u32::try_from(1 + those.count()).unwrap_or(u32::MAX) })
    }

    /// All of them.
    pub fn named(self) -> Parents {
        let count = u32::try_from(self.iter().count()).unwrap_or(u32::MAX);
        Parents { first: self.first.parent.clone(), count }
    }

    /// How far the word for the least believed of them is to be believed.
    pub fn basis(self) -> Basis {
        self.iter().map(|edge| edge.basis).max().unwrap_or(self.first.basis)
    }
}

/// Whether it is said to be a root, and nothing names a parent.
pub(super) fn is_root(evidence: &Evidence<'_>) -> bool {
    evidence.kinship.root.is_some() && Bearing::of(evidence).is_none()
}

/// Judges by the parents: of a root there are none to judge, and where none is known there is nothing to judge.
pub(super) fn by_parents<'a>(
    evidence: &Evidence<'a>,
    lack: Lack,
    judge: impl FnOnce(Bearing<'a>) -> Finding,
) -> Finding {
    match Bearing::of(evidence) {
        Some(parents) => judge(parents),
        None if evidence.kinship.root.is_some() => Finding::not_applicable(LineageFact::Root.into()),
        None => unless_unread(evidence, undeclared(lack)),
    }
}

/// Nothing is said of parents.
pub(super) fn undeclared(lack: Lack) -> Finding {
    lack.of(LineageFact::NoParents).remedy(super::fact::Remedy::AttestProvenance)
}
