//! Reading files of others: regular files only, and never more than a stated number of bytes.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Why a file was not read.
pub(super) enum Unread {
    /// Larger than the limit, in bytes.
    TooLarge(u64),
    /// A pipe, a device, a folder: opening one could block or never end.
    NotAFile,
    /// The system refused.
    Io(io::Error),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::TooLarge(limit) => write!(f, "larger than {limit} bytes; not read"),
            Unread::NotAFile => f.write_str("not a regular file; not read"),
            Unread::Io(cause) => write!(f, "cannot read ({})", cause.kind()),
        }
    }
}

impl From<io::Error> for Unread {
    fn from(cause: io::Error) -> Self {
        Unread::Io(cause)
    }
}

/// The whole file, when it is a regular file of at most `limit` bytes.
pub(super) fn whole(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    let (mut bytes, complete) = start(path, limit)?;
    if !complete {
        return Err(Unread::TooLarge(limit));
    }
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// The first `limit` bytes, and whether that is all.
pub(super) fn start(path: &Path, limit: u64) -> Result<(Vec<u8>, bool), Unread> {
    let file = open(path)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    let complete = bytes.len() as u64 <= limit;
    bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((bytes, complete))
}

/// The last `limit` bytes.
pub(super) fn end(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    let mut file = open(path)?;
    let size = file.metadata()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(limit)))?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn open(path: &Path) -> Result<File, Unread> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(Unread::NotAFile);
    }
    Ok(File::open(path)?)
}
