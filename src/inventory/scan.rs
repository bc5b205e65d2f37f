//! Reading all sources of a workspace into models, merged by id.

use crate::error::{Code, Error, Result};
use crate::signing::Progress;
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};

use super::types::{Model, ModelId};
use super::workspace::Workspace;

/// Something that a source gets wrong. It never stops a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable code, for example `F-BOM-HASH-LENGTH`.
    pub code: String,
    /// Which model, when it is about one.
    pub model: Option<ModelId>,
    /// The document, workspace-relative.
    pub source: Untrusted,
    /// Where inside it.
    pub place: Untrusted,
    /// Our own words.
    pub message: String,
}

/// What a scan found.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// Models, sorted by id.
    pub models: Vec<Model>,
    /// Findings.
    pub findings: Vec<Finding>,
}

/// Reads all sources. Reads headers, never whole weights; never runs anything.
///
/// # Errors
/// `E-READ` when a source that the workspace names is not there, `E-CANCELLED`.
pub fn scan(workspace: &Workspace, progress: &Progress) -> Result<Scan> {
    let _ = (workspace, progress);
    Err(Error::new(Code::Internal, "skeleton"))
}
