//! What the ledger says of a model, as far as a triage asks: the versions that passed, what gates decided, and reviews.

use super::made::record_of;
use super::reviews;
use crate::decision::{About, Decision, Making, RecordRef, ReviewRecord, ReviewWord};
use crate::error::Result;
use crate::incident::{Event, Version, What};
use crate::inventory::ModelId;
use crate::signing::{Check, Identity, LogEntry, Outcome, RootDigest, Stage, TimeSource};
use crate::store::{LedgerEntry, RecordKind, Store};
use crate::text::Untrusted;
use jiff::Timestamp;
use serde::Deserialize;

/// Changes of the policy that are remembered.
const MOST_CHANGES: usize = 100;

/// As much of a record as a triage asks for.
#[derive(Deserialize)]
struct Past {
    about: About,
    made: Making,
    #[serde(default)]
    outcome: Option<Outcome>,
    #[serde(default)]
    verification: Option<PastFacts>,
    #[serde(default)]
    verdict: Option<PastVerdict>,
    #[serde(default)]
    inputs: PastInputs,
    #[serde(default)]
    warnings_acknowledged: bool,
}

#[derive(Deserialize)]
struct PastFacts {
    #[serde(default)]
    checks: Vec<Check>,
    signer: Option<Identity>,
    signed_at: Option<(Timestamp, TimeSource)>,
    log: Option<LogEntry>,
    bundle_digest: Option<String>,
}

#[derive(Deserialize)]
struct PastVerdict {
    decision: Decision,
}

#[derive(Default, Deserialize)]
struct PastInputs {
    #[serde(default)]
    stage: Option<String>,
}

/// What the ledger says of the models of a triage.
#[derive(Default)]
pub(super) struct History {
    events: Vec<(Option<ModelId>, Event)>,
    /// Versions that passed, each by the first record of it, oldest first.
    pub versions: Vec<(Version, LedgerEntry)>,
    /// The bytes that gates let in, oldest first.
    admitted: Vec<(ModelId, RootDigest, RecordRef)>,
    /// Rejections that stand, with the bytes that they are about.
    rejected: Vec<(RootDigest, RecordRef)>,
    /// Records that are not of a form that is read.
    pub unread: usize,
}

impl History {
    /// Reads the records of a few models, and no others but changes of the policy.
    pub fn read(store: &dyn Store, ids: &[ModelId]) -> Result<Self> {
        let mut history = History::default();
        let ids: Vec<&ModelId> = ids.iter().collect();
        for entry in store.all_of(&RecordKind::Verification, &ids)? {
            let taken = history.verification(&entry);
            history.unread += usize::from(taken.is_none());
        }
        for entry in store.all_of(&RecordKind::Decision, &ids)? {
            let taken = history.decision(&entry);
            history.unread += usize::from(taken.is_none());
        }
        let reviewed = store.all_of(&RecordKind::Review, &ids)?;
        for id in ids {
            let of_model: Vec<LedgerEntry> =
                reviewed.iter().filter(|entry| entry.model == *id).cloned().collect();
            history.reviews(id, &of_model);
        }
        let mut changes: Vec<Event> = Vec::new();
        store.all(&RecordKind::PolicyChange, &mut |entries| {
            changes.extend(entries.iter().filter_map(|entry| {
                Some(Event { record: record_of(entry).ok()?, at: entry.at, what: What::PolicyChanged })
            }));
            changes.drain(..changes.len().saturating_sub(MOST_CHANGES));
        })?;
        history.events.extend(changes.into_iter().map(|event| (None, event)));
        Ok(history)
    }

    /// What happened to models, and to the policy.
    pub fn events(&self, is_asked: &dyn Fn(&ModelId) -> bool) -> Vec<Event> {
        let asked = |(id, _): &&(Option<ModelId>, Event)| id.as_ref().is_none_or(is_asked);
        self.events.iter().filter(asked).map(|(_, event)| event.clone()).collect()
    }

