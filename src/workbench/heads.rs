//! Where the ledgers of other workspaces ended: taken from their checkpoints, held against what was anchored before, and
//! recorded.

use super::checkpoints::{LIMIT_BYTES, vouched};
use super::door::Workbench;
use crate::decision::{
    AnchorRecord, AnchorRecordSchema, HeadStanding, KeptCheckpoint, MOST_RUNS, RecordRef, RunRoot, Vouched,
    WorkspaceId,
};
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::signing::{Outcome, Trust};
use crate::store::{EvidenceDigest, LedgerEntry, RecordKind, ledger};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// An end of a ledger that is recorded, and its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// What was recorded.
    pub anchor: AnchorRecord,
    /// By which record.
    pub record: RecordRef,
}

/// What came of a checkpoint that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandedIn {
    /// It was recorded.
    Recorded(Box<Anchor>),
    /// Its signature does not verify; nothing was recorded.
    SignatureFails,
    /// The records that were handed in with it do not lead to it; nothing was recorded.
    LeadsElsewhere {
        /// The first record that the checkpoint names and that is another one, or not there.
        at: u64,
    },
}

/// What the record of a sealed run says, as far as it is wanted here.
#[derive(Deserialize)]
struct SealedRun {
    run: EvidenceDigest,
    root: EvidenceDigest,
}

/// What the records of a writer came to.
#[derive(Default)]
struct Walked {
    hashes: BTreeMap<u64, EvidenceDigest>,
    runs: Vec<RunRoot>,
    more_runs: u64,
}

impl Workbench {
    /// Records where the ledger of another workspace ended, as a checkpoint of it says, and how that stands to what was
    /// anchored of it before. With its exported records also that these lead there. `trust` says whose checkpoints
    /// count; without it the policy does.
    ///
    /// # Errors
    /// `E-USAGE` for a checkpoint of this ledger, of one that names no workspace, or when nothing may be written; what
    /// reading either file gives; `E-STORE`, `E-WRITE`.
    pub fn anchor_ledger(
        &self,
        file: &Path,
        records: Option<&Path>,
        trust: Option<&[Trust]>,
    ) -> Result<HandedIn> {
        self.writable()?;
        let bytes = read_small(file, LIMIT_BYTES)?;
        let kept = KeptCheckpoint::parse(&bytes).map_err(|error| error.at_path(file))?;
        let said = &kept.checkpoint;
        let usage = |what: &str, help: &str| Error::new(Code::Usage, what).at_path(file).help(help);
        let writer = said.workspace.ok_or_else(|| {
            usage(
                "the checkpoint names no workspace",
                "make it anew with a newer version; nothing was recorded",
            )
        })?;
        let made = self.made()?;
        if writer == made.workspace {
            return Err(usage(
                "this is a checkpoint of this very ledger",
                "`touchmark ledger verify` holds the ledger against it; nothing was recorded",
            ));
        }
        let vouched = vouched(&kept, trust, &self.view(), self.now());
        if vouched.as_ref().is_some_and(|vouched| vouched.outcome(true) == Outcome::Fail) {
            return Ok(HandedIn::SignatureFails);
        }
        let before = self.anchors_of(Some(writer))?;
        let counting: Vec<&AnchorRecord> = before
            .iter()
            .map(|known| &known.anchor)
            .filter(|known| known.counts && !known.standing.contradicts())
            .collect();
        let walked = records.map(|records| walked(records, &kept, &counting)).transpose()?;
        let read = walked.is_some();
        let known = |number| walked.as_ref().and_then(|walked| walked.hashes.get(&number).copied());
        if read && let Some(other) = said.marks.iter().find(|mark| known(mark.number) != Some(mark.hash)) {
            return Ok(HandedIn::LeadsElsewhere { at: other.number });
        }
        let Walked { hashes, runs, more_runs } = walked.unwrap_or_default();
        let standing = HeadStanding::of(said, counting.into_iter(), &|number| hashes.get(&number).copied());
        let signer = vouched.as_ref().and_then(Vouched::signer);
        let anchor = AnchorRecord {
            schema: AnchorRecordSchema::V1,
            made,
            writer,
            checkpoint: kept.digest,
            at: said.at,
            records: said.records,
            head: said.head,
            marks: said.marks.clone(),
            signer: signer.map(|signer| signer.subject.clone()),
            counts: vouched.is_some_and(|vouched| vouched.counts),
            standing,
            read,
            runs,
            more_runs,
        };
        let about = ModelId::new(&format!("ledger/{writer}"));
        let record = self.record_with(RecordKind::Anchor, &about, &anchor, &[bytes.into()])?;
        Ok(HandedIn::Recorded(Box::new(Anchor { anchor, record })))
    }

    /// What was anchored, oldest first: of all writers, or of one.
    ///
    /// # Errors
    /// `E-STORE`, also when a record is not as this version writes it.
    pub fn anchors_of(&self, writer: Option<WorkspaceId>) -> Result<Vec<Anchor>> {
        let mut found: Vec<Result<Anchor>> = Vec::new();
        self.store().all(&RecordKind::Anchor, &mut |entries| found.extend(entries.iter().map(read)))?;
        let mut anchors = found.into_iter().collect::<Result<Vec<Anchor>>>()?;
        anchors.retain(|known| writer.is_none_or(|writer| known.anchor.writer == writer));
        Ok(anchors)
    }
}

fn read(entry: &LedgerEntry) -> Result<Anchor> {
    let anchor = serde_json::from_str(&entry.body).map_err(|_| {
        Error::new(Code::Store, "a record of an anchor is not as this version writes it")
            .at(format!("ledger entry {}", entry.seq))
    })?;
    Ok(Anchor { anchor, record: super::made::record_of(entry)? })
}

/// Reads the records of a writer up to where the checkpoint says that they end.
fn walked(file: &Path, kept: &KeptCheckpoint, known: &[&AnchorRecord]) -> Result<Walked> {
    let said = &kept.checkpoint;
    let wanted: BTreeSet<u64> = known
        .iter()
        .flat_map(|known| &known.marks)
        .chain(&said.marks)
        .map(|mark| mark.number)
        .filter(|number| *number <= said.records)
        .collect();
    let mut walked = Walked::default();
    ledger::read_exported(file, &mut |entry| {
        if entry.seq > said.records {
            return Ok(());
        }
        if wanted.contains(&entry.seq) {
            walked.hashes.insert(entry.seq, entry.hash.parse()?);
        }
        // By its word: only some builds write it.
        if entry.kind.as_str() == "fleet-run"
            && let Ok(SealedRun { run, root }) = serde_json::from_str(&entry.body)
        {
            match walked.runs.len() < MOST_RUNS {
                true => walked.runs.push(RunRoot { record: entry.seq, run, root }),
                false => walked.more_runs += 1,
            }
        }
        Ok(())
    })?;
    Ok(walked)
}
