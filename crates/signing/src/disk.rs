//! Files, read within limits and written whole or not at all. It knows no document.
//!
//! All files are opened here, by [`open`]: only regular ones, and without waiting, so that a pipe or a device that
//! takes a file's place hangs nobody. `clippy.toml` keeps other doors shut. Only what a person names on the command
//! line may be a pipe: private keys ([`read_fed`]) and passwords ([`read_stream`]). A file is written beside its target and then given the
//! target's name, so that a reader sees the old file or the new one, never half of one.

use crate::error::{Code, Error, ReadFault, Result};
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{MAIN_SEPARATOR, Path};
use std::time::{Duration, Instant};
use std::{fmt, fs, io};
use tempfile::{NamedTempFile, TempDir};

/// How the names of files begin that are written beside their targets.
pub(crate) const DRAFT: &str = ".touchmark-";
/// How many letters and digits follow.
pub(crate) const DRAFT_LETTERS: usize = 6;
/// How often to begin anew when a file is swept away before it could be held.
const ATTEMPTS: usize = 8;
/// How long to wait for another program that changes the same folder.
const PATIENCE: Duration = Duration::from_secs(60);

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
    /// The same as an error: `E-READ` or `E-TOO-LARGE`.
    pub fn error(self, path: &Path) -> Error {
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
    all_of(open(path)?, limit)
}

/// As [`whole`], of a path whose last component is no link, also when one takes the file's place meanwhile.
///
/// # Errors
/// See [`Unread`].
pub fn whole_unlinked(path: &Path, limit: u64) -> std::result::Result<Vec<u8>, Unread> {
    all_of(regular(open_at_once(path, false)?)?, limit)
}

fn all_of((file, metadata): (File, fs::Metadata), limit: u64) -> std::result::Result<Vec<u8>, Unread> {
    let size = metadata.len();
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
    let (mut file, metadata) = open(path)?;
    file.seek(SeekFrom::Start(metadata.len().saturating_sub(limit)))?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a regular file for reading, and says what the open file is. It never waits: a pipe without a writer, a
/// terminal or a device that took the file's place a moment ago is refused like any other.
///
/// # Errors
/// [`Unread::NotAFile`], [`Unread::Io`].
pub fn open(path: &Path) -> std::result::Result<(File, fs::Metadata), Unread> {
    regular(open_at_once(path, true)?)
}

fn regular(file: File) -> std::result::Result<(File, fs::Metadata), Unread> {
    // Of what was opened, not of what has the name now.
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(Unread::NotAFile) }
}

#[cfg(unix)]
#[allow(clippy::disallowed_methods)] // the one door
fn open_at_once(path: &Path, follow: bool) -> std::result::Result<File, Unread> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let link = if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY | link;
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    let opened = File::options().read(true).custom_flags(flags).open(path);
    // A socket, or a device without a driver, cannot be opened at all.
    opened.map_err(|cause| match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Unread::NotAFile,
        _ => Unread::Io(cause),
    })
}

#[cfg(not(unix))]
#[allow(clippy::disallowed_methods)] // the one door
fn open_at_once(path: &Path, follow: bool) -> std::result::Result<File, Unread> {
    let metadata = if follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
    if !metadata?.is_file() {
        return Err(Unread::NotAFile);
    }
    Ok(File::open(path)?)
}

/// Fills `buffer` from a file, or from a pipe that somebody holds open for writing, such as `<(pass show key)`. A pipe
/// without a writer is empty at once. More than `limit` bytes are an error.
///
/// # Errors
/// [`Unread::TooLarge`], [`Unread::NotAFile`], [`Unread::Io`].
pub fn read_fed(path: &Path, limit: u64, buffer: &mut Vec<u8>) -> std::result::Result<(), Unread> {
    let file = open_at_once(path, true)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() && !waits_for_its_writer(&file, &metadata)? {
        return Err(Unread::NotAFile);
    }
    file.take(limit.saturating_add(1)).read_to_end(buffer)?;
    if buffer.len() as u64 > limit { Err(Unread::TooLarge(limit)) } else { Ok(()) }
}

/// Whether it is a pipe, which is then read as slowly as it is written.
#[cfg(unix)]
fn waits_for_its_writer(file: &File, metadata: &fs::Metadata) -> io::Result<bool> {
    use std::os::unix::fs::FileTypeExt;
    if !metadata.file_type().is_fifo() {
        return Ok(false);
    }
    let flags = rustix::fs::fcntl_getfl(file)?;
    rustix::fs::fcntl_setfl(file, flags - rustix::fs::OFlags::NONBLOCK)?;
    Ok(true)
}

#[cfg(not(unix))]
fn waits_for_its_writer(_: &File, _: &fs::Metadata) -> io::Result<bool> {
    Ok(false)
}

/// Fills `buffer` from what a person named to be read to its end, and waits for it: a pipe such as `<(pass show key)`
/// or `/dev/stdin`, or a file. More than `limit` bytes are an error.
///
/// # Errors
/// [`Unread::TooLarge`], [`Unread::Io`].
#[allow(clippy::disallowed_methods)] // may be a pipe on purpose
pub fn read_stream(path: &Path, limit: u64, buffer: &mut Vec<u8>) -> std::result::Result<(), Unread> {
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(buffer)?;
    if buffer.len() as u64 > limit { Err(Unread::TooLarge(limit)) } else { Ok(()) }
}

