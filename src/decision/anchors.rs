//! The trust anchors of a policy, each named by the digest of the bytes that it was read from, so that the same ones
//! can be made again from kept bytes. It reads no file.

use crate::error::{Code, Error, Result};
use crate::signing::{
    Anchor, AnchorKind, Beyond, IdentityRule, KeyKind, RevocationList, Trust, TrustMoments,
};
use crate::store::EvidenceDigest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::inputs::{AnchorsSchema, bytes_of, digest_of};

/// The anchors of one policy, by the digests of their files. Kept as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnchorsDocument {
    /// `touchmark.anchors/1`.
    pub schema: AnchorsSchema,
    /// In the order in which the policy tries them.
    pub anchors: Vec<AnchorEntry>,
}

/// One file of an anchor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnchorEntry {
    /// The anchor's name in the policy.
    pub name: String,
    /// What it is.
    pub kind: AnchorKind,
    /// The file as the policy names it, or `embedded`.
    pub origin: String,
    /// When the material was made, as far as it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Timestamp>,
    /// SHA-256 of the file; none when it could not be read: nothing is trusted by it then.
    pub digest: Option<EvidenceDigest>,
    /// The revocation lists beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crls: Vec<CrlEntry>,
}

/// One file of revocation lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CrlEntry {
    /// The file as the policy names it.
    pub origin: String,
    /// SHA-256 of the file; none when it could not be read: the anchor is then not trusted.
    pub digest: Option<EvidenceDigest>,
}

/// A file that a policy names, as it was read.
pub struct AnchorFile {
    /// The anchor's name in the policy.
    pub name: String,
    /// What the policy says that it is.
    pub kind: AnchorKind,
    /// The file as the policy names it, or `embedded`.
    pub origin: String,
    /// When the material was made, as far as it tells.
    pub made: Option<Timestamp>,
    /// Its bytes.
    pub bytes: Result<Vec<u8>>,
    /// Files of revocation lists beside it.
    pub crls: Vec<(String, Result<Vec<u8>>)>,
}

/// The anchors as they are used. Whatever could not be read or parsed is not trusted.
#[derive(Clone)]
pub struct Anchors {
    document: AnchorsDocument,
    digest: EvidenceDigest,
    trust: Arc<Trust>,
    moments: Arc<TrustMoments>,
    bytes: BTreeMap<EvidenceDigest, Arc<[u8]>>,
}

impl Default for Anchors {
    fn default() -> Self {
        let document = AnchorsDocument { schema: AnchorsSchema::V1, anchors: Vec::new() };
        let trust = Trust { anchors: Vec::new(), identity: IdentityRule::Later };
        Anchors {
            digest: digest_of(&document).unwrap_or(EvidenceDigest([0; 32])),
            document,
            moments: Arc::new(TrustMoments::of(&trust)),
            trust: Arc::new(trust),
            bytes: BTreeMap::new(),
        }
    }
}

/// What one file came to: the anchor, or why nothing is trusted by it.
pub type Made = std::result::Result<Anchor, Error>;

impl Anchors {
    /// Anchors from the files of a policy, and what each came to.
    ///
    /// # Errors
    /// `E-TOO-LARGE`, `E-INTERNAL`.
    pub fn of(files: Vec<AnchorFile>) -> Result<(Self, Vec<Made>)> {
        let mut bytes: BTreeMap<EvidenceDigest, Arc<[u8]>> = BTreeMap::new();
        let (mut entries, mut faults) = (Vec::new(), Vec::new());
        for file in files {
            let AnchorFile { name: anchor, kind, origin, made, bytes: read, crls } = file;
            let mut fault = None;
            let mut name = |read: Result<Vec<u8>>| -> Result<Option<EvidenceDigest>> {
                match read {
                    Ok(read) => {
                        let digest = EvidenceDigest::of(&read)?;
                        bytes.insert(digest, read.into());
                        Ok(Some(digest))
                    }
                    Err(error) => {
                        fault.get_or_insert(error);
                        Ok(None)
                    }
                }
            };
            let digest = name(read)?;
            let crls = crls.into_iter().map(|(origin, read)| Ok(CrlEntry { origin, digest: name(read)? }));
            let crls = crls.collect::<Result<_>>()?;
            let made = made.map(crate::clock::whole_second);
            entries.push(AnchorEntry { name: anchor, kind, origin, made, digest, crls });
            faults.push(fault);
        }
        let document = AnchorsDocument { schema: AnchorsSchema::V1, anchors: entries };
        let (anchors, made) = Self::made(document, bytes)?;
        let told = |(made, fault): (Made, Option<Error>)| fault.map_or(made, Err);
        Ok((anchors, made.into_iter().zip(faults).map(told).collect()))
    }

