//! A case of an incident as a page, for people who never saw this program.

use super::markdown::markdown;
use super::page::{Block, Cell, Page, Table};
use crate::incident::{Case, Filling, ItemState, Step, StepState};
use crate::report::incidents::{commands, evidence, facts, found_before, logged, state_word, until, what};
use crate::text::count;
use jiff::Timestamp;

/// So many places and models are listed.
const MANY: usize = 200;

/// The case as Markdown, its deadlines held against a time.
pub fn incident_page(case: &Case, at: Timestamp) -> String {
    markdown(&page(case, at))
}

fn page(case: &Case, at: Timestamp) -> Page {
    let opening = &case.opening;
    let number = case.record.number;
    let mut page = Page::new(format!("Case {number}: {}", opening.runbook.name.raw()));
    let state = if case.closed().is_some() { "closed" } else { "open" };
    let mut known = vec![
        ("severity", Cell::new(case.severity().word())),
        ("state", Cell::new(state)),
        ("as of", Cell::new(at.to_string())),
    ];
    known.extend(facts(case).into_iter().map(|(name, value)| (name, Cell::new(value))));
    page.add(Block::Facts(known));
    next(case, &mut page);
    deadlines(case, at, &mut page);
    steps(case, &mut page);
    checklist(case, &mut page);
    affected(case, &mut page);
    if !opening.runbook.questions.is_empty() {
        page.heading("Questions for the review");
        page.add(Block::Lines(opening.runbook.questions.iter().map(Cell::from).collect()));
    }
    log(case, &mut page);
    page.heading("Where this comes from");
    page.note(format!(
        "Touchmark keeps cases in an append-only ledger, each record with the hash of the one before. Record {number} \
         opened this case; its hash is {}. The command touchmark ledger verify checks the chain, and touchmark incident \
         status {number} shows the case as it is now.",
        case.record.hash
    ));
    page.note(
        "The root digest of a model is a SHA-256 over the digests of its files: it names exactly these bytes. What is \
         known of the subject is what the inventory knew when the case was opened.",
    );
    page
}

fn next(case: &Case, page: &mut Page) {
    let number = case.record.number;
    page.heading("Next step");
    if case.closed().is_some() {
        page.note("The case is closed.");
        return;
    }
    let Some(step) = case.next() else {
        page.note("All steps are done. Close the case:");
        page.add(Block::Lines(vec![Cell::new(format!("touchmark incident close {number} --reason WHY"))]));
        return;
    };
    let filling = case.filling();
    page.note(format!(
        "{} ({}, {})",
        filling.sentence(step.title.raw()),
        step.phase.word(),
        step.kind.word()
    ));
    if let Some(found) = found_before(case) {
        page.note(format!("The step before: {found}"));
    }
    body(case, step, &filling, page);
    let missing: Vec<&str> = case.missing_for(step).into_iter().map(|field| field.id.as_str()).collect();
    if !missing.is_empty() {
        page.note(format!("Collect this evidence first, or give it up and say why: {}", missing.join(", ")));
    }
    page.note("Record what became of it with one of:");
    page.add(Block::Lines(commands(number, step).into_iter().map(Cell::from).collect()));
}

/// What a step consists of.
fn body(case: &Case, step: &Step, filling: &Filling, page: &mut Page) {
    if step.approval {
        page.note("Needs approval.");
    }
    if !step.evidence_before.is_empty() {
        page.note(format!("Collect the evidence first: {}.", step.evidence_before.join(", ")));
    }
    if !step.commands.is_empty() {
        let commands = step.commands.iter().map(|text| Cell::new(filling.command(text.raw())));
        page.add(Block::Lines(commands.collect()));
    }
    if !step.tasks.is_empty() {
        let tasks = step.tasks.iter().map(|text| Cell::new(format!("[ ] {}", filling.sentence(text.raw()))));
        page.add(Block::Lines(tasks.collect()));
    }
    if !step.when.is_empty() {
        let mut table = Table { columns: vec!["if", "go to"], rows: Vec::new() };
        table
            .rows
            .extend(step.when.iter().map(|way| vec![Cell::from(&way.holds), Cell::from(way.goto.as_str())]));
        page.add(table);
    }
    if let Some(child) = &step.child {
        page.note(format!("This may open another case, of type {child}."));
    }
    if let Some(holds) = &step.exit_when {
        page.note(format!("It is done when {}.", filling.sentence(holds.raw())));
    }
    if let Some(due) = case.due(step) {
        page.note(format!("It is due on {due}."));
    }
}

