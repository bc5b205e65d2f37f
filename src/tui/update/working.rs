//! Jobs: news of them, opening what they found out, and running them again.

use crate::commands::Screen;
use crate::inventory::ModelId;
use crate::tui::state::app::App;
use crate::tui::state::jobs::JobNow;
use crate::tui::state::popup::Popup;
use crate::tui::update::effect::Effect;
use crate::workbench::{JobId, JobKind, JobState};
use std::collections::HashSet;
use std::path::PathBuf;

/// Takes the jobs as they stand, and tells of those that have ended since.
pub(super) fn take_jobs(app: &mut App, jobs: Vec<JobNow>) {
    let over: HashSet<JobId> = app.jobs.iter().filter(|job| !job.is_live).map(|job| job.id).collect();
    let chosen = app.job().map(|job| job.id);
    app.jobs = jobs;
    app.job = app.jobs.iter().position(|job| Some(job.id) == chosen).unwrap_or(0);
    let ended: Vec<(String, Told)> = app
        .jobs
        .iter()
        .rev()
        .filter(|job| !job.is_live && !over.contains(&job.id))
        .filter_map(told)
        .collect();
    for (text, told) in ended {
        // What the job found is in sight already, and stays there beside how it ended.
        let found = app.message.as_ref().filter(|message| message.bad && !message.is_unread);
        match (told, found.map(|message| message.text.clone())) {
            (Told::Result, Some(found)) => app.tell_finding(format!("{text} · {found}")),
            (Told::Error, _) => app.tell(text, true),
            _ => app.tell(text, false),
        }
    }
    let found = app.jobs.iter().find(|job| Some(job.id) == app.changes.job && app.changes.diff.is_none());
    if let Some((id, diff)) = found.and_then(|job| Some((job.id, job.diff.clone()?))) {
        app.changes.take(id, diff);
    }
    if app.opened.is_some() && app.opened_job().is_none() {
        app.opened = None;
    }
}

/// What kind of news the end of a job is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Result,
    Error,
    Cancelled,
}

/// How a job ended, in one line.
fn told(job: &JobNow) -> Option<(String, Told)> {
    match &job.state {
        JobState::Done(_) if job.is_aside => None,
        JobState::Done(words) => Some((crate::text::screen(words), Told::Result)),
        JobState::Failed(error) => {
            let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
            Some((crate::text::screen(&format!("{}: {error}{help}", job.title)), Told::Error))
        }
        JobState::Cancelled => Some((
            format!("cancelled: {} · r in Jobs runs it again", crate::text::screen(&job.title)),
            Told::Cancelled,
        )),
        JobState::Queued | JobState::Running => None,
    }
}

/// A job was started by a command: it is the newest.
pub(super) fn started(app: &mut App) {
    match app.screen {
        // Who asked on the screen of the jobs, or was led there, wants to see this one.
        Screen::Jobs => (app.job, app.opened) = (0, None),
        Screen::Changes if app.changes.is_asked && app.changes.job.is_none() => {
            let newest = app.jobs.first();
            app.changes.job = newest.map(|job| job.id);
            if let Some((id, diff)) = newest.and_then(|job| Some((job.id, job.diff.clone()?))) {
                app.changes.take(id, diff);
            }
        }
        _ => {}
    }
}

/// Opens what the chosen job found out: its difference, its models, the chosen one of these, or else its log.
pub(super) fn open_job(app: &mut App) {
    let Some(job) = app.job() else { return };
    let row = app.opened_job().and_then(|job| job.rows.get(app.job_row)).map(|row| row.model.clone());
    if let Some(model) = row {
        return open_model(app, &model);
    }
    let (id, rows, diff) = (job.id, job.rows.len(), job.diff.clone());
    if let Some(diff) = diff {
        app.changes.take(id, diff);
        app.go(Screen::Changes);
    } else if rows > 0 {
        (app.opened, app.job_row) = (Some(id), 0);
    } else {
        app.popup = Some(Popup::Log { job: id, scroll: 0 });
    }
}

/// Opens the model of the chosen change.
pub(super) fn open_change(app: &mut App) {
    if let Some(model) = app.changes.model().cloned() {
        open_model(app, &model);
    }
}

fn open_model(app: &mut App, model: &ModelId) {
    if app.view.as_ref().is_none_or(|view| view.model(model).is_none()) {
        app.tell(format!("{} is no longer in the inventory", model.screen()), false);
        return;
    }
    app.current = Some(model.clone());
    app.go(Screen::Verify);
}

/// Compares with one snapshot, or two with each other.
pub(super) fn compare(app: &mut App, typed: &str) -> Vec<Effect> {
    let kind = match words(typed).as_slice() {
        [before, after] => JobKind::DiffFiles(PathBuf::from(before), PathBuf::from(after)),
        [one] => JobKind::Diff(PathBuf::from(one)),
        _ => JobKind::Diff(PathBuf::from(typed)),
    };
    app.changes.ask();
    app.go(Screen::Changes);
    vec![Effect::Start(kind)]
}

/// The words of a line; one in quotes may hold spaces.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut is_word = false;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.push(c),
            None if c == '"' || c == '\'' => (quote, is_word) = (Some(c), true),
            None if c.is_whitespace() => {
                if std::mem::take(&mut is_word) {
                    words.push(std::mem::take(&mut word));
                }
            }
            None => {
                word.push(c);
                is_word = true;
            }
        }
    }
    if is_word {
        words.push(word);
    }
    words
}
