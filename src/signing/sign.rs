//! Signing: enumerate, hash, write the statement, sign it, write the bundle atomically.

use crate::error::{Code, Error, Result};
use std::path::{Path, PathBuf};

use super::hashing::HashAlgorithm;
use super::keys::SigningKey;
use super::manifest::RootDigest;
use super::progress::Progress;

/// How to sign.
#[derive(Debug, Clone)]
pub struct SignOptions {
    /// Where the bundle goes.
    pub signature: PathBuf,
    /// Hash of the files.
    pub hash: HashAlgorithm,
    /// Shard size in bytes; none for method `files`.
    pub shard_size: Option<u64>,
    /// Paths to leave out: absolute, or relative to the current folder; recorded model-relative.
    pub ignore_paths: Vec<PathBuf>,
    /// Leave out the git defaults.
    pub ignore_git_paths: bool,
    /// Follow symbolic links inside the model.
    pub allow_symlinks: bool,
}

/// What was signed.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The model's root digest.
    pub root_digest: RootDigest,
    /// Number of resources.
    pub resources: usize,
    /// Bytes hashed.
    pub bytes: u64,
    /// Where the bundle is.
    pub signature: PathBuf,
}

/// Signs with a bare key.
///
/// # Errors
/// As [`super::enumerate`]; `E-WRITE` when the bundle cannot be written (an old one then stays as it was);
/// `E-USAGE` when the signature would overwrite a file of the model that is no signature.
pub fn sign_key(
    model: &Path,
    key: &SigningKey,
    options: &SignOptions,
    progress: &Progress,
) -> Result<Signed> {
    let _ = (model, key, options, progress);
    Err(Error::new(Code::Internal, "skeleton"))
}

/// Signs with a key and its certificate chain: DER, leaf first. The leaf's key must be `key`'s public half.
///
/// # Errors
/// As [`sign_key`]; `E-KEY` when leaf and key differ or the leaf may not sign or is outside its validity at `now`.
pub fn sign_certificate(
    model: &Path,
    key: &SigningKey,
    chain: &[Vec<u8>],
    options: &SignOptions,
    now: jiff::Timestamp,
    progress: &Progress,
) -> Result<Signed> {
    let _ = (model, key, chain, options, now, progress);
    Err(Error::new(Code::Internal, "skeleton"))
}

/// The root digest of a model, with the number of resources and bytes; nothing is written.
///
/// # Errors
/// As [`super::enumerate`].
pub fn digest(model: &Path, options: &SignOptions, progress: &Progress) -> Result<Signed> {
    let _ = (model, options, progress);
    Err(Error::new(Code::Internal, "skeleton"))
}
