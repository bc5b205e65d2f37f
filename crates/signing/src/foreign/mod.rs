//! Signatures of other kinds than OMS that lie in a model's folder: recognised by what they hold, named and
//! explained. None of them ever lets a check pass: a key that a file brings itself proves nothing about who
//! signed, and most of these cover one file, not a model. It knows no anchor and no policy.

mod cms;
mod cose;
mod documents;
mod jsf;
pub(crate) mod other;
mod schemes;
pub(crate) mod seen;
pub(crate) mod survey;
mod texts;

pub use jsf::{JsonSignature, signatures as json_signatures};
pub use seen::{ForeignSignature, ForeignState};

use crate::check::other::ForeignKind;

use crate::bundle::document::Bundle;
use crate::disk::{read_small, read_start};
use crate::error::{Code, Result};
use crate::hashing::files::hash_files;
use crate::hashing::job::{HashAlgorithm, HashJob};
use crate::progress::Progress;
use crate::text::Untrusted;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::Path;

use self::seen::{Beside, Covers, LIMIT_BYTES, Seen};
use self::survey::Survey;

const HEAD_BYTES: u64 = 1024;
/// Files whose beginning is looked at; those named like signatures come first.
const MAX_LOOKS: usize = 4_000;
const AT_ONCE: usize = 256;
/// Findings of one model.
const MAX_FOUND: usize = 100;
/// Names that one finding lists as covered, and shows in a line.
const MAX_COVERED: usize = 10_000;

/// SHA-256 by name, of files that were already hashed.
type Known<'a> = HashMap<&'a str, &'a [u8]>;
type Files<'a> = HashMap<&'a str, &'a survey::File>;

/// Finds the foreign signatures among the files of a model.
///
/// # Errors
/// `E-CANCELLED`.
pub(super) fn find(survey: &Survey, known: &Known<'_>, progress: &Progress) -> Result<Vec<ForeignSignature>> {
    let here: Files<'_> = survey.files.iter().map(|file| (file.name.as_str(), file)).collect();
    let mut files: Vec<_> = survey.files.iter().filter(|file| !file.is_link).collect();
    files.sort_by_cached_key(|file| {
        (!is_named_like_one(&file.name), file.name.matches('/').count(), file.name.as_str())
    });
    files.truncate(MAX_LOOKS);
    let target_of = |file: &survey::File| {
        let stem = file.name.strip_suffix(".sigstore.json").or_else(|| Some(file.name.rsplit_once('.')?.0));
        stem.and_then(|stem| here.get(stem).copied()).filter(|target| !target.is_link)
    };
    let look_at = |file: &survey::File| {
        progress.check().ok()?;
        let target = target_of(file).map(|target| target.path.as_path());
        look(&file.path, &Beside { path: target, progress })
    };
    let mut found = Vec::new();
    // By all threads, and not so many at once that what is found beyond the last one would matter.
    let seen = files.chunks(AT_ONCE).flat_map(|files| {
        files.par_iter().filter_map(|file| Some((*file, look_at(file)?))).collect::<Vec<_>>()
    });
    for (file, seen) in seen {
        progress.check()?;
        let target = target_of(file);
        let folder = file.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut one = ForeignSignature {
            file: Untrusted::new(&file.name),
            kind: seen.kind,
            signer: seen.signer,
            covers: names(&seen.covers, target.map(|target| target.name.as_str())),
            state: seen.state,
            note: seen.note,
        };
        if let Covers::Listed(listed) = &seen.covers {
            (one.state, one.note) = compare(listed, folder, &here, known, progress)?;
        }
        found.push(one);
        if found.len() >= MAX_FOUND {
            break;
        }
    }
    progress.check()?;
    found.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(found)
}

/// What a single file is, when it is a foreign signature; nothing is compared with other files.
pub(super) fn recognise(path: &Path) -> Option<ForeignSignature> {
    let progress = Progress::default();
    let seen = look(path, &Beside { path: None, progress: &progress })?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let covers = names(&seen.covers, None);
    let Seen { kind, signer, state, note, .. } = seen;
    Some(ForeignSignature { file: name.into(), kind, signer, covers, state, note })
}

const NAMED: [&str; 14] = [
    "sig",
    "asc",
    "gpg",
    "pgp",
    "p7s",
    "p7m",
    "p7b",
    "cose",
    "cbor",
    "jws",
    "c2pa",
    "minisig",
    "sigstore",
    "signature",
];

fn is_named_like_one(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let extension = base.rsplit_once('.').map_or("", |(_, extension)| extension);
    NAMED.contains(&extension) || base.contains("sums") || base.ends_with(".sigstore.json")
}

