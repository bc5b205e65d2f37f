//! The stages of a verification.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The stages of a verification, in the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Stage {
    /// The bundle can be read.
    Parse,
    /// How it was signed: key, certificate or Sigstore.
    Method,
    /// A trust anchor vouches for the signer.
    Trust,
    /// The signature fits the signed bytes.
    Signature,
    /// The certificates lead to the anchor.
    Chain,
    /// When it was signed, and who says so.
    Time,
    /// The transparency log holds the signature.
    Log,
    /// The signer is who was expected.
    Identity,
    /// The signed statement is an OMS manifest.
    Statement,
    /// The statement is about these files: the root digest.
    Subject,
    /// Every file has the signed digest, and none is extra.
    Files,
    /// Further claims.
    Predicates,
    /// What the policy says.
    Policy,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Stage; 13] = [
        Stage::Parse,
        Stage::Method,
        Stage::Trust,
        Stage::Signature,
        Stage::Chain,
        Stage::Time,
        Stage::Log,
        Stage::Identity,
        Stage::Statement,
        Stage::Subject,
        Stage::Files,
        Stage::Predicates,
        Stage::Policy,
    ];

    /// The stage's name as printed, for example `SIGNATURE`.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Parse => "PARSE",
            Stage::Method => "METHOD",
            Stage::Trust => "TRUST",
            Stage::Signature => "SIGNATURE",
            Stage::Chain => "CHAIN",
            Stage::Time => "TIME",
            Stage::Log => "LOG",
            Stage::Identity => "IDENTITY",
            Stage::Statement => "STATEMENT",
            Stage::Subject => "SUBJECT",
            Stage::Files => "FILES",
            Stage::Predicates => "PREDICATES",
            Stage::Policy => "POLICY",
        }
    }
}
