//! The certificates from the one that signed to the trusted one, against the time that counts. What the bundle brings is
//! a claim until CHAIN passes.

use super::shown::{Shown, held, labelled};
use crate::signing::{CertificateFrom, CertificateLine, CertificateSeen, Outcome, Stage};
use crate::text::count;
use crate::tui::screens::digests::digest;
use crate::tui::screens::paint::{Pen, fit, outcome_role};
use crate::tui::theme::Role;
use jiff::Timestamp;
use ratatui::text::{Line, Span};

const LABEL: usize = 13;
const SHOWN_NAMES: usize = 20;

pub(super) fn lines(shown: &Shown<'_>, pen: Pen<'_>) -> Vec<Line<'static>> {
    let v = shown.v();
    let columns = shown.columns;
    let mut out = Vec::new();
    for stage in [Stage::Trust, Stage::Signature, Stage::Chain] {
        let check = v.check(stage).filter(|check| stage == Stage::Chain || !passes(check.outcome));
        let Some(check) = check else { continue };
        let status = fit(&format!("{} {}", check.outcome.glyph(), check.outcome.word()), 10);
        let head =
            vec![pen.span(outcome_role(check.outcome), status), pen.span(Role::Title, fit(stage.name(), 10))];
        out.extend(pen.wrapped(head, Role::Text, &crate::text::screen(&v.words_of(check).summary), columns));
    }
    let (at, says) = match &v.signed_at {
        Some((at, source)) => (*at, format!("signed {}, says {}", at.strftime("%F %T UTC"), source.words())),
        None => {
            let at = shown.view.at;
            (at, format!("no trusted signing time: judged as of {}", at.strftime("%F %T UTC")))
        }
    };
    labelled(pen, &mut out, "time", &says, Role::Text, columns);
    labelled(pen, &mut out, "anchor", &anchor(shown), Role::Text, columns);
    let anatomy = match shown.apart(pen) {
        Ok(anatomy) => anatomy,
        Err(text) => {
            out.extend(text);
            return out;
        }
    };
    if anatomy.certificates.is_empty() {
        out.push(pen.line(Role::NotApplicable, "· signed with a bare key: there are no certificates"));
        for (label, value) in &anatomy.key {
            labelled(pen, &mut out, label, &value.screen(), Role::Text, columns);
        }
        let why = "The hint only names a key. What counts is the key of the anchor.";
        out.extend(pen.wrapped(Vec::new(), Role::Muted, why, columns));
        return out;
    }
    let is_held = v.outcome_of(Stage::Chain) == Outcome::Pass;
    let says = ("proven: each certificate is signed by the next one", "claimed: from the bundle, not proven");
    held(pen, &mut out, is_held, says, columns);
    let path = anatomy.certificates.iter().filter(|one| one.on_path).count();
    for (place, one) in anatomy.certificates.iter().enumerate() {
        if place == path {
            out.push(Line::default());
            let text = format!(
                "{} in the bundle that no path uses",
                count(anatomy.certificates.len() - path, "certificate")
            );
            out.push(pen.line(Role::Warn, format!("! {text}")));
        }
        out.push(Line::default());
        let role = match (place, one.on_path) {
            (_, false) => "beside the path",
            (0, _) => "signer",
            (place, _) if place + 1 == path => "top",
            _ => "intermediate",
        };
        certificate(one, (place, role), at, shown, pen, &mut out);
    }
    let top = anatomy.certificates.iter().rfind(|one| one.on_path);
    if let Some(top) = top.filter(|top| top.from == CertificateFrom::Bundle) {
        out.push(Line::default());
        let text = format!("the path ends here: no trusted anchor is named {}", top.issuer.screen());
        out.extend(pen.wrapped(vec![pen.span(Role::Fail, "✗ ")], Role::Text, &text, columns));
    }
    out
}

fn passes(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::NotApplicable)
}

fn anchor(shown: &Shown<'_>) -> String {
    match &shown.v().anchor {
        Some(anchor) => {
            let age = anchor.age_days.map(|days| format!(", {days} days old")).unwrap_or_default();
            format!("{} from {}{age}", crate::text::screen(&anchor.name), crate::text::screen(&anchor.origin))
        }
        None => "none answers for this signature".to_owned(),
    }
}

