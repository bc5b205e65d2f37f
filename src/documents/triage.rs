//! A triage of a suspected substitution, as a document.

use super::names;
use crate::incident::Triage;
use schemars::JsonSchema;
use serde::Serialize;

/// A triage.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentTriageDocument<'a> {
    /// The document's name.
    pub schema: names::IncidentTriage,
    /// The number of the case that was opened with it.
    pub case: Option<u64>,
    /// The answers.
    pub triage: &'a Triage,
}
