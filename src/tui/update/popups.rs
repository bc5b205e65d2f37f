//! What a key does while a popup is open.

use crate::commands::Screen;
use crate::tui::state::app::App;
use crate::tui::state::popup::Popup;
use crate::tui::state::tour::STEPS;
use crate::tui::theme::Theme;
use crate::tui::update::choosing::{ask_line, choose_key, confirm_key};
use crate::tui::update::copying::of_popup;
use crate::tui::update::effect::Effect;
use crate::tui::update::finding::go_to_key;
use crate::tui::update::{editing, line, outputs};
use crate::view::Blast;
use std::sync::Arc;

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
        Popup::Path { from, to, chain, scroll } => {
            app.popup = scrolled(app, key, scroll).map(|scroll| Popup::Path { from, to, chain, scroll })
        }
        Popup::Blast { blast, cursor } => return blast_key(app, key, blast, cursor),
        Popup::Legend => {}
        Popup::Tour { step } => app.popup = tour_key(key, step).map(|step| Popup::Tour { step }),
        Popup::ConfirmQuit => match key {
            "y" | "Y" => return vec![Effect::Quit],
            "n" | "N" | "esc" | "q" => {}
            _ => app.popup = Some(Popup::ConfirmQuit),
        },
        Popup::Themes { cursor, before } => return theme_key(app, key, cursor, before),
        Popup::History { model, reviews, scroll } => {
            app.popup = scrolled(app, key, scroll).map(|scroll| Popup::History { model, reviews, scroll })
        }
        Popup::Choose { of } => return choose_key(app, key, of),
        Popup::Confirm(ask) => return confirm_key(app, key, ask),
        Popup::Ask(ask) => return ask_line(app, key, ask),
        Popup::SavePolicy(ask) => return editing::save_key(app, key, ask),
        Popup::GoTo(goto) => return go_to_key(app, key, goto),
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

/// Moves through what is struck; Enter goes to its family.
fn blast_key(app: &mut App, key: &str, blast: Arc<Blast>, cursor: usize) -> Vec<Effect> {
    let last = blast.rows.len().saturating_sub(1);
    let cursor = match key {
        "j" | "down" => cursor.saturating_add(1),
        "k" | "up" => cursor.saturating_sub(1),
        "pgdn" | "ctrl-d" | "space" => cursor.saturating_add(10),
        "pgup" | "ctrl-u" => cursor.saturating_sub(10),
        "g" | "home" => 0,
        "G" | "end" => last,
        "enter" => {
            if let Some(row) = blast.rows.get(cursor) {
                let id = row.struck.id.clone();
                app.go(Screen::Lineage);
                let before = app.lineage.focus.clone().filter(|before| *before != id);
                app.lineage.trail.extend(before);
                app.refocus(Some(id));
                app.follow();
            }
            return Vec::new();
        }
        _ => return Vec::new(),
    };
    app.popup = Some(Popup::Blast { blast, cursor: cursor.min(last) });
    Vec::new()
}

/// The next step of the tour; none ends it.
fn tour_key(key: &str, step: usize) -> Option<usize> {
    match key {
        "enter" | "space" | "right" | "l" | "j" | "down" | "tab" => {
            Some(step + 1).filter(|next| *next < STEPS.len())
        }
        "left" | "h" | "k" | "up" | "backspace" | "shift-tab" => Some(step.saturating_sub(1)),
        "esc" | "q" => None,
        _ => Some(step),
    }
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
