//! What the ledger keeps of a case: who opened it and with which runbook, and each thing that was done or collected
//! since. Facts and digests, and the words of people as they wrote them.

use super::drill::DrillEntry;
use super::logs::LogSeen;
use super::placed::PlacedSurface;
use super::runbook::Runbook;
use super::vocabulary::{Integrity, Severity};
use crate::decision::{Making, RecordRef};
use crate::inventory::ModelId;
use crate::lineage::Side;
use crate::signing::RootDigest;
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The name of the schema of an [`IncidentRecord`].
const SCHEMA: &str = "touchmark.incident-record/1";

/// The schema of an [`IncidentRecord`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IncidentRecordSchema {
    /// `touchmark.incident-record/1`
    #[default]
    #[serde(rename = "touchmark.incident-record/1")]
    V1,
}

impl JsonSchema for IncidentRecordSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "IncidentRecordSchema".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": SCHEMA })
    }
}

/// The body of a record of kind `incident`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentRecord {
    /// `touchmark.incident-record/1`.
    pub schema: IncidentRecordSchema,
    /// Who, when and where.
    pub made: Making,
    /// The record that opened the case; none in that record itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<RecordRef>,
    /// What was done.
    pub entry: Entry,
}

/// One thing that was done in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// It was opened.
    Open(Box<Opening>),
    /// A drill was held: no case, and nothing of one.
    Drill(Box<DrillEntry>),
    /// A step was done, skipped, or failed.
    Step(StepEntry),
    /// Evidence was collected, or waived.
    Evidence(EvidenceEntry),
    /// A legal hold was set or lifted.
    Hold(HoldEntry),
    /// Somebody set another severity than the rule.
    Severity(SeverityEntry),
    /// Somebody wrote something down.
    Note(NoteEntry),
    /// It was closed.
    Close(CloseEntry),
}

/// How a case began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The runbook, whole: a later version of it changes nothing in this case.
    pub runbook: Runbook,
    /// The file of the workspace that the runbook came from; none for one of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Untrusted>,
    /// Who opened it, as they said.
    pub by: Untrusted,
    /// When somebody became aware of the incident: deadlines count from then.
    pub aware: Timestamp,
    /// The place that it is about, where only one deployment is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<Untrusted>,
    /// How severe it is, by the rule of the runbook.
    pub severity: Severity,
    /// What the last verification of the subject came to.
    pub integrity: Integrity,
    /// What it is about.
    pub subject: Subject,
    /// What was declared of that place; none where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface: Option<PlacedSurface>,
}

/// What a case is about, as the inventory knew it when the case was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// As `blast` takes it: a model, `sha256:DIGEST`, `identity:SUBJECT`, `key:FINGERPRINT` or `builder:ID`.
    pub written: Untrusted,
    /// Which of these: `model`, `digest`, `identity`, `key` or `builder`.
    pub kind: String,
    /// The model of the inventory that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// The root digest that was signed, or that a bill of materials states.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "root_digest")]
    pub expected: Option<RootDigest>,
    /// The root digest of its files, where all of them are as they were signed.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "root_digest")]
    pub observed: Option<RootDigest>,
    /// How many models and data sets it affects, itself among them; those that are proven clean do not count.
    pub affected: usize,
    /// The first of them, the worst first.
    pub family: Vec<Kin>,
    /// Where any of them runs.
    pub deployments: Vec<RunsAt>,
    /// Evidence that the program had.
    pub known: Vec<KnownField>,
}

/// A model that is affected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kin {
    /// The model.
    pub id: ModelId,
    /// How.
    pub side: Side,
}

/// A place where an affected model runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunsAt {
    /// The model.
    pub model: ModelId,
    /// At which stage.
    pub stage: Untrusted,
    /// Where.
    pub place: Untrusted,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Untrusted>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// A field of an evidence profile that the program knew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownField {
    /// The field.
    pub field: String,
    /// What it is.
    pub value: Untrusted,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepEntry {
    /// The step.
    pub step: String,
    /// What became of it.
    pub outcome: StepOutcome,
    /// The way that was chosen; only of a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goto: Option<String>,
    /// What there is to say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Untrusted>,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepOutcome {
    /// It was done.
    Done,
    /// It was left out, for the reason in the note.
    Skipped,
    /// It was tried and did not succeed: it is still to be done.
    Failed,
}

/// Evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceEntry {
    /// The fields that it is for.
    pub fields: Vec<String>,
    /// When it was captured.
    pub captured: Timestamp,
    /// Where it is.
    pub held: Held,
    /// What was found in it, where it holds records of logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogSeen>,
}

/// Where evidence is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Held {
    /// In the store of the workspace, under its digest.
    Kept(KeptFile),
    /// With somebody else.
    Elsewhere {
        /// Who holds it.
        holder: Untrusted,
        /// What it was when somebody looked at it; none where nobody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<KeptFile>,
    },
    /// Nowhere: it was given up.
    Waived {
        /// Why.
        reason: Untrusted,
    },
}

/// A file by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptFile {
    /// SHA-256 of its bytes.
    pub sha256: EvidenceDigest,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its name.
    pub name: Untrusted,
}

/// A legal hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldEntry {
    /// Whether it was set; else it was lifted.
    pub set: bool,
    /// Why.
    pub reason: Untrusted,
}

/// A severity that somebody set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeverityEntry {
    /// How severe it is.
    pub level: Severity,
    /// Who says so.
    pub by: Untrusted,
    /// Why.
    pub reason: Untrusted,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteEntry {
    /// What somebody wrote down.
    pub text: Untrusted,
}

/// The end of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseEntry {
    /// Why it is over.
    pub reason: Untrusted,
}

impl StepOutcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            StepOutcome::Done => "done",
            StepOutcome::Skipped => "skipped",
            StepOutcome::Failed => "failed",
        }
    }
}

fn root_digest<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<RootDigest>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| text.parse().map_err(|_| serde::de::Error::custom("not a root digest"))).transpose()
}
