//! The document of a proof that was checked. The proof itself is a type of the room that decides.

use super::names;
use crate::decision::ProofFault;
use crate::inventory::ModelId;
use crate::signing::{Identity, Outcome};
use crate::store::EvidenceDigest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A proof of a record that was checked against a checkpoint.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerProofCheckDocument<'a> {
    /// The document's name.
    pub schema: names::LedgerProofCheck,
    /// `pass` when the record is proven under a checkpoint whose signature counts, `unknown` when the signature does not
    /// count or nobody signed the checkpoint.
    pub outcome: Outcome,
    /// The number of the record.
    pub record: u64,
    /// `verification`, `decision`, `review` or `policy-change`.
    pub kind: &'a str,
    /// The model that it is about.
    pub model: &'a ModelId,
    /// When it was recorded, as it says.
    pub at: Timestamp,
    /// What is wrong with the proof; none when the record is among those that the checkpoint stands for.
    pub fault: Option<ProofFault>,
    /// SHA-256 of the checkpoint's bytes.
    pub checkpoint: EvidenceDigest,
    /// How many records it stands for.
    pub records: u64,
    /// Who signed the checkpoint, as the bundle says; none when nobody did.
    pub signer: Option<&'a Identity>,
    /// When somebody else than the signer says that it was signed.
    pub signed_at: Option<Timestamp>,
    /// Whether the signature counts.
    pub counts: bool,
}
