//! Editing the policy: what keys write and move, what commands do to the text, and what has to be found out of it.

use crate::commands::{Cmd, Screen};
use crate::error::Result;
use crate::text::{block, count, screen};
use crate::tui::state::app::App;
use crate::tui::state::editor::{Completing, Editor, GUTTER, Looked, Mark, Motion, Window};
use crate::tui::state::popup::{Ask, Popup, SaveAsk};
use crate::tui::update::effect::{Effect, Saving};
use crate::tui::update::typing::type_into;
use crate::workbench::SavedPolicy;
use ratatui::layout::Rect;

/// Opens the editor, or goes back to what is being edited there.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    let Some(view) = app.view.clone() else { return Vec::new() };
    let file = app.policy_path();
    let goes_on = app.editor.as_ref().is_some_and(|editor| editor.is_edited() && editor.file == file);
    if !goes_on {
        let top = app.scroll;
        let mut editor = Editor::new(&view, file);
        editor.text.go_to_row(top);
        editor.window.top = top;
        app.editor = Some(editor);
    }
    app.go(Screen::Editor);
    vec![Effect::LookAtEdited]
}

/// What a key writes, or where it moves the cursor; none where it is a command's.
pub(super) fn key(app: &mut App, written: &str, selects: bool) -> Option<Vec<Effect>> {
    let editor = app.editor.as_mut().filter(|_| app.screen == Screen::Editor)?;
    if let Some(list) = editor.completing.take().filter(|list| list.is_of(&editor.text)) {
        match written {
            "esc" => return Some(Vec::new()),
            "up" | "down" => return Some(choose(editor, list, if written == "up" { -1 } else { 1 })),
            "enter" | "tab" => return Some(take(app, list)),
            // While its part is typed, the list narrows.
            _ if is_part(written) => {
                let effects = writes(app, written);
                complete(app);
                return effects;
            }
            _ => {}
        }
    }
    let editor = app.editor.as_mut()?;
    let page = isize::try_from(editor.window.height.saturating_sub(2).max(1)).unwrap_or(1);
    let motion = match written {
        "left" => Motion::Left,
        "right" => Motion::Right,
        "ctrl-left" => Motion::WordLeft,
        "ctrl-right" => Motion::WordRight,
        "up" => Motion::Lines(-1),
        "down" => Motion::Lines(1),
        "pgup" => Motion::Lines(-page),
        "pgdn" => Motion::Lines(page),
        "home" => Motion::Home,
        "end" => Motion::End,
        "ctrl-home" => Motion::Top,
        "ctrl-end" => Motion::Bottom,
        _ => return writes(app, written),
    };
    editor.text.go(motion, selects);
    Some(Vec::new())
}

fn is_part(written: &str) -> bool {
    written == "backspace" || written == "space" || written.chars().count() == 1
}

fn choose(editor: &mut Editor, mut list: Completing, by: isize) -> Vec<Effect> {
    list.choose(by);
    editor.completing = Some(list);
    Vec::new()
}

fn take(app: &mut App, list: Completing) -> Vec<Effect> {
    let fits = app.editor.as_mut().is_some_and(|editor| list.take(&mut editor.text));
    changed(app, fits)
}

/// Lists what may stand at the cursor; false where nothing is known.
fn complete(app: &mut App) -> bool {
    let Some((editor, view)) = app.editor.as_mut().zip(app.view.as_deref()) else { return false };
    editor.completing = Completing::at_cursor(view, &editor.text);
    editor.completing.is_some()
}

/// Puts the cursor where a click is.
pub(super) fn click(app: &mut App, (column, row): (u16, u16), area: Rect) {
    let Some(editor) = &mut app.editor else { return };
    let Window { top, left, .. } = editor.window;
    let from = |at: u16, edge: u16| usize::from(at.saturating_sub(edge));
    let row = top + from(row, area.y.saturating_add(1));
    // Only the line of the cursor is moved.
    let left = if row == editor.text.row() { left } else { 0 };
    editor.text.go_to(row, left + from(column, area.x.saturating_add(1 + GUTTER)));
}

/// Moves the cursor by lines, as the wheel does.
pub(super) fn scroll(app: &mut App, by: isize) {
    app.editor.iter_mut().for_each(|editor| editor.text.go(Motion::Lines(by), false));
}

fn writes(app: &mut App, written: &str) -> Option<Vec<Effect>> {
    // Behind a word that was begun, Tab asks how it may go on.
    let is_begun = app.editor.as_ref().is_some_and(|editor| editor.text.is_behind_word());
    if written == "tab" && is_begun && complete(app) {
        return Some(Vec::new());
    }
    let editor = app.editor.as_mut()?;
    let text = &mut editor.text;
    let fits = match written {
        "enter" => text.new_line(),
        "tab" => text.insert("  "),
        "space" => text.insert(" "),
        "backspace" => {
            text.delete_left();
            true
        }
        "delete" => {
            text.delete_right();
            true
        }
        "ctrl-w" | "ctrl-backspace" => {
            text.delete_word();
            true
        }
        typed if typed.chars().count() == 1 => text.insert(typed),
        _ => return None,
    };
    Some(changed(app, fits))
}

