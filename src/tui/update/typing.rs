//! Lines that are typed or pasted into: the filter, and the line of a popup.

use crate::tui::state::app::App;
use crate::tui::state::popup::Popup;
use crate::tui::state::rows::Rows;

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

/// Changes the filter, and looks at what may follow.
pub(super) fn set_filter(app: &mut App, filter: String) {
    app.line.look(&filter, app.rows.made().index());
    match app.filtering {
        true => app.rows.type_filter(filter),
        false => app.rows.set_filter(filter),
    }
    app.follow();
}

pub(super) fn filter_key(app: &mut App, written: &str) {
    let filter = app.rows.filter.clone();
    let changed = match written {
        "enter" => {
            app.filtering = false;
            app.rearrange(Rows::end_typing);
            let filter = app.rows.filter.clone();
            app.line.remember(&filter);
            app.line.rest();
            return;
        }
        "esc" => {
            app.filtering = false;
            app.line.rest();
            app.line.hint = None;
            app.rearrange(|rows| {
                rows.end_typing();
                rows.set_filter(String::new());
            });
            return;
        }
        "up" => app.line.earlier(&filter),
        "down" => app.line.later(),
        "tab" | "shift-tab" => {
            let taken = app.line.complete(&filter, written == "shift-tab");
            // What else may follow stays in sight while one after the other is tried.
            let (completion, chosen) = (app.line.completion.clone(), app.line.chosen.take());
            if let Some(taken) = taken {
                set_filter(app, taken);
                if chosen.is_some() {
                    (app.line.completion, app.line.chosen) = (completion, chosen);
                }
            }
            return;
        }
        "ctrl-w" => {
            let kept = filter.trim_end().rfind(' ').map_or(0, |space| space + 1);
            filter.get(..kept).map(str::to_owned)
        }
        _ => {
            let mut longer = filter.clone();
            type_into(&mut longer, written);
            Some(longer)
        }
    };
    if let Some(changed) = changed.filter(|changed| *changed != filter) {
        set_filter(app, changed);
    }
}

pub(super) fn on_paste(app: &mut App, text: &str) {
    let line: String =
        text.chars().take(MAX_INPUT_BYTES).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let line = crate::text::screen(line.trim());
    let add = |input: &mut String| {
        let room = MAX_INPUT_BYTES.saturating_sub(input.len());
        input.push_str(line.get(..line.floor_char_boundary(room)).unwrap_or_default());
    };
    if let Some(Popup::GoTo(goto)) = &mut app.popup {
        add(&mut goto.input);
        goto.search(app.rows.made().index());
    } else if let Some(input) = app.popup.as_mut().and_then(Popup::input) {
        add(input);
    } else if app.filtering {
        let mut filter = app.rows.filter.clone();
        add(&mut filter);
        set_filter(app, filter);
    } else {
        app.tell("pasted text is ignored here: press / or : first", false);
    }
}
