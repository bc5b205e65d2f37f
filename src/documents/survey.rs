//! The whole inventory in numbers, as a document.

use super::names;
use crate::maturity::SCOPE;
use crate::view::Survey;
use schemars::JsonSchema;
use serde::Serialize;

/// The maturity of an inventory: distributions and counts, never one number.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SurveyDocument<'a> {
    /// The document's name.
    pub schema: names::Maturity,
    /// The scope of a level.
    pub scope: &'static str,
    /// The filter that found the models that are counted; empty for all of them.
    pub filter: &'a str,
    /// The numbers.
    #[serde(flatten)]
    pub survey: &'a Survey,
}

impl<'a> SurveyDocument<'a> {
    /// From a survey.
    pub fn of(survey: &'a Survey, filter: &'a str) -> Self {
        SurveyDocument { schema: names::Maturity, scope: SCOPE, filter, survey }
    }
}
