//! `incident`: runbooks, and cases that follow them.

use super::incident_disclose::{Disclose, disclose};
use super::incident_drill::{Drill, drill};
use super::incident_export::{Export, export};
use super::incident_runbook::{Runbook, check, runbook};
use super::incident_triage::{Triage, triage};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_browse;
use crate::disk::write_new;
use crate::documents::{IncidentDocument, IncidentTypesDocument, IncidentsDocument};
use crate::error::Result;
use crate::incident::{
    Case, CloseEntry, Entry, EvidenceEntry, Held, HoldEntry, NoteEntry, Severity, SeverityEntry, StepEntry,
    StepOutcome,
};
use crate::report::{incidents, runbooks};
use crate::text::Untrusted;
use crate::workbench::{NewCase, Workbench, look_at_evidence};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

/// The commands of `incident`.
#[derive(Debug, Subcommand)]
pub(crate) enum IncidentCommand {
    Types,
    Runbook(Runbook),
    Triage(Triage),
    Drill(Drill),
    Open(Open),
    List(List),
    Status(Status),
    Step(Step),
    Evidence(Evidence),
    Import(Import),
    Hold(Hold),
    Severity(SetSeverity),
    Note(Note),
    Close(Close),
    Export(Export),
    Disclose(Disclose),
}

/// The arguments of `incident open`.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The type of incident; `touchmark incident types` lists them
    #[arg(value_name = "TYPE")]
    kind: String,
    /// What it is about: a model, sha256:DIGEST, identity:SUBJECT, key:FINGERPRINT or builder:ID [default: the model that
    /// runs at --deployment]
    #[arg(long, value_name = "SUBJECT", required_unless_present = "deployment")]
    subject: Option<String>,
    /// Only the deployment at this place; contacts and logs come from what was declared of it
    #[arg(long, value_name = "PLACE")]
    deployment: Option<String>,
    /// Who opens the case
    #[arg(long, value_name = "NAME")]
    by: String,
    /// When you became aware of the incident (RFC 3339); deadlines count from then [default: now]
    #[arg(long, value_name = "TIME")]
    aware: Option<Timestamp>,
}

/// The arguments of `incident list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Also list cases that are closed
    #[arg(long)]
    closed: bool,
}

/// The arguments of `incident status`.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The number of the case
    case: u64,
}

/// The arguments of `incident step`.
#[derive(Debug, Args)]
pub(crate) struct Step {
    /// The number of the case
    case: u64,
    /// The step
    step: String,
    /// What became of it
    #[arg(long, value_name = "OUTCOME", value_enum)]
    outcome: OutcomeName,
    /// The step that a decision leads to
    #[arg(long, value_name = "STEP")]
    goto: Option<String>,
    /// What there is to say of it; why, when it was not done
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OutcomeName {
    /// It was done
    Done,
    /// It is left out
    Skipped,
    /// It did not succeed, and is to be tried again
    Failed,
}

/// The arguments of `incident evidence`.
#[derive(Debug, Args)]
pub(crate) struct Evidence {
    /// The number of the case
    case: u64,
    /// The fields that it is for, or an evidence profile for all of its fields that are missing
    #[arg(required = true)]
    fields: Vec<String>,
    /// Keep this file; with --holder only its digest
    #[arg(long, value_name = "FILE", conflicts_with = "waive")]
    file: Option<PathBuf>,
    /// Who else keeps it
    #[arg(long, value_name = "WHO", conflicts_with = "waive", required_unless_present_any = ["file", "waive", "out"])]
    holder: Option<String>,
    /// Give it up, for this reason
    #[arg(long, value_name = "WHY")]
    waive: Option<String>,
    /// When it was captured (RFC 3339) [default: now]
    #[arg(long, value_name = "TIME")]
    captured: Option<Timestamp>,
    /// Record nothing: write the file that is kept for this field to this new file
    #[arg(long, short, value_name = "FILE", conflicts_with_all = ["file", "holder", "waive", "captured"])]
    out: Option<PathBuf>,
}

/// The arguments of `incident import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The number of the case
    case: u64,
    /// Files of records, one JSON object a line: OCSF, AITF, or members that are called as the fields of evidence profiles
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Who keeps these files
    #[arg(long, value_name = "WHO")]
    holder: String,
}

/// The arguments of `incident hold`.
#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// The number of the case
    case: u64,
    /// Why
    #[arg(long, value_name = "WHY")]
    reason: String,
    /// Lift the legal hold
    #[arg(long)]
    lift: bool,
}

/// The arguments of `incident severity`.
#[derive(Debug, Args)]
pub(crate) struct SetSeverity {
    /// The number of the case
    case: u64,
    /// How severe it is
    #[arg(value_parser = PossibleValuesParser::new(Severity::WORDS.iter().map(|(word, _)| *word)))]
    level: String,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "WHY")]
    reason: String,
}

/// The arguments of `incident note`.
#[derive(Debug, Args)]
pub(crate) struct Note {
    /// The number of the case
    case: u64,
    /// What to write down
    text: String,
}

/// The arguments of `incident close`.
#[derive(Debug, Args)]
pub(crate) struct Close {
    /// The number of the case
    case: u64,
    /// Why it is over
    #[arg(long, value_name = "WHY")]
    reason: String,
}

impl IncidentCommand {
    /// Whether a document goes to standard output: cut short, it must not be taken for whole.
    pub(super) fn is_product(&self) -> bool {
        matches!(self, IncidentCommand::Export(export) if export.is_product())
            || matches!(self, IncidentCommand::Disclose(disclose) if disclose.is_product())
            || matches!(self, IncidentCommand::Runbook(Runbook { source: true, .. }))
    }
}

