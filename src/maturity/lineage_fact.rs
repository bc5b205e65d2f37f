//! Findings about the lineage of a model: one variant for each situation, without words.

use crate::inventory::{ModelId, Relation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parents, of which the first is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Parents {
    /// The first.
    pub first: ModelId,
    /// How many.
    pub count: u32,
}

/// The basis of a lineage control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineageFact {
    /// It is declared a root.
    Root,
    /// It is declared a root, but derives from these.
    RootWithParents(Parents),
    /// No source states what it derives from.
    Undeclared,
    /// No parent is known.
    NoParents,
    /// It derives from these.
    From(Parents),
    /// Only a model card names these.
    OnlyInCard(Parents),
    /// All parents are pinned by their root digests.
    Pinned(Parents),
    /// These are pinned by a revision only.
    PinnedByRevision(Parents),
    /// These are named, but not pinned.
    NotPinned(Parents),
    /// These are pinned by a digest that is not theirs.
    PinDiffers(Parents),
    /// The evidence of these contradicts.
    ParentsContradicted(Parents),
    /// These are not in the inventory.
    ParentsUnresolved(Parents),
    /// These are not signed.
    ParentsUnsigned(Parents),
    /// These are not verified.
    ParentsNotVerified(Parents),
    /// All of them verify by their producers' signatures.
    ParentsVerified(Parents),
    /// All of them count, these by a signature at ingest only, or by a trusted summary.
    ParentsBridged(Parents),
    /// All inputs were verified before they were used.
    InputsVerified(Parents),
    /// These were verified after they had been used.
    InputsLate(Parents),
    /// Claims state it for others, but not for these.
    InputsInPart(Parents),
    /// No claim says that the inputs were verified.
    InputsNotVerified,
    /// It derives from itself through others.
    Cycle,
    /// Every edge up to the roots is proved.
    Complete {
        /// How many there are.
        edges: u32,
    },
    /// Some are not.
    Gaps {
        /// Edges that carry weight.
        declared: u32,
        /// How many of them are proved.
        verified: u32,
        /// Ancestors of which nothing says that they are roots.
        open_ends: u32,
    },
    /// Only one document or claim refers to each ancestor.
    SinglePath,
    /// Every ancestor has one digest in all references.
    OneDigest,
    /// Digests of another kind, which a signed claim maps to these.
    DigestsMapped(Parents),
    /// One ancestor has two digests of one kind.
    DigestsDiffer,
    /// What could be compared goes together.
    Plausible,
    /// The same; of these only metadata could be compared.
    PlausibleByMetadata(Parents),
    /// Something does not go together.
    Implausible,
    /// Nothing could be compared.
    NotCompared,
    /// The statements have trusted times, and parents come first.
    Ordered,
    /// The times are too close to decide which came first.
    OrderUnprovable(Parents),
    /// It is older than these.
    OlderThanParents(Parents),
    /// The derivation claim has no trusted time.
    ClaimWithoutTime,
    /// The signatures of these have no trusted time.
    ParentsWithoutTime(Parents),
    /// No bill of materials names a parent.
    NoBill,
    /// No claim attests a parent.
    NothingAttested,
    /// The bill of materials names the attested parents.
    BillEqual(Parents),
    /// The bill of materials does not name these.
    BillLacks(Parents),
    /// It names a parent that the claims deny.
    BillDenied,
    /// The evidence of all ancestors is kept.
    Archived(Parents),
    /// That of these is not.
    ArchivedInPart(Parents),
    /// Nothing of it is.
    NotArchived(Parents),
    /// What derives from it is known; no deployment is.
    Descendants {
        /// How many.
        models: u32,
    },
    /// What derives from it is known, and where it runs.
    DescendantsAndDeployments {
        /// How many models.
        models: u32,
        /// How many deployments.
        deployments: u32,
    },
    /// An unsigned document says how it was made.
    RelationDeclared(Relation),
    /// All parents are at level 2 or above, or are roots whose claim is signed.
    AncestorsReach,
    /// They are, by a trusted summary.
    AncestorsBridged,
    /// A parent is at this level only.
    AncestorsShort {
        /// Which.
        level: u8,
    },
    /// The levels of the parents are not known yet.
    AncestorsNotJudged,
}
