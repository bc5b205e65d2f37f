//! What a model is called: its key in the inventory.

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The inventory's key of a model: `owner/name` as the source writes it, compared without case. Raw text
/// of a source, so it is shown only cleaned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ModelId(Untrusted);

impl ModelId {
    /// Lower-cased; surrounding slashes and spaces removed.
    pub fn new(raw: &str) -> Self {
        ModelId(Untrusted::new(raw.trim().trim_matches('/').to_lowercase()))
    }

    /// A key as [`ModelId::raw`] gave it.
    pub(crate) fn kept(raw: String) -> Self {
        ModelId(Untrusted::new(raw))
    }

    /// The key itself.
    pub fn raw(&self) -> &str {
        self.0.raw()
    }

    /// One safe line.
    pub fn screen(&self) -> String {
        self.0.screen()
    }
}
