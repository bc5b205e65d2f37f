//! Verdicts: own and effective level, cap, and the decision at a stage.

use crate::inventory::{Model, ModelId};
use crate::lineage::Graph;
use crate::maturity::{Assessment, Rubric};
use crate::policy::{Action, Class, Policy};
use crate::signing::Verification;
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};

/// What a policy says of a model at a stage (rulings 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Let it in.
    Admit,
    /// Let it in when somebody acknowledges the warning.
    Warn,
    /// Keep it out.
    Refuse,
}

impl Decision {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Admit => "admit",
            Decision::Warn => "warn",
            Decision::Refuse => "refuse",
        }
    }
}

/// One reason of a decision, worst first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A control id (`L1.03`) or `LEVEL` or `CAP`.
    pub code: String,
    /// Its class; none for information (the reason of a cap).
    pub class: Option<Class>,
    /// What the stage does about it.
    pub action: Action,
    /// What it is; may quote the model.
    pub text: Untrusted,
    /// What would lift it.
    pub remedy: String,
}

/// Everything that is concluded of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The model.
    pub model: ModelId,
    /// The controls and own score.
    pub assessment: Assessment,
    /// The level after the caps.
    pub effective: u8,
    /// Why it is below the own level: `capped by vendor/claims-lora: ancestor unsigned`; may quote ids.
    pub cap: Option<Untrusted>,
    /// Whether a contradiction in an ancestor taints it.
    pub tainted: bool,
    /// The stage judged for.
    pub stage: String,
    /// The decision.
    pub decision: Decision,
    /// The reasons, worst first.
    pub reasons: Vec<Reason>,
}

/// Everything a verdict depends on.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The inventory, sorted by id.
    pub models: &'a [Model],
    /// Its graph.
    pub graph: &'a Graph,
    /// The latest verification of each model (same order as `models`), policy applied, and the digest of the
    /// policy under which it was recorded.
    pub verifications: &'a [Option<(Verification, String)>],
    /// The policy.
    pub policy: &'a Policy,
    /// The stage's name.
    pub stage: &'a str,
    /// The rubric.
    pub rubric: &'a Rubric,
    /// When.
    pub now: jiff::Timestamp,
}

/// Judges every model; same order as `input.models`. Pure and deterministic.
pub fn evaluate(input: &Input<'_>) -> Vec<Verdict> {
    let _ = input;
    Vec::new()
}
