//! What is done to a workspace, its policy and its ledger, as documents; and what stopped a command.

use super::names;
use crate::decision::{Anchored, Checkpoint, Difference, Inputs, RecordRef, Replayed, WorkspaceId};
use crate::error::Error;
use crate::inventory::ModelId;
use crate::maturity::PolicySeal;
use crate::policy::PolicyError;
use crate::signing::Identity;
use crate::store::{EvidenceDigest, LedgerEntry};
use crate::text::Untrusted;
use crate::view::{PastReview, ReviewWord};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// What stopped a command.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ErrorDocument<'a> {
    /// The document's name.
    pub schema: names::ErrorName,
    /// The stable code.
    pub code: &'static str,
    /// What happened.
    pub what: &'a str,
    /// Where: a path, a line, a field.
    pub at: Option<&'a Untrusted>,
    /// What to do.
    pub help: Option<&'a str>,
}

impl<'a> From<&'a Error> for ErrorDocument<'a> {
    fn from(error: &'a Error) -> Self {
        ErrorDocument {
            schema: names::ErrorName,
            code: error.code.as_str(),
            what: &error.what,
            at: error.at.as_ref(),
            help: error.help.as_deref(),
        }
    }
}

/// A workspace that was made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct InitDocument<'a> {
    /// The document's name.
    pub schema: names::Init,
    /// Its `touchmark.toml`.
    pub file: Cow<'a, str>,
}

/// The sample workspace that was copied.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DemoDocument {
    /// The document's name.
    pub schema: names::Demo,
    /// How many files.
    pub files: usize,
}

/// A review that was recorded.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewDocument {
    /// The document's name.
    pub schema: names::Review,
    /// What was said.
    pub word: ReviewWord,
    /// The record of it; of several models the first.
    pub record: RecordRef,
    /// All records, one a model: they were written together.
    pub records: Vec<ReviewedDocument>,
}

/// A model that was reviewed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewedDocument {
    /// The model.
    pub model: ModelId,
    /// The record of it.
    pub record: RecordRef,
}

/// All that was ever said of a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewHistoryDocument<'a> {
    /// The document's name.
    pub schema: names::ReviewHistory,
    /// The model.
    pub model: ModelId,
    /// Its reviews, and what took them back; newest first.
    pub reviews: &'a [PastReview],
}

/// A built-in policy, or the one in force.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyDocument<'a> {
    /// The document's name.
    pub schema: names::Policy,
    /// The policy's name.
    pub name: &'a str,
    /// SHA-256 of what it says, however it is written.
    pub digest: Option<String>,
    /// SHA-256 of its text.
    pub file_digest: Option<String>,
    /// The result of its own signature; only for the policy in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<&'a PolicySeal>,
    /// Its text.
    pub text: &'a str,
}

/// Whether a policy is valid.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyCheckDocument<'a> {
    /// The document's name.
    pub schema: names::PolicyCheck,
    /// SHA-256 of what it says, however it is written; empty for a file with faults.
    pub digest: &'a str,
    /// SHA-256 of its text; empty for a file with faults.
    pub file_digest: &'a str,
    /// The result of its own signature, checked with the keys in `policy_trust` of the workspace; `null` if
    /// no workspace was found.
    pub seal: Option<&'a PolicySeal>,
    /// Why it did not pass, if there is a signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal_fault: Option<String>,
    /// Its faults; none when it is valid.
    pub faults: Vec<PolicyFaultDocument<'a>>,
}

/// One fault of a file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyFaultDocument<'a> {
    /// Line, from 1; none when it is about the whole file.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: &'a str,
    /// What to do.
    pub help: Option<&'a str>,
}

impl<'a> From<&'a PolicyError> for PolicyFaultDocument<'a> {
    fn from(fault: &'a PolicyError) -> Self {
        PolicyFaultDocument { line: fault.line, message: &fault.message, help: fault.help.as_deref() }
    }
}

/// The keys in force.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeymapDocument<'a> {
    /// The document's name.
    pub schema: names::Keymap,
    /// All of them, as a keymap file.
    pub text: &'a str,
}

/// Whether a keymap file is valid.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeymapCheckDocument<'a> {
    /// The document's name.
    pub schema: names::KeymapCheck,
    /// The file; none when there is none, and the built-in keys are in force.
    pub file: Option<&'a Untrusted>,
    /// Its faults; none when it is valid.
    pub faults: Vec<PolicyFaultDocument<'a>>,
}

/// Records of the ledger.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerDocument<'a> {
    /// The document's name.
    pub schema: names::Ledger,
    /// The records, oldest first.
    pub records: &'a [LedgerEntry],
}

/// The whole ledger as JSON Lines in one text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerExportDocument<'a> {
    /// The document's name.
    pub schema: names::LedgerExport,
    /// The lines, each a `ledger-entry`.
    pub lines: &'a str,
}

