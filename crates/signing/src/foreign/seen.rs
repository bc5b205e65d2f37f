//! What a signature of another kind turned out to be, and what it speaks of.

use crate::disk::{self, read_small};
use crate::progress::Progress;
use crate::text::Untrusted;
use aws_lc_rs::digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::Path;

pub use crate::check::other::ForeignKind;

/// A file larger than this is no signature that is read here.
pub(crate) const LIMIT_BYTES: u64 = 4 * 1024 * 1024;

const SHOWN_COVERED: usize = 3;

/// How far it could be looked into. None of these is trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
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
            ForeignState::Match => "the files match, but the list is not signed",
            ForeignState::Mismatch => "files do NOT match the list",
            ForeignState::Malformed => "malformed",
        }
    }
}

/// A signature (or list of checksums) that is not an OMS one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
pub(crate) struct Seen {
    pub(crate) kind: ForeignKind,
    pub(crate) signer: Option<Untrusted>,
    pub(crate) covers: Covers,
    pub(crate) state: ForeignState,
    pub(crate) note: Option<Untrusted>,
}

pub(crate) enum Covers {
    /// The file beside it whose name is its own without the last extension.
    Beside,
    /// Named by itself.
    Named(Vec<Untrusted>),
    /// SHA-256 by name, to be compared.
    Listed(Vec<(String, Vec<u8>)>),
    NotTold,
}

impl Seen {
    pub(crate) fn new(kind: ForeignKind, covers: Covers) -> Self {
        Seen { kind, signer: None, covers, state: ForeignState::Recognised, note: None }
    }

    pub(crate) fn malformed(kind: ForeignKind, why: impl Into<Untrusted>) -> Self {
        Seen { state: ForeignState::Malformed, note: Some(why.into()), ..Seen::new(kind, Covers::Beside) }
    }

    pub(crate) fn signer(mut self, signer: Option<Untrusted>) -> Self {
        self.signer = signer;
        self
    }

    pub(crate) fn note(mut self, note: impl Into<Untrusted>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Takes the word of a signature's own key.
    pub(crate) fn judged(mut self, fits: Option<bool>) -> Self {
        match fits {
            Some(true) => self.state = ForeignState::FitsOwnKey,
            Some(false) => self.state = ForeignState::DoesNotFit,
            None => {}
        }
        self
    }
}

/// The file that a detached signature is about, hashed when a kind asks for it.
pub(crate) struct Beside<'a> {
    pub(super) path: Option<&'a Path>,
    pub(super) progress: &'a Progress,
}

impl Beside<'_> {
    pub(crate) fn digest(&self, algorithm: &'static digest::Algorithm) -> Option<Vec<u8>> {
        let path = self.path?;
        if !std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file()) {
            return None;
        }
        let (mut file, _) = disk::open(path).ok()?;
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

    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        read_small(self.path?, LIMIT_BYTES).ok()
    }
}
