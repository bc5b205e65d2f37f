//! What a gate let in, for whoever loads it: where it lies, and whether its files are still those that were verified.

use crate::disk;
use crate::error::{Code, Error, Result};
use crate::inventory::{lies_alone, state_of};
use crate::signing::ModelState;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};

/// More folders in each other than a model can have.
const MAX_DEPTH: usize = 1024;

/// A model that a gate let in. Only a gate makes one.
#[derive(Debug)]
pub struct Loadable {
    /// Where it lies: a folder or a file, by its whole path.
    pub place: PathBuf,
    /// What its files were when they were hashed; none where that cannot be known.
    pub(super) state: Option<ModelState>,
}

impl Loadable {
    /// An error unless all files are those that were verified: none changed, none swapped, added or removed.
    ///
    /// # Errors
    /// `E-CHANGED`.
    pub fn unchanged(&self) -> Result<()> {
        let Some(verified) = self.state else {
            let why = "the files of the model kept changing while they were verified";
            return Err(Error::new(Code::Changed, why).at_path(&self.place).help("try again"));
        };
        if state_of(&self.place) == verified {
            return Ok(());
        }
        let error = Error::new(Code::Changed, "the model changed after it was verified").at_path(&self.place);
        Err(error.help("find out who changes its files; `touchmark verify MODEL` shows what differs"))
    }

    /// Copies the model into a new folder of your own, and makes sure that what was copied is what was verified: a later
    /// change of the model does not reach the copy. What cannot be copied whole is removed again.
    ///
    /// # Errors
    /// `E-CHANGED`; `E-USAGE` for a model whose files lie among those of others; `E-MODEL` for a link to a folder;
    /// `E-READ`, `E-WRITE`.
    pub fn copy_to(&self, dir: &Path) -> Result<Loadable> {
        let is_folder = self.place.is_dir();
        if !is_folder && !lies_alone(&self.place) {
            let error = Error::new(Code::Usage, "the files of this model lie among those of others");
            return Err(error.at_path(&self.place).help("leave out --copy"));
        }
        let dir = std::path::absolute(dir).map_err(|cause| Error::write(dir, &cause))?;
        make(&dir)?;
        let copied = self.copied(&dir, is_folder);
        if copied.is_err() {
            // Nothing but what was copied lies there.
            let _ = fs::remove_dir_all(&dir);
        }
        copied
    }

    fn copied(&self, dir: &Path, is_folder: bool) -> Result<Loadable> {
        let place = match self.place.file_name().filter(|_| !is_folder) {
            Some(name) => dir.join(name),
            None => dir.to_owned(),
        };
        if is_folder {
            copy_folder(&self.place, &place)?
        } else {
            copy_file(&self.place, &place)?
        }
        // What was read meanwhile is what was verified only if nothing changed since.
        self.unchanged()?;
        Ok(Loadable { state: Some(state_of(&place)), place })
    }
}

/// A folder that nobody else reads or writes; one that is there already is an error.
fn make(dir: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(dir).map_err(|cause| Error::write(dir, &cause))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    let mut waiting = vec![(from.to_owned(), to.to_owned(), 0)];
    while let Some((from, to, depth)) = waiting.pop() {
        let unreadable = |cause: &io::Error| Error::read(&from, cause);
        if depth > MAX_DEPTH {
            return Err(Error::new(Code::TooLarge, "folders lie too deep in each other").at_path(&from));
        }
        for entry in fs::read_dir(&from).map_err(|cause| unreadable(&cause))? {
            let entry = entry.map_err(|cause| unreadable(&cause))?;
            let (path, copy) = (entry.path(), to.join(entry.file_name()));
            let kind = entry.file_type().map_err(|cause| Error::read(&path, &cause))?;
            if kind.is_dir() {
                make(&copy)?;
                waiting.push((path, copy, depth + 1));
            } else if kind.is_symlink() && path.is_dir() {
                let error = Error::new(Code::Model, "a link to a folder is not copied").at_path(&path);
                return Err(error.help("leave out --copy"));
            } else {
                copy_file(&path, &copy)?;
            }
        }
    }
    Ok(())
}

/// Copies a file, or the one that a link leads to, for reading only.
fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let (mut read, _) = disk::open(from).map_err(|why| why.error(from))?;
    let unwritten = |cause: io::Error| Error::write(to, &cause);
    let mut written = File::create_new(to).map_err(unwritten)?;
    io::copy(&mut read, &mut written).map_err(unwritten)?;
    let mut permissions = written.metadata().map_err(unwritten)?.permissions();
    permissions.set_readonly(true);
    written.set_permissions(permissions).map_err(unwritten)
}
