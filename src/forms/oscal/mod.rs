//! A report as a set of OSCAL 1.2.1 documents that refer to each other: the rubric as a catalogue, its levels as a profile,
//! the models as a system security plan, what was asked as an assessment plan, what was found as assessment results,
//! and the way up as a plan of action and milestones. Lists of models are written as they are made.

mod catalog;
mod files;
mod head;
mod plan;
mod results;
mod system;
mod types;
mod way;

use super::reports::ReportFile;
use super::set::Set;
use super::streamed::streamed;
use crate::error::Result;
use catalog::{Catalog, Profile};
pub use files::{OSCAL_FILES, OscalModel};

/// Whether a document can be made: a plan of action needs something that is to be done.
pub fn has_oscal(file: &ReportFile<'_>, model: OscalModel) -> bool {
    model != OscalModel::PlanOfAction || way::is_needed(file)
}

/// A document of the set, piece by piece as it is made.
///
/// # Errors
/// `E-INTERNAL`; what `out` gives.
pub fn oscal(
    file: &ReportFile<'_>,
    model: OscalModel,
    out: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let set = Set::of(file);
    let (rubric, at, scope) = (&file.view.rubric, file.view.at, file.document.scope);
    match model {
        OscalModel::Catalog => streamed(&Catalog::of(rubric, at, scope), out),
        OscalModel::Profile => streamed(&Profile::of(rubric, at, scope), out),
        OscalModel::SystemSecurityPlan => streamed(&system::document(&set), out),
        OscalModel::AssessmentPlan => streamed(&plan::document(&set), out),
        OscalModel::AssessmentResults => streamed(&results::document(&set), out),
        OscalModel::PlanOfAction => streamed(&way::document(&set), out),
    }
}
