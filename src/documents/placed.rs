//! A runbook for one place, as a document.

use super::names;
use super::surfaces::ProfileLoggedDocument;
use crate::decision::RecordRef;
use crate::incident::{Branch, Filling, Gap, Issued, Phase, PlacedRunbook, Step, StepKind, Versioned};
use crate::store::EvidenceDigest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A runbook for one place.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeploymentRunbookDocument<'a> {
    /// The document's name.
    pub schema: names::DeploymentRunbook,
    /// The version that was written last; none where none was.
    pub written: Option<WrittenRunbook>,
    /// Whether it says the same as that version.
    pub current: bool,
    /// SHA-256 of the canonical form (RFC 8785) of the members `where`, `models`, `declared`, `file` and `runbook`.
    pub sha256: EvidenceDigest,
    /// What it is made of.
    #[serde(flatten)]
    pub placed: &'a PlacedRunbook,
    /// Its steps, with the words filled in.
    pub steps: Vec<PlacedStepDocument<'a>>,
    /// The evidence profiles that it needs, held against what is declared to be logged.
    pub evidence: Vec<ProfileLoggedDocument<'a>>,
    /// What it lacks.
    pub missing: Vec<Gap>,
}

/// A version that was written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WrittenRunbook {
    /// Which, from 1.
    pub version: u64,
    /// Its digest.
    pub sha256: EvidenceDigest,
    /// The record of it.
    pub record: RecordRef,
    /// When it was recorded.
    pub at: Timestamp,
}

/// A step.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PlacedStepDocument<'a> {
    /// What other steps call it.
    pub id: &'a str,
    /// When it is done.
    pub phase: Phase,
    /// How it is done.
    pub kind: StepKind,
    /// What is done.
    pub title: String,
    /// Commands that do it, or help.
    pub commands: Vec<String>,
    /// Its parts.
    pub tasks: Vec<String>,
    /// Evidence profiles that must be collected before.
    pub evidence_before: &'a [String],
    /// Whether somebody has to approve it.
    pub approval: bool,
    /// How a decision goes on.
    pub when: &'a [Branch],
    /// The step after it, or `end`; none for a decision.
    pub next: Option<&'a str>,
}

impl<'a> DeploymentRunbookDocument<'a> {
    /// Of a runbook for a place.
    pub fn of(versioned: &'a Versioned) -> Self {
        let Versioned { placed, digest, last } = versioned;
        let filling = placed.filling();
        DeploymentRunbookDocument {
            schema: names::DeploymentRunbook,
            written: last.as_ref().map(|Issued { record, made, issue }| WrittenRunbook {
                version: issue.version,
                sha256: issue.sha256,
                record: *record,
                at: made.recorded,
            }),
            current: versioned.issued().is_some(),
            sha256: *digest,
            steps: placed.runbook.steps.iter().map(|one| step(one, &filling)).collect(),
            evidence: placed.evidence().into_iter().map(ProfileLoggedDocument::from).collect(),
            missing: placed.gaps(),
            placed,
        }
    }
}

fn step<'a>(step: &'a Step, filling: &Filling) -> PlacedStepDocument<'a> {
    PlacedStepDocument {
        id: &step.id,
        phase: step.phase,
        kind: step.kind,
        title: filling.sentence(step.title.raw()),
        commands: step.commands.iter().map(|text| filling.command(text.raw())).collect(),
        tasks: step.tasks.iter().map(|text| filling.sentence(text.raw())).collect(),
        evidence_before: &step.evidence_before,
        approval: step.approval,
        when: &step.when,
        next: step.next.as_deref(),
    }
}
