//! The mouse: used, or left to the terminal.

use crate::tui::state::app::App;
use crate::tui::update::effect::Effect;

/// The command.
pub(super) fn toggle(app: &mut App) -> Vec<Effect> {
    app.tell("not built yet", false);
    Vec::new()
}
