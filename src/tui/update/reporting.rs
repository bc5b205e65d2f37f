//! Keys on the screen of reports: the kind, its choices, its preview, and writing it. What the choices come to is known
//! in the state; what runs the commands is the loop's.

use crate::commands::{Cmd, REPORTS, ReportScope, Screen, keys_of};
use crate::forms::Form;
use crate::text::screen;
use crate::tui::state::app::App;
use crate::tui::state::enabled::enabled;
use crate::tui::state::outputs::Ended;
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::state::reported::ReportPane;
use crate::tui::state::reporting::{
    AHEAD_DAYS, BACK_DAYS, ReportRow, about, begins_with_records, command, days_back, forms, hindrance,
    preview_words, row, rows, scope, stage, stem, typed, typed_of, typed_row, written_words,
};
use crate::tui::update::effect::{Effect, Writing};

/// A preview is made where it is looked at and not what was asked for last.
pub(super) fn wanted(app: &mut App) -> Option<Effect> {
    if app.screen != Screen::Reports {
        return None;
    }
    let generation = app.view.as_ref()?.generation;
    let words = match hindrance(app) {
        Some(_) => None,
        None => preview_words(app).ok(),
    };
    match words {
        Some(words) => {
            let number = app.reports.preview.ask(words.clone(), generation)?;
            app.scroll = 0;
            Some(Effect::Preview { number, words })
        }
        None => app.reports.preview.clear().then_some(Effect::StopPreview),
    }
}

/// Takes what a preview printed; one that is longer than what is kept is not made to its end.
pub(super) fn previewed(app: &mut App, number: u64, is_aside: bool, lines: Vec<String>) -> Vec<Effect> {
    if app.reports.preview.take(number, is_aside, lines) {
        return Vec::new();
    }
    app.reports.preview.end(number, Ended::Cancelled);
    vec![Effect::StopPreview]
}

/// Moves the chosen row of the pane, or the preview.
pub(super) fn step(app: &mut App, by: isize) {
    match app.reports.pane {
        ReportPane::Kinds => app.reports.choose(app.reports.place().saturating_add_signed(by)),
        ReportPane::Choices => {
            let last = rows(app).len().saturating_sub(1);
            app.reports.row = app.reports.row.saturating_add_signed(by).min(last);
        }
        ReportPane::Preview => app.scroll = app.scrolled(app.scroll, by),
    }
}

/// The next pane, or the one before.
pub(super) fn turn(app: &mut App, by: isize) {
    let all = ReportPane::ALL;
    let at = all.iter().position(|pane| *pane == app.reports.pane).unwrap_or(0);
    let (at, many) = (isize::try_from(at).unwrap_or(0), isize::try_from(all.len()).unwrap_or(1));
    let next = usize::try_from((at + by).rem_euclid(many)).unwrap_or(0);
    app.reports.pane = all.get(next).copied().unwrap_or_default();
}

/// Out of the choices or the preview, to the kinds; false where the keys are there already.
pub(super) fn out(app: &mut App) -> bool {
    std::mem::take(&mut app.reports.pane) != ReportPane::Kinds
}

/// A click on a kind, or, behind those, on a row of the choices; a second one changes it.
pub(super) fn click(app: &mut App, place: usize) {
    match place.checked_sub(REPORTS.len()) {
        None => {
            app.reports.pane = ReportPane::Kinds;
            app.reports.choose(place);
        }
        Some(row) if app.reports.pane == ReportPane::Choices && app.reports.row == row => change(app, 1),
        Some(row) => {
            app.reports.pane = ReportPane::Choices;
            app.reports.row = row.min(rows(app).len().saturating_sub(1));
        }
    }
}

/// Enter: from a kind to its choices, and from there it is written.
pub(super) fn choose(app: &mut App) -> Vec<Effect> {
    if app.reports.pane == ReportPane::Kinds {
        app.reports.pane = ReportPane::Choices;
        return Vec::new();
    }
    let Some(keys) = keys_of(Cmd::WriteReport) else { return Vec::new() };
    match enabled(keys, app) {
        Ok(()) => write(app),
        Err(why) => {
            app.tell(format!("{}: {why}", keys.name), false);
            Vec::new()
        }
    }
}

