//! The feeds that are in force, and what was said of their matches: a fold of the records of the ledger.

use super::kind::FeedKind;
use super::record::{FeedEntry, FeedRecord, Import, Triage};
use crate::inventory::ModelId;
use crate::store::{EvidenceDigest, LedgerEntry, RecordKind};
use crate::text::Untrusted;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A feed that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The record's number.
    pub record: u64,
    /// When.
    pub at: Timestamp,
    /// The feed.
    pub import: Import,
}

/// What somebody said of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triaged {
    /// The record's number.
    pub record: u64,
    /// When.
    pub at: Timestamp,
    /// What they said.
    pub triage: Triage,
}

/// What the ledger says of feeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feeds {
    imported: BTreeMap<(FeedKind, Untrusted), Imported>,
    triaged: BTreeMap<(ModelId, Untrusted, EvidenceDigest), Triaged>,
    unread: Vec<u64>,
}

impl Feeds {
    /// Takes the next record of the ledger; records of other kinds are left out.
    pub fn take(&mut self, entry: &LedgerEntry) {
        if entry.kind != RecordKind::Feed {
            return;
        }
        let Ok(said) = serde_json::from_str::<FeedRecord>(&entry.body) else {
            self.unread.push(entry.seq);
            return;
        };
        let (record, at) = (entry.seq, entry.at);
        match said.entry {
            FeedEntry::Import(import) => {
                let key = (import.kind, import.source.clone());
                self.imported.insert(key, Imported { record, at, import });
            }
            FeedEntry::Triage(triage) => {
                for of in &triage.entries {
                    let key = (entry.model.clone(), of.id.clone(), of.sha256);
                    self.triaged.insert(key, Triaged { record, at, triage: triage.clone() });
                }
            }
        }
    }

    /// The feeds in force: the newest from each source.
    pub fn in_force(&self) -> impl Iterator<Item = &Imported> {
        self.imported.values()
    }

    /// What was said last of an entry, as it is now, for a model.
    pub fn triage(&self, model: &ModelId, id: &Untrusted, entry: EvidenceDigest) -> Option<&Triaged> {
        self.triaged.get(&(model.clone(), id.clone(), entry))
    }

    /// Records of this kind that cannot be read, and count for nothing.
    pub fn unread(&self) -> &[u64] {
        &self.unread
    }
}
