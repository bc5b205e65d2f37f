//! The runbooks of a workspace: those of the program, and the files in its folder `runbooks`.

use super::door::Workbench;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::incident::{INVALID, LIMIT_BYTES, Library, Trouble};
use crate::text::Untrusted;
use std::path::{Path, PathBuf};

/// Where a workspace keeps its own.
const FOLDER: &str = "runbooks";
/// The most files there.
const LIMIT_FILES: usize = 200;

impl Workbench {
    /// All runbooks. Files of the workspace that cannot be used are kept aside, with what is wrong with each.
    ///
    /// # Errors
    /// `E-READ` when the folder cannot be listed, `E-TOO-LARGE` when it has too many files.
    pub fn runbooks(&self) -> Result<Library> {
        let mut library = Library::bundled()?;
        let root = self.workspace().root;
        for file in files_in(&root.join(FOLDER))? {
            let name = file.file_name().map(|name| format!("{FOLDER}/{}", name.to_string_lossy()));
            let name = Untrusted::new(name.unwrap_or_default());
            match text_of(&file) {
                Ok(text) => library.add(&name, &text),
                Err(error) => {
                    let trouble = Trouble { code: INVALID, line: None, what: error.what, help: error.help };
                    library.set_aside(&name, vec![trouble]);
                }
            }
        }
        Ok(library)
    }
}

/// The text of a runbook's file.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`; `E-MALFORMED` when it is not UTF-8.
pub fn text_of(file: &Path) -> Result<String> {
    let bytes = read_small(file, LIMIT_BYTES)?;
    String::from_utf8(bytes).map_err(|_| Error::new(Code::Malformed, "not text in UTF-8").at_path(file))
}

/// The TOML files of a folder, by name; none when there is no such folder.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(Error::read(folder, &cause)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|cause| Error::read(folder, &cause))?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
        if files.len() > LIMIT_FILES {
            return Err(Error::new(Code::TooLarge, format!("more than {LIMIT_FILES} runbooks"))
                .at_path(folder)
                .help("move those that nobody uses to another folder"));
        }
    }
    files.sort();
    Ok(files)
}
