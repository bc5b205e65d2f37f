//! That a record is one of those that a checkpoint stands for: the record, and the hashes beside its way to the root
//! that the checkpoint names. Whoever has the checkpoint can check that, without the ledger. Who vouches for the
//! checkpoint is not known here.

use crate::error::{Code, Error, Result};
use crate::store::{EvidenceDigest, LedgerEntry, root_from};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::checkpoint::Checkpoint;
use super::inputs::bytes_of;

/// The schema of [`LedgerProof`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LedgerProofSchema {
    /// `touchmark.ledger-proof/1`
    #[default]
    #[serde(rename = "touchmark.ledger-proof/1")]
    V1,
}

impl JsonSchema for LedgerProofSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "LedgerProofSchema".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": "touchmark.ledger-proof/1" })
    }
}

/// That a record is one of those that a checkpoint stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerProof {
    /// `touchmark.ledger-proof/1`.
    pub schema: LedgerProofSchema,
    /// The record.
    pub record: LedgerEntry,
    /// How many records the checkpoint stands for.
    pub records: u64,
    /// The root of the tree of hashes over them.
    pub root: EvidenceDigest,
    /// The hashes beside the way from the record to the root, from below.
    pub path: Vec<EvidenceDigest>,
}

/// What is wrong with a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProofFault {
    /// It is about another record than the one asked about.
    OtherRecord,
    /// The content of the record is not what its hash was taken over.
    RecordChanged,
    /// The hashes do not lead from the record to the root.
    PathBroken,
    /// The checkpoint names no root: an earlier version made it.
    NoRoot,
    /// The checkpoint stands for other records.
    OtherCheckpoint,
}

impl LedgerProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// `E-MALFORMED`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let no_proof = |why: String| {
            Error::new(Code::Malformed, format!("not a proof of a record ({why})"))
                .help("`touchmark ledger prove RECORD` writes one")
        };
        serde_json::from_slice(bytes).map_err(|cause| no_proof(cause.to_string()))
    }

    /// The bytes that it is kept as.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        bytes_of(self)
    }

    /// What is wrong with it by itself; none when the record is one of those that the root stands for.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub fn fault(&self) -> Result<Option<ProofFault>> {
        let hash = self.record.hash.parse().ok();
        let (Some(hash), true) = (hash, self.record.is_as_hashed()?) else {
            return Ok(Some(ProofFault::RecordChanged));
        };
        let index = self.record.seq.checked_sub(1);
        let root = index.and_then(|index| root_from(hash, index, self.records, &self.path));
        Ok((root != Some(self.root)).then_some(ProofFault::PathBroken))
    }

    /// What is wrong with it by itself or beside a checkpoint; none when the record is one of those that the checkpoint
    /// stands for.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub fn fault_against(&self, checkpoint: &Checkpoint) -> Result<Option<ProofFault>> {
        if let Some(fault) = self.fault()? {
            return Ok(Some(fault));
        }
        Ok(match checkpoint.root {
            None => Some(ProofFault::NoRoot),
            Some(root) if root != self.root || checkpoint.records != self.records => {
                Some(ProofFault::OtherCheckpoint)
            }
            Some(_) => None,
        })
    }
}
