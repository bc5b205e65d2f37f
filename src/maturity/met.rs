//! The result of a claim under the requirements of a policy, as plain values.

use crate::policy::ClauseFault;
use crate::signing::Outcome;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// What one claim comes to under one requirement that is about its predicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Met {
    /// The requirement's id.
    pub requirement: Arc<str>,
    /// Pass: met. Partial: met only by the producer's own claim. Fail: contradicted. Missing: not
    /// established.
    pub outcome: Outcome,
    /// Why.
    pub why: MetWhy,
    /// Where a clause asks whether the parents are covered: the SHA-256 digests that the statement names, sorted. See
    /// [`Met::covers`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named: Option<Vec<String>>,
}

/// What decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MetWhy {
    /// Everything that is demanded holds.
    Holds,
    /// The producer of the model says it itself.
    SelfAttested,
    /// The claim does not count: it is about another model, not valid, or its signer is not proven or not expected.
    NotCounted,
    /// Its signer does not have the role that is demanded.
    Role,
    /// Its signer lacks the required domain.
    Domain,
    /// It names another verifier, or none.
    Verifier,
    /// It has no trusted time, and an age is demanded.
    NoTime,
    /// It is too old.
    Age {
        /// Days since it was signed.
        days: i64,
    },
    /// A clause does not hold.
    Clause {
        /// Its path.
        path: Untrusted,
        /// Its operator, as the policy writes it.
        operator: Untrusted,
        /// Why.
        fault: ClauseFault,
    },
}

impl Met {
    /// Whether the statement names all of these digests, SHA-256 in hex; true where no clause asks for parents.
    pub fn covers<'d>(&self, mut parents: impl Iterator<Item = &'d str>) -> bool {
        let Some(named) = &self.named else { return true };
        parents.all(|parent| named.binary_search_by(|known| known.as_str().cmp(parent)).is_ok())
    }
}
