//! What people say of a model, and which of it stands. A word stands until a later record takes it back by name.

use super::made::RecordRef;
use crate::text::Untrusted;
use jiff::Timestamp;
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
    /// Let in at one stage for some hours what is refused there, where the policy has it so.
    BreakGlass,
}

impl ReviewWord {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            ReviewWord::Approve => "approved",
            ReviewWord::Reject => "rejected",
            ReviewWord::AskProducer => "asked the producer",
            ReviewWord::TakeBack => "taken back",
            ReviewWord::BreakGlass => "broke the glass",
        }
    }
}

/// A review that stands, as evidence: its record and its word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingReview {
    /// Its record.
    pub record: RecordRef,
    /// What it says.
    pub word: ReviewWord,
    /// Where and how long the glass is broken, and by whom; only of that word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glass: Option<Glass>,
}

/// Where and until when a refused model is to be let in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GlassTerm {
    /// The stage.
    pub stage: Untrusted,
    /// Until when.
    pub until: Timestamp,
}

/// One account's word that a refused model be let in, at one stage and for some hours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Glass {
    /// The stage.
    pub stage: Untrusted,
    /// Whose word it is: the account, as the system knows it.
    pub by: Untrusted,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}
