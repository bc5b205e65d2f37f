//! Cases of incidents, as documents.

use super::drills::IncidentDrillRow;
use super::names;
use crate::decision::RecordRef;
use crate::incident::{
    Branch, Case, Cases, Entry, Filling, Held, Integrity, Item, ItemState, Log, LogSeen, Logged, Phase,
    PlacedSurface, Severity, Step, StepKind, StepState, Stray, Subject, Timer,
};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A case.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentDocument<'a> {
    /// The document's name.
    pub schema: names::Incident,
    /// The number by which the case is called: that of the record that opened it.
    pub case: u64,
    /// That record.
    pub record: RecordRef,
    /// The time that deadlines are held against.
    pub at: Timestamp,
    /// The type of incident.
    pub kind: &'a str,
    /// The name of the runbook.
    pub name: &'a Untrusted,
    /// The version of the runbook.
    pub version: &'a Untrusted,
    /// Whether it is open.
    pub open: bool,
    /// How severe it is: as somebody set it, or else by the rule of the runbook.
    pub severity: Severity,
    /// How severe it is by that rule.
    pub severity_by_rule: Severity,
    /// When it was opened.
    pub opened: Timestamp,
    /// Who opened it, as they said.
    pub by: &'a Untrusted,
    /// The account that it was opened under.
    pub account: Untrusted,
    /// When somebody became aware of it.
    pub aware: Timestamp,
    /// What it is about, as the inventory knew it then.
    pub subject: &'a Subject,
    /// What the last verification of it came to, then.
    pub integrity: Integrity,
    /// The place that it is about, where only one deployment is concerned.
    pub deployment: Option<&'a Untrusted>,
    /// What was declared of that place when the case was opened.
    pub surface: Option<&'a PlacedSurface>,
    /// The step that is next; none when all are done, or the case is closed.
    pub next: Option<&'a str>,
    /// The steps, in the order of the runbook.
    pub steps: Vec<IncidentStepDocument<'a>>,
    /// What is to be collected.
    pub evidence: Vec<IncidentEvidenceDocument<'a>>,
    /// Deadlines that may apply: timers, and no advice.
    pub clocks: Vec<IncidentClockDocument<'a>>,
    /// The legal hold in force.
    pub hold: Option<IncidentSaidDocument<'a>>,
    /// How it ended.
    pub closed: Option<IncidentSaidDocument<'a>>,
    /// What was done, oldest first.
    pub log: Vec<IncidentLogDocument<'a>>,
    /// Records that do not fit.
    pub faults: Vec<IncidentFaultDocument>,
}

/// A step of a case, with its words filled in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentStepDocument<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it is done.
    pub phase: Phase,
    /// How it is done.
    pub kind: StepKind,
    /// What is done.
    pub title: String,
    /// Where it stands.
    pub state: StepWord,
    /// Commands that do it, or help.
    pub commands: Vec<String>,
    /// Its parts.
    pub tasks: Vec<String>,
    /// Whether somebody has to approve it.
    pub approval: bool,
    /// Evidence profiles that must be collected before.
    pub evidence_before: &'a [String],
    /// Fields of these that are missing.
    pub missing: Vec<&'a str>,
    /// How a decision goes on.
    pub when: &'a [Branch],
    /// The runbook of another case that may follow.
    pub child: Option<&'a str>,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// When it is done.
    pub exit_when: Option<String>,
    /// The step after it, or `end`; none for a decision.
    pub next: Option<&'a str>,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepWord {
    /// It was done.
    Done,
    /// It was left out.
    Skipped,
    /// It is the next one.
    Next,
    /// It is the next one, and did not succeed so far.
    Failed,
    /// It may come.
    Ahead,
    /// It does not come any more.
    Passed,
}

