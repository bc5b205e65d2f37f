//! Signatures of other kinds than OMS that lie in a model's folder: recognised by what they hold, named and
//! explained. None of them ever lets a check pass: a key that a file brings itself proves nothing about who
//! signed, and most of these cover one file, not a model. It knows no anchor and no policy.

mod cms;
mod cose;
mod documents;
mod jsf;
mod schemes;
mod texts;

pub use jsf::{JsonSignature, signatures as json_signatures};

use crate::bundle::document::Bundle;
use crate::disk::read_small;
use crate::error::{Code, Result};
use crate::hashing::files::{HashAlgorithm, HashJob, hash_files};
use crate::progress::Progress;
use crate::text::Untrusted;
use crate::verify::survey::{self, Survey};
use aws_lc_rs::digest;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A file larger than this is no signature that is read here.
const LIMIT_BYTES: u64 = 4 * 1024 * 1024;
const HEAD_BYTES: u64 = 1024;
/// Files whose beginning is looked at; those named like signatures come first.
const MAX_LOOKS: usize = 4_000;
const AT_ONCE: usize = 256;
/// Findings of one model.
const MAX_FOUND: usize = 100;
/// Names that one finding lists as covered, and shows in a line.
const MAX_COVERED: usize = 10_000;
const SHOWN_COVERED: usize = 3;

/// What it is, by its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForeignKind {
    /// CMS signed data (RFC 5652), also known as PKCS#7.
    Cms,
    /// COSE_Sign1 or COSE_Sign (RFC 9052).
    Cose,
    /// Notary Project, as JWS or COSE.
    Notation,
    /// JSON Web Signature (RFC 7515).
    Jws,
    /// JSON Signature Format, as in CycloneDX.
    Jsf,
    /// What cosign wrote before bundles.
    Cosign,
    /// A Sigstore bundle over one file's bytes.
    SigstoreBlob,
    /// A DSSE envelope without a bundle around it.
    Dsse,
    /// A C2PA manifest (JUMBF), or one written as JSON.
    C2pa,
    /// OpenPGP (GnuPG).
    OpenPgp,
    /// minisign or signify.
    Minisign,
    /// OpenSSH.
    Ssh,
    /// A list of checksums: no signature.
    Checksums,
}

impl ForeignKind {
    /// The field's own words.
    pub fn words(self) -> &'static str {
        match self {
            ForeignKind::Cms => "PKCS#7 (CMS) signature",
            ForeignKind::Cose => "COSE signature",
            ForeignKind::Notation => "Notary Project signature",
            ForeignKind::Jws => "JSON Web Signature",
            ForeignKind::Jsf => "JSON Signature Format (JSF) signature",
            ForeignKind::Cosign => "cosign signature",
            ForeignKind::SigstoreBlob => "Sigstore bundle over one file",
            ForeignKind::Dsse => "DSSE envelope",
            ForeignKind::C2pa => "C2PA manifest",
            ForeignKind::OpenPgp => "OpenPGP signature",
            ForeignKind::Minisign => "minisign signature",
            ForeignKind::Ssh => "OpenSSH signature",
            ForeignKind::Checksums => "list of checksums, which is no signature",
        }
    }
}

/// How far it could be looked into. None of these is trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForeignState {
    /// Known by its form; nothing of it was verified.
    Recognised,
    /// The signature fits what it covers, by the key that it brings itself. That key is not trusted.
    FitsOwnKey,
    /// The signature does not fit what it covers.
    DoesNotFit,
    /// The checksums are those of the files; anybody can write them.
    Match,
    /// Some checksums are not those of the files.
    Mismatch,
    /// It begins like one of its kind and cannot be read.
    Malformed,
}

impl ForeignState {
    /// For a line.
    pub fn words(self) -> &'static str {
        match self {
            ForeignState::Recognised => "recognised, not verified",
            ForeignState::FitsOwnKey => "fits the key that it brings itself, which is not trusted",
            ForeignState::DoesNotFit => "does NOT fit what it covers",
            ForeignState::Match => "the files match, but nobody signed the list",
            ForeignState::Mismatch => "files do NOT match the list",
            ForeignState::Malformed => "malformed",
        }
    }
}

