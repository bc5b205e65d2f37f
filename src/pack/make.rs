//! A pack as it is made: members by name, what is left out of it, and the file. Where the members come from is not known
//! here.

use crate::error::{Code, Error, Result};
use crate::store::EvidenceDigest;
use crate::text::{nearest, screen};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Result as IoResult, Write};
use std::sync::Arc;

use super::manifest::{
    KINDS, MANIFEST, ManifestSchema, MemberKind, PackManifest, PackMember, PackedModel, SIGNATURE,
};
use super::zip::{LIMIT_MEMBER_BYTES, LIMIT_MEMBERS, LIMIT_PACK_BYTES, write};

/// A member, and its digest.
#[derive(Debug, Clone)]
struct Part {
    kind: MemberKind,
    sha256: EvidenceDigest,
    bytes: Arc<[u8]>,
}

/// The members of a pack, as they are gathered.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    /// The models that it is about, by id.
    pub models: Vec<PackedModel>,
    parts: BTreeMap<String, Part>,
    bytes: u64,
}

impl Pack {
    /// Adds a member; `name` is its name below the folder of its kind, where it is not called by its digest. A member that
    /// is there already stays.
    ///
    /// # Errors
    /// `E-TOO-LARGE`.
    pub fn add(&mut self, kind: MemberKind, name: &str, bytes: impl Into<Arc<[u8]>>) -> Result<String> {
        let bytes: Arc<[u8]> = bytes.into();
        let sha256 = EvidenceDigest::of(&bytes)?;
        let name = kind.name(sha256, name);
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if !self.parts.contains_key(&name) {
            self.bytes = self.bytes.saturating_add(size);
        }
        if size > LIMIT_MEMBER_BYTES
            || self.bytes > LIMIT_PACK_BYTES / 2
            || self.parts.len() + 3 > LIMIT_MEMBERS
        {
            return Err(Error::new(Code::TooLarge, "the pack would be larger than a pack may be")
                .at(name)
                .help("name fewer models: several packs can stand side by side"));
        }
        self.parts.entry(name.clone()).or_insert(Part { kind, sha256, bytes });
        Ok(name)
    }

    /// Whether it has a member of a kind whose members are called by their digest.
    pub fn holds(&self, kind: MemberKind, digest: EvidenceDigest) -> bool {
        self.parts.contains_key(&kind.name(digest, ""))
    }

    /// The pack with its manifest. `left_out` names kinds or members of which only the digest goes into it.
    ///
    /// # Errors
    /// `E-USAGE` for a word that names nothing in it; `E-INTERNAL`.
    pub fn finished(
        self,
        (at, stage): (Timestamp, &str),
        program: &str,
        left_out: &[String],
    ) -> Result<FinishedPack> {
        let left_out = self.left_out(left_out)?;
        let member = |(name, part): (&String, &Part)| PackMember {
            name: name.clone(),
            kind: part.kind,
            sha256: part.sha256,
            bytes: u64::try_from(part.bytes.len()).unwrap_or(u64::MAX),
            redacted: left_out.contains(name),
        };
        let manifest = PackManifest {
            schema: ManifestSchema::V1,
            program: program.to_owned(),
            at,
            stage: stage.to_owned(),
            members: self.parts.iter().map(member).collect(),
            models: self.models,
        };
        let kept = self.parts.into_iter().filter(|(name, _)| !left_out.contains(name));
        let mut members: BTreeMap<String, Arc<[u8]>> = kept.map(|(name, part)| (name, part.bytes)).collect();
        let bytes = manifest.bytes()?;
        let digest = EvidenceDigest::of(&bytes)?;
        members.insert(MANIFEST.to_owned(), bytes.into());
        Ok(FinishedPack { manifest, digest, members })
    }

    fn left_out(&self, words: &[String]) -> Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for word in words {
            let kind = MemberKind::of_word(word);
            let of = self.parts.iter().filter(|(name, part)| Some(part.kind) == kind || *name == word);
            let before = names.len();
            names.extend(of.map(|(name, _)| name.clone()));
            // A kind that is known may have no member; a name has to be one.
            if kind.is_none() && names.len() == before && !self.parts.contains_key(word) {
                return Err(self.unknown(word));
            }
        }
        Ok(names)
    }

    fn unknown(&self, word: &str) -> Error {
        let kinds = KINDS.iter().map(|row| row.word);
        let known: Vec<&str> = kinds.clone().chain(self.parts.keys().map(String::as_str)).collect();
        let error = Error::new(Code::Usage, "--redact names no kind of member, and no member").at(word);
        error.help(match nearest(word, &known) {
            Some(near) => format!("did you mean `{}`?", screen(near)),
            None => format!("kinds are: {}", kinds.collect::<Vec<_>>().join(", ")),
        })
    }
}

/// A pack that only lacks its signature.
#[derive(Debug, Clone)]
pub struct FinishedPack {
    /// What is in it.
    pub manifest: PackManifest,
    /// The digest of the manifest.
    pub digest: EvidenceDigest,
    members: BTreeMap<String, Arc<[u8]>>,
}

impl FinishedPack {
    /// Adds the signature of the manifest.
    pub fn sign(&mut self, bundle: Vec<u8>) {
        self.members.insert(SIGNATURE.to_owned(), bundle.into());
    }

    /// Writes it.
    ///
    /// # Errors
    /// What writing gives.
    pub fn write(&self, out: &mut dyn Write) -> IoResult<()> {
        let mut out = BufWriter::new(out);
        write(&self.members, &mut out)?;
        out.flush()
    }
}
