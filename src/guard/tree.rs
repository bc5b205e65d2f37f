//! Which files lie below a folder, and what they are now. It opens none of them.

use super::watch::{Inode, Stamp};
use crate::error::{Code, Error, Result};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

const MAX_DEPTH: usize = 1024;
/// More files than can be watched.
const MAX_FILES: usize = 2_000_000;

/// What lies below a folder.
#[derive(Debug, Default)]
pub struct Listed {
    /// The folder and all folders in it; links to folders are not followed.
    pub folders: Vec<PathBuf>,
    /// Files, and those that links lead to, by the path below the folder.
    pub files: Vec<(PathBuf, Stamp)>,
    /// Those of the files that can be opened by a name elsewhere.
    pub elsewhere: Vec<PathBuf>,
}

/// What lies here: everything below a folder, or the file alone. What went away meanwhile is left out.
///
/// # Errors
/// `E-READ` for a folder that cannot be listed; `E-TOO-LARGE`.
pub fn files_below(place: &Path) -> Result<Listed> {
    let mut listed = Listed::default();
    if !place.is_dir() {
        if let Some(stamp) = fs::metadata(place).ok().and_then(|found| stamp_of(&found)) {
            listed.files.push((place.to_owned(), stamp));
            listed.elsewhere.push(place.to_owned());
        }
        return Ok(listed);
    }
    let too_much =
        || Error::new(Code::TooLarge, "too many files, or folders too deep in each other").at_path(place);
    let mut waiting = vec![(place.to_owned(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        if depth > MAX_DEPTH || listed.files.len() > MAX_FILES {
            return Err(too_much());
        }
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => continue,
            Err(cause) => return Err(Error::read(&folder, &cause)),
        };
        for entry in entries {
            let entry = entry.map_err(|cause| Error::read(&folder, &cause))?;
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() {
                waiting.push((path, depth + 1));
            } else if let Some((stamp, has_names)) =
                fs::metadata(&path).ok().and_then(|found| Some((stamp_of(&found)?, has_names(&found))))
            {
                if kind.is_symlink() || has_names {
                    listed.elsewhere.push(path.clone());
                }
                listed.files.push((path, stamp));
            }
        }
        listed.folders.push(folder);
    }
    listed.files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(listed)
}

/// What a regular file is now; none of anything else.
#[cfg(unix)]
pub fn stamp_of(found: &Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    found.is_file().then(|| Stamp {
        inode: Inode { device: found.dev(), number: found.ino() },
        size: found.size(),
        modified: (found.mtime(), found.mtime_nsec()),
        changed: (found.ctime(), found.ctime_nsec()),
    })
}

/// Whether a file has several names.
#[cfg(unix)]
fn has_names(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.nlink() > 1
}

#[cfg(not(unix))]
fn has_names(_: &Metadata) -> bool {
    false
}

/// Files have no numbers here.
#[cfg(not(unix))]
pub fn stamp_of(_: &Metadata) -> Option<Stamp> {
    None
}
