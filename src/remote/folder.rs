//! A folder of this machine, or of a file system that many machines mount. Links are not followed: they would lead out
//! of the place. Those of a hub's cache are: a file of `snapshots/COMMIT` is a link to a blob beside `snapshots`.

use super::files::{Files, Object, Order, Seen, changed};
use super::names::{KeyFault, check_key};
use crate::disk::{self, Unread};
use crate::error::{Code, Error, Result};
use std::fs::{self, Metadata};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::{ControlFlow, Range};
use std::path::{Component, Path, PathBuf};

/// Entries of one folder.
const MAX_ENTRIES: usize = 4_000_000;

/// A folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// What waits to be listed: a key, sorted as keys are.
struct Waiting {
    /// With a slash at its end where it is a folder, as the keys in it sort.
    sorted: String,
    path: PathBuf,
    fault: Option<KeyFault>,
    is_folder: bool,
}

impl Folder {
    /// The folder at a path, which need not be there.
    pub fn new(root: &Path) -> Self {
        Folder { root: root.to_owned() }
    }

    fn path(&self, key: &str) -> Result<PathBuf> {
        check_key(key).map_err(|fault| Error::new(Code::Usage, fault.words()).at(key))?;
        Ok(self.root.join(key))
    }

    /// The file that a key stands for: its own, or the blob that a link of a hub's cache leads to. A link that leads
    /// anywhere else is given as it is.
    fn file(&self, key: &str) -> Result<PathBuf> {
        let path = self.path(key)?;
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        let blob = if is_link { self.blob(key, &path) } else { None };
        Ok(blob.unwrap_or(path))
    }

    /// The blob that a link leads to: `…/snapshots/COMMIT/FILE` to `…/blobs/NAME`, which is no link.
    fn blob(&self, key: &str, link: &Path) -> Option<PathBuf> {
        let parts: Vec<&str> = key.split('/').collect();
        let at = parts.iter().rposition(|part| *part == "snapshots").filter(|at| at + 2 < parts.len())?;
        let target = fs::read_link(link).ok()?;
        let mut target = target.components();
        // As many steps up as it lies below the repository, and no other way.
        for _ in at..parts.len() - 1 {
            target.next().filter(|part| *part == Component::ParentDir)?;
        }
        target.next().filter(|part| *part == Component::Normal("blobs".as_ref()))?;
        let Some(Component::Normal(name)) = target.next() else { return None };
        let above: PathBuf = parts.iter().take(at).collect();
        let folder = self.root.join(above).join("blobs");
        let is_folder = fs::symlink_metadata(&folder).is_ok_and(|metadata| metadata.is_dir());
        let blob = folder.join(name);
        let is_file = fs::symlink_metadata(&blob).is_ok_and(|metadata| metadata.is_file());
        (target.next().is_none() && is_folder && is_file).then_some(blob)
    }

    /// What lies in a folder, the last first.
    fn entries(&self, folder: &Path, above: &str) -> Result<Vec<Waiting>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(|cause| Error::read(folder, &cause))? {
            let entry = entry.map_err(|cause| Error::read(folder, &cause))?;
            let name = entry.file_name();
            let text = name.to_string_lossy();
            let kind = entry.file_type().map_err(|cause| Error::read(&entry.path(), &cause))?;
            let key = format!("{above}{text}");
            let fault = match name.to_str() {
                None => Some(KeyFault::NotText),
                Some(_) if kind.is_symlink() && self.blob(&key, &entry.path()).is_none() => {
                    Some(KeyFault::Link)
                }
                Some(_) if !kind.is_symlink() && !kind.is_dir() && !kind.is_file() => {
                    Some(KeyFault::NotAFile)
                }
                Some(_) => check_key(&key).err(),
            };
            let is_folder = kind.is_dir() && fault.is_none();
            let sorted = if is_folder { format!("{key}/") } else { key };
            found.push(Waiting { sorted, path: entry.path(), fault, is_folder });
            if found.len() > MAX_ENTRIES {
                return Err(
                    Error::new(Code::TooLarge, format!("more than {MAX_ENTRIES} entries")).at_path(folder)
                );
            }
        }
        found.sort_by(|one, other| other.sorted.cmp(&one.sorted));
        Ok(found)
    }
}