/// Looks at the text again, or says why it did not change.
fn changed(app: &mut App, fits: bool) -> Vec<Effect> {
    if !fits {
        app.tell("a policy has at most 1 MiB", false);
        return Vec::new();
    }
    if let Some(editor) = &mut app.editor {
        editor.is_saving = false;
    }
    vec![Effect::LookAtEdited]
}

/// Whether text goes into the policy.
pub(super) fn takes_text(app: &App) -> bool {
    app.popup.is_none() && app.screen == Screen::Editor && app.editor.is_some()
}

/// Pasted text.
pub(super) fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    let Some(editor) = &mut app.editor else { return Vec::new() };
    // Terminals send a line end as the Enter key does.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let fits = editor.text.insert(&text);
    changed(app, fits)
}

/// What a command does to the text.
pub(super) fn run(app: &mut App, cmd: Cmd) -> Vec<Effect> {
    app.editor.iter_mut().for_each(|editor| editor.completing = None);
    match cmd {
        Cmd::Complete => {
            if !complete(app) {
                app.tell("nothing is known that may stand here", false);
            }
            Vec::new()
        }
        Cmd::UndoEdit | Cmd::RedoEdit => undo(app, cmd),
        Cmd::CutText | Cmd::CopyText => hold(app, cmd),
        Cmd::SelectAll => {
            app.editor.iter_mut().for_each(|editor| editor.text.select_all());
            Vec::new()
        }
        Cmd::PasteText => {
            let held = app.editor.as_ref().map(|editor| editor.held.clone()).unwrap_or_default();
            if held.is_empty() {
                app.tell(
                    "nothing was cut or copied here; the terminal pastes what other programs copied",
                    false,
                );
            }
            paste(app, &held)
        }
        Cmd::FindText => {
            ask_what_to_find(app);
            Vec::new()
        }
        Cmd::FindAgain | Cmd::FindBefore => {
            let is_back = cmd == Cmd::FindBefore;
            match app.editor.as_ref().map(|editor| editor.wanted.clone()) {
                Some(wanted) if !wanted.is_empty() => find(app, &wanted, is_back),
                _ => ask_what_to_find(app),
            }
            Vec::new()
        }
        Cmd::NextFault => {
            next_fault(app);
            Vec::new()
        }
        Cmd::Revert => revert(app),
        Cmd::SavePolicy => save(app),
        _ => Vec::new(),
    }
}

fn undo(app: &mut App, cmd: Cmd) -> Vec<Effect> {
    let Some(editor) = &mut app.editor else { return Vec::new() };
    let (did, what) = match cmd {
        Cmd::UndoEdit => (editor.text.undo(), "nothing to undo"),
        _ => (editor.text.redo(), "nothing to redo"),
    };
    if did {
        return changed(app, true);
    }
    app.tell(what, false);
    Vec::new()
}

/// Keeps what is selected, and gives it to the terminal's clipboard.
fn hold(app: &mut App, cmd: Cmd) -> Vec<Effect> {
    let Some(editor) = &mut app.editor else { return Vec::new() };
    let Some(selected) = editor.text.selected().map(str::to_owned) else {
        app.tell("nothing is selected: hold Shift and move the cursor", false);
        return Vec::new();
    };
    let text = block(&selected);
    editor.held = selected;
    let mut effects = vec![Effect::Copy { what: "selected text".to_owned(), text }];
    if cmd == Cmd::CutText {
        editor.text.delete_left();
        effects.extend(changed(app, true));
    }
    effects
}

fn ask_what_to_find(app: &mut App) {
    let wanted = app.editor.as_ref().map(|editor| editor.wanted.clone()).unwrap_or_default();
    app.popup = Some(Popup::Ask(Box::new(Ask {
        of: Cmd::FindText,
        key: ' ',
        models: Vec::new(),
        title: "Find in the policy".to_owned(),
        label: "text".to_owned(),
        input: wanted,
        notes: Vec::new(),
    })));
}

/// Goes to the next place of a text, or to the one before.
pub(super) fn find(app: &mut App, wanted: &str, is_back: bool) {
    let Some(editor) = &mut app.editor else { return };
    editor.wanted = wanted.to_owned();
    if !editor.text.find(wanted, is_back) {
        app.tell(format!("{} is nowhere in the policy", screen(wanted)), false);
    }
}

