//! What a key does: in a popup, in the filter, or by the table of commands.

use crate::commands::{Cmd, Does, keys_of, shown};
use crate::tui::keys;
use crate::tui::state::app::App;
use crate::tui::state::popup::Popup;
use crate::tui::update::commands::run;
use crate::tui::update::effect::Effect;
use crate::tui::update::{finding, line, popups, typing};
use crossterm::event::KeyEvent;

/// A key of the keyboard.
pub(super) fn on_key(app: &mut App, key: &KeyEvent) -> Vec<Effect> {
    let Some(written) = keys::written(key) else { return Vec::new() };
    if written == "ctrl-c" {
        return on_ctrl_c(app);
    }
    press(app, &written)
}

/// What a key does, by the way it is written.
pub(super) fn press(app: &mut App, written: &str) -> Vec<Effect> {
    app.ctrl_c = false;
    app.message = None;
    if app.popup.is_some() {
        return popups::popup_key(app, written);
    }
    if app.filtering && !finding::leaves_the_line(written, app.screen) {
        typing::filter_key(app, written);
        return Vec::new();
    }
    app.filtering = false;
    app.rows.end_typing();
    match app.keys.of(written, app.screen) {
        Some(Does::Cmd(cmd)) => keys_of(cmd).map(|row| run(app, row)).unwrap_or_default(),
        Some(Does::Line(line)) => line::run_line(app, &line),
        Some(Does::Nothing) | None => {
            let help = app.key_of(Cmd::Help);
            app.tell(format!("{} does nothing here · {help} lists the keys", shown(written)), false);
            Vec::new()
        }
    }
}

fn on_ctrl_c(app: &mut App) -> Vec<Effect> {
    if app.ctrl_c {
        return vec![Effect::Quit];
    }
    app.ctrl_c = true;
    app.filtering = false;
    app.rows.end_typing();
    app.line.rest();
    if let Some(Popup::Themes { before, .. }) = app.popup.take() {
        app.theme = *before;
    }
    app.tell("press Ctrl-c once more to quit", false);
    Vec::new()
}
