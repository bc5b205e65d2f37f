//! Where the ledgers of other workspaces ended, as documents.

use super::names;
use crate::decision::{AnchorRecord, RecordRef};
use schemars::JsonSchema;
use serde::Serialize;

/// What came of a checkpoint of another ledger.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerAnchorDocument<'a> {
    /// The document's name.
    pub schema: names::LedgerAnchor,
    /// Why nothing was recorded: `signature` where that does not verify, `records` where these do not lead to the
    /// checkpoint.
    pub refused: Option<&'static str>,
    /// By which record it is anchored.
    pub record: Option<RecordRef>,
    /// What was recorded.
    pub anchor: Option<&'a AnchorRecord>,
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
        LedgerAnchorDocument {
            schema: names::LedgerAnchor,
            refused: None,
            record: Some(record),
            anchor: Some(anchor),
        }
    }

    /// Of what was not recorded.
    pub fn refused(why: &'static str) -> Self {
        LedgerAnchorDocument { schema: names::LedgerAnchor, refused: Some(why), record: None, anchor: None }
    }
}

impl<'a> LedgerAnchorsDocument<'a> {
    /// From records.
    pub fn of(anchors: impl Iterator<Item = (RecordRef, &'a AnchorRecord)>) -> Self {
        let anchors = anchors.map(|(record, anchor)| AnchoredRow { record, anchor }).collect();
        LedgerAnchorsDocument { schema: names::LedgerAnchors, anchors }
    }
}
