//! Own level, percent within the next level, open musts: a pure function of outcomes. It knows no evidence.

use super::rubric::{Rubric, Severity};
use super::star::Star;
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
    /// How many controls of the next level were judged and apply: `percent` is measured on these and the unknown ones.
    #[serde(default)]
    pub judged: usize,
    /// What is there already of levels above the next one: it counts once the level below is reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub above: Vec<Above>,
    /// Whether the level rests on one party vouching for another: it is then shown with a star.
    #[serde(default)]
    pub star: Star,
}

/// What is there of a level whose lower one is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Above {
    /// The level.
    pub level: u8,
    /// Whole percent of it.
    pub percent: u8,
    /// How many of its controls are `unknown`.
    pub unknown: usize,
}

impl Score {
    /// The same, resting on what a star stands for.
    pub fn starred(self, star: Star) -> Self {
        Score { star, ..self }
    }

    /// Whether anything of the next level was judged: 0 % of nothing is no measurement.
    pub fn is_measured(&self) -> bool {
        self.judged > 0
    }
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
    let top = u8::try_from(rubric.level_names.len()).unwrap_or(u8::MAX);
    let mut levels = (1..=top).map(|level| (level, Tally::of(level, rubric, outcomes, musts)));
    let Some((next, open)) = levels.find(|(_, tally)| !tally.open_musts.is_empty()) else {
        return Score { own: top, next: top, percent: 100, ..Score::default() };
    };
    let above =
        levels.map(|(level, tally)| Above { level, percent: tally.percent(), unknown: tally.unknown });
    Score {
        own: next - 1,
        next,
        percent: open.percent(),
        unknown: open.unknown,
        judged: open.judged,
        above: above.filter(|above| above.percent > 0).collect(),
        star: Star::default(),
        open_musts: open.open_musts,
    }
}

/// One level, counted.
#[derive(Default)]
struct Tally {
    earned: u64,
    possible: u64,
    open_musts: Vec<Arc<str>>,
    unknown: usize,
    judged: usize,
}

impl Tally {
    fn of(level: u8, rubric: &Rubric, outcomes: &[Outcome], musts: &Musts) -> Self {
        let (must_weight, should_weight, may_weight) = rubric.weights;
        let mut tally = Tally::default();
        for (index, control) in
            rubric.controls.iter().enumerate().filter(|(_, control)| control.level == level)
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
            tally.possible += 2 * u64::from(weight);
            tally.earned += u64::from(weight) * u64::from(halves(outcome));
            match outcome {
                Outcome::Unknown => tally.unknown += 1,
                _ => tally.judged += 1,
            }
            if is_must && outcome != Outcome::Pass {
                tally.open_musts.push(control.id.clone());
            }
        }
        tally
    }

    /// 99 at most while a must is open.
    fn percent(&self) -> u8 {
        let most = if self.open_musts.is_empty() { 100 } else { 99 };
        let percent = (100 * self.earned).checked_div(self.possible).unwrap_or(0).min(most);
        u8::try_from(percent).unwrap_or(99)
    }
}

/// What an outcome earns, in halves of its weight.
pub fn halves(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Pass => 2,
        Outcome::Partial => 1,
        Outcome::Fail | Outcome::Missing | Outcome::Unknown | Outcome::NotApplicable => 0,
    }
}