fn deadlines(case: &Case, at: Timestamp, page: &mut Page) {
    let timers = case.timers(at);
    if timers.is_empty() {
        return;
    }
    let mut table = Table { columns: vec!["due", "state", "what", "source"], rows: Vec::new() };
    table.rows.extend(timers.iter().map(|timer| {
        let due = timer.due.map_or_else(|| "beyond all dates".to_owned(), |due| due.to_string());
        let state = if timer.is_over { "✗ over" } else { "· runs" };
        vec![
            Cell::from(due),
            Cell::from(state),
            Cell::from(&timer.clock.name),
            Cell::from(&timer.clock.source),
        ]
    }));
    page.section("Deadlines that may apply", table);
    page.note(format!(
        "Timers only: whether one applies, and when it began, is for counsel to decide. They count from {}.",
        case.opening.aware
    ));
}

fn steps(case: &Case, page: &mut Page) {
    let filling = case.filling();
    let mut table = Table { columns: vec!["step", "state", "phase", "what"], rows: Vec::new() };
    let steps = case.steps();
    table.rows.extend(steps.iter().map(|(step, state)| {
        vec![
            Cell::from(step.id.as_str()),
            Cell::from(state_word(*state).trim()),
            Cell::from(step.phase.word()),
            Cell::from(filling.sentence(step.title.raw())),
        ]
    }));
    page.section("Steps", table);
    for (step, _) in steps.into_iter().filter(|(_, state)| *state == StepState::Ahead) {
        page.heading(&format!("Ahead: {}", filling.sentence(step.title.raw())));
        body(case, step, &filling, page);
    }
}

fn checklist(case: &Case, page: &mut Page) {
    let items = case.checklist();
    let missing = items.iter().filter(|item| item.state == ItemState::Missing).count();
    let mut table = Table { columns: vec!["field", "what it is", "state", "kept"], rows: Vec::new() };
    table.rows.extend(items.iter().map(|item| {
        let (glyph, words) = evidence(item);
        let state = match item.state {
            ItemState::Missing => format!("· missing{}", logged(item)),
            _ => format!("{glyph} {words}"),
        };
        let short = if item.too_short { ": goes before the review" } else { "" };
        vec![
            Cell::from(item.field.id.as_str()),
            Cell::from(&item.field.name),
            Cell::from(state),
            Cell::from(format!("{}{short}", until(item))),
        ]
    }));
    page.section("Evidence", table);
    page.note(match missing {
        0 => "Everything is there, or was given up.".to_owned(),
        missing => format!("{} missing.", count(missing, "field")),
    });
}

fn affected(case: &Case, page: &mut Page) {
    let subject = &case.opening.subject;
    let mut kin = Table { columns: vec!["model", "how"], rows: Vec::new() };
    kin.rows.extend(
        subject
            .family
            .iter()
            .take(MANY)
            .map(|kin| vec![Cell::new(kin.id.raw()), Cell::from(kin.side.word())]),
    );
    page.section("Affected", kin);
    let mut runs = Table { columns: vec!["model", "stage", "where", "owner", "since"], rows: Vec::new() };
    runs.rows.extend(subject.deployments.iter().take(MANY).map(|runs| {
        vec![
            Cell::new(runs.model.raw()),
            Cell::from(&runs.stage),
            Cell::from(&runs.place),
            runs.owner.as_ref().map_or_else(|| Cell::from("–"), Cell::from),
            Cell::from(runs.since.map_or_else(|| "–".to_owned(), |since| since.to_string())),
        ]
    }));
    page.section("Where it runs", runs);
}

fn log(case: &Case, page: &mut Page) {
    let mut table = Table { columns: vec!["record", "when", "account", "what"], rows: Vec::new() };
    table.rows.extend(case.log.iter().map(|logged| {
        vec![
            Cell::from(logged.record.number.to_string()),
            Cell::from(logged.made.recorded.to_string()),
            Cell::from(&logged.made.by.shown()),
            Cell::from(what(&logged.entry)),
        ]
    }));
    page.section("Log", table);
    let mut faults = Table { columns: vec!["record", "why it does not count"], rows: Vec::new() };
    faults.rows.extend(
        case.faults
            .iter()
            .map(|stray| vec![Cell::from(stray.number.to_string()), Cell::from(stray.misfit.what())]),
    );
    page.section("Records that do not fit", faults);
}