/// Changes the chosen choice to its next value, or the one before.
pub(super) fn change(app: &mut App, by: isize) {
    match app.reports.pane {
        ReportPane::Choices => {}
        // From the kinds to the right, from the preview to the left, is to the choices.
        ReportPane::Kinds if by < 0 => {
            let next = app.key_of(Cmd::NextChoice);
            app.tell(format!("the choices are on the right: {next}"), false);
            return;
        }
        ReportPane::Kinds | ReportPane::Preview => {
            app.reports.pane = ReportPane::Choices;
            return;
        }
    }
    let Some(row) = row(app) else { return };
    match row {
        ReportRow::Scope => change_scope(app, by),
        ReportRow::Stage => {
            let stages: Vec<String> = app.stages().iter().map(|stage| stage.name.clone()).collect();
            let now = stage(app);
            let at = stages.iter().position(|name| Some(name) == now.as_ref());
            let next = turned(stages.len(), at, by).and_then(|at| stages.get(at).cloned());
            let is_views = next.as_ref() == app.view.as_ref().map(|view| &view.stage);
            app.reports.choices.stage = next.filter(|_| !is_views);
        }
        ReportRow::Ahead => {
            let values: Vec<String> = AHEAD_DAYS.iter().map(u32::to_string).collect();
            change_typed(app, row, &values, by);
        }
        ReportRow::From => {
            let Some(at) = app.view.as_ref().map(|view| view.at) else { return };
            let all = begins_with_records(app).then(String::new);
            let days = BACK_DAYS.iter().map(|days| days_back(at, *days));
            let values: Vec<String> = all.into_iter().chain(days).collect();
            change_typed(app, row, &values, by);
        }
        ReportRow::To | ReportRow::File => {
            let key = app.key_of(Cmd::TypeChoice);
            app.tell(format!("{}: {key} types it", row.label()), false);
        }
        ReportRow::Form(word) => toggle(app, word),
    }
}

fn turned(many: usize, at: Option<usize>, by: isize) -> Option<usize> {
    let (many, at) = (isize::try_from(many).ok()?, isize::try_from(at.unwrap_or(0)).ok()?);
    usize::try_from((at + by).checked_rem_euclid(many)?).ok()
}

/// The first of the values is the default, and is not remembered.
fn change_typed(app: &mut App, row: ReportRow, values: &[String], by: isize) {
    let now = typed(app, row).map(str::to_owned);
    let at = now.and_then(|now| values.iter().position(|value| *value == now));
    match turned(values.len(), at, by).and_then(|at| values.get(at).filter(|_| at > 0)) {
        Some(value) => drop(app.reports.choices.typed.insert(row.label().to_owned(), value.clone())),
        None => drop(app.reports.choices.typed.remove(row.label())),
    }
}

fn change_scope(app: &mut App, by: isize) {
    let Some(kind) = app.reports.kind() else { return };
    if let [(only, _)] = kind.scopes {
        app.tell(format!("this report is about: {}", only.word()), false);
        return;
    }
    let now = scope(app);
    let at = kind.scopes.iter().position(|(known, _)| *known == now);
    if let Some((next, _)) = turned(kind.scopes.len(), at, by).and_then(|at| kind.scopes.get(at)) {
        set_scope(app, kind.word, *next);
    }
}

fn set_scope(app: &mut App, kind: &str, scope: ReportScope) {
    app.reports.choices.scopes.insert(kind.to_owned(), scope.word().to_owned());
}

/// With or without a form. A folder of files goes with no other form.
fn toggle(app: &mut App, word: &'static str) {
    let Some(kind) = app.reports.kind() else { return };
    let is_folder = |word: &str| Form::of_word(word).is_some_and(Form::is_folder);
    let mut chosen = forms(app);
    if chosen.contains(&word) {
        chosen.retain(|form| *form != word);
    } else {
        let before = chosen.len();
        chosen.retain(|form| !is_folder(form) && !is_folder(word));
        if chosen.len() < before {
            app.tell("OSCAL is a folder of files, and goes with no other form", false);
        }
        chosen.push(word);
    }
    let chosen = chosen.into_iter().map(str::to_owned).collect();
    app.reports.choices.forms.insert(kind.word.to_owned(), chosen);
}

/// Asks for the value of the chosen choice.
pub(super) fn type_value(app: &mut App) {
    app.reports.pane = ReportPane::Choices;
    let Some(row) = typed_row(app) else { return };
    let (key, title, label, note) = match row {
        ReportRow::From => ('f', "Where the period begins", "from", FROM_NOTE),
        ReportRow::To => ('t', "Where the period ends", "to", FROM_NOTE),
        ReportRow::Ahead => ('a', "How far to look ahead", "days", "days, or a date such as 2027-02-14"),
        ReportRow::File => {
            ('n', "Name of the files, without their endings", "file", "nothing for the default")
        }
        _ => ('s', "What the report is about", typed_of(scope(app)).unwrap_or_default(), SCOPE_NOTE),
    };
    let input = match row {
        ReportRow::File => stem(app),
        ReportRow::Scope => about(app).ok().and_then(|values| values.into_iter().next()).unwrap_or_default(),
        _ => typed(app, row).unwrap_or_default().to_owned(),
    };
    app.popup = Some(Popup::Ask(Box::new(Ask {
        of: Cmd::TypeChoice,
        key,
        models: Vec::new(),
        title: title.to_owned(),
        label: label.to_owned(),
        input: screen(&input),
        notes: vec![note.to_owned()],
    })));
}

