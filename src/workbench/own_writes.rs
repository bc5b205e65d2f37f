//! What this program itself writes into a workspace that it watches: no change that anybody has to be told of.

#[cfg(feature = "tui")]
use crate::disk::is_draft;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// What a file is, without reading it.
type Stamp = Option<(SystemTime, u64)>;

/// Files by their paths: none while they are being written, then what they were afterwards.
#[derive(Default)]
pub(super) struct OwnWrites(Mutex<HashMap<PathBuf, Option<Stamp>>>);

impl OwnWrites {
    /// Whether what happened at a path is our own doing.
    #[cfg(feature = "tui")]
    pub fn is_own(&self, path: &Path) -> bool {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        is_draft(path)
            || written.get(path).is_some_and(|known| known.is_none_or(|known| known == stamp(path)))
    }

    /// These files are about to be written.
    pub fn begin(&self, paths: &[&Path]) {
        self.note(paths, |_| None);
    }

    /// They are written.
    pub fn end(&self, paths: &[&Path]) {
        self.note(paths, |path| Some(stamp(path)));
    }

    fn note(&self, paths: &[&Path], known: fn(&Path) -> Option<Stamp>) {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.extend(paths.iter().map(|path| (path.to_path_buf(), known(path))));
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
