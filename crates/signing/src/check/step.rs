//! A check is one step of a verification: which code, what became of it, and the facts that it rests on. It holds no
//! words: they are made from these facts, in one place (`words`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::codes::CheckCode;
use super::outcome::Outcome;
use super::stage::Stage;
use super::why::Why;

/// One step of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Where it stands in the order.
    pub stage: Stage,
    /// A stable code below the stage, for example `FILES-CHANGED`; only the stage's name when it passes.
    pub code: CheckCode,
    /// What became of it.
    pub outcome: Outcome,
    /// The facts.
    #[serde(default, skip_serializing_if = "Why::is_nothing")]
    pub why: Why,
}

impl Check {
    /// A check by its code.
    pub fn new(code: CheckCode, outcome: Outcome, why: impl Into<Why>) -> Self {
        Check { stage: code.stage(), code, outcome, why: why.into() }
    }

    /// A check with a plain code: the stage passed, does not apply, or was not checked.
    pub fn plain(stage: Stage, outcome: Outcome, why: impl Into<Why>) -> Self {
        Check { stage, code: CheckCode::of(stage), outcome, why: why.into() }
    }

    /// A pass.
    pub fn pass(stage: Stage, why: impl Into<Why>) -> Self {
        Check::plain(stage, Outcome::Pass, why)
    }

    /// One that was not, or could not be, checked.
    pub fn unknown(stage: Stage, why: impl Into<Why>) -> Self {
        Check::plain(stage, Outcome::Unknown, why)
    }
}
