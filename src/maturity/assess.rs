//! From evidence to controls. Each level 1 control has its own small function ([`super::level1`]); levels 2
//! and 3 are `unknown`: this version does not evaluate them.

use super::evidence::Evidence;
use super::finding::Finding;
use super::level1;
use super::rubric::Rubric;
use super::score::{Musts, Score, score};
use crate::inventory::Basis;
use crate::signing::Outcome;
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What became of one control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlResult {
    /// `L1.01` …
    pub id: Arc<str>,
    /// What became of it.
    pub outcome: Outcome,
    /// How far the evidence is to be believed; none where there is none.
    pub basis: Option<Basis>,
    /// What was found; may quote the model.
    pub found: Untrusted,
    /// What to do; empty when it passes.
    pub remedy: String,
}

/// A model's controls and own score.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// One result a control, in the rubric's order.
    pub controls: Vec<ControlResult>,
    /// Own level, percent, open musts.
    pub score: Score,
}

/// Judges one model by the rubric, with the musts of the evidence's policy. Pure.
pub fn assess(evidence: &Evidence<'_>, rubric: &Rubric, musts: &Musts) -> Assessment {
    let judged = rubric.controls.iter().map(|control| {
        let finding = match level1::judge_of(&control.id) {
            Some(judge) => judge(evidence),
            None => Finding::unknown("not evaluated by this version"),
        };
        let remedy = match finding.outcome {
            Outcome::Pass | Outcome::NotApplicable => String::new(),
            _ => finding.remedy.unwrap_or_else(|| control.remediation.clone()),
        };
        ControlResult {
            id: control.id.clone(),
            outcome: finding.outcome,
            basis: finding.basis,
            found: finding.found,
            remedy,
        }
    });
    let controls: Vec<ControlResult> = judged.collect();
    let outcomes: Vec<Outcome> = controls.iter().map(|control| control.outcome).collect();
    let score = score(rubric, &outcomes, musts);
    Assessment { controls, score }
}
