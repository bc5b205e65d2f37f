//! A line typed after `:`: its keys, its history, and what it does once Enter is pressed.

use crate::commands::{Command, Keys, Line, Network, Writes};
use crate::tui::state::app::App;
use crate::tui::state::offers::{Meaning, meaning, near, runnable, why_not};
use crate::tui::state::outputs::{Asked, Renews};
use crate::tui::state::popup::Popup;
use crate::tui::state::splitting::split;
use crate::tui::update::commands::run;
use crate::tui::update::effect::Effect;
use crate::tui::update::outputs::begin;
use crate::tui::update::palette::{open, refresh};
use crate::tui::update::typed::run_with;
use crate::tui::update::typing::type_into;

/// So many lines are remembered.
const MAX_HISTORY: usize = 200;

/// A key while it is open.
pub(super) fn key(app: &mut App, key: &str, mut input: String, mut cursor: usize) -> Vec<Effect> {
    let last = app.palette.offers.len().saturating_sub(1);
    let recalls = app.palette.recalled.is_some();
    match key {
        "esc" => return Vec::new(),
        "enter" => return enter(app, input, cursor),
        "tab" => return complete(app, input, cursor),
        "ctrl-p" => return recall(app, input, 1),
        "ctrl-n" => return recall(app, input, -1),
        // Above the first offer are the lines that were typed before.
        "up" if recalls || cursor == 0 => return recall(app, input, 1),
        "down" if recalls => return recall(app, input, -1),
        "up" | "shift-tab" | "down" => {
            cursor = if key == "down" { (cursor + 1).min(last) } else { cursor.saturating_sub(1) };
            app.palette.is_chosen = true;
            app.popup = Some(Popup::Palette { input, cursor });
            return Vec::new();
        }
        "ctrl-w" => input.truncate(input.trim_end().rfind(' ').map_or(0, |space| space + 1)),
        "backspace" if input.is_empty() => return Vec::new(),
        _ => type_into(&mut input, key),
    }
    app.palette.recalled = None;
    app.popup = Some(Popup::Palette { input, cursor: 0 });
    refresh(app)
}

/// A line of the history in the place of what is typed.
fn recall(app: &mut App, input: String, by: isize) -> Vec<Effect> {
    let many = app.palette_history.len();
    let at = match app.palette.recalled {
        None if by > 0 && many > 0 => Some(0),
        None => None,
        Some(0) if by < 0 => None,
        Some(at) => Some(at.saturating_add_signed(by).min(many.saturating_sub(1))),
    };
    let was = app.palette.recalled;
    let line = match at {
        Some(at) => app.palette_history.iter().rev().nth(at).cloned().unwrap_or_default(),
        None if was.is_some() => String::new(),
        None => input,
    };
    app.palette.recalled = at;
    app.popup = Some(Popup::Palette { input: line, cursor: 0 });
    refresh(app)
}

/// Takes the chosen offer into the line.
fn complete(app: &mut App, input: String, cursor: usize) -> Vec<Effect> {
    let line = app.palette.offers.get(cursor).map(|offer| offer.line.clone());
    app.palette.recalled = None;
    app.popup = Some(Popup::Palette { input: line.unwrap_or(input), cursor: 0 });
    refresh(app)
}

/// Enter: what was chosen in the list counts, or else what was typed, or else the best match for it.
fn enter(app: &mut App, input: String, cursor: usize) -> Vec<Effect> {
    let texts = split(&input).texts();
    let is_whole = !matches!(meaning(&texts), Meaning::Nothing | Meaning::Unknown);
    if is_whole && !app.palette.is_chosen {
        return run_typed(app, &input);
    }
    let Some(offer) = app.palette.offers.get(cursor).cloned() else {
        return unknown(app, &texts);
    };
    // A name that is only begun means the best match; a name with arguments after it has to be whole.
    if !app.palette.is_chosen && texts.len() > 1 {
        return unknown(app, &texts);
    }
    if offer.runs {
        return run_typed(app, offer.line.trim_end());
    }
    app.popup = Some(Popup::Palette { input: offer.line, cursor: 0 });
    refresh(app)
}

