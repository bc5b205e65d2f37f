//! Key files: writing a new pair, and saying what a file holds without giving the secret away. It asks nobody
//! for a password.

use crate::disk::{self, lock_beside, write_beside};
use crate::error::{Code, Error, Result};
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

use super::forms::{self, Item};
use super::private::{PrivateFile, SigningKey};
use super::public::PublicKey;
use super::secret::Secret;

/// What a key file holds. Never a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// Whether it can sign.
    pub private: bool,
    /// How it is encrypted, when it is.
    pub encryption: Option<String>,
    /// The public half; none when the key is encrypted and no password was given.
    pub public: Option<PublicKey>,
}

/// Says what a key file holds: a private key, encrypted or not, or a public one.
///
/// # Errors
/// As [`SigningKey::from_pem_asking`] and [`PublicKey::from_pem`].
pub fn describe_key(pem: &[u8], password: Option<&Secret>) -> Result<KeyFile> {
    if forms::items(pem).iter().any(|item| matches!(item, Item::Public(_))) {
        return Ok(KeyFile { private: false, encryption: None, public: Some(PublicKey::from_pem(pem)?) });
    }
    let encryption = PrivateFile::read(pem)?.encryption()?;
    let public = match (password, &encryption) {
        (None, Some(_)) => None,
        (Some(password), Some(_)) => Some(SigningKey::from_pem_asking(pem, || Ok(password.clone()))?),
        (_, None) => Some(SigningKey::from_pem(pem)?),
    }
    .map(|key| key.public().clone());
    Ok(KeyFile { private: true, encryption, public })
}

/// Whether it is a file of a private key, encrypted or not.
pub(crate) fn holds_private_key(bytes: &[u8]) -> bool {
    let items = forms::items(bytes);
    items.iter().any(Item::is_private) && !items.iter().any(|item| matches!(item, Item::Public(_)))
}

/// Whether it is a file of a form that is known at all.
pub(crate) fn is_recognised(bytes: &[u8]) -> bool {
    !forms::items(bytes).is_empty()
}

/// Writes a key, encrypted when there is a password, for its owner alone (mode 0600), and its public half
/// beside it. Returns the public file: the same name with `.pub` at the end. Both get their names or neither does:
/// what an interruption left in between, [`settle_key_pair`] brings to its end.
///
/// # Errors
/// `E-USAGE` when one of them exists and is not to be replaced; `E-WRITE`: both are then as they were.
pub fn write_key_pair(
    path: &Path,
    key: &SigningKey,
    password: Option<&Secret>,
    replace: bool,
) -> Result<PathBuf> {
    let pem = match password {
        Some(password) => key.to_encrypted_pkcs8_pem(password)?,
        None => key.to_pkcs8_pem()?,
    };
    let pair = Pair::of(path)?;
    let _held = lock_beside(path)?;
    pair.settle()?;
    for file in [&pair.private, &pair.public] {
        match std::fs::symlink_metadata(file) {
            Err(_) => {}
            Ok(_) if !replace => return Err(exists(file)),
            Ok(metadata) if metadata.is_dir() => {
                return Err(Error::new(Code::Usage, "there is a folder of that name")
                    .at_path(file)
                    .help("choose another name; nothing was written"));
            }
            Ok(_) => {}
        }
    }
    // All bytes are on the disk before a name changes, those to go back to as well.
    let public = write_beside(&pair.public, key.public().to_pem().as_bytes(), 0o666)?;
    let private = write_beside(path, pem.as_bytes(), 0o600)?;
    let before = match disk::whole(&pair.public, LIMIT_KEPT_BYTES) {
        Ok(bytes) => Some(write_beside(&pair.public, &bytes, 0o666)?),
        Err(_) => None,
    };
    let done = pair.prepare(public, private).and_then(|()| pair.finish());
    if let Err(cause) = done {
        pair.give_up(before);
        return Err(Error::write(path, &cause));
    }
    Ok(pair.public)
}

