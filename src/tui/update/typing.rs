//! Lines that are typed or pasted into: the filter, and the line of a popup.

use crate::tui::state::app::App;
use crate::tui::state::popup::Popup;

/// A line that is typed grows no longer.
const MAX_INPUT_BYTES: usize = 1000;

pub(super) fn type_into(input: &mut String, key: &str) {
    match key {
        "backspace" => {
            input.pop();
        }
        "ctrl-u" => input.clear(),
        _ if input.len() >= MAX_INPUT_BYTES => {}
        "space" => input.push(' '),
        typed if typed.chars().count() == 1 => input.push_str(typed),
        _ => {}
    }
}

pub(super) fn filter_key(app: &mut App, written: &str) {
    let mut filter = app.rows.filter.clone();
    match written {
        "enter" | "down" | "up" | "tab" => {
            app.filtering = false;
            return;
        }
        "esc" => {
            app.filtering = false;
            app.rearrange(|rows| rows.set_filter(String::new()));
            return;
        }
        "backspace" => {
            filter.pop();
        }
        "ctrl-u" => filter.clear(),
        "ctrl-w" => filter.truncate(filter.trim_end().rfind(' ').map_or(0, |space| space + 1)),
        _ if filter.len() >= MAX_INPUT_BYTES => return,
        "space" => filter.push(' '),
        typed if typed.chars().count() == 1 => filter.push_str(typed),
        _ => return,
    }
    app.rows.set_filter(filter);
    app.follow();
}

pub(super) fn on_paste(app: &mut App, text: &str) {
    let line: String =
        text.chars().take(MAX_INPUT_BYTES).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let line = crate::text::screen(line.trim());
    let add = |input: &mut String| {
        let room = MAX_INPUT_BYTES.saturating_sub(input.len());
        input.push_str(line.get(..line.floor_char_boundary(room)).unwrap_or_default());
    };
    if let Some(input) = app.popup.as_mut().and_then(Popup::input) {
        add(input);
    } else if app.filtering {
        let mut filter = app.rows.filter.clone();
        add(&mut filter);
        app.rows.set_filter(filter);
        app.follow();
    } else {
        app.tell("pasted text is ignored here: press / or : first", false);
    }
}
