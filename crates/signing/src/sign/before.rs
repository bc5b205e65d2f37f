//! What is looked at before a model is hashed, which may take hours: that the signature can be written, that the
//! certificates lead somewhere, that the files are the files. It signs nothing.

use crate::bundle::document::{Bundle, read_bundle};
use crate::bundle::manifest::Statement;
use crate::disk::{check_writable, folder_of};
use crate::error::{Code, Error, Result};
use crate::files::enumerate::Entry;
use crate::files::fault::Unlisted;
use crate::files::ignored::{self, IgnoredPlace};
use crate::files::leftover;
use crate::files::pointers::pointers;
use crate::keys::private::Signer;
use crate::keys::public::PublicKey;
use crate::text::{Untrusted, count, screen};
use crate::x509::certificate;
use crate::x509::lead::lead;
use der::Encode;
use der::oid::db::rfc5280::ID_KP_CODE_SIGNING;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};

/// Pointers that an error names.
const MAX_NAMED: usize = 5;

/// Before signing: the signature can be written where it is to go, and what an interrupted signing left there is gone.
pub(super) fn prepare(signature: &Path) -> Result<()> {
    check_place(signature)?;
    leftover::sweep_beside(signature);
    Ok(())
}

/// Whether a signature can be written to a place: its folder is there and may be written to, and what has that name
/// already is an earlier signature of a model.
///
/// # Errors
/// `E-USAGE` for a place that is a folder, or that something else has; `E-WRITE` for one that cannot be written to.
pub fn check_place(signature: &Path) -> Result<()> {
    let is_folder = signature.is_dir() || signature.as_os_str().as_encoded_bytes().ends_with(b"/");
    if is_folder || signature.file_name().is_none() {
        return Err(Error::new(Code::Usage, "the place of the signature is a folder")
            .at_path(signature)
            .help("name a file in it, such as model.sig"));
    }
    let folder = folder_of(signature);
    match std::fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(no_folder(folder, "is a file")),
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Err(no_folder(folder, "does not exist")),
        Err(cause) if cause.kind() == ErrorKind::NotADirectory => {
            return Err(no_folder(folder, "leads through a file"));
        }
        Err(cause) => return Err(Error::write(signature, &cause)),
    }
    check_overwrite(signature)?;
    check_writable(signature)
}

fn no_folder(folder: &Path, why: &str) -> Error {
    Error::new(Code::Write, format!("the folder of the signature {why}"))
        .at_path(folder)
        .help("make the folder, or name another place with --signature; nothing was signed")
}

/// Only an earlier signature of a model may be overwritten: a bundle whose statement says that it is one.
pub(super) fn check_overwrite(signature: &Path) -> Result<()> {
    match std::fs::symlink_metadata(signature) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(Error::write(signature, &cause)),
        Ok(_) => {}
    }
    let earlier = read_bundle(signature).and_then(|raw| Bundle::parse(&raw));
    if earlier.is_ok_and(|bundle| Statement::parse(&bundle.envelope.payload).is_ok()) {
        return Ok(());
    }
    Err(Error::new(Code::Usage, "the signature would overwrite a file that is no signature")
        .at_path(signature)
        .help("choose another name for the signature, or move that file away; it was left as it is"))
}

/// The names in the model of the paths that are to be left out.
pub(super) fn asked_ignores(root: &Path, asked: &[PathBuf], signature: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    // The signature itself is never part of the model, and is recorded where it lies in it.
    for path in asked.iter().filter(|path| !is_same(path, signature)) {
        let usage = |what: &str, help: &str| Err(Error::new(Code::Usage, what).at_path(path).help(help));
        match ignored::place(root, path).map_err(Unlisted::error)? {
            IgnoredPlace::Whole => {
                return usage("the whole model would be ignored", "name a file or folder in it");
            }
            // OMS 6.2.1: no globs, and no entry that a reader could take for one.
            IgnoredPlace::Inside(name) | IgnoredPlace::Nothing(name) if has_glob(&name) => {
                return usage(
                    "an ignored path with `*`, `?` or `[`",
                    "patterns are not supported: name the file or its folder",
                );
            }
            IgnoredPlace::Inside(name) | IgnoredPlace::Nothing(name) => names.push(name),
            IgnoredPlace::Outside => {
                return usage(
                    "an ignored path lies outside of the model, so it would hide nothing",
                    "name it as seen from the current folder or from the model's; nothing was signed",
                );
            }
        }
    }
    Ok(names)
}

