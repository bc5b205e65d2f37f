//! What a signature is checked against. Anchors come from the caller, never from the artifact.

use crate::text::Untrusted;
use serde::{Deserialize, Serialize};

use super::keys::PublicKey;

/// A trust anchor's material.
#[derive(Debug, Clone)]
pub enum AnchorKind {
    /// One public key.
    Key(PublicKey),
    /// Certificates of authorities (or of a self-signed signer), DER.
    Ca(Vec<Vec<u8>>),
    /// A Sigstore `trusted_root.json`.
    Sigstore(String),
}

/// A trust anchor: its name, where it came from, its digest and its age.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// The name under which the policy or the command line knows it.
    pub name: String,
    /// The file it came from, or `embedded`.
    pub origin: String,
    /// SHA-256 over the file's bytes, hex.
    pub digest: String,
    /// When the material was made, as far as it tells: for a trusted root the release of the program that
    /// carries it, for a file its modification time. RFC 3339.
    pub made: Option<jiff::Timestamp>,
    /// What it is.
    pub kind: AnchorKind,
}

/// Which anchor answered for a signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorUse {
    /// The anchor's name.
    pub name: String,
    /// `key`, `ca` or `sigstore`.
    pub kind: String,
    /// The file it came from, or `embedded`.
    pub origin: String,
    /// SHA-256 over the file's bytes, hex.
    pub digest: String,
    /// Whole days between `made` and the time of verification.
    pub age_days: Option<i64>,
}

/// Whom the caller expects as the signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityRule {
    /// The anchor itself says it (a key, or a CA that signs for one purpose): any signer under it will do.
    AnchorDecides,
    /// Exactly this subject and, where given, this issuer.
    Exact {
        /// The subject, byte for byte.
        subject: Untrusted,
        /// The issuer, byte for byte.
        issuer: Option<Untrusted>,
    },
    /// A policy will decide afterwards: the IDENTITY check is left `unknown`.
    Later,
}

/// Everything that the caller trusts for one verification.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The anchors; the first that answers for the signer is used.
    pub anchors: Vec<Anchor>,
    /// Whom the caller expects.
    pub identity: IdentityRule,
}