    /// The same anchors again, from bytes that were kept under their digests.
    ///
    /// # Errors
    /// What `kept` gives; `E-EVIDENCE` naming what is not there.
    pub fn again(
        document: AnchorsDocument,
        kept: &dyn Fn(EvidenceDigest) -> Result<Option<Vec<u8>>>,
    ) -> Result<Self> {
        let mut bytes = BTreeMap::new();
        for entry in &document.anchors {
            for digest in entry.digest.iter().chain(entry.crls.iter().filter_map(|crl| crl.digest.as_ref())) {
                let read = kept(*digest)?.ok_or_else(|| {
                    Error::new(Code::Evidence, "the bytes of a trust anchor are not in this store")
                        .at(format!("{} ({digest})", entry.name))
                })?;
                bytes.insert(*digest, read.into());
            }
        }
        Ok(Self::made(document, bytes)?.0)
    }

    fn made(
        document: AnchorsDocument,
        bytes: BTreeMap<EvidenceDigest, Arc<[u8]>>,
    ) -> Result<(Self, Vec<Made>)> {
        let made: Vec<Made> = document.anchors.iter().map(|entry| anchor(entry, &bytes)).collect();
        let anchors = made.iter().filter_map(|made| made.as_ref().ok()).cloned().collect();
        let trust = Arc::new(Trust { anchors, identity: IdentityRule::Later });
        let moments = Arc::new(TrustMoments::of(&trust));
        Ok((Anchors { digest: digest_of(&document)?, document, trust, moments, bytes }, made))
    }

    /// What a verification is judged against.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// When a verification that is judged against them may come out differently by itself.
    pub fn moments(&self) -> &TrustMoments {
        &self.moments
    }

    /// The anchors by digest.
    pub fn document(&self) -> &AnchorsDocument {
        &self.document
    }

    /// The digest of [`Anchors::document`].
    pub fn digest(&self) -> EvidenceDigest {
        self.digest
    }

    /// The bytes to keep, so that the same anchors can be made again: of the document, and of every file.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub fn pieces(&self) -> Result<Vec<Arc<[u8]>>> {
        let mut pieces: Vec<Arc<[u8]>> = self.bytes.values().cloned().collect();
        pieces.push(bytes_of(&self.document)?.into());
        Ok(pieces)
    }

    /// The names of anchors that are not the same in both, or stand in another order.
    pub fn changed<'a>(&'a self, after: &'a Anchors) -> Vec<&'a AnchorEntry> {
        let (was, is) = (&self.document.anchors, &after.document.anchors);
        if was == is {
            return Vec::new();
        }
        let others = |ours: &'a [AnchorEntry], theirs: &'a [AnchorEntry]| {
            ours.iter().filter(|entry| !theirs.contains(entry)).collect::<Vec<_>>()
        };
        let changed = [others(was, is), others(is, was)].concat();
        // The first anchor that fits is used.
        if changed.is_empty() { is.iter().collect() } else { changed }
    }
}

fn anchor(entry: &AnchorEntry, bytes: &BTreeMap<EvidenceDigest, Arc<[u8]>>) -> Made {
    let unread =
        || Error::new(Code::Read, "the file of a trust anchor could not be read").at(entry.origin.as_str());
    let of =
        |digest: &Option<EvidenceDigest>| digest.and_then(|digest| bytes.get(&digest)).ok_or_else(unread);
    let read = of(&entry.digest)?;
    let (name, origin, made) = (entry.name.as_str(), entry.origin.as_str(), entry.made);
    let mut anchor = match entry.kind {
        // Whether such a key counts is for the policy, at each verification.
        AnchorKind::Key => Anchor::key_of(name, origin, read, made, Beyond::of(&KeyKind::ALL)),
        AnchorKind::Ca => Anchor::ca(name, origin, read, made),
        AnchorKind::Sigstore => Anchor::sigstore(name, origin, read, made),
        AnchorKind::Tsa => Anchor::tsa(name, origin, read, made),
    }?;
    for crl in &entry.crls {
        anchor.crls.extend(RevocationList::from_bytes(&crl.origin, of(&crl.digest)?)?);
    }
    Ok(anchor)
}
