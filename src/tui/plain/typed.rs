//! What a line that was typed does: it is an answer while something is asked, and else a command by its name or key, or
//! the number of a row. Commands run as their keys do, through `update`.

use crate::commands::{Cmd, Keys, Screen, by_key, by_typed, keyed, keys_of};
use crate::inventory::ModelId;
use crate::tui::keys::event;
use crate::tui::state::app::App;
use crate::tui::state::choices::{Choice, choices};
use crate::tui::state::popup::Popup;
use crate::tui::update::{Action, Effect, update};

use super::help::why_not;
use super::screens;

/// Rows that `list` says at a time.
const ROWS: usize = 20;
/// Rows that a number moves over one by one.
const FURTHEST: usize = 10_000;

/// What came of a line.
#[derive(Default)]
pub struct Done {
    /// What the loop has to do.
    pub effects: Vec<Effect>,
    /// What is said at once.
    pub answers: Vec<String>,
    /// The next line waits until no job runs.
    pub waits: bool,
    /// Where one is has to be said again.
    pub again: bool,
}

impl Done {
    fn answer(text: impl Into<String>) -> Self {
        Done { answers: vec![text.into()], ..Done::default() }
    }

    fn of(effects: Vec<Effect>) -> Self {
        Done { effects, ..Done::default() }
    }
}

/// What a line does.
pub fn typed(app: &mut App, line: &str) -> Done {
    let line = line.trim();
    if app.popup.is_some() {
        return answer(app, line);
    }
    if app.filtering {
        return Done { again: true, ..Done::of(enter(app, line)) };
    }
    let (name, rest) =
        line.split_once(char::is_whitespace).map_or((line, ""), |(name, rest)| (name, rest.trim()));
    match name {
        "" => Done { again: true, ..Done::default() },
        "list" => list(app, rest),
        "wait" => Done { waits: true, ..Done::default() },
        "again" => Done { again: true, ..Done::default() },
        "next" => run(app, keys_of(Cmd::Down), ""),
        "previous" => run(app, keys_of(Cmd::Up), ""),
        "quit" => quit(app),
        "redraw" => Done { again: true, ..Done::default() },
        "go-to" | "go" if !rest.is_empty() => go_to(app, rest),
        _ => match name.parse::<usize>() {
            Ok(number) if rest.is_empty() && by_key(name, app.screen).is_none_or(|_| number > 0) => {
                row(app, name, number)
            }
            _ => named(app, name, rest),
        },
    }
}

/// Runs the command of a name, or of a key on this screen.
fn named(app: &mut App, name: &str, rest: &str) -> Done {
    let found = keyed().find(|row| row.name == name).or_else(|| by_typed(name).map(|(row, _)| row));
    match found.or_else(|| by_key(name, app.screen)) {
        Some(row) => run(app, Some(row), rest),
        None => {
            let near = crate::text::nearest(name, &keyed().map(|row| row.name).collect::<Vec<_>>());
            let near = near.map(|near| format!(" Do you mean {near}?")).unwrap_or_default();
            Done::answer(format!("There is no command {name}.{near} Type help for all of them."))
        }
    }
}

/// Runs a command as its key does, and goes on with what was typed after it.
fn run(app: &mut App, row: Option<&'static Keys>, rest: &str) -> Done {
    let Some(row) = row else { return Done::default() };
    if let Some(why) = why_not(row.cmd) {
        return Done::answer(format!("{}: {why}.", row.name));
    }
    if !rest.is_empty() && row.typed.is_some() {
        let mut effects = update(app, Action::Key(event(":")));
        update(app, Action::Paste(format!("{} {rest}", row.name)));
        effects.extend(update(app, Action::Key(event("enter"))));
        return Done::of(effects);
    }
    if !row.is_on(app.screen) {
        let on: Vec<&str> = row.screens.iter().map(|screen| screen.word()).collect();
        return Done::answer(format!(
            "{} works on: {}. Type the name of a screen first.",
            row.name,
            on.join(", ")
        ));
    }
    let Some(key) = row.keys.first() else { return Done::default() };
    let mut done = Done::of(update(app, Action::Key(event(key))));
    if matches!(app.popup, Some(Popup::Palette { .. })) {
        // It asks for a file in the palette, which nobody sees here.
        update(app, Action::Key(event("esc")));
        done.answers.push(format!("{} needs something after its name: {}", row.name, row.help_line()));
    } else if !rest.is_empty() && (app.popup.is_some() || app.filtering) {
        let more = typed(app, rest);
        done.effects.extend(more.effects);
        done.answers.extend(more.answers);
    } else if !rest.is_empty() {
        done.answers.push(format!("{} takes nothing after its name; ignored: {rest}", row.name));
    }
    done
}

