//! Imported feeds and their matches, as text.

use super::text::{Row, table};
use crate::feed::{
    By, Feeds, Imported, Lint, LintFault, LintFinding, Match, Matches, OfVersion, TriageState, Triaged,
};
use crate::text::{Untrusted, count, size};
use std::fmt::Write as _;

/// So much of a digest says which feed is meant.
const SHORT: usize = 12;
/// Titles are cut there.
const TITLE_COLUMNS: usize = 60;

/// The feeds in force, one per line.
pub fn list(feeds: &Feeds) -> String {
    let head = ["kind", "source", "version", "entries", "imported", "record", "digest"];
    let mut rows: Vec<Row> = vec![head.map(str::to_owned).to_vec()];
    rows.extend(feeds.in_force().map(row));
    let mut out = match rows.len() {
        1 => "No feed is imported. `touchmark feed import FILE` imports one.\n".to_owned(),
        _ => table(&rows),
    };
    for number in feeds.unread() {
        let _ = writeln!(
            out,
            "! ledger entry {number} is not a record of a feed that can be read: it does not count"
        );
    }
    out
}

fn row(imported: &Imported) -> Row {
    let import = &imported.import;
    vec![
        import.kind.word().to_owned(),
        import.source.screen(),
        version(import.version.as_ref()),
        import.entries.to_string(),
        imported.at.to_string(),
        imported.record.to_string(),
        short(&import.kept),
    ]
}

/// A feed that was imported.
pub fn imported(imported: &Imported) -> String {
    let import = &imported.import;
    format!(
        "✓ imported {} from {}: {}, version {}\n  read    sha256:{}  ({}, {})\n  kept    sha256:{}\n  record  {}\n",
        import.kind.name(),
        import.source.screen(),
        many(import.entries, "entry", "entries"),
        version(import.version.as_ref()),
        import.sha256,
        count(import.files, "file"),
        size(import.bytes),
        import.kept,
        imported.record,
    )
}

/// The matches, model by model.
pub fn matches(feeds: &Feeds, asked: &[Imported], found: &Matches) -> String {
    if asked.is_empty() {
        return "? unknown: no feed is imported that names what it affects\n  `touchmark feed import FILE` imports AVID, \
                OSV or CVE 5\n"
            .to_owned();
    }
    let mut out = String::new();
    let mut last = None;
    let mut open = 0;
    for one in &found.matches {
        if last != Some(&one.model) {
            let _ = writeln!(out, "{}", one.model.screen());
            last = Some(&one.model);
        }
        let triage = feeds.triage(&one.model, &one.id, one.sha256);
        open += usize::from(is_open(triage));
        out.push_str(&line(one, triage));
    }
    let looked = count(found.models, "model");
    let names = match found.by_name_only {
        0 => String::new(),
        by_name => format!(", {by_name} of them only by name"),
    };
    let _ = match found.matches.len() {
        0 => writeln!(
            out,
            "No match for {looked}{names}. It does not say that they are clean: feeds know what was reported."
        ),
        _ => writeln!(out, "{}, {open} open; {looked}{names}", many(found.matches.len(), "match", "matches")),
    };
    if found.spared > 0 {
        let _ =
            writeln!(out, "{} left out: only about other versions", many(found.spared, "entry", "entries"));
    }
    for imported in asked {
        let import = &imported.import;
        let _ = writeln!(
            out,
            "feed {}  {}  {}  version {}  imported {}",
            short(&import.kept),
            import.kind.word(),
            import.source.screen(),
            version(import.version.as_ref()),
            imported.at
        );
    }
    out
}

/// Nobody said anything that ends it.
fn is_open(triage: Option<&Triaged>) -> bool {
    triage.is_none_or(|said| said.triage.state == TriageState::UnderInvestigation)
}

/// A match: what it is, what they have in common, and what was said of it.
pub fn line(one: &Match, triage: Option<&Triaged>) -> String {
    let severity = one.severity.map_or("severity unknown", |severity| severity.word());
    let version = match (&one.version, one.of_version) {
        (Some(version), OfVersion::Affected) => format!("version {} is affected", version.screen()),
        (None, OfVersion::Affected) => "all versions are affected".to_owned(),
        (Some(version), OfVersion::Unclear) => format!("version {}: cannot tell", version.screen()),
        (None, OfVersion::Unclear) => "version unknown: cannot tell".to_owned(),
    };
    let by = match one.by {
        By::Purl => format!("{} ({})", one.common.screen(), one.basis.word()),
        By::Name => format!("name match, confirm: {} ({})", one.common.screen(), one.basis.word()),
    };
    let title =
        one.title.as_ref().map(|title| format!("  {}", title.clip(TITLE_COLUMNS))).unwrap_or_default();
    let mut out =
        format!("  {} {}  {severity}{title}\n", if is_open(triage) { '!' } else { '·' }, one.id.screen());
    let _ = writeln!(out, "      {by}; {version}");
    let _ = match triage {
        None => writeln!(out, "      not triaged  [{} feed {}]", one.kind.word(), short(&one.feed)),
        Some(said) => writeln!(
            out,
            "      {}: {} ({}, record {})  [{} feed {}]",
            said.triage.state.word(),
            said.triage.reason.screen(),
            said.triage.by.screen(),
            said.record,
            one.kind.word(),
            short(&one.feed)
        ),
    };
    out
}

/// What was recorded of a match.
pub fn triaged(found: &Match, said: &Triaged) -> String {
    format!("✓ recorded\n{}\n{}", found.model.screen(), line(found, Some(said)))
}

/// The ids that do not stand.
pub fn lint(lint: &Lint) -> String {
    let mut out: String = lint.findings.iter().map(finding).collect();
    for missing in &lint.not_checked {
        let _ = writeln!(
            out,
            "? {} not checked: {} is not imported",
            count(missing.ids, "id"),
            missing.kind.name()
        );
    }
    let glyph = if lint.findings.is_empty() { '✓' } else { '✗' };
    if lint.checked > 0 {
        let _ = writeln!(
            out,
            "{glyph} {} checked, {}",
            count(lint.checked, "id"),
            count(lint.findings.len(), "finding")
        );
    }
    out
}

fn finding(finding: &LintFinding) -> String {
    let cited = &finding.cited;
    let versions: Vec<String> = finding.versions.iter().map(Untrusted::screen).collect();
    let versions = if versions.is_empty() { "(version unknown)".to_owned() } else { versions.join(", ") };
    let what = match finding.fault {
        LintFault::Unknown => match &finding.near {
            Some(near) => {
                format!("unknown to {} {versions}; did you mean {}?", cited.kind.name(), near.screen())
            }
            None => format!("unknown to {} {versions}", cited.kind.name()),
        },
        LintFault::OtherVersion => {
            let of = cited.version.as_ref().map(|version| format!("of version {}, ", version.screen()));
            format!("{}imported is {} {versions}", of.unwrap_or_default(), cited.kind.name())
        }
    };
    let feeds: Vec<String> = finding.feeds.iter().map(short).collect();
    format!("✗ {}  {}: {what}  [feed {}]\n", cited.place.screen(), cited.id.screen(), feeds.join(", "))
}

fn many(many: usize, one: &str, more: &str) -> String {
    format!("{many} {}", if many == 1 { one } else { more })
}

fn version(version: Option<&Untrusted>) -> String {
    version.map_or_else(|| "–".to_owned(), Untrusted::screen)
}

fn short(digest: &impl ToString) -> String {
    digest.to_string().chars().take(SHORT).collect()
}
