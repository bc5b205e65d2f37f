//! What each stage asks.

use crate::check::stage::Stage;

impl Stage {
    /// What it asks.
    pub fn question(self) -> &'static str {
        match self {
            Stage::Parse => "Can the signature file be read?",
            Stage::Method => "How was it signed: with a key, a certificate, or keyless?",
            Stage::Trust => "Is there a trust anchor for the signer?",
            Stage::Signature => "Does the signature match the signed bytes?",
            Stage::Chain => "Do the certificates lead to a trusted authority?",
            Stage::Time => "When was it signed, and who says so?",
            Stage::Log => "Does the transparency log hold the signature?",
            Stage::Identity => "Is the signer the one who was expected?",
            Stage::Statement => "Is the signed statement a manifest of a model?",
            Stage::Subject => "Does the root digest belong to the files that the statement lists?",
            Stage::Files => "Has every file the signed digest, and is none extra?",
            Stage::Predicates => "Are there further claims?",
            Stage::Policy => "Does the policy allow it?",
        }
    }
}
