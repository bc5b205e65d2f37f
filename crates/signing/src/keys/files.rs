//! Key files: writing a new pair, and saying what a file holds without giving the secret away. It asks nobody
//! for a password.

use crate::disk::{self, write_beside};
use crate::error::{Code, Error, Result};
use crate::pem;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::encrypted::Encrypted;
use super::private::{ENCRYPTED, SigningKey, private_block};
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

/// Says what a PEM key file holds: a private key, encrypted or not, or a public one.
///
/// # Errors
/// As [`SigningKey::from_pem_asking`] and [`PublicKey::from_pem`].
pub fn describe_key(pem: &[u8], password: Option<&Secret>) -> Result<KeyFile> {
    if pem::blocks(pem)?.iter().any(|block| block.label == "PUBLIC KEY") {
        return Ok(KeyFile { private: false, encryption: None, public: Some(PublicKey::from_pem(pem)?) });
    }
    let block = private_block(pem)?;
    let encryption =
        if block.label == ENCRYPTED { Some(Encrypted::parse(&block.der)?.describe()) } else { None };
    let public = match (password, &encryption) {
        (None, Some(_)) => None,
        (Some(password), Some(_)) => Some(SigningKey::from_pem_asking(pem, || Ok(password.clone()))?),
        (_, None) => Some(SigningKey::from_pem(pem)?),
    }
    .map(|key| key.public().clone());
    Ok(KeyFile { private: true, encryption, public })
}

/// Writes a key, encrypted when there is a password, for its owner alone (mode 0600), and its public half
/// beside it. Returns the public file: the same name with `.pub` at the end.
///
/// # Errors
/// `E-USAGE` when one of them exists and is not to be replaced; `E-WRITE`.
pub fn write_key_pair(
    path: &Path,
    key: &SigningKey,
    password: Option<&Secret>,
    replace: bool,
) -> Result<PathBuf> {
    let mut name = OsString::from(path);
    name.push(".pub");
    let public = PathBuf::from(name);
    for file in [path, &public] {
        if !replace && std::fs::symlink_metadata(file).is_ok() {
            return Err(exists(file));
        }
    }
    let pem = match password {
        Some(password) => key.to_encrypted_pkcs8_pem(password)?,
        None => key.to_pkcs8_pem()?,
    };
    // Both are on the disk before either gets its name.
    let files = [
        (path, write_beside(path, pem.as_bytes(), 0o600)?),
        (public.as_path(), write_beside(&public, key.public().to_pem().as_bytes(), 0o666)?),
    ];
    for (path, file) in files {
        disk::name(file, path, replace).map_err(|cause| match cause.kind() {
            std::io::ErrorKind::AlreadyExists => exists(path),
            _ => Error::write(path, &cause),
        })?;
    }
    Ok(public)
}

fn exists(path: &Path) -> Error {
    Error::new(Code::Usage, "there is a file of that name already")
        .at_path(path)
        .help("choose another name; --force replaces the pair, and the old key is then gone for good")
}
