//! What a key does while a popup is open.

use crate::commands::by_typed;
use crate::inventory::ModelId;
use crate::tui::state::app::App;
use crate::tui::state::palette::matches;
use crate::tui::state::popup::{Popup, REVIEWS};
use crate::tui::theme::Theme;
use crate::tui::update::choosing::{ask_line, choose_key};
use crate::tui::update::commands::{run, run_with};
use crate::tui::update::effect::Effect;
use crate::tui::update::finding::go_to_key;
use crate::tui::update::typing::type_into;
use crate::view::ReviewWord;

/// A key while a popup is open.
pub(super) fn popup_key(app: &mut App, key: &str) -> Vec<Effect> {
    let Some(popup) = app.popup.take() else { return Vec::new() };
    match popup {
        Popup::Help { scroll } => app.popup = scrolled(app, key, scroll).map(|scroll| Popup::Help { scroll }),
        Popup::Messages { scroll } => {
            app.popup = scrolled(app, key, scroll).map(|scroll| Popup::Messages { scroll })
        }
        Popup::Why { model, scroll } => {
            app.popup = scrolled(app, key, scroll).map(|scroll| Popup::Why { model, scroll })
        }
        Popup::Log { job, scroll } => {
            app.popup = scrolled(app, key, scroll).map(|scroll| Popup::Log { job, scroll })
        }
        Popup::Legend => {}
        Popup::ConfirmQuit => match key {
            "y" | "Y" => return vec![Effect::Quit],
            "n" | "N" | "esc" | "q" => {}
            _ => app.popup = Some(Popup::ConfirmQuit),
        },
        Popup::Themes { cursor, before } => return theme_key(app, key, cursor, before),
        Popup::Review { model, word, reason } => return review_key(app, key, model, word, reason),
        Popup::Choose { of } => return choose_key(app, key, of),
        Popup::Ask(ask) => return ask_line(app, key, ask),
        Popup::GoTo(goto) => return go_to_key(app, key, goto),
        Popup::Palette { input, cursor } => return palette_key(app, key, input, cursor),
    }
    Vec::new()
}

/// The new scroll position; none closes.
fn scrolled(app: &App, key: &str, scroll: usize) -> Option<usize> {
    let furthest = app.furthest;
    let scroll = scroll.min(furthest);
    let moved = match key {
        "j" | "down" => scroll.saturating_add(1),
        "k" | "up" => scroll.saturating_sub(1),
        "pgdn" | "ctrl-d" | "space" => scroll.saturating_add(10),
        "pgup" | "ctrl-u" => scroll.saturating_sub(10),
        "g" | "home" => 0,
        "G" | "end" => furthest,
        _ => return None,
    };
    Some(moved.min(furthest))
}

fn theme_key(app: &mut App, key: &str, cursor: usize, before: Box<Theme>) -> Vec<Effect> {
    let cursor = match key {
        "j" | "down" => (cursor + 1).min(app.themes.len().saturating_sub(1)),
        "k" | "up" => cursor.saturating_sub(1),
        "enter" => return Vec::new(),
        "esc" | "q" => {
            app.theme = *before;
            return Vec::new();
        }
        _ => cursor,
    };
    app.popup = Some(Popup::Themes { cursor, before });
    app.themes.get(cursor).cloned().map(Effect::Theme).into_iter().collect()
}

fn review_key(
    app: &mut App,
    key: &str,
    model: ModelId,
    word: Option<ReviewWord>,
    mut reason: String,
) -> Vec<Effect> {
    let Some(chosen) = word else {
        let word = REVIEWS.iter().find(|(name, _, _)| *name == key).map(|(_, word, _)| *word);
        if word.is_some() || !matches!(key, "esc" | "q") {
            app.popup = Some(Popup::Review { model, word, reason });
        }
        return Vec::new();
    };
    match key {
        "esc" => return Vec::new(),
        "enter" if reason.trim().is_empty() => app.tell("a review needs a reason", false),
        "enter" => return vec![Effect::Review(model, chosen, reason.trim().to_owned())],
        _ => type_into(&mut reason, key),
    }
    app.popup = Some(Popup::Review { model, word, reason });
    Vec::new()
}

fn palette_key(app: &mut App, key: &str, mut input: String, mut cursor: usize) -> Vec<Effect> {
    match key {
        "esc" => return Vec::new(),
        "enter" => return palette_run(app, &input, cursor),
        "down" | "tab" => cursor = (cursor + 1).min(matches(app.screen, &input).len().saturating_sub(1)),
        "up" | "shift-tab" => cursor = cursor.saturating_sub(1),
        _ => {
            type_into(&mut input, key);
            cursor = 0;
        }
    }
    app.popup = Some(Popup::Palette { input, cursor });
    Vec::new()
}

fn palette_run(app: &mut App, input: &str, cursor: usize) -> Vec<Effect> {
    let (name, rest) =
        input.trim().split_once(' ').map_or((input.trim(), ""), |(name, rest)| (name, rest.trim()));
    match by_typed(name) {
        Some((row, typed)) if !rest.is_empty() || typed.missing.is_some() => {
            return run_with(app, row, typed, rest);
        }
        _ => {}
    }
    match matches(app.screen, input).get(cursor) {
        Some(row) => run(app, row),
        None => {
            app.tell("there is no such command · ? lists them", false);
            Vec::new()
        }
    }
}