/// An answer to what is asked.
fn answer(app: &mut App, line: &str) -> Done {
    if line.is_empty() || line == "esc" {
        return Done { again: true, ..Done::of(update(app, Action::Key(event("esc")))) };
    }
    match &app.popup {
        Some(Popup::Choose { of }) => {
            let (first, rest) =
                line.split_once(char::is_whitespace).map_or((line, ""), |(first, rest)| (first, rest.trim()));
            let all = choices(app, *of);
            match chosen(&all, first) {
                Some(key) => {
                    let mut done = Done::of(update(app, Action::Key(event(&key.to_string()))));
                    if !rest.is_empty() && app.popup.is_some() {
                        let more = answer(app, rest);
                        done.effects.extend(more.effects);
                        done.answers.extend(more.answers);
                    }
                    done
                }
                None => {
                    let words: Vec<String> =
                        all.iter().map(|one| format!("{} {}", one.key, one.word)).collect();
                    Done::answer(format!("{first} is none of: {}. An empty line leaves.", words.join("; ")))
                }
            }
        }
        Some(Popup::ConfirmQuit | Popup::Confirm(_)) => {
            let key = if matches!(line, "y" | "yes") { "y" } else { "n" };
            Done { again: true, ..Done::of(update(app, Action::Key(event(key)))) }
        }
        Some(Popup::Ask(_)) => Done::of(enter(app, line)),
        _ if crate::tui::keys::is_valid(line) && line.chars().count() > 1 => {
            Done::of(update(app, Action::Key(event(line))))
        }
        _ => Done::of(enter(app, line)),
    }
}

/// By its key, or by its word or the beginning of it where that is one choice's.
fn chosen(all: &[Choice], typed: &str) -> Option<char> {
    let mut chars = typed.chars();
    if let (Some(key), None) = (chars.next(), chars.next())
        && all.iter().any(|one| one.key == key)
    {
        return Some(key);
    }
    if let Some(one) = all.iter().find(|one| one.word == typed) {
        return Some(one.key);
    }
    let mut begins = all.iter().filter(|one| one.word.starts_with(typed));
    match (begins.next(), begins.next()) {
        (Some(one), None) => Some(one.key),
        _ => None,
    }
}

/// Types a line in the place of what stands there, and goes on.
fn enter(app: &mut App, line: &str) -> Vec<Effect> {
    let mut effects = update(app, Action::Key(event("ctrl-u")));
    effects.extend(update(app, Action::Paste(line.to_owned())));
    effects.extend(update(app, Action::Key(event("enter"))));
    effects
}

/// `q` goes back first; this word leaves from wherever one is.
fn quit(app: &mut App) -> Done {
    while app.screen != Screen::Inventory {
        app.go_back();
    }
    run(app, keys_of(Cmd::Quit), "")
}

fn list(app: &App, rest: &str) -> Done {
    let many = match rest {
        "" => ROWS,
        "all" => usize::MAX,
        number => match number.parse() {
            Ok(number) => number,
            Err(_) => return Done::answer("list takes a number of rows, or all."),
        },
    };
    match (app.screen, &app.view) {
        (Screen::Inventory, Some(view)) => {
            let (from, all) = (app.rows.place().saturating_sub(1), app.rows.shown().len());
            let to = from.saturating_add(many).min(all);
            let mut answers: Vec<String> =
                (from..to).filter_map(|at| screens::model(app, view, at)).collect();
            match (all, to < all) {
                (0, _) => answers.push("No model is shown.".to_owned()),
                (_, true) => answers.push(format!(
                    "Rows {} to {to} of {all}. Type {}, then list, to go on.",
                    from + 1,
                    to + 1
                )),
                _ => {}
            }
            Done { answers, ..Done::default() }
        }
        _ => Done { answers: screens::screen(app), ..Done::default() },
    }
}

/// Goes to the row of a number.
fn row(app: &mut App, name: &str, number: usize) -> Done {
    let Some(steps) = number.checked_sub(1) else { return named(app, name, "") };
    let rows = screens::rows(app);
    if number > rows {
        return Done::answer(match rows {
            0 => "There are no rows here.".to_owned(),
            rows => format!("There is no row {number}: there are {rows}."),
        });
    }
    if app.screen == Screen::Inventory {
        // In groups, rows are not only models.
        let view = app.view.clone();
        let index = app.rows.shown().get(steps).map(|index| *index as usize);
        let model = view.as_ref().zip(index).and_then(|(view, index)| view.models.get(index));
        if let Some((view, model)) = view.as_ref().zip(model) {
            app.rows.seek(view, &model.id);
        }
        app.follow();
        return Done { again: true, ..Done::default() };
    }
    let mut effects = update(app, Action::Key(event("g")));
    for _ in 0..steps.min(FURTHEST) {
        effects.extend(update(app, Action::Key(event("j"))));
    }
    Done { again: true, ..Done::of(effects) }
}

/// Goes to a model by its id, or by a part of it that only one model has.
fn go_to(app: &mut App, name: &str) -> Done {
    let Some(view) = app.view.clone() else { return Done::answer("The workspace is not open yet.") };
    let exact = view.model(&ModelId::new(name)).map(|(index, _)| index);
    let mut like = view.models.iter().enumerate().filter(|(_, model)| model.id.raw().contains(name));
    let index = exact.or_else(|| match (like.next(), like.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    });
    let Some(model) = index.and_then(|index| view.models.get(index)) else {
        let many = view.models.iter().filter(|model| model.id.raw().contains(name)).count();
        return Done::answer(match many {
            0 => format!("No model is called {name}."),
            many => format!("{many} models have {name} in their names: filter {name}, then list."),
        });
    };
    app.go(Screen::Inventory);
    let is_shown = |app: &App| app.rows.shown().iter().any(|row| Some(*row as usize) == index);
    if !is_shown(app) {
        app.rearrange(|rows| rows.show_all());
    }
    app.rows.seek(&view, &model.id);
    app.follow();
    Done { again: true, ..Done::default() }
}