/// By contents alone; a little is read of what cannot be one.
fn look(path: &Path, beside: &Beside<'_>) -> Option<Seen> {
    let metadata = std::fs::metadata(path).ok().filter(|metadata| metadata.is_file())?;
    let head = read_start(path, HEAD_BYTES).ok()?;
    if let Some(seen) = texts::c2pa(&head) {
        return Some(seen);
    }
    if metadata.len() > LIMIT_BYTES || !may_be_one(&head, metadata.len()) {
        return None;
    }
    let raw = if metadata.len() <= HEAD_BYTES { head } else { read_small(path, LIMIT_BYTES).ok()? };
    // Ours, or a claim in our own form.
    if Bundle::parse(&raw).is_ok() {
        return None;
    }
    recognise_bytes(&raw, beside)
}

fn may_be_one(head: &[u8], size: u64) -> bool {
    let text = head.trim_ascii_start();
    let begins = [b"{".as_slice(), b"-----BEGIN ", b"untrusted comment:", b"eyJ", b"SHA"];
    begins.iter().any(|begin| text.starts_with(begin))
        || cms::begins(head)
        || cose::begins(head)
        || texts::begins_packet(head)
        || texts::begins_list(text)
        || size <= HEAD_BYTES && texts::is_base64(text)
}

fn recognise_bytes(raw: &[u8], beside: &Beside<'_>) -> Option<Seen> {
    if raw.trim_ascii_start().starts_with(b"{") {
        return documents::recognise(raw);
    }
    cms::recognise(raw, beside)
        .or_else(|| cose::recognise(raw, beside))
        .or_else(|| documents::compact(raw))
        .or_else(|| texts::recognise(raw))
}

/// Whether a file holds a signature of another kind than OMS, by its contents.
pub fn is_foreign_signature(path: &Path) -> bool {
    recognise(path).is_some()
}

/// For fuzzing and property tests: what bytes are taken for, without a file.
#[doc(hidden)]
pub fn foreign_kind(raw: &[u8]) -> Option<ForeignKind> {
    recognise_bytes(raw, &Beside { path: None, progress: &Progress::default() }).map(|seen| seen.kind)
}

fn names(covers: &Covers, beside: Option<&str>) -> Vec<Untrusted> {
    let mut names: Vec<Untrusted> = match covers {
        Covers::Beside => beside.map(Untrusted::new).into_iter().collect(),
        Covers::Named(names) => names.clone(),
        Covers::NotTold => Vec::new(),
        Covers::Listed(listed) => listed.iter().map(|(name, _)| Untrusted::new(name)).collect(),
    };
    names.truncate(MAX_COVERED);
    names
}

/// The list's SHA-256 against the files.
fn compare(
    listed: &[(String, Vec<u8>)],
    folder: &str,
    here: &Files<'_>,
    known: &Known<'_>,
    progress: &Progress,
) -> Result<(ForeignState, Option<Untrusted>)> {
    let (mut matching, mut absent, mut differing) = (0_usize, 0_usize, Vec::new());
    let (mut jobs, mut meant) = (Vec::new(), Vec::new());
    for (name, expected) in listed.iter().take(MAX_COVERED) {
        let name = name.strip_prefix("./").unwrap_or(name);
        let full = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let Some(file) = here.get(full.as_str()).filter(|file| !file.is_link) else {
            absent += 1;
            continue;
        };
        match known.get(full.as_str()) {
            Some(digest) if *digest == expected.as_slice() => matching += 1,
            Some(_) => differing.push(full),
            None => {
                jobs.push(HashJob { path: file.path.clone(), size: file.size, range: None });
                meant.push((full, expected));
            }
        }
    }
    let (files, bytes) = (jobs.len() as u64, jobs.iter().map(|job| job.size).sum::<u64>());
    let so_far = progress.snapshot();
    progress.expect(so_far.files_total + files, so_far.bytes_total.saturating_add(bytes));
    for ((name, expected), found) in
        meant.into_iter().zip(hash_files(HashAlgorithm::Sha256, &jobs, progress)?)
    {
        match found {
            Ok(found) if found == *expected => matching += 1,
            Err(error) if error.code == Code::Cancelled => return Err(error),
            _ => differing.push(name),
        }
    }
    let gone = if absent > 0 { format!(", {absent} not here") } else { String::new() };
    Ok(match differing.first() {
        None if matching > 0 => {
            (ForeignState::Match, Some(Untrusted::new(format!("{matching} match{gone}"))))
        }
        None => {
            (ForeignState::Recognised, Some(Untrusted::new(format!("none of {absent} listed files is here"))))
        }
        Some(first) => {
            let told = format!("{matching} match, {} differ, first {first}{gone}", differing.len());
            (ForeignState::Mismatch, Some(Untrusted::new(told)))
        }
    })
}
