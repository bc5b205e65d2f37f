//! How a snapshot and the present differ, row by row.

use crate::tui::screens::paint::{Pen, lines};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;

/// Draws it; gives how far it can be scrolled.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Option<usize> {
    let inside = pen.boxed(frame, area, app.screen.word());
    lines(frame, inside, &[pen.line(Role::Muted, " no snapshot is compared: D names one")], 0);
    None
}
