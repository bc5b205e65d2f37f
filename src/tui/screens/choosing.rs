//! The keys that go on with a command, drawn at the foot of the screen where the eye is, in columns.

use crate::commands::{Cmd, keys_of};
use crate::text::width;
use crate::tui::screens::inventory::names::middle;
use crate::tui::screens::paint::{Pane, Pen, fit, put};
use crate::tui::state::app::App;
use crate::tui::state::choices::{Choice, choices};
use crate::tui::state::hit::{Hit, Under};
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Clear;

/// More rows than this hide too much of what the choice is about, while there is room beside.
const FEW_ROWS: usize = 8;
/// Columns between two entries.
const GAP: usize = 2;

/// Draws them.
/// Gives where each of them is: a click does what its key does.
pub fn draw(app: &App, of: Cmd, pen: Pen<'_>, frame: &mut Frame<'_>) -> Vec<Hit> {
    let choices = choices(app, of);
    let full = frame.area();
    let room = usize::from(full.width.saturating_sub(2));
    let words = choices.iter().map(|choice| width(&choice.word)).max().unwrap_or(0).min(room / 2);
    let widest = choices.iter().map(|choice| cells(choice, words)).max().unwrap_or(0).clamp(12, room.max(12));
    // As many columns as it takes to stay low, and no more than fit.
    let most = (room + GAP).checked_div(widest + GAP).unwrap_or(1).max(1);
    let columns = choices.len().div_ceil(FEW_ROWS).clamp(1, most);
    let rows = choices.len().div_ceil(columns).max(1);
    let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2).min(full.height.saturating_sub(2));
    // The key bar stays in sight.
    let area = Rect { x: full.x, y: full.bottom().saturating_sub(height + 1), width: full.width, height };
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, pen.theme.style(Role::Panel));
    let name = keys_of(of).map_or("", |row| row.name);
    let inside =
        pen.pane(frame, area, &Pane { title: name, note: "press a key · Esc leaves", focused: true });
    let step = usize::from(inside.width) / columns;
    let mut hits = vec![Hit { area, under: Under::Popup }];
    for (at, choice) in choices.iter().enumerate() {
        let (column, row) = (at / rows, at % rows);
        let x = inside.x.saturating_add(u16::try_from(column * step).unwrap_or(u16::MAX));
        let y = inside.y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX));
        if y < inside.bottom() && x < inside.right() {
            let columns = u16::try_from(step).unwrap_or(u16::MAX).min(inside.right() - x);
            put(frame, x, y, &entry(choice, words, usize::from(columns), pen), columns);
            hits.push(Hit::keys(Rect { x, y, width: columns, height: 1 }, [choice.key.to_string()]));
        }
    }
    hits
}

fn cells(choice: &Choice, words: usize) -> usize {
    let beside = width(choice.off.as_deref().unwrap_or(&choice.shown));
    4 + words + if beside > 0 { beside + GAP } else { 0 }
}

/// What does not fit loses its middle: names and identities differ at both ends.
fn entry(choice: &Choice, words: usize, columns: usize, pen: Pen<'_>) -> Line<'static> {
    let (key, word, beside) = match &choice.off {
        Some(why) => (Role::Muted, Role::Muted, why),
        None => (Role::KeyName, Role::Text, &choice.shown),
    };
    let name = if choice.key == ' ' { "Space".to_owned() } else { choice.key.to_string() };
    Line::from(vec![
        pen.span(key, format!(" {name} ")),
        pen.span(word, format!(" {}", fit(&choice.word, words))),
        pen.span(Role::Muted, format!("  {}", middle(beside, columns.saturating_sub(4 + words + GAP)))),
    ])
}
