//! The OMS manifest: resources with digests, how they were serialised, the root digest, and the in-toto
//! statement around them (OMS v1.0, 5 and 6).

use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

use super::hashing::HashAlgorithm;

/// `payloadType` of every envelope.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// `_type` of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// `predicateType` of OMS v1.0.
pub const PREDICATE_TYPE: &str = "https://model_signing/signature/v1.0";
/// `predicateType` that the reference's version 0.2.0 wrote.
pub const PREDICATE_TYPE_V02: &str = "https://model_signing/Digests/v0.1";

/// SHA-256 over the concatenated raw resource digests (OMS v1.0, 6.5.1). It names a model's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootDigest(pub [u8; 32]);

impl fmt::Display for RootDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for RootDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootDigest({self})")
    }
}

impl FromStr for RootDigest {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let mut bytes = [0; 32];
        let lower = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !lower || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err(Error::new(Code::Malformed, "not a root digest: 64 lower-case hexadecimal digits"));
        }
        Ok(RootDigest(bytes))
    }
}

impl Serialize for RootDigest {
    fn serialize<S: serde::Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RootDigest {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(|e: Error| serde::de::Error::custom(e.what))
    }
}

/// One signed file or shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// As stored: a canonical path, for a shard `path:start:end`, or `.` for a single file (reference up to 1.1.1).
    pub name: String,
    /// Raw digest.
    pub digest: Vec<u8>,
}

/// How the manifest was made (OMS v1.0, 5.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serialization {
    /// Recorded hash.
    pub hash: HashAlgorithm,
    /// Recorded symlink policy.
    pub allow_symlinks: bool,
    /// Shard size in bytes for method `shards`, none for method `files`.
    pub shard_size: Option<u64>,
    /// Recorded ignores, model-relative.
    pub ignore_paths: Vec<String>,
}

/// A manifest: resources in the order in which they are stored, never re-sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The resources.
    pub resources: Vec<Resource>,
    /// How they were made.
    pub serialization: Serialization,
}

/// A parsed in-toto statement that holds a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Informative name of the subject.
    pub subject_name: Untrusted,
    /// The subject's digest; none in bundles of version 0.2.0, whose subjects are the files.
    pub subject_digest: Option<RootDigest>,
    /// The manifest.
    pub manifest: Manifest,
    /// Whether it is a bundle of the reference's version 0.2.0.
    pub legacy: bool,
}

impl Manifest {
    /// The root digest over the resources as stored.
    pub fn root_digest(&self) -> RootDigest {
        RootDigest([0; 32])
    }
}

impl Statement {
    /// Parses a payload strictly: exact types, one subject, no duplicate keys or names, canonical names,
    /// lower-case hex of the right length, limits on count and depth (rulings 10). A difference between the
    /// subject digest and the recomputed root digest is left to the SUBJECT check.
    ///
    /// # Errors
    /// `E-MALFORMED` with the field, `E-TOO-LARGE`.
    pub fn parse(payload: &[u8]) -> Result<Self> {
        let _ = payload;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// The payload to sign: compact JSON with the keys in the order of the specification.
    ///
    /// # Errors
    /// `E-INTERNAL` when it cannot be JSON.
    pub fn to_payload(subject_name: &str, manifest: &Manifest) -> Result<Vec<u8>> {
        let _ = (subject_name, manifest);
        Err(Error::new(Code::Internal, "skeleton"))
    }
}
