//! Why nothing is decided about a model, as a fact.

use schemars::JsonSchema;
use serde::Serialize;

/// Why nothing was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unjudged {
    /// Nobody has verified it.
    NotVerified,
    /// Its files changed since they were verified.
    Changed,
    /// The evidence of its verification is not in the store any more.
    EvidenceLost,
    /// Only documents speak of it.
    NoFiles,
}
