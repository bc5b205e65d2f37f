//! From evidence to controls. Each level 1 control has its own small function ([`super::level1`]); levels 2
//! and 3 are `unknown`: this version does not evaluate them.

use super::level1;
use super::rubric::Rubric;
use super::score::{Score, score};
use crate::inventory::{Basis, Model};
use crate::policy::Policy;
use crate::signing::{Outcome, Verification};
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};

/// What is known of one model when it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The inventory's entry.
    pub model: &'a Model,
    /// The latest verification, with the policy's IDENTITY and POLICY checks applied; none: not looked yet.
    pub verification: Option<&'a Verification>,
    /// The policy in force.
    pub policy: &'a Policy,
    /// Digest of the policy under which the verification was recorded, for L1.11.
    pub verified_under: Option<&'a str>,
    /// When it is judged.
    pub now: jiff::Timestamp,
}

/// What became of one control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlResult {
    /// `L1.01` …
    pub id: String,
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

/// Judges one model by the rubric. Pure.
pub fn assess(evidence: &Evidence<'_>, rubric: &Rubric) -> Assessment {
    let judged = rubric.controls.iter().map(|control| {
        let finding = match level1::judge_of(&control.id) {
            Some(judge) => judge(evidence),
            None => level1::Finding::unknown("not evaluated by this version"),
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
    let outcome_of = |id: &str| {
        controls.iter().find(|control| control.id == id).map_or(Outcome::Unknown, |control| control.outcome)
    };
    let score = score(rubric, &outcome_of, &evidence.policy.raise);
    Assessment { controls, score }
}
