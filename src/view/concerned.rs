//! What has to be judged again when something changed: as little as can be, and never too little. It judges nothing.

use crate::decision::{AnchorEntry, Anchors};
use crate::inventory::Model;
use crate::policy::{AnchorKind, ConcernIndex, Concerns, Policy, concerns};
use crate::signing::Method;
use jiff::Timestamp;

use super::record::Verified;

/// What a view is judged by.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Its anchors.
    pub anchors: &'a Anchors,
    /// When.
    pub at: Timestamp,
}

/// How much of a verification has to be judged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Again {
    /// It stands.
    Nothing,
    /// What the policy says of it.
    Policy,
    /// All of it, from the evidence.
    Everything,
}

/// What changed from one view to the next.
pub struct Changed<'a> {
    before: Basis<'a>,
    after: Basis<'a>,
    concerns: Concerns,
    concerned: ConcernIndex,
    anchors: Vec<&'a AnchorEntry>,
}

impl<'a> Changed<'a> {
    /// Between two bases.
    pub fn between(before: Basis<'a>, after: Basis<'a>) -> Self {
        let concerns = concerns(before.policy, after.policy);
        let concerned = ConcernIndex::of(&concerns);
        Changed { before, after, concerns, concerned, anchors: before.anchors.changed(after.anchors) }
    }

    /// Whether the rules themselves changed, so that even what was not verified is judged differently.
    pub fn rules(&self) -> bool {
        self.concerns.everything
    }

    /// What is left of the verification of a model whose entry did not change.
    pub fn again(&self, model: &Model, verified: &Verified) -> Again {
        let now = self.after.at;
        let is_over = verified.until.is_some_and(|until| until <= now);
        // Backwards in time everything may have been different.
        if is_over || now < self.before.at || self.concerns_trust(verified) {
            return Again::Everything;
        }
        let has_claims = verified.seen.has_claims();
        let signer = verified.verification.signer.as_ref();
        let is_concerned = self.concerns.everything
            || self.concerned.concerns_model(&model.id)
            || signer.is_some_and(|signer| self.concerned.concerns_signer(signer));
        match has_claims {
            // Claims have signers of their own.
            true if !self.concerns.is_nothing() => Again::Everything,
            _ if is_concerned => Again::Policy,
            _ => Again::Nothing,
        }
    }

    fn concerns_trust(&self, verified: &Verified) -> bool {
        if self.anchors.is_empty() {
            return false;
        }
        if verified.seen.has_claims() {
            return true;
        }
        // A signature that could not be read names no method; nothing answers for it.
        let Some(method) = verified.verification.method else { return false };
        let kind = match method {
            Method::Key => AnchorKind::Key,
            Method::Certificate => AnchorKind::Ca,
            Method::Sigstore => AnchorKind::Sigstore,
        };
        let stamps = method != Method::Sigstore;
        // Anchors of other kinds are named where none of the right kind is trusted.
        let is_trusted = verified.verification.anchor.is_some();
        let changed = self
            .anchors
            .iter()
            .any(|entry| entry.kind == kind || stamps && entry.kind == AnchorKind::Tsa || !is_trusted);
        changed && !self.first_that_fits_is_the_same(kind, verified)
    }

    /// Keys and roots are tried in their order, and the first that fits is used: what follows it does not matter.
    fn first_that_fits_is_the_same(&self, kind: AnchorKind, verified: &Verified) -> bool {
        let Some(used) = &verified.verification.anchor else { return false };
        if !matches!(kind, AnchorKind::Key | AnchorKind::Sigstore)
            || self.anchors.iter().any(|entry| entry.kind == AnchorKind::Tsa)
        {
            return false;
        }
        let up_to_used = |anchors: &'a Anchors| {
            let mut up_to = Vec::new();
            for entry in anchors.document().anchors.iter().filter(|entry| entry.kind == kind) {
                up_to.push(entry);
                if entry.name == used.name
                    && entry.digest.is_some_and(|digest| digest.to_string() == used.digest)
                {
                    return Some(up_to);
                }
            }
            None
        };
        let before = up_to_used(self.before.anchors);
        before.is_some() && before == up_to_used(self.after.anchors)
    }
}
