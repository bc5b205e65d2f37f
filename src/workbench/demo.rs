//! Workspaces from nothing: the samples inside the program, to be copied out, and an empty one.

use crate::disk::write_new;
use crate::error::{Code, Error, Result};
use crate::inventory;
use crate::policy;
use std::path::{Path, PathBuf};

mod table {
    include!(concat!(env!("OUT_DIR"), "/samples.rs"));
}

/// Copies the sample workspace into a new or empty folder; the number of files.
///
/// # Errors
/// `E-USAGE` when the folder holds something, `E-WRITE`.
pub fn demo(dir: &Path) -> Result<usize> {
    match std::fs::read_dir(dir) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(Error::new(Code::Usage, "the folder is not empty")
                    .at_path(dir)
                    .help("name a folder that does not exist yet: touchmark demo DIR"));
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::read(dir, &error)),
    }
    for (name, bytes) in table::FILES {
        let path = dir.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| Error::write(parent, &error))?;
        }
        write_new(&path, bytes)?;
    }
    Ok(table::FILES.len())
}

/// Makes an empty workspace, with the baseline policy in it. Gives the path of its `touchmark.toml`.
///
/// # Errors
/// As [`inventory::init`].
pub fn init(dir: &Path) -> Result<PathBuf> {
    inventory::init(dir, policy::BUILT_IN.first().map_or("", |(_, text)| text))
}
