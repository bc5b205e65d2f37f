//! What a command of the command line printed: its lines as they came, broken where they are too long, and how it
//! ended.

use crate::commands::Cmd;
use crate::text::clip;
use crate::tui::screens::paint::{Pane, Pen, bounded, lines};
use crate::tui::state::app::App;
use crate::tui::state::outputs::{Output, Printed};
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use unicode_segmentation::UnicodeSegmentation;

/// The glyphs that begin a line with a status.
const STATUS: [(&str, Role); 5] = [
    ("✓", Role::Pass),
    ("✗", Role::Fail),
    ("!", Role::Warn),
    ("?", Role::Unknown),
    ("·", Role::NotApplicable),
];

/// Draws it; gives how far it can be scrolled.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Option<usize> {
    let Some(output) = app.outputs.shown() else {
        let inside = pen.boxed(frame, area, app.screen.word());
        let text = format!(
            " no command has run yet: type one after {}, such as `gate` or `ledger show`",
            app.key_of(Cmd::Palette)
        );
        lines(frame, inside, &[pen.line(Role::Muted, text)], 0);
        return None;
    };
    let (at, all) = app.outputs.place();
    let place = if all > 1 { format!("{at} of {all}") } else { String::new() };
    let title = format!("Output · touchmark {}", output.asked.line);
    let inside = pen.pane(frame, area, &Pane { title: &title, note: &place, focused: true });
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    lines(frame, head, &[state(app, output, pen)], 0);
    let columns = usize::from(body.width.saturating_sub(2)).max(1);
    let rows = output.rows(columns) + usize::from(output.is_cut || output.lines.is_empty());
    let (first, furthest) = bounded(app.scroll, rows, body.height);
    let shown = in_sight(output, columns, first, usize::from(body.height), pen);
    lines(frame, body, &shown, 0);
    Some(furthest)
}

/// How it ended, or how to end it.
fn state(app: &App, output: &Output, pen: Pen<'_>) -> Line<'static> {
    match &output.ended {
        None => pen.line(Role::Accent, format!(" … running · {} cancels", app.key_of(Cmd::Cancel))),
        Some(ended) if ended.is_good() => pen.line(Role::Pass, format!(" ✓ {}", ended.words())),
        Some(ended) => pen.line(Role::Warn, format!(" ! {}", ended.words())),
    }
}

/// The rows in sight, and no others.
fn in_sight(
    output: &Output,
    columns: usize,
    first: usize,
    height: usize,
    pen: Pen<'_>,
) -> Vec<Line<'static>> {
    let mut shown = Vec::new();
    let mut row = 0;
    for line in &output.lines {
        let rows = line.rows(columns);
        if row + rows > first {
            let pieces = broken(line, columns);
            let skip = first.saturating_sub(row);
            shown.extend(
                pieces
                    .into_iter()
                    .skip(skip)
                    .enumerate()
                    .map(|(at, piece)| coloured(line, piece, at + skip == 0, pen)),
            );
        }
        row += rows;
        if shown.len() >= height {
            return shown;
        }
    }
    if output.is_cut {
        shown.push(
            pen.line(Role::Warn, " … more was printed than is kept here: run it in a shell to see all"),
        );
    } else if output.lines.is_empty() {
        let text = if output.ended.is_some() { " it printed nothing" } else { " nothing printed yet" };
        shown.push(pen.line(Role::Muted, text));
    }
    shown
}

/// A line in pieces of a width.
fn broken(line: &Printed, columns: usize) -> Vec<String> {
    if line.cells <= columns {
        return vec![line.text.clone()];
    }
    let (mut pieces, mut piece, mut cells) = (Vec::new(), String::new(), 0);
    for grapheme in line.text.graphemes(true) {
        let wide = crate::text::width(grapheme);
        if cells + wide > columns && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            cells = 0;
        }
        piece.push_str(grapheme);
        cells += wide;
    }
    pieces.push(piece);
    // Wide characters may need a row more than was counted: what is counted is what is drawn.
    let rows = line.rows(columns);
    if pieces.len() > rows {
        let rest = pieces.split_off(rows - 1).concat();
        pieces.push(clip(&rest, columns));
    }
    pieces
}

/// The status at the head of a line has its colour, as on the command line.
fn coloured(line: &Printed, piece: String, is_head: bool, pen: Pen<'_>) -> Line<'static> {
    let ground = if line.is_aside { Role::Muted } else { Role::Text };
    let body = piece.trim_start();
    let status =
        STATUS.iter().find(|(glyph, _)| body.strip_prefix(glyph).is_some_and(|rest| rest.starts_with(' ')));
    let status = status.filter(|_| is_head);
    let error = is_head && line.is_aside && body.starts_with("error");
    match status {
        Some((_, role)) => {
            let indent = piece.len() - body.len();
            let word = body.split(' ').take(2).map(|part| part.len() + 1).sum::<usize>().min(body.len());
            let (head, tail) = piece.split_at_checked(indent + word).unwrap_or((&piece, ""));
            Line::from(vec![pen.span(*role, format!(" {head}")), pen.span(ground, tail.to_owned())])
        }
        None => pen.line(if error { Role::Error } else { ground }, format!(" {piece}")),
    }
}
