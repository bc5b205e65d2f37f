//! Cases of incidents: reads them where they are looked at, and begins the commands that record what was done. The person
//! sees each as it is typed, and runs it.

use crate::commands::Screen;
use crate::incident::{ItemState, StepKind};
use crate::text::shell_word;
use crate::tui::state::app::App;
use crate::tui::state::cases::Read;
use crate::tui::update::effect::Effect;
use crate::tui::update::palette;

/// The type of incident that a command begins with: the one that a model's own evidence shows.
const FIRST_TYPE: &str = "model_substitution";

/// Cases are read where they are looked at and may have changed; one reading at a time.
pub(super) fn wanted(app: &mut App) -> Option<Effect> {
    let generation = app.view.as_ref()?.generation;
    let is_due = app.screen == Screen::Incidents && app.cases.is_stale(generation) && !app.cases.is_reading;
    app.cases.is_reading |= is_due;
    is_due.then_some(Effect::Cases(generation))
}

/// Takes what was read; the view may have gone on meanwhile.
pub(super) fn taken(app: &mut App, read: Read) -> Vec<Effect> {
    app.cases.take(read);
    wanted(app).into_iter().collect()
}

/// The whole case, or back to the list.
pub(super) fn turn(app: &mut App) {
    app.cases.whole = !app.cases.whole && app.cases.case().is_some();
    app.scroll = 0;
}

/// Out of the whole case, if it is open.
pub(super) fn out(app: &mut App) -> bool {
    app.scroll = 0;
    std::mem::take(&mut app.cases.whole)
}

/// Moves the chosen row, or the text.
pub(super) fn step(app: &mut App, by: isize) {
    match app.cases.whole {
        true => app.scroll = app.scrolled(app.scroll, by),
        false => app.cases.choose(app.cases.place().saturating_add_signed(by)),
    }
}

/// Begins the command that records what became of the next step.
pub(super) fn record_step(app: &mut App) -> Vec<Effect> {
    let Some((case, step)) = app.cases.open_case().and_then(|case| Some((case, case.next()?))) else {
        return Vec::new();
    };
    let number = case.record.number;
    let end = if step.kind == StepKind::Decision { " --goto " } else { "" };
    let line = format!("incident step {number} {} --outcome done{end}", step.id);
    palette::open(app, line)
}

/// Begins the command that records evidence: of a field that the next step waits for, else of the first that is missing.
pub(super) fn collect(app: &mut App) -> Vec<Effect> {
    let Some(case) = app.cases.open_case() else { return Vec::new() };
    let waited = case.next().and_then(|step| case.missing_for(step).first().map(|field| field.id.clone()));
    let missing = || {
        let list = case.checklist();
        let first = list.iter().find(|item| item.state == ItemState::Missing);
        first.map(|item| item.field.id.clone())
    };
    let field = waited.or_else(missing).unwrap_or_else(|| "FIELD".to_owned());
    let line = format!("incident evidence {} {field} --file ", case.record.number);
    palette::open(app, line)
}

/// Begins the command that writes a note.
pub(super) fn note(app: &mut App) -> Vec<Effect> {
    let Some(number) = app.cases.open_case().map(|case| case.record.number) else { return Vec::new() };
    palette::open(app, format!("incident note {number} "))
}

/// Begins the command that opens a case about the model that is looked at. A name that cannot be typed is left out.
pub(super) fn report(app: &mut App) -> Vec<Effect> {
    let model = app.subject().filter(|_| app.screen != Screen::Incidents);
    let line = match model.and_then(|model| shell_word(model.raw())) {
        Some(model) => format!("incident open {FIRST_TYPE} --subject {model} --by "),
        None => "incident open ".to_owned(),
    };
    palette::open(app, line)
}
