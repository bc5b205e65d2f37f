//! Controls, reasons and caps as documents show them. All that documents take from these three stands here, so that it
//! changes in one place when they do.

use crate::decision::{Reason, Verdict};
use crate::inventory::Basis;
use crate::maturity::ControlResult;
use crate::policy::{Action, Class};
use crate::signing::Outcome;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// What became of one control.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ControlDocument {
    /// The control: `L1.01`, …
    pub id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// How far the evidence is to be believed; none where there is none.
    pub basis: Option<Basis>,
    /// What was found.
    pub found: Untrusted,
    /// What to do; empty when it passes.
    pub remedy: String,
}

impl From<&ControlResult> for ControlDocument {
    fn from(control: &ControlResult) -> Self {
        ControlDocument {
            id: control.id.clone(),
            outcome: control.outcome,
            basis: control.basis,
            found: control.found.clone(),
            remedy: control.remedy.clone(),
        }
    }
}

/// One reason of a decision.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReasonDocument {
    /// A control (`L1.03`), `LEVEL` or `CAP`.
    pub code: String,
    /// Its class; none for what only informs.
    pub class: Option<Class>,
    /// What the stage does about it.
    pub action: Action,
    /// What it is.
    pub text: Untrusted,
    /// What would lift it.
    pub remedy: String,
}

impl From<&Reason> for ReasonDocument {
    fn from(reason: &Reason) -> Self {
        ReasonDocument {
            code: reason.code.clone(),
            class: reason.class,
            action: reason.action,
            text: reason.text.clone(),
            remedy: reason.remedy.clone(),
        }
    }
}

/// Why the level is below the model's own, in words.
pub(super) fn cap(verdict: &Verdict) -> Option<Untrusted> {
    verdict.cap.clone()
}
