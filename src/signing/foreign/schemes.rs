//! The schemes by which foreign signatures are tried against the key that they bring themselves.

use crate::text::Untrusted;
use aws_lc_rs::signature as algorithms;
use aws_lc_rs::signature::{UnparsedPublicKey, VerificationAlgorithm};
use der::asn1::ObjectIdentifier;
use x509_cert::Certificate;

use super::super::chain;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const CURVES: [(ObjectIdentifier, &str); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), "p256"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "p384"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "p521"),
];

struct Scheme {
    /// The name of RFC 7518, or `digest` of a CMS signature.
    name: &'static str,
    key: &'static str,
    algorithm: &'static dyn VerificationAlgorithm,
}

const fn row(name: &'static str, key: &'static str, algorithm: &'static dyn VerificationAlgorithm) -> Scheme {
    Scheme { name, key, algorithm }
}

static SCHEMES: [Scheme; 23] = [
    row("ES256", "p256", &algorithms::ECDSA_P256_SHA256_FIXED),
    row("ES384", "p384", &algorithms::ECDSA_P384_SHA384_FIXED),
    row("ES512", "p521", &algorithms::ECDSA_P521_SHA512_FIXED),
    row("PS256", "rsa", &algorithms::RSA_PSS_2048_8192_SHA256),
    row("PS384", "rsa", &algorithms::RSA_PSS_2048_8192_SHA384),
    row("PS512", "rsa", &algorithms::RSA_PSS_2048_8192_SHA512),
    row("RS256", "rsa", &algorithms::RSA_PKCS1_2048_8192_SHA256),
    row("RS384", "rsa", &algorithms::RSA_PKCS1_2048_8192_SHA384),
    row("RS512", "rsa", &algorithms::RSA_PKCS1_2048_8192_SHA512),
    row("EdDSA", "ed25519", &algorithms::ED25519),
    row("sha256", "rsa", &algorithms::RSA_PKCS1_2048_8192_SHA256),
    row("sha384", "rsa", &algorithms::RSA_PKCS1_2048_8192_SHA384),
    row("sha512", "rsa", &algorithms::RSA_PKCS1_2048_8192_SHA512),
    row("sha256", "p256", &algorithms::ECDSA_P256_SHA256_ASN1),
    row("sha384", "p256", &algorithms::ECDSA_P256_SHA384_ASN1),
    row("sha512", "p256", &algorithms::ECDSA_P256_SHA512_ASN1),
    row("sha256", "p384", &algorithms::ECDSA_P384_SHA256_ASN1),
    row("sha384", "p384", &algorithms::ECDSA_P384_SHA384_ASN1),
    row("sha512", "p384", &algorithms::ECDSA_P384_SHA512_ASN1),
    row("sha256", "p521", &algorithms::ECDSA_P521_SHA256_ASN1),
    row("sha384", "p521", &algorithms::ECDSA_P521_SHA384_ASN1),
    row("sha512", "p521", &algorithms::ECDSA_P521_SHA512_ASN1),
    row("sha512", "ed25519", &algorithms::ED25519),
];

/// Whether `signature` over `message` fits the certificate's key; none for a scheme that is not known here.
pub(super) fn fits(
    certificate: &Certificate,
    scheme: &str,
    message: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let info = &certificate.tbs_certificate.subject_public_key_info;
    let key = match info.algorithm.oid {
        RSA => "rsa",
        ED25519 => "ed25519",
        _ => {
            let curve = info.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
            CURVES.iter().find(|(oid, _)| *oid == curve)?.1
        }
    };
    let scheme = SCHEMES.iter().find(|row| row.name == scheme && row.key == key)?;
    let key = UnparsedPublicKey::new(scheme.algorithm, info.subject_public_key.raw_bytes());
    Some(key.verify(message, signature).is_ok())
}

/// A certificate that a signature brings, and whom it names.
pub(super) fn leaf(der: &[u8]) -> Option<(Certificate, Untrusted)> {
    let certificate = chain::parse(der).ok()?;
    let subject = chain::subject(&certificate);
    Some((certificate, subject))
}
