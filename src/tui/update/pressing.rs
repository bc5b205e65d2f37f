//! What a key does: in a popup, in the filter, or by the table of commands.

use crate::commands::{Cmd, Does, Screen, keys_of, shown};
use crate::tui::keys;
use crate::tui::state::app::App;
use crate::tui::state::popup::Popup;
use crate::tui::update::commands::run;
use crate::tui::update::effect::Effect;
use crate::tui::update::{editing, finding, line, popups, typing};
use crossterm::event::{KeyEvent, KeyModifiers};

/// A key of the keyboard.
pub(super) fn on_key(app: &mut App, key: &KeyEvent) -> Vec<Effect> {
    let Some(written) = keys::written(key) else { return Vec::new() };
    if written == "ctrl-c" {
        return if copies(app) { editing::run(app, Cmd::CopyText) } else { on_ctrl_c(app) };
    }
    let selects = key.modifiers.contains(KeyModifiers::SHIFT);
    if app.popup.is_none()
        && let Some(effects) = editing::key(app, &written, selects)
    {
        (app.ctrl_c, app.message) = (false, None);
        return effects;
    }
    press(app, &written)
}

/// Whether `ctrl-c` copies: while the policy is edited, what is selected there.
fn copies(app: &App) -> bool {
    let is_selected = app.editor.as_ref().is_some_and(|editor| editor.text.selection().is_some());
    is_selected && app.screen == Screen::Editor && app.popup.is_none()
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
    let unsaved = if app.is_unsaved() { "; the edited policy is not saved" } else { "" };
    app.tell(format!("press Ctrl-c once more to quit{unsaved}"), false);
    Vec::new()
}
