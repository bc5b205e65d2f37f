//! Finds models: terms of the filter, saved views, going to a model by name.

use crate::commands::{Cmd, Screen, by_key};
use crate::inventory::ModelId;
use crate::query::Term;
use crate::tui::state::app::App;
use crate::tui::state::goto::GoTo;
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::state::saved::Saved;
use crate::tui::update::effect::Effect;
use crate::tui::update::typing::{set_filter, type_into};

/// Rows that a page of the list has.
const PAGE: isize = 10;

/// The command.
pub(super) fn filter(app: &mut App) -> Vec<Effect> {
    app.filtering = true;
    app.line.look(&app.rows.filter, app.rows.made().index());
    Vec::new()
}

/// Whether a key is a command also while the filter is typed.
pub(super) fn leaves_the_line(written: &str, screen: Screen) -> bool {
    let command = by_key(written, screen).map(|row| row.cmd);
    written.chars().count() > 1 && matches!(command, Some(Cmd::KeepView | Cmd::GoTo))
}

/// The command.
pub(super) fn filter_by(app: &mut App) -> Vec<Effect> {
    app.popup = Some(Popup::Choose { of: Cmd::FilterBy });
    Vec::new()
}

/// Goes on with the term of a key: the line asks for its value.
pub(super) fn filter_by_term(app: &mut App, key: char) -> Vec<Effect> {
    let Some(term) = Term::of_key(key) else { return Vec::new() };
    let mut filter = app.rows.filter.trim_end().to_owned();
    if !filter.is_empty() {
        filter.push(' ');
    }
    filter.push_str(term.row().name);
    filter.push(':');
    app.filtering = true;
    set_filter(app, filter);
    Vec::new()
}

/// The command.
pub(super) fn keep_view(app: &mut App) -> Vec<Effect> {
    let query = app.rows.query().to_string();
    let shown = if query.is_empty() { "all models".to_owned() } else { crate::text::screen(&query) };
    let mut notes = vec![format!("keeps {shown} · sorted {}", app.rows.sort().word())];
    let is_kept = matches!(app.rows.saved(), Saved::Kept(_));
    if is_kept {
        notes.push(format!("an empty name drops the view `{}`", app.rows.saved_name()));
    }
    app.popup = Some(Popup::Ask(Box::new(Ask {
        of: Cmd::KeepView,
        key: ' ',
        models: Vec::new(),
        title: "Keep this view".to_owned(),
        label: "name".to_owned(),
        input: String::new(),
        notes,
    })));
    Vec::new()
}

/// Keeps the view of that name, or drops the open one where there is none.
pub(super) fn keep_named(app: &mut App, name: &str) -> Vec<Effect> {
    let name = crate::text::screen(name.trim());
    if !name.is_empty() {
        let chosen = app.subject();
        match app.rows.keep_view(&name) {
            Ok(()) => {
                if let (Some(view), Some(chosen)) = (app.view.clone(), chosen) {
                    app.rows.seek(&view, &chosen);
                }
                app.follow();
                app.tell(format!("kept as the view `{name}` · v goes from view to view"), false);
            }
            Err(why) => app.tell(why, false),
        }
        return Vec::new();
    }
    let chosen = app.subject();
    match app.rows.drop_kept() {
        Some(name) => {
            if let (Some(view), Some(chosen)) = (app.view.clone(), chosen) {
                app.rows.seek(&view, &chosen);
            }
            app.follow();
            app.tell(format!("dropped the view `{}`", crate::text::screen(&name)), false);
        }
        None => app.tell("a view needs a name", false),
    }
    Vec::new()
}

/// The command.
pub(super) fn go_to(app: &mut App) -> Vec<Effect> {
    app.popup = Some(Popup::GoTo(Box::new(GoTo::new(app.rows.made().index(), app.rows.shown()))));
    Vec::new()
}

/// A key while a model is chosen by its name.
pub(super) fn go_to_key(app: &mut App, key: &str, mut goto: Box<GoTo>) -> Vec<Effect> {
    let moved = |by: isize| goto.cursor.saturating_add_signed(by).min(goto.found().len().saturating_sub(1));
    match key {
        "esc" => return Vec::new(),
        "enter" => {
            let model =
                goto.chosen().and_then(|row| Some(app.view.as_ref()?.models.get(row as usize)?.id.clone()));
            match model {
                Some(id) => open(app, &id),
                None => app.tell("no model has such a name", false),
            }
            return Vec::new();
        }
        "down" | "tab" | "ctrl-n" => goto.cursor = moved(1),
        "up" | "shift-tab" | "ctrl-p" => goto.cursor = moved(-1),
        "pgdn" => goto.cursor = moved(PAGE),
        "pgup" => goto.cursor = moved(-PAGE),
        _ => {
            let before = goto.input.clone();
            type_into(&mut goto.input, key);
            if goto.input != before {
                goto.search(app.rows.made().index());
            }
        }
    }
    app.popup = Some(Popup::GoTo(goto));
    Vec::new()
}

/// Whether a search goes on.
pub(super) fn is_finding(app: &App) -> bool {
    app.rows.is_finding() || matches!(&app.popup, Some(Popup::GoTo(goto)) if goto.is_finding())
}

/// Searches one more slice.
pub(super) fn go_on(app: &mut App) {
    if let Some(Popup::GoTo(goto)) = &mut app.popup
        && goto.is_finding()
    {
        goto.go_on();
    }
    if app.rows.is_finding() {
        if let (Some(wanted), Some(view)) = (app.rows.go_on(), app.view.clone()) {
            app.rows.keep(&view, &wanted);
        }
        if app.screen == Screen::Inventory {
            app.follow();
        }
    }
}

/// Opens a model on the screen that is open, where that is about one model, else on its row of the inventory.
fn open(app: &mut App, id: &ModelId) {
    if matches!(app.screen, Screen::Lineage | Screen::Verify | Screen::Maturity) {
        app.show(id);
        return;
    }
    app.go(Screen::Inventory);
    let Some(view) = app.view.clone() else { return };
    if !app.rows.shows(&view, id) {
        app.rows.show_all();
        app.tell("the filter and the view hid it: all models are shown", false);
    }
    app.rows.seek(&view, id);
    app.current = Some(id.clone());
}
