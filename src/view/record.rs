//! What the ledger holds of a model, as the faces show it and as it is recorded: these types are the bodies of records.

use crate::signing::Verification;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The latest verification of a model, as recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verified {
    /// The checks, with the policy's own applied.
    pub verification: Verification,
    /// Digest of the policy under which it was recorded.
    pub policy_digest: String,
    /// How long it took, milliseconds.
    pub took_ms: u64,
}

/// A reviewer's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewWord {
    /// May be used.
    Approve,
    /// May not be used.
    Reject,
    /// The producer was asked.
    AskProducer,
}

impl ReviewWord {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            ReviewWord::Approve => "approved",
            ReviewWord::Reject => "rejected",
            ReviewWord::AskProducer => "asked the producer",
        }
    }
}

/// A recorded review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// What was said.
    pub word: ReviewWord,
    /// Why.
    pub reason: Untrusted,
    /// By whom.
    pub by: Untrusted,
    /// When.
    pub at: jiff::Timestamp,
}
