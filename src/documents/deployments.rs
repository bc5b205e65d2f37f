//! What runs where, as documents.

use super::names;
use super::surfaces::DeclaredDocument;
use crate::decision::Decision;
use crate::inventory::{Deployment, ModelId, Running};
use crate::view::{RunsHere, View};
use schemars::JsonSchema;
use serde::Serialize;

/// What runs where.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeploymentsDocument<'a> {
    /// The document's name.
    pub schema: names::Deployments,
    /// The deployments, in the order of the workspace's file.
    pub deployments: Vec<DeploymentRow<'a>>,
}

/// A deployment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeploymentRow<'a> {
    /// The entry in the workspace.
    #[serde(flatten)]
    pub deployment: &'a Deployment,
    /// Whether it runs now.
    pub running: Running,
    /// The matching models of the inventory; empty if there are none.
    pub models: Vec<DeployedModel<'a>>,
    /// What was declared of the place; none where nothing was.
    pub declared: Option<DeclaredDocument<'a>>,
}

/// A model that runs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeployedModel<'a> {
    /// The model.
    pub id: &'a ModelId,
    /// Its effective level.
    pub level: u8,
    /// The policy's decision at the stage in force.
    pub gate: Decision,
}

impl<'a> DeploymentsDocument<'a> {
    /// From the deployments of a view.
    pub fn of(view: &'a View, rows: &[RunsHere<'a>]) -> Self {
        let model = |index: &usize| {
            let summary = view.summary(*index);
            let id = &view.models.get(*index)?.id;
            Some(DeployedModel { id, level: summary.effective, gate: summary.decision })
        };
        let row = |row: &RunsHere<'a>| DeploymentRow {
            deployment: row.deployment,
            running: row.running,
            models: row.models.iter().filter_map(model).collect(),
            declared: row.surface.map(DeclaredDocument::from),
        };
        DeploymentsDocument { schema: names::Deployments, deployments: rows.iter().map(row).collect() }
    }
}

/// Deployments that were added or ended.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeployedDocument<'a> {
    /// The document's name.
    pub schema: names::Deployed,
    /// Deployments that were added.
    pub added: &'a [Deployment],
    /// The number that already existed.
    pub already: usize,
    /// Deployments that were ended.
    pub ended: &'a [Deployment],
}

impl<'a> DeployedDocument<'a> {
    /// From added deployments.
    pub fn added(added: &'a [Deployment], already: usize) -> Self {
        DeployedDocument { schema: names::Deployed, added, already, ended: &[] }
    }

    /// From ended deployments.
    pub fn ended(ended: &'a [Deployment]) -> Self {
        DeployedDocument { schema: names::Deployed, added: &[], already: 0, ended }
    }
}