/// Keeps other programs of ours from changing files in the folder of `path` until it is dropped. A file that is
/// replaced cannot be locked itself: its lock would hold nobody. It waits, up to a minute. Where the file system
/// knows no locks there is none.
///
/// # Errors
/// `E-WRITE` without the folder, `E-CHANGED` when another does not end.
pub fn lock_beside(path: &Path) -> Result<File> {
    let failed = |cause: io::Error| Error::write(path, &cause);
    let held = lock_file(path).map_err(failed)?;
    let began = Instant::now();
    loop {
        match held.try_lock() {
            Ok(()) => return Ok(held),
            Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(
                    Code::Changed,
                    "another program is changing this folder and does not end",
                )
                .at_path(path)
                .help("nothing was written; try again when it has ended"));
            }
            // No locks here: what is written is still held against what was read.
            Err(TryLockError::Error(_)) => return Ok(held),
        }
    }
}

/// The folder: a lock file of its own would lie in a model, and nobody signed it.
#[cfg(unix)]
#[allow(clippy::disallowed_methods)] // a folder
fn lock_file(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    use std::os::unix::fs::OpenOptionsExt;
    File::options().read(true).custom_flags(flags).open(folder_of(path))
}

/// Folders cannot be locked here: a file of the user's own, named after the folder.
#[cfg(not(unix))]
fn lock_file(path: &Path) -> io::Result<File> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut named = DefaultHasher::new();
    folder_of(path).canonicalize()?.hash(&mut named);
    let path = std::env::temp_dir().join(format!("touchmark-{:016x}.lock", named.finish()));
    File::options().create(true).truncate(false).write(true).open(path)
}

/// Makes sure that the names in the folder of `path` are on the disk.
///
/// # Errors
/// Why they may not be.
#[cfg(unix)]
pub fn settle(path: &Path) -> io::Result<()> {
    lock_file(path)?.sync_all()
}

/// Names are on the disk when the system says so.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn settle(_: &Path) -> io::Result<()> {
    Ok(())
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

/// Makes a folder beside `path`, which is gone with all that is in it unless it is then given that name.
///
/// # Errors
/// `E-WRITE`.
pub fn folder_beside(path: &Path) -> Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(DRAFT).rand_bytes(DRAFT_LETTERS);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    builder.tempdir_in(folder_of(path)).map_err(|cause| Error::write(path, &cause))
}

/// Gives a folder of [`folder_beside`] its name. An empty folder of that name is replaced, and nothing else.
///
/// # Errors
/// Why it has no name now; what had that name is unchanged.
pub fn name_folder(draft: TempDir, path: &Path) -> io::Result<()> {
    #[cfg(not(unix))]
    if path.is_dir() {
        fs::remove_dir(path)?;
    }
    fs::rename(draft.path(), path)?;
    // Nothing has the draft's name any more.
    drop(draft.keep());
    Ok(())
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
    builder.prefix(DRAFT).rand_bytes(DRAFT_LETTERS);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    for _ in 0..ATTEMPTS {
        let mut file = builder.tempfile_in(folder_of(path)).map_err(failed)?;
        // Held until it has its name: what nobody holds was left behind, and may be swept.
        let _ = file.as_file().try_lock();
        if file.path().symlink_metadata().is_err() {
            continue;
        }
        file.write_all(bytes).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        return Ok(file);
    }
    Err(failed(io::Error::from(io::ErrorKind::NotFound)))
}

/// Whether a path is called as files of ours are before they have their name.
pub fn is_draft(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.len() == DRAFT.len() + DRAFT_LETTERS && name.starts_with(DRAFT.as_bytes())
}

/// Whether a file could be written to a place, beside which a draft is made and dropped: before work that would be lost.
///
/// # Errors
/// `E-WRITE`.
pub fn check_writable(path: &Path) -> Result<()> {
    let failed = |cause: io::Error| Error::write(path, &cause);
    try_folder(folder_of(path)).map_err(failed)?;
    if is_kept_by_another(path) {
        return Err(failed(io::Error::from(io::ErrorKind::PermissionDenied)));
    }
    Ok(())
}

/// Whether files can be made in a folder: one is made and dropped.
///
/// # Errors
/// What the system says.
pub fn try_folder(folder: &Path) -> io::Result<()> {
    tempfile::tempfile_in(folder).map(drop)
}

/// In a folder such as /tmp everybody may add files, and nobody may replace those of others.
#[cfg(unix)]
fn is_kept_by_another(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    const STICKY: u32 = 0o1000;
    let me = rustix::process::geteuid();
    let (Ok(file), Ok(folder)) = (fs::symlink_metadata(path), fs::metadata(folder_of(path))) else {
        return false;
    };
    folder.mode() & STICKY != 0 && !me.is_root() && ![file.uid(), folder.uid()].contains(&me.as_raw())
}

#[cfg(not(unix))]
fn is_kept_by_another(_: &Path) -> bool {
    false
}

/// The folder that a file stands in, `.` for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A path with `/` between its parts.
pub fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(MAIN_SEPARATOR, "/")
}
