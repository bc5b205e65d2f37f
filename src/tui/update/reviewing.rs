//! Reviews: of one model or of all marked, taken back, and looked back on.

use crate::tui::state::app::App;
use crate::tui::update::effect::Effect;

/// The command.
pub(super) fn undo(app: &mut App) -> Vec<Effect> {
    app.tell("not built yet", false);
    Vec::new()
}

/// The command.
pub(super) fn history(app: &mut App) -> Vec<Effect> {
    app.tell("not built yet", false);
    Vec::new()
}
