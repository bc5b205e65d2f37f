//! IDENTITY of a claim, and of a model that was signed again on receipt: whether the policy gives the signer
//! a role for it, as the publisher or as an attester. It reads no file.

use crate::attest::PredicateKind;
use crate::inventory::Model;
use crate::policy::{Granted, Policy, Role, Window};
use crate::signing::{
    AnchorUse, Check, CheckCode, Ended, Identity, IdentityWhy, Outcome, OutsideGrant, Stage, Verification,
};
use crate::text::Untrusted;
use jiff::Timestamp;

/// Whether a signature is outside its grant; none if inside. A trusted time counts. Without one, the
/// signature is not younger than the files that were examined with it, and the end of the grant is judged now
/// (rulings 2): a holder of the key can backdate a signature later.
pub(super) fn outside_grant(
    granted: Granted<'_>,
    signer: &Identity,
    verification: &Verification,
    now: Timestamp,
) -> Option<OutsideGrant> {
    let (signed_at, seen_at) = (verification.signed_at.map(|(at, _)| at), verification.at);
    let ended = if granted.window(signed_at, seen_at) == Window::Before {
        Ended::Before
    } else if granted.window(signed_at, now) == Window::After {
        signed_at.map_or(Ended::Unstamped, |_| Ended::After)
    } else {
        return None;
    };
    let (from, until) = granted.bounds();
    Some(OutsideGrant {
        publisher: Untrusted::new(granted.id()),
        is_attester: matches!(granted, Granted::Attester(_)),
        signer: signer.clone(),
        ended,
        signed_at,
        seen_at,
        from,
        until,
    })
}

/// The check of a signature outside of a grant.
pub(super) fn outside(outside: OutsideGrant) -> Check {
    let outcome = match outside.ended {
        Ended::Before | Ended::After => Outcome::Fail,
        // It may have been signed in time: an untrusted time contradicts nothing (rulings 1).
        Ended::Unstamped => Outcome::Missing,
    };
    Check::new(CheckCode::IdentityWindow, outcome, IdentityWhy::Outside(outside))
}

fn words(roles: impl IntoIterator<Item = Role>) -> Vec<Untrusted> {
    roles.into_iter().map(|role| role.word().into()).collect()
}

fn proven(verification: &Verification) -> Option<(&Identity, &AnchorUse)> {
    let (signer, anchor) = (verification.signer.as_ref()?, verification.anchor.as_ref()?);
    verification.signer_proven().then_some((signer, anchor))
}

/// IDENTITY of a claim, from what it is without roles: the signer has to be in a role for its kind. Where the policy
/// assigns no roles, nothing changes.
pub(super) fn in_role(
    check: Check,
    kind: Option<PredicateKind>,
    verification: &Verification,
    model: &Model,
    policy: &Policy,
    now: Timestamp,
) -> Check {
    let Some((signer, anchor)) = proven(verification) else { return check };
    if !policy.assigns_roles() || check.code == CheckCode::IdentityDenied {
        return check;
    }
    let needed = kind.map(Role::for_kind).unwrap_or_default();
    let (mut late, mut unfit) = (None, None);
    for granted in policy.grants_to(model.id.raw(), signer, anchor) {
        let role = needed.iter().find(|role| granted.roles().contains(**role));
        match (granted, role) {
            // What is not known never counts anyway, and says nothing of who says it.
            (Granted::Publisher(_), _) if kind.is_none() || role.is_some() => {
                if check.outcome == Outcome::Pass {
                    return check;
                }
            }
            (Granted::Attester(attester), Some(role)) => {
                let Some(outside) = outside_grant(granted, signer, verification, now) else {
                    let why = IdentityWhy::Attested {
                        attester: Untrusted::new(&attester.id),
                        role: role.word().into(),
                        signer: signer.clone(),
                        anchor: Untrusted::new(&anchor.name),
                    };
                    return Check::pass(Stage::Identity, why);
                };
                late.get_or_insert(outside);
            }
            _ => {
                unfit.get_or_insert(granted);
            }
        }
    }
    if let Some(late) = late {
        return outside(late);
    }
    let Some(granted) = unfit else { return check };
    let why = IdentityWhy::OutsideRole {
        whose: Untrusted::new(granted.id()),
        roles: words(granted.roles().iter()),
        needed: words(needed.iter().copied()),
        signer: signer.clone(),
        anchor: Untrusted::new(&anchor.name),
    };
    Check::new(CheckCode::IdentityRole, Outcome::Fail, why)
}

/// IDENTITY of a model's own signature, from what it is by its publisher alone: where the policy allows it, the signature
/// of who received it takes the producer's place.
pub(super) fn resigned(
    check: Check,
    verification: &Verification,
    model: &Model,
    policy: &Policy,
    now: Timestamp,
) -> Check {
    let stranger = matches!(
        check.code,
        CheckCode::IdentityNoPublisher | CheckCode::IdentityMismatch | CheckCode::IdentityWrongPublisher
    );
    let Some((signer, anchor)) =
        proven(verification).filter(|_| policy.artifact.allow_resign_at_ingest && stranger)
    else {
        return check;
    };
    let mut late = None;
    for granted in policy.grants_to(model.id.raw(), signer, anchor) {
        let Granted::Attester(attester) = granted else { continue };
        if !attester.roles.contains(Role::Ingest) {
            continue;
        }
        let Some(outside) = outside_grant(granted, signer, verification, now) else {
            let why = IdentityWhy::Resigned {
                attester: Untrusted::new(&attester.id),
                signer: signer.clone(),
                anchor: Untrusted::new(&anchor.name),
            };
            return Check::pass(Stage::Identity, why);
        };
        late.get_or_insert(outside);
    }
    late.map_or(check, outside)
}
