//! A runbook for one place, as text: what runs there and whom to reach first, then what is missing, then the steps.

use super::runbooks::{details, heading, hours};
use super::surface::{few, part_line, profile_line};
use super::text::{Row, decision_word, table};
use crate::decision::Decision;
use crate::incident::{Gap, Issued, PlacedModel, PlacedRunbook, Versioned};
use crate::text::{Untrusted, count, screen, shell_word};
use std::fmt::Write as _;

/// Which version it is; safe to show.
pub fn version_line(versioned: &Versioned) -> String {
    match (versioned.issued(), &versioned.last) {
        (Some(Issued { record, made, issue }), _) => {
            format!("version {} of {} (record {})", issue.version, made.recorded, record.number)
        }
        (None, Some(last)) => format!("not written yet; it differs from version {}", last.issue.version),
        (None, None) => "not written yet".to_owned(),
    }
}

/// That it was written to a file, and how to sign that; `file` is safe to show.
pub fn written(versioned: &Versioned, file: &str) -> String {
    let name = shell_word(file).unwrap_or_else(|| "FILE".to_owned());
    format!(
        "✓ written  {file}  {}\n  digest   {}\n  sign it  touchmark sign key {name} --signature {name}.sig --private-key KEY\n",
        version_line(versioned),
        versioned.digest
    )
}

/// The whole runbook.
pub fn placed(versioned: &Versioned) -> String {
    let placed = &versioned.placed;
    let runbook = &placed.runbook;
    let mut out = String::new();
    let _ = writeln!(out, "{} at {}  {}", runbook.id, placed.place.screen(), version_line(versioned));
    let _ = writeln!(out, "  {}", runbook.name.screen());
    let mut rows: Vec<Row> = vec![vec!["  digest".to_owned(), versioned.digest.to_string()]];
    rows.extend(facts(placed).into_iter().map(|(label, value)| vec![format!("  {label}"), screen(&value)]));
    out.push_str(&table(&rows));
    let gaps = placed.gaps();
    if !gaps.is_empty() {
        let _ = writeln!(out, "\nMissing");
        for gap in &gaps {
            let _ = writeln!(out, "  ! {}", screen(&words(gap)));
        }
    }
    let filling = placed.filling();
    let _ = writeln!(out, "\nSteps");
    for (index, step) in runbook.steps.iter().enumerate() {
        let _ = writeln!(out, "  {:>2}  {}", index + 1, heading(step, &filling));
        for line in details(step, &filling) {
            let _ = writeln!(out, "        {line}");
        }
    }
    let _ = writeln!(out, "\nEvidence that is logged there, as declared");
    for covered in placed.evidence() {
        let _ = writeln!(out, "  {}", profile_line(&covered));
    }
    if !runbook.clocks.is_empty() {
        let _ = writeln!(out, "\nDeadlines that may apply; counsel decides");
        for clock in &runbook.clocks {
            let (name, source) = (clock.name.screen(), clock.source.screen());
            let _ = writeln!(out, "  {:>5}  {name}  ({source})", hours(clock.hours));
        }
    }
    out
}

/// What runs at the place, and what was declared of it: names and values.
pub fn facts(placed: &PlacedRunbook) -> Vec<(&'static str, String)> {
    let mut facts: Vec<(&'static str, String)> =
        placed.models.iter().map(|one| ("runs", model_line(one))).collect();
    facts.extend(placed.runbook.owner_role.iter().map(|role| ("led by", role.raw().to_owned())));
    let Some(declared) = &placed.declared else { return facts };
    let surface = &declared.surface;
    facts.extend(surface.owners.iter().map(|owner| ("owner", owner.raw().to_owned())));
    facts.extend(surface.contacts.iter().map(|one| {
        let reach = one.reach.as_ref().map(|reach| format!(", {}", reach.raw())).unwrap_or_default();
        ("contact", format!("{}: {}{reach}", one.role.raw(), one.name.raw()))
    }));
    for (label, parts) in [("tool", &surface.tools), ("mcp", &surface.mcp), ("dataset", &surface.datasets)] {
        facts.extend(parts.iter().map(|part| (label, format!("{}  {}", part.name.raw(), part_line(part)))));
    }
    facts.push((
        "declared",
        format!("version {} by {} (record {})", declared.version, declared.by.raw(), declared.record.number),
    ));
    facts
}

fn model_line(one: &PlacedModel) -> String {
    let name = one.id.as_ref().map_or(one.model.raw(), |id| id.raw());
    let owner =
        one.owner.as_ref().map(|owner| format!(", owner {}", Untrusted::raw(owner))).unwrap_or_default();
    let level = match (one.levels, one.decision) {
        (Some((_, effective)), Some(decision)) if decision != Decision::NotJudged => {
            format!(", level {effective}")
        }
        _ => String::new(),
    };
    let decision = one.decision.map(|decision| format!(", {}", decision_word(decision))).unwrap_or_default();
    let digest =
        one.root_digest.map_or(", root digest not known".to_owned(), |digest| format!(", sha256:{digest}"));
    format!("{name} ({}){level}{decision}{owner}{digest}", one.stage.raw())
}

/// What is missing, and what to do about it.
pub fn words(gap: &Gap) -> String {
    match gap {
        Gap::NothingDeclared => {
            "nothing was declared of this place: touchmark deploy declare PLACE FILE --by NAME".to_owned()
        }
        Gap::NoOwner => "nobody is named as responsible: declare `owners`".to_owned(),
        Gap::NoContact => "nobody is named to reach: declare a [[contact]]".to_owned(),
        Gap::NotInInventory(model) => format!("{} is not in the inventory", model.raw()),
        Gap::NotJudged(model) => format!("{}: nothing is decided; verify it first", model.raw()),
        Gap::NotLogged { profile, fields } => {
            format!("{profile}: {} not logged: {}", count(fields.len(), "field"), few(fields))
        }
        Gap::KeptTooShort { profile, wanted, fields } => {
            let kept: Vec<String> = fields
                .iter()
                .map(|(field, days)| format!("{field} ({})", count(*days as usize, "day")))
                .collect();
            format!("{profile}: kept for less than {}: {}", count(*wanted as usize, "day"), few(&kept))
        }
    }
}
