//! Digests in full: broken at fixed places, never cut; of two, the digits that differ stand in reverse.

use crate::text::width;
use crate::tui::screens::paint::{Pen, fit};
use crate::tui::theme::Role;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

/// Digits that stand together.
const GROUP: usize = 8;
/// Digits of a line, where there is room, and where there is not.
const WIDE: usize = 64;
const NARROW: usize = 32;
const TIGHT: usize = 16;

/// A digest behind a label.
pub fn digest(pen: Pen<'_>, label: &str, hex: &str, columns: usize) -> Vec<Line<'static>> {
    let chunks = pieces(hex, columns.saturating_sub(width(label)));
    let mut out = Vec::new();
    for (row, chunk) in chunks.into_iter().enumerate() {
        let head = if row == 0 { label.to_owned() } else { " ".repeat(width(label)) };
        out.push(Line::from(vec![pen.span(Role::Muted, head), pen.span(Role::Text, grouped(chunk))]));
    }
    out
}

/// An expected digest over the one that was found.
pub fn compared(pen: Pen<'_>, expected: &str, found: &str, columns: usize) -> Vec<Line<'static>> {
    const LABEL: usize = 10;
    let room = columns.saturating_sub(LABEL);
    let label = |name: &str| pen.span(Role::Muted, fit(name, LABEL));
    if expected.is_empty() {
        return digest(pen, &fit("found", LABEL), found, columns);
    }
    if found.is_empty() {
        let mut out = digest(pen, &fit("expected", LABEL), expected, columns);
        out.push(Line::from(vec![label("found"), pen.span(Role::Fail, "nothing: these bytes are not here")]));
        return out;
    }
    let (wanted, there) = (pieces(expected, room), pieces(found, room));
    let mut out = Vec::new();
    for at in 0..wanted.len().max(there.len()) {
        let (one, other) =
            (wanted.get(at).copied().unwrap_or_default(), there.get(at).copied().unwrap_or_default());
        let names = if at == 0 { ("expected", "found") } else { ("", "") };
        out.push(Line::from(vec![label(names.0), pen.span(Role::Text, grouped(one))]));
        let mut spans = vec![label(names.1)];
        spans.extend(differing(pen, one, other));
        out.push(Line::from(spans));
    }
    out
}

/// The second text in groups, what is not as in the first in reverse.
fn differing(pen: Pen<'_>, expected: &str, found: &str) -> Vec<Span<'static>> {
    let mut spans: Vec<(bool, String)> = Vec::new();
    let mut wanted = expected.chars();
    for (at, digit) in found.chars().enumerate() {
        let differs = wanted.next() != Some(digit);
        if at > 0 && at % GROUP == 0 {
            spans.push((false, " ".to_owned()));
        }
        match spans.last_mut() {
            Some((same, text)) if *same == differs => text.push(digit),
            _ => spans.push((differs, digit.to_string())),
        }
    }
    spans.into_iter().map(|(differs, text)| mark(pen, text, differs)).collect()
}

/// Text that differs stands in reverse.
pub fn mark(pen: Pen<'_>, text: String, differs: bool) -> Span<'static> {
    if !differs {
        return pen.span(Role::Text, text);
    }
    let span = pen.span(Role::Fail, text);
    let style = span.style.add_modifier(Modifier::REVERSED);
    span.style(style)
}

fn pieces(hex: &str, room: usize) -> Vec<&str> {
    let cells = |digits: usize| digits + digits / GROUP - 1;
    let digits = match room {
        _ if room >= cells(WIDE) => WIDE,
        _ if room >= cells(NARROW) => NARROW,
        _ => TIGHT,
    };
    let mut out = Vec::new();
    let mut rest = hex;
    while let Some((piece, after)) =
        rest.split_at_checked(digits.min(rest.len())).filter(|(piece, _)| !piece.is_empty())
    {
        out.push(piece);
        rest = after;
    }
    // What is no ASCII is no digest.
    if out.is_empty() && !hex.is_empty() { vec![hex] } else { out }
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % GROUP == 0 {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}
