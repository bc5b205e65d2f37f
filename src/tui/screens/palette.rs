//! The line typed after `:`, drawn: what is typed, what it can go on with, and what the command does.

use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put};
use crate::tui::state::app::App;
use crate::tui::state::offers::{Meaning, meaning, usage};
use crate::tui::state::outputs::Asked;
use crate::tui::state::palette::Offer;
use crate::tui::state::splitting::split;
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Columns of the widest form, and rows of the highest.
const SIZE: (u16, u16) = (100, 20);

/// Draws it.
pub fn draw(app: &App, input: &str, cursor: usize, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let inside = pen.popup(frame, SIZE, &title(app, cursor));
    let [columns, offers] = [usize::from(inside.width), app.palette.offers.len()];
    // The end of a long line is what is being typed.
    let typed = crate::text::screen(input);
    let graphemes: Vec<&str> =
        unicode_segmentation::UnicodeSegmentation::graphemes(typed.as_str(), true).collect();
    let tail = graphemes.get(graphemes.len().saturating_sub(columns.saturating_sub(4))..).unwrap_or_default();
    let line = pen.line(Role::Input, fit(&format!(": {}▏", tail.concat()), columns));
    lines(frame, inside, &[line], 0);
    let foot = 4.min(inside.height.saturating_sub(2));
    let list = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1 + foot), ..inside };
    if app.palette.offers.is_empty() {
        lines(frame, list, &[pen.line(Role::Muted, format!(" {}", nothing(app, input)))], 0);
    }
    let first = first_row(cursor, offers, list.height);
    let in_sight = || app.palette.offers.iter().skip(first).take(usize::from(list.height));
    let names = in_sight().map(|offer| crate::text::width(&offer.shown)).max().unwrap_or(0);
    let names = (names + 2).clamp(15, columns.saturating_sub(12).max(15));
    let keys = in_sight().map(|offer| crate::text::width(&offer.key)).max().unwrap_or(0);
    for (y, (position, offer)) in
        (list.y..list.bottom()).zip(app.palette.offers.iter().enumerate().skip(first))
    {
        put(frame, list.x, y, &row(offer, (keys, names), pen), list.width);
        if position == cursor {
            choose(frame, pen, list, y);
        }
    }
    let below = Rect { y: list.bottom(), height: foot, ..inside };
    lines(frame, below, &explained(app, input, cursor, pen, columns), 0);
}

fn title(app: &App, cursor: usize) -> String {
    let many = app.palette.offers.len();
    let place = if many > 0 { format!(" · {} of {many}", cursor + 1) } else { String::new() };
    format!("Command{place} · Tab completes, Enter runs, ↑ earlier lines")
}

fn nothing(app: &App, input: &str) -> String {
    match meaning(&split(input).texts()) {
        Meaning::Unknown => "no command has such a name".to_owned(),
        _ => match app.palette.folder.as_ref().and_then(|folder| folder.fault.as_ref()) {
            Some(fault) if input.contains(' ') => format!("this folder cannot be read: {fault}"),
            _ => String::new(),
        },
    }
}

/// `cells` of the keys and of the names.
fn row(offer: &Offer, cells: (usize, usize), pen: Pen<'_>) -> Line<'static> {
    let (name, key) = match offer.off {
        Some(_) => (Role::Muted, Role::Muted),
        None => (Role::Text, Role::Accent),
    };
    let note = offer.off.as_ref().map(|why| format!("now: {why}"));
    let keys = if cells.0 > 0 { fit(&format!(" {}", offer.key), cells.0 + 2) } else { String::new() };
    Line::from(vec![
        pen.span(key, keys),
        pen.span(name, fit(&format!(" {}", offer.shown), cells.1 + 1)),
        pen.span(Role::Muted, note.unwrap_or_else(|| offer.note.clone())),
    ])
}

/// What the line would do: how the command is written, and what it is for.
fn explained(app: &App, input: &str, cursor: usize, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let typed = meaning(&split(input).texts());
    let found = match typed {
        Meaning::Nothing | Meaning::Unknown => {
            let offer = app.palette.offers.get(cursor);
            offer.map_or(Meaning::Nothing, |offer| meaning(&split(&offer.line).texts()))
        }
        known => known,
    };
    let Some((text, about, marks)) = usage(app, &found) else { return Vec::new() };
    let marks = if marks.is_empty() { String::new() } else { format!(" · {}", marks.join(", ")) };
    let mut rows = vec![
        pen.line(Role::Border, "─".repeat(columns)),
        Line::from(vec![pen.span(Role::Title, format!(" {text}")), pen.span(Role::Muted, marks)]),
    ];
    rows.extend(pen.wrapped(vec![pen.span(Role::Text, " ")], Role::Text, about, columns));
    rows
}

/// How wide that is asked.
const CONFIRM_COLUMNS: u16 = 76;

/// Whether the network may be used, asked.
pub fn draw_confirm(asked: &Asked, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let area = frame.area();
    let columns = usize::from(area.width.saturating_sub(4).min(CONFIRM_COLUMNS).saturating_sub(2));
    let mut text = pen.wrapped(vec![pen.span(Role::Accent, " : ")], Role::Text, &asked.line, columns);
    // However long the line is, the keys below it stay in view.
    text.truncate(usize::from(area.height.saturating_sub(8)).max(1));
    let rows = u16::try_from(text.len() + 6).unwrap_or(u16::MAX);
    let inside = pen.popup(frame, (CONFIRM_COLUMNS, rows), "Use the network?");
    text.push(pen.line(Role::Text, " This command uses the network; the workbench itself does not."));
    text.push(Line::default());
    text.push(pen.line(Role::Accent, " y runs it · n does not"));
    lines(frame, inside, &text, 0);
}