fn unknown(app: &mut App, texts: &[String]) -> Vec<Effect> {
    let name = texts.first().map(String::as_str).unwrap_or_default();
    let near = near(name).map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    app.tell(format!("no command is called `{}`{near}", crate::text::screen(name)), false);
    Vec::new()
}

/// Does what a line that was typed says, and remembers it.
fn run_typed(app: &mut App, line: &str) -> Vec<Effect> {
    remember(app, line.trim());
    run_line(app, line)
}

/// Does what a line says.
pub(super) fn run_line(app: &mut App, line: &str) -> Vec<Effect> {
    app.popup = None;
    let words = split(line);
    if words.is_open {
        app.tell("a quote is not closed", false);
        app.popup = Some(Popup::Palette { input: line.to_owned(), cursor: 0 });
        return refresh(app);
    }
    let texts = words.texts();
    match meaning(&texts) {
        Meaning::Nothing => Vec::new(),
        Meaning::Unknown => unknown(app, &texts),
        Meaning::Keys(keys, arguments) => match (&keys.typed, arguments.is_empty()) {
            (Some(typed), false) => {
                let rest = words.words.get(1).and_then(|word| line.get(word.from..)).unwrap_or_default();
                run_with(app, keys, typed, &arguments, rest.trim())
            }
            (Some(typed), true) if typed.missing.is_some() => {
                app.tell(format!("{}: {}", keys.name, typed.missing.unwrap_or_default()), false);
                Vec::new()
            }
            (None, false) => {
                app.tell(format!("{} takes no arguments", keys.name), false);
                Vec::new()
            }
            (_, true) => run_anywhere(app, keys),
        },
        Meaning::Line(row, path, arguments) => run_command(app, line.trim(), row, path, &arguments, &texts),
    }
}

fn remember(app: &mut App, line: &str) {
    if line.is_empty() || app.palette_history.last().is_some_and(|last| last == line) {
        return;
    }
    app.palette_history.push(line.to_owned());
    if app.palette_history.len() > MAX_HISTORY {
        app.palette_history.remove(0);
    }
}

/// Runs a command of the workbench, where it works: on this screen, or else on the first of its own.
pub(super) fn run_anywhere(app: &mut App, keys: &Keys) -> Vec<Effect> {
    let there = keys.screens.first().copied().filter(|_| !keys.is_on(app.screen));
    let Some(there) = there else { return run(app, keys) };
    let here = std::mem::replace(&mut app.screen, there);
    let able = why_not(app, keys);
    app.screen = here;
    if let Err(why) = able {
        app.tell(format!("{} works on {}: {why}", keys.name, there.word()), false);
        return Vec::new();
    }
    app.go(there);
    run(app, keys)
}

/// Runs a command of the command line as it was typed, once all that it needs is there.
fn run_command(
    app: &mut App,
    line: &str,
    row: &Command,
    path: &Line,
    arguments: &[String],
    texts: &[String],
) -> Vec<Effect> {
    if let Err(why) = runnable(app, row) {
        app.tell(format!("{}: {why}", path.path), false);
        return Vec::new();
    }
    if arguments.is_empty() && path.required() > 0 {
        app.tell(format!("{} needs {}", path.path, path.arguments), false);
        return open(app, format!("{} ", path.path));
    }
    let renews = match row.writes {
        _ if app.read_only => Renews::Nothing,
        Writes::Store => Renews::Records,
        Writes::Always | Writes::With(_) => Renews::Sources,
    };
    let asked = Asked {
        id: app.outputs.next_id(),
        line: crate::text::screen(line),
        words: texts.to_vec(),
        asks: row.asks,
        renews,
    };
    let is_online = match row.network {
        Network::Never => false,
        Network::Always => true,
        Network::With(flags) => arguments.iter().any(|argument| {
            flags.iter().any(|flag| {
                argument.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
            })
        }),
    };
    if is_online {
        app.popup = Some(Popup::ConfirmNetwork(Box::new(asked)));
        return Vec::new();
    }
    begin(app, asked)
}
