//! The terminal workbench: the state as plain data, what changes it, and what draws it; the loop alone does input
//! and output. It knows ratatui and crossterm, which no other room does, and no rule of the domain.

mod child;
pub mod clipboard;
mod event_loop;
mod exporting;
pub mod keymap;
pub mod keys;
pub mod photograph;
mod screens;
mod state;
mod terminal;
pub mod theme;
mod update;

pub use screens::draw;
pub use state::app::App;
pub use state::arrangement::Arrangement;
pub use state::columns::{COLUMNS, Column, ColumnId, ColumnSet};
pub use state::copies::{Copy, copies};
pub use state::exports::{Export, Seen};
pub use state::groups::Row;
pub use state::hit::{Drawn, Hit, TableDrawn, Under};
pub use state::jobs::JobNow;
pub use state::outputs::{Asked, Ended, Outputs, Renews};
pub use state::palette::{Folder, Offer, Palette};
pub use state::popup::Popup;
pub use state::prepared::Licences;
pub use update::{Action, Effect, update};

use crate::commands::{Bindings, Shape};
use crate::error::{Code, Error, Result};
use crate::workbench::OpenOptions;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
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
    /// A keymap file instead of the person's own.
    pub keymap: Option<PathBuf>,
    /// Gives the flags of the command line's commands, for completing what is typed.
    pub shapes: Option<fn() -> Vec<Shape>>,
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
    let name = match settings.theme {
        Some(name) if depth != Depth::Mono => name,
        _ => Theme::default_name(depth).to_owned(),
    };
    let mut app = App::new(Theme::load(&name, depth)?, theme::names());
    let (keys, notice) = keys_of(settings.keymap.as_deref())?;
    app.keys = keys;
    app.read_only = options.read_only;
    app.policy_override.clone_from(&options.policy);
    app.folder.clone_from(&options.dir);
    if let Some(dir) = &options.dir {
        app.opening = crate::text::screen(&dir.to_string_lossy());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::new(Code::Terminal, format!("cannot wait for events ({e})")))?;
    let guard = terminal::Guard::enter()
        .map_err(|e| Error::new(Code::Terminal, format!("the terminal cannot be taken over ({e})")))?;
    let shapes = settings.shapes.unwrap_or(Vec::new);
    let start = event_loop::Start { options: options.clone(), depth, shapes, notice };
    let outcome = runtime.block_on(event_loop::run(start, app));
    drop(guard);
    match outcome? {
        0 => Ok(()),
        status => std::process::exit(status),
    }
}

/// The keys in force. With a file that has faults they are the built-in ones, and that is said.
fn keys_of(file: Option<&Path>) -> Result<(Bindings, Option<(String, bool)>)> {
    let read = match file {
        Some(file) => keymap::load(file)?,
        // Nobody named it now: what is wrong with it stops nobody.
        None => match keymap::load_own() {
            Ok(read) => read,
            Err(error) => {
                return Ok((
                    Bindings::default(),
                    Some((format!("{error} · the built-in keys are in force"), true)),
                ));
            }
        },
    };
    Ok(match read {
        Ok(keys) => (keys, None),
        Err(faults) => {
            let first = faults.first();
            let line = first.and_then(|fault| fault.line).map(|line| format!("line {line}: "));
            let message = first.map(|fault| fault.message.as_str()).unwrap_or_default();
            let text = format!(
                "the keymap file has {} · {}{message} · the built-in keys are in force · `touchmark keymap check` lists all",
                crate::text::count(faults.len(), "fault"),
                line.unwrap_or_default()
            );
            (Bindings::default(), Some((text, true)))
        }
    })
}
