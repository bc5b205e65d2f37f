//! Two models side by side.

use crate::tui::screens::paint::{Pen, lines};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;

/// Draws it; gives how far it can be scrolled.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Option<usize> {
    let inside = pen.boxed(frame, area, app.screen.word());
    lines(frame, inside, &[pen.line(Role::Muted, " no models are compared: mark two and press =")], 0);
    None
}
