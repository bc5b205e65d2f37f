//! The kinds of predicates that this program knows what to do with. Which URI is of which kind is data: see
//! [`super::Registry`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a predicate is about, whatever its URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PredicateKind {
    /// A manifest of files: OMS.
    Integrity,
    /// How it was made, and from what: SLSA provenance, in-toto link, AIXV training.
    Provenance,
    /// What a verifier found: VSA.
    Summary,
    /// What a verifier found to hold: SVR.
    Result,
    /// A test or an evaluation.
    Evaluation,
    /// Data that it was trained on.
    Data,
    /// With what configuration it was trained.
    Config,
    /// A model card or a system card.
    Card,
    /// Models that run together as one.
    Composition,
    /// Attributes of where or how it was made: SCAI, runtime traces.
    Infrastructure,
    /// Vulnerabilities, and what was said of them: vulns, OpenVEX.
    Vulnerabilities,
    /// A release.
    Release,
    /// Documents that belong to it.
    Reference,
    /// A bill of materials: SPDX, CycloneDX.
    Bill,
    /// The card of an agent.
    Agent,
    /// A person's review.
    Review,
    /// What binds a bill of materials to a signature.
    Binding,
}

impl PredicateKind {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            PredicateKind::Integrity => "integrity",
            PredicateKind::Provenance => "provenance",
            PredicateKind::Summary => "summary",
            PredicateKind::Result => "result",
            PredicateKind::Evaluation => "evaluation",
            PredicateKind::Data => "data",
            PredicateKind::Config => "configuration",
            PredicateKind::Card => "card",
            PredicateKind::Composition => "composition",
            PredicateKind::Infrastructure => "infrastructure",
            PredicateKind::Vulnerabilities => "vulnerabilities",
            PredicateKind::Release => "release",
            PredicateKind::Reference => "reference",
            PredicateKind::Bill => "bill of materials",
            PredicateKind::Agent => "agent",
            PredicateKind::Review => "review",
            PredicateKind::Binding => "binding",
        }
    }
}
