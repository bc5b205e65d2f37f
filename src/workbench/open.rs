//! Opening a workspace, and everything that can then be asked of it.

use super::jobs::{Event, Job, JobId, JobKind};
use super::view::{ReviewWord, View};
use crate::decision::Verdict;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use std::path::PathBuf;
use std::sync::Arc;

/// How to open.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// The workspace's folder; none finds it.
    pub dir: Option<PathBuf>,
    /// Judge as of this time instead of now.
    pub at: Option<jiff::Timestamp>,
    /// Write nothing: no store, no ledger, no policy.
    pub read_only: bool,
    /// A policy file instead of the workspace's.
    pub policy: Option<PathBuf>,
    /// A stage instead of the workspace's.
    pub stage: Option<String>,
}

struct Inner {}

/// An open workspace; cheap to clone.
#[derive(Clone)]
pub struct Workbench {
    #[allow(dead_code)]
    inner: Arc<Inner>,
}

impl Workbench {
    /// Opens a workspace; an inventory that was never scanned is scanned now.
    ///
    /// # Errors
    /// As [`crate::inventory::Workspace::find`] and [`crate::inventory::Store::open`].
    pub fn open(options: &OpenOptions) -> Result<Self> {
        let _ = options;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// The newest view.
    pub fn view(&self) -> Arc<View> {
        unreachable!()
    }

    /// Calls `listener` on every event, from the threads of the jobs.
    pub fn subscribe(&self, listener: impl Fn(Event) + Send + Sync + 'static) {
        let _ = listener;
    }

    /// All jobs, newest first.
    pub fn jobs(&self) -> Vec<Job> {
        Vec::new()
    }

    /// Starts a job.
    pub fn start(&self, kind: JobKind) -> JobId {
        let _ = kind;
        JobId(0)
    }

    /// Asks a job to stop.
    pub fn cancel(&self, id: JobId) {
        let _ = id;
    }

    /// Waits until a job has ended; for the command line and tests.
    pub fn wait(&self, id: JobId) -> Option<Job> {
        let _ = id;
        None
    }

    /// Judges for another stage.
    ///
    /// # Errors
    /// `E-NOT-FOUND` with the stages that there are.
    pub fn set_stage(&self, stage: &str) -> Result<()> {
        let _ = stage;
        Ok(())
    }

    /// Reads the policy file again. Faults go into the view; the policy in force then stays.
    ///
    /// # Errors
    /// `E-READ`.
    pub fn reload_policy(&self) -> Result<()> {
        Ok(())
    }

    /// Records a review.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`, `E-NOT-FOUND`.
    pub fn review(&self, model: &ModelId, word: ReviewWord, reason: &str) -> Result<()> {
        let _ = (model, word, reason);
        Ok(())
    }

    /// Verifies a model, decides at a stage and records the decision.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-STORE`, `E-WRITE`, and what stops a verification.
    pub fn gate(&self, model: &ModelId, stage: &str) -> Result<Verdict> {
        let _ = (model, stage);
        Err(Error::new(Code::Internal, "skeleton"))
    }
}
