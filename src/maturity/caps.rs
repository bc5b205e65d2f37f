//! How ancestors cap a level: a pure function over a graph of states. It knows no model and no evidence.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use serde::{Deserialize, Serialize};

/// The highest level there is.
const TOP: u8 = 3;

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
    /// Whether a contradiction above it (or its own) taints it. A cycle contradicts itself.
    pub tainted: bool,
    /// The parents that cap it below its own level, each with the cap, lowest cap first; empty when nothing does.
    pub capped_by: Vec<(usize, u8)>,
    /// Whether it is on a cycle.
    pub on_cycle: bool,
}

/// Effective levels of all nodes. Parents that do not exist count as unresolved.
pub fn effective(nodes: &[CapNode]) -> Vec<Effective> {
    let mut graph = DiGraph::<(), ()>::with_capacity(nodes.len(), nodes.len());
    for _ in nodes {
        graph.add_node(());
    }
    for (child, node) in nodes.iter().enumerate() {
        for parent in node.parents.iter().filter(|parent| **parent < nodes.len()) {
            graph.add_edge(NodeIndex::new(child), NodeIndex::new(*parent), ());
        }
    }
    let nothing = Effective { level: 0, tainted: false, capped_by: Vec::new(), on_cycle: false };
    let mut results = vec![nothing; nodes.len()];
    // Components come parents first (reverse topological order). Kosaraju's algorithm walks with a stack of
    // its own, so that a chain of any depth is fine.
    for component in kosaraju_scc(&graph) {
        let on_cycle =
            component.len() > 1 || component.first().is_some_and(|index| graph.contains_edge(*index, *index));
        if on_cycle {
            for index in &component {
                if let Some(result) = results.get_mut(index.index()) {
                    result.on_cycle = true;
                    result.tainted = true;
                }
            }
        }
        for index in component {
            let Some(node) = nodes.get(index.index()) else { continue };
            let judged = judge(node, nodes, &results, on_cycle);
            if let Some(result) = results.get_mut(index.index()) {
                *result = judged;
            }
        }
    }
    results
}

fn judge(node: &CapNode, nodes: &[CapNode], results: &[Effective], on_cycle: bool) -> Effective {
    let own = node.own.min(TOP);
    let mut level = own;
    let mut tainted = on_cycle || node.state == CapState::Contradicted;
    let mut capped_by = Vec::new();
    for parent in &node.parents {
        let (cap, taints) = match (nodes.get(*parent), results.get(*parent)) {
            (Some(ancestor), Some(result)) => (cap(ancestor, result), result.tainted),
            _ => (1, false),
        };
        level = level.min(cap);
        tainted |= taints;
        if cap < own {
            capped_by.push((*parent, cap));
        }
    }
    capped_by.sort_unstable_by_key(|(parent, cap)| (*cap, *parent));
    capped_by.dedup();
    Effective { level: if tainted { 0 } else { level }, tainted, capped_by, on_cycle }
}

/// The highest level that a parent lets its children reach.
fn cap(parent: &CapNode, result: &Effective) -> u8 {
    if result.tainted {
        return 0;
    }
    match parent.state {
        CapState::Contradicted => 0,
        CapState::Unresolved | CapState::Unsigned => 1,
        // Neither signature counts before it was verified by us.
        CapState::Resigned | CapState::Signed if parent.own == 0 => 1,
        CapState::Resigned => 2,
        CapState::Summary => parent.summary_level.min(TOP),
        CapState::Signed if result.level >= 2 => TOP,
        // Nothing stands above a root that needs to be verified.
        CapState::Signed if parent.root_claim && parent.parents.is_empty() => TOP,
        CapState::Signed => result.level + 1,
    }
}

/// The words for a cap, for example `ancestor unsigned`.
pub fn cap_reason(parent: &CapNode, cap: u8) -> &'static str {
    match (parent.state, cap) {
        (CapState::Contradicted, _) => "ancestor contradicts its own claims",
        (CapState::Summary, 1..) => "via summary",
        (_, 0) => "ancestor is tainted by its own lineage",
        (CapState::Unresolved, _) => "lineage asserted, not verifiable",
        (CapState::Unsigned, _) => "ancestor unsigned",
        (CapState::Signed | CapState::Resigned, _) if parent.own == 0 => "ancestor not verified by us yet",
        (CapState::Resigned, _) => "trust boundary starts at ingestion",
        (CapState::Signed, 1) => "ancestor is capped by its own ancestors",
        (CapState::Signed, 2) => "ancestor at level 1 and itself derived",
        (CapState::Signed, _) => "ancestor verified",
    }
}
