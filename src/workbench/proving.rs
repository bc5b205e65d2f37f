//! Proofs that records are among those that a checkpoint stands for: made from the ledger, for whoever has the checkpoint.

use super::checkpoints::read_checkpoint;
use super::door::Workbench;
use crate::decision::{Anchored, KeptCheckpoint, LedgerProof, LedgerProofSchema};
use crate::error::{Code, Error, Result};
use crate::store::{LedgerEntry, beside, ledger};
use std::ops::Range;
use std::path::{Path, PathBuf};

impl Workbench {
    /// A proof that a record is among those that a checkpoint stands for: the one in a file, or the newest of this
    /// workspace that fits, one whose signature counts before all others.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when there is no such record, or no checkpoint that stands for it; `E-USAGE` when the one that was
    /// named does not; what reading it gives; `E-STORE`.
    pub fn prove(&self, record: u64, named: Option<&Path>) -> Result<(LedgerProof, KeptCheckpoint)> {
        let entry = self.store().entry(record)?.ok_or_else(|| {
            Error::new(Code::NotFound, "there is no such record in the ledger")
                .at(format!("ledger entry {record}"))
                .help("`touchmark ledger show` lists the records")
        })?;
        let kept = match named {
            Some(file) => {
                let kept = read_checkpoint(file)?;
                if kept.checkpoint.root.is_none() || kept.checkpoint.records < record {
                    return Err(Error::new(Code::Usage, "this checkpoint does not stand for the record")
                        .at_path(file)
                        .help("make a new one: `touchmark ledger checkpoint`"));
                }
                kept
            }
            None => self.checkpoint_for(record)?.map(|(_, kept)| kept).ok_or_else(|| {
                Error::new(Code::NotFound, "no checkpoint of this workspace stands for the record")
                    .at(format!("ledger entry {record}"))
                    .help("make one first: `touchmark ledger checkpoint key --private-key FILE`")
            })?,
        };
        let mut proofs = self.proofs(vec![entry], &kept)?;
        let proof = proofs.pop().ok_or_else(|| Error::new(Code::Internal, "a proof was not made"))?;
        Ok((proof, kept))
    }

    /// The newest checkpoint that stands for a record and that the ledger goes on from; one whose signature counts comes
    /// before all others.
    pub(super) fn checkpoint_for(&self, record: u64) -> Result<Option<(PathBuf, KeptCheckpoint)>> {
        let found = self.ledger_found()?;
        let mut uncounted = None;
        for (file, kept) in self.known_checkpoints()? {
            if kept.checkpoint.root.is_none() || kept.checkpoint.records < record {
                continue;
            }
            if kept.checkpoint.against(&found, &|number| self.store().entry(number))? != Anchored::Whole {
                continue;
            }
            if self.counts(&kept) {
                return Ok(Some((file, kept)));
            }
            uncounted.get_or_insert((file, kept));
        }
        Ok(uncounted)
    }

    /// Proofs of records under a checkpoint that stands for all of them; the ledger is read once.
    pub(super) fn proofs(
        &self,
        records: Vec<LedgerEntry>,
        kept: &KeptCheckpoint,
    ) -> Result<Vec<LedgerProof>> {
        let checkpoint = &kept.checkpoint;
        let contradicted = || {
            Error::new(Code::Store, "the checkpoint contradicts the ledger")
                .help("`touchmark ledger verify` says how")
        };
        let ways: Vec<Vec<Range<u64>>> =
            records.iter().map(|entry| beside(entry.seq.saturating_sub(1), checkpoint.records)).collect();
        let roots = ledger::roots_of(&**self.store(), &ways.concat())?;
        let proof = |(record, way): (LedgerEntry, Vec<Range<u64>>)| {
            let path = way.iter().map(|range| roots.get(range).copied()).collect::<Option<Vec<_>>>();
            let proof = LedgerProof {
                schema: LedgerProofSchema::V1,
                record,
                records: checkpoint.records,
                root: checkpoint.root.ok_or_else(contradicted)?,
                path: path.ok_or_else(contradicted)?,
            };
            match proof.fault_against(checkpoint)? {
                None => Ok(proof),
                Some(_) => Err(contradicted().at(format!("ledger entry {}", proof.record.seq))),
            }
        };
        records.into_iter().zip(ways).map(proof).collect()
    }
}
