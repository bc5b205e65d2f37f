//! Which publisher a model belongs to, and whether a signer is one of its identities.

use super::document::{
    AnchorSource, Attester, DenyIdentity, IdentityPattern, LedgerRules, Policy, Publisher, PublisherIndex,
    Publishers,
};
use super::exception::Exception;
use super::index::{Patterns, Signers};
use super::text_pattern::TextPattern;
use crate::inventory::folded;
use crate::signing::{AnchorKind, AnchorUse, Identity, Method};

impl TextPattern {
    /// Whether it matches a signer's subject, or the fingerprint of its key.
    pub(super) fn names(&self, signer: &Identity) -> bool {
        self.matches(signer.subject.raw())
            || signer.fingerprint.as_deref().is_some_and(|print| self.matches(print))
    }
}

impl IdentityPattern {
    /// Whether both subject and issuer match; a pattern with an issuer never matches a signer without one.
    pub fn matches(&self, signer: &Identity) -> bool {
        let issuer = match (&self.issuer, &signer.issuer) {
            (None, _) => true,
            (Some(expected), Some(found)) => expected == found.raw(),
            (Some(_), None) => false,
        };
        issuer && self.subject.matches(signer.subject.raw())
    }
}

/// Where a time lies relative to a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Before it begins.
    Before,
    /// Inside.
    Inside,
    /// At its end, or after.
    After,
}

impl Window {
    fn of(from: Option<jiff::Timestamp>, until: Option<jiff::Timestamp>, at: jiff::Timestamp) -> Self {
        if from.is_some_and(|from| at < from) {
            return Window::Before;
        }
        if until.is_some_and(|until| at >= until) { Window::After } else { Window::Inside }
    }
}

impl Publisher {
    /// Where a time lies relative to its grant.
    pub fn window(&self, at: jiff::Timestamp) -> Window {
        Window::of(self.valid_from, self.valid_until, at)
    }

    /// Whether it grants its models to this signer under this anchor. Without `identities` the anchor
    /// suffices, but only when it is one key: a certificate authority answers for many signers.
    pub fn grants(&self, signer: &Identity, anchor: &AnchorUse) -> bool {
        is_one_of(&self.trust, &self.identities, signer, anchor)
    }
}

impl Attester {
    /// Where a time lies relative to its grant.
    pub fn window(&self, at: jiff::Timestamp) -> Window {
        Window::of(self.valid_from, self.valid_until, at)
    }

    /// Whether this signer under this anchor may make claims about a model, as for [`Publisher::grants`].
    pub fn grants(&self, model: &str, signer: &Identity, anchor: &AnchorUse) -> bool {
        let model = folded(model);
        let concerned = self.models.is_empty() || self.models.iter().any(|pattern| pattern.matches(&model));
        is_one_of(&self.trust, &self.identities, signer, anchor) && concerned
    }
}

fn is_one_of(
    trust: &[String],
    identities: &[IdentityPattern],
    signer: &Identity,
    anchor: &AnchorUse,
) -> bool {
    let suffices = identities.is_empty() && anchor.kind == AnchorKind::Key && signer.method == Method::Key;
    trust.contains(&anchor.name) && (suffices || identities.iter().any(|identity| identity.matches(signer)))
}

impl LedgerRules {
    /// Whether a checkpoint may count by an anchor at all. Where none is named, an anchor of many unknown signers (a
    /// Sigstore instance) vouches for nobody.
    pub fn may_vouch(&self, anchor: &AnchorSource) -> bool {
        match self.trust.is_empty() {
            true => matches!(anchor.kind, AnchorKind::Key | AnchorKind::Ca),
            false => anchor.kind != AnchorKind::Tsa && self.trust.contains(&anchor.name),
        }
    }

