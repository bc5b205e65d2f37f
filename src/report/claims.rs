//! Claims as text: what each says, whose it is, and what became of it.

use super::text::{Row, table};
use crate::attest::{
    About, AppendedClaims, Change, FormedClaim, History, Judged, PredicateKind, Registry, UnknownLine,
    UnreadClaims, Validity,
};
use crate::error::Result;
use crate::signing::{Method, Outcome, RootDigest};
use crate::text::{self, Untrusted, count};
use std::fmt::Write;

/// As much of an identity as fits into a row.
const SIGNER_COLUMNS: usize = 60;
const PREDICATE_COLUMNS: usize = 60;
/// More differences than this are counted instead of listed.
const MANY: usize = 100;

fn status(outcome: Outcome) -> String {
    format!("{} {}", outcome.glyph(), outcome.word())
}

fn stands(file: Option<&Untrusted>, line: usize) -> String {
    file.map_or_else(|| format!("line {line}"), |file| format!("{} line {line}", file.clip(40)))
}

/// Its kind, or why it cannot count regardless of the signer.
fn validity(validity: &Validity, kind: Option<PredicateKind>) -> String {
    match validity {
        Validity::Valid => kind.map(|kind| kind.word().to_owned()).unwrap_or_default(),
        Validity::Unknown => "unknown predicate".to_owned(),
        Validity::Invalid(faults) => {
            let more = faults.len().saturating_sub(1);
            let more = if more == 0 { String::new() } else { format!(" and {}", count(more, "more fault")) };
            let first = faults.first().map(|fault| format!("{} {}", fault.path.clip(60), fault.what.words()));
            format!("invalid: {}{more}", first.unwrap_or_default())
        }
    }
}

/// The signer and how far to believe it.
fn signer(judged: &Judged, columns: usize) -> String {
    let claimed = judged.claim.signer.as_ref();
    let Some(signer) = judged.signer.as_ref().or(claimed) else { return "no signer named".to_owned() };
    let hint = if signer.method == Method::Key && signer.fingerprint.is_none() { "key hint " } else { "" };
    let proven = if judged.signer.is_some() { "" } else { " (claimed)" };
    format!("{hint}{}{proven}", signer.subject.clip(columns))
}

fn about(judged: &Judged) -> String {
    let digest = judged.claim.subjects.first().map(|digest| digest.clip(13)).unwrap_or_default();
    match judged.claim.subjects.len() {
        0 => "names no digest".to_owned(),
        1 => format!("{} {digest}", judged.about.words()),
        many => format!("{} {digest} and {} more", judged.about.words(), many - 1),
    }
}

/// All lines of a file of claims.
pub fn claims(
    place: &str,
    root: Option<RootDigest>,
    (judged, unknown, unread): (&[Judged], &[UnknownLine], &[UnreadClaims]),
) -> String {
    if judged.is_empty() && unknown.is_empty() && unread.is_empty() {
        return format!("· none  no claims in {place}\n");
    }
    let mut out =
        format!("{place}  {}, {}\n", count(judged.len(), "claim"), count(unknown.len(), "unknown line"));
    if let Some(root) = root {
        let _ = writeln!(out, "  root digest of the model  {root}");
    }
    let mut lines: Vec<((Option<Untrusted>, usize), Row)> = judged
        .iter()
        .map(|judged| {
            let row = vec![
                status(judged.outcome),
                stands(judged.claim.file.as_ref(), judged.claim.line),
                judged.claim.predicate_type.clip(PREDICATE_COLUMNS),
                about(judged),
                signer(judged, SIGNER_COLUMNS),
                judged.because.as_ref().map(|check| check.code.to_string()).unwrap_or_default(),
                validity(&judged.validity, judged.kind),
            ];
            ((judged.claim.file.clone(), judged.claim.line), row)
        })
        .chain(unknown.iter().map(|line| {
            let row = vec![
                status(Outcome::NotApplicable),
                stands(line.file.as_ref(), line.line),
                format!("no claim: {}", text::screen(&line.fault)),
            ];
            ((line.file.clone(), line.line), row)
        }))
        .collect();
    lines.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut rows: Vec<Row> = lines.into_iter().map(|(_, row)| row).collect();
    rows.extend(unread.iter().map(|file| {
        let name = file.file.as_ref().map_or_else(|| "claims.jsonl".to_owned(), |file| file.clip(40));
        vec![status(Outcome::Unknown), name, format!("not read: {}", file.words)]
    }));
    out.push_str(&table(&rows));
    let counted = judged.iter().filter(|judged| judged.counts()).count();
    if judged.iter().any(|judged| judged.about != About::Unknown) {
        let _ = writeln!(
            out,
            "{counted} of them {}: about this model, valid, by a proven and expected signer",
            if counted == 1 { "counts" } else { "count" }
        );
    }
    out
}

