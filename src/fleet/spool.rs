//! The objects of a model as files of this machine, for as long as they are looked at: what reads weights and folders
//! reads the same here as anywhere. It judges nothing.

use super::documents::UnknownClass;
use crate::error::{Code, Error};
use crate::progress::Progress;
use crate::remote::{Files, Object, check_key};
use aws_lc_rs::digest::{Context, SHA256};
use std::cell::Cell;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A model's folder, which is gone with this.
pub(super) struct Spool {
    _kept: TempDir,
    /// The folder, named as the model's is.
    pub(super) folder: PathBuf,
}

/// What stopped the look at one model: something of its own, or something that ends the attempt.
pub(super) enum Stop {
    /// The model is unknown.
    Unknown(UnknownClass),
    /// Nothing can be said of the shard.
    All(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error.code {
            // What was listed is not there any more.
            Code::Changed | Code::NotFound => Stop::Unknown(UnknownClass::Changed),
            Code::Refused | Code::Read | Code::Malformed | Code::Model => {
                Stop::Unknown(UnknownClass::Unreadable)
            }
            Code::TooLarge => Stop::Unknown(UnknownClass::TooLarge),
            _ => Stop::All(error),
        }
    }
}

impl Spool {
    /// An empty folder of that name.
    pub(super) fn new(scratch: &Path, name: &str) -> std::result::Result<Self, Stop> {
        check_key(name).map_err(|_| Stop::Unknown(UnknownClass::Names))?;
        let kept = tempfile::Builder::new().prefix("touchmark-fleet-").tempdir_in(scratch);
        let kept = kept.map_err(|cause| Stop::All(Error::write(scratch, &cause)))?;
        let folder = kept.path().join(name);
        fs::create_dir(&folder).map_err(|cause| Stop::All(Error::write(&folder, &cause)))?;
        Ok(Spool { _kept: kept, folder })
    }

    /// Reads an object into its file, in the state in which it was listed. False when its bytes, all of them, are not
    /// those of the sum that `said` says: they are kept, for somebody to say what that means.
    pub(super) fn take(
        &self,
        files: &dyn Files,
        object: &Object,
        below: &str,
        said: Option<&[u8]>,
        (progress, read): (&Progress, &Cell<u64>),
    ) -> std::result::Result<bool, Stop> {
        let inside = object.key.strip_prefix(below).unwrap_or(&object.key);
        // The key was checked when it was listed; a file of items may come from anywhere.
        check_key(inside).map_err(|_| Stop::Unknown(UnknownClass::Names))?;
        let path = self.folder.join(inside);
        let unwritten = |cause: std::io::Error| match cause.kind() {
            // A file where another key has a folder: no folder can hold both.
            std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
                Stop::Unknown(UnknownClass::Names)
            }
            _ => Stop::All(Error::write(&path, &cause)),
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(unwritten)?;
        }
        let mut file = BufWriter::new(File::create_new(&path).map_err(unwritten)?);
        let (mut came, mut sum) = (0_u64, Context::new(&SHA256));
        let streamed = files.stream(object, &mut |piece| {
            progress.check()?;
            came += piece.len() as u64;
            if said.is_some() {
                sum.update(piece);
            }
            progress.add_bytes(piece.len() as u64);
            read.set(read.get() + piece.len() as u64);
            file.write_all(piece).map_err(|cause| Error::write(&path, &cause))
        });
        let is_as_said = came != object.size || said.is_none_or(|said| sum.finish().as_ref() == said);
        match streamed {
            Ok(()) => {}
            // A registry's place says so as well, after the last byte.
            Err(error) if error.code == Code::Changed && !is_as_said => {}
            Err(error) => return Err(error.into()),
        }
        file.flush().map_err(unwritten)?;
        if came != object.size {
            return Err(Stop::Unknown(UnknownClass::Changed));
        }
        Ok(is_as_said)
    }
}
