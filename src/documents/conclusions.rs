//! Controls, reasons and caps as documents show them. All that documents take from these three stands here, so that it
//! changes in one place when they do.

use crate::decision::Verdict;
use crate::inventory::Basis;
use crate::policy::{Action, Class};
use crate::signing::Outcome;
use crate::text::Untrusted;
use crate::words::controls::control as control_in_words;
use crate::words::reasons::reason as reason_in_words;
use crate::words::{Case, Face, caps};
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

/// The results of the controls that the rubric has.
pub(super) fn controls(case: &Case<'_>) -> Vec<ControlDocument> {
    let results = case.verdict.assessment.controls.iter().filter_map(|result| {
        let control = case.rubric.control(&result.id)?;
        let (found, remedy) = control_in_words(result, control, case.verification, Face::Text);
        let id = result.id.to_string();
        Some(ControlDocument { id, outcome: result.outcome, basis: result.basis, found, remedy })
    });
    results.collect()
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

/// The reasons of a verdict.
pub(super) fn reasons(case: &Case<'_>) -> Vec<ReasonDocument> {
    let reasons = case.verdict.reasons.iter().map(|reason| {
        let (text, remedy) = reason_in_words(reason, case, Face::Text);
        let code = reason.code.as_str().to_owned();
        ReasonDocument { code, class: reason.class, action: reason.action, text, remedy }
    });
    reasons.collect()
}

/// Why the level is below the model's own, in words.
pub(super) fn cap(verdict: &Verdict) -> Option<Untrusted> {
    verdict.cap.as_ref().map(caps::cap)
}
