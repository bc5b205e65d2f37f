//! How a workspace is opened.

use crate::signing::Only;
use std::path::PathBuf;

/// How to open.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// The workspace's folder; none finds it.
    pub dir: Option<PathBuf>,
    /// Judge as of this time instead of now.
    pub at: Option<jiff::Timestamp>,
    /// Write nothing: the store is copied into memory, and what is recorded is gone with the program.
    pub read_only: bool,
    /// Nothing has to be kept: a workspace that cannot be written is opened for reading.
    pub may_be_unwritable: bool,
    /// A policy file instead of the workspace's.
    pub policy: Option<PathBuf>,
    /// Of several folders that come to one name the one at this path counts.
    pub location: Option<PathBuf>,
    /// A stage instead of the workspace's.
    pub stage: Option<String>,
    /// Somebody is there to see it: a folder of models that is no workspace is opened as one for the moment, a workspace
    /// that cannot be written for reading, and the scan of such a folder is a job that
    /// [`Workbench::begin`](super::Workbench::begin) starts.
    pub interactive: bool,
    /// Leave the store alone, and keep everything in memory.
    pub without_store: bool,
    /// What is verified is this part of a model.
    pub only: Only,
}
