//! Two models side by side, as a document.

use super::names;
use crate::view::comparison::Comparison;
use schemars::JsonSchema;
use serde::Serialize;

/// Two models side by side: what is the same, what differs, what only one of them has.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ComparisonDocument<'a> {
    /// The document's name.
    pub schema: names::Comparison,
    /// What was found.
    #[serde(flatten)]
    pub comparison: &'a Comparison,
}

impl<'a> ComparisonDocument<'a> {
    /// Of a comparison.
    pub fn of(comparison: &'a Comparison) -> Self {
        ComparisonDocument { schema: names::Comparison, comparison }
    }
}
