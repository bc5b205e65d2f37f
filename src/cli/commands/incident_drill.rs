//! `incident drill`: a made-up substitution, played through a runbook and timed.

use super::drill_fixture::{Fixture, MODEL, PLACE, STAGE};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_browse};
use crate::documents::IncidentDrillDocument;
use crate::error::{Error, Result};
use crate::incident::{
    DrillEntry, DrillOutcome, Drillable, DrilledRun, DrilledStep, END, Filling, Phase, Runbook, Step,
    StepKind, Word,
};
use crate::report::drills;
use crate::text::{Untrusted, screen};
use clap::Args;
use std::io::{BufRead, Read};
use std::path::Path;
use std::time::Instant;

/// The longest line that somebody types.
const LIMIT_LINE: u64 = 4096;
/// The word that leaves a step out.
const SKIP: &str = "skip";

/// The arguments of `incident drill`.
#[derive(Debug, Args)]
pub(crate) struct Drill {
    /// The type of incident; `touchmark incident types` lists them
    #[arg(value_name = "TYPE")]
    kind: String,
    /// The model that the drill counts for [default: every model at whose stages the policy binds the runbook]
    #[arg(long, value_name = "MODEL")]
    subject: Option<String>,
    /// Who holds it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Wait at each step that is for people until somebody presses Enter, types `skip`, or the step a decision leads to
    #[arg(long)]
    walk: bool,
}

/// 0 when it came to the end of the runbook, 1 when something failed or it was broken off.
pub(super) fn drill(arguments: &Drill, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_browse(common, output)?;
    let view = workbench.view();
    let subject = arguments.subject.as_deref().map(|name| find(&view, name)).transpose()?;
    let subject = subject.and_then(|index| Some(view.models.get(index)?.id.clone()));
    let library = workbench.runbooks()?;
    let runbook = &library.find(&arguments.kind)?.runbook;
    let fixture = Fixture::make()?;
    let mut held = Held {
        runbook,
        fixture,
        filling: filling(&arguments.by),
        walk: arguments.walk,
        output,
        restored: false,
    };
    let (steps, ended) = held.play()?;
    let entry = DrillEntry {
        runbook: runbook.id.clone(),
        version: runbook.version.clone(),
        subject,
        by: Untrusted::new(&arguments.by),
        walked: arguments.walk,
        ended,
        steps,
    };
    let drill = workbench.record_drill(entry)?;
    output.print(&drills::drill(drill.record.number, &drill.entry), || IncidentDrillDocument::of(&drill));
    Ok(if ended { 0 } else { 1 })
}

fn filling(by: &str) -> Filling {
    Filling::default()
        .with(Word::Model, Some(MODEL))
        .with(Word::Subject, Some(MODEL))
        .with(Word::Deployment, Some(PLACE))
        .with(Word::Stage, Some(STAGE))
        .with(Word::Owner, Some("drill team"))
        .with(Word::By, Some(by))
}

/// A drill while it is held.
struct Held<'h> {
    runbook: &'h Runbook,
    fixture: Fixture,
    filling: Filling,
    walk: bool,
    output: &'h Output,
    restored: bool,
}

/// What somebody typed at a step.
enum Typed {
    Line(String),
    /// Nobody types any more.
    Nothing,
}

impl<'h> Held<'h> {
    /// The steps that came, and whether all of it came to its end.
    fn play(&mut self) -> Result<(Vec<DrilledStep>, bool)> {
        let mut steps: Vec<DrilledStep> = Vec::new();
        let mut front: &'h str = self.runbook.steps.first().map_or(END, |step| step.id.as_str());
        let runbook = self.runbook;
        while let Some(step) = runbook.step(front) {
            // A step comes once: a runbook in a loop does not end.
            if steps.iter().any(|known| known.step == step.id) {
                return Ok((steps, false));
            }
            let Some((drilled, next)) = self.step(step)? else { return Ok((steps, false)) };
            steps.push(drilled);
            front = next;
        }
        let is_whole = front == END && steps.iter().all(|step| step.outcome != DrillOutcome::Failed);
        Ok((steps, is_whole))
    }

    /// Plays a step: what became of it, and which one follows; none where nobody goes on.
    fn step(&mut self, step: &'h Step) -> Result<Option<(DrilledStep, &'h str)>> {
        if step.phase == Phase::Recover && !self.restored {
            self.fixture.restore()?;
            self.restored = true;
        }
        let began = Instant::now();
        let mut runs = Vec::new();
        let mut outcome = DrillOutcome::Passed;
        if step.kind == StepKind::Auto {
            outcome = DrillOutcome::Done;
            for command in &step.commands {
                let command = self.filling.command(command.raw());
                let Some(Drillable { words, swapped, restored }) = Drillable::of(&command) else { continue };
                let (status, took_ms) = self.fixture.run(&words)?;
                let wanted = if self.restored { restored } else { swapped };
                if status != Some(wanted) {
                    outcome = DrillOutcome::Failed;
                }
                runs.push(DrilledRun { command: command.into(), wanted, status, took_ms });
            }
        }
        let mut next = step.next.as_deref().unwrap_or_else(|| self.runbook.longest_way(step));
        if self.walk && step.kind != StepKind::Auto {
            self.show(step);
            loop {
                let Typed::Line(line) = typed()? else { return Ok(None) };
                let chosen = step.when.iter().find(|branch| branch.goto == line);
                match (chosen, step.kind) {
                    (Some(branch), StepKind::Decision) => next = branch.goto.as_str(),
                    (None, StepKind::Decision) => {
                        self.output.note("  type the step to go to");
                        continue;
                    }
                    _ => {}
                }
                outcome = if line == SKIP { DrillOutcome::Skipped } else { DrillOutcome::Done };
                break;
            }
        }
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let goto = (step.kind == StepKind::Decision).then(|| next.to_owned());
        let drilled = DrilledStep { step: step.id.clone(), kind: step.kind, outcome, goto, took_ms, runs };
        Ok(Some((drilled, next)))
    }

    fn show(&self, step: &Step) {
        self.output.note(&format!("▸ {}  {}", step.id, self.filling.sentence(step.title.raw())));
        for task in &step.tasks {
            self.output.note(&format!("    {}", self.filling.sentence(task.raw())));
        }
        for branch in &step.when {
            self.output.note(&format!(
                "    {}: {}",
                screen(&branch.goto),
                self.filling.sentence(branch.holds.raw())
            ));
        }
    }
}

fn typed() -> Result<Typed> {
    let mut line = String::new();
    let mut input = std::io::stdin().lock().take(LIMIT_LINE);
    let read =
        input.read_line(&mut line).map_err(|cause| Error::read(Path::new("standard input"), &cause))?;
    Ok(if read == 0 { Typed::Nothing } else { Typed::Line(line.trim().to_owned()) })
}
