//! What only a scan changes of a view: models, findings and lineage. Views of one inventory share them.

use crate::inventory::{Finding, Model, ModelId};
use crate::lineage::{Graph, Proven};
use crate::signing::ModelState;
use crate::view::{View, note_state};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A clone shares what is large.
#[derive(Clone)]
pub(super) struct Inventory {
    pub models: Arc<Vec<Model>>,
    pub findings: Arc<Vec<Finding>>,
    pub graph: Arc<Graph>,
    /// What the graph was drawn with.
    pub proven: Arc<Proven>,
    pub is_whole: bool,
    /// What the files of models were at the latest look, by their indices, where they were not as at the scan.
    pub states: Arc<BTreeMap<usize, Option<ModelState>>>,
}

impl Inventory {
    /// Models sorted by id, and findings, not yet with their lineage.
    pub fn listed((models, findings): (Vec<Model>, Vec<Finding>)) -> Self {
        let (models, findings) = (Arc::new(models), Arc::new(findings));
        let (graph, proven, states) = (Arc::default(), Arc::default(), Arc::default());
        Inventory { models, findings, graph, proven, is_whole: true, states }
    }

    /// The one that a view shows.
    pub fn of(view: &View) -> Self {
        Inventory {
            models: view.models.clone(),
            findings: view.findings.clone(),
            graph: view.graph.clone(),
            proven: view.proven.clone(),
            is_whole: view.is_whole,
            states: view.states.clone(),
        }
    }

    /// The same after some models were looked at again.
    pub fn looked_at(self, looked: &[(ModelId, Option<ModelState>)]) -> Self {
        let mut states = self.states;
        for (id, state) in looked {
            let index = self.models.binary_search_by(|model| model.id.cmp(id)).ok();
            if let Some((index, model)) = index.and_then(|index| Some((index, self.models.get(index)?))) {
                note_state(&mut states, index, model, *state);
            }
        }
        Inventory { states, ..self }
    }

    /// With the lineage that follows from the proofs that are known: most of them are so still.
    pub fn with_lineage(self, proven: &Arc<Proven>) -> Self {
        let graph = Arc::new(Graph::proved(&self.models, proven));
        Inventory { graph, proven: proven.clone(), ..self }
    }
}