const FROM_NOTE: &str = "a date, a time, a snapshot's file, the number of a record; nothing for the default";
const SCOPE_NOTE: &str = "nothing for the one of the other screens";

/// Takes what was typed; nothing is the default again.
pub(super) fn answered(app: &mut App, ask: &Ask) -> Vec<Effect> {
    let text = ask.input.trim().to_owned();
    let word = match ask.key {
        'n' => {
            name(app, &text);
            return Vec::new();
        }
        'f' => ReportRow::From.label(),
        't' => ReportRow::To.label(),
        'a' => ReportRow::Ahead.label(),
        _ => typed_of(scope(app)).unwrap_or_default(),
    };
    match text.is_empty() {
        true => drop(app.reports.choices.typed.remove(word)),
        false => drop(app.reports.choices.typed.insert(word.to_owned(), text)),
    }
    Vec::new()
}

/// Names the files; an ending that is typed with it is not written twice.
fn name(app: &mut App, text: &str) {
    let Some(kind) = app.reports.kind() else { return };
    let endings = kind.forms.iter().filter_map(|word| Form::of_word(word)).map(Form::extension);
    let mut endings: Vec<String> = endings
        .chain([kind.ending])
        .filter(|ending| !ending.is_empty())
        .map(|ending| format!(".{ending}"))
        .collect();
    // `.cdx.json` before `.json`.
    endings.sort_by_key(|ending| std::cmp::Reverse(ending.len()));
    let bare = endings.iter().find_map(|ending| text.strip_suffix(ending.as_str())).unwrap_or(text);
    match bare.is_empty() {
        true => drop(app.reports.names.remove(kind.word)),
        false => drop(app.reports.names.insert(kind.word, bare.to_owned())),
    }
}

/// Writes the report, unless one of its files is there.
pub(super) fn write(app: &mut App) -> Vec<Effect> {
    begin(app, false)
}

fn begin(app: &mut App, replaces: bool) -> Vec<Effect> {
    if let Some(why) = hindrance(app) {
        app.tell(why, true);
        return Vec::new();
    }
    let (words, files) = match written_words(app, replaces) {
        Ok(found) => found,
        Err(why) => {
            app.tell(format!("not written: {why}"), false);
            return Vec::new();
        }
    };
    let path = app.reports.kind().map_or("report", |kind| kind.path);
    let title = match files.len() {
        1 => path.to_owned(),
        many => format!("{path}, {many} files"),
    };
    vec![Effect::WriteReport(Box::new(Writing { title, words, files, replaces }))]
}

/// Files of these names are there: asks for the same name, to replace them, or another one.
pub(super) fn taken(app: &mut App, files: &[String]) {
    let names: Vec<String> = files.iter().map(|file| screen(file)).collect();
    let is_folder = forms(app).iter().any(|word| Form::of_word(word).is_some_and(Form::is_folder));
    let first = match (is_folder, names.as_slice()) {
        (true, _) => format!("{} is there already and holds something: type another name", names.join(", ")),
        (false, [one]) => format!("{one} is there already: Enter replaces it"),
        (false, several) => format!("{} are there already: Enter replaces them", several.join(", ")),
    };
    let name = stem(app);
    app.taken = Some(name.clone()).filter(|_| !is_folder);
    app.message = None;
    app.popup = Some(Popup::Ask(Box::new(Ask {
        of: Cmd::WriteReport,
        key: 'n',
        models: Vec::new(),
        title: "Write the report".to_owned(),
        label: "file".to_owned(),
        input: screen(&name),
        notes: vec![first, "or type another name, without its ending".to_owned()],
    })));
}

/// The name that was typed for it: the same one replaces what is there.
pub(super) fn named(app: &mut App, ask: &Ask) -> Vec<Effect> {
    let typed = ask.input.trim();
    let replaces = app.taken.take().is_some_and(|taken| screen(&taken) == typed);
    if !replaces {
        name(app, typed);
    }
    begin(app, replaces)
}

/// Copies the command.
pub(super) fn copy(app: &mut App) -> Vec<Effect> {
    match command(app) {
        Ok(text) => vec![Effect::Copy { what: "command".to_owned(), text }],
        Err(why) => {
            app.tell(format!("no command to copy: {why}"), false);
            Vec::new()
        }
    }
}

/// A report on what the maturity screen is about.
pub(super) fn report(app: &mut App) {
    let scope = match app.subject().filter(|_| !app.whole) {
        Some(_) => ReportScope::Model,
        None => ReportScope::All,
    };
    app.go(Screen::Reports);
    app.reports.choose(0);
    app.reports.choices.typed.remove(ReportScope::Model.word());
    if let Some(kind) = app.reports.kind() {
        set_scope(app, kind.word, scope);
    }
    app.reports.pane = ReportPane::Choices;
    app.reports.row = 0;
}
