//! The table of models: saved views, filter, header, and the rows in sight, one by one or in groups.

use super::cells::{Entry, cell, name};
use super::group;
use super::names;
use super::pane::{framed, thumb};
use super::strip::thousands;
use crate::commands::Cmd;
use crate::text::{count, width};
use crate::tui::screens::finding;
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put};
use crate::tui::state::app::App;
use crate::tui::state::columns::{ColumnId, ColumnSet, Fitted, GUTTER, fitted};
use crate::tui::state::groups::Row;
use crate::tui::state::hit::Hit;
use crate::tui::theme::Role;
use crate::view::View;
use crate::words::names::cell as marked_name;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Draws it; gives the columns that it had room for, and what lies where.
pub(super) fn draw(
    app: &App,
    view: &View,
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
    is_focused: bool,
) -> (ColumnSet, Vec<Hit>) {
    let inside = framed(pen, frame, area, &title(app), "", is_focused);
    let nothing_verified =
        app.rows.total() > 0 && app.rows.unverified() == app.rows.total() && app.live_jobs() == 0;
    let [saved, filter, hint, head, body] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(finding::filter_height(app)),
        Constraint::Length(u16::from(nothing_verified)),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(inside);
    let tabs = finding::draw_tabs(app, pen, frame, saved);
    if filter.height > 0 {
        finding::draw_filter(app, pen, frame, filter);
    }
    if nothing_verified {
        let (all, verify) = (app.key_of(Cmd::MarkAll), app.key_of(Cmd::StartVerify));
        let text = format!(" nothing verified yet: press {all} then {verify} to verify all");
        lines(frame, hint, &[pen.line(Role::Accent, text)], 0);
    }
    let (with, without) = app.rows.columns();
    let columns = fitted(usize::from(inside.width), with, without, app.rows.made().widest_cause());
    let shown = columns.iter().map(|each| each.column.id).collect();
    if app.rows.shown().is_empty() {
        draw_nothing(app, pen, frame, head.union(body));
        return (shown, tabs);
    }
    lines(frame, head, &[header(app, pen, &columns)], 0);
    draw_rows(app, view, pen, frame, body, &columns);
    let first = first_row(app.rows.cursor, app.rows.rows(), body.height);
    thumb(frame, pen, area, body, first, app.rows.rows());
    let chosen = u16::try_from(app.rows.cursor.saturating_sub(first)).unwrap_or(0);
    let mut hits = vec![Hit::list(body, body.y.saturating_add(chosen))];
    hits.extend(heads(app, &columns, head));
    hits.extend(tabs);
    (shown, hits)
}

/// A click on the head of a column sorts by it.
fn heads(app: &App, columns: &[Fitted], head: Rect) -> Vec<Hit> {
    let Some(sort) = app.keys.first(Cmd::Sort, app.screen) else { return Vec::new() };
    let mut x = head.x.saturating_add(u16::try_from(GUTTER).unwrap_or(0));
    let mut hits = Vec::new();
    for each in columns {
        let cells = u16::try_from(each.cells).unwrap_or(u16::MAX);
        let area = Rect { x, width: cells, ..head }.intersection(head);
        hits.push(Hit::keys(area, [sort.to_owned(), each.column.key.to_string()]));
        x = x.saturating_add(cells.saturating_add(1));
    }
    hits
}

fn title(app: &App) -> String {
    let rows = &app.rows;
    let mut title = format!("Models {} of {}", thousands(rows.place()), thousands(rows.shown().len()));
    if rows.shown().len() < rows.total() {
        title.push_str(&format!(", {} in all", thousands(rows.total())));
    }
    title.push_str(&format!(" · {}", rows.sort().word()));
    if rows.is_grouped() {
        title.push_str(&format!(" · {}", count(rows.group_count(), "publisher")));
    }
    match &app.view {
        Some(view) if !view.is_whole => title.push_str(" · the first ones, reading all"),
        Some(view) if !view.is_judged() => title.push_str(" · being judged"),
        _ => {}
    }
    if app.is_stale {
        title.push_str(" · sources changed (R)");
    }
    if rows.outdated() > 0 {
        title.push_str(&format!(" · {} to verify again (V)", rows.outdated()));
    }
    if rows.marks() > 0 {
        title.push_str(&format!(" · {} marked", rows.marks()));
    }
    title
}

