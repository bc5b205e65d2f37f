//! The lineage of one model as plain values, the input for the controls of level 2 and 3. It comes from a
//! graph or from kept evidence.

use crate::inventory::{Basis, ModelId, Relation};
use crate::signing::RootDigest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a source pins a parent.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Pin {
    /// By name only.
    #[default]
    Name,
    /// By a revision or a digest of another kind.
    Revision,
    /// By its root digest.
    Digest,
}

/// How the times of a child's and of its parent's statements stand to each other.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeOrder {
    /// One of the times is not trusted, or not there.
    #[default]
    Unknown,
    /// As it should be.
    ParentFirst,
    /// Too close to each other to decide.
    Equal,
    /// The child came first.
    ChildFirst,
}

/// What is known about a parent itself.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ParentSight {
    /// It is referred to and not in the inventory.
    #[default]
    Unresolved,
    /// It is not signed.
    Unsigned,
    /// It is signed, and we have not verified it.
    NotVerified,
    /// Its producer's signature verifies.
    Verified,
    /// Only the signature made when it was received verifies.
    Resigned,
    /// A trusted summary vouches for it.
    Summarised,
    /// Its own evidence contradicts.
    Contradicted,
}

/// How far the ancestors of a model carry the highest level: each of them at level 2 at least, or a root at level 1. It is
/// judged after the levels of all of them.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Support {
    /// Not judged.
    #[default]
    NotJudged,
    /// It has no parents.
    Alone,
    /// All are high enough.
    Holds,
    /// Those that are not are covered by trusted summaries.
    Bridged,
    /// One is not high enough, or not in the inventory.
    Short,
    /// One is not signed.
    Unsigned,
    /// The evidence of one contradicts.
    Contradicted,
}

/// One edge to a parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineageEdge {
    /// The parent.
    pub parent: ModelId,
    /// How the child came from it.
    pub relation: Relation,
    /// How far that is to be believed: attested when a counted claim names both by digest.
    pub basis: Basis,
    /// How the parent is pinned.
    pub pin: Pin,
    /// Whether the signer of the claim has the role for it; none without a claim.
    pub in_role: Option<bool>,
    /// The time of the claim against that of the parent's own signature.
    pub order: EdgeOrder,
    /// Whether a claim says that the parent was verified before it was used: none where nothing is said.
    pub verified_before: Option<bool>,
    /// What is known about the parent itself.
    pub sight: ParentSight,
    /// Whether the pinned digest differs from the parent's own.
    #[serde(default)]
    pub pin_differs: bool,
    /// The parent's root digest: of its files, or else as the edge pins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<RootDigest>,
}

/// How well the summaries were checked on which the lineage relies: signer and verifier, subject, resource, result, level,
/// policy and age.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Reliance {
    /// It relies on none.
    #[default]
    None,
    /// All of it holds.
    Checked,
    /// The policy or the age is not known; the rest holds.
    Partly,
    /// A step does not hold.
    Failed,
}

/// How much of the lineage up to its roots is proved.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    /// Edges above it that carry weight.
    pub declared: u32,
    /// How many of them are proved, and lead to a parent that verifies.
    pub verified: u32,
    /// Ancestors without parents that nothing says are roots.
    pub open_ends: u32,
}

/// What the lineage says of one model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kinship {
    /// Whether it is said to be a root, and how far that is to be believed.
    pub root: Option<Basis>,
    /// Its parents, by id.
    pub edges: Vec<LineageEdge>,
    /// How much of the lineage is proved.
    pub completeness: Completeness,
    /// Whether it derives from itself through others.
    pub on_cycle: bool,
    /// Whether two references to one artifact name different digests of one domain.
    pub digests_differ: bool,
    /// Whether sources or claims disagree on its parents.
    pub disagree: bool,
    /// Whether a check of the bytes finds a derivation implausible; none where nothing could be compared.
    pub plausible: Option<bool>,
    /// Whether a document names a parent that the claims deny.
    pub denied_by_claims: bool,
    /// How many models derive from it, directly or not.
    pub descendants: u32,
    /// How far its ancestors carry the highest level.
    pub support: Support,
    /// The lowest level up to which a parent lets it reach; none without parents.
    pub lowest_cap: Option<u8>,
    /// How well the summaries were checked on which it relies.
    pub summaries: Reliance,
}

static NONE: Kinship = Kinship {
    root: None,
    edges: Vec::new(),
    completeness: Completeness { declared: 0, verified: 0, open_ends: 0 },
    on_cycle: false,
    digests_differ: false,
    disagree: false,
    plausible: None,
    denied_by_claims: false,
    descendants: 0,
    support: Support::NotJudged,
    lowest_cap: None,
    summaries: Reliance::None,
};

impl Kinship {
    /// Nothing is said.
    pub fn none() -> &'static Self {
        &NONE
    }
}
