//! Compares two models: the two that are marked, the marked one with this one, or this one with one that is named.

use crate::commands::{Cmd, Screen};
use crate::error::{Error, Result};
use crate::inventory::ModelId;
use crate::tui::state::app::App;
use crate::tui::state::comparing::CompareState;
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::update::effect::Effect;
use crate::view::View;
use crate::view::comparison::Comparison;
use std::sync::Arc;

/// The command.
pub(super) fn compare(app: &mut App) -> Vec<Effect> {
    let marked = app.rows.marked();
    let subject = app.subject();
    match (marked.as_slice(), subject) {
        ([first, second], _) => open(app, first.clone(), second.clone()),
        ([first], Some(second)) if *first != second => open(app, first.clone(), second),
        ([] | [_], Some(subject)) => {
            app.popup = Some(Popup::Ask(Box::new(Ask {
                of: Cmd::Compare,
                key: ' ',
                title: format!("Compare {} with", subject.screen()),
                models: vec![subject],
                label: "model".to_owned(),
                input: String::new(),
                notes: vec![
                    "Enter compares; a part of a name that only one model has is enough".to_owned(),
                    "or mark two models with Space, then press =".to_owned(),
                ],
            })));
            Vec::new()
        }
        (many, _) => {
            let words = match many.len() {
                0 => "there is no model here".to_owned(),
                many => format!("{many} models are marked, and two can be compared: U unmarks all"),
            };
            app.tell(words, false);
            Vec::new()
        }
    }
}

/// The name of the other model was typed.
pub(super) fn answered(app: &mut App, ask: Ask) -> Vec<Effect> {
    let Some(view) = app.view.clone() else { return Vec::new() };
    let Some(first) = ask.models.first().cloned() else { return Vec::new() };
    match named(&view, ask.input.trim()) {
        Ok(second) => open(app, first, second),
        Err(why) => {
            app.tell(why, false);
            app.popup = Some(Popup::Ask(Box::new(ask)));
            Vec::new()
        }
    }
}

/// The one model of that name, or with a name that holds it.
fn named(view: &View, typed: &str) -> std::result::Result<ModelId, String> {
    if typed.is_empty() {
        return Err("type the name of a model, or a part of it".to_owned());
    }
    let wanted = ModelId::new(typed);
    if view.model(&wanted).is_some() {
        return Ok(wanted);
    }
    let mut fitting = view.models.iter().map(|model| &model.id).filter(|id| id.raw().contains(wanted.raw()));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => Err(format!("no model has this in its name: {}", crate::text::screen(typed))),
        (Some(one), Some(other)) => {
            let more = fitting.count();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Err(format!(
                "several models have this in their names: {}, {}{more}",
                one.screen(),
                other.screen()
            ))
        }
    }
}

fn open(app: &mut App, first: ModelId, second: ModelId) -> Vec<Effect> {
    let pair = (first.clone(), second.clone());
    app.compare = CompareState { pair: Some(pair), ..CompareState::default() };
    app.go(Screen::Compare);
    vec![Effect::Compare(first, second)]
}

/// Takes what was found.
pub(super) fn take(app: &mut App, pair: (ModelId, ModelId), found: Result<Arc<Comparison>>) {
    if app.compare.pair.as_ref() != Some(&pair) {
        return; // another pair was asked for since
    }
    let told = |error: Error| crate::text::screen(&error.to_string());
    app.compare.found = Some(found.map_err(told));
    app.compare.cursor = app.compare.next_difference().unwrap_or(0);
}

/// Moves among the rows.
pub(super) fn step(app: &mut App, by: isize) {
    let last = app.compare.rows().saturating_sub(1);
    app.compare.cursor = app.compare.cursor.saturating_add_signed(by).min(last);
}

/// To the next row that differs.
pub(super) fn next_difference(app: &mut App) {
    match app.compare.next_difference() {
        Some(at) if at <= app.compare.cursor => {
            app.compare.cursor = at;
            app.tell("from the beginning again: this is the first difference", false);
        }
        Some(at) => app.compare.cursor = at,
        None if app.compare.found.is_none() => app.tell("still being compared", false),
        None => app.tell("nothing differs, as far as both are known", false),
    }
}