/// A field of evidence.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentEvidenceDocument<'a> {
    /// The field.
    pub field: &'a str,
    /// What it is.
    pub name: &'a Untrusted,
    /// The profiles that take it.
    pub profiles: Vec<&'a str>,
    /// Whether it is there, or was given up.
    pub state: EvidenceWord,
    /// Its value, where the program knew it.
    pub value: Option<&'a Untrusted>,
    /// Where it is, or why it was given up.
    pub held: Option<&'a Held>,
    /// What was found in it, where it holds records of logs.
    pub log: Option<&'a LogSeen>,
    /// When it was captured.
    pub captured: Option<Timestamp>,
    /// Where it is declared to be logged, and for how long; none where it is not.
    pub logged: Option<&'a Log>,
    /// For how many days it is kept.
    pub retention_days: Option<u32>,
    /// Until when it is kept; none as long as that is open, and under a legal hold.
    pub kept_until: Option<Timestamp>,
    /// Whether it goes before the incident is reviewed.
    pub too_short: bool,
}

/// Whether evidence is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceWord {
    /// Nothing yet.
    Missing,
    /// The program knew it.
    Known,
    /// It was collected.
    Collected,
    /// It was given up.
    Waived,
}

/// A deadline.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentClockDocument<'a> {
    /// Its id.
    pub id: &'a str,
    /// What is due.
    pub name: &'a Untrusted,
    /// Since when it runs.
    pub start: Timestamp,
    /// When it is over.
    pub due: Option<Timestamp>,
    /// Whether it is.
    pub over: bool,
    /// Where it is written.
    pub source: &'a Untrusted,
}

/// What somebody said, and when.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentSaidDocument<'a> {
    /// When.
    pub at: Timestamp,
    /// The account.
    pub account: Untrusted,
    /// Why.
    pub reason: &'a Untrusted,
}

/// One thing that was done.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentLogDocument<'a> {
    /// The record.
    pub record: RecordRef,
    /// When.
    pub at: Timestamp,
    /// The account.
    pub account: Untrusted,
    /// What.
    pub entry: &'a Entry,
}

/// A record that does not fit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentFaultDocument {
    /// The number of the record.
    pub record: u64,
    /// Why.
    pub what: String,
}

/// The cases of a workspace.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentsDocument<'a> {
    /// The document's name.
    pub schema: names::Incidents,
    /// The cases, by their numbers.
    pub cases: Vec<IncidentRow<'a>>,
    /// Drills, oldest first: no incidents.
    pub drills: Vec<IncidentDrillRow<'a>>,
    /// Records of incidents that belong to no case.
    pub faults: Vec<IncidentFaultDocument>,
}

/// A case in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentRow<'a> {
    /// Its number.
    pub case: u64,
    /// The type of incident.
    pub kind: &'a str,
    /// How severe it is.
    pub severity: Severity,
    /// Whether it is open.
    pub open: bool,
    /// What it is about.
    pub subject: &'a Untrusted,
    /// When it was opened.
    pub opened: Timestamp,
    /// Who opened it, as they said.
    pub by: &'a Untrusted,
    /// The step that is next.
    pub next: Option<&'a str>,
    /// How many records do not fit.
    pub faults: usize,
}

impl<'a> IncidentDocument<'a> {
    /// Of a case, at a time.
    pub fn of(case: &'a Case, at: Timestamp) -> Self {
        let opening = &case.opening;
        let filling = case.filling();
        let closed = case.closed().map(|(logged, entry)| said(logged, &entry.reason));
        IncidentDocument {
            schema: names::Incident,
            case: case.record.number,
            record: case.record,
            at,
            kind: &opening.runbook.id,
            name: &opening.runbook.name,
            version: &opening.runbook.version,
            open: closed.is_none(),
            severity: case.severity(),
            severity_by_rule: opening.severity,
            opened: case.made.recorded,
            by: &opening.by,
            account: case.made.by.shown(),
            aware: opening.aware,
            subject: &opening.subject,
            integrity: opening.integrity,
            deployment: opening.deployment.as_ref(),
            surface: opening.surface.as_ref(),
            next: next(case),
            steps: case.steps().into_iter().map(|row| step(case, row, &filling)).collect(),
            evidence: case.checklist().into_iter().map(evidence).collect(),
            clocks: case.timers(at).into_iter().map(|timer| clock(timer, opening.aware)).collect(),
            hold: case.hold().map(|(logged, entry)| said(logged, &entry.reason)),
            closed,
            log: case.log.iter().map(logged).collect(),
            faults: case.faults.iter().map(fault).collect(),
        }
    }
}

