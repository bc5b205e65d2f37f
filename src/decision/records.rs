//! What the ledger keeps of a verification and of a decision: facts and digests, no words. From what a record names it
//! can be made again, to the byte.

use crate::signing::{
    AnchorUse, Check, HashAlgorithm, Identity, KeyKind, LogEntry, Method, ModelState, Outcome, RootDigest,
    TimeSource, Verification,
};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evaluate::{Decision, Verdict};
use super::inputs::{
    DecisionRecordSchema, EvidenceDocument, Inputs, PolicyChangeRecordSchema, PolicyInput,
    ReviewRecordSchema, VerificationRecordSchema,
};
use super::made::{About, Making, RecordRef};
use super::review::{GlassTerm, ReviewWord};

/// The body of a record of kind `verification`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationRecord {
    /// `touchmark.verification-record/3`.
    pub schema: VerificationRecordSchema,
    /// What was verified.
    pub about: About,
    /// Who, when and where.
    pub made: Making,
    /// What it rests on.
    pub inputs: Inputs,
    /// The evidence by digest: its own digest is among the inputs.
    pub evidence: EvidenceDocument,
    /// What became of the whole.
    pub outcome: Outcome,
    /// What was established.
    pub verification: Facts,
    /// What the files were when they were hashed, so that a later look sees whether they changed; none where that could
    /// not be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ModelState>,
    /// How long looking and judging took, milliseconds.
    pub took_ms: u64,
}

/// The body of a record of kind `decision`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRecord {
    /// `touchmark.decision-record/3`.
    pub schema: DecisionRecordSchema,
    /// What was decided about.
    pub about: About,
    /// Who, when and where.
    pub made: Making,
    /// The record of the verification that it rests on; none when nobody looked at the files.
    pub rests_on: Option<RecordRef>,
    /// What it rests on; the evidence is kept under its digest.
    pub inputs: Inputs,
    /// Whether warnings were acknowledged beforehand (rulings 8).
    pub warnings_acknowledged: bool,
    /// What was established of the model itself; none when nobody looked at its files.
    pub verification: Option<Facts>,
    /// Controls, levels and the decision.
    pub verdict: Verdict,
}

/// The body of a record of kind `review`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRecord {
    /// `touchmark.record-review/3`.
    pub schema: ReviewRecordSchema,
    /// What the reviewer had before them.
    pub about: About,
    /// Who, when and where.
    pub made: Making,
    /// What was said.
    pub word: ReviewWord,
    /// Why.
    pub reason: Untrusted,
    /// Where and until when the glass is broken; only of that word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glass: Option<GlassTerm>,
    /// The review that is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<RecordRef>,
}

/// The body of a record of kind `policy-change`. Both texts are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyChangeRecord {
    /// `touchmark.policy-change-record/1`.
    pub schema: PolicyChangeRecordSchema,
    /// Who, when and where.
    pub made: Making,
    /// The policy that was in force before.
    pub before: PolicyInput,
    /// The policy that is in force since.
    pub after: PolicyInput,
    /// Why.
    pub reason: Untrusted,
    /// The stage that the workspace judges for.
    pub stage: String,
    /// The models that were decided upon.
    pub models: usize,
    /// How many of them are decided otherwise since, by what they were and are.
    pub changed: Vec<ChangedDecisions>,
}

/// Models whose decision changed in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedDecisions {
    /// What was decided before.
    pub from: Decision,
    /// What is decided since.
    pub to: Decision,
    /// Of how many models.
    pub models: usize,
}

/// What a verification established, without what was observed of the files: that is kept as evidence.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Facts {
    /// One check a stage.
    pub checks: Vec<Check>,
    /// How it was signed.
    pub method: Option<Method>,
    /// Who signed, as the bundle says.
    pub signer: Option<Identity>,
    /// The anchor that vouches for the signer.
    pub anchor: Option<AnchorUse>,
    /// Trusted signing time, and whose.
    pub signed_at: Option<(Timestamp, TimeSource)>,
    /// The log entry, verified.
    pub log: Option<LogEntry>,
    /// The root digest over the signed resources.
    pub root_digest: Option<RootDigest>,
    /// Name of the subject, as signed.
    pub subject_name: Option<Untrusted>,
    /// Recorded hash.
    pub hash: Option<HashAlgorithm>,
    /// The kind of the key that signed: a curve of OMS, or `rsa` or `ed25519`.
    pub curve: Option<KeyKind>,
    /// Whether the bundle records that links were followed.
    pub allow_symlinks: Option<bool>,
    /// SHA-256 over the bundle's bytes, hex.
    pub bundle_digest: Option<String>,
    /// When the files were looked at.
    pub at: Timestamp,
}

impl From<&Verification> for Facts {
    fn from(v: &Verification) -> Self {
        Facts {
            checks: v.checks.clone(),
            method: v.method,
            signer: v.signer.clone(),
            anchor: v.anchor.clone(),
            signed_at: v.signed_at,
            log: v.log.clone(),
            root_digest: v.root_digest,
            subject_name: v.subject_name.clone(),
            hash: v.hash,
            curve: v.curve,
            allow_symlinks: v.allow_symlinks,
            bundle_digest: v.bundle_digest.clone(),
            at: v.at,
        }
    }
}

/// As much of a recorded verification as it takes to show what was seen. Records of versions 2 and 3 parse: what came
/// before does not say what it rests on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RecordedSeen {
    /// The version.
    pub schema: SeenSchema,
    /// The evidence by digest.
    pub evidence: EvidenceDocument,
    /// What the files were when they were hashed.
    #[serde(default)]
    pub state: Option<ModelState>,
    /// How long it took, milliseconds.
    pub took_ms: u64,
}

/// The versions of records of verifications that say what was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum SeenSchema {
    /// `touchmark.verification-record/2`
    #[serde(rename = "touchmark.verification-record/2")]
    V2,
    /// `touchmark.verification-record/3`
    #[serde(rename = "touchmark.verification-record/3")]
    V3,
}

/// As much of a recorded verification as it takes to judge again.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RecordedVerification {
    /// `touchmark.verification-record/3`: records of other versions do not parse.
    pub schema: VerificationRecordSchema,
    /// Who, when and where.
    pub made: Making,
    /// What it rests on.
    pub inputs: Inputs,
    /// The evidence by digest.
    pub evidence: EvidenceDocument,
    /// What the files were when they were hashed.
    #[serde(default)]
    pub state: Option<ModelState>,
    /// How long it took, milliseconds.
    pub took_ms: u64,
}

/// As much of a recorded decision as it takes to decide again.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RecordedDecision {
    /// `touchmark.decision-record/3`: records of other versions do not parse.
    pub schema: DecisionRecordSchema,
    /// Who, when and where.
    pub made: Making,
    /// The record of the verification that it rests on.
    pub rests_on: Option<RecordRef>,
    /// What it rests on.
    pub inputs: Inputs,
    /// Whether warnings were acknowledged beforehand.
    pub warnings_acknowledged: bool,
}

/// As much of any record as it takes to say where it was made.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RecordedMade {
    /// Who, when and where.
    pub made: Making,
}
