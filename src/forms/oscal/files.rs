//! The documents of a set, and the names of their files: they refer to each other by these.

pub(super) const CATALOG: &str = "catalog.json";
pub(super) const PROFILE: &str = "profile.json";
pub(super) const SYSTEM: &str = "system-security-plan.json";
pub(super) const PLAN: &str = "assessment-plan.json";
pub(super) const RESULTS: &str = "assessment-results.json";
pub(super) const WAY_UP: &str = "plan-of-action-and-milestones.json";

/// A document of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OscalModel {
    /// The rubric.
    Catalog,
    /// Its levels.
    Profile,
    /// The models.
    SystemSecurityPlan,
    /// What was asked of them.
    AssessmentPlan,
    /// What was found.
    AssessmentResults,
    /// What is to be done.
    PlanOfAction,
}

/// The documents, in the order in which they refer to each other, with the names of their files.
pub const OSCAL_FILES: [(OscalModel, &str); 6] = [
    (OscalModel::Catalog, CATALOG),
    (OscalModel::Profile, PROFILE),
    (OscalModel::SystemSecurityPlan, SYSTEM),
    (OscalModel::AssessmentPlan, PLAN),
    (OscalModel::AssessmentResults, RESULTS),
    (OscalModel::PlanOfAction, WAY_UP),
];
