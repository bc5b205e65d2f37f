//! Two rubrics side by side, as a document.

use super::names;
use crate::maturity::SCOPE;
use crate::view::rubrics::RubricComparison;
use schemars::JsonSchema;
use serde::Serialize;

/// What another version of the rubric changes for every model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RubricComparisonDocument<'a> {
    /// The document's name.
    pub schema: names::MaturityComparison,
    /// The scope of a level.
    pub scope: &'static str,
    /// The comparison.
    #[serde(flatten)]
    pub comparison: &'a RubricComparison,
}

impl<'a> RubricComparisonDocument<'a> {
    /// From a comparison.
    pub fn of(comparison: &'a RubricComparison) -> Self {
        RubricComparisonDocument { schema: names::MaturityComparison, scope: SCOPE, comparison }
    }
}
