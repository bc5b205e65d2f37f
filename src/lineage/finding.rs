//! What is odd about a graph, as plain values: their words are for the faces.

use crate::inventory::{ModelId, Relation, Told};
use crate::text::Untrusted;

/// Something odd about the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GraphFinding {
    /// These models derive from each other.
    Cycle(Vec<ModelId>),
    /// A parent that is not in the inventory.
    Dangling {
        /// The child.
        child: ModelId,
        /// The parent.
        parent: ModelId,
        /// Known by name only.
        name_only: bool,
    },
    /// Datasets that models were trained on and that are not in the inventory: hardly any is, so all of them are told
    /// once.
    Datasets {
        /// The datasets, sorted.
        datasets: Vec<ModelId>,
        /// How many models name one of them.
        models: usize,
    },
    /// Sources disagree on how a child came from its parent, or on the parent's digest.
    Conflict {
        /// The child.
        child: ModelId,
        /// The parent.
        parent: ModelId,
        /// What is told by which kind of source, the most reliable first.
        said: Vec<(Relation, Told)>,
    },
    /// Sources name different bases of one model.
    Rivals {
        /// The child.
        child: ModelId,
        /// The bases that the most reliable sources name, and by which kind of source.
        shown: Vec<(ModelId, Told)>,
        /// The other bases, which are not shown as parents unless sources of the same kind name them.
        others: Vec<(ModelId, Told)>,
    },
    /// A claim says that it has no parents, and other sources name bases.
    Denied {
        /// The child.
        child: ModelId,
        /// The bases, and by which kind of source they are named.
        parents: Vec<(ModelId, Told)>,
    },
    /// Something that such a derivation keeps is not the same in both.
    Doubtful {
        /// The child.
        child: ModelId,
        /// The parent.
        parent: ModelId,
        /// How the child is said to have come from it.
        relation: Relation,
        /// What does not go together.
        what: &'static str,
        /// The child's value and the parent's.
        values: Box<(Untrusted, Untrusted)>,
    },
    /// These are told to have the same content.
    Copies {
        /// The models, sorted.
        models: Vec<ModelId>,
        /// Its digest.
        digest: Untrusted,
    },
}

impl GraphFinding {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            GraphFinding::Cycle(_) => "F-LINEAGE-CYCLE",
            GraphFinding::Dangling { .. } => "F-LINEAGE-DANGLING",
            GraphFinding::Datasets { .. } => "F-LINEAGE-DATASETS",
            GraphFinding::Conflict { .. } | GraphFinding::Rivals { .. } | GraphFinding::Denied { .. } => {
                "F-LINEAGE-CONFLICT"
            }
            GraphFinding::Doubtful { .. } => "F-LINEAGE-DOUBTFUL",
            GraphFinding::Copies { .. } => "F-SAME-CONTENT",
        }
    }

    /// The models that it is about; of an edge the child first.
    pub fn models(&self) -> Vec<&ModelId> {
        match self {
            GraphFinding::Cycle(members)
            | GraphFinding::Copies { models: members, .. }
            | GraphFinding::Datasets { datasets: members, .. } => members.iter().collect(),
            GraphFinding::Rivals { child, shown, others } => {
                std::iter::once(child).chain(shown.iter().chain(others).map(|(id, _)| id)).collect()
            }
            GraphFinding::Denied { child, parents } => {
                std::iter::once(child).chain(parents.iter().map(|(id, _)| id)).collect()
            }
            GraphFinding::Dangling { child, parent, .. }
            | GraphFinding::Conflict { child, parent, .. }
            | GraphFinding::Doubtful { child, parent, .. } => vec![child, parent],
        }
    }
}
