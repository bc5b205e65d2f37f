//! What stages say beyond levels and outcomes: levels by risk, breaking the glass, and what incident response needs.

use super::class::Class;
use super::patterns::ModelPattern;
use crate::tables::{Closed, Few};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The risk of a model's use, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Minimal.
    Minimal,
    /// Limited.
    Limited,
    /// High.
    High,
}

/// When a gate is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// When a model is fetched.
    Pull,
    /// When it is loaded.
    Load,
    /// Again and again while it runs.
    Periodic,
}

impl Moment {
    /// All, with the words of the policy.
    pub const WORDS: [(&'static str, Moment); 3] =
        [("pull", Moment::Pull), ("load", Moment::Load), ("periodic", Moment::Periodic)];
}

impl Closed for Moment {
    const ALL: &'static [Self] = &[Moment::Pull, Moment::Load, Moment::Periodic];
}

/// What digests of a model's files rest on where its bytes were not read at the verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DigestBasis {
    /// Nothing but the bytes: all were read.
    Recomputed,
    /// The sums that a store of objects made of them.
    ProviderChecksum,
    /// The digests by which a registry's manifest names them.
    RegistryDigest,
}

impl DigestBasis {
    /// All, with the words of the policy.
    pub const WORDS: [(&'static str, DigestBasis); 3] = [
        ("recomputed", DigestBasis::Recomputed),
        ("provider-checksum", DigestBasis::ProviderChecksum),
        ("registry-digest", DigestBasis::RegistryDigest),
    ];
}

impl Closed for DigestBasis {
    const ALL: &'static [Self] =
        &[DigestBasis::Recomputed, DigestBasis::ProviderChecksum, DigestBasis::RegistryDigest];
}

/// One `[[risk]]`: the models of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskRule {
    /// The class.
    pub class: Risk,
    /// Patterns of its models, a set.
    pub models: Vec<ModelPattern>,
}

/// Levels by risk, where they are above the stage's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RiskLevels {
    /// Of minimal risk.
    pub minimal: Option<u8>,
    /// Of limited risk.
    pub limited: Option<u8>,
    /// Of high risk.
    pub high: Option<u8>,
}

impl RiskLevels {
    /// Of a class.
    pub fn of(self, risk: Risk) -> Option<u8> {
        match risk {
            Risk::Minimal => self.minimal,
            Risk::Limited => self.limited,
            Risk::High => self.high,
        }
    }

    /// The highest of all.
    pub fn highest(self) -> Option<u8> {
        self.minimal.max(self.limited).max(self.high)
    }
}

/// `break_glass` of a stage: who may let a refused model in for some hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakGlass {
    /// So many accounts must say so.
    pub approvers: u32,
    /// It lasts at most so many hours.
    pub max_hours: u32,
    /// What it does not let in.
    pub forbids: Few<Class>,
}

/// `require_evidence_profile` of a stage: what has to be logged wherever a model runs at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRule {
    /// The evidence profiles, by their ids, a set.
    pub profiles: Vec<&'static str>,
    /// For how many days each of their fields is kept at least.
    pub min_retention_days: u32,
}

/// `ir_surface` of a stage: what incident response needs where the model runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IrSurface {
    /// The runbook, by its id.
    pub runbook: String,
    /// The evidence that is kept, a set.
    pub evidence: Vec<String>,
    /// For how many days.
    pub retention_days: Option<u32>,
}