impl Files for Folder {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()> {
        let mut order = Order::default();
        let mut waiting = self.entries(&self.root, "")?;
        while let Some(next) = waiting.pop() {
            if next.is_folder {
                match self.entries(&next.path, &next.sorted) {
                    Ok(inside) => waiting.extend(inside),
                    Err(error) if error.code == Code::Read => {
                        let key = next.sorted.trim_end_matches('/').to_owned();
                        if take(Seen::Odd { key, fault: KeyFault::Unreadable })?.is_break() {
                            return Ok(());
                        }
                    }
                    Err(error) => return Err(error),
                }
                continue;
            }
            let key = next.sorted;
            let seen = match next.fault {
                Some(fault) => Seen::Odd { key, fault },
                None => match fs::symlink_metadata(self.file(&key)?) {
                    Ok(metadata) if metadata.is_file() => Seen::Object(object(&key, &metadata)),
                    Ok(_) => Seen::Odd { key, fault: KeyFault::NotAFile },
                    // Gone since the folder was read: as if it had never been there.
                    Err(cause) if cause.kind() == ErrorKind::NotFound => continue,
                    Err(_) => Seen::Odd { key, fault: KeyFault::Unreadable },
                },
            };
            // Names that are no text may come to the same text.
            if matches!(seen, Seen::Object(_)) {
                order.next(seen.key())?;
            }
            if take(seen)?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn state(&self, key: &str) -> Result<Object> {
        let path = self.file(key)?;
        let metadata = fs::symlink_metadata(&path).map_err(|cause| unread(&path, key, &cause))?;
        if !metadata.is_file() {
            return Err(Error::new(Code::Read, "not a regular file").at(key));
        }
        Ok(object(key, &metadata))
    }

    fn read(&self, seen: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        let path = self.file(&seen.key)?;
        let is_same = |metadata: &Metadata| {
            let now = object(&seen.key, metadata);
            now.etag == seen.etag && now.size == seen.size
        };
        // A link that took the file's place has another state.
        let there = fs::symlink_metadata(&path).map_err(|cause| unread(&path, &seen.key, &cause))?;
        if !is_same(&there) {
            return Err(changed(&seen.key));
        }
        let (mut file, metadata) = disk::open(&path).map_err(|why| match why {
            Unread::Io(cause) => unread(&path, &seen.key, &cause),
            Unread::NotAFile | Unread::TooLarge(_) => changed(&seen.key),
        })?;
        if !is_same(&metadata) {
            return Err(changed(&seen.key));
        }
        let length = range.end.saturating_sub(range.start);
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        let read =
            file.seek(SeekFrom::Start(range.start)).and_then(|_| file.take(length).read_to_end(&mut bytes));
        read.map_err(|cause| unread(&path, &seen.key, &cause))?;
        let after = fs::symlink_metadata(&path).map_err(|_| changed(&seen.key))?;
        if bytes.len() as u64 != length || !is_same(&after) {
            return Err(changed(&seen.key));
        }
        Ok(bytes)
    }

    fn put_new(&self, key: &str, bytes: &[u8]) -> Result<bool> {
        let path = self.path(key)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|cause| Error::write(folder, &cause))?;
        }
        let draft = disk::write_beside(&path, bytes, 0o666)?;
        match disk::name(draft, &path, false) {
            Ok(()) => Ok(true),
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(cause) => Err(Error::write(&path, &cause)),
        }
    }
}

/// A file that is gone is another thing than one that may not be read.
fn unread(path: &Path, key: &str, cause: &std::io::Error) -> Error {
    match cause.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            Error::new(Code::NotFound, "no such object").at(key)
        }
        ErrorKind::PermissionDenied => Error::new(Code::Refused, "it may not be read").at(key),
        _ => Error::read(path, cause),
    }
}

#[cfg(unix)]
fn object(key: &str, metadata: &Metadata) -> Object {
    use std::os::unix::fs::MetadataExt;
    let etag = format!(
        "{:x}-{:x}.{:09}-{:x}.{:09}",
        metadata.ino(),
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec()
    );
    Object { key: key.to_owned(), size: metadata.len(), etag, version: None, checksum: None }
}

#[cfg(not(unix))]
fn object(key: &str, metadata: &Metadata) -> Object {
    let since = metadata.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let etag = format!("{}", since.unwrap_or_default().as_nanos());
    Object { key: key.to_owned(), size: metadata.len(), etag, version: None, checksum: None }
}
