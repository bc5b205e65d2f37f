//! What was signed or digested, what a key or a file holds, as documents.

use super::names;
use crate::signing::{Identity, Inspection, LogEntry, RootDigest, Signed};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// The root digest of a model, as a signature would state it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DigestDocument<'a> {
    /// The document's name.
    pub schema: names::Digest,
    /// What was digested.
    #[serde(flatten)]
    pub digested: SignedBody<'a>,
}

/// A model that was signed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SignedDocument<'a> {
    /// The document's name.
    pub schema: names::Signed,
    /// What was signed.
    #[serde(flatten)]
    pub signed: SignedBody<'a>,
    /// What a timestamp authority said, where one was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<TimestampDocument<'a>>,
    /// In whose name, where an identity signed.
    #[serde(flatten)]
    pub keyless: Option<KeylessDocument<'a>>,
}

/// What was signed or digested.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SignedBody<'a> {
    /// The model's root digest.
    pub root_digest: RootDigest,
    /// Number of files or shards.
    pub resources: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Where the bundle is, or would be.
    pub signature: Cow<'a, str>,
    /// Files that are signatures and claims by their names: not signed, and recorded as left out.
    pub left_out: &'a [String],
}

impl<'a> From<&'a Signed> for SignedBody<'a> {
    fn from(signed: &'a Signed) -> Self {
        SignedBody {
            root_digest: signed.root_digest,
            resources: signed.resources,
            bytes: signed.bytes,
            signature: signed.signature.to_string_lossy(),
            left_out: &signed.left_out,
        }
    }
}

/// What a timestamp authority said.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TimestampDocument<'a> {
    /// When it was signed.
    pub at: Timestamp,
    /// Who says so.
    pub authority: &'a Untrusted,
    /// Whether that was checked against an authority that is trusted.
    pub trusted: bool,
}

/// In whose name a model was signed, and what the log says.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeylessDocument<'a> {
    /// In whose name, as the certificate says.
    pub signer: &'a Identity,
    /// The log entry.
    pub log: Option<&'a LogEntry>,
    /// When, as the log or the timestamp authority says.
    pub signed_at: Option<Timestamp>,
}

/// A key pair that was made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeyGeneratedDocument<'a> {
    /// The document's name.
    pub schema: names::KeyGenerated,
    /// The private key's file.
    pub private_key: Cow<'a, str>,
    /// The public key's file.
    pub public_key: Cow<'a, str>,
    /// The curve.
    pub curve: &'a str,
    /// Whether the private key is encrypted.
    pub encrypted: bool,
    /// `sha256:` and SHA-256 over the public key in DER, hex.
    pub fingerprint: &'a str,
}

/// The key in a file; never a secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeyDocument<'a> {
    /// The document's name.
    pub schema: names::Key,
    /// Whether it is a private key.
    pub private: bool,
    /// How it is encrypted; none when it is not.
    pub encryption: Option<&'a str>,
    /// The curve; none when the key cannot be read without its password.
    pub curve: Option<&'a str>,
    /// `sha256:` and SHA-256 over the public key in DER, hex.
    pub fingerprint: Option<String>,
    /// The key hint that bundles give.
    pub hint: Option<String>,
}

/// What a file holds; none of it is trusted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct InspectionDocument {
    /// The document's name.
    pub schema: names::Inspection,
    /// What it is, in words.
    pub kind: String,
    /// Label and value, in order; labels are indented by two spaces a level.
    pub fields: Vec<(String, Untrusted)>,
}

impl From<Inspection> for InspectionDocument {
    fn from(inspection: Inspection) -> Self {
        let Inspection { kind, fields } = inspection;
        InspectionDocument { schema: names::Inspection, kind, fields }
    }
}
