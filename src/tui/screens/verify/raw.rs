//! The document itself: the bundle's JSON written out, then what was signed; only the lines in sight are built.

use super::shown::{Shown, foot};
use crate::text::size;
use crate::tui::screens::digests::digest;
use crate::tui::screens::paint::{Pen, lines, wrap};
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The first line of the last page: only as many lines are looked at as fit one.
fn furthest(total: usize, height: usize, rows: &dyn Fn(usize) -> usize) -> usize {
    let mut used = 0;
    for place in (0..total).rev() {
        used += rows(place);
        if used > height {
            return (place + 1).min(total.saturating_sub(1));
        }
    }
    0
}

/// Rows that a line takes at most.
fn rows_of(line: &str, columns: usize) -> usize {
    if line.len() <= columns {
        return 1;
    }
    let indent = line.len() - line.trim_start().len();
    2 + line.len() / columns.saturating_sub(indent).max(8)
}

/// Draws it; gives how far it can be scrolled.
pub(super) fn draw(shown: &Shown<'_>, pen: Pen<'_>, frame: &mut Frame<'_>, body: Rect, area: Rect) -> usize {
    let anatomy = match shown.read(pen) {
        Ok(anatomy) => anatomy,
        Err(text) => {
            lines(frame, body, &text, 0);
            return 0;
        }
    };
    let raw = &anatomy.raw;
    let mut head = Vec::new();
    if raw.digest.is_empty() {
        head.push(pen.line(Role::Unknown, "? there is no signature to show"));
    } else {
        head.extend(digest(pen, "sha256    ", &raw.digest, shown.columns));
        let said = format!("{} · as it was when it was verified", size(raw.bytes));
        head.push(pen.line(Role::Muted, said));
    }
    if let Some(left_out) = &raw.left_out {
        head.push(pen.line(Role::Warn, format!("! {left_out}")));
    }
    if let Some(fault) = &anatomy.fault {
        let mark = vec![pen.span(Role::Fail, "✗ ")];
        head.extend(pen.wrapped(mark, Role::Text, &fault.screen(), shown.columns));
    }
    let columns = shown.columns.max(8);
    let payload = (!raw.payload.is_empty()).then_some("what was signed (the payload, decoded):");
    let total = head.len() + raw.lines.len() + payload.map_or(0, |_| raw.payload.len() + 2);
    let furthest = furthest(total, usize::from(body.height), &|place| match place.checked_sub(head.len()) {
        None => 1,
        Some(place) => match place.checked_sub(raw.lines.len()) {
            None => raw.lines.get(place).map_or(1, |line| rows_of(line.raw(), columns)),
            Some(after) => {
                let line = after.checked_sub(2).and_then(|after| raw.payload.get(after));
                line.map_or(1, |line| rows_of(line.raw(), columns))
            }
        },
    });
    let first = shown.app.scroll.min(furthest);
    let mut text: Vec<Line<'_>> = Vec::new();
    let mut at = first;
    while text.len() < usize::from(body.height) && at < total {
        let place = at;
        at += 1;
        if let Some(line) = head.get(place) {
            text.push(line.clone());
            continue;
        }
        let place = place - head.len();
        let line = match raw.lines.get(place) {
            Some(line) => Some(line),
            None => match place - raw.lines.len() {
                0 => None,
                1 => {
                    text.push(pen.line(Role::Title, payload.unwrap_or_default()));
                    continue;
                }
                after => raw.payload.get(after - 2),
            },
        };
        let Some(line) = line else {
            text.push(Line::default());
            continue;
        };
        let safe = crate::text::screen(line.raw());
        let indent = safe.len() - safe.trim_start().len();
        for piece in wrap(safe.trim_start(), columns.saturating_sub(indent)) {
            text.push(pen.line(Role::Text, format!("{}{piece}", " ".repeat(indent.min(columns / 2)))));
        }
    }
    lines(frame, body, &text, 0);
    if furthest > 0 {
        foot(pen, frame, area, &format!("line {} of {total}", first + 1));
    }
    furthest
}
