//! What is known of a model's verification and review, as the faces show it.

use crate::decision::SeenDigests;
use crate::inventory::Looked;
use crate::signing::{ModelState, Verification};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The newest verification of a model: what was seen of its files, judged as of the view.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The checks, by the policy and the anchors in force.
    pub verification: Verification,
    /// What was seen inside the files.
    pub looked: Option<Arc<Looked>>,
    /// What was seen, by digest.
    pub seen: SeenDigests,
    /// What the files were when they were hashed; none where that could not be told.
    pub state: Option<ModelState>,
    /// The earliest moment at which it may be judged differently; none when time changes nothing.
    pub until: Option<Timestamp>,
    /// How long looking took, milliseconds.
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
    pub at: Timestamp,
}
