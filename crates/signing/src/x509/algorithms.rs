//! The algorithms that certificates may be signed with, as a table, and the keys that fit them. It verifies one signature
//! and counts nothing. SHA-1 and MD5 are not here on purpose: they are refused.

use crate::check::curve::Curve;
use crate::check::why::chain::WeakKey;
use aws_lc_rs::digest::{self, Algorithm, Digest};
use aws_lc_rs::signature::{self as algorithms, EcdsaVerificationAlgorithm, UnparsedPublicKey};
use der::Sequence;
use der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::rsa::RsaKey;

const MIN_RSA_BITS: usize = 2048;
const MAX_RSA_BITS: usize = 8192;

pub(crate) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(crate) const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
pub(crate) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(crate) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Signatures by RSA keys, and by keys on curves, lie under these; those over SHA-3 under the same one.
const RSA_SIGNATURES: [&str; 3] = ["1.2.840.113549.1.1", "1.3.14.3.2", "2.16.840.1.101.3.4.3"];
const ECDSA_SIGNATURES: [&str; 2] = ["1.2.840.10045.4", "2.16.840.1.101.3.4.3"];

/// Whether keys of this kind make signatures of that one, whatever the hash.
pub(crate) fn may_sign_itself(key: ObjectIdentifier, signature: ObjectIdentifier) -> bool {
    let text = signature.to_string();
    let is_below = |arc: &str| text.strip_prefix(arc).is_some_and(|rest| rest.starts_with('.'));
    match key {
        RSA => RSA_SIGNATURES.iter().any(|arc| is_below(arc)),
        EC => ECDSA_SIGNATURES.iter().any(|arc| is_below(arc)),
        other => signature == other,
    }
}

/// A hash that counts, and the signatures that name it.
pub(crate) struct Hash {
    oid: ObjectIdentifier,
    with_rsa: ObjectIdentifier,
    /// None where no identifier was given out.
    with_ecdsa: Option<ObjectIdentifier>,
    algorithm: &'static Algorithm,
    /// The last number of its identifier.
    last: u8,
}

const fn hash(
    last: u8,
    oid: &str,
    with_rsa: &str,
    with_ecdsa: Option<&str>,
    algorithm: &'static Algorithm,
) -> Hash {
    Hash {
        oid: ObjectIdentifier::new_unwrap(oid),
        with_rsa: ObjectIdentifier::new_unwrap(with_rsa),
        with_ecdsa: match with_ecdsa {
            Some(oid) => Some(ObjectIdentifier::new_unwrap(oid)),
            None => None,
        },
        algorithm,
        last,
    }
}

#[rustfmt::skip]
static HASHES: [Hash; 8] = [
    hash(1, "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", Some("1.2.840.10045.4.3.2"), &digest::SHA256),
    hash(2, "2.16.840.1.101.3.4.2.2", "1.2.840.113549.1.1.12", Some("1.2.840.10045.4.3.3"), &digest::SHA384),
    hash(3, "2.16.840.1.101.3.4.2.3", "1.2.840.113549.1.1.13", Some("1.2.840.10045.4.3.4"), &digest::SHA512),
    hash(4, "2.16.840.1.101.3.4.2.4", "1.2.840.113549.1.1.14", Some("1.2.840.10045.4.3.1"), &digest::SHA224),
    hash(6, "2.16.840.1.101.3.4.2.6", "1.2.840.113549.1.1.16", None, &digest::SHA512_256),
    hash(8, "2.16.840.1.101.3.4.2.8", "2.16.840.1.101.3.4.3.14", Some("2.16.840.1.101.3.4.3.10"), &digest::SHA3_256),
    hash(9, "2.16.840.1.101.3.4.2.9", "2.16.840.1.101.3.4.3.15", Some("2.16.840.1.101.3.4.3.11"), &digest::SHA3_384),
    hash(10, "2.16.840.1.101.3.4.2.10", "2.16.840.1.101.3.4.3.16", Some("2.16.840.1.101.3.4.3.12"), &digest::SHA3_512),
];

impl Hash {
    fn of(oid: ObjectIdentifier) -> Option<&'static Hash> {
        HASHES.iter().find(|hash| hash.oid == oid)
    }

    /// DigestInfo (RFC 8017, 9.2) up to the digest.
    fn info(&self) -> Vec<u8> {
        let length = u8::try_from(self.algorithm.output_len).unwrap_or(0);
        let identifier = [0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, self.last];
        [&[0x30, 0x11 + length], &identifier[..], &[0x05, 0x00, 0x04, length]].concat()
    }
}

