//! Pins on descriptors, and how two descriptors differ, as documents.

use super::names;
use crate::inventory::PartChange;
use crate::text::Untrusted;
use crate::view::{DescriptorDiff, PinSeen, change_word, changed_value};
use schemars::JsonSchema;
use serde::Serialize;

/// Descriptors that are pinned, and whether they are as they were.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PinsDocument<'a> {
    /// The document's name.
    pub schema: names::Pins,
    /// The pins, in the order of `touchmark.toml`.
    pub pins: Vec<PinRow<'a>>,
}

/// A pin.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PinRow<'a> {
    /// The file, below the workspace.
    pub file: &'a Untrusted,
    /// SHA-256 of the canonical form (RFC 8785) of what was pinned, hex.
    pub sha256: &'a str,
    /// Whether it is now as it was pinned.
    pub as_pinned: bool,
    /// Whether there is a descriptor in its place.
    pub here: bool,
    /// The parts that are not as pinned.
    pub changes: &'a [PartChange],
}

impl<'a> PinsDocument<'a> {
    /// From the pins of a workspace.
    pub fn of(pins: &'a [PinSeen]) -> Self {
        let row = |pin: &'a PinSeen| PinRow {
            file: &pin.file,
            sha256: &pin.sha256,
            as_pinned: pin.is_here && pin.changes.is_empty(),
            here: pin.is_here,
            changes: &pin.changes,
        };
        PinsDocument { schema: names::Pins, pins: pins.iter().map(row).collect() }
    }
}

/// How two descriptors differ: agent cards, or descriptors of MCP servers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DescriptorDiffDocument {
    /// The document's name.
    pub schema: names::DescriptorDiff,
    /// Whether they say the same.
    pub same: bool,
    /// The first differences, in the order of the documents.
    pub changes: Vec<DescriptorChange>,
    /// How many more there are.
    pub more: usize,
}

/// A difference.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DescriptorChange {
    /// Where: names of members and indices of items, as in a JSON pointer; items that name themselves by that name.
    pub place: Untrusted,
    /// `added`, `removed`, `changed` or `in another order`.
    pub how: &'static str,
    /// What stood there, cut short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Untrusted>,
    /// What stands there, cut short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Untrusted>,
}

impl From<&DescriptorDiff> for DescriptorDiffDocument {
    fn from(diff: &DescriptorDiff) -> Self {
        let changes = diff.changes.iter().map(|change| DescriptorChange {
            place: Untrusted::new(&change.place),
            how: change_word(change.how),
            before: changed_value(&diff.before, change),
            after: changed_value(&diff.after, change),
        });
        DescriptorDiffDocument {
            schema: names::DescriptorDiff,
            same: diff.changes.is_empty(),
            changes: changes.collect(),
            more: diff.more,
        }
    }
}
