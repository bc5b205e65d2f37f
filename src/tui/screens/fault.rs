//! What does not load: the file at its line, what is wrong there, what rules meanwhile, and which keys lead on.

use crate::commands::{Cmd, keys_of, shown};
use crate::text::{count, screen};
use crate::tui::screens::paint::{Pen, scrolled};
use crate::tui::state::app::App;
use crate::tui::state::enabled::enabled;
use crate::tui::state::fault::{Fault, Faulty};
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// What leads on, in this order.
const WAYS: [(Cmd, &str); 6] = [
    (Cmd::EditFault, "correct the file; it is read again when the editor closes"),
    (Cmd::ReadAgain, "read it again"),
    (Cmd::LeaveStore, "open read-only without the store: everything is scanned into memory"),
    (Cmd::MakeWorkspace, "make a workspace in this folder and open it"),
    (Cmd::Samples, "copy the samples into a new folder and open them"),
    (Cmd::Quit, "quit"),
];

/// Draws it; gives how far it can be scrolled.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Option<usize> {
    let title = app.faults.first().map_or("everything loads", |fault| fault.of.title());
    let inside = pen.boxed(frame, area, title);
    let columns = usize::from(inside.width.saturating_sub(2));
    let mut text = Vec::new();
    match app.faults.first() {
        Some(fault) => text.extend(one(fault, pen, columns)),
        None => text.push(pen.line(Role::Pass, " ✓ Everything loads. Esc goes back.")),
    }
    text.push(Line::default());
    text.extend(ways(app, pen));
    for other in app.faults.iter().skip(1) {
        text.push(Line::default());
        text.push(pen.line(Role::Title, format!(" also: {}", other.of.title())));
        text.extend(one(other, pen, columns));
    }
    Some(scrolled(frame, inside, &text, app.scroll))
}

fn one(fault: &Fault, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut text = Vec::new();
    let place = fault.file.as_ref().map(|file| screen(&file.to_string_lossy())).or(fault.place.clone());
    if let Some(place) = place {
        text.extend(pen.wrapped(vec![pen.span(Role::Muted, " ")], Role::Muted, &place, columns));
    }
    for spot in fault.spots.iter().take(20) {
        let line = spot.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let head = vec![pen.span(Role::Error, " ✗ ")];
        text.extend(pen.wrapped(head, Role::Error, &format!("{line}{}", spot.what), columns));
        if let Some(help) = &spot.help {
            text.extend(pen.wrapped(vec![pen.span(Role::Accent, " → ")], Role::Text, help, columns));
        }
    }
    if fault.spots.len() > 20 {
        let more = count(fault.spots.len() - 20, "more fault");
        text.push(pen.line(Role::Muted, format!("   and {more}")));
    }
    if !fault.around.is_empty() {
        text.push(Line::default());
    }
    for line in &fault.around {
        let (mark, role) = if line.is_faulty { ("✗ ", Role::Error) } else { ("  ", Role::Text) };
        text.push(Line::from(vec![
            pen.span(Role::Muted, format!(" {:>5} ", line.number)),
            pen.span(Role::Error, mark),
            pen.span(role, line.text.clone()),
        ]));
    }
    text.push(Line::default());
    text.extend(pen.wrapped(vec![pen.span(Role::Warn, " ! ")], Role::Text, fault.of.meanwhile(), columns));
    if fault.file.is_some() || fault.of == Faulty::Policy {
        let words = "The file is watched: once it is corrected, work goes on by itself.";
        text.extend(pen.wrapped(vec![pen.span(Role::Muted, " · ")], Role::Muted, words, columns));
    }
    text
}

/// The keys that act here.
fn ways(app: &App, pen: Pen<'_>) -> Vec<Line<'static>> {
    let is_open = app.view.is_some();
    let rows = WAYS.iter().filter_map(|(cmd, words)| Some((keys_of(*cmd)?, *words, *cmd)));
    let acts = rows.filter(|(row, _, cmd)| {
        enabled(row, app).is_ok()
            && match cmd {
                Cmd::Samples => !is_open,
                Cmd::Quit => !is_open,
                _ => true,
            }
    });
    let mut text: Vec<Line<'static>> = acts
        .map(|(row, words, _)| {
            let key = row.keys.first().map(|key| shown(key)).unwrap_or_default();
            Line::from(vec![
                pen.span(Role::KeyName, format!(" {key} ")),
                pen.span(Role::Text, format!(" {words}")),
            ])
        })
        .collect();
    if is_open {
        text.push(Line::from(vec![
            pen.span(Role::KeyName, " Esc "),
            pen.span(Role::Text, " go on without it"),
        ]));
    }
    text
}
