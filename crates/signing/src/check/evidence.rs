//! What a verification may establish beside its checks: who says when, and the log entry.

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who says when it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimeSource {
    /// The transparency log.
    Log,
    /// An RFC 3161 authority.
    Authority,
}

impl TimeSource {
    /// `the transparency log`, or `a timestamp authority`.
    pub fn words(self) -> &'static str {
        match self {
            TimeSource::Log => "the transparency log",
            TimeSource::Authority => "a timestamp authority",
        }
    }
}

/// A transparency log entry that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogEntry {
    /// Base64 key id of the log, as in the bundle.
    pub log_id: Untrusted,
    /// Index in the log.
    pub index: u64,
}
