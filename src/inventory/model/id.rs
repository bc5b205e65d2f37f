//! What a model is called: its key in the inventory.

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fold::folded;

/// The inventory's key of a model: `owner/name` in the one form of all names that mean it (`folded`). Text of a
/// source all the same, so it is shown only cleaned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ModelId(Untrusted);

impl ModelId {
    /// Of a name as a source writes it.
    pub fn new(raw: &str) -> Self {
        ModelId(Untrusted::new(folded(raw)))
    }

    /// A key as [`ModelId::raw`] gave it.
    pub(crate) fn kept(raw: String) -> Self {
        ModelId(Untrusted::new(raw))
    }

    /// The key itself.
    pub fn raw(&self) -> &str {
        self.0.raw()
    }

    /// The same as text of a source.
    pub(crate) fn text(&self) -> &Untrusted {
        &self.0
    }

    /// One safe line.
    pub fn screen(&self) -> String {
        self.0.screen()
    }
}