    /// The version with these bytes.
    pub fn version(&self, root: RootDigest) -> Option<&Version> {
        self.versions.iter().map(|(version, _)| version).find(|version| version.root == root)
    }

    /// The bytes that a gate let in last.
    pub fn let_in(&self, id: &ModelId) -> Option<(RootDigest, RecordRef)> {
        let mut newest = self.admitted.iter().rev();
        newest.find(|(model, ..)| model == id).map(|(_, root, record)| (*root, *record))
    }

    /// The version that appeared last.
    pub fn newest(&self, id: &ModelId) -> Option<&Version> {
        self.versions.iter().map(|(version, _)| version).rev().find(|version| version.model == *id)
    }

    /// Whether a gate ever let in these bytes at a stage.
    pub fn was_let_in(&self, id: &ModelId, bytes: RootDigest, at: &str) -> bool {
        self.events.iter().filter(|(model, _)| model.as_ref() == Some(id)).any(|(_, event)| {
            matches!(&event.what, What::Decided { stage, let_in: true, root, .. }
                if stage.raw() == at && *root == Some(bytes))
        })
    }

    fn verification(&mut self, entry: &LedgerEntry) -> Option<()> {
        let (past, record) = read(entry)?;
        let (outcome, facts) = (past.outcome?, past.verification?);
        let root = past.about.root_digest;
        let differs = |check: &Check| check.stage == Stage::Files && check.outcome == Outcome::Fail;
        let is_other = facts.checks.iter().any(differs);
        let (id, at) = (entry.model.clone(), past.made.recorded);
        let event = Event { record, at, what: What::Verified { outcome, root, is_other } };
        self.events.push((Some(id.clone()), event));
        let new = root.filter(|root| outcome == Outcome::Pass && self.version(*root).is_none());
        if let Some(root) = new {
            let version = Version {
                model: id,
                root,
                record,
                at,
                signer: facts.signer,
                signed_at: facts.signed_at.map(|(at, _)| at),
                log: facts.log,
                bundle: facts.bundle_digest,
            };
            self.versions.push((version, entry.clone()));
        }
        Some(())
    }

    fn decision(&mut self, entry: &LedgerEntry) -> Option<()> {
        let (past, record) = read(entry)?;
        let (decision, stage) = (past.verdict?.decision, past.inputs.stage?);
        let let_in = match decision {
            Decision::Admit => true,
            Decision::Warn => past.warnings_acknowledged,
            Decision::Refuse | Decision::NotJudged => false,
        };
        let (id, root) = (entry.model.clone(), past.about.root_digest);
        if let Some(root) = root.filter(|_| let_in) {
            self.admitted.push((id.clone(), root, record));
        }
        let what = What::Decided { stage: Untrusted::new(stage), decision, let_in, root };
        self.events.push((Some(id), Event { record, at: past.made.recorded, what }));
        Some(())
    }

    fn reviews(&mut self, id: &ModelId, entries: &[LedgerEntry]) {
        for past in reviews::history(entries) {
            let what = What::Reviewed(past.word);
            self.events.push((Some(id.clone()), Event { record: past.record, at: past.at, what }));
            let stands = past.word == ReviewWord::Reject && past.taken_back_by.is_none();
            let entry = entries.iter().find(|entry| stands && entry.seq == past.record.number);
            let record = entry.and_then(|entry| serde_json::from_str::<ReviewRecord>(&entry.body).ok());
            if let Some(root) = record.and_then(|record| record.about.root_digest) {
                self.rejected.push((root, past.record));
            }
        }
    }
}

/// The rejection of exactly these bytes that stands.
pub(super) fn reviewed_away(history: &History, root: RootDigest) -> Option<RecordRef> {
    history.rejected.iter().find(|(rejected, _)| *rejected == root).map(|(_, record)| *record)
}

fn read(entry: &LedgerEntry) -> Option<(Past, RecordRef)> {
    Some((serde_json::from_str(&entry.body).ok()?, record_of(entry).ok()?))
}
