//! What happens to the state: [`update`] takes an [`Action`], changes the state and says which [`Effect`]s the loop has
//! to carry out. It does no input or output and draws nothing.

mod choosing;
mod commands;
mod comparing;
mod copying;
mod effect;
mod exporting;
mod finding;
mod mouse;
mod pointing;
mod popups;
mod pressing;
mod reviewing;
mod sorting;
mod typing;

pub use effect::Effect;

use crate::commands::Screen;
use crate::error::{Error, Result};
use crate::signing::Snapshot;
use crate::tui::state::app::{App, Phase};
use crate::tui::state::jobs::JobNow;
use crate::tui::state::popup::Popup;
use crate::tui::state::prepared::Prepared;
use crate::tui::theme::{Entry, Theme};
use crate::view::{Survey, View};
use crate::workbench::JobId;
use crossterm::event::{KeyEvent, KeyEventKind, MouseEvent};
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
    /// A theme that was asked for, or why it cannot be used.
    Theme(Result<Theme>),
    /// Which themes can be chosen, and which files cannot be used.
    Themes(Vec<Entry>),
    /// The terminal's background, where nobody has chosen a theme: the theme that goes with it.
    Background(Theme),
    /// A click, or a turn of the wheel.
    Mouse(MouseEvent),
    /// The survey of the view of a generation.
    Surveyed(u64, Arc<Survey>),
    /// Whether sources changed since they were read.
    Stale(bool),
    /// Something to tell, and whether it is bad news.
    Message(String, bool),
    /// A message's time is over.
    MessageOver,
}

/// Changes the state and says what has to be done.
pub fn update(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Key(key) if key.kind != KeyEventKind::Press => Vec::new(),
        Action::Key(key) => pressing::on_key(app, &key),
        Action::Paste(text) => {
            typing::on_paste(app, &text);
            Vec::new()
        }
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
            survey_if_shown(app)
        }
        Action::Prepared(view, prepared) => {
            app.take_view(view, *prepared);
            survey_if_shown(app)
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
            app.theme_is_chosen = true;
            Vec::new()
        }
        Action::Themes(entries) => {
            take_themes(app, entries);
            Vec::new()
        }
        Action::Background(theme) => {
            if !app.theme_is_chosen {
                app.theme = theme;
            }
            Vec::new()
        }
        Action::Mouse(event) => pointing::on_mouse(app, event),
        Action::Surveyed(generation, survey) => {
            app.survey = Some((generation, survey));
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
        Action::MessageOver => {
            if app.message.as_ref().is_some_and(|message| !message.bad) {
                app.message = None;
            }
            Vec::new()
        }
    }
}

/// The themes to choose from; the picker stays on the one in force.
fn take_themes(app: &mut App, entries: Vec<Entry>) {
    let (faulty, sound): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| entry.fault.is_some());
    let words = |entry: Entry| {
        let fault = entry.fault.map(|fault| fault.to_string()).unwrap_or_default();
        crate::text::screen(&format!("{}: {fault}", entry.name))
    };
    app.theme_faults = faulty.into_iter().map(words).collect();
    app.themes = sound.into_iter().map(|entry| entry.name).collect();
    let at = app.themes.iter().position(|name| *name == app.theme.name);
    if let (Some(Popup::Themes { cursor, .. }), Some(at)) = (&mut app.popup, at) {
        *cursor = at;
    }
}

/// A new view needs a new survey where that is what is looked at.
fn survey_if_shown(app: &App) -> Vec<Effect> {
    match app.screen == Screen::Maturity && app.whole && app.needs_survey() {
        true => vec![Effect::Survey],
        false => Vec::new(),
    }
}

fn take_jobs(app: &mut App, jobs: Vec<JobNow>) {
    let chosen = app.job().map(|job| job.id);
    app.jobs = jobs;
    app.job = app.jobs.iter().position(|job| Some(job.id) == chosen).unwrap_or(0);
}