/// Whole statements.
///
/// # Errors
/// `E-MALFORMED`.
pub fn statements(judged: &[&Judged]) -> Result<String> {
    let mut out = String::new();
    for judged in judged {
        let claim = &judged.claim;
        let _ = writeln!(
            out,
            "{}  {}  {}\n  signer     {}",
            status(judged.outcome),
            stands(claim.file.as_ref(), claim.line),
            claim.predicate_type.screen(),
            signer(judged, usize::MAX)
        );
        if let Some(issuer) = judged.signer.as_ref().or(claim.signer.as_ref()).and_then(|s| s.issuer.as_ref())
        {
            let _ = writeln!(out, "  issuer     {}", issuer.screen());
        }
        if let Some(check) = &judged.because {
            let _ = writeln!(out, "  because    {} {}", check.code, check.words().summary);
        }
        for cosigner in judged.cosigners.iter().filter_map(|one| one.signer.as_ref()) {
            let _ = writeln!(out, "  and        {}", cosigner.subject.screen());
        }
        if let Some(known) = Registry::bundled().of(claim.predicate_type.raw()) {
            let (title, standing) = (&known.title, known.standing.word());
            let _ = writeln!(out, "  kind       {}: {title} ({standing})", known.kind.word());
        }
        match &judged.validity {
            Validity::Valid => {}
            Validity::Unknown => {
                let _ = writeln!(out, "  kind       unknown: shown, never counted");
            }
            Validity::Invalid(faults) => {
                for fault in faults {
                    let _ = writeln!(out, "  invalid    {} {}", fault.path.screen(), fault.what.words());
                }
            }
        }
        for (label, value) in judged.says() {
            let _ = writeln!(out, "  {label:<18} {}", value.screen());
        }
        let statement = crate::json::to_string(&claim.statement()?).unwrap_or_default();
        let _ = writeln!(out, "{statement}\n");
    }
    Ok(out)
}

/// What was appended, and what was there already.
pub fn appended(place: &str, appended: &AppendedClaims) -> String {
    let mut out = format!("✓ appended  {} to {place}\n", count(appended.appended.added(), "claim"));
    if let Some(root) = appended.root {
        let _ = writeln!(out, "  root digest of the model  {root}");
    }
    let rows: Vec<Row> = appended
        .each()
        .map(|(file, one, line, already)| {
            let word = if already { "! already there" } else { "  line" };
            let mut row = vec![format!("{word}  {line}"), from(file, one.formed.claim.line, appended)];
            row.extend(what(&one.formed));
            // Of a file of claims alone nobody knows whose claims they should be.
            row.extend((one.about != About::Unknown).then(|| one.about.words().to_owned()));
            row
        })
        .collect();
    out.push_str(&table(&rows));
    for file in &appended.in_model {
        let _ = writeln!(
            out,
            "! {} is in the model's folder and not signed: remove it, its claims are in {place}",
            file.screen()
        );
    }
    out
}

fn from(file: &Untrusted, line: usize, appended: &AppendedClaims) -> String {
    let is_one = appended.received.iter().any(|one| one.name == *file && one.claims.len() == 1);
    if is_one { file.screen() } else { format!("{} line {line}", file.screen()) }
}

/// What a claim is, before anything of it is proven.
fn what(formed: &FormedClaim) -> [String; 3] {
    [
        formed.form.words().to_owned(),
        formed.claim.predicate_type.clip(PREDICATE_COLUMNS),
        validity(&formed.validity, formed.kind),
    ]
}

/// The claims of a file by their form and schema alone.
pub fn form(place: &str, claims: &[FormedClaim], unknown: &[UnknownLine]) -> String {
    if claims.is_empty() && unknown.is_empty() {
        return format!("? missing  no claims in {place}\n");
    }
    let mut lines: Vec<(usize, Row)> = Vec::new();
    for formed in claims {
        let outcome = match formed.validity {
            Validity::Valid => Outcome::Pass,
            Validity::Unknown => Outcome::Unknown,
            Validity::Invalid(_) => Outcome::Fail,
        };
        let claim = &formed.claim;
        let mut row = vec![status(outcome), format!("line {}", claim.line)];
        row.extend(what(formed));
        let subject = claim.subjects.first().map(|digest| format!("about {}", digest.clip(13)));
        row.push(match claim.subjects.len() {
            0 | 1 => subject.unwrap_or_else(|| "names no SHA-256".to_owned()),
            many => format!("{} and {} more", subject.unwrap_or_default(), many - 1),
        });
        row.push(match &claim.signer {
            Some(signer) => format!("{} (claimed)", signer.subject.clip(SIGNER_COLUMNS)),
            None => "no signer named".to_owned(),
        });
        lines.push((claim.line, row));
    }
    for line in unknown {
        let what = format!("not a claim: {}", text::screen(&line.fault));
        lines.push((line.line, vec![status(Outcome::Fail), format!("line {}", line.line), what]));
    }
    lines.sort_by_key(|(line, _)| *line);
    let mut out = format!(
        "{place}  {}, {}\n{}",
        count(claims.len(), "claim"),
        count(unknown.len(), "unknown line"),
        table(&lines.into_iter().map(|(_, row)| row).collect::<Vec<_>>())
    );
    for formed in claims {
        let Validity::Invalid(faults) = &formed.validity else { continue };
        for fault in faults {
            let (path, what) = (fault.path.screen(), fault.what.words());
            let _ = writeln!(out, "  line {}: {path} {what}", formed.claim.line);
        }
    }
    out.push_str(
        "Only form and schema were checked; `touchmark claims list MODEL` says whose claims count\n",
    );
    out
}

/// Whether a file was only appended to, and what was done to it instead.
pub fn history(history: &History) -> String {
    if history.is_append_only() {
        return format!(
            "✓ pass  append-only: all {} lines are as they were, {} lines were appended\n",
            history.old, history.appended
        );
    }
    let many = history.differences.len();
    let mut out =
        format!("✗ FAIL  not append-only: {many} differences, {} lines appended\n", history.appended);
    for difference in history.differences.iter().take(MANY) {
        let line = difference.line;
        let _ = match difference.change {
            Change::Changed => writeln!(out, "  line {line} was changed"),
            Change::Removed => writeln!(out, "  line {line} was removed"),
            Change::Moved { to } => writeln!(out, "  line {line} was moved to line {to}"),
            Change::Inserted => writeln!(out, "  line {line} of the new file was inserted before old lines"),
        };
    }
    if many > MANY {
        let _ = writeln!(out, "  and {} more", many - MANY);
    }
    out
}
