//! The edges above a model, the nearest first, as a report lists them.

use crate::inventory::ModelId;
use crate::view::{EdgeSeen, View};
use std::collections::{BTreeSet, VecDeque};

/// The edges above a model.
#[derive(Debug, Clone, Default)]
pub struct Ancestry<'v> {
    /// Edges, the nearest first; each edge once.
    pub edges: Vec<EdgeSeen<'v>>,
    /// How many ancestors have edges that are not listed, for lack of room.
    pub left_out: usize,
}

impl<'v> Ancestry<'v> {
    /// The edges above a model, at most so many.
    pub fn of(view: &'v View, id: &ModelId, most: usize) -> Self {
        let mut found = Ancestry::default();
        let (mut seen, mut waiting) = (BTreeSet::from([id.clone()]), VecDeque::from([id.clone()]));
        while let Some(child) = waiting.pop_front() {
            let parents: Vec<ModelId> =
                view.graph.parents(&child).into_iter().map(|(node, _)| node.id.clone()).collect();
            if found.edges.len() + parents.len() > most {
                found.left_out += usize::from(!parents.is_empty());
                continue;
            }
            for parent in parents {
                found.edges.extend(view.edge(&child, &parent));
                if seen.insert(parent.clone()) {
                    waiting.push_back(parent);
                }
            }
        }
        found
    }
}
