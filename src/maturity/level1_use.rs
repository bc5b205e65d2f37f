//! The controls of level 1 on when and how a model was signed, and how it is used, one function each.

use super::claim_fact::ClaimFact;
use super::evidence::Evidence;
use super::fact::{ControlFact, Remedy};
use super::finding::Finding;
use super::level1::{ITS_OWN, by_stages};
use super::level2::{has, signer};
use super::level3::summaries;
use super::sight::{Sight, by_verification, not_looked, outdated, sight};
use super::usage::Deployed;
use super::use_fact::UseFact;
use crate::attest::PredicateKind;
use crate::inventory::{Basis, Fact, FactKey};
use crate::policy::Role;
use crate::signing::{CheckCode, Method, Outcome, Stage, Verification};
use jiff::{SignedDuration, Timestamp};

/// Whether only the signature verifies that was made when the model was received.
pub fn is_resigned(evidence: &Evidence<'_>) -> bool {
    let proven = evidence.verification.filter(|v| evidence.since.is_same() && v.signer_proven());
    let signer = proven.and_then(|v| Some((v.signer.as_ref()?, v.anchor.as_ref()?, v.signed_at)));
    signer.is_some_and(|(signer, anchor, signed_at)| {
        let (policy, signed_at) = (evidence.policy, signed_at.map(|(at, _)| at));
        let roles = policy.roles_of(evidence.model.id.raw(), signer, anchor, signed_at, evidence.now);
        roles.contains(Role::Ingest) && !roles.contains(Role::Producer)
    })
}

/// Members of documents that say when a model came out, and not when it was built.
const RELEASED: [&str; 2] = ["releaseTime", "releaseDate"];

/// When it was published first, as a document or a claim of a release says.
fn published(evidence: &Evidence<'_>) -> Option<(Timestamp, Basis)> {
    let is_release = |fact: &Fact| {
        let place = fact.place.raw();
        RELEASED.iter().any(|member| place.ends_with(member))
    };
    let told = evidence.model.facts.each_of(|key, _| key == FactKey::Made).filter(|fact| is_release(fact));
    let told = told.filter_map(|fact| fact.value.raw().parse().ok()).map(|at| (at, Basis::Declared));
    let released = super::sight::counted(evidence, PredicateKind::Release);
    let released = released.filter_map(|one| Some((one.claimed.signed_at?, Basis::Attested)));
    told.chain(released).min_by_key(|(at, _)| *at)
}

pub(super) fn release_boundary(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        if is_resigned(evidence) {
            // The producer's signature is not there: an absence (rulings 1), and no evidence against the model.
            return Finding::missing(UseFact::SignedAtIngest.into());
        }
        let Some((published, basis)) = published(evidence) else {
            return Finding::unknown(ControlFact::PublicationUnknown).remedy(Remedy::StateRelease);
        };
        match v.signed_at {
            None => Finding::unknown(UseFact::SigningTimeUnknown.into()),
            Some((signed, _)) if signed <= published => {
                Finding::of(Outcome::Pass, basis, UseFact::SignedBefore { published })
            }
            Some(_) => Finding::of(Outcome::Partial, basis, UseFact::SignedAfter { published }),
        }
    })
}

/// Whether a time is so much before another one that what was seen then still counted.
fn is_shortly_before(earlier: Timestamp, later: Timestamp, most_days: u32) -> bool {
    let age = later.duration_since(earlier);
    age >= SignedDuration::ZERO && age <= SignedDuration::from_hours(24 * i64::from(most_days))
}

/// Loaders keep no records here: the last load that is known of is the beginning of a deployment.
fn verified_for(evidence: &Evidence<'_>, v: &Verification, deployed: &Deployed) -> bool {
    let most_days = evidence.policy.freshness.max_verification_age_days;
    deployed.since.is_some_and(|since| {
        let root = v.root_of_files();
        let mut gates = evidence.usage.gates.iter().filter(|gate| {
            gate.stage == deployed.stage && gate.let_in && gate.root.is_some() && gate.root == root
        });
        is_shortly_before(v.at, since, most_days)
            || gates.any(|gate| is_shortly_before(gate.at, since, most_days))
    })
}

