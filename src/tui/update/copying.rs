//! Copies what is under the cursor to the clipboard of the terminal.

use crate::commands::Cmd;
use crate::tui::state::app::App;
use crate::tui::update::choosing::ask_key;
use crate::tui::update::effect::Effect;

/// The command.
pub(super) fn copy(app: &mut App) -> Vec<Effect> {
    ask_key(app, Cmd::Copy);
    Vec::new()
}
