//! Who signed, against who was expected: the part that differs is marked, and letters that can be taken for others are
//! named.

use super::shown::{Shown, held, labelled};
use crate::signing::{Check, Identity, IdentityWhy, NameDifference, Outcome, SignerWhy, Stage, Why};
use crate::tui::screens::digests::{digest, mark};
use crate::tui::screens::paint::{Pen, fit, outcome_role};
use crate::tui::theme::Role;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

const LABEL: usize = 15;
/// Letters that are named one by one.
const SHOWN_LETTERS: usize = 12;

pub(super) fn lines(shown: &Shown<'_>, pen: Pen<'_>) -> Vec<Line<'static>> {
    let v = shown.v();
    let columns = shown.columns;
    let mut out = Vec::new();
    let check = v.check(Stage::Identity);
    if let Some(check) = check {
        let head = vec![pen.outcome(check.outcome), pen.span(outcome_role(check.outcome), "  ")];
        let text = format!("{} ({})", crate::text::screen(&v.words_of(check).summary), check.code);
        out.extend(pen.wrapped(head, Role::Title, &text, columns));
        out.push(Line::default());
    }
    match check.and_then(difference) {
        Some(difference) => out.extend(beside(difference, pen, columns)),
        None => {
            let words = check.map(|check| v.words_of(check));
            let expected = words.as_ref().and_then(|words| words.expected.as_ref()).map(|text| text.screen());
            let expected = expected.unwrap_or_else(|| "the policy does not say".to_owned());
            labelled(pen, &mut out, "expected", &expected, Role::Text, columns);
            let found = v.signer.as_ref().map(|signer| signer.subject.screen());
            let role = if check.is_some_and(|check| check.outcome == Outcome::Fail) {
                Role::Fail
            } else {
                Role::Text
            };
            labelled(pen, &mut out, "found", &found.unwrap_or_else(|| "no signer".to_owned()), role, columns);
        }
    }
    out.push(Line::default());
    match &v.signer {
        None => out.push(pen.line(Role::Unknown, "? the bundle names no signer that could be read")),
        Some(signer) => {
            let says = (
                "attested: the signature proves that this identity signed",
                "claimed by the bundle, not proven",
            );
            held(pen, &mut out, v.signer_proven(), says, columns);
            labelled(pen, &mut out, "signer", &signer.subject.screen(), Role::Text, columns);
            rest(signer, shown, pen, &mut out);
        }
    }
    let signed = match &v.signed_at {
        Some((at, source)) => format!("{}, says {}", at.strftime("%F %T UTC"), source.words()),
        None => "no trusted signing time".to_owned(),
    };
    labelled(pen, &mut out, "signed at", &signed, Role::Text, columns);
    if let Some(log) = &v.log {
        let entry = format!("{} of log {}", log.index, log.log_id.screen());
        labelled(pen, &mut out, "log entry", &entry, Role::Text, columns);
    }
    if let Some(check) = check {
        for detail in &v.words_of(check).details {
            out.extend(pen.wrapped(vec![pen.span(Role::Muted, "· ")], Role::Text, &detail.screen(), columns));
        }
    }
    out
}

fn rest(signer: &Identity, shown: &Shown<'_>, pen: Pen<'_>, out: &mut Vec<Line<'static>>) {
    let columns = shown.columns;
    if let Some(issuer) = &signer.issuer {
        labelled(pen, out, "issuer", &issuer.screen(), Role::Text, columns);
    }
    if let Some(fingerprint) = &signer.fingerprint {
        match fingerprint.strip_prefix("sha256:") {
            Some(hex) => out.extend(digest(pen, &fit("key sha256", LABEL), hex, columns)),
            None => labelled(pen, out, "key", &crate::text::screen(fingerprint), Role::Text, columns),
        }
    }
    labelled(pen, out, "method", signer.method.as_str(), Role::Text, columns);
    for (name, text) in [("subject", Some(&signer.subject)), ("issuer", signer.issuer.as_ref())] {
        let Some(text) = text.filter(|text| !text.raw().is_ascii() || text.is_hostile()) else { continue };
        let odd: Vec<char> = text.raw().chars().filter(|c| !matches!(c, ' '..='~')).collect();
        let named: Vec<String> = odd
            .iter()
            .take(SHOWN_LETTERS)
            .map(|c| format!("{} U+{:04X}", crate::text::screen(&c.to_string()), u32::from(*c)))
            .collect();
        let more = odd.len().saturating_sub(SHOWN_LETTERS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let mixed = if crate::inventory::letters::is_mixed(text.raw()) {
            ", and mixes scripts in one word"
        } else {
            ""
        };
        let said = format!(
            "the {name} holds characters that can be mistaken for others{mixed}: {}{more}",
            named.join(", ")
        );
        out.extend(pen.wrapped(vec![pen.span(Role::Warn, "! ")], Role::Text, &said, columns));
    }
}

/// The one part that is not as expected, where it is one.
fn difference(check: &Check) -> Option<&NameDifference> {
    match &check.why {
        Why::Identity(why) => match &**why {
            IdentityWhy::Other { difference, .. } => difference.as_ref(),
            _ => None,
        },
        Why::Signer(why) => match &**why {
            SignerWhy::Mismatch { difference, .. } => difference.as_ref(),
            _ => None,
        },
        _ => None,
    }
}

/// Expected over found, with the letters that differ in reverse. What is the same at the end is the same, too.
fn beside(difference: &NameDifference, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let (expected, found) = (difference.expected.screen(), difference.found.screen());
    let one: Vec<&str> = expected.graphemes(true).collect();
    let other: Vec<&str> = found.graphemes(true).collect();
    let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let rest = one.len().min(other.len()).saturating_sub(start);
    let end = one.iter().rev().zip(other.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let mut out = Vec::new();
    for (label, letters) in [("expected", &one), ("found", &other)] {
        let is_found = label == "found";
        let differs = |at: usize| at >= start && at < letters.len() - end;
        let room = columns.saturating_sub(LABEL).max(8);
        for (row, chunk) in rows(letters, room).into_iter().enumerate() {
            let head = if row == 0 { fit(label, LABEL) } else { " ".repeat(LABEL) };
            let mut spans: Vec<Span<'static>> = vec![pen.span(Role::Muted, head)];
            for (at, letter) in chunk {
                spans.push(match differs(at) {
                    true if is_found => mark(pen, letter.to_owned(), true),
                    true => pen.span(Role::Accent, letter.to_owned()),
                    false => pen.span(Role::Text, letter.to_owned()),
                });
            }
            out.push(Line::from(spans));
        }
    }
    if let Some(line) = difference.line() {
        out.extend(pen.wrapped(
            vec![pen.span(Role::Muted, fit("", LABEL))],
            Role::Muted,
            &line.screen(),
            columns,
        ));
    }
    out
}

/// Letters with their places, in rows of so many cells.
fn rows<'l>(letters: &[&'l str], room: usize) -> Vec<Vec<(usize, &'l str)>> {
    let mut out: Vec<Vec<(usize, &'l str)>> = vec![Vec::new()];
    let mut used = 0;
    for (at, letter) in letters.iter().enumerate() {
        let cells = crate::text::width(letter);
        if used + cells > room {
            out.push(Vec::new());
            used = 0;
        }
        used += cells;
        if let Some(row) = out.last_mut() {
            row.push((at, *letter));
        }
    }
    out
}
