//! What a key does while a popup is open.

use crate::inventory::ModelId;
use crate::tui::state::app::App;
use crate::tui::state::popup::{Popup, REVIEWS};
use crate::tui::theme::Theme;
use crate::tui::update::choosing::{ask_line, choose_key};
use crate::tui::update::copying::of_popup;
use crate::tui::update::effect::Effect;
use crate::tui::update::typing::type_into;
use crate::tui::update::{line, outputs};
use crate::view::ReviewWord;

/// Copies what a popup shows, where it shows text of its own.
const COPY: &str = "y";

/// A key while a popup is open.
pub(super) fn popup_key(app: &mut App, key: &str) -> Vec<Effect> {
    let Some(popup) = app.popup.take() else { return Vec::new() };
    if key == COPY
        && let Some(effect) = of_popup(app, &popup)
    {
        app.popup = Some(popup);
        return vec![effect];
    }
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
        Popup::Palette { input, cursor } => return line::key(app, key, input, cursor),
        Popup::ConfirmNetwork(asked) => return outputs::confirm(app, key, asked),
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
