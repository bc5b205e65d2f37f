//! The lineage screen: the family around a focus as lanes, one model a row; beneath, what leads to the chosen row: who
//! says so, and what it costs.

use crate::inventory::{Basis, ModelId, Relation};
use crate::lineage::{LaneRow, doubts_of, said_of};
use crate::report::doubt;
use crate::text::{count, width};
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put, summary_role};
use crate::tui::state::app::{App, MOST_COUNTED};
use crate::tui::theme::Role;
use crate::view::View;
use crate::words::caps;
use crate::words::names::cell;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use std::collections::BTreeSet;

/// Rows of the pane below, with its border.
const EDGE_PANE: u16 = 8;
/// From this height on there is such a pane.
const WITH_PANE: u16 = 17;
/// Sources of one edge that are shown.
const SHOWN_SOURCES: usize = 20;

/// Draws it.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let rows = &app.lineage.rows;
    let Some(focus) = app.lineage.focus.as_ref().filter(|_| !rows.is_empty()) else {
        let inside = pen.boxed(frame, area, "Lineage");
        let text = pen.line(Role::Muted, " no model is chosen: choose one in the inventory (1)");
        lines(frame, inside, &[text], 0);
        return;
    };
    let pane = if area.height >= WITH_PANE { EDGE_PANE.max(area.height / 4) } else { 0 };
    let [top, bottom] = Layout::vertical([Constraint::Min(0), Constraint::Length(pane)]).areas(area);
    draw_rows(app, view, focus, pen, frame, top);
    if pane > 0 {
        draw_edge(app, view, pen, frame, bottom);
    }
}

/// `8`, or `20000+` where no more were counted.
fn counted(many: usize) -> String {
    if many >= MOST_COUNTED { format!("{MOST_COUNTED}+") } else { many.to_string() }
}

fn draw_rows(app: &App, view: &View, focus: &ModelId, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let rows = &app.lineage.rows;
    let ((up, down), (drawn_up, drawn_down)) = (app.lineage.family, app.lineage.drawn);
    let title = format!(
        "focus {} · {drawn_up} of {} above · {drawn_down} of {} below · row {} of {}",
        focus.screen(),
        counted(up),
        counted(down),
        app.lineage.cursor + 1,
        rows.len()
    );
    let inside = pen.boxed(frame, area, &title);
    let cut = |total: usize, drawn: usize| total.saturating_sub(drawn);
    let (above, below) = (cut(up, drawn_up), cut(down, drawn_down));
    let [head, body, foot, legend] = Layout::vertical([
        Constraint::Length(u16::from(above > 0)),
        Constraint::Min(0),
        Constraint::Length(u16::from(below > 0)),
        Constraint::Length(1),
    ])
    .areas(inside);
    let how = if app.lineage.whole { "`touchmark lineage` draws more" } else { "a shows all" };
    let more = |many: usize, total: usize, side: &str| {
        let plus = if total >= MOST_COUNTED { "+" } else { "" };
        pen.line(Role::Accent, format!(" ▸ {many}{plus} more {side} · {how}"))
    };
    lines(frame, head, &[more(above, up, "above")], 0);
    lines(frame, foot, &[more(below, down, "below")], 0);
    let gutter = rows.iter().map(|row| width(&row.gutter)).max().unwrap_or(0).clamp(4, 24) + 1;
    let name = rows.iter().map(|row| width(&row.id.screen())).max().unwrap_or(0).clamp(10, 44);
    let first = first_row(app.lineage.cursor, rows.len(), body.height);
    for (y, (position, row)) in (body.y..body.bottom()).zip(rows.iter().enumerate().skip(first)) {
        let chosen = position == app.lineage.cursor;
        let line = build_row(row, view, pen, chosen, row.id == *focus, (gutter, name));
        put(frame, body.x, y, &line, body.width);
        if chosen {
            choose(frame, pen, body, y);
        }
    }
    let text = match rows.len() {
        1 => " no parent and no child of it is known",
        _ => " ══ attested, pinned  ── attested  ┄┄ declared  ╳╳ contradicted · L explains",
    };
    lines(frame, legend, &[pen.line(Role::Muted, text)], 0);
}

/// What leads to the chosen row: who says so, how far to believe it, what it costs.
fn draw_edge(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let Some(row) = app.lane() else { return };
    let title = match &row.ends {
        Some((child, parent)) => format!("{} → {}", parent.screen(), child.screen()),
        None => row.id.screen(),
    };
    let inside = pen.boxed(frame, area, &title);
    let columns = usize::from(inside.width);
    let mut out = Vec::new();
    let mut say = |label: &str, role: Role, text: &str| {
        out.extend(pen.wrapped(vec![pen.span(Role::Muted, fit(label, 9))], role, text, columns));
    };
    match &row.ends {
        Some((child, parent)) => edge(child, parent, row, view, &mut say),
        None if view.graph.parents(&row.id).is_empty() => {
            say("edge", Role::Muted, "a root: no source names a parent")
        }
        None => say("edge", Role::Muted, "its parents are further up"),
    }
    let children = view.graph.children(&row.id);
    let trained = children.iter().filter(|(_, edge)| edge.relation == Relation::TrainedOn).count();
    let (of_data, others) = (trained, children.len() - trained);
    if of_data > 0 {
        let is_focus = app.lineage.focus.as_ref() == Some(&row.id);
        let how = if is_focus { "" } else { " · Enter shows them" };
        let text = format!("{} trained on it{how}", count(of_data, "model"));
        say("below", Role::Text, &text);
    }
    if others > 0 {
        say("below", Role::Text, &format!("{} made from it", count(others, "model")));
    }
    if let Some(cap) = subject_cap(app, view) {
        say("cost", Role::Warn, &format!("! {cap} · w why"));
    }
    if let Some(doubt) = subject_doubt(app, view) {
        say("doubt", Role::Warn, &format!("! {doubt}"));
    }
    let room = usize::from(inside.height);
    if out.len() > room {
        let more = count(out.len() + 1 - room, "more line");
        out.truncate(room.saturating_sub(1));
        out.push(pen.line(Role::Muted, format!("{more}: `touchmark show` lists all sources")));
    }
    lines(frame, inside, &out, 0);
}

fn edge(
    child: &ModelId,
    parent: &ModelId,
    row: &LaneRow,
    view: &View,
    say: &mut dyn FnMut(&str, Role, &str),
) {
    let said = view.model(child).map(|(_, model)| said_of(model, parent)).unwrap_or_default();
    if let Some((relation, basis)) = row.edge {
        let sources = count(said.len(), "source");
        let role = if basis == Basis::Contradicted { Role::Fail } else { Role::Text };
        say("basis", role, &format!("{}: {}, by {sources}", relation.word(), basis.word()));
    }
    for (at, one) in said.iter().take(SHOWN_SOURCES).enumerate() {
        let text = format!(
            "{}  {} · {}, {}",
            one.source.screen(),
            one.place.screen(),
            one.relation.word(),
            one.basis.word()
        );
        say(if at == 0 { "says" } else { "" }, Role::Text, &text);
    }
    let more = said.len().saturating_sub(SHOWN_SOURCES);
    if more > 0 {
        say("", Role::Muted, &format!("and {}", count(more, "more source")));
    }
    let pins: BTreeSet<String> =
        said.iter().filter_map(|one| Some(one.digest.as_ref()?.to_string())).collect();
    if pins.is_empty() {
        say("pinned", Role::Muted, "no: no source names the digest of the parent");
    }
    for pin in pins {
        say("pinned", Role::Text, &pin);
    }
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
            spans.push(pen.span(Role::Text, fit(&summary.level(), 7)));
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
