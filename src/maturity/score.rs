//! Own level, percent within the next level, open musts: a pure function of outcomes. It knows no evidence.

use super::rubric::{Rubric, Severity};
use crate::signing::Outcome;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a level is about, and what it is not: said beside every level.
pub const SCOPE: &str = "A level speaks of integrity and authenticity, never of safety or correctness.";

/// A model's own score.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// 0 to 3.
    pub own: u8,
    /// The level that `percent` is about.
    pub next: u8,
    /// Whole percent of the next level; 99 at most while a must is open.
    pub percent: u8,
    /// Ids of the musts that stand between `own` and `next`.
    pub open_musts: Vec<Arc<str>>,
    /// How many controls of the next level are `unknown`.
    pub unknown: usize,
}

/// Which controls of a rubric are musts, by their index, under a policy. It stays the same while the rubric and the
/// policy do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Musts(Vec<bool>);

impl Musts {
    /// The musts of a rubric, and those that a policy made of its other controls, by their ids.
    pub fn of(rubric: &Rubric, raised: &[String]) -> Self {
        let is_raised = |id: &str| raised.iter().any(|raised| raised == id);
        let controls = rubric.controls.iter();
        Musts(controls.map(|c| c.severity == Severity::Must || is_raised(&c.id)).collect())
    }

    /// Whether the control of an index is one.
    pub fn contains(&self, index: usize) -> bool {
        self.0.get(index).copied().unwrap_or(false)
    }
}

/// Scores outcomes by the index of their control in the rubric; a control without an outcome is `unknown`.
/// `L1.09`-like conditional musts count as musts unless their outcome is `n/a`.
pub fn score(rubric: &Rubric, outcomes: &[Outcome], musts: &Musts) -> Score {
    let (must_weight, should_weight, may_weight) = rubric.weights;
    let top = u8::try_from(rubric.level_names.len()).unwrap_or(u8::MAX);
    for next in 1..=top {
        let (mut open_musts, mut unknown) = (Vec::new(), 0);
        let (mut earned, mut possible) = (0_u64, 0_u64);
        for (index, control) in
            rubric.controls.iter().enumerate().filter(|(_, control)| control.level == next)
        {
            let outcome = outcomes.get(index).copied().unwrap_or(Outcome::Unknown);
            if outcome == Outcome::NotApplicable {
                continue;
            }
            let is_must = musts.contains(index);
            let weight = match control.severity {
                _ if is_must => must_weight,
                Severity::Should => should_weight,
                _ => may_weight,
            };
            possible += 2 * u64::from(weight);
            earned += u64::from(weight) * halves(outcome);
            unknown += usize::from(outcome == Outcome::Unknown);
            if is_must && outcome != Outcome::Pass {
                open_musts.push(control.id.clone());
            }
        }
        if !open_musts.is_empty() {
            let percent = (100 * earned).checked_div(possible).unwrap_or(0).min(99);
            let percent = u8::try_from(percent).unwrap_or(99);
            return Score { own: next - 1, next, percent, open_musts, unknown };
        }
    }
    Score { own: top, next: top, percent: 100, open_musts: Vec::new(), unknown: 0 }
}

/// What an outcome earns, in halves of its weight.
fn halves(outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Pass => 2,
        Outcome::Partial => 1,
        Outcome::Fail | Outcome::Missing | Outcome::Unknown | Outcome::NotApplicable => 0,
    }
}
