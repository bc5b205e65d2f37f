//! Snapshots and how they differ, as documents.

use super::names;
use crate::signing::{Identity, Outcome};
use crate::snapshot::{About, Diff, Entry};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// A snapshot that was taken.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SnapshotTakenDocument<'a> {
    /// The document's name.
    pub schema: names::SnapshotTaken,
    /// Its file; none when it was not written.
    pub file: Option<Cow<'a, str>>,
    /// How many models it holds.
    pub models: u64,
    /// Its digest.
    pub digest: &'a str,
}

/// Whether a snapshot is as it was written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SnapshotVerifyDocument<'a> {
    /// The document's name.
    pub schema: names::SnapshotVerify,
    /// `pass` when its digest fits its content and a signature beside it counts or is not there, `unknown` when nobody
    /// who is trusted vouches for the signature, else `fail`.
    pub outcome: Outcome,
    /// When it was taken, as it says.
    pub at: Timestamp,
    /// What it says of the whole.
    pub about: &'a About,
    /// How many models it holds; none when its digest does not fit.
    pub models: Option<u64>,
    /// Its digest; none when it does not fit.
    pub digest: Option<&'a str>,
    /// The signature beside it; none when there is none.
    pub signature: Option<SnapshotSignatureDocument<'a>>,
}

/// The signature of a snapshot.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SnapshotSignatureDocument<'a> {
    /// Its file.
    pub file: Cow<'a, str>,
    /// `pass` when it is about this snapshot and counts, `fail` when it does not hold or is about another, `unknown`
    /// when nobody who is trusted vouches for it.
    pub outcome: Outcome,
    /// Who signed, as the bundle says.
    pub signer: Option<&'a Identity>,
    /// When somebody else than the signer says that it was signed.
    pub signed_at: Option<Timestamp>,
}

/// A snapshot that was signed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SnapshotSignedDocument<'a> {
    /// The document's name.
    pub schema: names::SnapshotSigned,
    /// The snapshot.
    pub file: Cow<'a, str>,
    /// Its digest.
    pub digest: &'a str,
    /// The file of the signature.
    pub signature: Cow<'a, str>,
    /// Who signed.
    pub signer: &'a Untrusted,
    /// When somebody else than the signer says that it was signed.
    pub signed_at: Option<Timestamp>,
}

/// How two snapshots differ.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DiffDocument<'a> {
    /// The document's name.
    pub schema: names::Diff,
    /// Whether nothing of what is known or concluded changed.
    pub same: bool,
    /// What differs.
    pub diff: &'a Diff,
}

impl<'a> From<&'a Diff> for DiffDocument<'a> {
    fn from(diff: &'a Diff) -> Self {
        DiffDocument { schema: names::Diff, same: diff.is_same(), diff }
    }
}

/// The file of a snapshot: one line of canonical JSON (RFC 8785), which only Touchmark may write.
// It is written and read model by model, in the room `snapshot`; this only says what is in it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SnapshotFile {
    /// When it was taken. The digest does not cover it.
    pub at: Timestamp,
    /// What the digest covers.
    pub content: SnapshotContent,
    /// SHA-256 over the bytes of `content`, hex.
    pub digest: String,
    /// The document's name.
    pub schema: names::Snapshot,
}

/// What a snapshot holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SnapshotContent {
    /// What is said of the whole.
    pub about: About,
    /// The models, by id.
    pub models: Vec<Entry>,
}
