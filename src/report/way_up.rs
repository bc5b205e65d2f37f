//! The way up of a model, and what one thing would raise most models, as text.

use super::text::{Row, table};
use crate::decision::Unlock;
use crate::maturity::SCOPE;
use crate::text::{count, screen};
use crate::view::View;
use crate::view::way_up::{NextStep, Variable, Way, WayUp, Ways};
use crate::words::Face;
use crate::words::controls::control;
use crate::words::remedies::of_model;
use crate::words::way_up::{assumed, blank, party, what};
use std::fmt::Write;

/// Rows of a list that are printed.
const MANY: usize = 20;

/// What a step does, for people.
pub fn step(view: &View, step: &NextStep, face: Face) -> String {
    let said = view.said(step).map(|said| {
        let remedy = control(&said.result, said.control, said.about, face).1;
        of_model(remedy, &step.on)
    });
    screen(&what(step.deed, step.on.raw(), step.is_ancestor, said))
}

/// `2 steps`, or that nothing is known that leads there.
pub fn way_title(ways: &Ways, is_effective: bool) -> String {
    let level = if is_effective { format!("effective L{}", ways.level) } else { format!("L{}", ways.level) };
    match (ways.ways.first(), ways.is_first) {
        (Some(_), true) => format!("first step to {level}"),
        (Some(way), false) => format!("cheapest way to {level}: {}", count(way.steps.len(), "step")),
        (None, _) => format!("no way to {level} is known"),
    }
}

/// The ways up of a model.
pub fn way_up(view: &View, way_up: &WayUp) -> String {
    let mut out = String::new();
    if let Some(ways) = &way_up.to_effective {
        all(&mut out, view, ways, true);
    }
    if let Some(ways) = &way_up.to_own {
        all(&mut out, view, ways, false);
    }
    if way_up.to_own.is_none() && way_up.to_effective.is_none() {
        out.push_str("  It has the highest level.\n");
    }
    out
}

fn all(out: &mut String, view: &View, ways: &Ways, is_effective: bool) {
    let _ = writeln!(out, "\n  {}", capital(&way_title(ways, is_effective)));
    if is_effective && !ways.ancestors.is_empty() {
        let names: Vec<String> = ways.ancestors.iter().map(|id| id.screen()).collect();
        let more = if ways.more_ancestors > 0 {
            format!(" and {} more", ways.more_ancestors)
        } else {
            String::new()
        };
        let _ = writeln!(out, "  kept down by {}{more}", names.join(", "));
    }
    for (number, way) in ways.ways.iter().enumerate() {
        if number > 0 {
            let _ = writeln!(out, "\n  Another way: {}", count(way.steps.len(), "step"));
        }
        one(out, view, way);
    }
    if ways.is_first {
        out.push_str("  What else it needs shows once it is verified.\n");
    }
}

fn one(out: &mut String, view: &View, way: &Way) {
    for (number, next) in (1..).zip(&way.steps) {
        let gap = if next.controls.is_empty() { "" } else { " · " };
        let controls = next.controls.join(" ");
        let _ = writeln!(out, "  {number:>2}  {}", step(view, next, Face::Text));
        let (who, effort) = (party(next.party), next.effort);
        let _ = writeln!(out, "      by {who} · effort {effort}{gap}{}", screen(&controls));
        if let Some(command) = &next.command {
            let _ = writeln!(out, "      {}", screen(command));
        }
        if let Some(assumption) = next.assumed {
            let _ = writeln!(out, "      ({})", assumed(assumption));
        }
    }
    let _ = writeln!(out, "  effort {} in all", way.effort);
    let blanks = blanks(way);
    if !blanks.is_empty() {
        out.push_str("  Set these variables first; only you know their values:\n");
        let rows: Vec<Row> = blanks
            .iter()
            .map(|value| vec![format!("      {}", value.name), blank(value.blank).to_owned()])
            .collect();
        out.push_str(&table(&rows));
    }
}

/// All values of a way that the user has to supply, each once.
fn blanks(way: &Way) -> Vec<&Variable> {
    let mut found: Vec<&Variable> = Vec::new();
    for value in way.steps.iter().flat_map(|step| &step.blanks) {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// What one thing would raise most models.
pub fn unlock(view: &View, unlock: &Unlock) -> String {
    let mut out = format!("{} judged", count(unlock.judged, "model"));
    if unlock.open > 0 {
        let _ = write!(out, ", {} not verified: what would raise them is not known", unlock.open);
    }
    out.push('\n');
    let more = |out: &mut String, many: usize| {
        if many > MANY {
            let _ = writeln!(out, "  {} more; use --format json to list all", many - MANY);
        }
    };
    let heading = |out: &mut String, text: &str, none: &str, is_empty: bool| {
        let _ = writeln!(out, "\n{text}");
        if is_empty {
            let _ = writeln!(out, "  {none}");
        }
    };
    heading(&mut out, "One control, if it passed", "none raises a model alone", unlock.controls.is_empty());
    let rows = unlock.controls.iter().take(MANY).map(|one| {
        let title =
            view.rubric.control(&one.control).map(|control| control.title.clone()).unwrap_or_default();
        vec![
            format!("  {}", count(one.risen.own, "model")),
            format!("{} effective", one.risen.effective),
            screen(&one.control),
            screen(&title),
        ]
    });
    out.push_str(&table(&rows.collect::<Vec<Row>>()));
    more(&mut out, unlock.controls.len());
    heading(&mut out, "One step, if it was taken", "none raises a model alone", unlock.steps.is_empty());
    let rows = unlock.steps.iter().take(MANY).map(|one| {
        vec![
            format!("  {}", count(one.risen.own, "model")),
            format!("{} effective", one.risen.effective),
            what(one.deed, "each model", false, None),
            party(one.party).to_owned(),
        ]
    });
    out.push_str(&table(&rows.collect::<Vec<Row>>()));
    heading(
        &mut out,
        "One ancestor, if it was in order",
        "none raises a descendant alone",
        unlock.ancestors.is_empty(),
    );
    let rows = unlock.ancestors.iter().take(MANY).map(|one| {
        let level =
            if one.in_inventory { format!("L{}", one.own) } else { "not in the inventory".to_owned() };
        vec![format!("  {}", count(one.models, "model")), one.model.screen(), level]
    });
    out.push_str(&table(&rows.collect::<Vec<Row>>()));
    more(&mut out, unlock.ancestors.len().saturating_add(unlock.more_ancestors));
    let _ = writeln!(out, "\n{SCOPE}");
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
