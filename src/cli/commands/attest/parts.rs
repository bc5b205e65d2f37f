//! Parts of a claim as named on the command line: a model of the inventory, a digest, a commit, a file.

use super::making::Begun;
use crate::attest::{Input, InputRole, NamedDigest};
use crate::cli::progress::shown;
use crate::cli::session::find;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::signing::sha256_hex;
use std::path::Path;

/// A configuration file larger than this is not read.
const LIMIT_CONFIG_BYTES: u64 = 64 * 1024 * 1024;

/// `NAME=VALUE`.
pub(super) fn pair(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// `NAME` or `NAME=VERSION`.
pub(super) fn versioned(text: &str) -> std::result::Result<(String, Option<String>), String> {
    let (name, version) = text.split_once('=').map_or((text, None), |(name, version)| (name, Some(version)));
    let is_empty = name.trim().is_empty() || version.is_some_and(|version| version.trim().is_empty());
    match is_empty {
        true => Err("write NAME or NAME=VERSION".to_owned()),
        false => Ok((name.to_owned(), version.map(str::to_owned))),
    }
}

/// A decimal number, kept as it was typed.
pub(super) fn decimal(text: &str) -> std::result::Result<String, String> {
    match crate::attest::Decimal::parse(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err("write a decimal number, such as 0.85".to_owned()),
    }
}

/// An absolute URI.
pub(super) fn uri(text: &str) -> std::result::Result<String, String> {
    let (scheme, rest) = text.split_once(':').unwrap_or_default();
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'));
    match is_scheme && !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => {
            Err("write an absolute URI, such as https://ci.example.com/build or urn:acme:build".to_owned())
        }
    }
}

impl Begun<'_> {
    /// An input as named: a model of the inventory by its id or folder, a digest, or a name with its digest
    /// as `NAME@sha256:HEX`.
    ///
    /// # Errors
    /// `E-NOT-FOUND` for anything else; the errors of [`crate::workbench::Workbench::pinned`].
    pub(super) fn part(&self, text: &str, role: InputRole) -> Result<Input> {
        if let Some((name, hex)) = digest_in(text)? {
            let name = match name {
                "" => self.workbench.model_of_root(&hex).map(|model| model.raw().to_owned()),
                name => Some(name.to_owned()),
            };
            let digests = vec![NamedDigest::sha256(hex.as_str())];
            let name = name.unwrap_or_else(|| format!("sha256:{hex}"));
            return Ok(Input { name: name.into(), role, digests, verified_at: None });
        }
        let index = find(&self.workbench.view(), text).map_err(|error| {
            let help = error.help.clone().unwrap_or_default();
            error
                .help(format!("{help}; for anything outside the inventory, give the digest: NAME@sha256:HEX"))
        })?;
        shown(self.output(), |progress| self.workbench.pinned(index, role, progress))
    }

    /// All inputs of a role.
    ///
    /// # Errors
    /// As [`Begun::part`].
    pub(super) fn parts(&self, texts: &[String], role: InputRole) -> Result<Vec<Input>> {
        texts.iter().map(|text| self.part(text, role)).collect()
    }
}

/// Name and digest of `sha256:HEX`, `HEX`, or either of them after `NAME@`. None without a digest.
fn digest_in(text: &str) -> Result<Option<(&str, String)>> {
    let (name, digest) = text.rsplit_once('@').unwrap_or(("", text));
    let (hex, said) = match digest.strip_prefix("sha256:") {
        Some(hex) => (hex, true),
        None => (digest, false),
    };
    let is_digest = hex.len() == 64 && hex.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c));
    match (is_digest, said) {
        (true, _) => Ok(Some((name, hex.to_owned()))),
        (false, true) => Err(Error::new(Code::Usage, "not a SHA-256: 64 lower-case hexadecimal digits")
            .at(text)
            .help("`touchmark digest MODEL` prints a model's root digest")),
        (false, false) => Ok(None),
    }
}

/// A digest alone, with or without `sha256:`.
pub(super) fn sha256(text: &str) -> std::result::Result<NamedDigest, String> {
    match digest_in(text) {
        Ok(Some(("", hex))) => Ok(NamedDigest::sha256(hex)),
        _ => Err("write sha256: and 64 lower-case hexadecimal digits".to_owned()),
    }
}

/// Code by its commit: `COMMIT`, or `ADDRESS@COMMIT`.
pub(super) fn commit(text: &str) -> std::result::Result<Input, String> {
    let (address, hex) = text.rsplit_once('@').unwrap_or(("", text));
    let is_commit =
        matches!(hex.len(), 40 | 64) && hex.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c));
    if !is_commit {
        return Err("write a commit in full, 40 lower-case hexadecimal digits, or ADDRESS@COMMIT".to_owned());
    }
    let name = if address.is_empty() { "code" } else { address };
    let digests = vec![NamedDigest::git_commit(hex)];
    Ok(Input { name: name.into(), role: InputRole::Code, digests, verified_at: None })
}

/// A configuration by the digest of its file.
pub(super) fn config(file: &Path) -> Result<Input> {
    let bytes = read_small(file, LIMIT_CONFIG_BYTES)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let digests = vec![NamedDigest::sha256(sha256_hex(&bytes))];
    Ok(Input { name: name.into(), role: InputRole::Config, digests, verified_at: None })
}
