//! The draft of a disclosure, as a document.

use super::names;
use crate::incident::Disclosure;
use schemars::JsonSchema;
use serde::Serialize;

/// The draft of a disclosure.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentDisclosureDocument<'a> {
    /// The document's name.
    pub schema: names::IncidentDisclosure,
    /// The draft.
    #[serde(flatten)]
    pub draft: &'a Disclosure,
}
