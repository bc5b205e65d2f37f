//! Lineage queries drawn over a screen: the blast radius in its three groups, and a path.

use crate::inventory::ModelId;
use crate::lineage::{Chain, Link, Side};
use crate::report::asked::{blast_head, path, runs};
use crate::text::width;
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use crate::view::{Blast, BlastRow};
use crate::words::blast::{because, glyph};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::text::{Line, Span};

/// Columns and rows at most.
const SIZE: (u16, u16) = (160, 48);
/// Columns for how many deployments there are, where there are any.
const RUNS_AT: usize = 11;
/// Columns that a reason needs at least.
const REASON: usize = 20;
/// Lines about the chosen row.
const ABOUT: u16 = 5;

/// The role of a group.
fn role(side: Side) -> Role {
    match side {
        Side::Tainted => Role::Fail,
        Side::Suspect => Role::Unknown,
        Side::Clean => Role::Pass,
    }
}

/// Draws a blast radius. Only rows in sight are built.
pub(super) fn draw_blast(blast: &Blast, cursor: usize, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let title = format!("Blast radius · {} {}", blast.blamed.kind(), blast.blamed.written().screen());
    let wanted = u16::try_from(blast.rows.len()).unwrap_or(u16::MAX).saturating_add(ABOUT + 5);
    let inside = pen.popup(frame, (SIZE.0, SIZE.1.min(wanted)), &title);
    if blast.rows.is_empty() {
        lines(frame, inside, &[pen.line(Role::Muted, " not found in this workspace")], 0);
        return;
    }
    let [head, body, about] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(1), Constraint::Length(ABOUT)])
            .areas(inside);
    lines(frame, head, &[pen.line(Role::Title, format!(" {}", blast_head(blast)))], 0);
    let first = first_row(cursor, blast.rows.len(), body.height);
    let name = blast.rows.iter().map(|row| row.struck.id.raw().len()).max().unwrap_or_default();
    let runs_at = if blast.rows.iter().any(|row| !row.deployments.is_empty()) { RUNS_AT } else { 0 };
    let shown = blast.rows.iter().enumerate().skip(first).take(usize::from(body.height));
    for (y, (position, row)) in (body.y..body.bottom()).zip(shown) {
        put(
            frame,
            body.x,
            y,
            &struck(row, position == cursor, pen, (usize::from(body.width), name, runs_at)),
            body.width,
        );
        if position == cursor {
            choose(frame, pen, body, y);
        }
    }
    let Some(row) = blast.rows.get(cursor) else { return };
    let columns = usize::from(about.width);
    let mut text = vec![pen.line(Role::Border, "─".repeat(columns))];
    text.extend(pen.wrapped(
        vec![pen.span(Role::Muted, " because  ")],
        Role::Text,
        &because(&row.struck),
        columns,
    ));
    let weakest = row.struck.weakest.map_or("affected directly", Link::word);
    text.push(Line::from(vec![pen.span(Role::Muted, " weakest  "), pen.span(Role::Text, weakest)]));
    let where_to = match runs(row) {
        none if none.is_empty() => "no deployment is recorded".to_owned(),
        places => places,
    };
    text.push(Line::from(vec![pen.span(Role::Muted, " runs at  "), pen.span(Role::Text, where_to)]));
    let place = format!(" row {} of {} · Enter its family · Esc closes", cursor + 1, blast.rows.len());
    let room = usize::from(ABOUT) - 1;
    text.truncate(room);
    text.push(pen.line(Role::Muted, place));
    lines(frame, about, &text, 0);
}

fn struck(
    row: &BlastRow,
    chosen: bool,
    pen: Pen<'_>,
    (columns, name, runs_at): (usize, usize, usize),
) -> Line<'static> {
    let side = row.struck.side;
    let state = 16;
    let exposed = match row.deployments.len() {
        0 => String::new(),
        many => format!("runs at {many}"),
    };
    let name_room = (name + 1).clamp(12, 60).min(columns.saturating_sub(state + 14));
    let mut spans = vec![
        pen.span(Role::Accent, if chosen { "▸" } else { " " }),
        pen.span(role(side), fit(&format!("{} {}", glyph(side), side.word()), state)),
        pen.span(Role::Text, fit(&row.struck.id.screen(), name_room)),
        Span::raw(" "),
        pen.span(Role::Warn, fit(&exposed, runs_at)),
    ];
    let used: usize = spans.iter().map(Span::width).sum();
    let why = because(&row.struck);
    // A few letters of a reason say nothing; the pane below has all of it.
    if columns > used + REASON {
        let room = columns - used - 1;
        let why = if width(&why) > room { crate::text::clip(&why, room) } else { why };
        spans.push(pen.span(Role::Muted, format!(" {why}")));
    }
    Line::from(spans)
}

/// Draws a path; gives how far it can be scrolled.
pub(super) fn draw_path(
    app: &App,
    (from, to): (&ModelId, &ModelId),
    chain: Option<&Chain>,
    scroll: usize,
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
) -> usize {
    let title = format!("Path · {} to {}", from.screen(), to.screen());
    pen.sheet(frame, (110, &title), scroll, |columns| {
        let Some(view) = app.view.as_deref() else { return Vec::new() };
        let edges = chain.map(|chain| view.edges(&chain.models)).unwrap_or_default();
        let text = path(view, from, to, chain, &edges);
        text.lines()
            .flat_map(|line| {
                let role = if line.starts_with('●') { Role::Title } else { Role::Text };
                pen.wrapped(vec![Span::raw(" ")], role, line, columns)
            })
            .collect()
    })
}
