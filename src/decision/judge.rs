//! One model's verification, judged from evidence: signature, chain, time, log, identity, claims and policy. Pure: it
//! knows no file, store or clock.

use crate::attest::{Claims, Judge, NamedDigest, Piece, claims_in};
use crate::error::Result;
use crate::inventory::{Basis, FactKey, Looked, Model};
use crate::maturity::{Gated, Passed, Testimony};
use crate::policy::Policy;
use crate::progress::Progress;
use crate::signing::{Bundle, Judging, Verification, VerifyOptions, bundle_in, bundle_moments};
use jiff::{SignedDuration, Timestamp};

use super::anchors::Anchors;
use super::apply::apply_policy_to;
use super::evidence::{ClaimsSeen, FurtherClaims, SeenEvidence};
use super::meeting::ages;
use super::predicates::{Under, predicates_check};

/// What a model is judged by.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Its anchors.
    pub anchors: &'a Anchors,
    /// When.
    pub now: Timestamp,
}

/// Judges what was seen of a model: its checks, and its claims with the roles of their signers.
///
/// # Errors
/// `E-CANCELLED`.
pub fn judge_model(
    model: &Model,
    seen: &SeenEvidence,
    by: &By<'_>,
    progress: &Progress,
) -> Result<(Verification, Vec<Testimony>)> {
    let bundle = seen.bundle.as_deref();
    let judging = Judging { beyond: by.policy.beyond(), ..Judging::default() };
    let mut verification =
        crate::signing::judge(&seen.observed, bundle, by.anchors.trust(), &judging, by.now);
    let looked = seen.looked.as_deref();
    let claims = (&seen.claims, seen.further.as_slice());
    let testimonies = add_policy(&mut verification, model, (looked, claims), by, progress)?;
    Ok((verification, testimonies))
}

/// PREDICATES, IDENTITY and POLICY of a verification that was judged without a policy; and FILES, where they changed
/// while they were looked at. It gives the claims.
///
/// # Errors
/// `E-CANCELLED`.
pub fn add_policy(
    verification: &mut Verification,
    model: &Model,
    (looked, (claims, further)): (Option<&Looked>, (&ClaimsSeen, &[FurtherClaims])),
    by: &By<'_>,
    progress: &Progress,
) -> Result<Vec<Testimony>> {
    if looked.is_some_and(|looked| looked.changing) {
        verification.files_were_changing();
    }
    let mut pieces = vec![Piece { file: None, claims: of_piece(claims) }];
    pieces.extend(further.iter().map(|one| Piece { file: Some(&one.file), claims: of_piece(&one.claims) }));
    let aliases = aliases(model);
    let under = Under { model: Some(model), policy: by.policy, now: by.now };
    let options = VerifyOptions { beyond: by.policy.beyond(), ..VerifyOptions::at(by.now) };
    let judge = Judge {
        trust: by.anchors.trust(),
        options: &options,
        root: verification.root_of_files(),
        aliases: &aliases,
    };
    let (check, testimonies) = predicates_check(&pieces, &judge, &under, progress)?;
    verification.set(check);
    apply_policy_to(verification, model, (looked, &testimonies), by.policy, by.now);
    Ok(testimonies)
}

fn of_piece(claims: &ClaimsSeen) -> Claims<'_> {
    match claims {
        ClaimsSeen::Absent => Claims::Absent,
        ClaimsSeen::Unreadable(fault) => Claims::Unreadable(*fault),
        ClaimsSeen::Read(bytes) => Claims::Bytes(bytes),
    }
}

/// Digests of a model's bytes besides its root digest: that of its manifest, where it lies in a registry's layout under
/// it. What documents declare is none.
pub fn aliases(model: &Model) -> Vec<NamedDigest> {
    let observed =
        model.facts.iter().filter(|fact| fact.key == FactKey::Address && fact.basis == Basis::Observed);
    observed.filter_map(|fact| NamedDigest::parse(fact.value.raw())).collect()
}

/// The earliest moment after now at which the same evidence may be judged differently by the same policy; none when
/// time changes nothing. Too early costs time, too late would be wrong.
pub fn holds_until(verification: &Verification, bundle: Option<&[u8]>, by: &By<'_>) -> Option<Timestamp> {
    let parsed = bundle.and_then(bundle_in);
    let own = parsed.as_ref().map(bundle_moments).unwrap_or_default();
    let signature = by.anchors.moments().next_change(parsed.as_ref().map(Bundle::method), &own, by.now);
    holds_by_policy(verification, by).into_iter().chain(signature).min()
}

/// The same of claims: of their signatures, and of what the policy says of their age.
pub fn holds_by_claims(seen: &SeenEvidence, testimonies: &[Testimony], by: &By<'_>) -> Option<Timestamp> {
    let ages = testimonies.iter().flat_map(|testimony| ages(&testimony.claimed, by.policy));
    let ages = ages.filter(|moment| *moment > by.now);
    let files = std::iter::once(&seen.claims).chain(seen.further.iter().map(|one| &one.claims));
    let signatures = files.filter_map(|claims| {
        let ClaimsSeen::Read(bytes) = claims else { return None };
        let found = claims_in(bytes).ok()?;
        let bundles =
            found.claims.iter().flat_map(|claim| std::iter::once(&claim.bundle).chain(&claim.cosigned));
        let next = |bundle: &Bundle| {
            by.anchors.moments().next_change(Some(bundle.method()), &bundle_moments(bundle), by.now)
        };
        bundles.filter_map(next).min()
    });
    ages.chain(signatures).min()
}

/// Whether an earlier word counts at a time, where a stage takes it for what is not available for so many hours.
pub(super) fn counts_for(passed: Timestamp, hours: u32, now: Timestamp) -> bool {
    let most = SignedDuration::from_hours(i64::from(hours));
    (SignedDuration::ZERO..=most).contains(&now.duration_since(passed))
}

/// Whether an earlier word of a gate counts at one of two times and not at the other.
pub fn counts_otherwise(policy: &Policy, gated: &Gated, (one, other): (Timestamp, Timestamp)) -> bool {
    let hours = policy.stage(gated.stage.raw()).and_then(|stage| stage.cached_max_hours);
    let counts = |passed: &Passed, hours: u32| {
        counts_for(passed.at, hours, one) != counts_for(passed.at, hours, other)
    };
    hours.zip(gated.passed.as_ref()).is_some_and(|(hours, passed)| counts(passed, hours))
}

/// The same of what the policy says alone.
pub fn holds_by_policy(verification: &Verification, by: &By<'_>) -> Option<Timestamp> {
    let freshness = &by.policy.freshness;
    let after = |seconds: i64| verification.at.checked_add(SignedDuration::from_secs(seconds)).ok();
    let age = i64::from(freshness.max_verification_age_days) * 86_400;
    let ages = [after(age + 1), after(-i64::from(freshness.clock_skew_seconds))];
    let windows = [by.policy.next_moment(by.now)];
    let moments = windows.into_iter().chain(ages).chain([by.policy.expires]);
    moments.flatten().filter(|moment| *moment > by.now).min()
}