pub(super) fn run(command: &IncidentCommand, common: &Common, output: &Output) -> Result<u8> {
    // A file is checked without a workspace.
    if let IncidentCommand::Runbook(Runbook { check: Some(file), .. }) = command {
        return check(file, output);
    }
    let workbench = open_to_browse(common, output)?;
    let case = match command {
        IncidentCommand::Types => {
            let library = workbench.runbooks()?;
            output.print(&runbooks::types(&library), || IncidentTypesDocument::of(&library));
            return Ok(0);
        }
        IncidentCommand::Runbook(arguments) => return runbook(arguments, &workbench, output),
        IncidentCommand::List(arguments) => return list(arguments, &workbench, common, output),
        IncidentCommand::Disclose(arguments) => return disclose(arguments, &workbench, common, output),
        IncidentCommand::Export(arguments) => return export(arguments, &workbench, common, output),
        IncidentCommand::Drill(arguments) => return drill(arguments, common, output),
        IncidentCommand::Triage(arguments) => return triage(arguments, common, output),
        IncidentCommand::Status(Status { case }) => workbench.case(*case)?,
        IncidentCommand::Open(Open { kind, subject, deployment, by, aware }) => {
            let subject = match (subject, deployment) {
                (None, Some(place)) => workbench.view().subject_at(place)?,
                (subject, _) => subject.clone().unwrap_or_default(),
            };
            workbench.open_case(&NewCase {
                kind: kind.clone(),
                subject,
                deployment: deployment.clone(),
                by: by.clone(),
                aware: *aware,
            })?
        }
        IncidentCommand::Step(Step { case, step, outcome, goto, note }) => {
            let (step, goto, note) = (step.clone(), goto.clone(), note.as_ref().map(Untrusted::new));
            let entry = StepEntry { step, outcome: StepOutcome::from(*outcome), goto, note };
            workbench.add_to_case(*case, Entry::Step(entry))?
        }
        IncidentCommand::Evidence(arguments) => evidence(arguments, &workbench)?,
        IncidentCommand::Import(Import { case, files, holder }) => {
            let holder = Untrusted::new(holder);
            workbench.import_logs(*case, files, &holder)?
        }
        IncidentCommand::Hold(Hold { case, reason, lift }) => {
            let entry = HoldEntry { set: !lift, reason: Untrusted::new(reason) };
            workbench.add_to_case(*case, Entry::Hold(entry))?
        }
        IncidentCommand::Severity(SetSeverity { case, level, by, reason }) => {
            let known = Severity::WORDS.iter().find(|(word, _)| word == level);
            let level = known.map_or(Severity::Medium, |(_, level)| *level);
            let (by, reason) = (Untrusted::new(by), Untrusted::new(reason));
            workbench.add_to_case(*case, Entry::Severity(SeverityEntry { level, by, reason }))?
        }
        IncidentCommand::Note(Note { case, text }) => {
            workbench.add_to_case(*case, Entry::Note(NoteEntry { text: Untrusted::new(text) }))?
        }
        IncidentCommand::Close(Close { case, reason }) => {
            workbench.add_to_case(*case, Entry::Close(CloseEntry { reason: Untrusted::new(reason) }))?
        }
    };
    let at = common.now();
    output.print(&incidents::case(&case, at), || IncidentDocument::of(&case, at));
    Ok(0)
}

fn list(arguments: &List, workbench: &Workbench, common: &Common, output: &Output) -> Result<u8> {
    let cases = workbench.cases()?;
    let is_shown = |case: &&Case| arguments.closed || case.closed().is_none();
    let shown: Vec<&Case> = cases.cases.values().filter(is_shown).collect();
    output.print(&incidents::cases(&cases, &shown, common.now()), || IncidentsDocument::of(&cases, &shown));
    Ok(0)
}

fn evidence(arguments: &Evidence, workbench: &Workbench) -> Result<Case> {
    let Evidence { case, fields, file, holder, waive, captured, out } = arguments;
    if let (Some(out), Some(field)) = (out, fields.first()) {
        write_new(out, &workbench.kept_for_case(*case, field)?)?;
        return workbench.case(*case);
    }
    let fields = workbench.case(*case)?.fields_named(fields).map_err(|misfit| misfit.error())?;
    let captured = captured.unwrap_or_else(crate::clock::this_second);
    let entry = |held| Entry::Evidence(EvidenceEntry { fields, captured, held, log: None });
    match (file, holder, waive) {
        (Some(file), None, _) => workbench.keep_for_case(*case, file, |kept| entry(Held::Kept(kept))),
        (_, Some(holder), _) => {
            let file = file.as_deref().map(look_at_evidence).transpose()?;
            let holder = Untrusted::new(holder);
            workbench.add_to_case(*case, entry(Held::Elsewhere { holder, file }))
        }
        (None, None, reason) => {
            let reason = Untrusted::new(reason.as_deref().unwrap_or_default());
            workbench.add_to_case(*case, entry(Held::Waived { reason }))
        }
    }
}

impl From<OutcomeName> for StepOutcome {
    fn from(name: OutcomeName) -> Self {
        match name {
            OutcomeName::Done => StepOutcome::Done,
            OutcomeName::Skipped => StepOutcome::Skipped,
            OutcomeName::Failed => StepOutcome::Failed,
        }
    }
}
