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
mod popups;
mod reviewing;
mod sorting;
mod typing;

pub use effect::{Effect, ViewOf};

use crate::commands::{Screen, by_key, shown};
use crate::error::{Error, Result};
use crate::query::Facts;
use crate::signing::Snapshot;
use crate::tui::keys;
use crate::tui::state::app::{App, Phase};
use crate::tui::state::jobs::JobNow;
use crate::tui::state::popup::Popup;
use crate::tui::state::prepared::Prepared;
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
    /// A search is to go on: no key was pressed.
    GoOn,
    /// What filters may ask of the facts of a view's models.
    Facts(Arc<View>, Arc<Facts>),
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
    /// Whether sources changed since they were read.
    Stale(bool),
    /// Something to tell, and whether it is bad news.
    Message(String, bool),
    /// A message's time is over.
    MessageOver,
}

/// Changes the state and says what has to be done.
pub fn update(app: &mut App, action: Action) -> Vec<Effect> {
    let is_view = matches!(action, Action::View(_) | Action::Prepared(..));
    let mut effects = act(app, action);
    if is_view && app.rows.lacks_facts() {
        effects.extend(app.view.clone().map(ViewOf).map(Effect::ReadFacts));
    }
    if finding::is_finding(app) {
        effects.push(Effect::GoOn);
    }
    effects
}

fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Key(key) if key.kind != KeyEventKind::Press => Vec::new(),
        Action::Key(key) => on_key(app, &key),
        Action::Paste(text) => {
            typing::on_paste(app, &text);
            Vec::new()
        }
        Action::Resize => vec![],
        Action::OpenFailed(error) => {
            app.phase = Phase::Failed(error);
            Vec::new()
        }
        Action::GoOn => {
            finding::go_on(app);
            Vec::new()
        }
        Action::Facts(view, facts) => {
            app.rows.take_facts(&view, facts);
            if app.filtering {
                app.line.look(&app.rows.filter, app.rows.made().index());
            }
            Vec::new()
        }
        Action::View(view) => {
            let prepared = match &app.view {
                Some(before) => app.rows.made().after(before, &view),
                None => Prepared::of(&view),
            };
            app.take_view(view, prepared);
            Vec::new()
        }
        Action::Prepared(view, prepared) => {
            app.take_view(view, *prepared);
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
    if app.filtering && !finding::leaves_the_line(&written, app.screen) {
        typing::filter_key(app, &written);
        return Vec::new();
    }
    app.filtering = false;
    match by_key(&written, app.screen) {
        Some(command) => commands::run(app, command),
        None => {
            app.tell(format!("{} does nothing here · ? lists the keys", shown(&written)), false);
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
    app.line.rest();
    if let Some(Popup::Themes { before, .. }) = app.popup.take() {
        app.theme = *before;
    }
    app.tell("press Ctrl-c once more to quit", false);
    Vec::new()
}
