//! A report on the cases of incidents as a document: what is open, what was done by whom and when, which deadlines run, and
//! which drills were held. A case is told whole by its own export, which is named here by digest.

use super::drills::IncidentDrillRow;
use super::incidents::{
    EvidenceWord, IncidentClockDocument, IncidentDocument, IncidentFaultDocument, IncidentSaidDocument,
    StepWord,
};
use super::names;
use crate::decision::RecordRef;
use crate::error::{Code, Error, Result};
use crate::incident::{Case, Cases, Drill, Entry, Severity, StepOutcome};
use crate::inventory::ModelId;
use crate::lineage::Side;
use crate::progress::Progress;
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A report on cases.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentReportDocument<'a> {
    /// The document's name.
    pub schema: names::ReportIncident,
    /// The time that deadlines are held against. What a case came to is as of the end of the ledger.
    pub at: Timestamp,
    /// The version of the program.
    pub program: &'static str,
    /// Cases that were open at some time of this period alone, and drills that were held in it; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<ReportPeriod>,
    /// Which models the cases concern, in words; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<&'a str>,
    /// How many records the ledger has.
    pub ledger_records: u64,
    /// The hash of the last one; 64 zeros when there is none.
    pub ledger_head: &'a str,
    /// How many cases there are in all.
    pub all: usize,
    /// How many cases of each severity are told, and how many of them are open.
    pub severities: Vec<SeverityCount>,
    /// The cases, by their numbers.
    pub cases: Vec<ReportedCase<'a>>,
    /// Drills, oldest first: no incidents.
    pub drills: Vec<IncidentDrillRow<'a>>,
    /// Records of incidents that belong to no case.
    pub faults: Vec<IncidentFaultDocument>,
}

/// A period. Its end is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportPeriod {
    /// It begins; none: with the first record.
    pub from: Option<Timestamp>,
    /// It ends.
    pub to: Timestamp,
}

impl ReportPeriod {
    /// Whether a time is in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && at < self.to
    }
}

/// Cases of a severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SeverityCount {
    /// The severity.
    pub severity: Severity,
    /// How many cases.
    pub cases: usize,
    /// How many of them are open.
    pub open: usize,
}

/// A case in a report.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedCase<'a> {
    /// Its number.
    pub case: u64,
    /// The record that opened it.
    pub record: RecordRef,
    /// The SHA-256 of what `incident export CASE --as json` writes at the same time: the whole case.
    pub export_sha256: EvidenceDigest,
    /// The type of incident.
    pub kind: &'a str,
    /// The name of the runbook.
    pub name: &'a Untrusted,
    /// How severe it is: as somebody set it, or else by the rule of the runbook.
    pub severity: Severity,
    /// How severe it is by that rule.
    pub severity_by_rule: Severity,
    /// Whether it is open.
    pub open: bool,
    /// When it was opened.
    pub opened: Timestamp,
    /// Who opened it, as they said.
    pub by: &'a Untrusted,
    /// The account that it was opened under.
    pub account: Untrusted,
    /// When somebody became aware of it.
    pub aware: Timestamp,
    /// How it ended.
    pub closed: Option<IncidentSaidDocument<'a>>,
    /// What it is about, as it was written.
    pub subject: &'a Untrusted,
    /// The model that this is.
    pub model: Option<&'a str>,
    /// The place that it is about, where only one deployment is concerned.
    pub deployment: Option<&'a Untrusted>,
    /// How far it reached when it was opened.
    pub blast: ReportedBlast,
    /// How many steps stand where.
    pub steps: BTreeMap<&'static str, usize>,
    /// The steps that were done, left out or tried, oldest first.
    pub done: Vec<ReportedStep<'a>>,
    /// The step that is next.
    pub next: Option<&'a str>,
    /// What is to be collected.
    pub evidence: Vec<ReportedEvidence<'a>>,
    /// The legal hold in force.
    pub hold: Option<IncidentSaidDocument<'a>>,
    /// Deadlines that may apply: timers, and no advice.
    pub clocks: Vec<ReportedClock<'a>>,
    /// How many records do not fit.
    pub faults: usize,
}

/// How far a case reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportedBlast {
    /// How many models and data sets are affected, the subject among them.
    pub affected: usize,
    /// How many of those that the case names are proved to come from it.
    pub tainted: usize,
    /// How many of those that the case names name it, and nothing proves that they are clean.
    pub suspect: usize,
    /// At how many places any of them ran.
    pub deployments: usize,
}

