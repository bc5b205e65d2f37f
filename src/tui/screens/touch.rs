//! Where a popup came to lie, for the mouse: read off the cells that it changed.

use crate::tui::state::hit::{Hit, Under};
use crate::tui::theme::{Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

/// The area of what was drawn over a screen, and the list in it, where one has a chosen row.
pub fn over(before: &Buffer, after: &Buffer, theme: &Theme) -> Vec<Hit> {
    let Some(area) = changed(before, after) else { return Vec::new() };
    let mut hits = vec![Hit { area, under: Under::Popup }];
    let inside = Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    };
    let ground = theme.ground(Role::Chosen);
    let is_chosen = |y: &u16| (inside.x..inside.right()).all(|x| has_ground(after, (x, *y), ground));
    if let Some(chosen) = (inside.y..inside.bottom()).find(is_chosen).filter(|_| !inside.is_empty()) {
        hits.push(Hit::list(inside, chosen));
    }
    hits
}

/// The smallest area that holds every cell that differs.
fn changed(before: &Buffer, after: &Buffer) -> Option<Rect> {
    let full = after.area;
    let differs = |x: u16, y: u16| before.cell((x, y)) != after.cell((x, y));
    let rows = (full.y..full.bottom()).filter(|y| (full.x..full.right()).any(|x| differs(x, *y)));
    let (top, bottom) = ends(rows)?;
    let columns = (full.x..full.right()).filter(|x| (top..=bottom).any(|y| differs(*x, y)));
    let (left, right) = ends(columns)?;
    Some(Rect::new(left, top, right - left + 1, bottom - top + 1))
}

fn ends(mut all: impl DoubleEndedIterator<Item = u16>) -> Option<(u16, u16)> {
    let first = all.next()?;
    Some((first, all.next_back().unwrap_or(first)))
}

fn has_ground(buffer: &Buffer, place: (u16, u16), ground: Style) -> bool {
    buffer.cell(place).is_some_and(|cell| {
        let by_color = ground.bg.is_some_and(|bg| bg != Color::Reset && cell.bg == bg);
        let by_reverse = ground.add_modifier.contains(Modifier::REVERSED);
        by_color || by_reverse && cell.modifier.contains(Modifier::REVERSED)
    })
}
