//! What stands in each cell of a model's row: text that is safe to show, and its role.

use crate::decision::{Decision, ReviewWord};
use crate::inventory::{FactKey, Model, ModelId};
use crate::maturity::Since;
use crate::query::name_of_publisher as publisher;
use crate::text::{size, width};
use crate::tui::screens::paint::{Pen, decision_look, fit, summary_role};
use crate::tui::state::columns::{ColumnId, Fitted};
use crate::tui::theme::Role;
use crate::view::{Summary, View};
use crate::words::names::taken_for;
use jiff::Timestamp;
use ratatui::text::Span;

/// A row that is being built.
pub(super) struct Entry<'a> {
    pub view: &'a View,
    pub index: usize,
    pub model: &'a Model,
    pub summary: Summary,
    /// The code of what stands in its way, cut where it does not fit.
    pub reason: String,
    /// How many models derive from it directly.
    pub used: u32,
}

/// The name of a model as a source first wrote it, as long as it is the name that it goes by.
pub(super) fn name(model: &Model) -> String {
    if ModelId::new(model.name.raw()) == model.id { model.name.screen() } else { model.id.screen() }
}

/// What stands in a cell, exactly as wide as the column.
pub(super) fn cell(entry: &Entry<'_>, fitted: &Fitted, pen: Pen<'_>) -> Vec<Span<'static>> {
    let is_wide = fitted.cells >= fitted.column.wide;
    let (role, text) = look(entry, fitted.column.id, is_wide);
    if fitted.column.is_number {
        return vec![pen.span(role, right(&text, fitted.cells))];
    }
    let is_gauge =
        fitted.column.id == ColumnId::Level && is_wide && entry.view.is_judged() && !is_open(&entry.summary);
    if !is_gauge {
        return vec![pen.span(role, fit(&text, fitted.cells))];
    }
    let [full, rest] = pen.level(entry.summary.effective);
    let room = fitted.cells.saturating_sub(full.width() + rest.width() + 1);
    vec![full, rest, Span::raw(" "), pen.span(role, fit(&text, room))]
}

fn is_open(summary: &Summary) -> bool {
    summary.decision == Decision::NotJudged
}

fn look(entry: &Entry<'_>, column: ColumnId, is_wide: bool) -> (Role, String) {
    let Entry { view, index, model, summary, reason, used } = entry;
    let nothing = || (Role::Muted, "–".to_owned());
    match column {
        ColumnId::Status => status(summary, view.is_judged()),
        ColumnId::Model => (Role::Text, name(model)),
        ColumnId::Reason => {
            let role = if is_open(summary) { Role::Unknown } else { summary_role(summary) };
            (if role == Role::Pass { Role::Warn } else { role }, reason.clone())
        }
        ColumnId::Used if *used == 0 => (Role::Muted, "0".to_owned()),
        ColumnId::Used => (Role::Text, few(*used)),
        ColumnId::Level | ColumnId::Gate if !view.is_judged() => (Role::Muted, "…".to_owned()),
        ColumnId::Level | ColumnId::Gate if is_open(summary) => nothing(),
        ColumnId::Level => level(summary, is_wide),
        ColumnId::Gate => {
            let (role, glyph) = decision_look(summary.decision);
            (role, format!("{glyph} {}", summary.decision.word()))
        }
        ColumnId::Reviewed => review(summary.review, is_wide).unwrap_or_else(nothing),
        ColumnId::Age => match view.verification(*index) {
            Some(verification) => (Role::Muted, age(verification.at, view.at)),
            None => nothing(),
        },
        ColumnId::Signer => match view.signer_like(*index) {
            Some(other) => (Role::Warn, format!("! {}", taken_for(&summary.signer.screen(), Some(other)))),
            None => (Role::Muted, summary.signer.screen()),
        },
        ColumnId::Publisher => (Role::Muted, crate::text::screen(publisher(model.id.raw()))),
        ColumnId::Licence => match model.fact(FactKey::Licence) {
            Some(fact) => (Role::Muted, fact.value.screen()),
            None => nothing(),
        },
        ColumnId::Format => {
            let words: Vec<&str> = model.formats.iter().map(|format| format.word()).collect();
            let runs_code = model.formats.iter().any(|format| format.executes_code());
            (if runs_code { Role::Warn } else { Role::Muted }, words.join(","))
        }
        ColumnId::Size if model.bytes == 0 => nothing(),
        ColumnId::Size => (Role::Muted, size(model.bytes)),
    }
}

/// Sign and word; the word is short where the whole one has no room.
pub(super) fn status(summary: &Summary, is_judged: bool) -> (Role, String) {
    let is_open = is_open(summary) || !is_judged;
    let word = match summary.since {
        // What nobody has looked at is not refused and no question yet, unless something is known without a look.
        Since::Same if summary.is_untouched && is_open => "not judged",
        Since::Same if summary.is_untouched => "unverified",
        Since::Same => summary.word,
        Since::Changed => "changed",
        Since::Lost => "verify again",
    };
    // Where only documents speak of it there is nothing to verify.
    if summary.is_untouched || summary.is_without_files() {
        return (Role::Muted, format!("· {word}"));
    }
    (summary_role(summary), format!("{} {word}", summary.glyph()))
}

fn level(summary: &Summary, is_wide: bool) -> (Role, String) {
    let text = summary.levels();
    match (summary.is_capped(), is_wide) {
        (false, _) => (Role::Text, text),
        // The gauge beside it leaves no room for the letter.
        (true, true) => (Role::Warn, text.trim_start_matches('L').to_owned()),
        (true, false) => (Role::Warn, text),
    }
}

/// Sign and, where there is room, word of a review.
fn review(word: Option<ReviewWord>, is_wide: bool) -> Option<(Role, String)> {
    let (role, sign, word) = match word? {
        ReviewWord::Approve => (Role::Pass, "✓", "approved"),
        ReviewWord::Reject => (Role::Fail, "✗", "rejected"),
        ReviewWord::AskProducer => (Role::Unknown, "?", "asked"),
        ReviewWord::BreakGlass => (Role::Warn, "!", "glass"),
        ReviewWord::TakeBack => return None,
    };
    Some((role, if is_wide { format!("{sign} {word}") } else { sign.to_owned() }))
}

/// How long ago, in at most five cells: `now`, `3 m`, `47 h`, `12 d`, `7 mo`, `2 y`.
fn age(then: Timestamp, now: Timestamp) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    match now.as_second() - then.as_second() {
        ..MINUTE => "now".to_owned(),
        seconds @ MINUTE..HOUR => format!("{} m", seconds / MINUTE),
        seconds if seconds < 2 * DAY => format!("{} h", seconds / HOUR),
        seconds if seconds < 60 * DAY => format!("{} d", seconds / DAY),
        seconds if seconds < 730 * DAY => format!("{} mo", seconds / (30 * DAY)),
        seconds => format!("{} y", seconds / (365 * DAY)),
    }
}

/// `31`, `12k`.
fn few(many: u32) -> String {
    if many < 10_000 { many.to_string() } else { format!("{}k", many / 1000) }
}

fn right(text: &str, columns: usize) -> String {
    let room = columns.saturating_sub(width(text));
    fit(&(" ".repeat(room) + text), columns)
}