/// A step that was taken.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedStep<'a> {
    /// Its id.
    pub step: &'a str,
    /// What is done.
    pub title: String,
    /// What became of it.
    pub outcome: StepOutcome,
    /// When it was recorded.
    pub at: Timestamp,
    /// The account.
    pub account: Untrusted,
    /// The record.
    pub record: RecordRef,
}

/// A field of evidence.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedEvidence<'a> {
    /// The field.
    pub field: &'a str,
    /// What it is.
    pub name: &'a Untrusted,
    /// Whether it is there, or was given up.
    pub state: EvidenceWord,
    /// When it was captured.
    pub captured: Option<Timestamp>,
    /// For how many days it is kept.
    pub retention_days: Option<u32>,
    /// Until when it is kept; none as long as that is open, and under a legal hold.
    pub kept_until: Option<Timestamp>,
    /// Whether it goes before the incident is reviewed.
    pub too_short: bool,
}

/// A deadline.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedClock<'a> {
    /// What the case says of it.
    #[serde(flatten)]
    pub clock: IncidentClockDocument<'a>,
    /// Where it stands. No record says whether what is due was done.
    pub state: ClockWord,
}

/// Where a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockWord {
    /// It runs.
    Running,
    /// It is over, and the case is open.
    Over,
    /// The case was closed before it was over.
    ClosedBefore,
    /// The case was closed after it was over.
    ClosedAfter,
}

impl ClockWord {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            ClockWord::Running => "runs",
            ClockWord::Over => "over",
            ClockWord::ClosedBefore => "case closed before it was over",
            ClockWord::ClosedAfter => "case closed after it was over",
        }
    }

    fn of(due: Option<Timestamp>, closed: Option<Timestamp>, at: Timestamp) -> Self {
        match (due, closed) {
            (Some(due), Some(closed)) if closed > due => ClockWord::ClosedAfter,
            (_, Some(_)) => ClockWord::ClosedBefore,
            (Some(due), None) if at > due => ClockWord::Over,
            (_, None) => ClockWord::Running,
        }
    }
}

/// Which cases a report tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct CasesAsked<'a> {
    /// One case.
    pub case: Option<u64>,
    /// A period.
    pub period: Option<ReportPeriod>,
    /// Models that the cases concern, and which they are in words.
    pub scope: Option<(&'a BTreeSet<ModelId>, &'a str)>,
}

impl CasesAsked<'_> {
    fn tells(&self, case: &Case) -> bool {
        self.case.is_none_or(|number| number == case.record.number)
            && self.period.is_none_or(|period| was_open(case, &period))
            && self.scope.is_none_or(|(models, _)| concerns(case, models))
    }

    fn tells_drill(&self, drill: &Drill) -> bool {
        let is_about = |models: &BTreeSet<ModelId>| {
            // A drill without a model counts for every model that its runbook is bound to.
            drill.entry.subject.as_ref().is_none_or(|model| models.contains(model))
        };
        self.case.is_none()
            && self.period.is_none_or(|period| period.holds(drill.made.recorded))
            && self.scope.is_none_or(|(models, _)| is_about(models))
    }
}

/// Whether a case was open at some time of a period.
fn was_open(case: &Case, period: &ReportPeriod) -> bool {
    let began = case.made.recorded < period.to;
    let ended = case.closed().map(|(logged, _)| logged.made.recorded);
    began && period.from.is_none_or(|from| ended.is_none_or(|ended| from <= ended))
}

/// Whether a case is about any of these models, or reaches one of them.
fn concerns(case: &Case, models: &BTreeSet<ModelId>) -> bool {
    let subject = &case.opening.subject;
    subject.model.iter().any(|model| models.contains(model))
        || subject.family.iter().any(|kin| models.contains(&kin.id))
        || subject.deployments.iter().any(|runs| models.contains(&runs.model))
}

