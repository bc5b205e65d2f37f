//! The edges above a model, the nearest first, as a report lists them.

use super::View;
use super::asked::EdgeSeen;
use crate::inventory::ModelId;
use std::collections::{BTreeSet, VecDeque};

/// The edges above a model.
#[derive(Debug, Clone, Default)]
pub struct Ancestry<'v> {
    /// Edges, the nearest first; each edge once.
    pub edges: Vec<EdgeSeen<'v>>,
    /// How many ancestors have edges that are not listed, for lack of room.
    pub left_out: usize,
}

impl View {
    /// The edges above a model, at most so many.
    pub fn ancestry(&self, id: &ModelId, most: usize) -> Ancestry<'_> {
        let mut found = Ancestry::default();
        let (mut seen, mut waiting) = (BTreeSet::from([id.clone()]), VecDeque::from([id.clone()]));
        while let Some(child) = waiting.pop_front() {
            let parents: Vec<ModelId> =
                self.graph.parents(&child).into_iter().map(|(node, _)| node.id.clone()).collect();
            if found.edges.len() + parents.len() > most {
                found.left_out += usize::from(!parents.is_empty());
                continue;
            }
            for parent in parents {
                found.edges.extend(self.edge(&child, &parent));
                if seen.insert(parent.clone()) {
                    waiting.push_back(parent);
                }
            }
        }
        found
    }
}
