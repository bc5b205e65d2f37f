//! Which requirements of a policy a single claim meets. The claims of a model are combined elsewhere.

use crate::attest::{Claimed, Evaluation, Said};
use crate::maturity::{Met, MetWhy};
use crate::policy::{Answer, ClauseFault, Granted, Policy, Requirement, Role, SelfAttested, Window, answer};
use crate::signing::{AnchorUse, Outcome};
use crate::text::Untrusted;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::cell::LazyCell;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The parts of a statement that a requirement reads.
#[derive(Deserialize)]
struct Statement<'s> {
    #[serde(borrow)]
    predicate: &'s RawValue,
}

/// The result of a claim under each requirement on its predicate, in the order of the policy. `statement` gives the
/// signed statement; it is read only if a requirement accepts the claim, since anybody can append others. `anchor` is
/// the anchor that proved the signer.
pub fn meets<'s>(
    claimed: &Claimed,
    statement: impl FnOnce() -> &'s [u8],
    anchor: Option<&AnchorUse>,
    (policy, model): (&Policy, &str),
    now: Timestamp,
) -> Vec<Met> {
    let concerned = policy.requirements.iter().filter(|one| one.is_for(claimed.predicate_type.raw()));
    let mut concerned = concerned.peekable();
    if concerned.peek().is_none() {
        return Vec::new();
    }
    let read = LazyCell::new(|| serde_json::from_slice::<Statement<'_>>(statement()).ok());
    let met = |requirement: &Requirement| {
        let said = accept(requirement, claimed, anchor, (policy, model), now).and_then(|by_publisher| {
            let predicate = read.as_ref().ok_or(MetWhy::NotCounted)?.predicate;
            Ok((answer(requirement, predicate), by_publisher))
        });
        let (outcome, why, named) = match said {
            Err(why) => (Outcome::Missing, why, None),
            Ok((said, by_publisher)) => {
                let (outcome, why) = weigh(requirement, claimed, &said, by_publisher);
                (outcome, why, said.named.filter(|_| outcome != Outcome::Missing))
            }
        };
        Met { requirement: requirement.id.clone(), outcome, why, named }
    };
    concerned.map(met).collect()
}

/// Whether a requirement accepts a claim, whatever it states; then, whether the model's publisher signed it.
fn accept(
    requirement: &Requirement,
    claimed: &Claimed,
    anchor: Option<&AnchorUse>,
    (policy, model): (&Policy, &str),
    now: Timestamp,
) -> Result<bool, MetWhy> {
    let (Some(signer), Some(anchor)) = (claimed.signer.as_ref().filter(|_| claimed.counts()), anchor) else {
        return Err(MetWhy::NotCounted);
    };
    let grants = || {
        let granted = policy.grants_to(model, signer, anchor);
        granted.filter(|granted| granted.window(claimed.signed_at, now) == Window::Inside)
    };
    // If the policy assigns roles, a grant without a role for this kind of claim does not apply.
    let in_role = |granted: &Granted<'_>| match (requirement.from_role, claimed.kind) {
        (Some(role), _) => granted.roles().contains(role),
        (None, Some(kind)) if policy.assigns_roles() => {
            Role::for_kind(kind).iter().any(|role| granted.roles().contains(*role))
        }
        (None, _) => true,
    };
    if requirement.from_role.is_some() && !grants().any(|granted| in_role(&granted)) {
        return Err(MetWhy::Role);
    }
    if let Some(domain) = &requirement.domain
        && !grants().any(|granted| in_role(&granted) && granted.covers(domain))
    {
        return Err(MetWhy::Domain);
    }
    if let Some(verifier) = &requirement.verifier {
        let named = matches!(&claimed.said, Said::Summary(summary) if summary.verifier.raw() == verifier);
        if !named {
            return Err(MetWhy::Verifier);
        }
    }
    if let Some(most) = requirement.max_age_days {
        let signed_at = claimed.signed_at.ok_or(MetWhy::NoTime)?;
        let seconds = now.as_second() - signed_at.as_second();
        if seconds > i64::from(most) * DAY_SECONDS {
            return Err(MetWhy::Age { days: seconds / DAY_SECONDS });
        }
    }
    Ok(grants().any(|granted| matches!(granted, Granted::Publisher(_))))
}

/// The result of an accepted claim, from its predicate.
fn weigh(
    requirement: &Requirement,
    claimed: &Claimed,
    said: &Answer,
    by_publisher: bool,
) -> (Outcome, MetWhy) {
    if let Some((at, fault)) = said.fault {
        let clause = requirement.clauses.get(at);
        let path = clause.map(|clause| clause.path.to_string()).unwrap_or_default();
        let operator = clause.map_or("", |clause| clause.test.operator());
        let outcome = match fault {
            ClauseFault::Missing => Outcome::Missing,
            ClauseFault::Type | ClauseFault::Value => Outcome::Fail,
        };
        return (outcome, MetWhy::Clause { path: Untrusted::new(path), operator: operator.into(), fault });
    }
    let says_so = matches!(&claimed.said, Said::Evaluation(evaluation) if is_self_attested(evaluation));
    match requirement.self_attested {
        _ if !says_so && !by_publisher => (Outcome::Pass, MetWhy::Holds),
        SelfAttested::Pass => (Outcome::Pass, MetWhy::Holds),
        SelfAttested::Warn => (Outcome::Partial, MetWhy::SelfAttested),
        SelfAttested::Fail => (Outcome::Missing, MetWhy::SelfAttested),
    }
}

fn is_self_attested(evaluation: &Evaluation) -> bool {
    evaluation.self_attested == Some(true)
}

/// When a claim is first too old for a requirement about its predicate, or as a summary that is trusted; some of it allows
/// for clocks that differ. And when it no longer lies ahead of the clock.
pub(super) fn ages<'p>(claimed: &Claimed, policy: &'p Policy) -> impl Iterator<Item = Timestamp> + use<'p> {
    let skew = i64::from(policy.freshness.clock_skew_seconds);
    let summary = match &claimed.said {
        Said::Summary(summary) => Some(summary.at),
        _ => None,
    };
    let required = policy.requirements.iter().filter(|one| one.is_for(claimed.predicate_type.raw()));
    let required = required.filter_map(|one| one.max_age_days);
    let trusted = policy.summaries.iter().filter(|_| summary.is_some()).filter_map(|one| one.max_age_days);
    let days: Vec<u32> = required.chain(trusted).collect();
    let times: Vec<Timestamp> = claimed.signed_at.into_iter().chain(summary.flatten()).collect();
    let later = |at: Timestamp, seconds: i64| at.checked_add(SignedDuration::from_secs(seconds)).ok();
    let mut ages: Vec<Timestamp> = Vec::new();
    for at in times {
        ages.extend(later(at, -skew));
        for days in &days {
            let age = i64::from(*days) * DAY_SECONDS + 1;
            ages.extend([later(at, age), later(at, age + skew)].into_iter().flatten());
        }
    }
    ages.into_iter()
}
