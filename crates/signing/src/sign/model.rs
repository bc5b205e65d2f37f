//! Signing: enumerate, hash, write the statement, sign it, write the bundle atomically. It trusts nobody and
//! asks nobody: whether the signature is worth anything is for the verifier.

use crate::bundle::document::{Bundle, LIMIT_BUNDLE_BYTES, Material};
use crate::bundle::dsse::{Envelope, pae};
use crate::bundle::manifest::{Manifest, PAYLOAD_TYPE, Resource, RootDigest, Serialization, Statement};
use crate::disk::write_whole;
use crate::error::{Code, Error, Result};
use crate::files::attestation::is_attestation;
use crate::files::enumerate::{Entry, GIT_PATHS, Listing, Scope, base_name, enumerate_until, model_relative};
use crate::files::fault::Unlisted;
use crate::files::leftover;
use crate::hashing::files::hash_files;
use crate::hashing::job::{HashAlgorithm, HashJob};
use crate::keys::private::Signer;
use crate::progress::Progress;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::before::{
    asked_ignores, check_leaf, check_overwrite, check_pointers, check_signing_chain, distinct, has_glob,
    prepare,
};

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
    /// Sign Git LFS pointers as they lie there, in place of the files that they stand for.
    pub allow_lfs_pointers: bool,
}

impl SignOptions {
    /// The specification's defaults; the bundle goes to `signature`.
    pub fn to(signature: impl Into<PathBuf>) -> Self {
        SignOptions {
            signature: signature.into(),
            hash: HashAlgorithm::Sha256,
            shard_size: None,
            ignore_paths: Vec::new(),
            ignore_git_paths: true,
            allow_symlinks: false,
            allow_lfs_pointers: false,
        }
    }
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
    /// Files that are signatures and claims by their names: not signed, and recorded as left out.
    pub left_out: Vec<String>,
}

/// Gives a timestamp over the bytes of a signature: an RFC 3161 token, DER.
pub type Stamp<'s> = &'s dyn Fn(&[u8]) -> Result<Vec<u8>>;

/// What signing may make use of.
#[derive(Clone, Copy, Default)]
pub struct With<'w> {
    /// Who says when.
    pub stamp: Option<Stamp<'w>>,
}

/// Signs with a bare key.
///
/// ```
/// use touchmark_signing::{Curve, Progress, SignOptions, SigningKey, sign_key};
///
/// let model = tempfile::tempdir()?;
/// std::fs::write(model.path().join("model.safetensors"), b"weights")?;
///
/// let key = SigningKey::generate(Curve::P256)?;
/// let options = SignOptions::to(&model.path().join("model.sig"));
/// let signed = sign_key(model.path(), &key, &options, &Progress::default())?;
/// assert!(model.path().join("model.sig").is_file());
/// println!("root digest {}", signed.root_digest);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`crate::enumerate`]; `E-WRITE` when the bundle cannot be written (an old one then stays as it was);
/// `E-USAGE` when the signature would overwrite a file of the model that is no signature.
pub fn sign_key(
    model: &Path,
    key: &dyn Signer,
    options: &SignOptions,
    progress: &Progress,
) -> Result<Signed> {
    sign_key_with(model, key, options, With::default(), progress)
}

/// As [`sign_key`], with a timestamp.
///
/// # Errors
/// As [`sign_key`], and what `stamp` gives; nothing is written then.
pub fn sign_key_with(
    model: &Path,
    key: &dyn Signer,
    options: &SignOptions,
    with: With<'_>,
    progress: &Progress,
) -> Result<Signed> {
    let material = Material::Key { hint: Some(key.public().hint()), raw_bytes: None };
    sign(model, key, &material, options, with, progress)
}

/// Signs with a key and its certificate chain: DER, leaf first. The leaf's key must be `key`'s public half.
///
/// # Errors
/// As [`sign_key`]; `E-KEY` when leaf and key differ or the leaf may not sign or is outside its validity at `now`.
pub fn sign_certificate(
    model: &Path,
    key: &dyn Signer,
    chain: &[Vec<u8>],
    options: &SignOptions,
    now: jiff::Timestamp,
    progress: &Progress,
) -> Result<Signed> {
    sign_certificate_with(model, key, chain, options, now, With::default(), progress)
}

