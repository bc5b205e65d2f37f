//! What the commands of `fleet` print. What a run itself holds are types of the room that runs it.

use super::names;
use crate::decision::RecordRef;
use crate::fleet::{FleetProof, FleetSealed, SealedPart};
use crate::signing::Outcome;
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A run that was planned.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FleetPlannedDocument {
    /// The document's name.
    pub schema: names::FleetPlanned,
    /// The run: SHA-256 of the plan.
    pub run: EvidenceDigest,
    /// Where it lies: what workers are given.
    pub place: Untrusted,
    /// How many shards there are, numbered from 0.
    pub shards: u64,
    /// Models in them.
    pub models: u64,
    /// Objects that were listed.
    pub objects: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// What was listed and is no part of any model, or has no clean key.
    pub findings: u64,
    /// Whether the same plan was there before.
    pub was_there: bool,
}

/// What became of a shard.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FleetWorkedDocument {
    /// The document's name.
    pub schema: names::FleetWorked,
    /// The run.
    pub run: EvidenceDigest,
    /// The shard.
    pub shard: u32,
    /// Whether this attempt committed it; otherwise it was committed already.
    pub committed: bool,
    /// Its records; 0 where it was committed before anything was looked at.
    pub records: u64,
    /// Models by outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Models that could not be read.
    pub unreadable: u64,
    /// The root of its records.
    pub root: Option<EvidenceDigest>,
}

/// How a run stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FleetStatusDocument {
    /// The document's name.
    pub schema: names::FleetStatus,
    /// The run.
    pub run: EvidenceDigest,
    /// Shards.
    pub shards: u64,
    /// Shards with a statement. Whether it counts, `fleet seal` says.
    pub done: u64,
    /// Shards with results and no statement.
    pub begun: Vec<u32>,
    /// Shards with nothing.
    pub missing: Vec<u32>,
    /// Models of all shards.
    pub models: u64,
    /// Models of shards with a statement.
    pub models_done: u64,
    /// Bytes of shards with a statement.
    pub bytes_done: u64,
    /// Whether the run was sealed whole.
    pub sealed: bool,
}

/// A run that was sealed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FleetSealDocument<'a> {
    /// The document's name.
    pub schema: names::FleetSeal,
    /// Where the document of the seal lies.
    pub file: Untrusted,
    /// SHA-256 of that document.
    pub digest: EvidenceDigest,
    /// What it says.
    pub sealed: &'a FleetSealed,
    /// Tables that lie beside it and that it does not name: whoever sealed the run first wrote none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub unnamed: &'a [SealedPart],
    /// The record in the ledger of this workspace.
    pub record: RecordRef,
}

/// What a sealed run proves of a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FleetProveDocument<'a> {
    /// The document's name.
    pub schema: names::FleetProve,
    /// `pass` when its record is proven, `fail` when it has records that contradict each other, `unknown` when its shard
    /// was missing, `missing` when the plan does not have it.
    pub outcome: Outcome,
    /// Each record with its way to the root.
    pub proofs: &'a [FleetProof],
    /// The shard that was missing.
    pub shard: Option<u32>,
}
