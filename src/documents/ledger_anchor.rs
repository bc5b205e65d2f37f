//! Where the ledgers of other workspaces ended, as documents.

use super::names;
use crate::decision::{AnchorRecord, RecordRef};
use schemars::JsonSchema;
use serde::Serialize;

/// An end of another ledger that was recorded.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerAnchorDocument<'a> {
    /// The document's name.
    pub schema: names::LedgerAnchor,
    /// By which record.
    pub record: RecordRef,
    /// What was recorded.
    pub anchor: &'a AnchorRecord,
}

/// What was anchored of other ledgers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerAnchorsDocument<'a> {
    /// The document's name.
    pub schema: names::LedgerAnchors,
    /// Oldest first.
    pub anchors: Vec<AnchoredRow<'a>>,
}

/// An end of another ledger.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AnchoredRow<'a> {
    /// By which record.
    pub record: RecordRef,
    /// What was recorded.
    pub anchor: &'a AnchorRecord,
}

impl<'a> LedgerAnchorDocument<'a> {
    /// From a record.
    pub fn of(record: RecordRef, anchor: &'a AnchorRecord) -> Self {
        LedgerAnchorDocument { schema: names::LedgerAnchor, record, anchor }
    }
}

impl<'a> LedgerAnchorsDocument<'a> {
    /// From records.
    pub fn of(anchors: impl Iterator<Item = (RecordRef, &'a AnchorRecord)>) -> Self {
        let anchors = anchors.map(|(record, anchor)| AnchoredRow { record, anchor }).collect();
        LedgerAnchorsDocument { schema: names::LedgerAnchors, anchors }
    }
}
