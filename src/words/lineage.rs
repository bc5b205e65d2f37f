//! Words for findings about the lineage of a model.

use crate::maturity::{LineageFact, Parents};
use crate::text::count;

/// What was found.
pub(super) fn found(fact: &LineageFact) -> String {
    match fact {
        LineageFact::Root => "declared a root: it derives from no other model".to_owned(),
        LineageFact::RootWithParents(parents) => {
            format!("declared a root, but derives from {}", names(parents))
        }
        LineageFact::Undeclared => "no document or claim states what it derives from".to_owned(),
        LineageFact::NoParents => "no parent is known".to_owned(),
        LineageFact::From(parents) => format!("derives from {}", names(parents)),
        LineageFact::OnlyInCard(parents) => format!("only its model card names {}", names(parents)),
        LineageFact::Pinned(parents) => format!("pinned by root digest: {}", names(parents)),
        LineageFact::PinnedByRevision(parents) => {
            format!("pinned by revision only, not by root digest: {}", names(parents))
        }
        LineageFact::NotPinned(parents) => format!("named, but not pinned: {}", names(parents)),
        LineageFact::PinDiffers(parents) => {
            format!("pinned by a digest that is not the parent's: {}", names(parents))
        }
        LineageFact::ParentsContradicted(parents) => {
            format!("the evidence contradicts: {}", names(parents))
        }
        LineageFact::ParentsUnresolved(parents) => format!("not in the inventory: {}", names(parents)),
        LineageFact::ParentsUnsigned(parents) => format!("not signed: {}", names(parents)),
        LineageFact::ParentsNotVerified(parents) => format!("not verified yet: {}", names(parents)),
        LineageFact::ParentsVerified(parents) => {
            format!("verified by the producer's signature: {}", names(parents))
        }
        LineageFact::ParentsBridged(parents) => {
            format!("trusted through an ingest signature or a summary: {}", names(parents))
        }
        LineageFact::InputsVerified(parents) => {
            format!("verified before use, as claimed: {}", names(parents))
        }
        LineageFact::InputsLate(parents) => format!("verified only after use: {}", names(parents)),
        LineageFact::InputsInPart(parents) => {
            format!("no claim that these were verified before use: {}", names(parents))
        }
        LineageFact::InputsNotVerified => {
            "no claim states that its inputs were verified before use".to_owned()
        }
        LineageFact::Cycle => "it derives from itself through other models".to_owned(),
        LineageFact::Complete { edges: 0 } => "complete: it is a root".to_owned(),
        LineageFact::Complete { edges } => {
            format!("complete: {} verified up to the roots", count(wide(*edges), "edge"))
        }
        LineageFact::Gaps { declared, verified, open_ends } => {
            let ends = match open_ends {
                0 => String::new(),
                ends => format!("; {} not declared a root", count(wide(*ends), "end")),
            };
            format!("{verified} of {} verified{ends}", count(wide(*declared), "edge"))
        }
        LineageFact::SinglePath => "each ancestor is reached by a single path".to_owned(),
        LineageFact::OneDigest => "one digest for each ancestor on every path".to_owned(),
        LineageFact::DigestsMapped(parents) => {
            format!("a signed claim maps a digest of another kind: {}", names(parents))
        }
        LineageFact::DigestsDiffer => "two different digests are stated for one ancestor".to_owned(),
        LineageFact::Plausible => "architecture, shapes and times agree with its parents".to_owned(),
        LineageFact::PlausibleByMetadata(parents) => {
            format!("metadata agrees; the files are not here: {}", names(parents))
        }
        LineageFact::Implausible => "its files do not fit the declared derivation".to_owned(),
        LineageFact::NotCompared => "nothing to compare it with".to_owned(),
        LineageFact::Ordered => "trusted times, and every parent comes first".to_owned(),
        LineageFact::OrderUnprovable(parents) => {
            format!("signed too close in time to prove the order: {}", names(parents))
        }
        LineageFact::OlderThanParents(parents) => {
            format!("signed before its parent: {}", names(parents))
        }
        LineageFact::ClaimWithoutTime => "the derivation claim has no trusted time".to_owned(),
        LineageFact::ParentsWithoutTime(parents) => {
            format!("no trusted signing time: {}", names(parents))
        }
        LineageFact::NoBill => "no AIBOM names a parent".to_owned(),
        LineageFact::NothingAttested => "no claim attests a parent to compare the AIBOM with".to_owned(),
        LineageFact::BillEqual(parents) => {
            format!("the AIBOM names the attested parents: {}", names(parents))
        }
        LineageFact::BillLacks(parents) => format!("the AIBOM does not name {}", names(parents)),
        LineageFact::BillDenied => "the AIBOM names a parent that the claims deny".to_owned(),
        LineageFact::Archived(parents) => {
            format!("evidence and trust anchors kept in the store: {}", names(parents))
        }
        LineageFact::ArchivedInPart(parents) => {
            format!("evidence is not kept for all ancestors: {}", names(parents))
        }
        LineageFact::NotArchived(parents) => format!("no evidence kept of {}", names(parents)),
        LineageFact::Descendants { models } => {
            format!("{} known; no deployment recorded", count(wide(*models), "descendant"))
        }
        LineageFact::DescendantsAndDeployments { models, deployments } => {
            format!("{}, {}", count(wide(*models), "descendant"), count(wide(*deployments), "deployment"))
        }
        LineageFact::RelationDeclared(relation) => {
            format!("only an unsigned document states {}", relation.word())
        }
        LineageFact::AncestorsReach => "every parent is at level 2 or a signed root".to_owned(),
        LineageFact::AncestorsBridged => "a trusted summary stands in for an ancestor".to_owned(),
        LineageFact::AncestorsShort { level } => format!("a parent is at level {level} only"),
        LineageFact::AncestorsNotJudged => "the levels of its parents are not known yet".to_owned(),
    }
}

/// Parents by the name of the first.
pub(super) fn names(parents: &Parents) -> String {
    match parents.count {
        0 | 1 => parents.first.raw().to_owned(),
        many => format!("{} and {} more", parents.first.raw(), many - 1),
    }
}

/// For [`count`].
pub(super) fn wide(many: u32) -> usize {
    usize::try_from(many).unwrap_or(usize::MAX)
}
