//! Sigstore bundles as OMS uses them (OMS v1.0, 4): an own tolerant parser with limits, because the
//! bundles that exist (`keyid: null`, chains under v0.3) are refused by the Sigstore crates.

use crate::error::{Code, Error, Result};
use std::path::Path;

use super::dsse::Envelope;
use super::identity::Method;

/// A bundle larger than this is refused before it is read into memory.
pub const LIMIT_BUNDLE_BYTES: u64 = 256 * 1024 * 1024;

/// The verification material of a bundle. Hints only: nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// A bare key: the hint that names it (none in bundles that carry `rawBytes` instead).
    Key {
        /// Hex SHA-256 over the PEM text of the public key.
        hint: Option<String>,
        /// The key that old bundles carry: attacker's data, for display only.
        raw_bytes: Option<Vec<u8>>,
    },
    /// A certificate chain, leaf first, DER.
    Certificate {
        /// The certificates.
        chain: Vec<Vec<u8>>,
    },
    /// A Fulcio leaf with a transparency log entry, DER.
    Sigstore {
        /// The leaf.
        leaf: Vec<u8>,
    },
}

/// A parsed bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// As written.
    pub media_type: String,
    /// Key, chain or Fulcio leaf.
    pub material: Material,
    /// The envelope.
    pub envelope: Envelope,
    /// Number of transparency log entries.
    pub log_entries: usize,
    /// Number of RFC 3161 timestamps.
    pub timestamps: usize,
    /// The whole document, for the Sigstore verifier.
    pub raw: Vec<u8>,
    /// SHA-256 over `raw`, hex.
    pub digest: String,
}

impl Bundle {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED` with the field.
    pub fn read(path: &Path) -> Result<Self> {
        let _ = path;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// Parses a document: no duplicate keys, bounded depth, canonical base64, exactly one signature.
    ///
    /// # Errors
    /// `E-MALFORMED` with the field, `E-TOO-LARGE`.
    pub fn parse(raw: &[u8]) -> Result<Self> {
        let _ = raw;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// How it was signed, told from the material.
    pub fn method(&self) -> Method {
        match self.material {
            Material::Key { .. } => Method::Key,
            Material::Certificate { .. } => Method::Certificate,
            Material::Sigstore { .. } => Method::Sigstore,
        }
    }

    /// The document to write for a key or certificate signature, pretty JSON with a trailing line feed.
    ///
    /// # Errors
    /// `E-INTERNAL` when it cannot be JSON.
    pub fn to_json(material: &Material, envelope: &Envelope) -> Result<Vec<u8>> {
        let _ = (material, envelope);
        Err(Error::new(Code::Internal, "skeleton"))
    }
}
