//! Where the key of the digest cache lies: in the user's own state folder, outside of every workspace, so that whoever
//! hands on a workspace cannot seal a digest. It must not know what is sealed.

use crate::error::{Code, Error, Result};
use std::path::{Path, PathBuf};

use super::seal::CacheKey;

#[cfg(unix)]
const FILE: &str = "digest-cache.key";

/// The key of this user on this machine, made when there is none yet.
///
/// # Errors
/// `E-KEY` when it would lie in the workspace at `root`, or when others may read or change it; `E-READ`, `E-WRITE`;
/// `E-NOT-FOUND` where the system has no such folder. Then nothing is to be remembered.
pub fn cache_key(root: &Path) -> Result<CacheKey> {
    let folders = directories::ProjectDirs::from("", "", "touchmark")
        .ok_or_else(|| Error::new(Code::NotFound, "no home folder to keep the key of the digest cache in"))?;
    let folder = folders.state_dir().unwrap_or_else(|| folders.data_local_dir());
    key_in(folder, root)
}

#[cfg(not(unix))]
fn key_in(folder: &Path, _: &Path) -> Result<CacheKey> {
    Err(Error::new(Code::Key, "this system does not say who may read the key of the digest cache")
        .at_path(folder))
}

#[cfg(unix)]
fn key_in(folder: &Path, root: &Path) -> Result<CacheKey> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|cause| Error::write(folder, &cause))?;
    let metadata = std::fs::symlink_metadata(folder).map_err(|cause| Error::read(folder, &cause))?;
    if !metadata.is_dir() {
        return Err(unfit(folder, "the folder of the key is a link or no folder"));
    }
    owned(folder, &metadata, 0o022)?;
    let folder: PathBuf = folder.canonicalize().map_err(|cause| Error::read(folder, &cause))?;
    if folder.starts_with(root) {
        return Err(unfit(&folder, "the key would lie in the workspace"));
    }
    let file = folder.join(FILE);
    match read(&file)? {
        Some(key) => Ok(key),
        None => {
            make(&folder, &file)?;
            read(&file)?.ok_or_else(|| unfit(&file, "the key went away"))
        }
    }
}

/// The key in a file; none when there is no file.
#[cfg(unix)]
#[allow(clippy::disallowed_methods)] // never through a link, which the one door follows
fn read(file: &Path) -> Result<Option<CacheKey>> {
    use rustix::fs::OFlags;
    use std::io::Read;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let mut opened = match std::fs::OpenOptions::new().read(true).custom_flags(flags).open(file) {
        Ok(opened) => opened,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(_) if is_link(file) => return Err(unfit(file, "it is a link")),
        Err(cause) => return Err(Error::read(file, &cause)),
    };
    let failed = |cause: std::io::Error| Error::read(file, &cause);
    let metadata = opened.metadata().map_err(failed)?;
    if !metadata.is_file() || metadata.nlink() != 1 || metadata.len() != 32 {
        return Err(unfit(file, "it is not the file that was made for the key"));
    }
    owned(file, &metadata, 0o077)?;
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    opened.read_exact(&mut *bytes).map_err(failed)?;
    Ok(Some(CacheKey::new(*bytes)))
}

/// Makes the key under a name of its own, then gives it its name unless another process was quicker.
#[cfg(unix)]
fn make(folder: &Path, file: &Path) -> Result<()> {
    use std::io::Write;
    let failed = |cause: &std::io::Error| Error::write(file, cause);
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(&mut *bytes)
        .map_err(|_| Error::new(Code::Internal, "the system gives no random numbers"))?;
    // Made with mode 0600.
    let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(|cause| failed(&cause))?;
    draft.write_all(&*bytes).and_then(|()| draft.as_file().sync_all()).map_err(|cause| failed(&cause))?;
    match draft.persist_noclobber(file) {
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(&error.error)),
        _ => Ok(()),
    }
}

/// Refuses what belongs to somebody else, or is open to others by one of these bits.
#[cfg(unix)]
fn owned(path: &Path, metadata: &std::fs::Metadata, bits: u32) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(unfit(path, "it belongs to another user"));
    }
    match metadata.mode() & bits {
        0 => Ok(()),
        _ => Err(unfit(path, "others may read or change it")),
    }
}

#[cfg(unix)]
fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink())
}

#[cfg(unix)]
fn unfit(path: &Path, why: &str) -> Error {
    Error::new(Code::Key, format!("the key of the digest cache is not used: {why}"))
        .at_path(path)
        .help("remove it; a new one is made, and files are hashed again")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn key(folder: &Path) -> Result<CacheKey> {
        key_in(folder, Path::new("/nowhere"))
    }

    #[test]
    fn a_key_is_made_once_and_read_by_its_owner_alone() {
        let state = tempfile::tempdir().unwrap();
        let folder = state.path().join("touchmark");
        let made = key(&folder).unwrap();
        assert_eq!(made.0, key(&folder).unwrap().0);
        assert_ne!(made.0, key(&state.path().join("other")).unwrap().0);
        let mode = fs::metadata(folder.join(FILE)).unwrap().permissions().mode();
        assert_eq!(
            (mode & 0o777, fs::metadata(&folder).unwrap().permissions().mode() & 0o777),
            (0o600, 0o700)
        );
        assert_eq!(key_in(&folder, &state.path().canonicalize().unwrap()).unwrap_err().code, Code::Key);
    }

    #[test]
    fn a_key_that_others_may_have_seen_or_made_is_refused() {
        let state = tempfile::tempdir().unwrap();
        let folder = state.path().join("touchmark");
        key(&folder).unwrap();
        let file = folder.join(FILE);
        let refused = || assert_eq!(key(&folder).unwrap_err().code, Code::Key);
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            refused();
        }
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        key(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o770)).unwrap();
        refused();
        fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
        fs::hard_link(&file, state.path().join("second")).unwrap();
        refused();
        fs::remove_file(state.path().join("second")).unwrap();
        fs::rename(&file, state.path().join("moved")).unwrap();
        symlink(state.path().join("moved"), &file).unwrap();
        refused();
        fs::remove_file(&file).unwrap();
        fs::write(&file, [0; 31]).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        refused();
    }
}
