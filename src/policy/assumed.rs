//! A policy as a test assumes it: with one more publisher.

use super::document::{IdentityPattern, Policy, Publisher, Publishers};
use super::patterns::ModelPattern;
use super::role::Role;
use super::text_pattern::TextPattern;
use super::trial::Given;

impl Policy {
    /// The same with this signer as the publisher of that model alone, as far as a test assumes it.
    pub fn assuming(&self, given: &Given) -> Option<Self> {
        let signer = given.signer.as_ref().filter(|_| given.assume_publisher)?;
        let subject = TextPattern::Exact(signer.subject.clone());
        let assumed = Publisher {
            id: "assumed".to_owned(),
            models: vec![ModelPattern::new(&given.model)],
            trust: vec![signer.anchor.clone()],
            identities: vec![IdentityPattern { issuer: signer.issuer.clone(), subject }],
            roles: [Role::Producer].into_iter().collect(),
            valid_from: None,
            valid_until: None,
        };
        // The first of two that name the same model counts.
        let all: Vec<Publisher> = [assumed].into_iter().chain(self.publishers.iter().cloned()).collect();
        Some(Policy { publishers: Publishers::from(all), ..self.clone() })
    }
}
