//! The schemes by which foreign signatures are tried against the key that they bring themselves.

use crate::text::Untrusted;
use crate::x509::certificate;
use aws_lc_rs::signature as algorithms;
use aws_lc_rs::signature::{ParsedPublicKey, UnparsedPublicKey, VerificationAlgorithm};
use der::Decode;
use der::asn1::{ObjectIdentifier, UintRef};
use std::ops::RangeInclusive;
use x509_cert::Certificate;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;
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

static SCHEMES: [Scheme; 24] = [
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
    row("Ed25519", "ed25519", &algorithms::ED25519),
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
    let (kind, key) = key_of(certificate)?;
    fits_key(kind, key, scheme, message, signature)
}

/// The certificate's key: its kind as the schemes name it, and its bytes.
pub(super) fn key_of(certificate: &Certificate) -> Option<(&'static str, &[u8])> {
    let info = &certificate.tbs_certificate.subject_public_key_info;
    let kind = match info.algorithm.oid {
        RSA => "rsa",
        ED25519 => "ed25519",
        _ => {
            let curve = info.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
            CURVES.iter().find(|(oid, _)| *oid == curve)?.1
        }
    };
    Some((kind, info.subject_public_key.raw_bytes()))
}

/// As [`fits`], for a key that comes without a certificate.
pub(super) fn fits_key(
    kind: &str,
    key: &[u8],
    scheme: &str,
    message: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let scheme = SCHEMES.iter().find(|row| row.name == scheme && row.key == kind)?;
    Some(UnparsedPublicKey::new(scheme.algorithm, key).verify(message, signature).is_ok())
}

/// Whether it is a key at all, and of a size that the schemes take.
pub(super) fn is_usable(kind: &str, key: &[u8]) -> bool {
    let Some(scheme) = SCHEMES.iter().find(|row| row.key == kind) else { return false };
    let is_size_right = kind != "rsa"
        || Vec::<UintRef<'_>>::from_der(key).ok().is_some_and(|numbers| {
            let modulus = numbers.first().map(|number| number.as_bytes()).unwrap_or_default();
            let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
            RSA_BITS.contains(&(modulus.len() * 8 - unused))
        });
    is_size_right && ParsedPublicKey::new(scheme.algorithm, key).is_ok()
}

/// A certificate that a signature brings, and whom it names.
pub(super) fn leaf(der: &[u8]) -> Option<(Certificate, Untrusted)> {
    let certificate = certificate::parse(der).ok()?;
    let subject = certificate::subject(&certificate);
    Some((certificate, subject))
}