fn certificate(
    one: &CertificateSeen,
    (place, role): (usize, &str),
    at: Timestamp,
    shown: &Shown<'_>,
    pen: Pen<'_>,
    out: &mut Vec<Line<'static>>,
) {
    let columns = shown.columns;
    let (glyph, glyph_role) = match (&one.problem, &one.fault) {
        (None, None) => ("●", Role::Accent),
        _ => ("✗", Role::Fail),
    };
    let from = match &one.from {
        CertificateFrom::Bundle => "brought by the bundle".to_owned(),
        CertificateFrom::Anchor(name) => format!("trusted: anchor {}", name.screen()),
    };
    out.push(Line::from(vec![
        pen.span(glyph_role, format!("{glyph} {}. ", place + 1)),
        pen.span(Role::Title, role.to_owned()),
        pen.span(Role::Muted, format!("  {from}")),
    ]));
    if let Some(fault) = &one.fault {
        out.extend(pen.wrapped(vec![pen.span(Role::Fail, "✗ ")], Role::Text, &fault.screen(), columns));
        return;
    }
    let problem =
        |line: CertificateLine| one.problem.as_ref().filter(|(at, _)| *at == line).map(|(_, text)| text);
    let mut row = |line: CertificateLine, label: &str, value: String| {
        let told = problem(line);
        let role = if told.is_some() { Role::Fail } else { Role::Text };
        let mark = if told.is_some() { "✗ " } else { "  " };
        let head: Vec<Span<'static>> =
            vec![pen.span(Role::Fail, mark), pen.span(Role::Muted, fit(label, LABEL))];
        out.extend(pen.wrapped(head, role, &value, columns));
        if let (CertificateLine::Validity, Some(valid)) = (line, one.valid) {
            out.extend(time_bar(valid, at, columns.saturating_sub(LABEL + 2), pen));
        }
        if let Some(text) = told {
            let head = vec![Span::raw(" ".repeat(LABEL + 2)), pen.span(Role::Fail, "↑ ")];
            out.extend(pen.wrapped(head, Role::Fail, &text.screen(), columns));
        }
    };
    let subject = one.subject.screen();
    row(
        CertificateLine::Subject,
        "subject",
        if subject.is_empty() { "no subject name".to_owned() } else { subject },
    );
    if let Some((from, to)) = one.valid {
        row(CertificateLine::Validity, "valid", format!("{} to {}", day(from), day(to)));
    }
    let self_signed = if one.subject == one.issuer { "  (itself)" } else { "" };
    row(CertificateLine::Issuer, "issuer", format!("{}{self_signed}", one.issuer.screen()));
    row(CertificateLine::Serial, "serial", one.serial.clone());
    row(CertificateLine::Key, "key", crate::text::screen(&one.key));
    let may_issue = match one.authority {
        None => String::new(),
        Some(None) => " · may issue others".to_owned(),
        Some(Some(below)) => format!(" · may issue others, at most {below} deep"),
    };
    let usage = if one.usages.is_empty() { "none named".to_owned() } else { one.usages.join(", ") };
    row(CertificateLine::Usage, "usage", crate::text::screen(&(usage + &may_issue)));
    let names: Vec<String> = one.names.iter().take(SHOWN_NAMES).map(|name| name.screen()).collect();
    let more = one.names.len().saturating_sub(SHOWN_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") + &more };
    row(CertificateLine::Names, "names", names);
    out.extend(digest(pen, &fit("  sha256", LABEL + 2), &one.digest, columns));
}

fn day(at: Timestamp) -> String {
    if at == Timestamp::MAX { "no end".to_owned() } else { at.strftime("%F %T UTC").to_string() }
}

/// The validity as a bar, with a mark at the time that counts.
fn time_bar(
    (from, to): (Timestamp, Timestamp),
    at: Timestamp,
    columns: usize,
    pen: Pen<'_>,
) -> Vec<Line<'static>> {
    const MOST: usize = 48;
    let cells = columns.min(MOST);
    if cells < 16 || to <= from {
        return Vec::new();
    }
    let seconds = |time: Timestamp| i128::from(time.as_second());
    // What has no end is drawn to a while after the time that counts.
    let to = if to == Timestamp::MAX { seconds(at).max(seconds(from)) + 86_400 * 365 } else { seconds(to) };
    let (from, at) = (seconds(from), seconds(at));
    let (start, end) = (from.min(at), to.max(at));
    let length = (end - start).max(1);
    let last = i128::try_from(cells).unwrap_or(1) - 1;
    let cell = |time: i128| usize::try_from((time - start) * last / length).unwrap_or(0);
    let inside = (from..=to).contains(&at);
    let (first, ended, marked) = (cell(from), cell(to), cell(at));
    let mark_role = if inside { Role::Pass } else { Role::Fail };
    let mut spans = vec![Span::raw(" ".repeat(LABEL + 2))];
    for at in 0..cells {
        spans.push(if at == marked {
            pen.span(mark_role, "┃")
        } else if (first..=ended).contains(&at) {
            pen.span(Role::Accent, "━")
        } else {
            pen.span(Role::Muted, "·")
        });
    }
    let words = match inside {
        true => " ✓ valid at that time",
        false if at < from => " ✗ not valid yet at that time",
        false => " ✗ had ended by that time",
    };
    let mut out = vec![Line::from(spans)];
    let head = vec![Span::raw(" ".repeat(LABEL + 1))];
    out.extend(pen.wrapped(head, mark_role, words.trim_start(), columns + LABEL + 2));
    out
}
