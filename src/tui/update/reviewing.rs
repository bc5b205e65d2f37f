//! Reviews: of one model or of all marked, taken back, and looked back on. What a review does to a decision is not for
//! this file to know: it says what `words` says.

use crate::commands::{Cmd, Screen};
use crate::error::{Error, Result};
use crate::inventory::ModelId;
use crate::text::{count, screen};
use crate::tui::state::app::App;
use crate::tui::state::popup::{Ask, Popup};
use crate::tui::state::reviewing::{Reviewed, kinds, word_of};
use crate::tui::update::effect::Effect;
use crate::view::{PastReview, ReviewWord};
use crate::words::reviews::{against, does};
use crate::workbench::ReviewAct;
use std::sync::Arc;

/// The reason of a review that is taken back by its key.
const UNDONE: &str = "undone in the workbench";

/// The command: asks for the word.
pub(super) fn review(app: &mut App) -> Vec<Effect> {
    let marked = if app.screen == Screen::Inventory { app.rows.marked() } else { Vec::new() };
    let models = if marked.is_empty() { app.subject().into_iter().collect() } else { marked };
    if let Some(view) = app.view.as_deref().filter(|_| !models.is_empty()) {
        app.review.of = Some(Arc::new(Reviewed::of(view, models)));
        app.popup = Some(Popup::Choose { of: Cmd::Review });
    }
    Vec::new()
}

/// The word is chosen: asks for the reason.
pub(super) fn chosen(app: &mut App, key: char) -> Vec<Effect> {
    let (Some(of), Some(word)) = (app.review.of.take(), word_of(key)) else { return Vec::new() };
    let some = key == 'a' && !of.sound.is_empty() && of.unsound() > 0;
    let models = if some { of.sound.clone() } else { of.models.clone() };
    let mut notes = Vec::new();
    if some {
        notes.push(format!(
            "{}: approves {}. The other {} stay marked; A instead of a approves them too.",
            of.kinds.line(),
            models.len(),
            of.unsound()
        ));
    } else {
        notes.push(of.shown());
    }
    notes.push(does(word, &refusing(app)));
    app.popup = Some(Popup::Ask(Box::new(Ask {
        of: Cmd::Review,
        key,
        title: format!("{} · {}", imperative(word), named(&models)),
        label: "reason".to_owned(),
        input: String::new(),
        notes,
        models,
    })));
    Vec::new()
}

/// The word and the reason are typed at once: the same, with the same questions.
pub(super) fn typed(app: &mut App, key: char, reason: &str) -> Vec<Effect> {
    let _ = review(app);
    app.popup = None;
    if app.review.of.is_none() {
        app.tell("there is no model here to review", false);
        return Vec::new();
    }
    let effects = chosen(app, key);
    match app.popup.take() {
        Some(Popup::Ask(mut ask)) if !reason.is_empty() => {
            ask.input = reason.to_owned();
            answered(app, *ask)
        }
        other => {
            app.popup = other;
            effects
        }
    }
}

/// The reason is given: records the review, or asks once more where it contradicts what is known.
pub(super) fn answered(app: &mut App, ask: Ask) -> Vec<Effect> {
    let Some(word) = word_of(ask.key) else { return Vec::new() };
    if ask.input.trim().is_empty() {
        app.tell("a review needs a reason", false);
        app.popup = Some(Popup::Ask(Box::new(ask)));
        return Vec::new();
    }
    let known = app.view.as_deref().map(|view| kinds(view, &ask.models)).unwrap_or_default();
    let against = if word == ReviewWord::Approve { against(&known) } else { String::new() };
    if against.is_empty() {
        return record(app, ask.models, word, &ask.input);
    }
    let notes = vec![
        format!("You are about to approve, and {against}."),
        does(word, &refusing(app)),
        format!("Reason: {}", screen(ask.input.trim())),
    ];
    let title = format!("Approve all the same? · {}", named(&ask.models));
    app.popup = Some(Popup::Confirm(Box::new(Ask { title, notes, ..ask })));
    Vec::new()
}

/// It is meant.
pub(super) fn confirmed(app: &mut App, ask: Ask) -> Vec<Effect> {
    match word_of(ask.key) {
        Some(word) => record(app, ask.models, word, &ask.input),
        None => Vec::new(),
    }
}

fn record(app: &mut App, models: Vec<ModelId>, word: ReviewWord, reason: &str) -> Vec<Effect> {
    app.review.recording += 1;
    app.tell(format!("recording · {} · {}", word.word(), named(&models)), false);
    vec![Effect::Review(models, word, reason.trim().to_owned())]
}

