//! All files of a folder with their sizes, signed or not. It stops at nothing: what cannot be listed is not counted.

use crate::disk::folder_of;
use crate::files::enumerate::{Listing, MAX_DEPTH};
use crate::progress::Progress;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

const MAX_FILES: usize = 2_000_000;

/// One file, or a link to one.
pub(crate) struct File {
    /// Relative, `/`-separated.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
    pub(crate) is_link: bool,
}

/// What lies in a model's folder, the signature itself left out.
#[derive(Default)]
pub(crate) struct Survey {
    pub(crate) files: Vec<File>,
}

impl Survey {
    /// Lists a model: a folder, or one file. The system is not asked again for what was `listed`.
    pub(crate) fn of(model: &Path, signature: Option<&Path>, listed: &Listing, progress: &Progress) -> Self {
        // A signature may be a link: then it is both the link and the file.
        let written = |path: &Path| Some(folder_of(path).canonicalize().ok()?.join(path.file_name()?));
        let signature: Vec<PathBuf> = signature
            .into_iter()
            .flat_map(|path| [written(path), path.canonicalize().ok()])
            .flatten()
            .collect();
        let mut files = Vec::new();
        if std::fs::metadata(model).is_ok_and(|metadata| metadata.is_file()) {
            let name = model.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            push(&mut files, name, model.to_owned());
            return Survey { files };
        }
        let root = model.canonicalize().unwrap_or_else(|_| model.to_owned());
        let mut waiting = vec![(root, String::new(), 0)];
        while let Some((folder, prefix, depth)) = waiting.pop() {
            if progress.is_cancelled() {
                break;
            }
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                if files.len() >= MAX_FILES {
                    return Survey { files };
                }
                let path = entry.path();
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_dir() && depth < MAX_DEPTH {
                    waiting.push((path, format!("{name}/"), depth + 1));
                } else if kind.is_dir() || signature.contains(&path) {
                    continue;
                } else if let Some(size) = listed.size_of(&name).filter(|_| kind.is_file()) {
                    files.push(File { name, path, size, is_link: false });
                } else {
                    push(&mut files, name, path);
                }
            }
        }
        Survey { files }
    }

    /// Of all files but some.
    pub(crate) fn bytes_without(&self, some: &HashSet<&str>) -> u64 {
        let counted = self.files.iter().filter(|file| !some.contains(file.name.as_str()));
        counted.map(|file| file.size).fold(0, u64::saturating_add)
    }
}

fn push(files: &mut Vec<File>, name: String, path: PathBuf) {
    let is_link = std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
    // Follows a link, as a reader of the model would.
    if let Some(metadata) = std::fs::metadata(&path).ok().filter(|metadata| metadata.is_file()) {
        files.push(File { name, path, size: metadata.len(), is_link });
    }
}
