//! Roles: what a signer may say of a model. Who has which is not known here.

use crate::tables::Closed;
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
