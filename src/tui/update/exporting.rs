//! Writes what is shown to a file.

use crate::commands::Cmd;
use crate::tui::state::app::App;
use crate::tui::update::choosing::ask_key;
use crate::tui::update::effect::Effect;

/// The command.
pub(super) fn export(app: &mut App) -> Vec<Effect> {
    ask_key(app, Cmd::Export);
    Vec::new()
}
