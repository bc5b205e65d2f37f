//! Signatures of certificates, lists and timestamps: which algorithms and keys count, and whether one holds. Each is
//! verified once, and only so many.

use crate::check::why::chain::WeakKey;
use crate::hashing::job::{HashAlgorithm, hash_bytes};
use aws_lc_rs::signature as algorithms;
use aws_lc_rs::signature::{UnparsedPublicKey, VerificationAlgorithm};
use der::asn1::{ObjectIdentifier, UintRef};
use der::referenced::OwnedToRef;
use der::{Decode, Reader, SliceReader};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use x509_cert::Certificate;
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// Signatures that are verified for one chain.
pub(crate) const MAX_SIGNATURES: usize = 128;

const MIN_RSA_BITS: usize = 2048;

const MAX_RSA_BITS: usize = 8192;

pub(crate) enum Verdict {
    Holds,
    DoesNotHold,
    Refused(Weakness),
    TooMany,
}

/// Why a signature is refused without looking at it.
pub(crate) enum Weakness {
    Algorithm(ObjectIdentifier),
    Key(WeakKey),
}

/// Verifies each signature once, and only so many.
#[derive(Default)]
pub(crate) struct Signatures {
    known: RefCell<HashMap<Vec<u8>, bool>>,
    made: Cell<usize>,
}

impl Signatures {
    pub fn made(&self) -> usize {
        self.made.get()
    }

    pub fn verify(
        &self,
        algorithm: AlgorithmIdentifierRef<'_>,
        key: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Verdict {
        if !SCHEMES.iter().any(|scheme| scheme.signature == algorithm.oid) {
            return Verdict::Refused(Weakness::Algorithm(algorithm.oid));
        }
        let kind = match kind_of(&key) {
            Ok(kind) => kind,
            Err(what) => return Verdict::Refused(Weakness::Key(what)),
        };
        let scheme = SCHEMES.iter().find(|scheme| scheme.signature == algorithm.oid && scheme.key == kind);
        let Some(scheme) = scheme else { return Verdict::DoesNotHold };
        let bytes = key.subject_public_key.raw_bytes();
        let parts = [algorithm.oid.as_bytes(), kind.as_bytes(), bytes, message, signature];
        let parts = parts.map(|part| hash_bytes(HashAlgorithm::Sha256, part)).concat();
        if let Some(known) = self.known.borrow().get(&parts) {
            return if *known { Verdict::Holds } else { Verdict::DoesNotHold };
        }
        if self.made.get() >= MAX_SIGNATURES {
            return Verdict::TooMany;
        }
        self.made.set(self.made.get() + 1);
        let holds = UnparsedPublicKey::new(scheme.algorithm, bytes).verify(message, signature).is_ok();
        self.known.borrow_mut().insert(parts, holds);
        if holds { Verdict::Holds } else { Verdict::DoesNotHold }
    }
}

/// Whether a signature in CMS fits the certificate's key; none when algorithm or key are refused. CMS may name
/// only the kind of key, and the digest beside it (RFC 8017 A.2.4, RFC 3370).
pub(crate) fn signature_holds(
    certificate: &Certificate,
    algorithm: ObjectIdentifier,
    digest: ObjectIdentifier,
    message: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let key = certificate.tbs_certificate.subject_public_key_info.owned_to_ref();
    let kind = kind_of(&key).ok()?;
    let named = DIGESTS.iter().find(|(known, _, _)| *known == digest);
    let algorithm = match (algorithm, named) {
        (RSA, Some((_, with_rsa, _))) => *with_rsa,
        (EC, Some((_, _, with_curve))) => *with_curve,
        (other, _) => other,
    };
    if !SCHEMES.iter().any(|scheme| scheme.signature == algorithm) {
        return None;
    }
    let scheme = SCHEMES.iter().find(|scheme| scheme.signature == algorithm && scheme.key == kind);
    let Some(scheme) = scheme else { return Some(false) };
    let key = UnparsedPublicKey::new(scheme.algorithm, key.subject_public_key.raw_bytes());
    Some(key.verify(message, signature).is_ok())
}

/// RSA or the curve of a key that may be part of a chain, else what it is instead.
pub(crate) fn kind_of(key: &SubjectPublicKeyInfoRef<'_>) -> Result<ObjectIdentifier, WeakKey> {
    match key.algorithm.oid {
        RSA => match rsa_bits(key.subject_public_key.raw_bytes()) {
            Some(bits) if (MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) => Ok(RSA),
            Some(bits) => Err(WeakKey::Rsa { bits }),
            None => Err(WeakKey::RsaUnreadable),
        },
        EC => match key.algorithm.parameters_oid() {
            Ok(curve) if [P256, P384, P521].contains(&curve) => Ok(curve),
            Ok(curve) => Err(WeakKey::Curve { oid: curve.to_string() }),
            Err(_) => Err(WeakKey::OwnCurve),
        },
        other => Err(WeakKey::Kind { oid: other.to_string() }),
    }
}

fn rsa_bits(key: &[u8]) -> Option<usize> {
    let modulus = SliceReader::new(key)
        .ok()?
        .sequence(|reader| {
            let modulus = UintRef::decode(reader)?;
            UintRef::decode(reader)?;
            Ok(modulus.as_bytes().to_vec())
        })
        .ok()?;
    let unused = modulus.first()?.leading_zeros() as usize;
    Some(modulus.len() * 8 - unused)
}

pub(super) fn is_below(oid: ObjectIdentifier, arc: &str) -> bool {
    oid.to_string().strip_prefix(arc).is_some_and(|rest| rest.starts_with('.'))
}

pub(super) const RSA_SIGNATURES: [&str; 2] = ["1.2.840.113549.1.1", "1.3.14.3.2"];

pub(super) const ECDSA_SIGNATURES: &str = "1.2.840.10045.4";

pub(crate) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

pub(crate) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");

const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");

const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");

const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");

/// SHA-256, SHA-384, SHA-512, and the signatures with them.
const DIGESTS: [(ObjectIdentifier, ObjectIdentifier, ObjectIdentifier); 3] = [
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"), RSA_SHA256, ECDSA_SHA256),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"), RSA_SHA384, ECDSA_SHA384),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"), RSA_SHA512, ECDSA_SHA512),
];

