//! The file of a store, looked at before SQLite opens it: whose it is, and that it is a file. It must not know a
//! table.

use crate::disk::{self, read_start};
use crate::error::{Code, Error, Result};
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// "Tmrk" in the SQLite header: how we know our own files.
pub(super) const APPLICATION_ID: u32 = 0x546d_726b;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// How a journal ends that names another one.
const JOURNAL_MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
/// What SQLite keeps beside a file while it works.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];
const NOT_CHANGED: &str = "move it away, or name another `store` in touchmark.toml; nothing was changed";

/// Whether there is a store of ours; no file at all is fine too. Reads the header only: SQLite would
/// already change some files when it opens them.
pub(super) fn is_ours(path: &Path) -> Result<bool> {
    for end in BESIDE {
        plain(&beside(path, end))?;
    }
    names_no_other(&beside(path, "-journal"))?;
    let Some(metadata) = plain(path)? else { return Ok(false) };
    let foreign =
        || Error::new(Code::Store, "this file is not a Touchmark store").at_path(path).help(NOT_CHANGED);
    let header = read_start(path, 100)?;
    // An empty file is what remains when the making of a store was interrupted. Under two names it may be anybody's.
    if header.is_empty() {
        return if names(&metadata) == 1 { Ok(true) } else { Err(foreign()) };
    }
    let id = header.get(68..72).map(|id| id == APPLICATION_ID.to_be_bytes());
    if header.starts_with(MAGIC) && id == Some(true) { Ok(true) } else { Err(foreign()) }
}

/// Refuses a journal that names another file, as none of ours does: SQLite would delete that file.
fn names_no_other(journal: &Path) -> Result<()> {
    match disk::end(journal, JOURNAL_MAGIC.len() as u64) {
        Ok(end) if end == JOURNAL_MAGIC => {
            Err(Error::new(Code::Store, "the journal of the store names another file")
                .at_path(journal)
                .help("it is not Touchmark's: move it and the store away; nothing was changed"))
        }
        // It is not there, or SQLite will say why it cannot be read.
        _ => Ok(()),
    }
}

/// The file of that name beside a store.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// What stands at a path, when it is a regular file; none when nothing does.
fn plain(path: &Path) -> Result<Option<Metadata>> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(Error::read(path, &cause)),
    };
    let what = match metadata.file_type() {
        kind if kind.is_file() => return Ok(Some(metadata)),
        kind if kind.is_symlink() => "the store is a symbolic link: it must be a file in the workspace",
        _ => "this file is not a Touchmark store: it is no regular file",
    };
    Err(Error::new(Code::Store, what).at_path(path).help(NOT_CHANGED))
}

#[cfg(unix)]
fn names(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}
