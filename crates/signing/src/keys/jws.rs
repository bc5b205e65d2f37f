//! Keys under the algorithms of JSON Web Signatures (RFC 7518, RFC 8037): which key takes which, and whether a signature
//! is its own. It knows no document.

use crate::check::curve::KeyKind;
use aws_lc_rs::digest;
use aws_lc_rs::signature as algorithms;
use aws_lc_rs::signature::{UnparsedPublicKey, VerificationAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use der::Decode;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::public::PublicKey;

type Row = (&'static str, KeyKind, &'static dyn VerificationAlgorithm);

/// `none` and whatever takes a shared secret are not among them.
static ALGORITHMS: [Row; 11] = [
    ("ES256", KeyKind::P256, &algorithms::ECDSA_P256_SHA256_FIXED),
    ("ES384", KeyKind::P384, &algorithms::ECDSA_P384_SHA384_FIXED),
    ("ES512", KeyKind::P521, &algorithms::ECDSA_P521_SHA512_FIXED),
    ("EdDSA", KeyKind::Ed25519, &algorithms::ED25519),
    ("Ed25519", KeyKind::Ed25519, &algorithms::ED25519),
    ("RS256", KeyKind::Rsa, &algorithms::RSA_PKCS1_2048_8192_SHA256),
    ("RS384", KeyKind::Rsa, &algorithms::RSA_PKCS1_2048_8192_SHA384),
    ("RS512", KeyKind::Rsa, &algorithms::RSA_PKCS1_2048_8192_SHA512),
    ("PS256", KeyKind::Rsa, &algorithms::RSA_PSS_2048_8192_SHA256),
    ("PS384", KeyKind::Rsa, &algorithms::RSA_PSS_2048_8192_SHA384),
    ("PS512", KeyKind::Rsa, &algorithms::RSA_PSS_2048_8192_SHA512),
];

/// Whether an algorithm is known here, by its name in `alg`.
pub(crate) fn is_known(name: &str) -> bool {
    ALGORITHMS.iter().any(|(known, ..)| *known == name)
}

impl PublicKey {
    /// Whether the signature over `message` is this key's, by the algorithm of that name. False for an algorithm of
    /// another kind of key: the name never chooses the key.
    pub(crate) fn verifies_jws(&self, name: &str, message: &[u8], signature: &[u8]) -> bool {
        let row = ALGORITHMS.iter().find(|(known, kind, _)| *known == name && *kind == self.kind());
        row.is_some_and(|(_, _, algorithm)| {
            self.bits().is_some_and(|bits| {
                UnparsedPublicKey::new(*algorithm, &bits).verify(message, signature).is_ok()
            })
        })
    }

    /// The SHA-256 thumbprint of the key as a JWK (RFC 7638), which many write as its `kid`; none for RSA.
    pub(crate) fn thumbprint(&self) -> Option<Vec<u8>> {
        let bits = self.bits()?;
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwk = match self.kind().curve() {
            Some(curve) => {
                let point = bits.strip_prefix(&[4])?;
                let (x, y) = point.split_at_checked(point.len() / 2)?;
                format!(
                    r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
                    curve.as_str(),
                    encoded(x),
                    encoded(y)
                )
            }
            None if self.kind() == KeyKind::Ed25519 => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encoded(&bits))
            }
            None => return None,
        };
        Some(digest::digest(&digest::SHA256, jwk.as_bytes()).as_ref().to_vec())
    }

    fn bits(&self) -> Option<Vec<u8>> {
        let spki = SubjectPublicKeyInfoOwned::from_der(self.spki_der()).ok()?;
        Some(spki.subject_public_key.raw_bytes().to_vec())
    }
}
