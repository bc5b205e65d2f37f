//! The kinds of trust anchors.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of anchor it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AnchorKind {
    /// Public keys.
    Key,
    /// Certificate authorities.
    Ca,
    /// A Sigstore trusted root.
    Sigstore,
    /// Timestamp authorities.
    Tsa,
}

impl AnchorKind {
    /// `key`, `ca`, `sigstore` or `tsa`.
    pub fn word(self) -> &'static str {
        match self {
            AnchorKind::Key => "key",
            AnchorKind::Ca => "ca",
            AnchorKind::Sigstore => "sigstore",
            AnchorKind::Tsa => "tsa",
        }
    }
}
