//! The jobs of an open workspace: started, followed, and what each kind does.

use super::door::Workbench;
use super::events::Event;
use super::job::{Job, JobId, JobKind};
use super::jobs::Note;
use super::snapshot::diff_files;
use crate::error::Result;
use crate::inventory::ModelId;
use crate::report;
use crate::signing::Progress;
use crate::snapshot::Diff;
use crate::text::{count, screen};
use std::path::Path;
use std::sync::Arc;

impl Workbench {
    /// Calls `listener` on every event, from the threads of the jobs and of those who change something.
    pub fn subscribe(&self, listener: impl Fn(Event) + Send + Sync + 'static) {
        self.inner.listeners.subscribe(Arc::new(listener));
    }

    /// All jobs, newest first.
    pub fn jobs(&self) -> Vec<Job> {
        self.inner.jobs.all()
    }

    /// Starts a job, when those asked for before it have ended.
    pub fn start(&self, kind: JobKind) -> JobId {
        let (workbench, does) = (self.clone(), kind.clone());
        let work = move |progress: &Progress, note: &dyn Fn(Note)| workbench.run(&does, progress, note);
        self.inner.jobs.start(kind, Box::new(work))
    }

    /// Begins what opening left to whoever watches, once they listen: the scan of a folder that is no workspace.
    pub fn begin(&self) {
        if self.access().begins_empty() && self.view().models.is_empty() && self.jobs().is_empty() {
            self.start(JobKind::Scan);
        }
    }

    /// The same, of one that belongs to something else, which tells how it ended.
    pub fn start_aside(&self, kind: JobKind) -> JobId {
        let (workbench, does) = (self.clone(), kind.clone());
        let work = move |progress: &Progress, note: &dyn Fn(Note)| workbench.run(&does, progress, note);
        self.inner.jobs.start_aside(kind, Box::new(work))
    }

    /// Does again what a job that failed or was cancelled did not do; none when nobody knows the job.
    pub fn retry(&self, id: JobId) -> Option<JobId> {
        let job = self.jobs().into_iter().find(|job| job.id == id)?;
        Some(self.start(job.again()))
    }

    /// Ends a job that waits, and asks one that runs to stop.
    pub fn cancel(&self, id: JobId) {
        self.inner.jobs.cancel(id);
    }

    /// Waits until a job has ended; for the command line and tests.
    pub fn wait(&self, id: JobId) -> Option<Job> {
        self.inner.jobs.wait(id)
    }

    fn run(&self, kind: &JobKind, progress: &Progress, note: &dyn Fn(Note)) -> Result<String> {
        match kind {
            JobKind::Scan | JobKind::DiffFiles(..) => {}
            JobKind::Snapshot(_) => self.writable().and_then(|()| self.valid_policy())?,
            // Nothing is judged, and nothing recorded, by a policy that nobody asked for.
            _ => self.valid_policy()?,
        }
        match kind {
            JobKind::Scan => self.rescan(progress, note),
            JobKind::Verify(ids) => self.verify_models(&self.view(), ids, false, progress, note),
            JobKind::VerifyInFull(ids) => self.verify_models(&self.view(), ids, true, progress, note),
            JobKind::Score(ids) => self.score(ids, progress, note),
            JobKind::Snapshot(file) => self.write_snapshot(file, progress, note),
            JobKind::Diff(file) => self.tell_diff(file, progress, note),
            JobKind::DiffFiles(before, after) => Ok(told(diff_files(before, after)?, note)),
            JobKind::Other(work) => work.run(progress, &|line| note(Note::Line(line))),
        }
    }

    fn write_snapshot(&self, file: &Path, progress: &Progress, note: &dyn Fn(Note)) -> Result<String> {
        let view = self.view();
        note(Note::MadeFrom(view.generation));
        let seal = self.snapshot_of(&view, Some(file), false, progress)?;
        // Whoever typed a bare name may not know which folder the program was started in.
        let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        note(Note::Line(format!("written to {}", screen(&whole.to_string_lossy()))));
        let models = usize::try_from(seal.models).unwrap_or(usize::MAX);
        Ok(format!("snapshot of {} written, digest {}", count(models, "model"), seal.digest))
    }

    fn tell_diff(&self, file: &Path, progress: &Progress, note: &dyn Fn(Note)) -> Result<String> {
        let view = self.view();
        note(Note::MadeFrom(view.generation));
        let diff = self.diff_with(&view, file, progress)?;
        Ok(told(diff, note))
    }

    fn score(&self, ids: &[ModelId], progress: &Progress, note: &dyn Fn(Note)) -> Result<String> {
        self.look_again(ids)?;
        let view = self.view();
        let is_open = |id: &&ModelId| {
            let is_open =
                |index| !view.since(index).is_same() || view.verified.get(index).is_none_or(Option::is_none);
            view.model(id).is_some_and(|(index, _)| is_open(index))
        };
        let open: Vec<ModelId> = ids.iter().filter(is_open).cloned().collect();
        let verified = self.verify_models(&view, &open, false, progress, note)?;
        let view = self.view();
        let mut levels = [0usize; 4];
        for (index, _) in ids.iter().filter_map(|id| view.model(id)) {
            let effective =
                view.judgement.standing(index).map_or(0, |standing| usize::from(standing.effective));
            if let Some(count) = levels.get_mut(effective) {
                *count += 1;
            }
        }
        let [none, one, two, three] = levels;
        Ok(format!(
            "effective L0 {none}, L1 {one}, L2 {two}, L3 {three}; {} newly verified: {verified}",
            open.len()
        ))
    }
}

/// Tells a difference, and says it in one line.
fn told(diff: Diff, note: &dyn Fn(Note)) -> String {
    report::snapshot::changes(&diff).lines().for_each(|line| note(Note::Line(line.to_owned())));
    let summary = report::snapshot::summary(&diff);
    note(Note::Diff(Arc::new(diff)));
    summary
}
