//! Who signed, and how.

use crate::text::Untrusted;
use serde::{Deserialize, Serialize};

/// How a bundle was signed (OMS v1.0, 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