/// An algorithm that is refused: its identifier, and that of the hash in its parameters where that is why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) hash: Option<ObjectIdentifier>,
}

/// How a certificate is signed.
#[derive(Clone, Copy)]
pub(crate) enum Scheme {
    Pkcs1(&'static Hash),
    Pss(Pss),
    Ecdsa(&'static Hash),
    Ed25519,
}

/// RSASSA-PSS-params (RFC 4055, 3.1) that count: MGF1 over the same hash.
#[derive(Clone, Copy)]
pub(crate) struct Pss {
    hash: &'static Hash,
    salt_bytes: usize,
}

#[derive(Sequence)]
struct PssParams<'a> {
    #[asn1(context_specific = "0", optional = "true")]
    hash: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "1", optional = "true")]
    mask: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "2", optional = "true")]
    salt_bytes: Option<u16>,
    #[asn1(context_specific = "3", optional = "true")]
    trailer: Option<u8>,
}

impl Pss {
    /// Without parameters it is SHA-1.
    fn read(parameters: Option<AnyRef<'_>>) -> Result<Self, Refused> {
        let refused = |hash| Refused { oid: RSA_PSS, hash };
        let parameters = parameters.ok_or(refused(Some(SHA1)))?;
        let stated: PssParams<'_> = parameters.decode_as().map_err(|_| refused(None))?;
        let named = stated.hash.map_or(SHA1, |hash| hash.oid);
        let hash = Hash::of(named).ok_or(refused(Some(named)))?;
        let mask = stated.mask.map(|mask| {
            let hash = mask.parameters.and_then(|hash| hash.decode_as::<AlgorithmIdentifierRef<'_>>().ok());
            (mask.oid, hash.map(|hash| hash.oid))
        });
        let (function, mask) = mask.unwrap_or((MGF1, Some(SHA1)));
        if mask != Some(named) {
            return Err(refused(mask));
        }
        // One byte, 0xbc, ends the encoded message in the only form that there is.
        if function != MGF1 || stated.trailer.unwrap_or(1) != 1 {
            return Err(refused(None));
        }
        Ok(Pss { hash, salt_bytes: usize::from(stated.salt_bytes.unwrap_or(20)) })
    }
}

impl Scheme {
    pub(crate) fn of(algorithm: AlgorithmIdentifierRef<'_>) -> Result<Self, Refused> {
        match algorithm.oid {
            RSA_PSS => Pss::read(algorithm.parameters).map(Scheme::Pss),
            ED25519 => Ok(Scheme::Ed25519),
            oid => HASHES
                .iter()
                .find_map(|hash| match oid {
                    oid if oid == hash.with_rsa => Some(Scheme::Pkcs1(hash)),
                    oid if Some(oid) == hash.with_ecdsa => Some(Scheme::Ecdsa(hash)),
                    _ => None,
                })
                .ok_or(Refused { oid, hash: None }),
        }
    }

