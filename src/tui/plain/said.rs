//! What was said already, so that each change is said once.

use crate::commands::Screen;
use crate::text::count;
use crate::tui::state::app::{App, Phase};
use crate::tui::state::jobs::JobNow;
use crate::workbench::{JobId, JobState};
use std::collections::HashMap;

use super::{popups, screens};

/// What was said.
#[derive(Default)]
pub struct Said {
    messages: u64,
    phase: u8,
    screen: Option<Screen>,
    title: String,
    stage: String,
    filtering: bool,
    popup: Vec<String>,
    place: String,
    jobs: HashMap<JobId, u8>,
}

impl Said {
    /// Where one is will be said again.
    pub fn forget_place(&mut self) {
        self.place.clear();
    }

    /// What changed, a line each.
    pub fn news(&mut self, app: &mut App) -> Vec<String> {
        let mut out = Vec::new();
        self.phase(app, &mut out);
        self.jobs(&app.jobs, &mut out);
        self.messages(app, &mut out);
        self.popup(app, &mut out);
        if app.filtering != std::mem::replace(&mut self.filtering, app.filtering) && app.filtering {
            out.push("Filter: type the words, or an empty line for all models.".to_owned());
        }
        let Some(view) = app.view.as_deref().filter(|_| app.popup.is_none() && !app.filtering) else {
            return out;
        };
        let stage = crate::text::screen(&view.stage);
        if stage != self.stage && !self.stage.is_empty() {
            out.push(format!("Stage: {stage}."));
        }
        self.stage = stage;
        let title = screens::title(app, view);
        if self.screen != Some(app.screen) {
            self.screen = Some(app.screen);
            out.extend(screens::screen(app));
            self.place = String::new();
        } else if title != self.title {
            out.push(title.clone());
        }
        self.title = title;
        let place = screens::place(app);
        if place != self.place {
            out.extend((!place.is_empty()).then(|| place.clone()));
            self.place = place;
        }
        out
    }

    fn phase(&mut self, app: &App, out: &mut Vec<String>) {
        let phase = match (&app.phase, &app.view) {
            (_, Some(view)) if view.is_whole => 3,
            (Phase::Failed(_), None) => 4,
            (_, Some(_)) => 2,
            (_, None) => 1,
        };
        if phase == self.phase {
            return;
        }
        self.phase = phase;
        match (&app.phase, &app.view) {
            (Phase::Failed(error), None) => {
                out.push(format!("ERROR: the workspace could not be opened: {error}"));
                out.extend(error.help.as_ref().map(|help| format!("Help: {help}")));
            }
            (_, None) => out.push(format!("Opening {}.", app.opening)),
            (_, Some(view)) if view.is_whole => {
                let read_only = if app.read_only { ", read-only" } else { "" };
                out.push(format!(
                    "Workspace {}: {}, stage {}, policy {}{read_only}. Type help for the commands.",
                    crate::text::screen(&view.workspace.name),
                    count(view.models.len(), "model"),
                    crate::text::screen(&view.stage),
                    crate::text::screen(&view.policy.name),
                ));
            }
            // The first of a large inventory: all of them follow.
            (_, Some(_)) => {}
        }
    }

    fn messages(&mut self, app: &App, out: &mut Vec<String>) {
        let new = usize::try_from(app.message_number.saturating_sub(self.messages)).unwrap_or(usize::MAX);
        self.messages = app.message_number;
        let from = app.messages.len().saturating_sub(new);
        for message in app.messages.iter().skip(from) {
            let before = if message.bad { "ERROR: " } else { "" };
            out.push(format!("{before}{}", message.text));
        }
    }

    fn jobs(&mut self, jobs: &[JobNow], out: &mut Vec<String>) {
        for job in jobs.iter().rev() {
            let (rank, state) = match &job.state {
                JobState::Queued => (1, "waits".to_owned()),
                JobState::Running => (2, "runs".to_owned()),
                JobState::Done(words) => (3, format!("done: {words}")),
                JobState::Failed(error) => (4, format!("FAILED: {error}")),
                JobState::Cancelled => (5, "cancelled".to_owned()),
            };
            if self.jobs.insert(job.id, rank) == Some(rank) {
                continue;
            }
            out.push(format!("Job {}: {state}", job.title));
            if !job.is_live {
                out.extend(job.log.iter().map(|line| format!("  {line}")));
            }
        }
    }

    /// What only tells is said and closed; what asks stays open, and is said when it changes.
    fn popup(&mut self, app: &mut App, out: &mut Vec<String>) {
        let Some(popup) = app.popup.as_ref() else {
            self.popup.clear();
            return;
        };
        let lines = popups::lines(app, popup);
        let tells = popups::tells(popup);
        if lines != self.popup {
            out.extend(lines.iter().cloned());
            self.popup = lines;
        }
        if tells {
            app.popup = None;
            self.popup.clear();
        }
    }
}
