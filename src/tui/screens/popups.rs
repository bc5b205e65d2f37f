//! What lies over a screen, drawn: help, palette, confirmation, review, themes, messages, and texts that explain.

use crate::commands::{Keys, keyed, shown};
use crate::text::width;
use crate::tui::screens::finding::draw_goto;
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines};
use crate::tui::screens::why::explain;
use crate::tui::screens::{choosing, editor, jobs, palette, relatives, reviewing, welcome};
use crate::tui::state::app::{App, Message};
use crate::tui::state::enabled::{enabled, is_offered};
use crate::tui::state::hit::Drawn;
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::state::quitting::quitting;
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Draws a popup; gives how far it can be scrolled, where it can be, and what can be clicked in it.
pub fn draw(app: &App, popup: &Popup, pen: Pen<'_>, frame: &mut Frame<'_>) -> Drawn {
    match popup {
        Popup::Choose { of } => Drawn { hits: choosing::draw(app, *of, pen, frame), ..Drawn::default() },
        _ => draw_text(app, popup, pen, frame).into(),
    }
}

/// The same of those in which nothing but a list can be clicked.
fn draw_text(app: &App, popup: &Popup, pen: Pen<'_>, frame: &mut Frame<'_>) -> Option<usize> {
    match popup {
        Popup::Help { scroll } => {
            let title = format!("Keys · {} · j k scroll, Esc closes", app.screen.word());
            return Some(pen.sheet(frame, (112, &title), *scroll, |columns| help(app, pen, columns)));
        }
        Popup::Palette { input, cursor } => palette::draw(app, input, *cursor, pen, frame),
        Popup::ConfirmQuit => {
            let inside = pen.popup(frame, (52, 5), "Quit?");
            let text = [
                pen.line(Role::Text, format!(" {}", quitting(app))),
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
            let row = |message: &Message, columns: usize| {
                let role = if message.bad { Role::Error } else { Role::Text };
                let at = if message.at.is_empty() { String::new() } else { format!("{}  ", message.at) };
                let head =
                    vec![pen.span(Role::Muted, at), pen.span(role, if message.bad { "✗ " } else { "· " })];
                pen.wrapped(head, role, &message.text, columns)
            };
            return Some(pen.sheet(frame, (90, &messages_title(app)), *scroll, |columns| {
                if app.messages.is_empty() {
                    return vec![pen.line(Role::Muted, " no messages yet")];
                }
                app.messages.iter().flat_map(|message| row(message, columns)).collect()
            }));
        }
        Popup::Why { model, scroll } => {
            let title = format!("Why · {}", model.screen());
            return Some(
                pen.sheet(frame, (90, &title), *scroll, |columns| explain(app, model, pen, columns)),
            );
        }
        Popup::Blast { blast, cursor } => relatives::draw_blast(blast, *cursor, pen, frame),
        Popup::Path { from, to, chain, scroll } => {
            return Some(relatives::draw_path(app, (from, to), chain.as_ref(), *scroll, pen, frame));
        }
        Popup::Log { job, scroll } => {
            let found = app.jobs.iter().find(|known| known.id == *job);
            let title = found.map(|job| crate::text::screen(&job.title)).unwrap_or_default();
            let text = |columns| found.map(|job| jobs::log(job, 0, pen, columns)).unwrap_or_default();
            return Some(pen.sheet(frame, (100, &format!("Log · {title}")), *scroll, text));
        }
        Popup::Legend => draw_legend(pen, frame),
        Popup::Tour { step } => welcome::draw_tour(app, *step, pen, frame),
        Popup::ConfirmNetwork(asked) => palette::draw_confirm(asked, pen, frame),
        Popup::Choose { .. } => {}
        Popup::Ask(ask) => draw_ask(ask, pen, frame),
        Popup::SavePolicy(ask) => return Some(editor::draw_save(app, ask, pen, frame)),
        Popup::GoTo(goto) => draw_goto(app, goto, pen, frame),
    }
    None
}

fn messages_title(app: &App) -> String {
    let bad = app.messages.iter().filter(|message| message.bad).count();
    let bad = if bad > 0 { format!(", ✗ {}", crate::text::count(bad, "problem")) } else { String::new() };
    format!("Messages · {}{bad} · j k scroll, Esc closes", app.messages.len())
}

/// The keys of the screen and those of everywhere; what they do stands beside them, and goes on below.
fn help(app: &App, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let listed: Vec<(&Keys, String)> = keyed()
        .filter(|row| row.is_on(app.screen) && is_offered(row, app))
        .map(|row| {
            let written: Vec<String> = app.keys.keys(row.cmd, app.screen).into_iter().map(shown).collect();
            (row, written.join(" "))
        })
        .collect();
    let own: Vec<(&str, &str)> = app.keys.lines(app.screen).collect();
    let widest = |cells: &mut dyn Iterator<Item = usize>| cells.max().unwrap_or(0);
    let keys = widest(
        &mut listed.iter().map(|(_, keys)| width(keys)).chain(own.iter().map(|(key, _)| width(&shown(key)))),
    );
    let names = widest(&mut listed.iter().map(|(row, _)| width(row.name)));
    let key = |written: &str| pen.span(Role::Accent, format!("  {}", fit(written, keys + 2)));
    for (title, everywhere) in [("On this screen", false), ("Everywhere", true)] {
        out.push(pen.line(Role::Title, title));
        for (row, written) in listed.iter().filter(|(row, _)| row.is_everywhere() == everywhere) {
            let off = enabled(row, app).err();
            let role = if off.is_some() { Role::Muted } else { Role::Text };
            let why = off.map(|why| format!(" (now: {why})")).unwrap_or_default();
            let head = vec![key(written), pen.span(Role::Muted, fit(row.name, names + 2))];
            out.extend(pen.wrapped(head, role, &format!("{}{why}", row.help_line()), columns));
        }
        out.push(Line::default());
    }
    if !own.is_empty() {
        out.push(pen.line(Role::Title, "Of your keymap file"));
        for (written, line) in own {
            let line = format!(": {}", crate::text::screen(line));
            out.extend(pen.wrapped(vec![key(&shown(written))], Role::Text, &line, columns));
        }
        out.push(Line::default());
    }
    out
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
    const SIGNS: [(&str, &str); 10] = [
        ("● ◆", "a model, a dataset; ancestors above the focus, descendants below"),
        ("○ ◇", "the same, repeated: expanded on another row"),
        ("╠═", "attested by a signed claim, and pinned by digest"),
        ("├─", "attested by a signed claim, or observed in the bytes"),
        ("├┄", "declared only, by an unsigned document"),
        ("├╳", "contradicted: two sources disagree"),
        ("▸ n", "n more rows: → shows them, ← folds"),
        ("L2→1", "own level, and what its ancestors leave of it"),
        ("? …", "named by a document and not in this inventory"),
        ("✗ …", "tainted: an ancestor's evidence contradicts"),
    ];
    let inside = pen.popup(frame, (74, 12), "Legend · any key closes");
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
