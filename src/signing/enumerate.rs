//! Which files belong to a model (OMS v1.0, 6.1 and 6.2).

use crate::error::{Code, Error, Result};
use std::path::{Path, PathBuf};

/// What is left out, and how symbolic links are treated.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Model-relative, canonical prefixes to leave out: exact path or whole subtree; no globs.
    pub ignore_paths: Vec<String>,
    /// Whether the default `.git`, `.gitattributes`, `.github`, `.gitignore` at the top are left out.
    pub ignore_git_paths: bool,
    /// Files that are never part of the model: the signature itself, `claims.jsonl` (absolute paths).
    pub exclude: Vec<PathBuf>,
    /// Follow symbolic links, inside the model only (OMS v1.0, 6.1.1).
    pub allow_symlinks: bool,
}

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Canonical name: relative, `/`-separated, no `.`, no `..`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Where a symbolic link led, when one was followed.
    pub link_target: Option<PathBuf>,
}

/// A model's files, and what was left out.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Sorted by name in code point order.
    pub entries: Vec<Entry>,
    /// Names of files that `ignore_paths` hid (not the git defaults, not the signature).
    pub ignored: Vec<String>,
}

/// Lists the files of `model` (a folder, or one file whose name is then its basename).
///
/// # Errors
/// `E-READ`; `E-MODEL` for a symbolic link that may not be followed, leaves the model or loops, for a file
/// that is neither regular file nor folder, for a name that is not UTF-8, for an empty model.
pub fn enumerate(model: &Path, scope: &Scope) -> Result<Listing> {
    let _ = (model, scope);
    Err(Error::new(Code::Internal, "skeleton"))
}