impl<'a> IncidentsDocument<'a> {
    /// Of the cases that are shown.
    pub fn of(cases: &'a Cases, shown: &[&'a Case]) -> Self {
        let row = |case: &&'a Case| IncidentRow {
            case: case.record.number,
            kind: &case.opening.runbook.id,
            severity: case.severity(),
            open: case.closed().is_none(),
            subject: &case.opening.subject.written,
            opened: case.made.recorded,
            by: &case.opening.by,
            next: next(case),
            faults: case.faults.len(),
        };
        IncidentsDocument {
            schema: names::Incidents,
            cases: shown.iter().map(row).collect(),
            drills: cases.drills.iter().map(IncidentDrillRow::of).collect(),
            faults: cases.strays.iter().map(fault).collect(),
        }
    }
}

/// The step that is next; of a case that is closed none is.
fn next(case: &Case) -> Option<&str> {
    case.next().filter(|_| case.closed().is_none()).map(|step| step.id.as_str())
}

fn step<'a>(
    case: &'a Case,
    (step, state): (&'a Step, StepState),
    filling: &Filling,
) -> IncidentStepDocument<'a> {
    IncidentStepDocument {
        id: &step.id,
        phase: step.phase,
        kind: step.kind,
        title: filling.sentence(step.title.raw()),
        state: state.into(),
        commands: step.commands.iter().map(|text| filling.command(text.raw())).collect(),
        tasks: step.tasks.iter().map(|text| filling.sentence(text.raw())).collect(),
        approval: step.approval,
        evidence_before: &step.evidence_before,
        missing: case.missing_for(step).into_iter().map(|field| field.id.as_str()).collect(),
        when: &step.when,
        child: step.child.as_deref(),
        due: case.due(step),
        exit_when: step.exit_when.as_ref().map(|text| filling.sentence(text.raw())),
        next: step.next.as_deref(),
    }
}

fn evidence(item: Item<'_>) -> IncidentEvidenceDocument<'_> {
    let entry = match item.state {
        ItemState::Collected(entry) => Some(entry),
        ItemState::Missing | ItemState::Known(_) => None,
    };
    let (state, value) = match &item.state {
        ItemState::Missing => (EvidenceWord::Missing, None),
        ItemState::Known(value) => (EvidenceWord::Known, Some(*value)),
        ItemState::Collected(entry) => match entry.held {
            Held::Waived { .. } => (EvidenceWord::Waived, None),
            Held::Kept(_) | Held::Elsewhere { .. } => (EvidenceWord::Collected, None),
        },
    };
    IncidentEvidenceDocument {
        field: &item.field.id,
        name: &item.field.name,
        profiles: item.profiles,
        state,
        value,
        held: entry.map(|entry| &entry.held),
        log: entry.and_then(|entry| entry.log.as_ref()),
        captured: entry.map(|entry| entry.captured),
        logged: item.log,
        retention_days: item.days,
        kept_until: item.until,
        too_short: item.too_short,
    }
}

fn clock(Timer { clock, due, is_over }: Timer<'_>, start: Timestamp) -> IncidentClockDocument<'_> {
    IncidentClockDocument {
        id: &clock.id,
        name: &clock.name,
        start,
        due,
        over: is_over,
        source: &clock.source,
    }
}

fn said<'a>(logged: &Logged, reason: &'a Untrusted) -> IncidentSaidDocument<'a> {
    IncidentSaidDocument { at: logged.made.recorded, account: logged.made.by.shown(), reason }
}

fn logged(logged: &Logged) -> IncidentLogDocument<'_> {
    IncidentLogDocument {
        record: logged.record,
        at: logged.made.recorded,
        account: logged.made.by.shown(),
        entry: &logged.entry,
    }
}

fn fault(stray: &Stray) -> IncidentFaultDocument {
    IncidentFaultDocument { record: stray.number, what: stray.misfit.what() }
}

impl From<StepState> for StepWord {
    fn from(state: StepState) -> Self {
        match state {
            StepState::Done => StepWord::Done,
            StepState::Skipped => StepWord::Skipped,
            StepState::Next => StepWord::Next,
            StepState::Failed => StepWord::Failed,
            StepState::Ahead => StepWord::Ahead,
            StepState::Passed => StepWord::Passed,
        }
    }
}
