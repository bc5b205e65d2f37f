//! Which requirements of a policy a single claim meets. The claims of a model are combined elsewhere.

use crate::attest::{Claimed, Evaluation, Said};
use crate::maturity::{Met, MetWhy};
use crate::policy::{Answer, ClauseFault, Granted, Policy, Requirement, SelfAttested, Window, answer};
use crate::signing::{AnchorUse, Outcome};
use crate::text::Untrusted;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The parts of a statement that a requirement reads.
#[derive(Deserialize)]
struct Statement<'s> {
    #[serde(borrow)]
    predicate: &'s RawValue,
}

/// What a claim comes to under each requirement about its predicate, in the order of the policy. `statement` is what was
/// signed, `anchor` what its signer was proven by.
pub fn meets(
    claimed: &Claimed,
    statement: &[u8],
    anchor: Option<&AnchorUse>,
    (policy, model): (&Policy, &str),
    now: Timestamp,
) -> Vec<Met> {
    let concerned = policy.requirements.iter().filter(|one| one.is_for(claimed.predicate_type.raw()));
    let mut concerned = concerned.peekable();
    if concerned.peek().is_none() {
        return Vec::new();
    }
    let predicate = serde_json::from_slice::<Statement<'_>>(statement).ok().map(|read| read.predicate);
    let met = |requirement: &Requirement| {
        let said = predicate.map(|predicate| answer(requirement, predicate));
        let (outcome, why) = weigh(requirement, claimed, anchor, (policy, model), (said.as_ref(), now));
        Met {
            requirement: requirement.id.clone(),
            outcome,
            why,
            named: said.and_then(|said| said.named).filter(|_| outcome != Outcome::Missing),
        }
    };
    concerned.map(met).collect()
}

fn weigh(
    requirement: &Requirement,
    claimed: &Claimed,
    anchor: Option<&AnchorUse>,
    (policy, model): (&Policy, &str),
    (said, now): (Option<&Answer>, Timestamp),
) -> (Outcome, MetWhy) {
    let missing = |why| (Outcome::Missing, why);
    let (Some(said), Some(signer), Some(anchor)) =
        (said.filter(|_| claimed.counts()), claimed.signer.as_ref(), anchor)
    else {
        return missing(MetWhy::NotCounted);
    };
    let grants = || {
        let granted = policy.grants_to(model, signer, anchor);
        granted.filter(|granted| granted.window(claimed.signed_at, now) == Window::Inside)
    };
    let in_role =
        |granted: &Granted<'_>| requirement.from_role.is_none_or(|role| granted.roles().contains(role));
    if requirement.from_role.is_some() && !grants().any(|granted| in_role(&granted)) {
        return missing(MetWhy::Role);
    }
    if let Some(domain) = &requirement.domain
        && !grants().any(|granted| in_role(&granted) && granted.covers(domain))
    {
        return missing(MetWhy::Domain);
    }
    if let Some(verifier) = &requirement.verifier {
        let named = matches!(&claimed.said, Said::Summary(summary) if summary.verifier.raw() == verifier);
        if !named {
            return missing(MetWhy::Verifier);
        }
    }
    if let Some(most) = requirement.max_age_days {
        let Some(signed_at) = claimed.signed_at else { return missing(MetWhy::NoTime) };
        let seconds = now.as_second() - signed_at.as_second();
        if seconds > i64::from(most) * DAY_SECONDS {
            return missing(MetWhy::Age { days: seconds / DAY_SECONDS });
        }
    }
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
    let of_publisher = |granted: Granted<'_>| matches!(granted, Granted::Publisher(_));
    let says_so = matches!(&claimed.said, Said::Evaluation(evaluation) if is_self_attested(evaluation));
    match requirement.self_attested {
        _ if !says_so && !grants().any(of_publisher) => (Outcome::Pass, MetWhy::Holds),
        SelfAttested::Pass => (Outcome::Pass, MetWhy::Holds),
        SelfAttested::Warn => (Outcome::Partial, MetWhy::SelfAttested),
        SelfAttested::Fail => missing(MetWhy::SelfAttested),
    }
}

fn is_self_attested(evaluation: &Evaluation) -> bool {
    evaluation.self_attested == Some(true)
}

/// When a claim that was signed at a time is first too old for a requirement about its predicate.
pub(super) fn ages(claimed: &Claimed, policy: &Policy) -> impl Iterator<Item = Timestamp> {
    let about = policy.requirements.iter().filter(|one| one.is_for(claimed.predicate_type.raw()));
    about.filter_map(|requirement| {
        let seconds = i64::from(requirement.max_age_days?) * DAY_SECONDS + 1;
        claimed.signed_at?.checked_add(SignedDuration::from_secs(seconds)).ok()
    })
}
