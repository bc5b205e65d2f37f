//! Selecting among claims by what they say: never by where they stand, because anybody may append a line.

use super::claims::Claim;
use super::judge::Judged;
use crate::signing::{Identity, RootDigest};
use crate::text::Untrusted;

/// Which claims are wanted. What is left open is not asked for.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Exactly this predicate.
    pub predicate_type: Option<String>,
    /// About the model with this root digest.
    pub subject: Option<RootDigest>,
    /// Exactly this signer, by subject.
    pub identity: Option<String>,
    /// Exactly this issuer of the signer's identity.
    pub issuer: Option<String>,
}

impl Selection {
    /// The claims that say so themselves, in the order of their digests: the order of the lines tells nothing.
    pub fn claimed<'a>(&self, claims: &'a [Claim]) -> Vec<&'a Claim> {
        let mut found: Vec<&Claim> =
            claims.iter().filter(|claim| self.says(claim) && self.is_by(claim.signer.as_ref())).collect();
        found.sort_by(|a, b| a.bundle.digest.cmp(&b.bundle.digest));
        found
    }

    /// The claims that say so and whose signer is proven to be the one asked for, in the order of their digests.
    pub fn proven<'a>(&self, judged: &'a [Judged]) -> Vec<&'a Judged> {
        let mut found: Vec<&Judged> = judged
            .iter()
            .filter(|judged| judged.signer.is_some() && self.is_by(judged.signer.as_ref()))
            .filter(|judged| self.says(&judged.claim))
            .collect();
        found.sort_by(|a, b| a.claim.bundle.digest.cmp(&b.claim.bundle.digest));
        found
    }

    fn says(&self, claim: &Claim) -> bool {
        self.predicate_type.as_ref().is_none_or(|wanted| claim.predicate_type.raw() == wanted)
            && self.subject.as_ref().is_none_or(|root| claim.is_about(root))
    }

    fn is_by(&self, signer: Option<&Identity>) -> bool {
        let subject = signer.map(|signer| signer.subject.raw());
        let issuer = signer.and_then(|signer| signer.issuer.as_ref()).map(Untrusted::raw);
        self.identity.as_deref().is_none_or(|wanted| subject == Some(wanted))
            && self.issuer.as_deref().is_none_or(|wanted| issuer == Some(wanted))
    }
}
