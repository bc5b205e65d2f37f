//! The mouse: used, or left to the terminal.

use crate::tui::state::app::App;
use crate::tui::update::effect::Effect;

/// The command.
pub(super) fn toggle(app: &mut App) -> Vec<Effect> {
    app.mouse = !app.mouse;
    let words = match app.mouse {
        true => "mouse on: click and scroll; hold Shift to select text · % turns it off",
        false => "mouse off: the terminal selects text again · % turns it on",
    };
    app.tell(words, false);
    vec![Effect::Mouse(app.mouse)]
}
