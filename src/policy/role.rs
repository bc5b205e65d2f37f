//! Roles: what a signer may claim about a model.

use crate::tables::Closed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a signer may claim.
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
    /// Its evaluation results.
    Eval,
    /// Its card.
    Card,
    /// Where it was made.
    Infrastructure,
    /// The result of a verification.
    Verifier,
    /// That it is redistributed unchanged.
    Distributor,
    /// That it was signed again on receipt.
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
