//! The combined result of all claims of a model under a requirement.

use super::evidence::Testimony;
use super::kinship::Kinship;
use super::met::Met;
use crate::policy::Requirement;
use crate::signing::Outcome;

/// What all claims of a model come to under a requirement: one that meets it is enough, and of those that do not, what one
/// contradicts weighs more than what another does not establish. None where no claim is about its predicate.
pub fn meeting(requirement: &Requirement, testimonies: &[Testimony], kinship: &Kinship) -> Option<Outcome> {
    let all = testimonies.iter().flat_map(|testimony| &testimony.meets);
    let of = all.filter(|met| met.requirement == requirement.id);
    of.map(|met| with_parents(met, kinship)).min_by_key(|outcome| rank(*outcome))
}

/// What a claim comes to with the parents as the lineage has them: those that it does not name are not established. A
/// parent without a digest cannot be named.
fn with_parents(met: &Met, kinship: &Kinship) -> Outcome {
    let bearing = kinship.edges.iter().filter(|edge| edge.relation.bears_weight());
    let names = |digest: &str| met.covers(std::iter::once(digest));
    let mut parents = bearing.map(|edge| edge.digest.map(|digest| digest.to_string()));
    let is_met = matches!(met.outcome, Outcome::Pass | Outcome::Partial);
    let lacks = met.named.is_some() && parents.any(|parent| !parent.is_some_and(|digest| names(&digest)));
    if is_met && lacks { Outcome::Missing } else { met.outcome }
}

/// How good it is, the best first: a claim that meets a requirement is not made worse by another one.
fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Pass => 0,
        Outcome::Partial => 1,
        Outcome::Fail => 2,
        _ => 3,
    }
}
