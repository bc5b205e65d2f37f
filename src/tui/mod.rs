//! The terminal workbench: the state as plain data, what changes it, and what draws it; the loop alone does input
//! and output. It knows ratatui and crossterm, which no other room does, and no rule of the domain.

mod event_loop;
pub mod keys;
mod screens;
mod state;
mod terminal;
pub mod theme;
mod update;

pub use screens::draw;
pub use state::app::App;
pub use state::hit::{Drawn, Hit, Under};
pub use state::jobs::JobNow;
pub use state::popup::Popup;
pub use update::{Action, Effect, update};

use crate::error::{Code, Error, Result};
use crate::workbench::OpenOptions;
use std::io::IsTerminal;
use theme::{Depth, Shelf, Theme};

/// Whether colours are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorChoice {
    /// As the terminal and `NO_COLOR` say.
    #[default]
    Auto,
    /// Even under `NO_COLOR`.
    Always,
    /// Never.
    Never,
}

/// How the screens look.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// A built-in theme's name, or a theme file; none chooses by the terminal.
    pub theme: Option<String>,
    /// Colours.
    pub color: ColorChoice,
    /// Signs of ASCII only, even where the terminal shows others.
    pub ascii: bool,
}

/// Whether signs must be ASCII: where that was asked for, or where the locale is of another encoding.
pub fn needs_ascii(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(asked) = set("TOUCHMARK_ASCII") {
        return asked != "0";
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    locale.is_some_and(|locale| {
        let locale = locale.to_lowercase();
        !(locale.contains("utf-8") || locale.contains("utf8"))
    })
}

/// Opens the workbench on the terminal and returns when the person leaves. A SIGTERM or SIGHUP puts the
/// terminal back and ends the process with 143 or 129.
///
/// # Errors
/// `E-TERMINAL` when there is no terminal to draw on; those of [`Theme::load`].
pub fn run(options: &OpenOptions, settings: Settings) -> Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    let dumb = variable("TERM").is_some_and(|term| term == "dumb");
    if dumb || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Error::new(Code::Terminal, "the workbench needs an interactive terminal").help(
            "use touchmark list, verify, show and the other commands instead; touchmark --help names them",
        ));
    }
    let depth = match settings.color {
        ColorChoice::Never => Depth::Mono,
        choice => Depth::detect(&variable, choice == ColorChoice::Always),
    };
    let shelf = Shelf::of(&variable);
    let is_chosen = settings.theme.is_some();
    let name = match settings.theme {
        Some(name) if depth != Depth::Mono => name,
        _ => Theme::default_name(depth).to_owned(),
    };
    let mut app = App::new(shelf.load(&name, depth)?, theme::names());
    app.theme_is_chosen = is_chosen;
    app.ascii = settings.ascii || needs_ascii(&variable);
    app.read_only = options.read_only;
    app.policy_override.clone_from(&options.policy);
    if let Some(dir) = &options.dir {
        app.opening = crate::text::screen(&dir.to_string_lossy());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::new(Code::Terminal, format!("cannot wait for events ({e})")))?;
    let guard = terminal::Guard::enter()
        .map_err(|e| Error::new(Code::Terminal, format!("the terminal cannot be taken over ({e})")))?;
    let outcome = runtime.block_on(event_loop::run(options, (shelf, depth), app));
    drop(guard);
    match outcome? {
        0 => Ok(()),
        status => std::process::exit(status),
    }
}
