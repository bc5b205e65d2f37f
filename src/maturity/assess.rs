//! From evidence to controls. Each level 1 control has its own small function ([`super::level1`]); levels 2
//! and 3 are `unknown`: this version does not evaluate them.

use super::evidence::Evidence;
use super::fact::{ControlFact, Remedy};
use super::finding::Finding;
use super::level1::{CONTROLS, place_of};
use super::rubric::Rubric;
use super::score::{Musts, Score, score};
use crate::inventory::Basis;
use crate::signing::Outcome;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What became of one control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ControlResult {
    /// `L1.01` …
    pub id: Arc<str>,
    /// What became of it.
    pub outcome: Outcome,
    /// How far the evidence is to be believed; none where there is none.
    pub basis: Option<Basis>,
    /// What it rests on.
    pub fact: ControlFact,
    /// What to do; none when it passes.
    pub remedy: Option<Remedy>,
}

/// A model's controls and own score.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assessment {
    /// One result a control, in the rubric's order.
    pub controls: Vec<ControlResult>,
    /// Own level, percent, open musts.
    pub score: Score,
}

impl Assessment {
    /// The result of a control.
    pub fn of(&self, id: &str) -> Option<&ControlResult> {
        self.controls.iter().find(|result| &*result.id == id)
    }
}

/// What became of every control that this version evaluates, and nothing else of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outcomes([Outcome; CONTROLS.len()]);

impl Outcomes {
    /// Judges one model. Pure; the same functions judge here and in [`assess`].
    pub fn of(evidence: &Evidence<'_>) -> Self {
        Outcomes(CONTROLS.map(|(_, judge)| judge(evidence).outcome))
    }

    /// What became of a control; `unknown` for one that this version does not evaluate.
    pub fn get(&self, id: &str) -> Outcome {
        place_of(id).and_then(|place| self.0.get(place)).copied().unwrap_or(Outcome::Unknown)
    }

    /// In the order of a rubric's controls.
    pub fn in_order(&self, rubric: &Rubric) -> Vec<Outcome> {
        rubric.controls.iter().map(|control| self.get(&control.id)).collect()
    }
}

/// Judges one model by the rubric, with the musts of the evidence's policy. Pure.
pub fn assess(evidence: &Evidence<'_>, rubric: &Rubric, musts: &Musts) -> Assessment {
    let judged = rubric.controls.iter().map(|control| {
        let judge = place_of(&control.id).and_then(|place| CONTROLS.get(place));
        let Finding { outcome, basis, fact, remedy } = match judge {
            Some((_, judge)) => judge(evidence),
            None => Finding::unknown(ControlFact::NotEvaluated),
        };
        ControlResult { id: control.id.clone(), outcome, basis, fact, remedy }
    });
    let controls: Vec<ControlResult> = judged.collect();
    let outcomes: Vec<Outcome> = controls.iter().map(|control| control.outcome).collect();
    let score = score(rubric, &outcomes, musts);
    Assessment { controls, score }
}
