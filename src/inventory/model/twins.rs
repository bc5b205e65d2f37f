//! Folders that come to the name of a model whose files lie elsewhere. Which of them is meant is not for us to guess:
//! names are equal in many ways, and whoever can add a folder must not choose the bytes behind a name.

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path, PathBuf};

/// Another folder of the same name, as the scan saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Twin {
    /// The name as it is written there.
    pub name: Untrusted,
    /// Its folder or file, workspace-relative.
    pub location: PathBuf,
    /// Its bundle, workspace-relative.
    pub signature: Option<PathBuf>,
    /// Files on disk.
    pub files: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

/// A path without the parts that lead nowhere else, so that `./models` is `models`.
pub(in crate::inventory) fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}
