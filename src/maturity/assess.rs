//! From evidence to controls: each has its own small function, which [`super::table`] names. A control that a rubric has
//! and the table has not is `unknown`: this version does not evaluate it.

use super::evidence::Evidence;
use super::fact::{ControlFact, Remedy};
use super::finding::Finding;

use super::rubric::Rubric;
use super::score::{Musts, Score, score};
use super::star::Star;
use super::table::{CONTROLS, MANY, place_of};
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

/// What became of every control that this version evaluates, four bits each, and nothing else of them; and whether the
/// level rests on one party vouching for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outcomes {
    packed: [u8; MANY.div_ceil(2)],
    star: Star,
}

/// The place of an outcome in [`Outcome::ALL`], which ranks them.
fn code_of(outcome: Outcome) -> u8 {
    outcome.rank()
}

impl Outcomes {
    /// Judges one model. Pure; the same functions judge here and in [`assess`].
    pub fn of(evidence: &Evidence<'_>) -> Self {
        let mut packed = [0; MANY.div_ceil(2)];
        for (pair, both) in packed.iter_mut().zip(CONTROLS.chunks(2)) {
            for (at, (_, judge)) in both.iter().enumerate() {
                *pair |= (code_of(judge(evidence).outcome) & 0xf) << (4 * at);
            }
        }
        Outcomes { packed, star: Star::of(evidence) }
    }

    /// What became of a control; `unknown` for one that this version does not evaluate.
    pub fn get(&self, id: &str) -> Outcome {
        let outcome = place_of(id).and_then(|place| {
            let code = self.packed.get(place / 2)? >> (4 * (place % 2)) & 0xf;
            Outcome::ALL.get(usize::from(code)).copied()
        });
        outcome.unwrap_or(Outcome::Unknown)
    }

    /// In the order of a rubric's controls.
    pub fn in_order(&self, rubric: &Rubric) -> Vec<Outcome> {
        rubric.controls.iter().map(|control| self.get(&control.id)).collect()
    }

    /// What a level rests on.
    pub fn star(&self) -> Star {
        self.star
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
    let score = score(rubric, &outcomes, musts).starred(Star::of(evidence));
    Assessment { controls, score }
}