impl<'a> IncidentReportDocument<'a> {
    /// Of the cases that are asked for, with the end of the ledger.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when there is no such case; `E-CANCELLED` when somebody asked to stop; `E-TOO-LARGE`, `E-INTERNAL`.
    pub fn of(
        cases: &'a Cases,
        asked: &CasesAsked<'a>,
        (ledger_records, ledger_head): (u64, &'a str),
        at: Timestamp,
        progress: &Progress,
    ) -> Result<Self> {
        if let Some(number) = asked.case.filter(|number| !cases.cases.contains_key(number)) {
            return Err(Error::new(Code::NotFound, "there is no such case")
                .at(format!("case {number}"))
                .help("`touchmark incident list --closed` lists the cases"));
        }
        let told: Vec<&Case> = cases.cases.values().filter(|case| asked.tells(case)).collect();
        let reported = |case: &&'a Case| progress.check().and_then(|()| ReportedCase::of(case, at));
        let severities = Severity::WORDS.iter().map(|(_, severity)| {
            let of = || told.iter().filter(|case| case.severity() == *severity);
            let open = of().filter(|case| case.closed().is_none()).count();
            SeverityCount { severity: *severity, cases: of().count(), open }
        });
        Ok(IncidentReportDocument {
            schema: names::ReportIncident,
            at,
            program: env!("CARGO_PKG_VERSION"),
            period: asked.period,
            scope: asked.scope.map(|(_, words)| words),
            ledger_records,
            ledger_head,
            all: cases.cases.len(),
            severities: severities.collect(),
            cases: told.iter().map(reported).collect::<Result<_>>()?,
            drills: cases
                .drills
                .iter()
                .filter(|drill| asked.tells_drill(drill))
                .map(IncidentDrillRow::of)
                .collect(),
            faults: cases
                .strays
                .iter()
                .map(|stray| IncidentFaultDocument { record: stray.number, what: stray.misfit.what() })
                .collect(),
        })
    }
}

impl<'a> ReportedCase<'a> {
    fn of(case: &'a Case, at: Timestamp) -> Result<Self> {
        let whole = IncidentDocument::of(case, at);
        let export = crate::json::to_string(&whole).map_err(|cause| {
            Error::new(Code::Internal, format!("the case cannot be written as JSON ({cause})"))
        })?;
        let export_sha256 = EvidenceDigest::of((export + "\n").as_bytes())?;
        let mut steps: BTreeMap<&'static str, usize> = BTreeMap::new();
        for step in &whole.steps {
            *steps.entry(word_of(step.state)).or_default() += 1;
        }
        let filling = case.filling();
        let taken = case.log.iter().filter_map(|logged| match &logged.entry {
            Entry::Step(entry) => Some(ReportedStep {
                step: &entry.step,
                title: case
                    .opening
                    .runbook
                    .step(&entry.step)
                    .map(|step| filling.sentence(step.title.raw()))
                    .unwrap_or_default(),
                outcome: entry.outcome,
                at: logged.made.recorded,
                account: logged.made.by.shown(),
                record: logged.record,
            }),
            _ => None,
        });
        let subject = &case.opening.subject;
        let sided = |wanted: Side| subject.family.iter().filter(|kin| kin.side == wanted).count();
        let ended = whole.closed.as_ref().map(|closed| closed.at);
        let clock = |clock: IncidentClockDocument<'a>| {
            let state = ClockWord::of(clock.due, ended, at);
            ReportedClock { clock, state }
        };
        Ok(ReportedCase {
            case: whole.case,
            record: whole.record,
            export_sha256,
            kind: whole.kind,
            name: whole.name,
            severity: whole.severity,
            severity_by_rule: whole.severity_by_rule,
            open: whole.open,
            opened: whole.opened,
            by: whole.by,
            account: whole.account,
            aware: whole.aware,
            closed: whole.closed,
            subject: &subject.written,
            model: subject.model.as_ref().map(|model| model.raw()),
            deployment: whole.deployment,
            blast: ReportedBlast {
                affected: subject.affected,
                tainted: sided(Side::Tainted),
                suspect: sided(Side::Suspect),
                deployments: subject.deployments.len(),
            },
            steps,
            done: taken.collect(),
            next: whole.next,
            evidence: whole
                .evidence
                .into_iter()
                .map(|item| ReportedEvidence {
                    field: item.field,
                    name: item.name,
                    state: item.state,
                    captured: item.captured,
                    retention_days: item.retention_days,
                    kept_until: item.kept_until,
                    too_short: item.too_short,
                })
                .collect(),
            hold: whole.hold,
            clocks: whole.clocks.into_iter().map(clock).collect(),
            faults: whole.faults.len(),
        })
    }

    /// How many pieces of evidence are missing.
    pub fn missing(&self) -> usize {
        self.evidence.iter().filter(|item| item.state == EvidenceWord::Missing).count()
    }
}

/// Where a step stands, in a word.
fn word_of(state: StepWord) -> &'static str {
    match state {
        StepWord::Done => "done",
        StepWord::Skipped => "skipped",
        StepWord::Next => "next",
        StepWord::Failed => "failed",
        StepWord::Ahead => "ahead",
        StepWord::Passed => "passed",
    }
}
