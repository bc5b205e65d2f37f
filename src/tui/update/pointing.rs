//! What a click and the wheel do. What lies under them is what the last frame drew there, never a guess.

use crate::commands::{Screen, by_key, keys_of};
use crate::tui::state::app::App;
use crate::tui::state::hit::{Hit, Under};
use crate::tui::state::verifying::Tab;
use crate::tui::update::commands::{maturity_tab, run, step};
use crate::tui::update::editing;
use crate::tui::update::effect::Effect;
use crate::tui::update::pressing::press;
use crate::tui::update::reporting;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

/// Rows or lines that one notch of the wheel moves by.
const NOTCH: isize = 3;

/// A click, or a turn of the wheel. Without a command nobody asked for the mouse.
pub(super) fn on_mouse(app: &mut App, event: MouseEvent) -> Vec<Effect> {
    if !app.mouse {
        return Vec::new();
    }
    let hit = app.drawn.at(event.column, event.row).cloned();
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => click(app, hit, (event.column, event.row)),
        MouseEventKind::ScrollDown => wheel(app, hit, NOTCH),
        MouseEventKind::ScrollUp => wheel(app, hit, -NOTCH),
        _ => Vec::new(),
    }
}

fn click(app: &mut App, hit: Option<Hit>, (column, row): (u16, u16)) -> Vec<Effect> {
    app.message = None;
    let Some(hit) = hit else {
        // Beside a popup.
        return if app.popup.is_some() { press(app, "esc") } else { Vec::new() };
    };
    match hit.under {
        Under::Keys(keys) => keys.iter().flat_map(|key| press(app, key)).collect(),
        Under::Command(cmd) => keys_of(cmd).map(|keys| run(app, keys)).unwrap_or_default(),
        Under::List { chosen } if row == chosen => open(app),
        Under::List { chosen } => walk(app, isize_of(row) - isize_of(chosen)),
        Under::PaneTab(tab) => pane_tab(app, tab),
        Under::Side => {
            app.side.get_or_insert(0);
            Vec::new()
        }
        Under::Text => {
            app.side = None;
            Vec::new()
        }
        Under::Editor => {
            editing::click(app, (column, row), hit.area);
            Vec::new()
        }
        Under::Popup => Vec::new(),
    }
}

/// A second click on a row does what Enter does there, where that is anything.
fn open(app: &mut App) -> Vec<Effect> {
    if app.popup.is_some() || by_key("enter", app.screen).is_some() {
        return press(app, "enter");
    }
    Vec::new()
}

fn walk(app: &mut App, by: isize) -> Vec<Effect> {
    if app.popup.is_none() {
        step(app, by);
        return Vec::new();
    }
    let key = if by < 0 { "up" } else { "down" };
    let mut effects: Vec<Effect> = (0..by.unsigned_abs()).flat_map(|_| press(app, key)).collect();
    // Of the themes that were passed only the last one is tried.
    let passed = effects.len().saturating_sub(1);
    effects.drain(..passed);
    effects
}

fn wheel(app: &mut App, hit: Option<Hit>, by: isize) -> Vec<Effect> {
    if app.popup.is_some() {
        return if hit.is_some() { walk(app, by) } else { Vec::new() };
    }
    match hit.map(|hit| hit.under) {
        Some(Under::List { .. }) => step(app, by),
        Some(Under::Editor) => editing::scroll(app, by),
        Some(Under::Text) => {
            app.side = None;
            app.scroll = app.scrolled(app.scroll, by);
        }
        Some(Under::Side) => match app.side {
            Some(at) => app.side = Some(app.scrolled(at, by)),
            // How far it goes is known from the next frame on.
            None => app.side = Some(0),
        },
        _ => {}
    }
    Vec::new()
}

fn pane_tab(app: &mut App, tab: usize) -> Vec<Effect> {
    match app.screen {
        Screen::Maturity => maturity_tab(app, tab),
        Screen::Verify => {
            app.verify.tab = Tab::ALL.get(tab).copied().unwrap_or_default();
            app.scroll = 0;
            Vec::new()
        }
        Screen::Inventory => {
            app.rearrange(|rows| rows.show_tab(tab));
            Vec::new()
        }
        Screen::Reports => {
            reporting::click(app, tab);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn isize_of(cells: u16) -> isize {
    isize::try_from(cells).unwrap_or(isize::MAX)
}
