//! Which controls of the rubric a level has, and what was found for each.

use crate::maturity::{Control, ControlResult, Rubric};
use crate::signing::Outcome;

/// The controls of a level, in the rubric's order.
pub fn of_level(rubric: &Rubric, level: u8) -> impl Iterator<Item = &Control> {
    rubric.controls.iter().filter(move |control| control.level == level)
}

/// What was found for a control.
pub fn result_of<'r>(control: &Control, results: &'r [ControlResult]) -> Option<&'r ControlResult> {
    results.iter().find(|result| result.id == control.id)
}

/// Without a result nothing is known.
pub fn outcome_of(result: Option<&ControlResult>) -> Outcome {
    result.map_or(Outcome::Unknown, |result| result.outcome)
}
