//! Commands of the command line that run beside the screens: how they begin, what they print, how they end.

use crate::commands::{Cmd, Screen};
use crate::tui::state::app::App;
use crate::tui::state::outputs::{Asked, Ended, Renews};
use crate::tui::state::popup::Popup;
use crate::tui::update::effect::Effect;

/// Begins one, and shows what it prints.
pub(super) fn begin(app: &mut App, asked: Asked) -> Vec<Effect> {
    app.outputs.begin(asked.clone());
    app.go(Screen::Output);
    app.scroll = 0;
    vec![Effect::Run(Box::new(asked))]
}

/// A key while it is asked whether the network may be used.
pub(super) fn confirm(app: &mut App, key: &str, asked: Box<Asked>) -> Vec<Effect> {
    match key {
        "y" | "Y" => return begin(app, *asked),
        "n" | "N" | "esc" | "q" => app.tell("not run; nothing was sent", false),
        _ => app.popup = Some(Popup::ConfirmNetwork(asked)),
    }
    Vec::new()
}

/// One ended: what it may have changed is read again, and whoever is elsewhere is told.
pub(super) fn ended(app: &mut App, id: u64, ended: Ended) -> Vec<Effect> {
    let (words, is_good) = (ended.words(), ended.is_good());
    let Some(asked) = app.outputs.end(id, ended).map(|output| output.asked.clone()) else {
        return Vec::new();
    };
    let is_seen =
        app.screen == Screen::Output && app.outputs.shown().is_some_and(|shown| shown.asked.id == id);
    if !is_seen {
        let key = app.key_of(Cmd::Output);
        app.tell(format!("{} · {words} · {key} shows its output", asked.line), !is_good);
    } else if asked.asks {
        app.tell(words, !is_good);
    }
    match asked.renews {
        Renews::Nothing => Vec::new(),
        renews => vec![Effect::Renew { sources: renews == Renews::Sources }],
    }
}

/// Shows the one before or after.
pub(super) fn turn(app: &mut App, by: isize) {
    app.outputs.turn(by);
    app.scroll = 0;
}

/// Cancels the one shown.
pub(super) fn cancel(app: &mut App) -> Vec<Effect> {
    let shown =
        app.outputs.shown().filter(|output| output.ended.is_none()).map(|output| output.asked.clone());
    let Some(asked) = shown else { return Vec::new() };
    app.tell(format!("cancelling {}", asked.line), false);
    vec![Effect::CancelRun(asked.id)]
}
