//! Finds models: terms of the filter, saved views, going to a model by name.

use crate::tui::state::app::App;
use crate::tui::update::effect::Effect;

/// The command.
pub(super) fn filter_by(app: &mut App) -> Vec<Effect> {
    app.tell("not built yet", false);
    Vec::new()
}

/// The command.
pub(super) fn keep_view(app: &mut App) -> Vec<Effect> {
    app.tell("not built yet", false);
    Vec::new()
}

/// The command.
pub(super) fn go_to(app: &mut App) -> Vec<Effect> {
    app.tell("not built yet", false);
    Vec::new()
}
