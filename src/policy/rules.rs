//! The rules of a policy for summaries, lineage and conflicting claims, as plain values.

use super::role::Role;
use crate::tables::{Closed, Few};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The default depth limit for ancestors, in edges.
const DEPTH: u32 = 100;
/// The whole, in millionths.
const MILLION: u64 = 1_000_000;

/// A kind of summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SummaryKind {
    /// A verification summary (VSA): passed or failed, with levels.
    Vsa,
    /// A result (SVR): the properties that hold.
    Svr,
}

impl Closed for SummaryKind {
    const ALL: &'static [Self] = &[SummaryKind::Vsa, SummaryKind::Svr];
}

/// One `[[trusted_summary]]`: a verifier whose summaries replace the evidence of ancestors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedSummary {
    /// The verifier's id, as in the summary.
    pub verifier: String,
    /// The publisher or attester whose signers may sign for that verifier.
    pub signer: String,
    /// The kinds that count.
    pub kinds: Few<SummaryKind>,
    /// The properties or levels that it must state, a set; a higher level of the same track also counts.
    pub min_properties: Vec<String>,
    /// The URI of the resource that it must be about, if limited.
    pub resource: Option<String>,
    /// SHA-256 of the policy that the verifier must have used, hex; none: any.
    pub policy: Option<String>,
    /// How many days it counts.
    pub max_age_days: Option<u32>,
    /// How many edges up it covers ancestors; none: all.
    pub max_hops_covered: Option<u32>,
}

/// The effect of an ancestor without a signature.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum UnsignedAncestor {
    /// It caps the level.
    #[default]
    Cap,
    /// It caps the level, and at every stage needs an acknowledgement.
    Warn,
    /// It caps the level, and no stage lets the model in.
    Fail,
}

/// `[lineage]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineageRules {
    /// The share of the declared edges that must be verified, in millionths; none: all of them.
    pub min_completeness: Option<u32>,
    /// The depth limit for ancestors, in edges; none: the default of [`LineageRules::depth`].
    pub max_depth: Option<u32>,
    /// The effect of an ancestor without a signature.
    pub unsigned_ancestor: UnsignedAncestor,
}

impl LineageRules {
    /// The depth limit for ancestors, in edges.
    pub fn depth(&self) -> u32 {
        self.max_depth.unwrap_or(DEPTH)
    }

    /// Whether this many verified edges of the declared ones are enough.
    pub fn is_enough(&self, verified: u32, declared: u32) -> bool {
        let share = self.min_completeness.map_or(MILLION, u64::from);
        u64::from(verified) * MILLION >= u64::from(declared) * share
    }
}

/// How conflicting claims are resolved.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// Never: a conflict stays open.
    #[default]
    Strict,
    /// By the majority of signers.
    Quorum,
    /// By the signer whose role comes first in `hierarchy`.
    Hierarchy,
    /// By the latest trusted signing time.
    Latest,
}

/// `[conflicts]`. Different digests of one artifact are never resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConflictRules {
    /// The strategy; none if not declared: a conflict then stays open.
    pub strategy: Option<Strategy>,
    /// Roles, highest priority first.
    pub hierarchy: Vec<Role>,
}

impl ConflictRules {
    /// Where a role stands in the hierarchy, the first one first; none where it is not in it.
    pub fn rank(&self, role: Role) -> Option<usize> {
        self.hierarchy.iter().position(|known| *known == role)
    }
}
