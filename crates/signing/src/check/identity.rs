//! Who signed, and how.

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a bundle was signed (OMS v1.0, 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// A bare elliptic-curve key.
    Key,
    /// A key with an X.509 certificate chain.
    Certificate,
    /// A short-lived Fulcio certificate and a transparency log.
    Sigstore,
}

impl Method {
    /// The word used on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Key => "key",
            Method::Certificate => "certificate",
            Method::Sigstore => "sigstore",
        }
    }
}

/// Who signed: a key fingerprint, a certificate subject and issuer, or an OIDC subject and issuer.
/// It is a claim until the TRUST, SIGNATURE and CHAIN checks pass.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// How.
    pub method: Method,
    /// `sha256:<hex>` over the DER SubjectPublicKeyInfo for a key; the RFC 4514 subject name (for example
    /// `CN=ci,O=acme`) for a certificate; the subject alternative name for Sigstore.
    pub subject: Untrusted,
    /// The certificate's issuer name or the OIDC issuer; none for a bare key.
    pub issuer: Option<Untrusted>,
    /// `sha256:<hex>` over the DER SubjectPublicKeyInfo of the key that signed, when known.
    pub fingerprint: Option<String>,
}

/// A part of an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IdentityPart {
    /// The subject.
    Subject,
    /// Who vouches for it.
    Issuer,
}

/// How two names differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NameChange {
    /// In upper and lower case only.
    Case,
    /// From some character on.
    Tail,
    /// From the first character on.
    Whole,
}

/// The part of an identity that is not as expected: the only one, or the subject when both are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NameDifference {
    /// Which part.
    pub part: IdentityPart,
    /// How it differs.
    pub change: NameChange,
    /// How many characters at the beginning are the same.
    pub same: usize,
    /// What was expected.
    pub expected: Untrusted,
    /// What was found.
    pub found: Untrusted,
}

impl NameDifference {
    /// Compares a signer with whom was expected. None when both parts differ, or neither.
    pub fn between(signer: &Identity, subject: &str, issuer: Option<&str>) -> Option<Self> {
        let found_issuer = signer.issuer.as_ref().map_or("", Untrusted::raw);
        let same_issuer = issuer.is_none_or(|issuer| issuer == found_issuer);
        match (signer.subject.raw() == subject, issuer) {
            (false, _) if same_issuer => Some(Self::of(IdentityPart::Subject, subject, signer.subject.raw())),
            (true, Some(issuer)) if !same_issuer => {
                Some(Self::of(IdentityPart::Issuer, issuer, found_issuer))
            }
            _ => None,
        }
    }

    fn of(part: IdentityPart, expected: &str, found: &str) -> Self {
        let same = expected.chars().zip(found.chars()).take_while(|(a, b)| a == b).count();
        let change = if expected.to_lowercase() == found.to_lowercase() {
            NameChange::Case
        } else if same == 0 {
            NameChange::Whole
        } else {
            NameChange::Tail
        };
        NameDifference { part, change, same, expected: expected.into(), found: found.into() }
    }

    /// Where the names part, so that a look-alike is seen. None when they have nothing in common.
    pub fn line(&self) -> Option<Untrusted> {
        let part = match self.part {
            IdentityPart::Subject => "subject",
            IdentityPart::Issuer => "issuer",
        };
        let rest = |text: &Untrusted| {
            let rest: String = text.raw().chars().skip(self.same).take(24).collect();
            if rest.is_empty() { "the end".to_owned() } else { format!("{rest:?}") }
        };
        Some(Untrusted::new(match self.change {
            NameChange::Whole => return None,
            NameChange::Case => format!("the {part}s differ in upper and lower case only"),
            NameChange::Tail => format!(
                "the {part}s are the same for {} characters, then expected {} and found {}",
                self.same,
                rest(&self.expected),
                rest(&self.found)
            ),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_the_part_and_the_place_where_two_names_part() {
        let signer = |subject: &str| Identity {
            method: Method::Sigstore,
            subject: subject.into(),
            issuer: Some("https://issuer.example".into()),
            fingerprint: None,
        };
        let told = |found: &str, subject: &str, issuer: &str| {
            let difference = NameDifference::between(&signer(found), subject, Some(issuer))?;
            Some((difference.part, difference.line().map(|line| line.raw().to_owned())))
        };
        let issuer = "https://issuer.example";
        let line = "the subjects are the same for 5 characters, then expected \"me.example\" and found \"ne.example\"";
        assert_eq!(
            told("ci@acne.example", "ci@acme.example", issuer),
            Some((IdentityPart::Subject, Some(line.to_owned())))
        );
        let (part, line) = told("a", "a", "HTTPS://issuer.example").unwrap();
        assert_eq!(part, IdentityPart::Issuer);
        assert!(line.unwrap().contains("lower case only"));
        assert!(told("ab", "a", issuer).unwrap().1.unwrap().contains("expected the end"));
        assert_eq!(told("b", "a", issuer).unwrap().1, None);
        assert_eq!(told("b", "a", "https://other.example"), None);
        assert_eq!(told("a", "a", issuer), None);
    }
}
