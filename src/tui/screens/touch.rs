//! Where a popup or a list came to lie, for the mouse: read off the cells that were drawn. Screens that know better say
//! so themselves.

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

/// The list of a screen that has a chosen row: from the row's ground, as far up and down as the border beside it goes.
pub fn list(buffer: &Buffer, within: Rect, theme: &Theme) -> Option<Hit> {
    /// Anything narrower is a tab.
    const NARROWEST: u16 = 20;
    let ground = theme.ground(Role::Chosen);
    let runs = (within.y..within.bottom()).filter_map(|y| {
        let is_chosen = |x: &u16| has_ground(buffer, (*x, y), ground);
        let left = (within.x..within.right()).find(is_chosen)?;
        let right = (left..within.right()).find(|x| !is_chosen(x)).unwrap_or(within.right());
        (right - left >= NARROWEST).then_some((left, right, y))
    });
    let (left, right, chosen) = runs.max_by_key(|(left, right, _)| right - left)?;
    let border = left.saturating_sub(1);
    let is_beside = |y: &u16| buffer.cell((border, *y)).is_some_and(|cell| cell.symbol() == "│");
    let top = (within.y..=chosen).rev().take_while(is_beside).last().unwrap_or(chosen);
    let bottom = (chosen..within.bottom()).take_while(is_beside).last().unwrap_or(chosen);
    Some(Hit::list(Rect::new(left, top, right - left, bottom - top + 1), chosen))
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
