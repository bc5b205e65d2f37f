//! Which feeds there are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FeedKind {
    /// MITRE ATLAS.
    Atlas,
    /// AVID.
    Avid,
    /// Records of OSV.
    Osv,
    /// CVE records, version 5.
    Cve,
    /// The CoSAI Risk Map.
    CosaiRm,
    /// SAFE-MCP.
    SafeMcp,
}

impl FeedKind {
    /// All of them.
    pub const ALL: [FeedKind; 6] =
        [FeedKind::Atlas, FeedKind::Avid, FeedKind::Osv, FeedKind::Cve, FeedKind::CosaiRm, FeedKind::SafeMcp];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            FeedKind::Atlas => "atlas",
            FeedKind::Avid => "avid",
            FeedKind::Osv => "osv",
            FeedKind::Cve => "cve",
            FeedKind::CosaiRm => "cosai-rm",
            FeedKind::SafeMcp => "safe-mcp",
        }
    }

    /// The name that is shown.
    pub fn name(self) -> &'static str {
        match self {
            FeedKind::Atlas => "MITRE ATLAS",
            FeedKind::Avid => "AVID",
            FeedKind::Osv => "OSV",
            FeedKind::Cve => "CVE",
            FeedKind::CosaiRm => "CoSAI-RM",
            FeedKind::SafeMcp => "SAFE-MCP",
        }
    }

    /// Whether its entries name what they affect, so that models can be matched.
    pub fn names_what_is_affected(self) -> bool {
        matches!(self, FeedKind::Avid | FeedKind::Osv | FeedKind::Cve)
    }
}
