//! What a job is, as its face sees it. How it is run is not known here.

use crate::error::{Error, Result};
use crate::inventory::ModelId;
use crate::signing::{Outcome, Progress, Snapshot};
use crate::snapshot::Diff;
use crate::text::{count, screen};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Names a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// Work of a face, as a job among the others: it gets the job's counters, and takes lines for its log. It ends with one
/// line of our own words.
type Does = dyn Fn(&Progress, &dyn Fn(String)) -> Result<String> + Send + Sync;

/// What a face does by itself.
#[derive(Clone)]
pub struct OtherWork {
    title: String,
    does: Arc<Does>,
}

impl OtherWork {
    /// Work of a title, which is safe to show.
    pub fn new(
        title: String,
        does: impl Fn(&Progress, &dyn Fn(String)) -> Result<String> + Send + Sync + 'static,
    ) -> Self {
        OtherWork { title, does: Arc::new(does) }
    }

    pub(super) fn run(&self, progress: &Progress, line: &dyn Fn(String)) -> Result<String> {
        (self.does)(progress, line)
    }
}

impl PartialEq for OtherWork {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.does, &other.does)
    }
}

impl Eq for OtherWork {}

impl std::fmt::Debug for OtherWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("OtherWork").field(&self.title).finish()
    }
}

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
    /// Compares a snapshot with the present view.
    Diff(PathBuf),
    /// Compares two snapshots.
    DiffFiles(PathBuf, PathBuf),
    /// What a face does by itself.
    Other(OtherWork),
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
            JobKind::DiffFiles(before, after) => {
                format!("diff {} {}", screen(&before.to_string_lossy()), screen(&after.to_string_lossy()))
            }
            JobKind::Other(work) => work.title.clone(),
        }
    }
}

fn these(ids: &[ModelId]) -> String {
    match ids {
        [id] => id.screen(),
        _ => count(ids.len(), "model"),
    }
}

/// What became of one model in a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// The model.
    pub model: ModelId,
    /// How it ended; none when something stopped us from looking.
    pub outcome: Option<Outcome>,
    /// The reason in a few words, safe to show; may be empty.
    pub words: String,
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
    /// What became of each of its models, in their order, once it has ended.
    pub rows: Arc<Vec<JobRow>>,
    /// What it found out by comparing.
    pub diff: Option<Arc<Diff>>,
    /// Whether it belongs to something else that tells how it ended.
    pub is_aside: bool,
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

    /// What is to be done to run it again: of models only those that nothing was found out of.
    pub fn again(&self) -> JobKind {
        let open = |ids: &[ModelId]| -> Vec<ModelId> {
            let told = self.rows.iter().filter(|row| row.outcome.is_some());
            let told: HashSet<&ModelId> = told.map(|row| &row.model).collect();
            let left: Vec<ModelId> = ids.iter().filter(|id| !told.contains(id)).cloned().collect();
            if left.is_empty() { ids.to_vec() } else { left }
        };
        match &self.kind {
            JobKind::Verify(ids) => JobKind::Verify(open(ids)),
            JobKind::VerifyInFull(ids) => JobKind::VerifyInFull(open(ids)),
            other => other.clone(),
        }
    }

    /// Queued or running.
    pub fn is_live(&self) -> bool {
        matches!(self.state, JobState::Queued | JobState::Running)
    }
}