fn next_fault(app: &mut App) {
    let Some(editor) = &mut app.editor else { return };
    let row = editor.text.row();
    let marks = editor.marks();
    let faults = |mark: &Mark| *mark == Mark::Fault;
    // Findings only where there is no fault.
    let some = marks.values().any(faults);
    let rows: Vec<usize> =
        marks.iter().filter(|(_, mark)| !some || faults(mark)).map(|(row, _)| *row).collect();
    match rows.iter().find(|at| **at > row).or(rows.first()) {
        Some(at) => editor.text.go_to_row(*at),
        None => app.tell("no faults or findings", false),
    }
}

/// Back to what the file says.
fn revert(app: &mut App) -> Vec<Effect> {
    let undo = app.key_of(Cmd::UndoEdit);
    let Some((editor, view)) = app.editor.as_mut().zip(app.view.clone()) else { return Vec::new() };
    if !editor.is_edited() && !editor.is_stale {
        app.tell("this is what the file says", false);
        return Vec::new();
    }
    editor.take_file(&view.policy_text);
    app.tell(format!("this is what the file says; {undo} brings your text back"), false);
    changed(app, true)
}

/// Asks for the reason once it is known what saving changes.
fn save(app: &mut App) -> Vec<Effect> {
    let (revert, next) = (app.key_of(Cmd::Revert), app.key_of(Cmd::NextFault));
    let Some(editor) = &mut app.editor else { return Vec::new() };
    editor.is_saving = false;
    if !editor.is_edited() {
        app.tell("nothing was changed", false);
    } else if editor.is_stale {
        let why = "the file was changed by somebody else meanwhile, and is not overwritten";
        app.tell(format!("{why}: {revert} takes its text, undoing brings yours back"), false);
    } else if let Some(looked) = editor.looked_now() {
        let told = match (&looked.preview, looked.faults()) {
            (Err(why), _) => format!("not saved: {why}"),
            (_, faults @ [fault, ..]) => {
                let place = fault.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                let (faults, what) = (count(faults.len(), "fault"), screen(&fault.message));
                format!("not saved, the text has {faults} · {place}{what} · {next} goes there")
            }
            (Ok(_), []) => {
                app.popup = Some(Popup::SavePolicy(SaveAsk::default()));
                return Vec::new();
            }
        };
        app.tell(told, false);
    } else {
        editor.is_saving = true;
        app.tell("looking at what it changes", false);
        return vec![Effect::LookAtEdited];
    }
    Vec::new()
}

/// A key while the reason is typed, below what changes.
pub(super) fn save_key(app: &mut App, key: &str, mut ask: SaveAsk) -> Vec<Effect> {
    let furthest = app.furthest;
    match key {
        "esc" => {
            app.tell("not saved; the text is still here", false);
            return Vec::new();
        }
        "enter" if ask.reason.trim().is_empty() => ask.is_missing = true,
        "enter" => {
            let Some(editor) = &app.editor else { return Vec::new() };
            let saving = Saving {
                before: editor.base.clone(),
                after: editor.text.whole().to_owned(),
                reason: ask.reason.trim().to_owned(),
            };
            app.tell("saving the policy", false);
            return vec![Effect::SavePolicy(Box::new(saving))];
        }
        "up" => ask.scroll = ask.scroll.min(furthest).saturating_sub(1),
        "down" => ask.scroll = (ask.scroll + 1).min(furthest),
        "pgup" => ask.scroll = ask.scroll.min(furthest).saturating_sub(10),
        "pgdn" => ask.scroll = (ask.scroll + 10).min(furthest),
        _ => {
            type_into(&mut ask.reason, key);
            ask.is_missing = false;
        }
    }
    app.popup = Some(Popup::SavePolicy(ask));
    Vec::new()
}

/// Takes what was found of a text; of an earlier one it is no longer of use.
pub(super) fn looked(app: &mut App, looked: Looked) -> Vec<Effect> {
    let Some(editor) = &mut app.editor else { return Vec::new() };
    if looked.revision != editor.text.revision() {
        return Vec::new();
    }
    editor.looked = Some(looked);
    if editor.is_saving && app.popup.is_none() && app.screen == Screen::Editor {
        return save(app);
    }
    Vec::new()
}

/// What became of saving.
pub(super) fn saved(app: &mut App, done: Result<SavedPolicy>) {
    match done {
        Ok(saved) => {
            if let Some(editor) = &mut app.editor {
                editor.base = saved.text;
                editor.file = Some(saved.file);
                editor.is_stale = false;
            }
            app.tell(format!("saved and in force, recorded as ledger entry {}", saved.record.number), false);
        }
        Err(error) => {
            let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
            app.tell(screen(&format!("{error}{help}")), true);
        }
    }
}

/// A new view: the file may say something else, and saving may change something else.
pub(super) fn take_view(app: &mut App) -> Option<Effect> {
    let (editor, view) = app.editor.as_mut().zip(app.view.clone())?;
    editor.take_view(&view);
    (app.screen == Screen::Editor && editor.looked_now().is_some()).then_some(Effect::LookAtEdited)
}
