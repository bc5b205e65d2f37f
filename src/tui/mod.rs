//! The terminal workbench: the state as plain data, what changes it, and what draws it; the loop alone does input
//! and output. It knows ratatui and crossterm, which no other room does, and no rule of the domain.

mod child;
pub mod clipboard;
mod event_loop;
mod exporting;
pub mod keymap;
pub mod keys;
mod opening;
pub mod photograph;
mod plain;
mod remembering;
mod reporting;
mod screens;
mod state;
mod terminal;
pub mod theme;
mod update;

pub use crate::query::Licences;
pub use screens::draw;
pub use state::app::App;
pub use state::arrangement::Arrangement;
pub use state::cases::Read as CasesRead;
pub use state::changes::ChangeRow;
pub use state::columns::{COLUMNS, Column, ColumnId, ColumnSet};
pub use state::copies::{Copy, copies};
pub use state::editor::{Completing, Differs, Editor, Looked, Motion, Text, Window, difference};
pub use state::exports::{Export, Seen};
pub use state::fault::{Fault, Faulty};
pub use state::groups::Row;
pub use state::hit::{Drawn, Hit, TableDrawn, Under};
pub use state::jobs::JobNow;
pub use state::outputs::{Asked, Ended, Outputs, Renews};
pub use state::palette::{Folder, Offer, Palette};
pub use state::popup::{Popup, SaveAsk};
pub use state::reported::{ReportChoices, ReportPane};
pub use state::session::Session;
pub use state::surveying::SurveyPane;
pub use update::{Action, Effect, Saving, Writing, update};

use crate::commands::{Bindings, Shape};
use crate::error::{Code, Error, Result};
use crate::workbench::OpenOptions;
use event_loop::End;
use plain::Plain;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
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
    /// Lines instead of screens.
    pub plain: bool,
    /// A keymap file instead of the person's own.
    pub keymap: Option<PathBuf>,
    /// Gives the flags of the command line's commands, for completing what is typed.
    pub shapes: Option<fn() -> Vec<Shape>>,
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
/// terminal back and ends the process with 143 or 129. Gives why the workspace could not be opened, where it could not.
///
/// # Errors
/// `E-TERMINAL` when there is no terminal to draw on; `E-NOT-FOUND` for a theme that there is not.
pub fn run(options: &OpenOptions, settings: Settings) -> Result<Option<Error>> {
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
    let shelf = Shelf::of(&variable);
    let is_theme_given = settings.theme.is_some();
    let name = match settings.theme {
        Some(name) if depth != Depth::Mono => name,
        _ => Theme::default_name(depth).to_owned(),
    };
    let (theme, fault) = match shelf.load(&name, depth) {
        Ok(theme) => (theme, None),
        Err(error) if error.code == Code::NotFound => return Err(error),
        Err(error) => {
            let bytes = crate::disk::whole(Path::new(&name), theme::LIMIT_THEME_BYTES);
            let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).ok();
            let fault = Fault::of_theme(&name, &error, text.as_deref());
            (Theme::load(Theme::default_name(depth), depth)?, Some(fault))
        }
    };
    let mut app = App::new(theme, shelf.names());
    app.faults.extend(fault);
    app.theme_is_chosen = is_theme_given;
    app.ascii = settings.ascii || needs_ascii(&variable);
    let (keys, notice) = keys_of(settings.keymap.as_deref())?;
    app.keys = keys;
    if let Some((text, bad)) = notice {
        app.tell(text, bad);
    }
    let shapes = settings.shapes.unwrap_or(Vec::new);
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
    let outcome = if is_plain {
        let plain = Plain::start(!std::io::stdin().is_terminal())
            .map_err(|e| Error::new(Code::Terminal, format!("standard input cannot be read ({e})")))?;
        runtime.block_on(event_loop::run(options, (shelf, depth), shapes, app, Some(plain)))
    } else {
        let guard = terminal::Guard::enter()
            .map_err(|e| Error::new(Code::Terminal, format!("the terminal cannot be taken over ({e})")))?;
        let outcome = runtime.block_on(event_loop::run(options, (shelf, depth), shapes, app, None));
        drop(guard);
        outcome
    };
    match outcome? {
        End::Left(0) => Ok(None),
        End::Left(status) => std::process::exit(status),
        End::Unopened(error) => Ok(Some(*error)),
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
