//! What happens to the state: [`update`] takes an [`Action`], changes the state and says which [`Effect`]s the loop has
//! to carry out. It does no input or output and draws nothing.

mod choosing;
mod commands;
mod comparing;
mod copying;
mod effect;
mod exporting;
mod finding;
mod line;
mod mouse;
mod outputs;
mod palette;
mod popups;
mod reviewing;
mod sorting;
mod typed;
mod typing;

pub use effect::Effect;

use crate::commands::{Cmd, Does, Screen, Shape, keys_of, shown};
use crate::error::{Error, Result};
use crate::signing::Snapshot;
use crate::tui::keys;
use crate::tui::state::app::{App, Phase};
use crate::tui::state::exports::Export;
use crate::tui::state::jobs::JobNow;
use crate::tui::state::outputs::Ended;
use crate::tui::state::palette::Folder;
use crate::tui::state::popup::Popup;
use crate::tui::state::prepared::{Licences, Prepared};
use crate::tui::theme::Theme;
use crate::view::View;
use crate::workbench::JobId;
use crossterm::event::{KeyEvent, KeyEventKind};
use std::sync::Arc;
use std::time::Duration;

/// Something that happened.
pub enum Action {
    /// A key.
    Key(KeyEvent),
    /// Pasted text; it never runs commands.
    Paste(String),
    /// The terminal's size changed.
    Resize,
    /// The workspace could not be opened.
    OpenFailed(Error),
    /// A first or new view.
    View(Arc<View>),
    /// The same, with what its rows are made from.
    Prepared(Arc<View>, Box<Prepared>),
    /// The jobs changed.
    Jobs(Vec<JobNow>),
    /// The same, by a command: its job is the newest.
    Started(Vec<JobNow>),
    /// How far the jobs that run are, and how long they run.
    Progress(Vec<(JobId, (Snapshot, Duration))>),
    /// The licences of all models, which an order asked for.
    Licences(Arc<View>, Licences),
    /// A theme that was asked for, or why it cannot be used.
    Theme(Result<Theme>),
    /// Whether sources changed since they were read.
    Stale(bool),
    /// The flags of the command line's commands.
    Shapes(Vec<Shape>),
    /// The names in a folder that was asked for.
    Folder(Folder),
    /// Lines that a command printed: its number, whether on standard error, and they.
    Printed(u64, bool, Vec<String>),
    /// A command ended.
    Ended(u64, Ended),
    /// Something to tell, and whether it is bad news.
    Message(String, bool),
    /// A name for a file, a name like it of which no file is there, and the folder in words.
    FreeName {
        /// The name that was proposed.
        proposed: String,
        /// The free one.
        free: String,
        /// Its folder, safe to show.
        folder: String,
    },
    /// A file was not written because one of that name is there.
    Taken(Box<Export>),
    /// A message's time is over.
    MessageOver,
}

/// Changes the state and says what has to be done.
pub fn update(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Key(key) if key.kind != KeyEventKind::Press => Vec::new(),
        Action::Key(key) => on_key(app, &key),
        Action::Paste(text) => {
            typing::on_paste(app, &text);
            palette::refresh(app)
        }
        Action::Shapes(shapes) => {
            app.shapes = shapes;
            palette::refresh(app)
        }
        Action::Folder(folder) => {
            app.palette.folder = Some(folder);
            palette::refresh(app)
        }
        Action::Printed(id, is_aside, lines) => {
            app.outputs.take(id, is_aside, lines);
            Vec::new()
        }
        Action::Ended(id, ended) => outputs::ended(app, id, ended),
        Action::Resize => vec![],
        Action::OpenFailed(error) => {
            app.phase = Phase::Failed(error);
            Vec::new()
        }
        Action::View(view) => {
            let prepared = match &app.view {
                Some(before) => app.rows.made().after(before, &view),
                None => Prepared::of(&view),
            };
            app.take_view(view, prepared);
            sorting::missing(app)
        }
        Action::Prepared(view, prepared) => {
            app.take_view(view, *prepared);
            sorting::missing(app)
        }
        Action::Licences(view, licences) => {
            // Other models may have come meanwhile: those were asked for by themselves.
            if app.view.as_ref().is_some_and(|now| Arc::ptr_eq(&now.models, &view.models)) {
                app.rearrange(|rows| rows.take_licences(licences));
            }
            Vec::new()
        }
        Action::Jobs(jobs) => {
            take_jobs(app, jobs);
            Vec::new()
        }
        Action::Started(jobs) => {
            take_jobs(app, jobs);
            // Who asked on the screen of the jobs, or was led there, wants to see this one.
            if app.screen == Screen::Jobs {
                app.job = 0;
            }
            Vec::new()
        }
        Action::Progress(progress) => {
            for (id, (done, elapsed)) in progress {
                if let Some(job) = app.jobs.iter_mut().find(|job| job.id == id) {
                    (job.done, job.elapsed) = (done, elapsed);
                }
            }
            Vec::new()
        }
        Action::Theme(Ok(theme)) => {
            app.theme = theme;
            Vec::new()
        }
        Action::Theme(Err(error)) => {
            let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
            app.tell(format!("{error}{help}"), true);
            Vec::new()
        }
        Action::Stale(is_stale) => {
            app.is_stale = is_stale;
            if is_stale {
                app.tell("sources changed on disk; R reads what changed", false);
            }
            Vec::new()
        }
        Action::Message(text, bad) => {
            app.tell(text, bad);
            Vec::new()
        }
        Action::FreeName { proposed, free, folder } => {
            exporting::free_name(app, &proposed, free, &folder);
            Vec::new()
        }
        Action::Taken(export) => {
            exporting::taken(app, &export);
            Vec::new()
        }
        Action::MessageOver => {
            if app.message.as_ref().is_some_and(|message| !message.bad) {
                app.message = None;
            }
            Vec::new()
        }
    }
}

fn take_jobs(app: &mut App, jobs: Vec<JobNow>) {
    let chosen = app.job().map(|job| job.id);
    app.jobs = jobs;
    app.job = app.jobs.iter().position(|job| Some(job.id) == chosen).unwrap_or(0);
}

fn on_key(app: &mut App, key: &KeyEvent) -> Vec<Effect> {
    let Some(written) = keys::written(key) else { return Vec::new() };
    if written == "ctrl-c" {
        return on_ctrl_c(app);
    }
    app.ctrl_c = false;
    app.message = None;
    if app.popup.is_some() {
        return popups::popup_key(app, &written);
    }
    if app.filtering {
        typing::filter_key(app, &written);
        return Vec::new();
    }
    match app.keys.of(&written, app.screen) {
        Some(Does::Cmd(cmd)) => keys_of(cmd).map(|row| commands::run(app, row)).unwrap_or_default(),
        Some(Does::Line(line)) => line::run_line(app, &line),
        Some(Does::Nothing) | None => {
            let help = app.key_of(Cmd::Help);
            app.tell(format!("{} does nothing here · {help} lists the keys", shown(&written)), false);
            Vec::new()
        }
    }
}

fn on_ctrl_c(app: &mut App) -> Vec<Effect> {
    if app.ctrl_c {
        return vec![Effect::Quit];
    }
    app.ctrl_c = true;
    app.filtering = false;
    if let Some(Popup::Themes { before, .. }) = app.popup.take() {
        app.theme = *before;
    }
    app.tell("press Ctrl-c once more to quit", false);
    Vec::new()
}