/// The command: takes back the latest review of this session, also one that is still being recorded.
pub(super) fn undo(app: &mut App) -> Vec<Effect> {
    if app.review.unwanted < app.review.recording {
        app.review.unwanted += 1;
        app.tell("taking back the latest review as soon as it is recorded", false);
        return Vec::new();
    }
    match app.review.acts.pop() {
        Some(act) => vec![take_back(app, act)],
        None => {
            app.tell("all reviews of this session are already being taken back", false);
            Vec::new()
        }
    }
}

fn take_back(app: &mut App, act: ReviewAct) -> Effect {
    app.review.undoing += 1;
    Effect::Undo(act, UNDONE.to_owned())
}

/// What became of a review.
pub(super) fn recorded(app: &mut App, done: Result<ReviewAct>) -> Vec<Effect> {
    app.review.recording = app.review.recording.saturating_sub(1);
    // Those recorded later are taken back first.
    let is_unwanted = app.review.unwanted > app.review.recording;
    app.review.unwanted = app.review.unwanted.min(app.review.recording);
    match done {
        Ok(act) => {
            for (id, _) in &act.records {
                if app.rows.is_marked(id) {
                    app.rows.toggle_mark(id);
                }
            }
            if is_unwanted {
                app.tell(format!("{}{} · taking it back", act.word.word(), of(&act)), false);
                return vec![take_back(app, act)];
            }
            let left = match app.rows.marks() {
                0 => String::new(),
                many => format!(" · {many} still marked"),
            };
            let told = format!("{}{} · u takes it back{left}", act.word.word(), of(&act));
            app.review.acts.push(act);
            app.tell(told, false);
        }
        Err(error) => refused(app, "nothing was recorded", &error),
    }
    Vec::new()
}

/// What became of taking a review back.
pub(super) fn undone(app: &mut App, act: ReviewAct, done: Result<ReviewAct>) {
    app.review.undoing = app.review.undoing.saturating_sub(1);
    match done {
        Ok(back) => {
            let less = act.records.len().saturating_sub(back.records.len());
            let less = if less > 0 { format!(" · {less} were taken back already") } else { String::new() };
            let more = match app.review.acts.last() {
                Some(before) => {
                    format!(" · u takes back the one before ({}{})", before.word.word(), of(before))
                }
                None => String::new(),
            };
            app.tell(format!("took back: {}{}{less}{more}", act.word.word(), of(&back)), false);
        }
        Err(error) => {
            // What is gone already would be in the way of the one before.
            if error.code != crate::error::Code::NotFound {
                app.review.acts.push(act);
            }
            refused(app, "nothing was taken back", &error);
        }
    }
}

fn refused(app: &mut App, what: &str, error: &Error) {
    let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
    app.tell(screen(&format!("{what}: {error}{help}")), true);
}

/// The command: the reviews of this model.
pub(super) fn history(app: &mut App) -> Vec<Effect> {
    let Some(model) = app.subject() else { return Vec::new() };
    app.popup = Some(Popup::History { model: model.clone(), reviews: None, scroll: 0 });
    vec![Effect::History(model)]
}

/// They were read; nobody may look at them any more.
pub(super) fn history_read(app: &mut App, of: &ModelId, read: Result<Vec<PastReview>>) {
    if let Some(Popup::History { model, reviews, .. }) = &mut app.popup
        && model == of
    {
        match read {
            Ok(read) => *reviews = Some(read),
            Err(error) => {
                app.popup = None;
                refused(app, "the ledger cannot be read", &error);
            }
        }
    }
}

/// The stages where a rejection refuses.
fn refusing(app: &App) -> Vec<&str> {
    let refuses = app.stages().iter().filter(|stage| stage.refuse_rejected);
    refuses.map(|stage| stage.name.as_str()).collect()
}

fn imperative(word: ReviewWord) -> &'static str {
    match word {
        ReviewWord::Approve => "Approve",
        ReviewWord::Reject => "Reject",
        ReviewWord::AskProducer => "The producer was asked",
        ReviewWord::TakeBack => "Take back",
        ReviewWord::BreakGlass => "Break the glass",
    }
}

/// The model, or how many; safe to show.
fn named(models: &[ModelId]) -> String {
    match models {
        [one] => one.screen(),
        many => count(many.len(), "model"),
    }
}

/// ` acme/x (record 12)`, or ` 98 models`; safe to show.
fn of(act: &ReviewAct) -> String {
    match act.records.as_slice() {
        [(id, record)] => format!(" {} (record {})", id.screen(), record.number),
        many => format!(" {}", count(many.len(), "model")),
    }
}
