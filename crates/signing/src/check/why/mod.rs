//! The facts that a check rests on: one variant for each situation, with what is known of it as values. No words.

pub(crate) mod chain;
pub(crate) mod policy;
pub(crate) mod predicates;
pub(crate) mod sigstore;
pub(crate) mod time;

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::chain::ChainWhy;
use self::sigstore::SigstoreWhy;
use self::time::TimeWhy;
use super::codes::CheckCode;
use super::identity::NameDifference;
use super::outcome::Outcome;
use super::stage::Stage;
use policy::{IdentityWhy, PolicyWhy};
use predicates::PredicatesWhy;

/// Why a check came out as it did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The code says all.
    #[default]
    Nothing,
    /// Nobody looked yet.
    NotLooked,
    /// This stage had to pass first.
    After(Stage),
    /// What a policy says of the signer.
    Identity(Box<IdentityWhy>),
    /// What a policy says of the rest.
    Policy(Box<PolicyWhy>),
    /// Further claims.
    Predicates(Box<PredicatesWhy>),
    /// The caller requires more than was found.
    Required {
        /// The code of the check without the requirement.
        code: CheckCode,
        /// What became of that.
        outcome: Outcome,
        /// Why: what was found instead explains it.
        instead: Box<Why>,
    },
    /// CHAIN, of a signature by certificate.
    Chain(Box<ChainWhy>),
    /// TIME, of a signature by key or certificate.
    Time(Box<TimeWhy>),
    /// What a keyless bundle brings as evidence.
    Sigstore(Box<SigstoreWhy>),
    /// Text made where the check was made.
    Prose(Box<Prose>),
}

impl From<IdentityWhy> for Why {
    fn from(why: IdentityWhy) -> Self {
        Why::Identity(Box::new(why))
    }
}

impl From<PolicyWhy> for Why {
    fn from(why: PolicyWhy) -> Self {
        Why::Policy(Box::new(why))
    }
}

impl From<PredicatesWhy> for Why {
    fn from(why: PredicatesWhy) -> Self {
        Why::Predicates(Box::new(why))
    }
}

impl Why {
    /// Whether there is nothing to say.
    pub fn is_nothing(&self) -> bool {
        *self == Why::Nothing
    }
}

impl From<ChainWhy> for Why {
    fn from(why: ChainWhy) -> Self {
        Why::Chain(Box::new(why))
    }
}

impl From<TimeWhy> for Why {
    fn from(why: TimeWhy) -> Self {
        Why::Time(Box::new(why))
    }
}

impl From<SigstoreWhy> for Why {
    fn from(why: SigstoreWhy) -> Self {
        Why::Sigstore(Box::new(why))
    }
}

/// Words instead of facts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Prose {
    /// One line.
    pub summary: String,
    /// What should have been there.
    pub expected: Option<Untrusted>,
    /// What was there.
    pub found: Option<Untrusted>,
    /// Where the evidence is.
    pub evidence: Option<Untrusted>,
    /// What to do.
    pub remedy: Option<String>,
    /// Further lines.
    pub details: Vec<Untrusted>,
    /// The part of the signer that differs.
    pub difference: Option<NameDifference>,
}
