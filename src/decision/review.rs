//! What people say of a model, and which of it stands. A word stands until a later record takes it back by name.

use super::made::RecordRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A reviewer's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewWord {
    /// May be used.
    Approve,
    /// May not be used.
    Reject,
    /// The producer was asked.
    AskProducer,
    /// An earlier review no longer stands.
    TakeBack,
}

impl ReviewWord {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            ReviewWord::Approve => "approved",
            ReviewWord::Reject => "rejected",
            ReviewWord::AskProducer => "asked the producer",
            ReviewWord::TakeBack => "taken back",
        }
    }
}

/// A review that stands, as evidence: its record and its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingReview {
    /// Its record.
    pub record: RecordRef,
    /// What it says.
    pub word: ReviewWord,
}
