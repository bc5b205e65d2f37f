//! The policy's anchors, read from their files.

use serde::Serialize;

/// What is known of one anchor of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnchorInfo {
    /// Its name in the policy.
    pub name: String,
    /// `key`, `ca` or `sigstore`.
    pub kind: String,
    /// The file, or `embedded`.
    pub origin: String,
    /// SHA-256 over the file, hex; empty when it could not be read.
    pub digest: String,
    /// Whole days since it was made.
    pub age_days: Option<i64>,
    /// Why it could not be read.
    pub error: Option<String>,
}
