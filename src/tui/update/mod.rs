//! What happens to the state: [`update`] takes an [`Action`], changes the state and says which [`Effect`]s the loop has
//! to carry out. It does no input or output and draws nothing.

mod amending;
mod cases;
mod choosing;
mod commands;
mod comparing;
mod copying;
mod editing;
mod effect;
mod exporting;
mod finding;
mod line;
mod looking;
mod mouse;
mod opening;
mod outputs;
mod palette;
mod pointing;
mod popups;
mod pressing;
mod relatives;
mod reporting;
mod reviewing;
mod sorting;
mod surveying;
mod typed;
mod typing;
mod working;

pub use effect::{Effect, Saving, ViewOf, Writing};

use crate::commands::{Screen, Shape};
use crate::decision::RecordRef;
use crate::error::{Error, Result};
use crate::inventory::ModelId;
use crate::query::Facts;
use crate::query::{Licences, Prepared};
use crate::signing::{Anatomy, Snapshot};
use crate::tui::state::app::App;
use crate::tui::state::cases::Read;
use crate::tui::state::editor::Looked;
use crate::tui::state::exports::Export;
use crate::tui::state::fault::{Fault, Faulty};
use crate::tui::state::jobs::JobNow;
use crate::tui::state::outputs::Ended;
use crate::tui::state::palette::Folder;
use crate::tui::state::popup::Popup;
use crate::tui::state::session::Session;
use crate::tui::theme::{Entry, Theme};
use crate::view::comparison::Comparison;
use crate::view::{PastReview, Survey, View};
use crate::workbench::{Access, JobId, ReviewAct, SavedPolicy};
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
    /// Which themes can be chosen, and which files cannot be used.
    Themes(Vec<Entry>),
    /// The terminal's background, where nobody has chosen a theme: the theme that goes with it.
    Background(Theme),
    /// A click, or a turn of the wheel.
    Mouse(MouseEvent),
    /// Cases of incidents.
    Cases(Read),
    /// The survey of the view of a generation.
    Surveyed(u64, Arc<Survey>),
    /// What became of a review.
    Reviewed(Result<ReviewAct>),
    /// What became of taking reviews back, and of which.
    Undone(ReviewAct, Result<ReviewAct>),
    /// What was said of a model.
    History(ModelId, Result<Vec<PastReview>>),
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
    /// Lines of a preview: its number, whether on standard error, and they.
    Previewed(u64, bool, Vec<String>),
    /// A preview ended.
    PreviewEnded(u64, Ended),
    /// A report was not written because these files are there.
    ReportTaken(Vec<String>),
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
    /// What the signature of a model holds, with the record of the verification that saw it.
    TakenApart(ModelId, Result<Box<(RecordRef, Anatomy)>>),
    /// What was found of the policy's text, while it is edited.
    Looked(Looked),
    /// What became of saving the policy.
    PolicySaved(Result<SavedPolicy>),
    /// Two models that were compared, or why they could not be.
    Compared((ModelId, ModelId), Result<Arc<Comparison>>),
}

/// Changes the state and says what has to be done.
pub fn update(app: &mut App, action: Action) -> Vec<Effect> {
    let is_view = matches!(action, Action::View(_) | Action::Prepared(..));
    let mut effects = changed(app, action);
    if is_view && app.rows.lacks_facts() {
        effects.extend(app.view.clone().map(ViewOf).map(Effect::ReadFacts));
    }
    if finding::is_finding(app) {
        effects.push(Effect::GoOn);
    }
    if is_view {
        effects.extend(editing::take_view(app));
    }
    effects.extend(looking::wanted(app));
    effects.extend(cases::wanted(app));
    effects.extend(reporting::wanted(app));
    effects
}

fn changed(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Key(key) if key.kind != KeyEventKind::Press => Vec::new(),
        Action::Key(key) => pressing::on_key(app, &key),
        Action::Paste(text) if editing::takes_text(app) => editing::paste(app, &text),
        Action::Looked(found) => editing::looked(app, found),
        Action::PolicySaved(done) => {
            editing::saved(app, done);
            Vec::new()
        }
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
        Action::Previewed(number, is_aside, lines) => reporting::previewed(app, number, is_aside, lines),
        Action::PreviewEnded(number, ended) => {
            app.reports.preview.end(number, ended);
            Vec::new()
        }
        Action::ReportTaken(files) => {
            reporting::taken(app, &files);
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
            wanted(app)
        }
        Action::Prepared(view, prepared) => {
            app.take_view(view, *prepared);
            wanted(app)
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
            app.theme_is_chosen = true;
            if app.faults.is_empty() && app.screen == Screen::Fault {
                app.go_back();
            }
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
        Action::Cases(read) => cases::taken(app, read),
        Action::Surveyed(generation, survey) => surveying::taken(app, generation, survey),
        Action::Theme(Err(error)) => {
            let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
            app.tell(format!("{error}{help}"), true);
            Vec::new()
        }
        Action::Reviewed(done) => reviewing::recorded(app, done),
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
        Action::Compared(pair, found) => {
            comparing::take(app, pair, found);
            Vec::new()
        }
        Action::TakenApart(model, found) => {
            looking::take(app, model, found.map(|found| *found));
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

/// What a new view leaves to be made beside the screens.
fn wanted(app: &mut App) -> Vec<Effect> {
    let mut effects = sorting::missing(app);
    effects.extend(surveying::wanted(app));
    effects
}
