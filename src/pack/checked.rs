//! What came of checking a pack, as values.

use crate::decision::{Decision, KeptCheckpoint, Vouched};
use crate::inventory::ModelId;
use crate::signing::Outcome;
use crate::store::{EvidenceDigest, LedgerEntry};

use super::fault::PackFault;
use super::manifest::PackManifest;

/// What came of checking a pack.
#[derive(Debug, Clone)]
pub struct CheckedPack {
    /// The manifest; none when there is none that can be read.
    pub manifest: Option<PackManifest>,
    /// The digest of the manifest's bytes.
    pub digest: Option<EvidenceDigest>,
    /// The signature: missing when nobody signed it, unknown when nobody who is trusted vouches for the signer.
    pub signature: Outcome,
    /// What became of the signature; none when there is none that can be read.
    pub vouched: Option<Vouched>,
    /// How many members are there and are what the manifest says.
    pub held: usize,
    /// The members that were left out.
    pub redacted: Vec<String>,
    /// The checkpoints, by name.
    pub checkpoints: Vec<CheckedCheckpoint>,
    /// The records, by number.
    pub records: Vec<CheckedRecord>,
    /// The verdicts, by model.
    pub verdicts: Vec<CheckedVerdict>,
    /// What is wrong.
    pub faults: Vec<PackFault>,
}

/// A checkpoint of a pack.
#[derive(Debug, Clone)]
pub struct CheckedCheckpoint {
    /// The member.
    pub member: String,
    /// What it says.
    pub kept: KeptCheckpoint,
    /// Its signature: missing when nobody signed it, unknown when nobody who is trusted vouches for the signer.
    pub outcome: Outcome,
    /// What became of the signature; none when nobody signed it.
    pub vouched: Option<Vouched>,
}

/// A record of a pack.
#[derive(Debug, Clone)]
pub struct CheckedRecord {
    /// The record.
    pub entry: LedgerEntry,
    /// The member.
    pub member: String,
    /// Whether a checkpoint stands for it: as the signature of that checkpoint; missing when there is none.
    pub proven: Outcome,
    /// Whether the same comes of the evidence that it names; not applicable to what people said.
    pub again: Outcome,
    /// Why that is unknown.
    pub lacks: Vec<String>,
}

/// A verdict of a pack.
#[derive(Debug, Clone)]
pub struct CheckedVerdict {
    /// The model.
    pub model: ModelId,
    /// The member.
    pub member: String,
    /// What was decided; none when the verdict cannot be read.
    pub decision: Option<Decision>,
    /// Whether the same comes of the evidence that it names.
    pub outcome: Outcome,
    /// Why that is unknown.
    pub lacks: Vec<String>,
}

impl CheckedPack {
    /// What the pack is as a whole: a fault fails it, and what could not be checked leaves it unknown.
    pub fn outcome(&self) -> Outcome {
        let is_open = |outcome: Outcome| !matches!(outcome, Outcome::Pass | Outcome::NotApplicable);
        let records = self.records.iter().flat_map(|record| [record.proven, record.again]);
        let verdicts = self.verdicts.iter().map(|verdict| verdict.outcome);
        let mut all = records.chain(verdicts).chain([self.signature]);
        match self.faults.is_empty() {
            false => Outcome::Fail,
            true if all.any(is_open) => Outcome::Unknown,
            true => Outcome::Pass,
        }
    }
}
