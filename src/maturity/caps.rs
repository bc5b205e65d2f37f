//! How ancestors cap a level: a pure function over a graph of states.

use serde::{Deserialize, Serialize};

/// What an ancestor is known as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CapState {
    /// Signed by its producer.
    Signed,
    /// Not signed.
    Unsigned,
    /// Unsigned by its producer, signed again at ingestion.
    Resigned,
    /// Evidence contradicts.
    Contradicted,
    /// Referred to and not found.
    Unresolved,
    /// A trusted summary vouches for it.
    Summary,
}

/// One node of the cap graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapNode {
    /// What it is known as.
    pub state: CapState,
    /// Its own level.
    pub own: u8,
    /// Whether a signed claim says that it has no parents.
    #[serde(default)]
    pub root_claim: bool,
    /// Level that a summary states.
    #[serde(default)]
    pub summary_level: u8,
    /// Indexes of weight-bearing parents (names in files of vectors are mapped by the caller).
    #[serde(skip)]
    pub parents: Vec<usize>,
}

/// A node's effective level and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effective {
    /// min(own, caps of the parents).
    pub level: u8,
    /// Whether a contradiction above it (or its own) taints it.
    pub tainted: bool,
    /// The parents that cap it below its own level, each with the cap; empty when nothing does.
    pub capped_by: Vec<(usize, u8)>,
    /// Whether it is on a cycle.
    pub on_cycle: bool,
}

/// Effective levels of all nodes.
pub fn effective(nodes: &[CapNode]) -> Vec<Effective> {
    let _ = nodes;
    Vec::new()
}

/// The words for a cap, for example `ancestor unsigned`.
pub fn cap_reason(parent: &CapNode, cap: u8) -> &'static str {
    let _ = (parent, cap);
    ""
}
