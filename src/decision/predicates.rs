//! Further claims under a policy: whose each claim has to be is said by the publisher of the model, and whom the policy
//! denies is denied. How a claim is verified is not known here.

use super::apply::{apply_to_claim, denied};
use super::meeting::meets;
use crate::attest::{Claim, Judge, Judged, Piece, Registry, judge_each, predicates_by};
use crate::error::Result;
use crate::inventory::Model;
use crate::maturity::Testimony;
use crate::policy::{Policy, Window};
use crate::progress::Progress;
use crate::signing::{Check, Verification};
use crate::tables::Few;
use crate::text::Untrusted;
use std::mem::take;

/// A policy, and the model whose publisher it asks for; without a model there is no publisher.
#[derive(Debug, Clone, Copy)]
pub struct Under<'a> {
    /// The model.
    pub model: Option<&'a Model>,
    /// The policy.
    pub policy: &'a Policy,
    /// When it is judged.
    pub now: jiff::Timestamp,
}

/// Judges each claim by itself.
///
/// # Errors
/// `E-CANCELLED`.
pub fn judge_claims(
    claims: Vec<Claim>,
    by: &Judge<'_>,
    under: &Under<'_>,
    progress: &Progress,
) -> Result<Vec<Judged>> {
    judge_verified(claims, by, under, progress, |claim| by.verify(claim))
}

/// The same from the verifications of each claim's signatures.
fn judge_verified(
    claims: Vec<Claim>,
    by: &Judge<'_>,
    under: &Under<'_>,
    progress: &Progress,
    verify: impl Fn(&Claim) -> Vec<Verification> + Sync + Send,
) -> Result<Vec<Judged>> {
    judge_each(claims, progress, |claim| {
        let kind = Registry::bundled().of(claim.predicate_type.raw()).map(|known| known.kind);
        let mut verifications = verify(&claim);
        for verification in &mut verifications {
            match under.model {
                Some(model) => apply_to_claim(verification, model, kind, under.policy, under.now),
                None => {
                    if let Some(check) = denied(verification, under.policy) {
                        verification.set(check);
                    }
                }
            }
        }
        by.weigh(claim, verifications)
    })
}

/// PREDICATES: which further claims there are, what they claim, and which of them count; and the claims, in the order of
/// their digests, each once, with the roles that the policy gives its signer.
///
/// # Errors
/// `E-CANCELLED`.
pub fn predicates_check(
    pieces: &[Piece<'_>],
    by: &Judge<'_>,
    under: &Under<'_>,
    progress: &Progress,
) -> Result<(Check, Vec<Testimony>)> {
    Ok(heard(predicates_by(pieces, |claims| judge_claims(claims, by, under, progress))?, under))
}

/// The same of claims whose verifications are given, by the line of each.
pub(super) fn predicates_by_words(
    pieces: &[Piece<'_>],
    by: &Judge<'_>,
    under: &Under<'_>,
    verify: impl Fn(usize) -> Vec<Verification> + Sync + Send,
) -> Result<(Check, Vec<Testimony>)> {
    let progress = Progress::default();
    let verify = |claim: &Claim| verify(claim.line);
    let judged = predicates_by(pieces, |claims| judge_verified(claims, by, under, &progress, verify))?;
    Ok(heard(judged, under))
}

fn heard((check, judged): (Check, Vec<Judged>), under: &Under<'_>) -> (Check, Vec<Testimony>) {
    let mut testimonies: Vec<Testimony> = judged.into_iter().map(|judged| testimony(judged, under)).collect();
    testimonies.sort_by(|a, b| a.claimed.digest.cmp(&b.claimed.digest));
    // The same line twice says nothing twice.
    testimonies.dedup_by(|a, b| a.claimed.digest == b.claimed.digest);
    (check, testimonies)
}

fn testimony(mut judged: Judged, under: &Under<'_>) -> Testimony {
    let (mut roles, mut whose) = (Few::NONE, Vec::new());
    if let Some(model) = under.model {
        // Of an envelope with several signatures, what any of its signers may say.
        for (signer, anchor, signed_at) in judged.signers() {
            let (policy, id) = (under.policy, model.id.raw());
            let granted = policy.grants_to(id, signer, anchor);
            let inside = granted.filter(|grant| grant.window(signed_at, under.now) == Window::Inside);
            whose.extend(inside.map(|grant| Untrusted::new(grant.id())));
            policy.roles_of(id, signer, anchor, signed_at, under.now).iter().for_each(|role| roles.add(role));
        }
        whose.sort();
        whose.dedup();
    }
    let asked = |_: &&Model| under.policy.asks_about(judged.claim.predicate_type.raw());
    let Some(model) = under.model.filter(asked) else {
        return Testimony { claimed: judged.claimed(), roles, whose, meets: Vec::new() };
    };
    let (anchor, statement) = (judged.anchor.clone(), take(&mut judged.claim.bundle.envelope.payload));
    let claimed = judged.claimed();
    let meets = meets(&claimed, || &statement, anchor.as_ref(), (under.policy, model.id.raw()), under.now);
    Testimony { claimed, roles, whose, meets }
}
