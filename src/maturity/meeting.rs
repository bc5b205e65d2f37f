//! The combined result of all claims of a model under a requirement.

use super::evidence::Testimony;
use super::met::Met;
use crate::policy::Requirement;

/// What all claims of a model come to under a requirement: one that meets it is enough, and of those that do not, what one
/// contradicts weighs more than what another does not establish. None where no claim is about its predicate.
pub fn meeting<'t>(
    requirement: &Requirement,
    testimonies: &'t [Testimony],
) -> Option<(&'t Met, &'t Testimony)> {
    let all =
        testimonies.iter().flat_map(|testimony| testimony.meets.iter().map(move |met| (met, testimony)));
    all.filter(|(met, _)| met.requirement == requirement.id).min_by_key(|(met, _)| met.rank())
}
