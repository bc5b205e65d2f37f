//! Work that takes time: one thread a job, rayon inside, a panic caught at the edge.

use super::view::View;
use crate::error::Error;
use crate::inventory::ModelId;
use crate::signing::{Progress, Snapshot};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Names a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobKind {
    /// Reads all sources again.
    Scan,
    /// Verifies these models.
    Verify(Vec<ModelId>),
    /// Verifies what has no current verification of these models, then scores them.
    Score(Vec<ModelId>),
}

/// What became of a job.
#[derive(Debug, Clone)]
pub enum JobState {
    /// Not begun.
    Queued,
    /// At work.
    Running,
    /// Finished, with one line of our own words.
    Done(String),
    /// Stopped by an error.
    Failed(Error),
    /// Stopped because somebody asked.
    Cancelled,
}

/// One job, as seen at a moment.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// One line, safe to show: `verify 3 models`.
    pub title: String,
    /// What became of it.
    pub state: JobState,
    /// Counters.
    pub progress: Progress,
    /// When it began.
    pub started: Option<Instant>,
    /// How long it took.
    pub took: Option<Duration>,
    /// What it did, a line each, safe to show.
    pub log: Vec<String>,
}

impl Job {
    /// The counters now.
    pub fn snapshot(&self) -> Snapshot {
        self.progress.snapshot()
    }

    /// Queued or running.
    pub fn is_live(&self) -> bool {
        matches!(self.state, JobState::Queued | JobState::Running)
    }
}

/// What the workbench tells its face.
#[derive(Clone)]
pub enum Event {
    /// There is a new view.
    View(Arc<View>),
    /// A job began, logged or ended; ask [`super::Workbench::jobs`].
    Jobs,
    /// Something to tell the person, safe to show, and whether it is bad news.
    Message(String, bool),
}
