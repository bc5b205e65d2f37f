//! What an inventory with nothing in it offers, and the tour.

use crate::commands::{Cmd, keys_of};
use crate::text::{bar, screen};
use crate::tui::screens::paint::{Pen, lines};
use crate::tui::state::app::App;
use crate::tui::state::tour::STEPS;
use crate::tui::theme::Role;
use crate::view::View;
use crate::workbench::Access;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// What is offered: the command, and what it does in the words of who knows nothing yet.
const OFFERS: [(Cmd, &str, &str); 3] = [
    (
        Cmd::AddSource,
        "scan a folder",
        "name a folder of models, a cache or a bill of materials, and see what is in it",
    ),
    (
        Cmd::Samples,
        "try the samples",
        "43 models, some good and some tampered with, in a folder of their own",
    ),
    (Cmd::Tour, "take the tour", "five steps, a minute"),
];

/// Draws an inventory without models.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let inside = pen.boxed(frame, area, "Inventory");
    let columns = usize::from(inside.width.saturating_sub(2));
    let folder = screen(&view.workspace.root.to_string_lossy());
    let is_temporary = app.access == Access::Temporary;
    if let Some(job) = app.jobs.iter().find(|job| job.is_live) {
        let done = job.done.percent();
        let text = [
            Line::default(),
            pen.line(Role::Title, format!(" Looking for models … {} {done} %", bar(done, 10))),
            pen.line(Role::Muted, format!(" {folder}")),
        ];
        lines(frame, inside, &text, 0);
        return;
    }
    let title = match (is_temporary, view.workspace.sources.is_empty()) {
        (true, _) => "No models were found in this folder.",
        (false, true) => "This workspace is empty: it names no source yet.",
        (false, false) => "No models were found in the sources of this workspace.",
    };
    let mut text = vec![Line::default(), pen.line(Role::Title, format!(" {title}"))];
    text.extend(pen.wrapped(vec![pen.span(Role::Muted, " ")], Role::Muted, &folder, columns));
    text.push(Line::default());
    for finding in view.findings.iter().take(3) {
        text.extend(pen.wrapped(
            vec![pen.span(Role::Warn, " ! ")],
            Role::Text,
            &screen(&finding.message),
            columns,
        ));
    }
    if !view.findings.is_empty() {
        text.push(Line::default());
    }
    // Samples go elsewhere: only who asked to change nothing is not offered them.
    let is_asked = app.read_only && matches!(app.access, Access::Full | Access::ReadOnly);
    let offered = OFFERS.iter().filter(|(cmd, ..)| match cmd {
        Cmd::AddSource => !app.read_only,
        Cmd::Samples => !is_asked,
        _ => true,
    });
    for (cmd, name, words) in offered {
        let key = app.key_of(*cmd);
        let head = vec![
            pen.span(Role::KeyName, format!("  {key}  ")),
            pen.span(Role::Accent, format!("{name:<18}")),
        ];
        text.extend(pen.wrapped(head, Role::Text, words, columns));
    }
    text.push(Line::default());
    if is_temporary {
        let (keep, add) = (app.key_of(Cmd::Keep), app.key_of(Cmd::AddSource));
        let words =
            format!("This folder is not a workspace yet: {keep} makes it one, then {add} adds a source.");
        text.extend(pen.wrapped(vec![pen.span(Role::Muted, " ")], Role::Muted, &words, columns));
    }
    text.extend(pen.wrapped(
        vec![pen.span(Role::Muted, " ")],
        Role::Muted,
        "Sources are only read: nothing in a model is run or changed, and the network is not used.",
        columns,
    ));
    lines(frame, inside, &text, 0);
}

/// Draws a step of the tour.
pub fn draw_tour(app: &App, step: usize, pen: Pen<'_>, frame: &mut Frame<'_>) {
    const COLUMNS: u16 = 72;
    let Some(now) = STEPS.get(step) else { return };
    let columns = usize::from(COLUMNS.min(frame.area().width.saturating_sub(4))).saturating_sub(4);
    let mut text = pen.wrapped(vec![pen.span(Role::Text, " ")], Role::Text, now.text, columns);
    text.push(Line::default());
    for row in now.keys.iter().filter_map(|cmd| keys_of(*cmd)) {
        let key = app.key_of(row.cmd);
        let head = vec![pen.span(Role::KeyName, format!(" {key:>7}  "))];
        text.extend(pen.wrapped(head, Role::Text, row.help, columns));
    }
    text.push(Line::default());
    let next = if step + 1 < STEPS.len() { "Enter next" } else { "Enter ends it" };
    let back = if step > 0 { " · ← back" } else { "" };
    text.push(pen.line(Role::Muted, format!(" {next}{back} · Esc leaves · :tour brings it back")));
    let height = u16::try_from(text.len()).unwrap_or(u16::MAX).saturating_add(2);
    let title = format!("Tour · {} of {} · {}", step + 1, STEPS.len(), now.title);
    let inside = pen.popup(frame, (COLUMNS, height), &title);
    lines(frame, inside, &text, 0);
}
