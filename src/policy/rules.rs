//! What a policy says of summaries, lineage and conflicting claims, as plain values.

use super::role::Role;
use crate::tables::{Closed, Few};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Ancestors up to so many edges away are looked at where the policy does not say.
const DEPTH: u32 = 100;
/// What is the whole, for a share.
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

/// One `[[trusted_summary]]`: whose word on a model stands for the evidence of its ancestors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedSummary {
    /// The verifier's id, as the summary has to name it.
    pub verifier: String,
    /// The publisher or attester whose signers may sign for that verifier.
    pub signer: String,
    /// The kinds that count.
    pub kinds: Few<SummaryKind>,
    /// The properties or levels that it has to state, a set; each of them, or a higher level of the same track.
    pub min_properties: Vec<String>,
    /// The address of what it has to be about, where only that counts.
    pub resource: Option<String>,
    /// SHA-256 of the policy by which it has to have been verified, hex; none: any.
    pub policy: Option<String>,
    /// It counts for so many days.
    pub max_age_days: Option<u32>,
    /// It stands for ancestors up to so many edges away; none: for all.
    pub max_hops_covered: Option<u32>,
}

/// What an ancestor without a signature comes to.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum UnsignedAncestor {
    /// It caps the level.
    #[default]
    Cap,
    /// It caps the level, and an acknowledgement is asked for.
    Warn,
    /// It counts as a failure.
    Fail,
}

/// `[lineage]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineageRules {
    /// The share of the declared edges that must be verified, in millionths; none: all of them.
    pub min_completeness: Option<u32>,
    /// How many edges up ancestors are looked at; none: [`LineageRules::depth`] says.
    pub max_depth: Option<u32>,
    /// What an ancestor without a signature comes to.
    pub unsigned_ancestor: UnsignedAncestor,
}

impl LineageRules {
    /// How many edges up ancestors are looked at.
    pub fn depth(&self) -> u32 {
        self.max_depth.unwrap_or(DEPTH)
    }

    /// Whether so many verified edges of the declared ones are enough; of none, none are.
    pub fn is_enough(&self, verified: u32, declared: u32) -> bool {
        let share = self.min_completeness.map_or(MILLION, u64::from);
        u64::from(verified) * MILLION >= u64::from(declared) * share
    }
}

/// How claims that say different things are settled.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// They are not: a conflict stays open.
    #[default]
    Strict,
    /// What most signers say.
    Quorum,
    /// What the signer says whose role stands first in `hierarchy`.
    Hierarchy,
    /// What was signed last, by a trusted time.
    Latest,
}

/// `[conflicts]`. That two digests of one artifact differ is never settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConflictRules {
    /// The strategy; none where the policy does not say one: a conflict then stays open.
    pub strategy: Option<Strategy>,
    /// Roles, the one that weighs most first.
    pub hierarchy: Vec<Role>,
}

impl ConflictRules {
    /// Where a role stands in the hierarchy, the first one first; none where it is not in it.
    pub fn rank(&self, role: Role) -> Option<usize> {
        self.hierarchy.iter().position(|known| *known == role)
    }
}
