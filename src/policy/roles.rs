//! What a policy lets signers say: roles. A publisher signs models; what else it may say of them, and what others may
//! say of models that are not theirs, is a role.

use super::document::Policy;
use crate::signing::{AnchorUse, Identity};
use crate::tables::{Closed, Few};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a signer may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// That these are the model's files.
    Producer,
    /// What it derives from.
    Lineage,
    /// How it was built.
    Build,
    /// What data it was trained on.
    Data,
    /// How it did in a test.
    Eval,
    /// Its card.
    Card,
    /// Where it was made.
    Infrastructure,
    /// What a verification found.
    Verifier,
    /// That it is handed on as it was received.
    Distributor,
    /// That it was signed again when it was received.
    Ingest,
    /// A person's review.
    Reviewer,
}

impl Closed for Role {
    const ALL: &'static [Self] = &[
        Role::Producer,
        Role::Lineage,
        Role::Build,
        Role::Data,
        Role::Eval,
        Role::Card,
        Role::Infrastructure,
        Role::Verifier,
        Role::Distributor,
        Role::Ingest,
        Role::Reviewer,
    ];
}

impl Policy {
    /// The roles of a proven signer for a model, as of when it signed; none where the policy gives it none.
    pub fn roles_of(
        &self,
        _model: &str,
        _signer: &Identity,
        _anchor: &AnchorUse,
        _signed_at: Option<Timestamp>,
    ) -> Few<Role> {
        Few::NONE
    }
}
