//! Before there is a workspace, and where something does not load: what goes on, what is offered, and what becomes of
//! it. It opens nothing itself.

use crate::commands::{Cmd, Screen};
use crate::error::Error;
use crate::text::screen;
use crate::tui::state::app::{App, Phase};
use crate::tui::state::fault::{Fault, Faulty};
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::state::session::Session;
use crate::tui::update::effect::Effect;
use crate::workbench::Access;
use std::path::PathBuf;

/// Where the samples go when nobody names a folder.
const SAMPLES: &str = "touchmark-demo";

/// The workspace could not be opened.
pub(super) fn failed(app: &mut App, error: Error) {
    let fault = Fault::of_opening(&error, None, false);
    app.phase = Phase::Failed(error);
    take_fault(app, fault);
}

/// Something does not load.
pub(super) fn take_fault(app: &mut App, fault: Fault) {
    if fault.of.is_unopened() {
        app.faults.retain(|known| !known.of.is_unopened());
    } else {
        app.faults.retain(|known| known.of != fault.of);
    }
    app.faults.insert(0, fault);
    if app.screen != Screen::Fault {
        app.go(Screen::Fault);
    }
}

/// What may be written is known.
pub(super) fn take_access(app: &mut App, access: Access) {
    app.access = access;
    app.read_only |= access.is_read_only();
    match access {
        Access::Temporary => app.tell(
            "this folder is no workspace: opened for the moment, and nothing is written into it · K keeps it",
            false,
        ),
        Access::Unwritable => app.tell("the folder cannot be written: opened read-only", false),
        Access::WithoutStore => app.tell("opened without the store: nothing is recorded", false),
        Access::Full | Access::ReadOnly => {}
    }
}

/// What was remembered; where somebody has pressed keys already, they know better where they are.
pub(super) fn take_session(app: &mut App, session: Session, is_touched: bool) -> Vec<Effect> {
    let mut effects = Vec::new();
    let theme = session.theme.clone().filter(|name| app.themes.contains(name) && *name != app.theme.name);
    effects.extend(theme.map(Effect::Theme));
    let is_known = |stage: &String| app.stages().iter().any(|known| known.name == *stage);
    let differs = |stage: &String| app.view.as_ref().is_some_and(|view| view.stage != *stage);
    let stage = session.stage.clone().filter(|stage| is_known(stage) && differs(stage));
    effects.extend(stage.map(Effect::SetStage));
    if !is_touched {
        session.restore(app);
    }
    app.session = Some(session);
    effects
}

/// Reads what does not load again.
pub(super) fn read_again(app: &mut App) -> Vec<Effect> {
    let Some(fault) = app.faults.first() else { return Vec::new() };
    match fault.of {
        Faulty::Policy => vec![Effect::ReloadPolicy],
        Faulty::Workspace | Faulty::EmptyFolder | Faulty::Store => {
            app.tell("trying again …", false);
            vec![Effect::Reopen]
        }
        Faulty::Theme => vec![Effect::Theme(fault.place.clone().unwrap_or_default())],
        Faulty::Keymap => vec![Effect::Reopen],
    }
}

/// Corrects the file.
pub(super) fn edit(app: &mut App) -> Vec<Effect> {
    let Some(fault) = app.faults.first() else { return Vec::new() };
    if app.read_only && fault.of == Faulty::Policy {
        app.tell("edit-fault: opened read-only", false);
        return Vec::new();
    }
    fault.file.clone().map(Effect::Edit).into_iter().collect()
}

/// Asks for a folder or a file to add.
pub(super) fn ask_source(app: &mut App) {
    let notes = [
        "Enter adds it to touchmark.toml and scans it. Files are read, never run, and never changed.",
        "A folder of models, a cache such as ~/.cache/huggingface/hub, or a bill of materials. Tab completes.",
    ];
    ask(app, Cmd::AddSource, "Add a source", "path", String::new(), &notes);
}

/// Asks where to put the samples.
pub(super) fn ask_samples(app: &mut App) {
    let notes = ["Enter copies the sample workspace into this new folder and opens it. Tab completes."];
    ask(app, Cmd::Samples, "Samples", "folder", SAMPLES.to_owned(), &notes);
}

/// Asks where to keep a temporary workspace that cannot lie beside its models.
pub(super) fn ask_keep(app: &mut App, why: &str) {
    let notes = [why, "Enter writes touchmark.toml and the store there and opens it. Tab completes."];
    ask(app, Cmd::Keep, "Keep this workspace", "folder", String::new(), &notes);
}

fn ask(app: &mut App, of: Cmd, title: &str, label: &str, input: String, notes: &[&str]) {
    app.popup = Some(Popup::Ask(Box::new(Ask {
        of,
        key: ' ',
        models: Vec::new(),
        title: title.to_owned(),
        label: label.to_owned(),
        input,
        notes: notes.iter().map(|note| screen(note)).collect(),
    })));
}

/// Goes on with the line that was typed; none when it is about something else.
pub(super) fn answered(app: &mut App, of: Cmd, input: &str) -> Vec<Effect> {
    let path = input.trim();
    if path.is_empty() {
        app.tell("nothing was named, and nothing was done", false);
        return Vec::new();
    }
    match of {
        Cmd::AddSource => add_source(app, path),
        Cmd::Samples => samples(app, path),
        Cmd::Keep => keep(app, path),
        _ => Vec::new(),
    }
}

/// Adds a source and scans it.
pub(super) fn add_source(app: &mut App, path: &str) -> Vec<Effect> {
    app.tell(format!("adding {}", screen(path)), false);
    vec![Effect::AddSource(path_of(path))]
}

/// Copies the samples and opens them.
pub(super) fn samples(app: &mut App, path: &str) -> Vec<Effect> {
    // Asked for, and not only because this workspace cannot be written.
    if app.read_only && matches!(app.access, Access::Full | Access::ReadOnly) {
        app.tell("samples: opened read-only", false);
        return Vec::new();
    }
    app.tell(format!("copying the samples to {}", screen(path)), false);
    vec![Effect::Samples(path_of(path))]
}

/// Keeps a temporary workspace.
pub(super) fn keep(app: &mut App, path: &str) -> Vec<Effect> {
    if app.access != Access::Temporary {
        let path = if path.is_empty() {
            String::new()
        } else {
            format!("; nothing was written to {}", screen(path))
        };
        app.tell(format!("keep: this workspace is kept already{path}"), false);
        return Vec::new();
    }
    app.tell("keeping this workspace", false);
    vec![Effect::Keep((!path.is_empty()).then(|| path_of(path)))]
}

/// The loop knows the home folder: `~` stays as it is typed.
fn path_of(typed: &str) -> PathBuf {
    PathBuf::from(typed)
}

/// What a path that is being typed can go on with.
pub(super) fn completed(app: &mut App, asked: &str, longer: String, others: Vec<String>) {
    let Some(Popup::Ask(ask)) = &mut app.popup else { return };
    // Somebody has typed on meanwhile.
    if ask.input != asked {
        return;
    }
    ask.input = longer;
    const SHOWN: usize = 8;
    let more = others.len().saturating_sub(SHOWN);
    let mut told = others.into_iter().take(SHOWN).map(|name| screen(&name)).collect::<Vec<_>>().join("  ");
    if more > 0 {
        told.push_str(&format!("  … {more} more"));
    }
    // The last note is what the last key found.
    ask.notes.truncate(2);
    ask.notes.push(if told.is_empty() { "no other name begins like this".to_owned() } else { told });
}
