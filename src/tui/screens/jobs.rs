//! The jobs screen: running and finished work with progress, rate, time and log.

use crate::text::{bar, size, span};
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put};
use crate::tui::state::app::App;
use crate::tui::state::jobs::JobNow;
use crate::tui::theme::Role;
use crate::workbench::JobState;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

/// Draws it.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let [top, below] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    let inside =
        pen.boxed(frame, top, &format!("Jobs · {} running, {} in all", app.live_jobs(), app.jobs.len()));
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
    let Some(job) = app.job() else {
        pen.boxed(frame, below, "Log");
        return;
    };
    let inside = pen.boxed(frame, below, &format!("Log · {}", crate::text::screen(&job.title)));
    let kept = usize::from(inside.height);
    let text = log(job, job.log.len().saturating_sub(kept), pen, usize::from(inside.width));
    let skip = text.len().saturating_sub(kept);
    lines(frame, inside, &text, skip);
}

/// What a job did, from a line of its log on, and how it ended.
pub fn log(job: &JobNow, from: usize, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut text: Vec<Line<'static>> = Vec::new();
    for entry in job.log.iter().skip(from) {
        text.extend(pen.wrapped(Vec::new(), Role::Text, &crate::text::screen(entry), columns));
    }
    match &job.state {
        JobState::Failed(error) => {
            text.extend(pen.wrapped(
                Vec::new(),
                Role::Error,
                &crate::text::screen(&error.to_string()),
                columns,
            ));
            if let Some(help) = &error.help {
                let help = crate::text::screen(help);
                text.extend(pen.wrapped(vec![pen.span(Role::Accent, "→ ")], Role::Text, &help, columns));
            }
        }
        JobState::Done(words) => {
            text.extend(pen.wrapped(Vec::new(), Role::Text, &crate::text::screen(words), columns));
        }
        _ => {}
    }
    text
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
        pen.span(Role::Text, fit(&crate::text::screen(&job.title), 26)),
    ];
    if job.is_live {
        spans.push(pen.span(Role::Accent, format!(" {} ", bar(done, 8))));
        spans.push(pen.span(Role::Text, format!("{done:>3} % ")));
    }
    spans.push(pen.span(Role::Muted, format!(" {:.1} s", job.elapsed.as_secs_f64())));
    if job.done.bytes > 0 {
        spans.push(pen.span(Role::Muted, format!(" · {}{}", size(job.done.bytes), pace(job))));
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
