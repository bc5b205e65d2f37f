//! The policy's requirements for claims, and their results.

use super::evidence::Evidence;
use super::meeting::meeting;
use super::met::MetWhy;
use crate::attest::{PredicateKind, Registry};
use crate::policy::{Requirement, Severity, Test};
use crate::signing::Outcome;
use crate::text::Untrusted;
use jiff::{SignedDuration, Timestamp};

/// What became of all that is required of claims of a kind.
pub(super) enum Required {
    /// The policy requires nothing.
    Nothing,
    /// All of it is met.
    Met { count: u32 },
    /// This one is met but for who says it.
    Partly(Untrusted),
    /// There are claims for this one, and they say otherwise.
    Short(Untrusted),
    /// No claim establishes this one.
    Absent(Untrusted),
}

/// Whether claims are young enough.
pub(super) enum Freshness {
    /// The policy says nothing of age.
    NotAsked,
    /// There is no claim.
    Nothing,
    /// All are.
    Fresh { count: u32 },
    /// One is older, by no more than clocks may differ: until then.
    Grace(Timestamp),
    /// The youngest for a requirement is not.
    Stale { requirement: Untrusted, most_days: u32 },
}

/// The kind of claim that a requirement is about.
fn kind_of(requirement: &Requirement) -> Option<PredicateKind> {
    requirement.uris.iter().find_map(|uri| Registry::bundled().of(uri)).map(|known| known.kind)
}

/// What levels of SLSA begin with.
pub(super) const SLSA: &str = "SLSA_";

/// Whether it sets a floor for a level of SLSA.
pub(super) fn is_floor(requirement: &Requirement) -> bool {
    let floor = |test: &Test| matches!(test, Test::ContainsLevel(level) if level.starts_with(SLSA));
    requirement.clauses.iter().any(|clause| floor(&clause.test))
}

/// The binding requirements on claims of a kind that `wanted` accepts.
pub(super) fn required(
    evidence: &Evidence<'_>,
    kind: PredicateKind,
    wanted: impl Fn(&Requirement) -> bool,
) -> Required {
    if evidence.policy.requirements.is_empty() {
        return Required::Nothing;
    }
    let binds = |one: &&Requirement| one.severity == Severity::Must && kind_of(one) == Some(kind);
    let all = evidence.policy.requirements.iter().filter(binds).filter(|one| wanted(one));
    let name = |one: &Requirement| Untrusted::new(&one.id);
    let (mut count, mut absent, mut partly) = (0_u32, None, None);
    for requirement in all {
        count += 1;
        match meeting(requirement, evidence.testimonies, evidence.kinship) {
            Some(Outcome::Pass) => {}
            Some(Outcome::Partial) => partly = partly.or_else(|| Some(name(requirement))),
            Some(Outcome::Fail) => return Required::Short(name(requirement)),
            _ => absent = absent.or_else(|| Some(name(requirement))),
        }
    }
    match (count, absent, partly) {
        (0, _, _) => Required::Nothing,
        (_, Some(which), _) => Required::Absent(which),
        (_, None, Some(which)) => Required::Partly(which),
        (count, None, None) => Required::Met { count },
    }
}

/// Whether for every requirement that says how old a claim may be there is one that is young enough.
pub(super) fn freshness(evidence: &Evidence<'_>) -> Freshness {
    let asked = evidence.policy.requirements.iter().filter_map(|one| Some((one, one.max_age_days?)));
    let (mut asks, mut count, mut grace) = (false, 0, None);
    for (requirement, most_days) in asked {
        asks = true;
        let mets = || {
            let all = evidence.testimonies.iter().flat_map(|one| one.meets.iter().map(move |met| (met, one)));
            all.filter(|(met, _)| met.requirement == requirement.id)
        };
        let aged = |why: &MetWhy| matches!(why, MetWhy::Age { .. });
        let is_young = |why: &MetWhy| {
            !matches!(
                why,
                MetWhy::Age { .. }
                    | MetWhy::NoTime
                    | MetWhy::NotCounted
                    | MetWhy::Role
                    | MetWhy::Domain
                    | MetWhy::Verifier
            )
        };
        if mets().any(|(met, _)| is_young(&met.why)) {
            count += 1;
            continue;
        }
        let old = mets().filter(|(met, _)| aged(&met.why));
        let Some(newest) = old.filter_map(|(_, one)| one.claimed.signed_at).max() else { continue };
        let tolerated = SignedDuration::from_hours(24 * i64::from(most_days))
            + SignedDuration::from_secs(evidence.policy.freshness.clock_skew_seconds.into());
        match newest.checked_add(tolerated).ok().filter(|until| evidence.now <= *until) {
            Some(until) => grace = grace.into_iter().chain([until]).min(),
            None => {
                let requirement = Untrusted::new(&requirement.id);
                return Freshness::Stale { requirement, most_days };
            }
        }
    }
    match (asks, grace, count) {
        (false, _, _) => Freshness::NotAsked,
        (true, Some(until), _) => Freshness::Grace(until),
        (true, None, 0) => Freshness::Nothing,
        (true, None, count) => Freshness::Fresh { count },
    }
}
