//! How a model is used and governed, as plain values, apart from its files, claims and lineage.

use crate::signing::RootDigest;
use crate::text::Untrusted;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a model runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deployed {
    /// At which stage.
    pub stage: Untrusted,
    /// Where: a cluster, a host, a service.
    pub place: Untrusted,
    /// The owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Untrusted>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What is declared to be logged there, by evidence profile; empty where nothing was declared of the place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<ProfileLogs>,
}

/// What is declared to be logged of an evidence profile. Nobody has proven it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileLogs {
    /// The profile.
    pub profile: String,
    /// For how many days each of its fields is kept; none where a field is not logged.
    pub days: BTreeMap<String, Option<u32>>,
}

/// What a gate said of it last at a stage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gated {
    /// The stage.
    pub stage: Untrusted,
    /// Whether it was let in: admitted, or warned of with the warning acknowledged.
    pub let_in: bool,
    /// The root digest that it was asked about, where that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<RootDigest>,
    /// When.
    pub at: Timestamp,
    /// Whether it was let in because of an earlier word alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relied: bool,
    /// The latest word that relied on none before, where that let it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<Passed>,
}

/// A word of a gate by which a model was let in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Passed {
    /// The root digest of its files.
    pub root: RootDigest,
    /// The digest of the policy.
    pub policy: String,
    /// When.
    pub at: Timestamp,
}

/// What is known of the policy file's own signature.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PolicySeal {
    /// There is none, or nothing to check it against.
    #[default]
    Unsigned,
    /// It verifies, by one whom the workspace trusts for it.
    Signed(Untrusted),
    /// It is of another text: the policy was changed after it was signed.
    Changed,
    /// It does not verify.
    Invalid,
}

/// An entry of a feed that may be about a model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threat {
    /// The entry's id.
    pub id: Untrusted,
    /// How sure it is that the entry is about the model.
    pub likeness: Likeness,
    /// What somebody said of the entry last, as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<TriageState>,
}

/// How sure it is that an entry of a feed is about a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// Both have the package URL, and the entry says that the version is affected.
    Affected,
    /// Both have the package URL, and nothing says whether the version is affected.
    Package,
    /// They only have a name in common.
    Name,
}

/// What a match comes to, in the words of VEX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriageState {
    /// The model is affected.
    Affected,
    /// It is not.
    NotAffected,
    /// It was, and is no more.
    Fixed,
    /// Somebody is looking.
    UnderInvestigation,
}

impl TriageState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            TriageState::Affected => "affected",
            TriageState::NotAffected => "not affected",
            TriageState::Fixed => "fixed",
            TriageState::UnderInvestigation => "under investigation",
        }
    }

    /// Whether nothing is left to do.
    pub fn is_settled(self) -> bool {
        matches!(self, TriageState::NotAffected | TriageState::Fixed)
    }
}

/// A drill that came to its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rehearsed {
    /// The type of incident.
    pub runbook: Untrusted,
    /// When.
    pub at: Timestamp,
    /// Whether people took the steps that are for people.
    pub walked: bool,
}

/// A drill counts for so many days.
pub const DRILL_DAYS: u32 = 365;

/// Whether a drill counts at a time.
pub fn rehearsal_counts(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) <= SignedDuration::from_hours(24 * i64::from(DRILL_DAYS))
}

/// A feed counts for so many days after it was imported.
pub const FEED_DAYS: u32 = 30;

/// Whether what feeds say counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedAge {
    /// There is no feed.
    None,
    /// The newest was imported too long ago.
    Old(Timestamp),
    /// It counts.
    Fresh,
}

impl FeedAge {
    /// Of the feed that was imported last, at a time.
    pub fn of(newest: Option<Timestamp>, now: Timestamp) -> Self {
        match newest {
            None => FeedAge::None,
            Some(newest)
                if now.duration_since(newest) > SignedDuration::from_hours(24 * i64::from(FEED_DAYS)) =>
            {
                FeedAge::Old(newest)
            }
            Some(_) => FeedAge::Fresh,
        }
    }
}

/// How a model is used and governed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Usage {
    /// Where it runs now, sorted; empty where no deployment is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<Deployed>,
    /// The latest word of a gate at each stage, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gated>,
    /// Entries of feeds that may be about it, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub threats: Vec<Threat>,
    /// The last drill of each runbook that counts for it, sorted; only where it runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drills: Vec<Rehearsed>,
}

static NONE: Usage =
    Usage { deployments: Vec::new(), gates: Vec::new(), threats: Vec::new(), drills: Vec::new() };

impl PolicySeal {
    /// Whether nothing is known of one.
    pub fn is_unsigned(&self) -> bool {
        *self == PolicySeal::Unsigned
    }
}

impl Usage {
    /// Nothing is known.
    pub fn none() -> &'static Self {
        &NONE
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == NONE
    }
}
