//! Which file of a model a path means that somebody asks to leave out: as seen from where they stand, or else as seen
//! from the model (OMS v1.0, 6.2.1). It decides nothing about what is signed.

use crate::error::Result;
use crate::text::nearest;
use std::path::{Component, Path, PathBuf};

use super::attestation::is_attestation;
use super::enumerate::{GIT_PATHS, model_relative};
use super::fault::Unlisted;

/// Names at the top of a model that are looked through for one that is close.
const MAX_NAMES: usize = 1000;

/// What a path to leave out means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IgnoredPlace {
    /// A file or folder of the model, by its name there.
    Inside(String),
    /// Nothing that is there; the name that it would have.
    Nothing(String),
    /// The whole model.
    Whole,
    /// Something outside of the model.
    Outside,
}

/// A path to leave out, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredPath {
    /// As it was given.
    pub asked: PathBuf,
    /// What it means.
    pub place: IgnoredPlace,
    /// Whether nobody wonders when it is not there: git's own names, signatures and claims.
    pub usual: bool,
    /// A name of the model that comes close to it.
    pub near: Option<String>,
}

/// What paths to leave out mean for a model: relative ones as seen from the current folder, or, where that names nothing
/// of the model, as seen from the model.
///
/// # Errors
/// `E-MODEL` for a path that is not UTF-8; `E-READ` when the model cannot be found.
pub fn ignored_paths(model: &Path, asked: &[PathBuf]) -> Result<Vec<IgnoredPath>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let root = model.canonicalize().map_err(|cause| crate::error::Error::read(model, &cause))?;
    asked.iter().map(|path| told(&root, path)).collect()
}

fn told(root: &Path, path: &Path) -> Result<IgnoredPath> {
    let place = place(root, path).map_err(Unlisted::error)?;
    let (name, near) = match &place {
        IgnoredPlace::Nothing(name) => (name.clone(), near(root, name)),
        _ => (path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), None),
    };
    let top = name.split('/').next().unwrap_or_default();
    let usual = GIT_PATHS.contains(&top) || is_attestation(&name);
    Ok(IgnoredPath { asked: path.to_owned(), place, usual, near })
}

/// What a path means for the model whose canonical root is `root`.
pub(crate) fn place(root: &Path, path: &Path) -> std::result::Result<IgnoredPlace, Unlisted> {
    let is_there = |name: &str| std::fs::symlink_metadata(root.join(name)).is_ok();
    let from_here = model_relative(root, path)?;
    match &from_here {
        Some(name) if name.is_empty() => return Ok(IgnoredPlace::Whole),
        Some(name) if is_there(name) => return Ok(IgnoredPlace::Inside(name.clone())),
        _ => {}
    }
    let from_model = from_model(path);
    match (from_here, from_model) {
        (_, Some(name)) if is_there(&name) => Ok(IgnoredPlace::Inside(name)),
        (Some(name), _) => Ok(IgnoredPlace::Nothing(name)),
        // What lies here is no part of the model; what lies nowhere may have been meant as one.
        (None, Some(name)) if std::fs::symlink_metadata(path).is_err() => Ok(IgnoredPlace::Nothing(name)),
        (None, _) => Ok(IgnoredPlace::Outside),
    }
}

/// A relative path as a name in the model; none for one that begins elsewhere or leads upwards.
fn from_model(path: &Path) -> Option<String> {
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    (!names.is_empty()).then(|| names.join("/"))
}

fn near(root: &Path, name: &str) -> Option<String> {
    let names = std::fs::read_dir(root).ok()?.take(MAX_NAMES).flatten();
    let names: Vec<String> = names.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    nearest(name, &known).map(str::to_owned)
}