pub(super) fn verified_at_load(evidence: &Evidence<'_>) -> Finding {
    let Some(first) = evidence.usage.deployments.first() else {
        return Finding::not_applicable(ControlFact::NoDeployment);
    };
    let place = || first.place.clone();
    let unverified = |remedy| Finding::missing(UseFact::RunsUnverified(place()).into()).remedy(remedy);
    match sight(evidence) {
        Sight::Unsigned => unverified(Remedy::SignModel),
        Sight::NotLooked => unverified(Remedy::Verify),
        Sight::Outdated(since) => outdated(since),
        Sight::Looked(v) => {
            let worst = by_stages(v, &ITS_OWN);
            if worst.outcome == Outcome::Fail {
                let fact = UseFact::RunsThoughFailing(place());
                return Finding::contradicted(fact.into()).remedy(Remedy::FixOthers);
            }
            if worst.outcome.is_open() {
                return Finding { fact: UseFact::RunsThoughFailing(place()).into(), ..worst };
            }
            let most_days = evidence.policy.freshness.max_verification_age_days;
            let beside = evidence.usage.deployments.iter().find(|one| !verified_for(evidence, v, one));
            match beside {
                None => Finding::observed(Outcome::Pass, UseFact::VerifiedBeforeUse(place()).into()),
                Some(one) if is_shortly_before(v.at, evidence.now, most_days) => {
                    let fact = UseFact::VerifiedBeside(one.place.clone());
                    Finding::observed(Outcome::Partial, fact.into())
                }
                Some(_) => unverified(Remedy::VerifyAgain),
            }
        }
    }
}

pub(super) fn key_custody(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let custody_unknown = || Finding::missing(ControlFact::CustodyUnknown);
        if !v.signer_proven() {
            return Finding::unknown(ControlFact::SignerNotProven).remedy(Remedy::ProveSigner);
        }
        if v.method == Some(Method::Sigstore) {
            return Finding::observed(Outcome::Pass, ControlFact::ShortLivedKey);
        }
        if v.check(Stage::Identity).is_some_and(|check| check.code == CheckCode::IdentityWindow) {
            return Finding::contradicted(UseFact::KeyOverdue.into());
        }
        // A grant that ends says by when the key is replaced; where it is kept, nothing says.
        let publisher = evidence.policy.publisher_of(evidence.model.id.raw());
        match publisher.and_then(|publisher| publisher.valid_until) {
            Some(until) if until > evidence.now => {
                Finding::declared(Outcome::Partial, UseFact::KeyUntil(until).into())
            }
            _ => custody_unknown(),
        }
    })
}

pub(super) fn distributor_claim(evidence: &Evidence<'_>) -> Finding {
    let says = |roles: &crate::policy::Attester| roles.roles.contains(Role::Distributor);
    if !evidence.policy.attesters.iter().any(says) {
        return Finding::not_applicable(ControlFact::NoDistributor);
    }
    match sight(evidence) {
        Sight::NotLooked => return not_looked(),
        Sight::Outdated(since) => return outdated(since),
        Sight::Unsigned | Sight::Looked(_) => {}
    }
    let refuses = summaries(evidence).find(|(one, said)| has(one, Role::Distributor) && !said.passed);
    if let Some((one, _)) = refuses {
        return Finding::contradicted(ClaimFact::DistributorRefuses(signer(one)).into());
    }
    let mut claims =
        evidence.testimonies.iter().filter(|one| one.claimed.counts() && has(one, Role::Distributor));
    match claims.next() {
        Some(one) => Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::DistributorAgrees(signer(one))),
        None => Finding::not_applicable(ControlFact::NoDistributor),
    }
}
