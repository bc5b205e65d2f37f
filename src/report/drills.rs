//! Drills as text.

use super::text::{Row, table};
use crate::incident::{Drill, DrillEntry, DrillOutcome, DrilledRun};
use crate::text::{count, screen};
use std::fmt::Write as _;

/// A drill that was just held, and its record.
pub fn drill(number: u64, entry: &DrillEntry) -> String {
    let mut out = String::new();
    let how = if entry.walked { "walked by people" } else { "replayed by the program" };
    let (glyph, word) = ended(entry);
    let _ =
        writeln!(out, "drill {}  {glyph} {word}  {}, {how}", screen(&entry.runbook), took(entry.took_ms()));
    if let Some(subject) = &entry.subject {
        let _ = writeln!(out, "  for  {}", subject.screen());
    }
    for step in &entry.steps {
        let glyph = match step.outcome {
            DrillOutcome::Done => "✓",
            DrillOutcome::Passed | DrillOutcome::Skipped => "–",
            DrillOutcome::Failed => "✗",
        };
        let goto = step.goto.as_ref().map(|goto| format!("  → {}", screen(goto))).unwrap_or_default();
        let _ = writeln!(
            out,
            "  {glyph} {}  {}, {}  {}{goto}",
            screen(&step.step),
            step.kind.word(),
            step.outcome.word(),
            took(step.took_ms)
        );
        step.runs.iter().for_each(|run| line(&mut out, run));
    }
    let _ = writeln!(
        out,
        "✓ recorded  ledger entry {number}, as a drill; no model, review or deployment was touched"
    );
    out
}

fn line(out: &mut String, run: &DrilledRun) {
    let status = run.status.map_or_else(|| "by a signal".to_owned(), |status| format!("with {status}"));
    let but = match run.status == Some(run.wanted) {
        true => String::new(),
        false => format!(", and should have ended with {}", run.wanted),
    };
    let _ = writeln!(out, "      {}  ended {status}{but}  {}", run.command.screen(), took(run.took_ms));
}

/// The drills of a ledger, one per line; nothing where there is none.
pub fn drills(drills: &[Drill]) -> String {
    if drills.is_empty() {
        return String::new();
    }
    let head = ["drill", "type", "state", "model", "took", "how", "held", "by"];
    let mut rows: Vec<Row> = vec![head.map(str::to_owned).to_vec()];
    rows.extend(drills.iter().map(|drill| {
        let entry = &drill.entry;
        let (glyph, word) = ended(entry);
        vec![
            drill.record.number.to_string(),
            screen(&entry.runbook),
            format!("{glyph} {word}"),
            entry.subject.as_ref().map_or_else(|| "–".to_owned(), |subject| subject.screen()),
            took(entry.took_ms()),
            if entry.walked { "walked" } else { "replayed" }.to_owned(),
            drill.made.recorded.to_string(),
            entry.by.screen(),
        ]
    }));
    format!("\n{}{}, no incidents\n", table(&rows), count(drills.len(), "drill"))
}

fn ended(entry: &DrillEntry) -> (&'static str, &'static str) {
    if entry.ended { ("✓", "ended") } else { ("✗", "not ended") }
}

fn took(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        _ => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
    }
}
