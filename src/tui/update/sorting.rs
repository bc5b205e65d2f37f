//! The order of the rows, their columns and their groups.

use crate::tui::state::app::App;
use crate::tui::update::effect::Effect;

/// The command.
pub(super) fn columns(app: &mut App) -> Vec<Effect> {
    app.tell("not built yet", false);
    Vec::new()
}

/// The command.
pub(super) fn group(app: &mut App) -> Vec<Effect> {
    app.tell("not built yet", false);
    Vec::new()
}
