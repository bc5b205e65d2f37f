//! The name of a piece of evidence: the SHA-256 of its bytes. It must not know what the bytes say.

use crate::error::{Code, Error, Result};
use aws_lc_rs::digest::{SHA256, digest};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The most bytes of one piece of evidence: 64 MiB, as for an entry of a ledger that is imported.
pub const LIMIT_EVIDENCE_BYTES: usize = 64 * 1024 * 1024;

/// SHA-256 of a piece of evidence.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceDigest(pub [u8; 32]);

impl EvidenceDigest {
    /// The digest of bytes.
    ///
    /// # Errors
    /// `E-TOO-LARGE` when there are more than [`LIMIT_EVIDENCE_BYTES`].
    pub fn of(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > LIMIT_EVIDENCE_BYTES {
            return Err(Error::new(
                Code::TooLarge,
                format!("evidence of more than {LIMIT_EVIDENCE_BYTES} bytes"),
            ));
        }
        let mut sum = [0; 32];
        sum.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Ok(EvidenceDigest(sum))
    }

    /// The bytes, when they are those of this digest; for a backend that reads them back.
    ///
    /// # Errors
    /// `E-STORE` when they are others.
    pub fn check(self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        if EvidenceDigest::of(&bytes).is_ok_and(|found| found == self) {
            Ok(bytes)
        } else {
            Err(self.changed())
        }
    }

    /// What was kept under this digest is something else now.
    pub fn changed(self) -> Error {
        Error::new(Code::Store, "this evidence was changed: it does not match its digest")
            .at(format!("evidence {self}"))
            .help("verify the model again to record its evidence anew")
    }
}

impl fmt::Display for EvidenceDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for EvidenceDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvidenceDigest({self})")
    }
}

impl Serialize for EvidenceDigest {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EvidenceDigest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|error: Error| serde::de::Error::custom(error.what))
    }
}

impl JsonSchema for EvidenceDigest {
    fn schema_name() -> Cow<'static, str> {
        "EvidenceDigest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
    }
}

impl FromStr for EvidenceDigest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut bytes = [0; 32];
        let lower = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !lower || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err(Error::new(
                Code::Malformed,
                "not a digest of evidence: 64 lower-case hexadecimal digits",
            ));
        }
        Ok(EvidenceDigest(bytes))
    }
}
