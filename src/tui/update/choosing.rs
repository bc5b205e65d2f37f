//! A command that asks for one more key, or for a line: what happens with the answer.

use crate::commands::Cmd;
use crate::tui::state::app::App;
use crate::tui::state::choices::choices;
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::update::comparing;
use crate::tui::update::effect::Effect;
use crate::tui::update::typing::type_into;
use crate::tui::update::{
    amending, copying, editing, exporting, finding, opening, reporting, reviewing, sorting,
};

/// A key while a command waits for one.
pub(super) fn choose_key(app: &mut App, key: &str, of: Cmd) -> Vec<Effect> {
    if matches!(key, "esc" | "q") {
        return Vec::new();
    }
    let found = choices(app, of).into_iter().find(|choice| is_key(key, choice.key));
    match found {
        Some(choice) => match choice.off {
            Some(why) => {
                app.tell(format!("{}: {why}", choice.word), false);
                Vec::new()
            }
            None => chosen(app, of, choice.key),
        },
        None => {
            app.tell(format!("{key} is not among the choices"), false);
            app.popup = Some(Popup::Choose { of });
            Vec::new()
        }
    }
}

fn is_key(written: &str, key: char) -> bool {
    let mut chars = written.chars();
    chars.next() == Some(key) && chars.next().is_none()
}

/// Goes on with the choice of a key.
fn chosen(app: &mut App, of: Cmd, key: char) -> Vec<Effect> {
    match of {
        Cmd::FilterBy => finding::filter_by_term(app, key),
        Cmd::Amend => amending::chosen(app, key),
        Cmd::Copy => copying::chosen(app, key),
        Cmd::Export => exporting::chosen(app, key),
        Cmd::Sort => sorting::sort_by(app, key),
        Cmd::Columns => sorting::toggle_column(app, key),
        Cmd::Review => reviewing::chosen(app, key),
        _ => Vec::new(),
    }
}

/// A key while a line is typed.
pub(super) fn ask_line(app: &mut App, key: &str, mut ask: Box<Ask>) -> Vec<Effect> {
    match key {
        "esc" => return Vec::new(),
        "enter" => return answered(app, *ask),
        "tab" if matches!(ask.of, Cmd::AddSource | Cmd::Samples | Cmd::Keep) => {
            let typed = ask.input.clone();
            app.popup = Some(Popup::Ask(ask));
            return vec![Effect::Complete(typed)];
        }
        _ => type_into(&mut ask.input, key),
    }
    app.popup = Some(Popup::Ask(ask));
    Vec::new()
}

/// Goes on with the line that was typed.
fn answered(app: &mut App, ask: Ask) -> Vec<Effect> {
    match ask.of {
        Cmd::Amend => amending::answered(app, &ask),
        Cmd::Compare => comparing::answered(app, ask),
        Cmd::FindText => {
            editing::find(app, &ask.input, false);
            Vec::new()
        }
        Cmd::KeepView => finding::keep_named(app, &ask.input),
        Cmd::Review => reviewing::answered(app, ask),
        Cmd::Export => exporting::answered(app, ask),
        Cmd::TypeChoice => reporting::answered(app, &ask),
        Cmd::WriteReport => reporting::named(app, &ask),
        Cmd::AddSource | Cmd::Samples | Cmd::Keep => opening::answered(app, ask.of, &ask.input),
        _ => Vec::new(),
    }
}

/// A key while a line that was typed waits to be confirmed.
pub(super) fn confirm_key(app: &mut App, key: &str, ask: Box<Ask>) -> Vec<Effect> {
    match (key, ask.of) {
        ("y" | "Y", Cmd::Review) => return reviewing::confirmed(app, *ask),
        ("n" | "N" | "esc" | "q", _) => app.tell("left: nothing was recorded", false),
        _ => app.popup = Some(Popup::Confirm(ask)),
    }
    Vec::new()
}
