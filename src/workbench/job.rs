//! What a job is, as its face sees it. How it is run is not known here.

use crate::error::Error;
use crate::inventory::ModelId;
use crate::signing::{Progress, Snapshot};
use crate::text::{count, screen};
use std::path::PathBuf;
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
    /// The same, without digests that were computed before.
    VerifyInFull(Vec<ModelId>),
    /// Verifies those of these models that were not verified yet, which scores them all.
    Score(Vec<ModelId>),
    /// Writes a snapshot to a file that is not there yet.
    Snapshot(PathBuf),
    /// Says in its log how a snapshot and the present view differ.
    Diff(PathBuf),
}

impl JobKind {
    pub(super) fn title(&self) -> String {
        match self {
            JobKind::Scan => "scan all sources".to_owned(),
            JobKind::Verify(ids) => format!("verify {}", these(ids)),
            JobKind::VerifyInFull(ids) => format!("verify {} in full", these(ids)),
            JobKind::Score(ids) => format!("score {}", these(ids)),
            JobKind::Snapshot(file) => format!("snapshot {}", screen(&file.to_string_lossy())),
            JobKind::Diff(file) => format!("diff {}", screen(&file.to_string_lossy())),
        }
    }
}

fn these(ids: &[ModelId]) -> String {
    match ids {
        [id] => id.screen(),
        _ => count(ids.len(), "model"),
    }
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
    /// Generation of the view that it worked from; none before it looked at one.
    pub made_from: Option<u64>,
    /// Generation of the first view that shows its result; none when it has changed no view.
    pub shown_in: Option<u64>,
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