/// As [`sign_certificate`], with a timestamp: then the signature outlives its certificate.
///
/// # Errors
/// As [`sign_certificate`], and what `stamp` gives; nothing is written then.
pub fn sign_certificate_with(
    model: &Path,
    key: &dyn Signer,
    chain: &[Vec<u8>],
    options: &SignOptions,
    now: jiff::Timestamp,
    with: With<'_>,
    progress: &Progress,
) -> Result<Signed> {
    check_leaf(chain.first().map(Vec::as_slice).unwrap_or_default(), key, now)?;
    check_signing_chain(chain, now)?;
    sign(model, key, &Material::Certificate { chain: distinct(chain) }, options, with, progress)
}

/// The root digest of a model, with the number of resources and bytes; nothing is written.
///
/// # Errors
/// As [`crate::enumerate`].
pub fn digest(model: &Path, options: &SignOptions, progress: &Progress) -> Result<Signed> {
    let options = SignOptions { allow_lfs_pointers: true, ..options.clone() };
    let measured = measure(model, &options, progress)?;
    Ok(measured.signed(&options))
}

fn sign(
    model: &Path,
    key: &dyn Signer,
    material: &Material,
    options: &SignOptions,
    with: With<'_>,
    progress: &Progress,
) -> Result<Signed> {
    prepare(&options.signature)?;
    let measured = measure(model, options, progress)?;
    let payload = Statement::to_payload(&measured.subject_name, &measured.manifest)?;
    // What we would refuse to read is not written.
    Statement::parse(&payload)?;
    let signature = key.sign(&pae(PAYLOAD_TYPE, &payload))?;
    let envelope = Envelope { payload_type: PAYLOAD_TYPE.to_owned(), payload, signature };
    progress.check()?;
    let stamps: Vec<Vec<u8>> =
        with.stamp.map(|stamp| stamp(&envelope.signature)).transpose()?.into_iter().collect();
    let bundle = Bundle::to_json(material, &envelope, &stamps)?;
    progress.check()?;
    write_bundle(&options.signature, &bundle)?;
    measured.sweep();
    Ok(measured.signed(options))
}

/// Writes a bundle that can be read again, whole or not at all.
pub(super) fn write_bundle(path: &Path, bundle: &[u8]) -> Result<()> {
    if bundle.len() as u64 > LIMIT_BUNDLE_BYTES {
        return Err(Error::new(Code::TooLarge, "the signature would be too large to be read again")
            .help("use larger shards, or sign whole files"));
    }
    // Hours may have passed since it was asked first.
    check_overwrite(path)?;
    write_whole(path, bundle)
}

/// A model's manifest, and what it is called.
pub(crate) struct Measured {
    pub(crate) manifest: Manifest,
    pub(crate) subject_name: String,
    bytes: u64,
    left_out: Vec<String>,
    leftovers: Vec<Entry>,
}

impl Measured {
    /// Removes what interrupted signings left in the model.
    pub(crate) fn sweep(&self) {
        self.leftovers.iter().for_each(|entry| leftover::sweep(&entry.path));
    }

    pub(crate) fn signed(&self, options: &SignOptions) -> Signed {
        Signed {
            root_digest: self.manifest.root_digest(),
            resources: self.manifest.resources.len(),
            bytes: self.bytes,
            signature: options.signature.clone(),
            left_out: self.left_out.clone(),
        }
    }
}

