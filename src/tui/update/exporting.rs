//! Writes what is shown to a file: a form is chosen, then a name. A file that is there already is replaced only when
//! somebody has said so.

use crate::commands::Cmd;
use crate::forms::Form;
use crate::tui::state::app::App;
use crate::tui::state::exports::{Export, file_name, seen};
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::update::effect::Effect;
use std::path::PathBuf;

/// The command.
pub(super) fn export(app: &mut App) -> Vec<Effect> {
    app.popup = Some(Popup::Choose { of: Cmd::Export });
    Vec::new()
}

/// The key after it: the form.
pub(super) fn chosen(app: &mut App, key: char) -> Vec<Effect> {
    let Some(form) = Form::of_key(key) else { return Vec::new() };
    let name = file_name(app, form);
    app.taken = None;
    ask(app, key, form, name.clone(), Vec::new());
    vec![Effect::FreeName(name)]
}

fn ask(app: &mut App, key: char, form: Form, input: String, notes: Vec<String>) {
    app.popup = Some(Popup::Ask(Box::new(Ask {
        of: Cmd::Export,
        key,
        models: Vec::new(),
        title: format!("Export as {}", form.name()),
        label: "file".to_owned(),
        input,
        notes,
    })));
}

/// A name of which no file is there takes the place of the one that was proposed, unless somebody typed meanwhile.
pub(super) fn free_name(app: &mut App, proposed: &str, free: String, folder: &str) {
    if let Some(Popup::Ask(ask)) = &mut app.popup
        && ask.of == Cmd::Export
        && ask.input == proposed
    {
        ask.input = free;
        ask.notes = vec![format!("in {folder}")];
    }
}

/// The line after that: the file.
pub(super) fn answered(app: &mut App, asked: Ask) -> Vec<Effect> {
    let file = asked.input.trim().to_owned();
    let Some(form) = Form::of_key(asked.key) else { return Vec::new() };
    if file.is_empty() {
        ask(app, asked.key, form, String::new(), vec!["name a file".to_owned()]);
        return Vec::new();
    }
    let replaces = app.taken.take().is_some_and(|taken| taken == file);
    let Some((seen, word)) = seen(app, form) else {
        app.tell("there is nothing to export here any more", false);
        return Vec::new();
    };
    app.tell(format!("writing {word}"), false);
    vec![Effect::Export(Box::new(Export { seen, word, form, file: PathBuf::from(file), replaces }))]
}

/// A file of that name is there: whether it is replaced is asked, for the same name or another one.
pub(super) fn taken(app: &mut App, export: &Export) {
    let Some(key) = export.form.row().and_then(|row| row.key) else { return };
    let file = export.file.to_string_lossy().into_owned();
    if app.popup.is_some() {
        app.tell(format!("{} is there already; nothing was written", crate::text::screen(&file)), true);
        return;
    }
    let note = format!("{} is there already: Enter replaces it", crate::text::screen(&file));
    app.taken = Some(file.clone());
    app.message = None;
    ask(app, key, export.form, file, vec![note, "or type another name".to_owned()]);
}
