//! The client of `sigstore/sigstore-conformance` that verifies: a thin adapter over
//! [`touchmark::signing::verify_artifact`]. Run the suite with
//! `pytest test --skip-signing --entrypoint=target/debug/examples/conformance`.
#![allow(clippy::disallowed_methods)]

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;
use touchmark::disk::read_small;
use touchmark::signing::{
    Anchor, AnchorMaterial, BundleSigner, HashAlgorithm, HashJob, LIMIT_BUNDLE_BYTES, Outcome, Progress,
    PublicKey, hash_files, verify_artifact,
};

const USAGE: &str = "usage: verify-bundle [--staging] --bundle FILE (--certificate-identity WHO \
    --certificate-oidc-issuer URL | --key PEM) [--trusted-root FILE] FILE_OR_DIGEST";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() != Some("verify-bundle") {
        return Err(USAGE.to_owned());
    }
    let (mut options, mut artifact) = (HashMap::new(), None);
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some("staging") => drop(options.insert("staging".to_owned(), String::new())),
            Some(name) => drop(options.insert(name.to_owned(), words.next().ok_or(USAGE)?)),
            None => artifact = Some(word),
        }
    }
    let read = |path: &str| read_small(Path::new(path), LIMIT_BUNDLE_BYTES).map_err(|e| e.to_string());
    let option = |name: &str| options.get(name).map(String::as_str);
    let root = match (option("trusted-root"), option("staging")) {
        (Some(path), _) => read(path)?,
        (None, Some(_)) => embedded(Anchor::staging())?,
        (None, None) => embedded(Anchor::public_good())?,
    };
    let signer = match option("key") {
        Some(path) => BundleSigner::Key(PublicKey::from_pem(&read(path)?).map_err(|e| e.to_string())?),
        None => BundleSigner::Identity {
            subject: option("certificate-identity").ok_or(USAGE)?.into(),
            issuer: option("certificate-oidc-issuer").ok_or(USAGE)?.into(),
        },
    };
    let bundle = read(option("bundle").ok_or(USAGE)?)?;
    let checks = verify_artifact(&bundle, &root, digest(&artifact.ok_or(USAGE)?)?, &signer)
        .map_err(|e| e.to_string())?;
    match checks.iter().find(|check| check.outcome != Outcome::Pass) {
        None => Ok(()),
        Some(_) => Err(checks.iter().map(|c| format!("{} {}\n", c.code, c.words().summary)).collect()),
    }
}

fn embedded(anchor: Anchor) -> Result<Vec<u8>, String> {
    match anchor.material {
        AnchorMaterial::Sigstore(root) => Ok(root.json().as_bytes().to_vec()),
        _ => Err("not a Sigstore root".to_owned()),
    }
}

/// A digest is what looks like one and is no path.
fn digest(artifact: &str) -> Result<[u8; 32], String> {
    let path = Path::new(artifact);
    let given = artifact.strip_prefix("sha256:").and_then(|digits| hex::decode(digits).ok());
    if let Some(digest) = given.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).filter(|_| !path.exists())
    {
        return Ok(digest);
    }
    let size = std::fs::metadata(path).map_err(|e| format!("{artifact}: {e}"))?.len();
    let job = HashJob { path: path.to_owned(), size, range: None };
    let hashed =
        hash_files(HashAlgorithm::Sha256, &[job], &Progress::default()).map_err(|e| e.to_string())?;
    let hashed = hashed.into_iter().next().ok_or("nothing was hashed")?.map_err(|e| e.to_string())?;
    hashed.try_into().map_err(|_| "not a SHA-256 digest".to_owned())
}
