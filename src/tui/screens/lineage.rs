//! The lineage screen: the family around a focus as lanes, one model a row.

use crate::inventory::Basis;
use crate::lineage::{LaneRow, doubts_of};
use crate::report::doubt;
use crate::text::width;
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put, summary_role};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use crate::view::View;
use crate::words::caps;
use crate::words::names::cell;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Draws it.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let rows = &app.lineage.rows;
    let title = match &app.lineage.focus {
        Some(focus) => format!("focus {} · 3 up, 2 down · {} shown", focus.screen(), rows.len()),
        None => "Lineage".to_owned(),
    };
    let inside = pen.boxed(frame, area, &title);
    if rows.is_empty() {
        lines(
            frame,
            inside,
            &[pen.line(Role::Muted, " no model is chosen: choose one in the inventory (1)")],
            0,
        );
        return;
    }
    let [body, foot] = Layout::vertical([Constraint::Min(0), Constraint::Length(2)]).areas(inside);
    let gutter = rows.iter().map(|row| width(&row.gutter)).max().unwrap_or(0).clamp(4, 24) + 1;
    let name = rows.iter().map(|row| width(&row.id.screen())).max().unwrap_or(0).clamp(10, 44);
    let first = first_row(app.lineage.cursor, rows.len(), body.height);
    for (y, (position, row)) in (body.y..body.bottom()).zip(rows.iter().enumerate().skip(first)) {
        let chosen = position == app.lineage.cursor;
        let line =
            build_row(row, view, pen, chosen, Some(&row.id) == app.lineage.focus.as_ref(), (gutter, name));
        put(frame, body.x, y, &line, body.width);
        if chosen {
            choose(frame, pen, body, y);
        }
    }
    let mut notes =
        vec![pen.line(
            Role::Muted,
            " ══ attested, pinned  ── attested  ┄┄ declared  ╳╳ contradicted · L explains",
        )];
    if rows.len() == 1 {
        notes.insert(0, pen.line(Role::Muted, " no parent and no child of it is known"));
    } else if let Some(cap) = subject_cap(app, view) {
        notes.insert(0, pen.line(Role::Warn, format!(" ! {cap} · w why")));
    } else if let Some(doubt) = subject_doubt(app, view) {
        notes.insert(0, pen.line(Role::Warn, format!(" ! {doubt}")));
    } else {
        notes.insert(0, Line::default());
    }
    lines(frame, foot, &notes, 0);
}

fn subject_cap(app: &App, view: &View) -> Option<String> {
    let row = app.lineage.rows.get(app.lineage.cursor)?;
    Some(caps::cap(&view.cap(row.model?)?).screen())
}

fn subject_doubt(app: &App, view: &View) -> Option<String> {
    let row = app.lineage.rows.get(app.lineage.cursor)?;
    let doubts = doubts_of(view.models.get(row.model?)?, &view.models, &view.graph);
    doubts.first().and_then(doubt)
}

fn build_row(
    row: &LaneRow,
    view: &View,
    pen: Pen<'_>,
    chosen: bool,
    focus: bool,
    (gutter, name): (usize, usize),
) -> Line<'static> {
    let edge_role = match row.edge {
        Some((_, Basis::Contradicted)) => Role::Fail,
        Some((_, Basis::Declared)) => Role::Muted,
        _ => Role::Text,
    };
    let name_role = match (focus, row.model) {
        (true, _) => Role::Title,
        (_, None) => Role::Muted,
        _ => Role::Text,
    };
    let mut spans = vec![
        pen.span(Role::Accent, if chosen { "▸" } else { " " }),
        pen.span(edge_role, fit(&row.gutter, gutter)),
        match row.model.and_then(|index| view.name_mark(index)) {
            Some(odd) => pen.span(Role::Warn, fit(&cell(&row.id.screen(), odd), name)),
            None => pen.span(name_role, fit(&row.id.screen(), name)),
        },
        Span::raw(" "),
    ];
    match row.model {
        Some(index) => {
            let summary = view.summary(index);
            let text = format!("{} {}", summary.glyph(), summary.word);
            spans.push(pen.span(summary_role(&summary), fit(&text, 15)));
            let level = if summary.own == summary.effective {
                format!("L{}", summary.own)
            } else {
                format!("L{}→{}", summary.own, summary.effective)
            };
            spans.push(pen.span(Role::Text, fit(&level, 6)));
        }
        None => spans.push(pen.span(Role::Unknown, fit("? not in the inventory", 21))),
    }
    if row.model.and_then(|index| view.judgement.standing(index)).is_some_and(|standing| standing.tainted) {
        spans.push(pen.span(Role::Fail, " ✗ tainted"));
    }
    if let Some((relation, basis)) = row.edge {
        let pin = if row.pinned { ", pinned" } else { ", not pinned" };
        spans.push(pen.span(edge_role, format!(" {}, {}{pin}", relation.word(), basis.word())));
    }
    if row.repeated {
        spans.push(pen.span(Role::Muted, " (shown above)"));
    }
    Line::from(spans)
}
