//! Controls, reasons and caps as documents show them: in words, made from the facts of a verdict. All that documents
//! take from these three stands here, so that it changes in one place when they do.

use crate::inventory::Basis;
use crate::policy::{Action, Class};
use crate::signing::Outcome;
use crate::text::Untrusted;
use crate::words::{Case, Face, caps, controls, reasons, remedies};
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

/// The controls, in the rubric's order.
pub(super) fn controls_of(case: &Case<'_>) -> Vec<ControlDocument> {
    let results = case.verdict.assessment.controls.iter();
    let documents = results.filter_map(|result| {
        let control = case.rubric.control(&result.id)?;
        let (found, remedy) = controls::control(result, control, (case.verification, case.thing), Face::Text);
        let remedy = remedies::of_model(remedy, &case.verdict.model);
        let id = result.id.to_string();
        Some(ControlDocument { id, outcome: result.outcome, basis: result.basis, found, remedy })
    });
    documents.collect()
}

/// One reason of a decision.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReasonDocument {
    /// A control (`L1.03`), a check, `LEVEL`, `CAP`, `REVIEW-REJECTED`, `LEDGER-UNANCHORED`, `LEDGER-CONTRADICTED` or
    /// `CLOCK`.
    pub code: String,
    /// Its class; none where no class decides: what only informs, and what people say.
    pub class: Option<Class>,
    /// What the stage does about it.
    pub action: Action,
    /// What it is.
    pub text: Untrusted,
    /// What would lift it.
    pub remedy: String,
}

/// The reasons, worst first.
pub(super) fn reasons_of(case: &Case<'_>) -> Vec<ReasonDocument> {
    let documents = case.verdict.reasons.iter().map(|one| {
        let (text, remedy) = reasons::reason(one, case, Face::Text);
        let code = one.code.as_str().to_owned();
        ReasonDocument { code, class: one.class, action: one.action, text, remedy }
    });
    documents.collect()
}

/// Why the level is below the model's own, in words.
pub(super) fn cap_of(case: &Case<'_>) -> Option<Untrusted> {
    case.verdict.cap.as_ref().map(caps::cap)
}
