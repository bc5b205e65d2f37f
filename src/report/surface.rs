//! What surrounds a model where it runs, as text. All of it is declared.

use super::text::{Row, table};
use crate::incident::{Covered, Declared, Profile, SurfacePart};
use crate::text::{Untrusted, count};
use std::fmt::Write as _;

/// More fields than this are counted instead of listed.
const MANY: usize = 12;

/// What was declared of a place, and what each evidence profile comes to there.
pub fn surface(declared: &Declared, profiles: &[Profile]) -> String {
    let mut out = String::new();
    let surface = &declared.surface;
    let _ = writeln!(out, "{}  {}", declared.place.screen(), said(declared));
    let mut rows: Vec<Row> = Vec::new();
    let mut row =
        |label: &str, value: String, more: String| rows.push(vec![format!("  {label}"), value, more]);
    for owner in &surface.owners {
        row("owner", owner.screen(), String::new());
    }
    for contact in &surface.contacts {
        let reach = contact.reach.as_ref().map(Untrusted::screen).unwrap_or_default();
        row("contact", format!("{}: {}", contact.role.screen(), contact.name.screen()), reach);
    }
    for (label, parts) in [("tool", &surface.tools), ("mcp", &surface.mcp), ("dataset", &surface.datasets)] {
        for part in parts {
            row(label, part.name.screen(), part_line(part));
        }
    }
    out.push_str(&table(&rows));
    let _ = writeln!(out, "\nEvidence that is logged there, as declared");
    for profile in profiles {
        let _ = writeln!(out, "  {}", profile_line(&surface.covers(profile)));
    }
    if !surface.logs.is_empty() {
        let _ = writeln!(out, "\nLogs");
        for log in &surface.logs {
            let days = count(log.days as usize, "day");
            let _ = writeln!(out, "  {}  {days}: {}", log.place.screen(), few(&log.fields));
        }
    }
    out
}

/// Who declared it, and when.
pub fn said(declared: &Declared) -> String {
    format!(
        "version {}, declared by {} on {} (record {}); nobody has proven it",
        declared.version,
        declared.by.screen(),
        declared.made.recorded,
        declared.record.number
    )
}

/// Where a part lies, and its digest; safe to show.
pub fn part_line(part: &SurfacePart) -> String {
    let file = part.file.as_ref().map(Untrusted::screen);
    let digest = part.sha256.map(|digest| format!("sha256:{digest}"));
    let known: Vec<String> = file.into_iter().chain(digest).collect();
    if known.is_empty() { "no digest".to_owned() } else { known.join("  ") }
}

/// What an evidence profile comes to, in a line; safe to show.
pub fn profile_line(covered: &Covered<'_>) -> String {
    let (id, all) = (&covered.profile.id, covered.fields.len());
    let missing: Vec<&str> = covered.missing().collect();
    let short: Vec<String> =
        covered.short().map(|(field, days)| format!("{field} ({})", count(days as usize, "day"))).collect();
    let glyph = match (missing.len(), short.is_empty()) {
        (0, true) => "✓",
        (missing, _) if missing == all => "·",
        _ => "!",
    };
    let mut line = format!("{glyph} {id}  {} of {}", all - missing.len(), count(all, "field"));
    if !missing.is_empty() && missing.len() < all {
        let _ = write!(line, "; not logged: {}", few(&missing));
    }
    if let Some(days) = covered.profile.retention_days.filter(|_| !short.is_empty()) {
        let _ = write!(line, "; kept for less than {}: {}", count(days as usize, "day"), few(&short));
    }
    line
}

/// The first of many.
pub(super) fn few<T: AsRef<str>>(all: &[T]) -> String {
    let first: Vec<&str> = all.iter().take(MANY).map(AsRef::as_ref).collect();
    match all.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {}", first.join(", "), count(more, "other")),
    }
}
