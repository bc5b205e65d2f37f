//! The workspace: a folder with a `touchmark.toml` that names sources, policy, stage and store.

use crate::error::{Code, Error, Result};
use std::path::{Path, PathBuf};

/// Where the inventory learns of models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// Folders of models, recursively.
    Models,
    /// CycloneDX JSON documents: one file, or a folder of `*.json`.
    Bom,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Workspace-relative.
    pub path: PathBuf,
}

/// An open workspace. All paths in the file are relative to [`Workspace::root`].
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The folder.
    pub root: PathBuf,
    /// Its name, from the file or else the folder's.
    pub name: String,
    /// The sources.
    pub sources: Vec<Source>,
    /// The policy file; none means the built-in baseline.
    pub policy: Option<PathBuf>,
    /// The stage that the screens judge by.
    pub stage: String,
    /// The store.
    pub store: PathBuf,
}

impl Workspace {
    /// Opens the workspace in `dir`, the nearest one above it, or, with no `dir`, the one above the current
    /// folder or else the user's own under the platform's data folder (made when absent).
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-CONFIG` with the line and the nearest key, `E-NEWER`.
    pub fn find(dir: Option<&Path>) -> Result<Self> {
        let _ = dir;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// Adds a source to `touchmark.toml`, keeping everything else in the file as it is.
    ///
    /// # Errors
    /// `E-WRITE`, `E-CONFIG`.
    pub fn add_source(&mut self, source: Source) -> Result<()> {
        let _ = source;
        Err(Error::new(Code::Internal, "skeleton"))
    }
}

/// Makes an empty workspace: `touchmark.toml` with comments and a copy of the baseline policy.
///
/// # Errors
/// `E-USAGE` when there is one already, `E-WRITE`.
pub fn init(dir: &Path, baseline_policy: &str) -> Result<PathBuf> {
    let _ = (dir, baseline_policy);
    Err(Error::new(Code::Internal, "skeleton"))
}
