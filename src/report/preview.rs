//! What another policy would change, as text.

use super::lint::finding;
use super::policy::policy_faults;
use super::tested::one;
use crate::decision::Standing;
use crate::policy::{Became, DiffLine};
use crate::text::{count, screen};
use crate::view::flips::{Flip, Flips, Preview, TestsTried};
use std::fmt::Write as _;

/// What would change at a stage; of the models at most so many are listed.
pub fn preview(preview: &Preview, stage: &str, most: usize) -> String {
    if !preview.faults.is_empty() {
        return policy_faults(&preview.faults);
    }
    let mut out = String::new();
    for anchor in &preview.unreadable {
        let error = anchor.error.as_deref().map(screen).unwrap_or_default();
        let _ = writeln!(out, "! anchor {} cannot be read: {error}", screen(&anchor.name));
    }
    out.push_str(&flips(&preview.flips, stage, most));
    let TestsTried { passing, failing } = &preview.tests;
    let _ = match failing.len() {
        0 if *passing == 0 => Ok(()),
        0 => writeln!(
            out,
            "✓ {} of this policy {}",
            count(*passing, "test"),
            if *passing == 1 { "passes" } else { "pass" }
        ),
        some => {
            writeln!(out, "\n{some} of {} of this policy would fail:", count(preview.tests.all(), "test"))
        }
    };
    failing.iter().for_each(|(test, tried)| out.push_str(&one(test, tried)));
    if !preview.new_findings.is_empty() {
        let _ = writeln!(out, "\n{} new in this policy:", count(preview.new_findings.len(), "finding"));
        preview.new_findings.iter().for_each(|one| out.push_str(&finding(one)));
    }
    out
}

/// The models that stand elsewhere.
pub fn flips(flips: &Flips, stage: &str, most: usize) -> String {
    let mut out = String::new();
    let stage = screen(stage);
    if flips.models.is_empty() {
        let _ = writeln!(out, "✓ no change  {} at stage {stage}", count(flips.unchanged, "model"));
        return out;
    }
    let changed = count(flips.models.len(), "model");
    let _ = writeln!(out, "! {changed} would change at stage {stage}, {} would not", flips.unchanged);
    for ((before, after), models) in &flips.decisions {
        let _ = writeln!(out, "  {} → {}: {models}", before.word(), after.word());
    }
    for ((before, after), models) in &flips.levels {
        let _ = writeln!(out, "  L{before} → L{after}: {models}");
    }
    out.push('\n');
    let shown = flips.models.len().min(most);
    let width = flips.models.iter().take(shown).map(|flip| flip.model.screen().chars().count()).max();
    for flip in flips.models.iter().take(shown) {
        let _ = writeln!(out, "{}", line(flip, width.unwrap_or_default()));
    }
    let more = flips.models.len() - shown;
    if more > 0 {
        let _ = writeln!(out, "{more} more; use --limit 0 to list all");
    }
    out
}

/// The lines by which a policy would differ.
pub(super) fn diff(lines: &[DiffLine]) -> String {
    let mut out = String::new();
    let mut last = 0;
    for DiffLine { became, number, text } in lines {
        let (glyph, kept) = match became {
            Became::Kept => (' ', true),
            Became::Removed => ('-', false),
            Became::Added => ('+', true),
        };
        if kept && *number > last + 1 && last > 0 {
            out.push_str("       …\n");
        }
        last = if kept { *number } else { last };
        let _ = writeln!(out, "{}", format!("  {number:>4} {glyph} {}", screen(text)).trim_end());
    }
    out
}

fn line(flip: &Flip, width: usize) -> String {
    let Flip { model, before, after, by } = flip;
    let decision = match before.decision == after.decision {
        true => before.decision.word().to_owned(),
        false => format!("{} → {}", before.decision.word(), after.decision.word()),
    };
    let by = by.as_ref().map(|by| by.code.as_str()).unwrap_or_default();
    let line =
        format!("{:<width$}  {decision:<20}  {:<9}  {}", model.screen(), levels(before, after), screen(by));
    line.trim_end().to_owned()
}

fn levels(before: &Standing, after: &Standing) -> String {
    match before.effective == after.effective {
        true => format!("L{}", before.effective),
        false => format!("L{} → L{}", before.effective, after.effective),
    }
}
