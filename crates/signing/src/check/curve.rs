//! The curves of OMS, by name. What is computed on them stands with the keys.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The curves of OMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Curve {
    /// NIST P-256, signed with SHA-256.
    P256,
    /// NIST P-384, signed with SHA-384.
    P384,
    /// NIST P-521, signed with SHA-512.
    P521,
}

impl Curve {
    /// All of them.
    pub const ALL: [Curve; 3] = [Curve::P256, Curve::P384, Curve::P521];

    /// The usual name, for example `P-256`.
    pub fn as_str(self) -> &'static str {
        match self {
            Curve::P256 => "P-256",
            Curve::P384 => "P-384",
            Curve::P521 => "P-521",
        }
    }

    /// Its object identifier.
    pub(crate) fn oid(self) -> &'static str {
        match self {
            Curve::P256 => "1.2.840.10045.3.1.7",
            Curve::P384 => "1.3.132.0.34",
            Curve::P521 => "1.3.132.0.35",
        }
    }

    /// How documents spell it, for example `p256`.
    pub fn key(self) -> &'static str {
        match self {
            Curve::P256 => "p256",
            Curve::P384 => "p384",
            Curve::P521 => "p521",
        }
    }
}

/// Kinds of keys that sign models: those on the curves of OMS v1.0, and those of other tools, which verify only where
/// the caller lists them, and which nothing here signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// NIST P-256, signed with SHA-256.
    P256,
    /// NIST P-384, signed with SHA-384.
    P384,
    /// NIST P-521, signed with SHA-512.
    P521,
    /// RSA of 2048 to 8192 bits: beyond OMS v1.0.
    Rsa,
    /// Ed25519: beyond OMS v1.0.
    Ed25519,
}

/// Kinds of keys beyond OMS v1.0 that count for a caller: none, unless it lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beyond {
    rsa: bool,
    ed25519: bool,
}

impl Beyond {
    /// Those in a list of all that is allowed.
    pub fn of(allowed: &[KeyKind]) -> Self {
        Beyond { rsa: allowed.contains(&KeyKind::Rsa), ed25519: allowed.contains(&KeyKind::Ed25519) }
    }

    /// Whether a kind counts: those of OMS do in any case.
    pub fn counts(self, kind: KeyKind) -> bool {
        match kind {
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => true,
            KeyKind::Rsa => self.rsa,
            KeyKind::Ed25519 => self.ed25519,
        }
    }
}

impl From<Curve> for KeyKind {
    fn from(curve: Curve) -> Self {
        match curve {
            Curve::P256 => KeyKind::P256,
            Curve::P384 => KeyKind::P384,
            Curve::P521 => KeyKind::P521,
        }
    }
}

impl KeyKind {
    /// Those of OMS v1.0.
    pub const OMS: [KeyKind; 3] = [KeyKind::P256, KeyKind::P384, KeyKind::P521];

    /// All of them.
    pub const ALL: [KeyKind; 5] =
        [KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::Rsa, KeyKind::Ed25519];

    /// The curve of OMS; none for a kind beyond it.
    pub fn curve(self) -> Option<Curve> {
        Curve::ALL.into_iter().find(|curve| KeyKind::from(*curve) == self)
    }

    /// The usual name, for example `P-256`.
    pub fn as_str(self) -> &'static str {
        match (self, self.curve()) {
            (_, Some(curve)) => curve.as_str(),
            (KeyKind::Ed25519, None) => "Ed25519",
            (_, None) => "RSA",
        }
    }

    /// How documents spell it, for example `p256`.
    pub fn key(self) -> &'static str {
        match (self, self.curve()) {
            (_, Some(curve)) => curve.key(),
            (KeyKind::Ed25519, None) => "ed25519",
            (_, None) => "rsa",
        }
    }
}
