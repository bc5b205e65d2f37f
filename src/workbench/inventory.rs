//! What only a scan changes of a view: models, findings and lineage. Views of one inventory share them.

use crate::inventory::{Finding, Model};
use crate::lineage::Graph;
use crate::view::View;
use std::sync::Arc;

/// A clone shares what is large.
#[derive(Clone)]
pub(super) struct Inventory {
    pub models: Arc<Vec<Model>>,
    pub findings: Arc<Vec<Finding>>,
    pub graph: Arc<Graph>,
    pub is_whole: bool,
}

impl Inventory {
    /// Models sorted by id, and findings, not yet with their lineage.
    pub fn listed((models, findings): (Vec<Model>, Vec<Finding>)) -> Self {
        let (models, findings) = (Arc::new(models), Arc::new(findings));
        Inventory { models, findings, graph: Arc::default(), is_whole: true }
    }

    /// The one that a view shows.
    pub fn of(view: &View) -> Self {
        Inventory {
            models: view.models.clone(),
            findings: view.findings.clone(),
            graph: view.graph.clone(),
            is_whole: view.is_whole,
        }
    }

    pub fn with_lineage(self) -> Self {
        let graph = Arc::new(Graph::build(&self.models));
        Inventory { graph, ..self }
    }
}