    /// As CMS may write it: only the kind of key, and the digest beside it (RFC 8017 A.2.4, RFC 3370).
    pub(crate) fn of_cms(
        algorithm: AlgorithmIdentifierRef<'_>,
        digest: ObjectIdentifier,
    ) -> Result<Self, Refused> {
        match (algorithm.oid, Hash::of(digest)) {
            (RSA, Some(hash)) => Ok(Scheme::Pkcs1(hash)),
            (EC, Some(hash)) => Ok(Scheme::Ecdsa(hash)),
            _ => Self::of(algorithm),
        }
    }
}

/// A key that may be part of a chain.
pub(crate) enum Key<'k> {
    Rsa(RsaKey, &'k [u8]),
    /// Only for RSASSA-PSS, with parameters that its signatures have to keep.
    RsaPss(RsaKey, Option<Pss>),
    Ec(Curve, &'k [u8]),
    Ed25519(&'k [u8]),
}

impl<'k> Key<'k> {
    /// The key, else what it is instead.
    pub(crate) fn of(key: &SubjectPublicKeyInfoRef<'k>) -> Result<Self, WeakKey> {
        let bytes = key.subject_public_key.raw_bytes();
        match key.algorithm.oid {
            RSA => Ok(Key::Rsa(rsa(bytes)?, bytes)),
            RSA_PSS => {
                let pss = key.algorithm.parameters.map(|parameters| Pss::read(Some(parameters))).transpose();
                let pss = pss.map_err(|_| WeakKey::Kind { oid: RSA_PSS.to_string() })?;
                Ok(Key::RsaPss(rsa(bytes)?, pss))
            }
            EC => match key.algorithm.parameters_oid() {
                Ok(named) => {
                    let oid = named.to_string();
                    let curve = Curve::ALL.into_iter().find(|curve| curve.oid() == oid);
                    curve.map(|curve| Key::Ec(curve, bytes)).ok_or(WeakKey::Curve { oid })
                }
                Err(_) => Err(WeakKey::OwnCurve),
            },
            ED25519 => Ok(Key::Ed25519(bytes)),
            other => Err(WeakKey::Kind { oid: other.to_string() }),
        }
    }

    /// Whether it made the signature by this scheme.
    pub(crate) fn verifies(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        match (self, scheme) {
            (Key::Rsa(key, bytes), Scheme::Pkcs1(hash)) => {
                let whole = match hash.last {
                    1 => &algorithms::RSA_PKCS1_2048_8192_SHA256,
                    2 => &algorithms::RSA_PKCS1_2048_8192_SHA384,
                    3 => &algorithms::RSA_PKCS1_2048_8192_SHA512,
                    _ => return key.verifies_pkcs1(hash.algorithm, &hash.info(), message, signature),
                };
                UnparsedPublicKey::new(whole, bytes).verify(message, signature).is_ok()
            }
            (Key::Rsa(key, _) | Key::RsaPss(key, None), Scheme::Pss(pss)) => {
                key.verifies_pss(pss.hash.algorithm, pss.salt_bytes, message, signature)
            }
            (Key::RsaPss(key, Some(asked)), Scheme::Pss(pss)) => {
                asked.hash.oid == pss.hash.oid
                    && pss.salt_bytes >= asked.salt_bytes
                    && key.verifies_pss(pss.hash.algorithm, pss.salt_bytes, message, signature)
            }
            (Key::Ec(curve, bytes), Scheme::Ecdsa(hash)) => ecdsa(*curve, bytes, hash, message, signature),
            (Key::Ed25519(bytes), Scheme::Ed25519) => {
                UnparsedPublicKey::new(&algorithms::ED25519, bytes).verify(message, signature).is_ok()
            }
            _ => false,
        }
    }
}

/// Whether it is an RSA key (RFC 8017, A.1.1) that may sign.
pub(crate) fn is_rsa_of_usual_size(der: &[u8]) -> bool {
    rsa(der).is_ok()
}

fn rsa(der: &[u8]) -> Result<RsaKey, WeakKey> {
    let key = RsaKey::read(der).ok_or(WeakKey::RsaUnreadable)?;
    match key.bits() {
        MIN_RSA_BITS..=MAX_RSA_BITS => Ok(key),
        bits => Err(WeakKey::Rsa { bits }),
    }
}

/// ECDSA takes a digest as a number: one of another hash of the same length is put in the place of SHA-2's, a shorter
/// one with zeros before it.
fn ecdsa(curve: Curve, key: &[u8], hash: &Hash, message: &[u8], signature: &[u8]) -> bool {
    let digest = digest::digest(hash.algorithm, message);
    let (like, verifying): (_, &'static EcdsaVerificationAlgorithm) = match (curve, digest.as_ref().len()) {
        (Curve::P256, ..=32) => (&digest::SHA256, &algorithms::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, 48) => (&digest::SHA384, &algorithms::ECDSA_P256_SHA384_ASN1),
        (Curve::P256, _) => (&digest::SHA512, &algorithms::ECDSA_P256_SHA512_ASN1),
        (Curve::P384, ..=32) => (&digest::SHA256, &algorithms::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, 48) => (&digest::SHA384, &algorithms::ECDSA_P384_SHA384_ASN1),
        (Curve::P384, _) => (&digest::SHA512, &algorithms::ECDSA_P384_SHA512_ASN1),
        (Curve::P521, ..=32) => (&digest::SHA256, &algorithms::ECDSA_P521_SHA256_ASN1),
        (Curve::P521, 48) => (&digest::SHA384, &algorithms::ECDSA_P521_SHA384_ASN1),
        (Curve::P521, _) => (&digest::SHA512, &algorithms::ECDSA_P521_SHA512_ASN1),
    };
    let zeros = vec![0; like.output_len.saturating_sub(digest.as_ref().len())];
    let number = [zeros.as_slice(), digest.as_ref()].concat();
    Digest::import_less_safe(&number, like)
        .and_then(|digest| UnparsedPublicKey::new(verifying, key).verify_digest(&digest, signature))
        .is_ok()
}