/// A signature (or list of checksums) that is not an OMS one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignSignature {
    /// The file that holds it, as named in the model's folder.
    pub file: Untrusted,
    /// What it is.
    pub kind: ForeignKind,
    /// Who signed, as it says itself.
    pub signer: Option<Untrusted>,
    /// The files (or what else) it speaks of; empty when it does not tell.
    pub covers: Vec<Untrusted>,
    /// How far it could be looked into.
    pub state: ForeignState,
    /// More about the state.
    pub note: Option<Untrusted>,
}

impl ForeignSignature {
    /// How an OMS signature is added beside it.
    pub const ADD_OMS: &'static str = "Keep it, and add an OMS signature beside it, which covers every file: \
        touchmark sign key MODEL --private-key KEY.pem";

    /// One line: file, kind, signer, coverage, state.
    pub fn line(&self) -> Untrusted {
        let mut line = format!("{}: {}", self.file.raw(), self.kind.words());
        if let Some(signer) = &self.signer {
            line.push_str(&format!(", claimed signer {}", signer.raw()));
        }
        let names: Vec<&str> = self.covers.iter().take(SHOWN_COVERED).map(Untrusted::raw).collect();
        if !names.is_empty() {
            let more = self.covers.len().saturating_sub(SHOWN_COVERED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            line.push_str(&format!(", over {}{more}", names.join(", ")));
        }
        line.push_str(&format!("; {}", self.state.words()));
        if let Some(note) = &self.note {
            line.push_str(&format!(" ({})", note.raw()));
        }
        Untrusted::new(line)
    }
}

/// What the bytes of one file turned out to be.
struct Seen {
    kind: ForeignKind,
    signer: Option<Untrusted>,
    covers: Covers,
    state: ForeignState,
    note: Option<Untrusted>,
}

enum Covers {
    /// The file beside it whose name is its own without the last extension.
    Beside,
    /// Named by itself.
    Named(Vec<Untrusted>),
    /// SHA-256 by name, to be compared.
    Listed(Vec<(String, Vec<u8>)>),
    NotTold,
}

impl Seen {
    fn new(kind: ForeignKind, covers: Covers) -> Self {
        Seen { kind, signer: None, covers, state: ForeignState::Recognised, note: None }
    }

    fn malformed(kind: ForeignKind, why: impl Into<Untrusted>) -> Self {
        Seen { state: ForeignState::Malformed, note: Some(why.into()), ..Seen::new(kind, Covers::Beside) }
    }

    fn signer(mut self, signer: Option<Untrusted>) -> Self {
        self.signer = signer;
        self
    }

    fn note(mut self, note: impl Into<Untrusted>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Takes the word of a signature's own key.
    fn judged(mut self, fits: Option<bool>) -> Self {
        match fits {
            Some(true) => self.state = ForeignState::FitsOwnKey,
            Some(false) => self.state = ForeignState::DoesNotFit,
            None => {}
        }
        self
    }
}

/// The file that a detached signature is about, hashed when a kind asks for it.
struct Beside<'a> {
    path: Option<&'a Path>,
    progress: &'a Progress,
}

impl Beside<'_> {
    fn digest(&self, algorithm: &'static digest::Algorithm) -> Option<Vec<u8>> {
        let path = self.path?;
        if !std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file()) {
            return None;
        }
        let mut file = File::open(path).ok()?;
        let mut context = digest::Context::new(algorithm);
        let mut buffer = vec![0; 1 << 20];
        loop {
            self.progress.check().ok()?;
            match file.read(&mut buffer).ok()? {
                0 => return Some(context.finish().as_ref().to_vec()),
                read => context.update(buffer.get(..read)?),
            }
        }
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        read_small(self.path?, LIMIT_BYTES).ok()
    }
}

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
    let mut head = Vec::with_capacity(HEAD_BYTES as usize + 1);
    File::open(path).ok()?.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
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