fn is_same(one: &Path, other: &Path) -> bool {
    let settled = |path: &Path| {
        let name = path.file_name().unwrap_or(OsStr::new("")).to_owned();
        folder_of(path).canonicalize().ok().map(|folder| folder.join(name))
    };
    settled(one).is_some_and(|one| settled(other) == Some(one))
}

pub(super) fn has_glob(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// Git LFS pointers are not the files: whoever fetched those has other bytes.
pub(super) fn check_pointers(model: &Path, entries: &[Entry]) -> Result<()> {
    let found = pointers(entries);
    let named: Vec<String> = found.iter().take(MAX_NAMED).map(|name| screen(name)).collect();
    if named.is_empty() {
        return Ok(());
    }
    let more = found.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let what = format!(
        "{} of Git LFS in place of the contents: {}{more}",
        count(found.len(), "pointer"),
        named.join(", ")
    );
    Err(Error::new(Code::Model, what).at_path(model).help(
        "run `git lfs pull` there and sign again; to sign the pointers themselves give --allow-lfs-pointers",
    ))
}

/// The certificates of a signer, DER, leaf first: whether the others lead upwards from the leaf and are valid. Gives the
/// names of those that do not belong to its chain: they do no harm, and were perhaps not meant.
///
/// # Errors
/// `E-KEY` when nobody could verify the signature with them.
pub fn check_signing_chain(chain: &[Vec<u8>], now: jiff::Timestamp) -> Result<Vec<Untrusted>> {
    lead(&distinct(chain), now).map_err(|check| {
        let words = check.words();
        let found = words.found.map(|found| format!(" ({})", found.clip(200))).unwrap_or_default();
        Error::new(
            Code::Key,
            format!("the chain does not lead upwards from the signing certificate: {}{found}", words.summary),
        )
        .help(
            "give the certificate that issued the signing certificate, then the one that issued that, and so on; the \
             root may be left out. Nothing was signed",
        )
    })
}

/// A self-signed signer is often given twice: as certificate and as chain.
pub(super) fn distinct(chain: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut distinct: Vec<Vec<u8>> = Vec::new();
    for certificate in chain {
        if !distinct.contains(certificate) {
            distinct.push(certificate.clone());
        }
    }
    distinct
}

/// OMS 8.2 at signing time: the leaf is this key's, may sign, and is valid now.
pub(super) fn check_leaf(leaf: &[u8], key: &dyn Signer, now: jiff::Timestamp) -> Result<()> {
    let unusable = |what: &str, help: &str| Err(Error::new(Code::Key, what).help(help));
    let Ok(certificate) = certificate::parse(leaf) else {
        return unusable(
            "the signing certificate is not a certificate",
            "expected DER or PEM, the leaf first",
        );
    };
    let tbs = &certificate.tbs_certificate;
    let spki = tbs.subject_public_key_info.to_der().unwrap_or_default();
    if PublicKey::from_spki_der(&spki)? != *key.public() {
        return unusable(
            "the signing certificate is for another key",
            "give the certificate that was issued for this private key, the leaf first",
        );
    }
    let seconds =
        |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    let (from, to) = (seconds(tbs.validity.not_before), seconds(tbs.validity.not_after));
    if now.as_second() < from || now.as_second() > to {
        return unusable(
            "the signing certificate is not valid now",
            "have it renewed; also check this machine's clock",
        );
    }
    let (Ok(usage), Ok(purposes)) = (tbs.get::<KeyUsage>(), tbs.get::<ExtendedKeyUsage>()) else {
        return unusable("the signing certificate has damaged extensions", "have it issued again");
    };
    let may_sign = usage.is_some_and(|(_, usage)| usage.digital_signature())
        || purposes.is_some_and(|(_, purposes)| purposes.0.contains(&ID_KP_CODE_SIGNING));
    if !may_sign {
        return unusable(
            "the signing certificate is not for signing",
            "it needs key usage digitalSignature or extended key usage codeSigning",
        );
    }
    Ok(())
}
