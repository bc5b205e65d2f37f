//! What signers may claim under a policy: a publisher about its own models, an attester about others; and the
//! roles that each kind of claim accepts. Claims are judged elsewhere.

use super::document::{Attester, Policy, Publisher};
use super::matching::Window;
use super::role::Role;
use crate::attest::PredicateKind;
use crate::signing::{AnchorUse, Identity};
use crate::tables::Few;
use jiff::Timestamp;

/// What a policy grants to a signer for one model.
#[derive(Debug, Clone, Copy)]
pub enum Granted<'p> {
    /// It signs for the model's publisher.
    Publisher(&'p Publisher),
    /// It signs for an attester.
    Attester(&'p Attester),
}

impl<'p> Granted<'p> {
    /// The id of the publisher or attester.
    pub fn id(self) -> &'p str {
        match self {
            Granted::Publisher(publisher) => &publisher.id,
            Granted::Attester(attester) => &attester.id,
        }
    }

    /// Its roles.
    pub fn roles(self) -> Few<Role> {
        match self {
            Granted::Publisher(publisher) => publisher.roles,
            Granted::Attester(attester) => attester.roles,
        }
    }

    /// Whether its claims in a domain count. Without domains, all count.
    pub fn covers(self, domain: &str) -> bool {
        match self {
            Granted::Publisher(_) => true,
            Granted::Attester(attester) => {
                attester.domains.is_empty() || attester.domains.iter().any(|known| known == domain)
            }
        }
    }

    /// When it begins and ends.
    pub fn bounds(self) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Granted::Publisher(publisher) => (publisher.valid_from, publisher.valid_until),
            Granted::Attester(attester) => (attester.valid_from, attester.valid_until),
        }
    }

    /// Where a signature lies relative to the grant. Without a trusted time, now decides: a holder of the key
    /// can backdate a signature after the grant.
    pub fn window(self, signed_at: Option<Timestamp>, now: Timestamp) -> Window {
        let at = signed_at.unwrap_or(now);
        match self {
            Granted::Publisher(publisher) => publisher.window(at),
            Granted::Attester(attester) => attester.window(at),
        }
    }
}

impl Policy {
    /// Everything that is granted to a signer for a model, whatever the time: as the model's publisher, then as an
    /// attester, in the order of the file.
    pub fn grants_to<'p>(
        &'p self,
        model: &'p str,
        signer: &'p Identity,
        anchor: &'p AnchorUse,
    ) -> impl Iterator<Item = Granted<'p>> {
        let publisher = self.publisher_of(model).filter(|publisher| publisher.grants(signer, anchor));
        let attesters = self.attesters.iter().filter(move |attester| attester.grants(model, signer, anchor));
        publisher.map(Granted::Publisher).into_iter().chain(attesters.map(Granted::Attester))
    }

    /// The roles of a proven signer for a model, as of when it signed; none where the policy gives it none, or denies it.
    /// A publisher without `roles` is the producer of its models, and no more.
    pub fn roles_of(
        &self,
        model: &str,
        signer: &Identity,
        anchor: &AnchorUse,
        signed_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Few<Role> {
        if self.denies(signer, signed_at).is_some() {
            return Few::NONE;
        }
        let granted = self.grants_to(model, signer, anchor);
        let inside = granted.filter(|granted| granted.window(signed_at, now) == Window::Inside);
        inside.flat_map(|granted| granted.roles().iter()).collect()
    }

    /// Whether it demands something of claims of this predicate, by its URI.
    pub fn asks_about(&self, uri: &str) -> bool {
        self.requirements.iter().any(|requirement| requirement.is_for(uri))
    }

    /// Whether it defines roles. Without roles, all claims of a publisher count, as in earlier versions.
    pub fn assigns_roles(&self) -> bool {
        let producer: Few<Role> = [Role::Producer].into_iter().collect();
        !self.attesters.is_empty() || self.publishers.iter().any(|publisher| publisher.roles != producer)
    }
}

impl Role {
    /// The roles of which a signer needs one, so that a claim of this kind counts.
    pub fn for_kind(kind: PredicateKind) -> &'static [Role] {
        match kind {
            PredicateKind::Integrity => &[Role::Producer, Role::Ingest, Role::Distributor],
            PredicateKind::Provenance => &[Role::Lineage, Role::Build],
            PredicateKind::Summary | PredicateKind::Result => &[Role::Verifier],
            PredicateKind::Evaluation => &[Role::Eval],
            PredicateKind::Data => &[Role::Data],
            PredicateKind::Config => &[Role::Build, Role::Lineage],
            PredicateKind::Card => &[Role::Card],
            PredicateKind::Composition => &[Role::Lineage, Role::Build],
            PredicateKind::Infrastructure => &[Role::Infrastructure],
            PredicateKind::Vulnerabilities => &[Role::Eval, Role::Verifier, Role::Producer],
            PredicateKind::Release => &[Role::Producer, Role::Distributor],
            PredicateKind::Reference => &[Role::Producer, Role::Card, Role::Distributor],
            PredicateKind::Bill => &[Role::Producer, Role::Build, Role::Lineage],
            PredicateKind::Agent => &[Role::Producer, Role::Card],
            PredicateKind::Review => &[Role::Reviewer],
            PredicateKind::Binding => &[Role::Producer, Role::Ingest],
        }
    }

    /// The word in a policy file.
    pub fn word(self) -> &'static str {
        super::names::word(&super::names::ROLES, self)
    }
}
