//! A runbook for one place as a page, for people who never saw this program.

use super::markdown::markdown;
use super::page::{Block, Cell, Page, Table};
use crate::incident::{Branch, Filling, Step, Versioned};
use crate::report::placed::{facts, version_line, words};

/// The runbook as Markdown.
pub fn placed_page(versioned: &Versioned) -> String {
    markdown(&page(versioned))
}

fn page(versioned: &Versioned) -> Page {
    let placed = &versioned.placed;
    let runbook = &placed.runbook;
    let mut page = Page::new(format!("{} at {}", runbook.name.raw(), placed.place.raw()));
    let mut known = vec![
        ("type", Cell::new(&runbook.id)),
        ("version", Cell::new(version_line(versioned))),
        ("digest", Cell::code(versioned.digest.to_string())),
    ];
    known.extend(facts(placed).into_iter().map(|(name, value)| (name, Cell::new(value))));
    page.add(Block::Facts(known));
    let gaps = placed.gaps();
    if !gaps.is_empty() {
        page.heading("Missing");
        page.add(Block::Lines(gaps.iter().map(|gap| Cell::new(words(gap))).collect()));
    }
    if !runbook.detection.is_empty() {
        page.heading("How it is noticed");
        page.add(Block::Lines(runbook.detection.iter().map(Cell::from).collect()));
    }
    let filling = placed.filling();
    for (index, step) in runbook.steps.iter().enumerate() {
        page.heading(&format!("Step {}: {}", index + 1, filling.sentence(step.title.raw())));
        body(step, &filling, &mut page);
    }
    for covered in placed.evidence() {
        let mut table = Table { columns: vec!["field", "what it is", "where", "days"], rows: Vec::new() };
        table.rows.extend(covered.fields.iter().map(|one| {
            vec![
                Cell::from(one.field),
                Cell::from(one.name),
                one.log.map_or_else(|| Cell::from("· not logged"), |log| Cell::from(&log.place)),
                Cell::from(one.log.map_or_else(|| "–".to_owned(), |log| log.days.to_string())),
            ]
        }));
        page.section(&format!("Evidence: {}", covered.profile.name.raw()), table);
    }
    let mut clocks = Table { columns: vec!["hours", "what", "source"], rows: Vec::new() };
    clocks.rows.extend(runbook.clocks.iter().map(|clock| {
        vec![Cell::from(clock.hours.to_string()), Cell::from(&clock.name), Cell::from(&clock.source)]
    }));
    page.section("Deadlines that may apply", clocks);
    page.note("Timers only: whether one applies, and when it began, is for counsel to decide.");
    if !runbook.questions.is_empty() {
        page.heading("Questions for the review");
        page.add(Block::Lines(runbook.questions.iter().map(Cell::from).collect()));
    }
    page.heading("Where this comes from");
    page.note(
        "Tools, data sets, owners, contacts and logs are what somebody declared of the place; nobody has proven them. Levels \
         and decisions are those of the policy in force when this version was written. The digest is a SHA-256 over the \
         canonical form of all of it: touchmark incident runbook with --deployment says whether this is still the newest \
         version.",
    );
    page
}

fn body(step: &Step, filling: &Filling, page: &mut Page) {
    let approval = if step.approval { ", needs approval" } else { "" };
    page.note(format!("{}: {}, {}{approval}", step.id, step.phase.word(), step.kind.word()));
    if !step.evidence_before.is_empty() {
        page.note(format!("Collect the evidence first: {}.", step.evidence_before.join(", ")));
    }
    let commands = step.commands.iter().map(|text| Cell::new(filling.command(text.raw())));
    let tasks = step.tasks.iter().map(|text| Cell::new(format!("[ ] {}", filling.sentence(text.raw()))));
    for lines in [commands.collect::<Vec<_>>(), tasks.collect()] {
        if !lines.is_empty() {
            page.add(Block::Lines(lines));
        }
    }
    if !step.when.is_empty() {
        let row = |way: &Branch| vec![Cell::from(&way.holds), Cell::from(way.goto.as_str())];
        page.add(Table { columns: vec!["if", "go to"], rows: step.when.iter().map(row).collect() });
    }
    if let Some(child) = &step.child {
        page.note(format!("This may open another case, of type {child}."));
    }
    if let Some(holds) = &step.exit_when {
        page.note(format!("It is done when {}.", filling.sentence(holds.raw())));
    }
    if let Some(next) = &step.next {
        page.note(format!("Then: {next}."));
    }
}
