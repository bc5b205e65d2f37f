//! What all reports say: what they are about, what a level means, and which digests everything rests on.

use super::super::page::{Cell, Page, Table, Tone};
use crate::documents::{MaturityReportDocument, Population, ReportInputs, ReportedModel};
use crate::dossier::Piece;
use crate::maturity::Duty;
use crate::signing::Outcome;
use crate::text::count;

/// The names of the levels.
pub(super) fn levels(document: &MaturityReportDocument<'_>, page: &mut Page) {
    page.heading("What the levels mean");
    page.note(document.scope);
    let levels = document.rests_on.rubric.levels.iter();
    let rows = levels.map(|level| vec![Cell::new(format!("L{}", level.level)), Cell::new(level.name)]);
    page.add(Table {
        columns: vec!["level", "name (in brackets: its name in the integrity model)"],
        rows: rows.collect(),
    });
}

/// Everything that the report rests on.
pub(super) fn rests_on(inputs: &ReportInputs<'_>, page: &mut Page) {
    page.heading("What this report rests on");
    page.note(
        "Each digest is SHA-256. Whoever has the bytes behind these digests comes to the same figures; \
         `touchmark ledger replay` does so for a recorded decision.",
    );
    page.add(digests(inputs));
}

/// The same as a table.
pub(super) fn digests(inputs: &ReportInputs<'_>) -> Table {
    let row =
        |what: &str, name: String, digest: &str| vec![Cell::new(what), Cell::new(name), Cell::code(digest)];
    let policy = &inputs.policy;
    let mut rows = vec![
        row("evidence", String::new(), &inputs.evidence.to_string()),
        row("policy", format!("{}, {}", policy.name, policy.origin.raw()), policy.digest),
        row("policy text", policy.origin.raw().to_owned(), policy.text_digest),
        row(
            "rubric",
            format!("{}, {}", inputs.rubric.version, count(inputs.rubric.controls, "control")),
            inputs.rubric.digest,
        ),
        row("trust anchors", String::new(), &inputs.anchors.to_string()),
        row(
            "ledger",
            count(usize::try_from(inputs.ledger_records).unwrap_or(usize::MAX), "record"),
            inputs.ledger_head,
        ),
    ];
    match inputs.feeds.is_empty() {
        true => rows.push(row("feeds of warnings", "none loaded".to_owned(), "")),
        false => rows.extend(
            inputs
                .feeds
                .iter()
                .map(|feed| row("feed of warnings", feed.name.clone(), &feed.digest.to_string())),
        ),
    }
    Table { columns: vec!["what", "name", "digest"], rows }
}

/// Which models it covers, and how it was made.
pub(super) fn population(population: &Population, inputs: &ReportInputs<'_>) -> Vec<(&'static str, Cell)> {
    let mut facts = vec![
        ("models", Cell::new(format!("{} of {}", population.covered, population.inventory))),
        ("which", Cell::from(&population.filter)),
        ("left out", population.left_out.to_string().into()),
        ("measured", population.measured.to_string().into()),
        ("not measured", population.not_measured.to_string().into()),
        ("evidence", Cell::code(inputs.evidence.to_string())),
    ];
    facts.extend(made(inputs));
    facts
}

/// When, by what and for which stage it was made.
pub(super) fn made(inputs: &ReportInputs<'_>) -> Vec<(&'static str, Cell)> {
    vec![
        ("judged at", inputs.at.to_string().into()),
        ("judged for", format!("stage {}", inputs.stage).into()),
        ("policy", Cell::new(inputs.policy.name)),
        ("policy sha256", Cell::code(inputs.policy.digest)),
        ("rubric", Cell::new(inputs.rubric.version)),
        ("rubric sha256", Cell::code(inputs.rubric.digest)),
        ("made by", format!("touchmark {}", inputs.program).into()),
    ]
}

/// Glyph and word of a model's verification.
pub(super) fn status(model: &ReportedModel<'_>) -> Cell {
    Cell::new(format!("{} {}", model.outcome.glyph(), model.status)).in_tone(model.outcome)
}

/// Own and effective level.
pub(super) fn level(model: &ReportedModel<'_>) -> Cell {
    let tone = match model.is_measured {
        false => Tone::Dim,
        true if model.own != model.effective => Tone::Warn,
        true => Tone::Plain,
    };
    Cell::new(&model.level).in_tone(tone)
}

/// How many came to what: `3 pass, 2 missing`, the best first.
pub(super) fn outcomes(counts: &[(Outcome, usize)]) -> String {
    let some = counts.iter().filter(|(_, many)| *many > 0);
    let parts: Vec<String> = some.map(|(outcome, many)| format!("{many} {}", outcome.word())).collect();
    parts.join(", ")
}

/// A piece of evidence: what it is, by whom, and its digest.
pub(super) fn piece(piece: &Piece) -> String {
    let by = piece.by.as_ref().map(|by| format!(" by {}", by.raw())).unwrap_or_default();
    format!("{}{by}, sha256 {}", piece.kind.word(), piece.sha256)
}

/// Who has to act.
pub(super) fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Producer => "producer",
        Duty::Consumer => "us",
        Duty::Both => "producer and us",
    }
}
