//! What another version of the rubric changes: for every model its own level and open musts, before and
//! after, from the same outcomes.

use super::View;
use crate::decision::Touched;
use crate::inventory::ModelId;
use crate::maturity::{Rubric, Score, Severity};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// Identifies a rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RubricName {
    /// Its schema.
    pub schema: String,
    /// SHA-256 over its text, hex.
    pub digest: String,
    /// How many controls it has.
    pub controls: usize,
}

/// A control that differs in the other rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ControlChange {
    /// The control.
    pub id: Arc<str>,
    /// Its weight before; none if absent.
    pub before: Option<Severity>,
    /// Its weight after.
    pub after: Option<Severity>,
    /// Whether this program evaluates it; otherwise it is unknown for every model.
    pub evaluated: bool,
}

/// The result for one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Standpoint {
    /// Own level.
    pub own: u8,
    /// The level after the caps.
    pub effective: u8,
    /// Whole percent of the next level.
    pub percent: u8,
    /// The open musts for the next level.
    pub open_musts: Vec<Arc<str>>,
}

/// One model, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ModelChange {
    /// The model.
    pub model: ModelId,
    /// Whether anything differs.
    pub changed: bool,
    /// By the rubric in force.
    pub before: Standpoint,
    /// By the other rubric.
    pub after: Standpoint,
}

/// Two rubrics, and their results for the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RubricComparison {
    /// The rubric in force.
    pub before: RubricName,
    /// The other rubric.
    pub after: RubricName,
    /// Controls that are added, removed or have another weight, by id.
    pub controls: Vec<ControlChange>,
    /// All models, in their order.
    pub models: Vec<ModelChange>,
}

impl RubricComparison {
    /// Whether no model has a different result.
    pub fn is_same(&self) -> bool {
        self.models.iter().all(|model| !model.changed)
    }
}

impl View {
    /// The same, judged by another rubric.
    fn by_rubric(&self, rubric: Arc<Rubric>) -> View {
        let mut view = View { rubric, ..self.clone() };
        view.judge_after(self, Some(&Touched::default()));
        view
    }

    fn standpoints(&self, scores: &[Arc<Score>]) -> Vec<Standpoint> {
        let standings = self.judgement.standings();
        let of = |(score, standing): (&Arc<Score>, &crate::decision::Standing)| Standpoint {
            own: score.own,
            effective: standing.effective,
            percent: score.percent,
            open_musts: score.open_musts.clone(),
        };
        scores.iter().zip(standings.iter()).map(of).collect()
    }

    /// What another rubric changes.
    pub fn compare_rubric(&self, other: Arc<Rubric>) -> RubricComparison {
        let controls = changes(&self.rubric, &other);
        let name = |rubric: &Rubric| RubricName {
            schema: rubric.schema.clone(),
            digest: rubric.digest.clone(),
            controls: rubric.controls.len(),
        };
        let (before_name, after_name) = (name(&self.rubric), name(&other));
        let after = self.by_rubric(other);
        let before = self.standpoints(&self.scores());
        let after = after.standpoints(&after.scores());
        let models = self.models.iter().zip(before.into_iter().zip(after));
        let models = models.map(|(model, (before, after))| ModelChange {
            model: model.id.clone(),
            changed: before != after,
            before,
            after,
        });
        RubricComparison { before: before_name, after: after_name, controls, models: models.collect() }
    }
}

fn changes(before: &Rubric, after: &Rubric) -> Vec<ControlChange> {
    let mut ids: Vec<&Arc<str>> =
        before.controls.iter().chain(&after.controls).map(|control| &control.id).collect();
    ids.sort();
    ids.dedup();
    let severity = |rubric: &Rubric, id: &str| rubric.control(id).map(|control| control.severity);
    let change = |id: &Arc<str>| {
        let (was, is) = (severity(before, id), severity(after, id));
        let evaluated = crate::maturity::is_evaluated(id);
        (was != is).then(|| ControlChange { id: id.clone(), before: was, after: is, evaluated })
    };
    ids.into_iter().filter_map(change).collect()
}
