//! The common changes of the policy: each becomes text in the editor, with what it would change in view. Nothing is
//! written before it is saved.

use crate::commands::{Cmd, Screen};
use crate::tui::state::amending::{Amendment, amended};
use crate::tui::state::app::App;
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::update::editing;
use crate::tui::update::effect::Effect;

/// Lines in sight above what was changed.
const ABOVE: usize = 6;

/// The command: asks which.
pub(super) fn amend(app: &mut App) -> Vec<Effect> {
    app.popup = Some(Popup::Choose { of: Cmd::Amend });
    Vec::new()
}

/// The key after it.
pub(super) fn chosen(app: &mut App, key: char) -> Vec<Effect> {
    let Some(one) = Amendment::of_key(key) else { return Vec::new() };
    let Some((label, note)) = one.asks() else { return made(app, one, "") };
    app.popup = Some(Popup::Ask(Box::new(Ask {
        of: Cmd::Amend,
        key,
        models: Vec::new(),
        title: "Change the policy".to_owned(),
        label: label.to_owned(),
        input: String::new(),
        notes: vec![note.to_owned(), "Nothing is written before you save it.".to_owned()],
    })));
    Vec::new()
}

/// The line after that.
pub(super) fn answered(app: &mut App, ask: &Ask) -> Vec<Effect> {
    Amendment::of_key(ask.key).map(|one| made(app, one, &ask.input)).unwrap_or_default()
}

/// Opens the editor with the changed text, and asks whether to save it once it is known what that changes.
fn made(app: &mut App, one: Amendment, typed: &str) -> Vec<Effect> {
    match amended(app, one, typed) {
        Ok(after) => {
            if app.screen != Screen::Editor {
                editing::open(app);
            }
            if let Some(editor) = &mut app.editor {
                editor.text.change_to(&after);
                editor.window.top = editor.text.row().saturating_sub(ABOVE);
                editor.is_saving = true;
            }
            vec![Effect::LookAtEdited]
        }
        Err(why) => {
            app.tell(why, false);
            Vec::new()
        }
    }
}
