//! Cases of incidents: which there are, and of the chosen one the next step in front.

use crate::commands::Cmd;
use crate::incident::{Case, Severity};
use crate::report::incidents;
use crate::text::screen;
use crate::tui::screens::paint::{Pane, Pen, bounded, choose, first_row, fit, lines, put, reported};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

/// Cells of a case's type.
const TYPE_CELLS: usize = 24;
/// Cells of what it is about.
const SUBJECT_CELLS: usize = 32;
/// So many rows of the list are shown above a case.
const MOST_ROWS: u16 = 8;

/// Draws it; gives how far the case can be scrolled.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Option<usize> {
    let cases = &app.cases;
    let failed = cases.read.as_ref().and_then(|read| read.cases.as_ref().err());
    let told = match failed {
        Some(why) => Some((Role::Error, why.clone())),
        None if cases.read.is_none() => Some((Role::Muted, "the cases are being read".to_owned())),
        None if cases.is_empty() => Some((
            Role::Muted,
            format!("no case: {} on a model begins the command that opens one", app.key_of(Cmd::NewIncident)),
        )),
        None => None,
    };
    if let Some((role, text)) = told {
        let inside = pen.boxed(frame, area, app.screen.word());
        let columns = usize::from(inside.width.saturating_sub(2));
        lines(frame, inside, &pen.wrapped(vec![pen.span(role, " ")], role, &text, columns), 0);
        return None;
    }
    if cases.whole {
        return draw_case(app, pen, frame, area, true);
    }
    let rows = u16::try_from(cases.len()).unwrap_or(MOST_ROWS).min(MOST_ROWS);
    let [top, below] = Layout::vertical([Constraint::Length(rows + 2), Constraint::Min(0)]).areas(area);
    draw_list(app, pen, frame, top);
    draw_case(app, pen, frame, below, false)
}

fn draw_list(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let open = app.cases.shown().filter(|case| case.closed().is_none()).count();
    let place = format!("{} of {}", app.cases.place() + 1, app.cases.len());
    let title = format!("Incidents · {open} open");
    let inside = pen.pane(frame, area, &Pane { title: &title, note: &place, focused: true });
    let first = first_row(app.cases.place(), app.cases.len(), inside.height);
    for (y, (position, case)) in (inside.y..inside.bottom()).zip(app.cases.shown().enumerate().skip(first)) {
        let is_chosen = position == app.cases.place();
        put(frame, inside.x, y, &row(app, case, pen, is_chosen), inside.width);
        if is_chosen {
            choose(frame, pen, inside, y);
        }
    }
}

fn row(app: &App, case: &Case, pen: Pen<'_>, is_chosen: bool) -> Line<'static> {
    let (role, state) = match case.closed() {
        Some(_) => (Role::Muted, "✓ closed"),
        None => (Role::Warn, "! open"),
    };
    let over = case.timers(app.cases.time()).iter().filter(|timer| timer.is_over).count();
    let mut spans = vec![
        pen.span(Role::Accent, if is_chosen { "▸ " } else { "  " }),
        pen.span(Role::Text, fit(&case.record.number.to_string(), 6)),
        pen.span(role, fit(state, 9)),
        pen.span(severity(case.severity()), fit(case.severity().word(), 9)),
        pen.span(Role::Text, fit(&case.opening.runbook.id, TYPE_CELLS)),
        pen.span(Role::Text, fit(&case.opening.subject.written.screen(), SUBJECT_CELLS)),
    ];
    if case.closed().is_none() {
        let next = case.next().map_or_else(|| "all steps are done".to_owned(), |step| step.id.clone());
        spans.push(pen.span(Role::Accent, format!(" ▸ {}", screen(&next))));
        if over > 0 {
            spans.push(pen.span(Role::Fail, format!("  ✗ {}", overdue(over))));
        }
    }
    Line::from(spans)
}

/// How many deadlines are over.
pub fn overdue(over: usize) -> String {
    match over {
        1 => "a deadline is over".to_owned(),
        many => format!("{many} deadlines are over"),
    }
}

fn severity(severity: Severity) -> Role {
    match severity {
        Severity::Critical | Severity::High => Role::Fail,
        Severity::Medium => Role::Warn,
        Severity::Low => Role::Muted,
    }
}

fn draw_case(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect, whole: bool) -> Option<usize> {
    let case = app.cases.case()?;
    let key = app.key_of(Cmd::OpenCase);
    let note = if whole { format!("{key} back to the list") } else { format!("{key} whole case") };
    let title = format!("Case {} · {}", case.record.number, case.opening.runbook.name.screen());
    let inside = pen.pane(frame, area, &Pane { title: &title, note: &note, focused: whole });
    let columns = usize::from(inside.width.saturating_sub(2)).max(8);
    let page = incidents::page(case, app.cases.time());
    let text: Vec<Line<'static>> = page.lines().flat_map(|line| reported(pen, line, columns)).collect();
    let (first, furthest) = bounded(if whole { app.scroll } else { 0 }, text.len(), inside.height);
    lines(frame, inside, &text, first);
    whole.then_some(furthest)
}
