//! Panes with a text that may be longer than they are: what is in sight, how much is not, and which key shows it.

use crate::text::{count, width};
use crate::tui::screens::paint::{Pane, Pen, bounded, lines, put};
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// A pane with a text that may be longer than it; where it is, the foot says how much and which key shows it.
pub(super) fn scrolled(
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
    (title, place): (&str, &str),
    mut text: Vec<Line<'static>>,
    scroll: Option<usize>,
) -> Option<usize> {
    let inside = framed(pen, frame, area, title, place, scroll.is_some());
    let height = usize::from(inside.height);
    if text.len() > height {
        // Empty lines are for the eye; what was found comes before them.
        text.retain(|line| line.width() > 0);
    }
    let (first, furthest) = bounded(scroll.unwrap_or(0), text.len(), inside.height);
    lines(frame, inside, &text, first);
    if furthest > 0 {
        let foot = match (scroll, text.len().saturating_sub(first + height)) {
            (None, more) => format!(" {}: Tab ", count(more, "more line")),
            (Some(_), _) => format!(" lines {}–{} of {} ", first + 1, first + height, text.len()),
        };
        let x = area.right().saturating_sub(u16::try_from(width(&foot) + 1).unwrap_or(u16::MAX));
        let y = area.bottom().saturating_sub(1);
        let columns = area.right().saturating_sub(x);
        put(frame, x.max(area.x), y, &pen.line(Role::Muted, foot), columns);
        thumb(frame, pen, area, inside, first, text.len());
    }
    scroll.map(|_| furthest)
}

/// A pane with a title at the left and where one is at the right.
pub(super) fn framed(
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    place: &str,
    is_focused: bool,
) -> Rect {
    pen.pane(frame, area, &Pane::new(title).note(place).focused(is_focused))
}

/// Where the rows in sight stand among all, on the border at the right.
pub(super) fn thumb(frame: &mut Frame<'_>, pen: Pen<'_>, area: Rect, body: Rect, first: usize, rows: usize) {
    let height = usize::from(body.height);
    if rows <= height || height == 0 {
        return;
    }
    let length = (height * height / rows).max(1);
    let start = first * (height - length) / (rows - height);
    let style = pen.theme.style(Role::Accent);
    for offset in start..start + length {
        let y = body.y.saturating_add(u16::try_from(offset).unwrap_or(u16::MAX));
        if let Some(cell) = frame.buffer_mut().cell_mut((area.right().saturating_sub(1), y)) {
            cell.set_symbol("┃");
            cell.set_fg(style.fg.unwrap_or_default());
        }
    }
}
