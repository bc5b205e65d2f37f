//! The terminal workbench: the state as plain data, what changes it, and what draws it; the loop alone does input
//! and output. It knows ratatui and crossterm, which no other room does, and no rule of the domain.

mod event_loop;
pub mod keys;
mod plain;
mod screens;
mod state;
mod terminal;
pub mod theme;
mod update;

pub use screens::draw;
pub use state::app::{App, Drawn};
pub use state::jobs::JobNow;
pub use state::popup::Popup;
pub use update::{Action, Effect, update};

use crate::error::{Code, Error, Result};
use crate::workbench::OpenOptions;
use plain::Plain;
use std::io::IsTerminal;
use theme::{Depth, Theme};

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
    /// Lines instead of screens.
    pub plain: bool,
}

/// Opens the workbench on the terminal and returns when the person leaves. A SIGTERM or SIGHUP puts the
/// terminal back and ends the process with 143 or 129.
///
/// # Errors
/// `E-TERMINAL` when there is no terminal to draw on; those of [`Theme::load`].
pub fn run(options: &OpenOptions, settings: Settings) -> Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    let dumb = variable("TERM").is_some_and(|term| term == "dumb");
    let asked = variable("TOUCHMARK_PLAIN").is_some_and(|value| !matches!(value.as_str(), "" | "0"));
    let is_plain = settings.plain || dumb || asked;
    let has_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if !(is_plain || has_terminal) {
        return Err(Error::new(Code::Terminal, "the workbench needs an interactive terminal").help(
            "use --plain to read lines and write lines, or touchmark list, verify, show and the other commands",
        ));
    }
    let depth = match settings.color {
        _ if is_plain => Depth::Mono,
        ColorChoice::Never => Depth::Mono,
        choice => Depth::detect(&variable, choice == ColorChoice::Always),
    };
    let name = match settings.theme {
        Some(name) if depth != Depth::Mono => name,
        _ => Theme::default_name(depth).to_owned(),
    };
    let mut app = App::new(Theme::load(&name, depth)?, theme::names());
    app.read_only = options.read_only;
    app.policy_override.clone_from(&options.policy);
    if let Some(dir) = &options.dir {
        app.opening = crate::text::screen(&dir.to_string_lossy());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::new(Code::Terminal, format!("cannot wait for events ({e})")))?;
    let outcome = if is_plain {
        let plain = Plain::start(!std::io::stdin().is_terminal())
            .map_err(|e| Error::new(Code::Terminal, format!("standard input cannot be read ({e})")))?;
        runtime.block_on(event_loop::run(options, depth, app, Some(plain)))
    } else {
        let guard = terminal::Guard::enter()
            .map_err(|e| Error::new(Code::Terminal, format!("the terminal cannot be taken over ({e})")))?;
        let outcome = runtime.block_on(event_loop::run(options, depth, app, None));
        drop(guard);
        outcome
    };
    match outcome? {
        0 => Ok(()),
        status => std::process::exit(status),
    }
}