/// Brings a pair of keys to its end whose writing was interrupted: to be called before one of them is read.
///
/// # Errors
/// `E-WRITE`.
pub fn settle_key_pair(path: &Path) -> Result<()> {
    let pair = Pair::of(path)?;
    // Nearly always there is nothing to do, and nothing to hold.
    if !pair.is_pending() {
        return Ok(());
    }
    let _held = lock_beside(path)?;
    pair.settle()
}

/// What stands in the place of a key that is replaced is not kept when it is larger.
const LIMIT_KEPT_BYTES: u64 = 1024 * 1024;

/// The files of a pair, and their names while they wait for both to be there. The new public key waits first and takes
/// its name first: a waiting private key therefore means that the pair is whole, and a public one alone that it is not.
struct Pair {
    private: PathBuf,
    public: PathBuf,
    new_private: PathBuf,
    new_public: PathBuf,
}

impl Pair {
    fn of(path: &Path) -> Result<Self> {
        let name = path.file_name().ok_or_else(|| {
            Error::new(Code::Usage, "not the name of a file")
                .at_path(path)
                .help("name a file for the private key")
        })?;
        let beside = |before: &str, after: &str| {
            let mut whole = OsString::from(before);
            whole.push(name);
            whole.push(after);
            path.with_file_name(whole)
        };
        Ok(Pair {
            private: path.to_owned(),
            public: beside("", ".pub"),
            new_private: beside(".touchmark-pair-", ""),
            new_public: beside(".touchmark-pair-", ".pub"),
        })
    }

    fn is_pending(&self) -> bool {
        [&self.new_private, &self.new_public].iter().any(|file| std::fs::symlink_metadata(file).is_ok())
    }

    /// From here on the pair is as good as written.
    fn prepare(&self, public: NamedTempFile, private: NamedTempFile) -> io::Result<()> {
        disk::name(public, &self.new_public, true)?;
        disk::name(private, &self.new_private, true)?;
        disk::settle(&self.private)
    }

    fn finish(&self) -> io::Result<()> {
        if std::fs::symlink_metadata(&self.new_public).is_ok() {
            std::fs::rename(&self.new_public, &self.public)?;
        }
        std::fs::rename(&self.new_private, &self.private)?;
        // Both have their names, whether or not the system can say that they are on the disk.
        let _ = disk::settle(&self.private);
        Ok(())
    }

    fn settle(&self) -> Result<()> {
        let failed = |cause: io::Error| Error::write(&self.private, &cause);
        if self.is_whole() {
            return self.finish().map_err(failed);
        }
        self.drop_pending();
        Ok(())
    }

    /// Whether a pair waits for its names: ours, and nothing newer has them.
    fn is_whole(&self) -> bool {
        let Ok(new) = std::fs::symlink_metadata(&self.new_private) else { return false };
        let is_newest = match (std::fs::symlink_metadata(&self.private), new.modified()) {
            (Ok(old), Ok(new)) => old.modified().is_ok_and(|old| old <= new),
            (Ok(_), Err(_)) => false,
            (Err(_), _) => true,
        };
        new.is_file() && is_own(&new) && is_newest
    }

    /// Back to how it was: the private key takes its name last, so only the public one can have changed.
    fn give_up(&self, before: Option<NamedTempFile>) {
        let has_changed = std::fs::symlink_metadata(&self.new_public).is_err()
            && std::fs::symlink_metadata(&self.new_private).is_ok();
        if has_changed {
            let _ = match before {
                Some(before) => disk::name(before, &self.public, true),
                None => std::fs::remove_file(&self.public),
            };
        }
        self.drop_pending();
    }

    fn drop_pending(&self) {
        for file in [&self.new_private, &self.new_public] {
            let _ = std::fs::remove_file(file);
        }
    }
}

/// Whoever else may write to the folder cannot have us take a key of theirs for ours.
#[cfg(unix)]
fn is_own(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.nlink() == 1
}

#[cfg(not(unix))]
fn is_own(_: &Metadata) -> bool {
    true
}

fn exists(path: &Path) -> Error {
    Error::new(Code::Usage, "there is a file of that name already")
        .at_path(path)
        .help("choose another name; --force replaces the pair, and the old key is then gone for good")
}