/// The words above the columns; an arrow stands beside the one that the rows are sorted by.
fn header(app: &App, pen: Pen<'_>, columns: &[Fitted]) -> Line<'static> {
    let sort = app.rows.sort();
    let mut spans = vec![Span::raw(" ".repeat(GUTTER))];
    for (number, each) in columns.iter().enumerate() {
        let is_sorted = each.column.id == sort.by;
        let (title, cells) = (each.column.title, each.cells);
        let wide = each.column.id.heading();
        let title = if width(wide) + 2 <= cells { wide } else { title };
        let text = match (is_sorted, width(title) + 2 <= cells) {
            (false, _) => title.to_owned(),
            (true, true) => format!("{title} {}", sort.arrow()),
            (true, false) => format!("{}{}", fit(title, cells.saturating_sub(1)).trim_end(), sort.arrow()),
        };
        let text =
            if each.column.is_number { " ".repeat(cells.saturating_sub(width(&text))) + &text } else { text };
        if number > 0 {
            spans.push(Span::raw(" "));
        }
        spans.push(pen.span(if is_sorted { Role::Title } else { Role::Muted }, fit(&text, cells)));
    }
    Line::from(spans)
}

fn draw_rows(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, body: Rect, columns: &[Fitted]) {
    let first = first_row(app.rows.cursor, app.rows.rows(), body.height);
    let last = first + usize::from(body.height);
    let rows: Vec<(usize, Row)> = (first..last).filter_map(|at| Some((at, app.rows.row(at)?))).collect();
    let room = columns.iter().find(|each| each.column.id == ColumnId::Model).map_or(0, |each| each.cells);
    let mut names = names_of(view, &rows, room).into_iter();
    let room = columns.iter().find(|each| each.column.id == ColumnId::Reason).map(|each| each.cells);
    let mut reasons = room.map(|room| reasons_of(view, &rows, room)).unwrap_or_default().into_iter();
    for (y, (at, row)) in (body.y..body.bottom()).zip(rows) {
        let is_chosen = at == app.rows.cursor;
        let line = match row {
            Row::Group(place) => group::row(app, view, pen, place, is_chosen),
            Row::Model(index) => {
                let name = names.next().unwrap_or_default();
                let reason = reasons.next().unwrap_or_default();
                model_row(app, view, pen, index, (name, reason), columns, is_chosen)
            }
        };
        put(frame, body.x, y, &line, body.width);
        if is_chosen {
            choose(frame, pen, body, y);
        }
    }
}

/// The names of the models in sight, cut where they do not fit, and whether they look odd.
fn names_of(view: &View, rows: &[(usize, Row)], room: usize) -> Vec<(String, bool)> {
    let mut odd = Vec::new();
    let mut full = Vec::new();
    for (_, row) in rows {
        let Row::Model(index) = row else { continue };
        let Some(model) = view.models.get(*index) else { continue };
        let name = name(model);
        let mark = view.name_mark(*index);
        full.push(match mark {
            // The words behind it are cut off before the name is.
            Some(mark) if width(&name) + 2 <= room => {
                fit(&marked_name(&name, mark), room).trim_end().to_owned()
            }
            Some(_) => format!("! {name}"),
            None => name,
        });
        odd.push(mark.is_some());
    }
    names::cut(&full, room).into_iter().zip(odd).collect()
}

/// The codes of what stands in the way of the models in sight, cut where they do not fit.
fn reasons_of(view: &View, rows: &[(usize, Row)], room: usize) -> Vec<String> {
    let models = rows.iter().filter_map(|(_, row)| match row {
        Row::Model(index) if view.models.get(*index).is_some() => Some(*index),
        _ => None,
    });
    let code = |index| view.cause(index).map(|cause| crate::text::screen(cause.as_str()));
    names::cut(&models.map(|index| code(index).unwrap_or_default()).collect::<Vec<_>>(), room)
}

fn model_row(
    app: &App,
    view: &View,
    pen: Pen<'_>,
    index: usize,
    ((name, is_odd), reason): ((String, bool), String),
    columns: &[Fitted],
    is_chosen: bool,
) -> Line<'static> {
    let Some(model) = view.models.get(index) else { return Line::default() };
    let used = app.rows.made().children(index);
    let entry = Entry { view, index, model, summary: view.summary(index), reason, used };
    let mark = if app.rows.is_marked(&model.id) { "*" } else { " " };
    let mut spans =
        vec![pen.span(Role::Accent, if is_chosen { "▸" } else { " " }), pen.span(Role::Marked, mark)];
    for (number, each) in columns.iter().enumerate() {
        if number > 0 {
            spans.push(Span::raw(" "));
        }
        if each.column.id != ColumnId::Model {
            spans.extend(cell(&entry, each, pen));
            continue;
        }
        let role = match entry.summary.is_untouched {
            _ if is_odd => Role::Warn,
            true => Role::Muted,
            false => Role::Text,
        };
        spans.extend(finding::marked(pen, role, &fit(&name, each.cells), &finding::marks(app, &name)));
    }
    Line::from(spans)
}

/// Empty and filtered to nothing are two things.
fn draw_nothing(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let text = if app.rows.total() == 0 {
        vec![
            pen.line(Role::Title, " The inventory is empty."),
            Line::default(),
            pen.line(Role::Text, " touchmark demo        lays out sample models to try"),
            pen.line(Role::Text, " touchmark scan PATH   adds a folder of models, or a CycloneDX file"),
        ]
    } else {
        vec![
            pen.line(Role::Title, format!(" None of {} models is shown.", app.rows.total())),
            Line::default(),
            pen.line(
                Role::Text,
                format!(
                    " view: {} · filter: {}",
                    app.rows.saved_name(),
                    match app.rows.filter.as_str() {
                        "" => "none".to_owned(),
                        filter => crate::text::screen(filter),
                    }
                ),
            ),
            pen.line(Role::Text, " Esc clears the filter and the view"),
        ]
    };
    lines(frame, area, &text, 0);
}
