//! What reading a source gives: models, and what the source gets wrong.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::ModelId;
use super::models::Model;
use crate::text::Untrusted;

/// Something that a source gets wrong. It never stops a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