/// A ledger whose chain of hashes was recomputed, and what checkpoints say of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerVerifyDocument<'a> {
    /// The document's name.
    pub schema: names::LedgerVerify,
    /// What it is.
    pub outcome: LedgerOutcome,
    /// How many records.
    pub records: u64,
    /// The hash of the last; 64 zeros when there is none.
    pub head: &'a str,
    /// The id of the workspace, as the first record says.
    pub workspace: Option<WorkspaceId>,
    /// From which record on it is another ledger than the one that was checkpointed.
    pub from: Option<u64>,
    /// The checkpoints that it was held against, the newest first.
    pub checkpoints: Vec<AgainstDocument<'a>>,
    /// Files among the workspace's checkpoints that are none.
    pub unread: Vec<Untrusted>,
}

/// What a ledger is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LedgerOutcome {
    /// A checkpoint that counts vouches for it, and none contradicts it.
    Whole,
    /// Its chain is whole in itself, and no checkpoint vouches for it.
    NotAnchored,
    /// It has no records.
    Missing,
    /// The signature of the checkpoint that was named does not count.
    Unknown,
    /// Its end was cut off.
    Cut,
    /// Records were replaced.
    Rewritten,
    /// It goes on from an old copy.
    Forked,
    /// It is the ledger of another workspace.
    OtherWorkspace,
}

impl LedgerOutcome {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            LedgerOutcome::Whole => "whole",
            LedgerOutcome::NotAnchored => "whole in itself, not anchored",
            LedgerOutcome::Missing => "missing",
            LedgerOutcome::Unknown => "unknown",
            LedgerOutcome::Cut => "cut",
            LedgerOutcome::Rewritten => "rewritten",
            LedgerOutcome::Forked => "forked",
            LedgerOutcome::OtherWorkspace => "of another workspace",
        }
    }
}

impl From<Anchored> for LedgerOutcome {
    fn from(anchored: Anchored) -> Self {
        match anchored {
            Anchored::Whole => LedgerOutcome::Whole,
            Anchored::Cut { .. } => LedgerOutcome::Cut,
            Anchored::Rewritten { .. } => LedgerOutcome::Rewritten,
            Anchored::Forked { .. } => LedgerOutcome::Forked,
            Anchored::OtherWorkspace => LedgerOutcome::OtherWorkspace,
        }
    }
}

/// A checkpoint that a ledger was held against.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AgainstDocument<'a> {
    /// Its file.
    pub file: Untrusted,
    /// SHA-256 of its bytes.
    pub digest: EvidenceDigest,
    /// How many records there were.
    pub records: u64,
    /// The hash of the last.
    pub head: EvidenceDigest,
    /// When it was made, as it says.
    pub at: Timestamp,
    /// The id of the workspace, as it says.
    pub workspace: Option<WorkspaceId>,
    /// Who signed it, as the bundle says; none when nobody did.
    pub signer: Option<&'a Identity>,
    /// When somebody else than the signer says that it was signed.
    pub signed_at: Option<Timestamp>,
    /// Whether the signature counts: proven, and by somebody who may vouch for the ledger.
    pub counts: bool,
    /// How the ledger stands against it.
    pub outcome: LedgerOutcome,
    /// From which record on it is another ledger.
    pub from: Option<u64>,
}

/// A checkpoint that was made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerCheckpointMadeDocument<'a> {
    /// The document's name.
    pub schema: names::LedgerCheckpointMade,
    /// Its file.
    pub file: Cow<'a, str>,
    /// SHA-256 of its bytes.
    pub digest: EvidenceDigest,
    /// What it says.
    pub checkpoint: &'a Checkpoint,
    /// Who signed it; none when nobody did.
    pub signer: Option<&'a Untrusted>,
    /// When somebody else than the signer says that it was signed.
    pub signed_at: Option<Timestamp>,
}

/// A record that was judged again.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerReplayDocument<'a> {
    /// The document's name.
    pub schema: names::LedgerReplay,
    /// The number of the record.
    pub record: u64,
    /// `verification` or `decision`.
    pub kind: &'a str,
    /// The model that it is about.
    pub model: &'a ModelId,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// Whether another policy than the recorded one was asked for.
    pub under_another: bool,
    /// Whether the same came of it.
    pub same: bool,
    /// What it was judged by this time.
    pub inputs: &'a Inputs,
    /// What is not the same, but for the inputs.
    pub differences: &'a [Difference],
}

impl<'a> LedgerReplayDocument<'a> {
    /// Of what became of it.
    pub fn of(replayed: &'a Replayed) -> Self {
        LedgerReplayDocument {
            schema: names::LedgerReplay,
            record: replayed.entry.seq,
            kind: replayed.entry.kind.as_str(),
            model: &replayed.entry.model,
            recorded: replayed.entry.at,
            under_another: replayed.under_another,
            same: replayed.is_same,
            inputs: &replayed.inputs,
            differences: &replayed.differences,
        }
    }
}

/// A ledger that was imported.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerImportDocument {
    /// The document's name.
    pub schema: names::LedgerImport,
    /// How many records the file has.
    pub records: u64,
    /// How many of them are new here.
    pub added: u64,
}
