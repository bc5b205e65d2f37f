//! Jobs as they stood when they were last looked at: the counters of a running one change by themselves, and nothing
//! here does.

use crate::signing::Snapshot;
use crate::snapshot::Diff;
use crate::workbench::{Job, JobId, JobRow, JobState};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A job at a moment.
#[derive(Debug, Clone)]
pub struct JobNow {
    /// Its name.
    pub id: JobId,
    /// One line, safe to show.
    pub title: String,
    /// What became of it.
    pub state: JobState,
    /// Queued or running.
    pub is_live: bool,
    /// What it has done so far.
    pub done: Snapshot,
    /// How long it runs, or took.
    pub elapsed: Duration,
    /// What it did, a line each.
    pub log: Vec<String>,
    /// What became of its models, once it has ended.
    pub rows: Arc<Vec<JobRow>>,
    /// What it found out by comparing.
    pub diff: Option<Arc<Diff>>,
    /// Whether something else tells how it ended.
    pub is_aside: bool,
}

impl JobNow {
    /// The job as it stands now.
    pub fn of(job: &Job, now: Instant) -> Self {
        let (done, elapsed) = progress(job, now);
        JobNow {
            id: job.id,
            title: job.title.clone(),
            state: job.state.clone(),
            is_live: job.is_live(),
            done,
            elapsed,
            log: job.log.clone(),
            rows: job.rows.clone(),
            diff: job.diff.clone(),
            is_aside: job.is_aside,
        }
    }
}

impl JobNow {
    /// Whether it can be run again.
    pub fn can_retry(&self) -> bool {
        matches!(self.state, JobState::Failed(_) | JobState::Cancelled)
    }
}

/// What a job has done by now, and how long it runs or took.
pub fn progress(job: &Job, now: Instant) -> (Snapshot, Duration) {
    let running = || job.started.map(|started| now.saturating_duration_since(started));
    (job.snapshot(), job.took.or_else(running).unwrap_or_default())
}