struct Scheme {
    signature: ObjectIdentifier,
    /// Key type for RSA, curve for ECDSA.
    key: ObjectIdentifier,
    algorithm: &'static dyn VerificationAlgorithm,
}

/// What certificates may be signed with; SHA-1 and MD5 are not here on purpose (rulings 10).
static SCHEMES: [Scheme; 12] = [
    Scheme { signature: RSA_SHA256, key: RSA, algorithm: &algorithms::RSA_PKCS1_2048_8192_SHA256 },
    Scheme { signature: RSA_SHA384, key: RSA, algorithm: &algorithms::RSA_PKCS1_2048_8192_SHA384 },
    Scheme { signature: RSA_SHA512, key: RSA, algorithm: &algorithms::RSA_PKCS1_2048_8192_SHA512 },
    Scheme { signature: ECDSA_SHA256, key: P256, algorithm: &algorithms::ECDSA_P256_SHA256_ASN1 },
    Scheme { signature: ECDSA_SHA384, key: P256, algorithm: &algorithms::ECDSA_P256_SHA384_ASN1 },
    Scheme { signature: ECDSA_SHA512, key: P256, algorithm: &algorithms::ECDSA_P256_SHA512_ASN1 },
    Scheme { signature: ECDSA_SHA256, key: P384, algorithm: &algorithms::ECDSA_P384_SHA256_ASN1 },
    Scheme { signature: ECDSA_SHA384, key: P384, algorithm: &algorithms::ECDSA_P384_SHA384_ASN1 },
    Scheme { signature: ECDSA_SHA512, key: P384, algorithm: &algorithms::ECDSA_P384_SHA512_ASN1 },
    Scheme { signature: ECDSA_SHA256, key: P521, algorithm: &algorithms::ECDSA_P521_SHA256_ASN1 },
    Scheme { signature: ECDSA_SHA384, key: P521, algorithm: &algorithms::ECDSA_P521_SHA384_ASN1 },
    Scheme { signature: ECDSA_SHA512, key: P521, algorithm: &algorithms::ECDSA_P521_SHA512_ASN1 },
];
