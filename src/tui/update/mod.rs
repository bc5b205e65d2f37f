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
mod opening;
mod popups;
mod reviewing;
mod sorting;
mod typing;
mod working;

pub use effect::{Effect, ViewOf};

use crate::commands::{Screen, by_key, shown};
use crate::error::{Error, Result};
use crate::inventory::ModelId;
use crate::query::Facts;
use crate::signing::Snapshot;
use crate::tui::keys;
use crate::tui::state::app::App;
use crate::tui::state::exports::Export;
use crate::tui::state::fault::{Fault, Faulty};
use crate::tui::state::jobs::JobNow;
use crate::tui::state::popup::Popup;
use crate::tui::state::prepared::{Licences, Prepared};
use crate::tui::state::session::Session;
use crate::tui::theme::Theme;
use crate::view::{PastReview, View};
use crate::workbench::{Access, JobId, ReviewAct};
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
    /// Something does not load.
    Fault(Fault),
    /// Opening takes longer than a moment.
    Slow,
    /// What may be written.
    Access(Access),
    /// What was remembered of the workspace, and whether somebody has pressed keys already.
    Session(Box<Session>, bool),
    /// Another workspace is opened: this one, safe to show.
    Opening(String),
    /// A temporary workspace cannot be kept beside its models, and why.
    AskKeep(String),
    /// What a path that was typed can go on with.
    Completed {
        /// What was typed.
        asked: String,
        /// That, and what is certain to come after it.
        longer: String,
        /// The names that it can go on with.
        others: Vec<String>,
    },
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
    /// The licences of all models, which an order asked for.
    Licences(Arc<View>, Licences),
    /// A theme that was asked for, or why it cannot be used.
    Theme(Result<Theme>),
    /// What became of a review.
    Reviewed(Result<ReviewAct>),
    /// What became of taking reviews back, and of which.
    Undone(ReviewAct, Result<ReviewAct>),
    /// What was said of a model.
    History(ModelId, Result<Vec<PastReview>>),
    /// Whether sources changed since they were read.
    Stale(bool),
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
            opening::failed(app, error);
            Vec::new()
        }
        Action::Fault(fault) => {
            opening::take_fault(app, fault);
            Vec::new()
        }
        Action::Slow => {
            app.is_slow = true;
            Vec::new()
        }
        Action::Access(access) => {
            opening::take_access(app, access);
            Vec::new()
        }
        Action::Session(session, is_touched) => opening::take_session(app, *session, is_touched),
        Action::Opening(what) => {
            app.forget();
            app.opening = what;
            Vec::new()
        }
        Action::AskKeep(why) => {
            opening::ask_keep(app, &why);
            Vec::new()
        }
        Action::Completed { asked, longer, others } => {
            opening::completed(app, &asked, longer, others);
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
            working::take_jobs(app, jobs);
            Vec::new()
        }
        Action::Started(jobs) => {
            working::take_jobs(app, jobs);
            working::started(app);
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
            app.faults.retain(|fault| fault.of != Faulty::Theme);
            app.theme = theme;
            if app.faults.is_empty() && app.screen == Screen::Fault {
                app.go_back();
            }
            Vec::new()
        }
        Action::Theme(Err(error)) => {
            let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
            app.tell(format!("{error}{help}"), true);
            Vec::new()
        }
        Action::Reviewed(done) => {
            reviewing::recorded(app, done);
            Vec::new()
        }
        Action::Undone(act, done) => {
            reviewing::undone(app, act, done);
            Vec::new()
        }
        Action::History(model, read) => {
            reviewing::history_read(app, &model, read);
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
