//! The jobs screen: running and finished work with progress, rate, time and log; of a finished job its models, each
//! with what became of it.

use crate::text::{bar, screen, size, span};
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, outcome_role, put};
use crate::tui::state::app::App;
use crate::tui::state::jobs::JobNow;
use crate::tui::theme::Role;
use crate::workbench::{JobRow, JobState};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

/// Cells of a model's name.
const NAME_CELLS: usize = 40;

/// Draws it.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let [top, below] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    let place = match app.jobs.len() {
        0 => String::new(),
        all => format!(" · {} of {all}", app.job + 1),
    };
    let inside = pen.boxed(frame, top, &format!("Jobs · {} running{place}", app.live_jobs()));
    if app.jobs.is_empty() {
        let text = " nothing has run yet: V in the inventory verifies models";
        lines(frame, inside, &[pen.line(Role::Muted, text)], 0);
    }
    let first = first_row(app.job, app.jobs.len(), inside.height);
    for (y, (position, job)) in (inside.y..inside.bottom()).zip(app.jobs.iter().enumerate().skip(first)) {
        put(frame, inside.x, y, &build_row(job, pen, position == app.job), inside.width);
        if position == app.job {
            choose(frame, pen, inside, y);
        }
    }
    if let Some(job) = app.opened_job() {
        return draw_models(app, job, pen, frame, below);
    }
    let Some(job) = app.job() else {
        pen.boxed(frame, below, "Log");
        return;
    };
    let models = if job.rows.is_empty() { "" } else { " · Enter lists its models" };
    let inside = pen.boxed(frame, below, &format!("Log · {}{models}", screen(&job.title)));
    let kept = usize::from(inside.height);
    let text = log(job, job.log.len().saturating_sub(kept), pen, usize::from(inside.width));
    let skip = text.len().saturating_sub(kept);
    lines(frame, inside, &text, skip);
}

/// What became of each model.
fn draw_models(app: &App, job: &JobNow, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let title = format!(
        "{} · {} of {} · Enter opens, Esc leaves",
        screen(&job.title),
        app.job_row + 1,
        job.rows.len()
    );
    let inside = pen.boxed(frame, area, &title);
    let first = first_row(app.job_row, job.rows.len(), inside.height);
    for (y, (position, row)) in (inside.y..inside.bottom()).zip(job.rows.iter().enumerate().skip(first)) {
        put(frame, inside.x, y, &model_row(row, pen, position == app.job_row), inside.width);
        if position == app.job_row {
            choose(frame, pen, inside, y);
        }
    }
}

fn model_row(row: &JobRow, pen: Pen<'_>, is_chosen: bool) -> Line<'static> {
    let (role, outcome) = match row.outcome {
        Some(outcome) => (outcome_role(outcome), format!("{} {}", outcome.glyph(), outcome.word())),
        None => (Role::Unknown, "? not read".to_owned()),
    };
    Line::from(vec![
        pen.span(Role::Accent, if is_chosen { "▸ " } else { "  " }),
        pen.span(role, fit(&outcome, 12)),
        pen.span(Role::Text, fit(&row.model.screen(), NAME_CELLS)),
        pen.span(Role::Muted, format!("  {}", screen(&row.words))),
    ])
}

/// What a job did, from a line of its log on, and how it ended.
pub fn log(job: &JobNow, from: usize, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut text: Vec<Line<'static>> = Vec::new();
    for entry in job.log.iter().skip(from) {
        text.extend(pen.wrapped(Vec::new(), Role::Text, &screen(entry), columns));
    }
    match &job.state {
        JobState::Failed(error) => {
            text.extend(pen.wrapped(Vec::new(), Role::Error, &screen(&error.to_string()), columns));
            if let Some(help) = &error.help {
                let help = screen(help);
                text.extend(pen.wrapped(vec![pen.span(Role::Accent, "→ ")], Role::Text, &help, columns));
            }
            text.extend(again(pen));
        }
        JobState::Cancelled => text.extend(again(pen)),
        JobState::Done(words) => {
            text.extend(pen.wrapped(Vec::new(), Role::Text, &screen(words), columns));
        }
        _ => {}
    }
    text
}

fn again(pen: Pen<'_>) -> Option<Line<'static>> {
    Some(Line::from(vec![pen.span(Role::Accent, "→ "), pen.span(Role::Text, "r runs it again")]))
}

fn build_row(job: &JobNow, pen: Pen<'_>, chosen: bool) -> Line<'static> {
    let (role, state) = match &job.state {
        JobState::Queued => (Role::Muted, "· queued"),
        JobState::Running => (Role::Accent, "▸ running"),
        JobState::Done(_) => (Role::Pass, "✓ done"),
        JobState::Failed(_) => (Role::Fail, "✗ FAILED"),
        JobState::Cancelled => (Role::Unknown, "? cancelled"),
    };
    let done = job.done.percent();
    let mut spans = vec![
        pen.span(Role::Accent, if chosen { "▸" } else { " " }),
        pen.span(role, fit(state, 12)),
        pen.span(Role::Text, fit(&screen(&job.title), 26)),
    ];
    if job.is_live {
        spans.push(pen.span(Role::Accent, format!(" {} ", bar(done, 8))));
        spans.push(pen.span(Role::Text, format!("{done:>3} % ")));
    }
    spans.push(pen.span(Role::Muted, format!(" {:.1} s", job.elapsed.as_secs_f64())));
    if job.done.bytes > 0 {
        spans.push(pen.span(Role::Muted, format!(" · {}{}", size(job.done.bytes), pace(job))));
    }
    if let JobState::Done(words) = &job.state {
        spans.push(pen.span(Role::Muted, format!(" · {}", screen(words))));
    }
    Line::from(spans)
}

/// The speed, and while it runs how long it still takes.
fn pace(job: &JobNow) -> String {
    let Some(pace) = job.done.pace(job.elapsed) else { return String::new() };
    let left = pace.left.filter(|left| job.is_live && !left.is_zero());
    let left = left.map(|left| format!(", {} left", span(left))).unwrap_or_default();
    format!(", {}/s{left}", size(pace.bytes_per_second))
}

/// The jobs in the header: how many, how far the one that runs is, how fast, and how long it still takes.
pub fn in_short(app: &App) -> String {
    let live = app.live_jobs();
    if live == 0 {
        return String::new();
    }
    let is_running = |job: &&JobNow| matches!(job.state, JobState::Running);
    let Some(job) = app.jobs.iter().find(is_running) else {
        return format!("{} waiting ", crate::text::count(live, "job"));
    };
    let percent = job.done.percent();
    let mut text = format!("{} {} {percent} %", crate::text::count(live, "job"), bar(percent, 5));
    if let Some(pace) = job.done.pace(job.elapsed) {
        text.push_str(&format!(" {}/s", size(pace.bytes_per_second)));
        if let Some(left) = pace.left.filter(|left| !left.is_zero()) {
            text.push_str(&format!(" {}", span(left)));
        }
    }
    text.push(' ');
    text
}
