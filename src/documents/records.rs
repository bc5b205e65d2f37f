//! The bodies of records in the ledger. A `decision` record holds a [`super::VerdictDocument`].

use super::names;
use crate::signing::Verification;
use crate::view::{Review, Verified};
use schemars::JsonSchema;
use serde::Serialize;

/// The body of a `verification` record.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerificationRecord<'a> {
    /// The document's name.
    pub schema: names::RecordVerification,
    /// The checks, with the policy's own applied.
    pub verification: &'a Verification,
    /// Digest of the policy under which it was recorded.
    pub policy_digest: &'a str,
    /// How long it took, milliseconds.
    pub took_ms: u64,
}

impl<'a> From<&'a Verified> for VerificationRecord<'a> {
    fn from(verified: &'a Verified) -> Self {
        VerificationRecord {
            schema: names::RecordVerification,
            verification: &verified.verification,
            policy_digest: &verified.policy_digest,
            took_ms: verified.took_ms,
        }
    }
}

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