pub(crate) fn measure(model: &Path, options: &SignOptions, progress: &Progress) -> Result<Measured> {
    if options.shard_size == Some(0) {
        return Err(
            Error::new(Code::Usage, "a shard size of zero").help("the usual size is 1000000000 bytes")
        );
    }
    let root = model.canonicalize().map_err(|cause| Error::read(model, &cause))?;
    let scope = Scope {
        ignore_paths: asked_ignores(&root, &options.ignore_paths, &options.signature)?,
        ignore_git_paths: options.ignore_git_paths,
        exclude: vec![options.signature.clone()],
        allow_symlinks: options.allow_symlinks,
        // Not every verifier knows a hub cache: whoever signs a folder of links has to say that they want that.
        hub_links: false,
        signed: None,
    };
    let mut listing = enumerate_until(model, &scope, progress)?;
    // Never part of a model. Nor is it recorded as left out: the next signing removes it, or the running one.
    let (leftovers, entries): (Vec<Entry>, Vec<Entry>) =
        listing.entries.into_iter().partition(|entry| leftover::is_leftover(&entry.path, &entry.name));
    listing.entries = entries;
    let (ignore_paths, left_out) = recorded_ignores(&root, scope, &mut listing, &options.signature)?;
    let (names, jobs): (Vec<String>, Vec<HashJob>) =
        listing.entries.iter().flat_map(|entry| jobs_of(entry, options.shard_size)).unzip();
    if jobs.is_empty() {
        return Err(Error::new(
            Code::Model,
            "nothing to sign: attestations and (in shards) empty files do not count",
        )
        .at_path(model)
        .help("check the path; empty files can only be signed whole"));
    }
    if !options.allow_lfs_pointers {
        check_pointers(model, &listing.entries)?;
    }
    let size = |job: &HashJob| job.range.map_or(job.size, |(start, end)| end - start);
    let bytes = jobs.iter().map(size).sum();
    progress.expect(jobs.len() as u64, bytes);
    let digests = hash_files(options.hash, &jobs, progress)?;
    let mut resources = Vec::with_capacity(jobs.len());
    for (name, digest) in names.into_iter().zip(digests) {
        resources.push(Resource { name, digest: digest? });
    }
    resources.sort_by(|a, b| a.name.cmp(&b.name));
    let serialization = Serialization {
        hash: options.hash,
        allow_symlinks: options.allow_symlinks,
        shard_size: options.shard_size,
        ignore_paths,
    };
    Ok(Measured {
        manifest: Manifest { resources, serialization },
        subject_name: base_name(model, &root).map_err(Unlisted::error)?,
        bytes,
        left_out,
        leftovers,
    })
}

/// One job for a whole file; for shards one a range, and none for an empty file (OMS 6.3.2).
fn jobs_of(entry: &Entry, shard_size: Option<u64>) -> Vec<(String, HashJob)> {
    let job = |range| HashJob { path: entry.path.clone(), size: entry.size, range };
    let Some(shard) = shard_size else { return vec![(entry.name.clone(), job(None))] };
    let mut jobs = Vec::new();
    let mut start = 0;
    while start < entry.size {
        let end = start.saturating_add(shard).min(entry.size);
        jobs.push((format!("{}:{start}:{end}", entry.name), job(Some((start, end)))));
        start = end;
    }
    jobs
}

/// What the bundle says was left out: what was asked for, the git defaults, the signature, and attestations,
/// which this takes out of the listing. Other verifiers know only what is recorded.
fn recorded_ignores(
    root: &Path,
    scope: Scope,
    listing: &mut Listing,
    signature: &Path,
) -> Result<(Vec<String>, Vec<String>)> {
    let mut left_out = Vec::new();
    let mut ignores: BTreeSet<String> = scope.ignore_paths.into_iter().collect();
    if root.is_dir() {
        if scope.ignore_git_paths {
            ignores.extend(GIT_PATHS.map(str::to_owned));
        }
        ignores.extend(
            model_relative(root, signature)
                .map_err(Unlisted::error)?
                .filter(|name| !name.is_empty() && !has_glob(name)),
        );
        listing.entries.retain(|entry| {
            let stays = !is_attestation(&entry.name) || has_glob(&entry.name);
            if !stays {
                left_out.push(entry.name.clone());
            }
            stays
        });
        ignores.extend(left_out.iter().cloned());
    }
    Ok((ignores.into_iter().collect(), left_out))
}
