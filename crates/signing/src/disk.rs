//! Files, read within limits and written whole or not at all. It knows no document.
//!
//! Only regular files are read: opening a pipe or a device could block or never end. A file is written beside its
//! target and then given the target's name, so that a reader sees the old file or the new one, never half of one.

use crate::error::{Code, Error, ReadFault, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{MAIN_SEPARATOR, Path};
use std::{fmt, fs, io};
use tempfile::NamedTempFile;

/// Why a file was not read. Shown as a short phrase; [`read_small`] makes an [`Error`] of it.
#[derive(Debug)]
pub enum Unread {
    /// Larger than the limit, in bytes.
    TooLarge(u64),
    /// A pipe, a device, a folder.
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

impl Unread {
    fn error(self, path: &Path) -> Error {
        match self {
            Unread::TooLarge(limit) => too_large(limit).at_path(path),
            Unread::NotAFile => Error::new(Code::Read, "not a regular file")
                .at_path(path)
                .help("check the path")
                .fault(ReadFault::NotAFile),
            Unread::Io(cause) => Error::read(path, &cause),
        }
    }
}

impl From<io::Error> for Unread {
    fn from(cause: io::Error) -> Self {
        Unread::Io(cause)
    }
}

/// Reads a whole regular file of at most `limit` bytes; a FIFO or device is refused before it is opened.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`.
pub fn read_small(path: &Path, limit: u64) -> Result<Vec<u8>> {
    whole(path, limit).map_err(|why| why.error(path))
}

/// Reads the first `limit` bytes of a regular file, or all when there are fewer.
///
/// # Errors
/// `E-READ`.
pub fn read_start(path: &Path, limit: u64) -> Result<Vec<u8>> {
    start(path, limit).map(|(bytes, _)| bytes).map_err(|why| why.error(path))
}

/// An input of more than `limit` bytes.
pub fn too_large(limit: u64) -> Error {
    Error::new(Code::TooLarge, format!("larger than {limit} bytes")).help("check that this is the right file")
}

/// The whole file, when it is a regular file of at most `limit` bytes.
///
/// # Errors
/// See [`Unread`].
pub fn whole(path: &Path, limit: u64) -> std::result::Result<Vec<u8>, Unread> {
    let (file, size) = open(path)?;
    if size > limit {
        return Err(Unread::TooLarge(limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    // The size is a hint: the file may grow while it is read.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Unread::TooLarge(limit));
    }
    Ok(bytes)
}

/// The first `limit` bytes, and whether that is all.
///
/// # Errors
/// See [`Unread`]; never [`Unread::TooLarge`].
pub fn start(path: &Path, limit: u64) -> std::result::Result<(Vec<u8>, bool), Unread> {
    let (file, _) = open(path)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    let complete = bytes.len() as u64 <= limit;
    bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((bytes, complete))
}

/// The last `limit` bytes.
///
/// # Errors
/// See [`Unread`]; never [`Unread::TooLarge`].
pub fn end(path: &Path, limit: u64) -> std::result::Result<Vec<u8>, Unread> {
    let (mut file, size) = open(path)?;
    file.seek(SeekFrom::Start(size.saturating_sub(limit)))?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn open(path: &Path) -> std::result::Result<(File, u64), Unread> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(Unread::NotAFile);
    }
    Ok((File::open(path)?, metadata.len()))
}

/// Writes a file, old or new. As for any new file, the umask decides who may read it.
///
/// # Errors
/// `E-WRITE`; what was there before is then unchanged.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    name(write_beside(path, bytes, 0o666)?, path, true).map_err(|cause| Error::write(path, &cause))
}

/// As [`write_whole`], for its owner alone (mode 0600).
///
/// # Errors
/// As [`write_whole`].
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    name(write_beside(path, bytes, 0o600)?, path, true).map_err(|cause| Error::write(path, &cause))
}

/// Writes a file that must not be there yet.
///
/// # Errors
/// `E-WRITE`.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    name(write_beside(path, bytes, 0o666)?, path, false).map_err(|cause| Error::write(path, &cause))
}

/// Gives a file of [`write_beside`] its name. What has that name already is replaced only if `replacing`.
///
/// # Errors
/// Why it has no name now; what had that name is unchanged.
pub fn name(draft: NamedTempFile, path: &Path, replacing: bool) -> io::Result<()> {
    let done = if replacing { draft.persist(path) } else { draft.persist_noclobber(path) };
    done.map(drop).map_err(|failed| failed.error)
}

/// Replaces what is in a file; a link stays a link, and permissions stay. `before` is what it must still
/// hold, where that matters.
///
/// # Errors
/// `E-WRITE`, `E-READ`; `E-CHANGED` when somebody else has written it meanwhile.
pub fn replace(path: &Path, before: Option<&[u8]>, after: &[u8]) -> Result<()> {
    let failed = |cause: io::Error| Error::write(path, &cause);
    let target = path.canonicalize().map_err(failed)?;
    let metadata = fs::metadata(&target).map_err(failed)?;
    if !metadata.is_file() {
        return Err(Error::new(Code::Write, "not a regular file").at_path(path));
    }
    // A new file in its place would go around the permission.
    if metadata.permissions().readonly() {
        return Err(Error::write(path, &io::Error::from(io::ErrorKind::PermissionDenied)));
    }
    let draft = write_beside(&target, after, 0o600)?;
    fs::set_permissions(draft.path(), metadata.permissions()).map_err(failed)?;
    if let Some(before) = before
        && read_small(&target, before.len() as u64).ok().as_deref() != Some(before)
    {
        return Err(Error::new(Code::Changed, "the file was changed meanwhile")
            .at_path(path)
            .help("nothing was written; try again"));
    }
    name(draft, &target, true).map_err(failed)
}

/// Writes to a new file beside `path`, which is gone unless it is then given that name. `mode` holds Unix
/// permissions, which the umask narrows; it has no effect elsewhere.
///
/// # Errors
/// `E-WRITE`.
pub fn write_beside(path: &Path, bytes: &[u8], mode: u32) -> Result<NamedTempFile> {
    let failed = |cause: io::Error| Error::write(path, &cause);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".touchmark-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = builder.tempfile_in(folder_of(path)).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    Ok(file)
}

/// The folder that a file stands in, `.` for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A path with `/` between its parts.
pub fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(MAIN_SEPARATOR, "/")
}