    /// Whether a checkpoint by this signer under this anchor counts.
    pub fn grants(&self, signer: &Identity, anchor: &AnchorUse) -> bool {
        let is_named = match self.trust.is_empty() {
            true => matches!(anchor.kind, AnchorKind::Key | AnchorKind::Ca),
            false => self.trust.contains(&anchor.name),
        };
        // A policy that names nobody under a Sigstore instance is not valid.
        let suffices = self.identities.is_empty() && anchor.kind != AnchorKind::Sigstore;
        is_named && (suffices || self.identities.iter().any(|identity| identity.matches(signer)))
    }
}

impl IdentityPattern {
    /// The subject, where it is one.
    pub(super) fn exact_subject(&self) -> Option<&str> {
        match &self.subject {
            TextPattern::Exact(subject) => Some(subject),
            TextPattern::Regex(_) => None,
        }
    }
}

impl Publishers {
    fn index(&self) -> &PublisherIndex {
        self.index.get_or_init(|| {
            let patterns = || {
                let all = self.list.iter().enumerate();
                all.flat_map(|(at, publisher)| publisher.models.iter().map(move |pattern| (at, pattern)))
            };
            let mut grants = Signers::default();
            for (at, publisher) in self.list.iter().enumerate() {
                for anchor in &publisher.trust {
                    let subjects = publisher.identities.iter().map(IdentityPattern::exact_subject);
                    subjects.for_each(|subject| grants.add(anchor, subject, at));
                    if publisher.identities.is_empty() {
                        grants.add(anchor, None, at);
                    }
                }
            }
            let windows = self.list.iter().flat_map(|one| [one.valid_from, one.valid_until]);
            let mut moments: Vec<jiff::Timestamp> = windows.flatten().collect();
            moments.sort();
            moments.dedup();
            Box::new(PublisherIndex {
                models: Patterns::of(patterns().map(|(_, pattern)| pattern)),
                owners: patterns().map(|(at, _)| at).collect(),
                grants,
                moments,
            })
        })
    }

    /// The publisher with the longest pattern that matches an id; among equals the first.
    fn of(&self, id: &str) -> Option<&Publisher> {
        let index = self.index();
        self.list.get(*index.owners.get(index.models.best(id)?)?)
    }

    /// The first publisher that grants to this signer under this anchor, but for the one of that id.
    pub fn another_for(&self, id: &str, signer: &Identity, anchor: &AnchorUse) -> Option<&Publisher> {
        let candidates = self.index().grants.candidates(&anchor.name, signer.subject.raw());
        let mut publishers = candidates.into_iter().filter_map(|at| self.list.get(at));
        publishers.find(|other| other.id != id && other.grants(signer, anchor))
    }

    /// The first moment after this one at which a grant begins or ends.
    pub fn next_moment(&self, now: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let moments = &self.index().moments;
        moments.get(moments.partition_point(|moment| *moment <= now)).copied()
    }
}

impl Policy {
    /// The publisher with the longest matching pattern; among equals the first in the file.
    pub fn publisher_of(&self, model: &str) -> Option<&Publisher> {
        self.publishers.of(&folded(model))
    }

    /// The entry that denies a signer whose signature has this trusted time (none: no trusted time, which
    /// never escapes a denial). A fingerprint denies a key under whatever name it signs.
    pub fn denies(&self, signer: &Identity, signed_at: Option<jiff::Timestamp>) -> Option<&DenyIdentity> {
        self.denied.iter().find(|denied| {
            let before = matches!((signed_at, denied.after), (Some(signed), Some(after)) if signed < after);
            denied.subject.names(signer) && !before
        })
    }

    /// The first moment after this one at which a grant or an exception begins, ends or is to be reported.
    pub fn next_moment(&self, now: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let attesters = self.attesters.iter().flat_map(|one| [one.valid_from, one.valid_until]);
        let exceptions = self.exceptions.iter().flat_map(Exception::moments);
        let after = attesters.chain(exceptions).flatten().filter(|moment| *moment > now);
        after.chain(self.publishers.next_moment(now)).min()
    }

    /// The stage of that name.
    pub fn stage(&self, name: &str) -> Option<&super::document::Stage> {
        self.stages.iter().find(|stage| stage.name == name)
    }
}
