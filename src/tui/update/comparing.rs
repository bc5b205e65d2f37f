//! Compares two models.

use crate::tui::state::app::App;
use crate::tui::update::effect::Effect;

/// The command.
pub(super) fn compare(app: &mut App) -> Vec<Effect> {
    app.tell("not built yet", false);
    Vec::new()
}
