//! The documents of packs that were made or checked. The manifest and the verdicts of a pack are types of its own room.

use super::names;
use crate::decision::{Decision, Difference, Vouched};
use crate::inventory::ModelId;
use crate::pack::{CheckedCheckpoint, CheckedPack, CheckedRecord, CheckedVerdict, PackFault, PackFaultKind};
use crate::signing::{Identity, Outcome};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use crate::words::pack::pack_fault;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// A pack that was made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AuditPackDocument<'a> {
    /// The document's name.
    pub schema: names::AuditPack,
    /// Its file.
    pub file: Cow<'a, str>,
    /// SHA-256 of its manifest, which is what is signed.
    pub digest: EvidenceDigest,
    /// How many bytes the file has.
    pub bytes: u64,
    /// The time that everything in it was judged by.
    pub at: Timestamp,
    /// The stage that it was judged for.
    pub stage: &'a str,
    /// How many models it is about.
    pub models: usize,
    /// How many members the manifest names.
    pub members: usize,
    /// The members that were left out.
    pub redacted: Vec<&'a str>,
    /// How many records of the ledger are in it.
    pub records: usize,
    /// How many of them no checkpoint stands for.
    pub unproven: usize,
    /// Who signed it; none when nobody did.
    pub signer: Option<&'a Untrusted>,
    /// When somebody else than the signer says that it was signed.
    pub signed_at: Option<Timestamp>,
}

/// A pack that was checked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AuditVerifyDocument<'a> {
    /// The document's name.
    pub schema: names::AuditVerify,
    /// `pass` when everything was checked and fits and the signature counts, `fail` when something does not fit,
    /// `unknown` when something could not be checked or nobody who is trusted vouches for it.
    pub outcome: Outcome,
    /// SHA-256 of the manifest; none when there is none.
    pub digest: Option<EvidenceDigest>,
    /// The version of Touchmark that made the pack.
    pub program: Option<&'a str>,
    /// The time that everything in it was judged by.
    pub at: Option<Timestamp>,
    /// The stage that it was judged for.
    pub stage: Option<&'a str>,
    /// The signature.
    pub signature: PackSignatureDocument<'a>,
    /// How many members are there and are what the manifest says.
    pub held: usize,
    /// The members that were left out.
    pub redacted: &'a [String],
    /// The checkpoints of the ledger.
    pub checkpoints: Vec<PackCheckpointDocument<'a>>,
    /// The records of the ledger.
    pub records: Vec<PackRecordDocument<'a>>,
    /// The verdicts.
    pub verdicts: Vec<PackVerdictDocument<'a>>,
    /// What is wrong.
    pub faults: Vec<PackFaultDocument<'a>>,
}

/// The signature of a pack or of a checkpoint in it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PackSignatureDocument<'a> {
    /// `missing` when nobody signed it, `unknown` when nobody who is trusted vouches for the signer.
    pub outcome: Outcome,
    /// Who signed, as the bundle says.
    pub signer: Option<&'a Identity>,
    /// When somebody else than the signer says that it was signed.
    pub signed_at: Option<Timestamp>,
}

impl<'a> PackSignatureDocument<'a> {
    fn of(outcome: Outcome, vouched: Option<&'a Vouched>) -> Self {
        PackSignatureDocument {
            outcome,
            signer: vouched.and_then(Vouched::signer),
            signed_at: vouched.and_then(|vouched| vouched.verification.signed_at).map(|(at, _)| at),
        }
    }
}

/// A checkpoint in a pack.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PackCheckpointDocument<'a> {
    /// The member.
    pub member: &'a str,
    /// How many records it stands for.
    pub records: u64,
    /// When it was made, as it says.
    pub at: Timestamp,
    /// Its signature.
    pub signature: PackSignatureDocument<'a>,
}

/// A record in a pack.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PackRecordDocument<'a> {
    /// The member.
    pub member: &'a str,
    /// Its number.
    pub record: u64,
    /// `verification`, `decision`, `review` or `policy-change`.
    pub kind: &'a str,
    /// The model that it is about.
    pub model: &'a ModelId,
    /// When it was made, as it says.
    pub at: Timestamp,
    /// Whether a checkpoint stands for it: as the signature of that checkpoint; `missing` when there is none.
    pub proven: Outcome,
    /// Whether the same comes of the evidence that it names.
    pub again: Outcome,
    /// Members and digests that are not there to tell.
    pub lacks: &'a [String],
}

/// A verdict in a pack.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PackVerdictDocument<'a> {
    /// The member.
    pub member: &'a str,
    /// The model.
    pub model: &'a ModelId,
    /// What was decided; none when the verdict cannot be read.
    pub decision: Option<Decision>,
    /// Whether the same comes of the evidence that it names.
    pub outcome: Outcome,
    /// Members and digests that are not there to tell.
    pub lacks: &'a [String],
}

/// Something that is wrong with a pack, with its words.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PackFaultDocument<'a> {
    /// What.
    pub kind: PackFaultKind,
    /// The same in words.
    pub words: &'static str,
    /// The member.
    pub member: &'a str,
    /// Why, as far as more is known.
    pub why: Option<&'a str>,
    /// What is not the same, where something else comes of the evidence.
    pub differences: &'a [Difference],
}

impl<'a> AuditVerifyDocument<'a> {
    /// Of what came of checking it.
    pub fn of(checked: &'a CheckedPack) -> Self {
        let manifest = checked.manifest.as_ref();
        let checkpoint = |of: &'a CheckedCheckpoint| PackCheckpointDocument {
            member: &of.member,
            records: of.kept.checkpoint.records,
            at: of.kept.checkpoint.at,
            signature: PackSignatureDocument::of(of.outcome, of.vouched.as_ref()),
        };
        let record = |of: &'a CheckedRecord| PackRecordDocument {
            member: &of.member,
            record: of.entry.seq,
            kind: of.entry.kind.as_str(),
            model: &of.entry.model,
            at: of.entry.at,
            proven: of.proven,
            again: of.again,
            lacks: &of.lacks,
        };
        let verdict = |of: &'a CheckedVerdict| PackVerdictDocument {
            member: &of.member,
            model: &of.model,
            decision: of.decision,
            outcome: of.outcome,
            lacks: &of.lacks,
        };
        let fault = |of: &'a PackFault| PackFaultDocument {
            kind: of.kind,
            words: pack_fault(of.kind),
            member: &of.member,
            why: of.why.as_deref(),
            differences: &of.differences,
        };
        AuditVerifyDocument {
            schema: names::AuditVerify,
            outcome: checked.outcome(),
            digest: checked.digest,
            program: manifest.map(|manifest| manifest.program.as_str()),
            at: manifest.map(|manifest| manifest.at),
            stage: manifest.map(|manifest| manifest.stage.as_str()),
            signature: PackSignatureDocument::of(checked.signature, checked.vouched.as_ref()),
            held: checked.held,
            redacted: &checked.redacted,
            checkpoints: checked.checkpoints.iter().map(checkpoint).collect(),
            records: checked.records.iter().map(record).collect(),
            verdicts: checked.verdicts.iter().map(verdict).collect(),
            faults: checked.faults.iter().map(fault).collect(),
        }
    }
}
