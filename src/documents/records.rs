//! The body of a review's record. Those of verifications and decisions stand in `decision`.

use super::names;
use crate::view::Review;
use schemars::JsonSchema;
use serde::Serialize;

/// The body of a `review` record.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewRecord<'a> {
    /// The document's name.
    pub schema: names::RecordReview,
    /// What was said, why, by whom and when.
    #[serde(flatten)]
    pub review: &'a Review,
}

impl<'a> From<&'a Review> for ReviewRecord<'a> {
    fn from(review: &'a Review) -> Self {
        ReviewRecord { schema: names::RecordReview, review }
    }
}
