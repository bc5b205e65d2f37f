//! A trust anchor of the policy as the faces show it. How anchors are read is not known here.

use crate::signing::{AnchorFault, AnchorKind};
use schemars::JsonSchema;
use serde::Serialize;

/// What is known of one anchor of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AnchorInfo {
    /// Its name in the policy.
    pub name: String,
    /// What kind of anchor it is.
    pub kind: AnchorKind,
    /// The file, or `embedded`.
    pub origin: String,
    /// SHA-256 over the file, hex; empty when it could not be read.
    pub digest: String,
    /// Whole days since it was made.
    pub age_days: Option<i64>,
    /// Whether it is older than the policy's `max_age_days`.
    pub stale: bool,
    /// What is wrong with its age and its end, the worst first.
    pub health: Vec<AnchorFault>,
    /// Why it could not be read.
    pub error: Option<String>,
}
