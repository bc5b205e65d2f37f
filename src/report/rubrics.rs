//! Two rubrics side by side, as text.

use super::text::{Row, table};
use crate::maturity::{SCOPE, Severity};
use crate::text::{count, screen};
use crate::view::rubrics::{ControlChange, RubricComparison, Standpoint};
use std::fmt::Write;

/// The number of musts that are listed.
const NAMED: usize = 5;

/// The changes by another rubric: the controls first, then the models.
pub fn rubrics(c: &RubricComparison, all: bool) -> String {
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    let mut out = format!(
        "in force  {}  {}\nother     {}  {}\n",
        short(&c.before.digest),
        count(c.before.controls, "control"),
        short(&c.after.digest),
        count(c.after.controls, "control"),
    );
    if c.controls.is_empty() {
        out.push_str("\nNo control is added, removed or weighed differently.\n");
    } else {
        out.push_str("\nControls\n");
        let rows: Vec<Row> = c.controls.iter().map(control).collect();
        out.push_str(&table(&rows));
    }
    let shown: Vec<_> = c.models.iter().filter(|model| all || model.changed).collect();
    if !shown.is_empty() {
        out.push_str("\nModels\n");
        let rows = shown.iter().map(|model| {
            vec![
                format!("  {}", model.model.screen()),
                level(&model.before),
                "→".to_owned(),
                level(&model.after),
                musts(&model.before, &model.after),
            ]
        });
        out.push_str(&table(&rows.collect::<Vec<Row>>()));
    }
    let changed = c.models.iter().filter(|model| model.changed).count();
    let _ = writeln!(out, "\n{} of {} changed", changed, count(c.models.len(), "model"));
    let _ = writeln!(out, "{SCOPE}");
    out
}

fn control(change: &ControlChange) -> Row {
    let word = |severity: Option<Severity>| match severity {
        None => "–",
        Some(Severity::Must) => "must",
        Some(Severity::Should) => "should",
        Some(Severity::May) => "may",
    };
    let note = if change.evaluated { "" } else { "not evaluated by this version" };
    vec![
        format!("  {}", screen(&change.id)),
        word(change.before).to_owned(),
        "→".to_owned(),
        word(change.after).to_owned(),
        note.to_owned(),
    ]
}

fn level(at: &Standpoint) -> String {
    match at.own == at.effective {
        true => format!("L{}  {} %", at.own, at.percent),
        false => format!("L{}→{}  {} %", at.own, at.effective, at.percent),
    }
}

/// The musts that are open in only one of the two.
fn musts(before: &Standpoint, after: &Standpoint) -> String {
    let only = |these: &Standpoint, those: &Standpoint| -> Vec<String> {
        these.open_musts.iter().filter(|id| !those.open_musts.contains(id)).map(|id| screen(id)).collect()
    };
    let told = |what: &str, ids: Vec<String>| match ids.len() {
        0 => None,
        many if many > NAMED => {
            let named: Vec<&str> = ids.iter().take(NAMED).map(String::as_str).collect();
            Some(format!("{what} {} and {} more", named.join(" "), many - NAMED))
        }
        _ => Some(format!("{what} {}", ids.join(" "))),
    };
    let parts = [told("now open:", only(after, before)), told("no longer open:", only(before, after))];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
