//! A runbook as a value: what an incident of a type looks like, and what to do in which order. It is made by reading a
//! file, and kept whole in the record that opens a case.

use super::vocabulary::{Basis, Integrity, Phase, PlaybookType, Severity, StepKind};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The word that a step names as the next one when it is the last.
pub const END: &str = "end";

/// A runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Runbook {
    /// The type of incident that it is for.
    pub id: String,
    /// Its name.
    pub name: Untrusted,
    /// Its version.
    pub version: Untrusted,
    /// Where it comes from.
    pub sources: Vec<Untrusted>,
    /// Ids of techniques, of MITRE ATLAS or SAFE-MCP.
    pub atlas: Vec<Untrusted>,
    /// What it is for, in the words of CACAO.
    pub playbook_types: Vec<PlaybookType>,
    /// The role that leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_role: Option<Untrusted>,
    /// By what it is noticed.
    pub detection: Vec<Untrusted>,
    /// What contains it.
    pub containment: Vec<Untrusted>,
    /// What removes its cause.
    pub eradication: Vec<Untrusted>,
    /// What brings back what was there.
    pub recovery: Vec<Untrusted>,
    /// What to ask afterwards.
    pub questions: Vec<Untrusted>,
    /// The names of the evidence profiles that it needs.
    pub evidence: Vec<String>,
    /// The evidence profiles that it names.
    pub profiles: Vec<Profile>,
    /// Deadlines that may apply.
    pub clocks: Vec<Clock>,
    /// How severe an incident is: the first rule that fits.
    pub severity: Vec<SeverityRule>,
    /// What to do, from the first step on.
    pub steps: Vec<Step>,
    /// Whether the steps were made from the lists, because the file has none.
    pub plain: bool,
}

/// Fields that a responder needs, and how long they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What runbooks call it.
    pub id: String,
    /// Its name.
    pub name: Untrusted,
    /// The fields that it takes.
    pub required: Vec<Field>,
    /// Fields that help.
    pub recommended: Vec<Field>,
    /// How many days they are kept; none where nothing says so.
    pub retention_days: Option<u32>,
    /// Where that number comes from.
    pub basis: Basis,
}

/// A field of an evidence profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What profiles call it.
    pub id: String,
    /// What it is.
    pub name: Untrusted,
}

/// A deadline that may apply: a timer, and no advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// What runbooks call it.
    pub id: String,
    /// What is due.
    pub name: Untrusted,
    /// How many hours after somebody became aware of the incident.
    pub hours: u32,
    /// Where that is written.
    pub source: Untrusted,
}

/// A rule of severity. What it leaves out may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeverityRule {
    /// The model runs at one of these stages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Untrusted>,
    /// What the last verification came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity: Option<Integrity>,
    /// How severe it then is.
    pub level: Severity,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What other steps call it.
    pub id: String,
    /// When it is done.
    pub phase: Phase,
    /// How it is done.
    pub kind: StepKind,
    /// What is done.
    pub title: Untrusted,
    /// Commands that do it, or help; `$model` and the like are filled in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Untrusted>,
    /// Its parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Untrusted>,
    /// Evidence profiles that must be collected before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence_before: Vec<String>,
    /// Whether somebody has to approve it.
    #[serde(default)]
    pub approval: bool,
    /// How a decision goes on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Branch>,
    /// The runbook of another case that may follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<String>,
    /// How many days after the case was opened it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_days: Option<u32>,
    /// When it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_when: Option<Untrusted>,
    /// The step after it, or `end`; none for a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One way on from a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// What must hold.
    #[serde(rename = "if")]
    pub holds: Untrusted,
    /// The step that then follows, or `end`.
    pub goto: String,
}

impl Runbook {
    /// The step of an id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The profile of an id.
    pub fn profile(&self, id: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    /// Every id in it.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let steps = self.steps.iter().flat_map(|step| {
            let named = step.evidence_before.iter().chain(&step.child).map(String::as_str);
            std::iter::once(step.id.as_str()).chain(step.ways()).chain(named)
        });
        let profiles = self.profiles.iter().flat_map(|profile| {
            let fields = profile.required.iter().chain(&profile.recommended).map(|field| field.id.as_str());
            std::iter::once(profile.id.as_str()).chain(fields)
        });
        let clocks = self.clocks.iter().map(|clock| clock.id.as_str());
        let evidence = self.evidence.iter().map(String::as_str);
        std::iter::once(self.id.as_str()).chain(evidence).chain(steps).chain(profiles).chain(clocks)
    }

    /// The profiles of its evidence, in its order.
    pub fn needed(&self) -> impl Iterator<Item = &Profile> {
        self.evidence.iter().filter_map(|id| self.profile(id))
    }
}

impl Step {
    /// Whether it changes something outside: then its evidence comes first.
    pub fn contains(&self) -> bool {
        self.phase == Phase::Contain && matches!(self.kind, StepKind::Manual | StepKind::Parallel)
    }

    /// The steps that may follow, as they are written; `end` among them.
    pub fn ways(&self) -> impl Iterator<Item = &str> {
        self.next.iter().map(String::as_str).chain(self.when.iter().map(|branch| branch.goto.as_str()))
    }
}
