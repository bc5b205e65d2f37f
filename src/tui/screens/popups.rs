//! What lies over a screen, drawn: help, palette, confirmation, review, themes, messages, and texts that explain.

use crate::commands::{Cmd, Keys, keyed, keys_of, shown};
use crate::text::count_are;
use crate::tui::screens::finding::draw_goto;
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, scrolled};
use crate::tui::screens::welcome;
use crate::tui::screens::why::explain;
use crate::tui::screens::{jobs, reviewing};
use crate::tui::state::app::{App, Message};
use crate::tui::state::choices::{Choice, choices};
use crate::tui::state::enabled::{enabled, is_offered};
use crate::tui::state::palette::matches;
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Draws a popup; gives how far it can be scrolled, where it can be.
pub fn draw(app: &App, popup: &Popup, pen: Pen<'_>, frame: &mut Frame<'_>) -> Option<usize> {
    let full = frame.area();
    let tall = full.height.saturating_sub(4);
    match popup {
        Popup::Help { scroll } => {
            let inside = pen.popup(
                frame,
                (84, tall),
                &format!("Keys · {} · j k scroll, Esc closes", app.screen.word()),
            );
            let text = help(app, pen);
            return Some(scrolled(frame, inside, &text, *scroll));
        }
        Popup::Palette { input, cursor } => draw_palette(app, input, *cursor, pen, frame),
        Popup::ConfirmQuit => {
            let inside = pen.popup(frame, (52, 5), "Quit?");
            let text = [
                match app.live_jobs() {
                    0 => pen.line(Role::Text, " All jobs have ended meanwhile."),
                    live => pen.line(
                        Role::Text,
                        format!(" {} still running; quitting cancels.", count_are(live, "job")),
                    ),
                },
                Line::default(),
                pen.line(Role::Accent, " y quit · n stay"),
            ];
            lines(frame, inside, &text, 0);
        }
        Popup::History { model, reviews, scroll } => {
            return Some(reviewing::history(model, reviews.as_deref(), *scroll, pen, frame));
        }
        Popup::Confirm(ask) => reviewing::confirm(ask, pen, frame),
        Popup::Themes { cursor, .. } => draw_themes(app, *cursor, pen, frame),
        Popup::Messages { scroll } => {
            let inside = pen.popup(frame, (90, tall), &messages_title(app));
            let columns = usize::from(inside.width);
            let row = |message: &Message| {
                let role = if message.bad { Role::Error } else { Role::Text };
                let at = if message.at.is_empty() { String::new() } else { format!("{}  ", message.at) };
                let head =
                    vec![pen.span(Role::Muted, at), pen.span(role, if message.bad { "✗ " } else { "· " })];
                pen.wrapped(head, role, &message.text, columns)
            };
            let mut text: Vec<Line<'_>> = app.messages.iter().flat_map(row).collect();
            if text.is_empty() {
                text.push(pen.line(Role::Muted, " nothing has been said yet"));
            }
            return Some(scrolled(frame, inside, &text, *scroll));
        }
        Popup::Why { model, scroll } => {
            const WIDTH: u16 = 90;
            let columns = WIDTH.min(full.width.saturating_sub(4)).saturating_sub(2);
            let text = explain(app, model, pen, usize::from(columns));
            let height = u16::try_from(text.len()).unwrap_or(u16::MAX).saturating_add(2).min(tall);
            let inside = pen.popup(frame, (WIDTH, height), &format!("Why · {}", model.screen()));
            return Some(scrolled(frame, inside, &text, *scroll));
        }
        Popup::Log { job, scroll } => {
            let found = app.jobs.iter().find(|known| known.id == *job);
            let title = found.map(|job| crate::text::screen(&job.title)).unwrap_or_default();
            let inside = pen.popup(frame, (100, tall), &format!("Log · {title}"));
            let text = found.map(|job| jobs::log(job, 0, pen, usize::from(inside.width)));
            let text = text.unwrap_or_default();
            return Some(scrolled(frame, inside, &text, *scroll));
        }
        Popup::Legend => draw_legend(pen, frame),
        Popup::Tour { step } => welcome::draw_tour(*step, pen, frame),
        Popup::Choose { of } => draw_choices(app, *of, pen, frame),
        Popup::Ask(ask) => draw_ask(ask, pen, frame),
        Popup::GoTo(goto) => draw_goto(app, goto, pen, frame),
    }
    None
}

fn messages_title(app: &App) -> String {
    let bad = app.messages.iter().filter(|message| message.bad).count();
    let bad = if bad > 0 { format!(", ✗ {bad} bad") } else { String::new() };
    format!("Messages · {}{bad} · j k scroll, Esc closes", app.messages.len())
}

fn help(app: &App, pen: Pen<'_>) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    for (title, everywhere) in [("On this screen", false), ("Everywhere", true)] {
        out.push(pen.line(Role::Title, title));
        let is_listed = |row: &&Keys| row.is_on(app.screen) && is_offered(row, app);
        for row in keyed().filter(is_listed).filter(|row| row.screens.is_empty() == everywhere) {
            let written: Vec<String> = row.keys.iter().map(|key| shown(key)).collect();
            let off = enabled(row, app).err();
            let role = if off.is_some() { Role::Muted } else { Role::Text };
            let why = off.map(|why| format!(" (now: {why})")).unwrap_or_default();
            out.push(Line::from(vec![
                pen.span(Role::Accent, fit(&format!("  {}", written.join(" ")), 16)),
                pen.span(Role::Muted, fit(row.name, 14)),
                pen.span(role, format!("{}{why}", row.help_line())),
            ]));
        }
        out.push(Line::default());
    }
    out
}

