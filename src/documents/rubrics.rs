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
    /// What a level is about, and what it is not.
    pub scope: &'static str,
    /// What was found.
    #[serde(flatten)]
    pub comparison: &'a RubricComparison,
}

impl<'a> RubricComparisonDocument<'a> {
    /// Of a comparison.
    pub fn of(comparison: &'a RubricComparison) -> Self {
        RubricComparisonDocument { schema: names::MaturityComparison, scope: SCOPE, comparison }
    }
}