fn draw_palette(app: &App, input: &str, cursor: usize, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let inside = pen.popup(frame, (76, 16), "Command");
    let found = matches(app, input);
    let line =
        pen.line(Role::Input, fit(&format!(": {}▏", crate::text::screen(input)), usize::from(inside.width)));
    lines(frame, inside, &[line], 0);
    let list = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
    if found.is_empty() {
        lines(frame, list, &[pen.line(Role::Muted, " no command of this screen has such a name")], 0);
    }
    let first = first_row(cursor, found.len(), list.height);
    for (y, (position, row)) in (list.y..list.bottom()).zip(found.iter().enumerate().skip(first)) {
        let role = if enabled(row, app).is_ok() { Role::Text } else { Role::Muted };
        let key = row.keys.first().map(|key| shown(key)).unwrap_or_default();
        let line = Line::from(vec![
            pen.span(Role::Accent, fit(&format!(" {key}"), 9)),
            pen.span(role, fit(row.name, 15)),
            pen.span(Role::Muted, row.help_line()),
        ]);
        frame.buffer_mut().set_line(list.x, y, &line, list.width);
        if position == cursor {
            choose(frame, pen, list, y);
        }
    }
}

/// The themes, with what cannot be used and why below them.
fn draw_themes(app: &App, cursor: usize, pen: Pen<'_>, frame: &mut Frame<'_>) {
    const COLUMNS: u16 = 48;
    let faults: Vec<Line<'_>> = app
        .theme_faults
        .iter()
        .flat_map(|fault| {
            let head = vec![pen.span(Role::Error, " ✗ ")];
            pen.wrapped(head, Role::Muted, fault, usize::from(COLUMNS) - 4)
        })
        .collect();
    let rows = app.themes.len() + faults.len() + 4;
    let inside = pen.popup(frame, (COLUMNS, u16::try_from(rows).unwrap_or(u16::MAX)), "Theme");
    let list = usize::from(inside.height).saturating_sub(faults.len() + 2);
    let first = first_row(cursor, app.themes.len(), u16::try_from(list).unwrap_or(0));
    let shown = app.themes.iter().enumerate().skip(first).take(list);
    let mut y = inside.y;
    for (position, name) in shown {
        let mark = if position == cursor { "▸" } else { " " };
        let line = pen.line(Role::Text, format!("{mark} {}", crate::text::screen(name)));
        frame.buffer_mut().set_line(inside.x, y, &line, inside.width);
        if position == cursor {
            choose(frame, pen, inside, y);
        }
        y += 1;
    }
    let mut below = faults;
    below.push(Line::default());
    below.push(pen.line(Role::Muted, " ↑↓ try · Enter keeps it · Esc goes back"));
    let rest = Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
    lines(frame, rest, &below, 0);
}

/// The keys that go on with a command, at the foot of the screen where the eye is.
fn draw_choices(app: &App, of: Cmd, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let choices = choices(app, of);
    let title = keys_of(of).map_or("", |row| row.name);
    let height = u16::try_from(choices.len()).unwrap_or(u16::MAX).saturating_add(2);
    let inside = pen.popup(frame, (64, height), &format!("{title} · Esc leaves"));
    let row = |choice: &Choice| {
        let (key, word) = match choice.off {
            Some(_) => (Role::KeyOff, Role::KeyOff),
            None => (Role::KeyName, Role::Text),
        };
        let shown = choice.off.as_deref().unwrap_or(&choice.shown);
        Line::from(vec![
            pen.span(key, format!(" {} ", choice.key)),
            pen.span(word, fit(&choice.word, 18)),
            pen.span(Role::Muted, format!(" {shown}")),
        ])
    };
    let rows: Vec<Line<'_>> = choices.iter().map(row).collect();
    lines(frame, inside, &rows, 0);
}

fn draw_ask(ask: &Ask, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let width = 76;
    let mut text =
        vec![pen.line(Role::Input, format!(" {}: {}▏", ask.label, crate::text::screen(&ask.input)))];
    for note in &ask.notes {
        text.extend(pen.wrapped(vec![pen.span(Role::Muted, " ")], Role::Muted, note, usize::from(width - 4)));
    }
    text.push(pen.line(Role::Muted, " Enter goes on · Esc leaves"));
    let height = u16::try_from(text.len()).unwrap_or(u16::MAX).saturating_add(2);
    let inside = pen.popup(frame, (width, height), &ask.title);
    lines(frame, inside, &text, 0);
}

fn draw_legend(pen: Pen<'_>, frame: &mut Frame<'_>) {
    const SIGNS: [(&str, &str); 8] = [
        ("●", "a model; above the focus its ancestors, below its descendants"),
        ("══", "attested by a signed claim, and pinned by digest"),
        ("──", "attested by a signed claim, or observed in the bytes"),
        ("┄┄", "declared only: an unsigned document says so"),
        ("╳╳", "contradicted: two sources disagree"),
        ("L2→1", "own level, and what its ancestors leave of it"),
        ("? …", "named by a document and not in this inventory"),
        ("✗ …", "tainted: an ancestor's evidence contradicts"),
    ];
    let inside = pen.popup(frame, (74, 11), "Legend · any key closes");
    let text: Vec<Line<'_>> = SIGNS
        .iter()
        .map(|(sign, words)| {
            Line::from(vec![
                pen.span(Role::Accent, fit(&format!(" {sign}"), 8)),
                pen.span(Role::Text, *words),
            ])
        })
        .collect();
    lines(frame, inside, &text, 0);
}
