//! Certificate chains by RFC 5280: which certificates could lead to an anchor is searched here, whether they
//! do is judged by `pkix-path`, with signatures over aws-lc-rs. It knows neither bundles nor models.

use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use aws_lc_rs::signature as algorithms;
use aws_lc_rs::signature::{UnparsedPublicKey, VerificationAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use der::asn1::ObjectIdentifier;
use der::oid::db::rfc5280::ID_KP_CODE_SIGNING;
use der::{Decode, Encode};
use jiff::Timestamp;
use pkix_path::{SignatureVerifier, TrustAnchor, ValidationPolicy, names_match, validate_path};
use std::collections::VecDeque;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::check::{Check, Outcome, Stage};
use super::der_limits::is_modest;
use super::verify::whole_second;

const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;
const MAX_PEM_CERTIFICATES: usize = 512;
/// Helpers that a bundle may bring, and helpers in one path.
const MAX_HELPERS: usize = 16;
const MAX_PATH: usize = 6;
/// Paths looked at before the search gives up: helpers are the attacker's, so the search is bounded.
const MAX_STEPS: usize = 256;
const MIN_RSA_BITS: u32 = 2048;

/// Certificates in a PEM file (`CERTIFICATE` blocks, in order; text around them is skipped) or one in DER.
///
/// # Errors
/// `E-MALFORMED` when there is none or one cannot be read, `E-TOO-LARGE` for more than 512.
pub fn certificates_from_pem(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    if bytes.first() == Some(&0x30) {
        parse(bytes)?;
        return Ok(vec![bytes.to_vec()]);
    }
    let malformed = |what: String| {
        Error::new(Code::Malformed, what)
            .help("expected PEM blocks that begin with -----BEGIN CERTIFICATE-----")
    };
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("not a PEM file".to_owned()))?;
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let number = found.len() + 1;
        let Some((body, after)) = after.split_once(END) else {
            return Err(malformed(format!("certificate {number} in the file is cut off")));
        };
        let base64: String = body.split_ascii_whitespace().collect();
        let der = STANDARD
            .decode(base64)
            .map_err(|_| malformed(format!("certificate {number} in the file is not base64")))?;
        parse(&der)?;
        found.push(der);
        if found.len() > MAX_PEM_CERTIFICATES {
            return Err(Error::new(Code::TooLarge, format!("more than {MAX_PEM_CERTIFICATES} certificates")));
        }
        rest = after;
    }
    if found.is_empty() {
        return Err(malformed("no certificate in the file".to_owned()));
    }
    Ok(found)
}

/// One certificate, DER.
///
/// # Errors
/// `E-MALFORMED`, `E-TOO-LARGE`.
pub(crate) fn parse(der: &[u8]) -> Result<Certificate> {
    if der.len() > MAX_CERTIFICATE_BYTES {
        return Err(Error::new(Code::TooLarge, "a certificate of more than 64 KiB"));
    }
    if !is_modest(der) {
        return Err(Error::new(Code::TooLarge, "a certificate with more in one set than any has"));
    }
    Certificate::from_der(der)
        .map_err(|cause| Error::new(Code::Malformed, format!("not a certificate that can be read ({cause})")))
}

/// The subject's name, RFC 4514.
pub(crate) fn subject(certificate: &Certificate) -> Untrusted {
    Untrusted::new(certificate.tbs_certificate.subject.to_string())
}

/// The issuer's name, RFC 4514.
pub(crate) fn issuer(certificate: &Certificate) -> Untrusted {
    Untrusted::new(certificate.tbs_certificate.issuer.to_string())
}

/// The DER SubjectPublicKeyInfo.
pub(crate) fn spki(certificate: &Certificate) -> Vec<u8> {
    certificate.tbs_certificate.subject_public_key_info.to_der().unwrap_or_default()
}

/// First and last moment of validity.
pub(crate) fn validity(certificate: &Certificate) -> (Timestamp, Timestamp) {
    let time = |time: &x509_cert::time::Time| {
        let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
    };
    let validity = &certificate.tbs_certificate.validity;
    (time(&validity.not_before), time(&validity.not_after))
}

/// Judges CHAIN over DER certificates: does `chain` (leaf first; the others are untrusted helpers, in any
/// order) lead to one of `anchors` at the time `at` by RFC 5280, and may the leaf sign models (OMS 8.2)?
pub fn check_chain(chain: &[Vec<u8>], anchors: &[Vec<u8>], at: Timestamp) -> Check {
    check(chain, anchors, at).0
}

/// Judges CHAIN: does `chain` (leaf first; the others are untrusted helpers) lead to one of `anchors` at the
/// time `at`, and may the leaf sign? Also the index of the anchor that it leads to.
pub(crate) fn check(chain: &[Vec<u8>], anchors: &[Vec<u8>], at: Timestamp) -> (Check, Option<usize>) {
    let at = whole_second(at);
    match judge(chain, anchors, at) {
        Ok((path, anchor)) => {
            let names: Vec<String> = path.iter().map(|name| format!("{:?}", name.raw())).collect();
            let check =
                Check::pass(Stage::Chain, format!("The certificates lead to the trusted authority at {at}"))
                    .found(names.join(" issued by "));
            (check, Some(anchor))
        }
        Err(check) => (*check, None),
    }
}

type Judged<T> = std::result::Result<T, Box<Check>>;

struct Candidate {
    /// Indices of helpers, from the leaf upwards.
    helpers: Vec<usize>,
    anchor: usize,
}

fn judge(chain: &[Vec<u8>], anchors: &[Vec<u8>], at: Timestamp) -> Judged<(Vec<Untrusted>, usize)> {
    let Some((leaf_der, helper_ders)) = chain.split_first() else {
        return Err(fault("CHAIN-INVALID", "The bundle holds no certificate").into());
    };
    let leaf = parse(leaf_der).map_err(|error| {
        Box::new(fault("CHAIN-INVALID", "The signing certificate cannot be read").found(error.what))
    })?;
    // A path ends at a root: partial chains are refused, and a trusted intermediate only helps.
    let (parsed, below): (Vec<_>, Vec<_>) = anchors
        .iter()
        .enumerate()
        .filter_map(|(i, der)| Some((i, parse(der).ok()?)))
        .partition(|(_, anchor)| is_self_signed(anchor));
    // A signer's own self-signed certificate may itself be what is trusted.
    if let Some((anchor, _)) = parsed.iter().find(|(index, _)| anchors.get(*index) == Some(leaf_der)) {
        let anchor = *anchor;
        check_validity(&leaf, "signing certificate", at)?;
        check_usage(&leaf)?;
        return Ok((vec![subject(&leaf)], anchor));
    }
    let helpers: Vec<Certificate> = helper_ders
        .iter()
        .take(MAX_HELPERS)
        .filter(|der| !anchors.contains(der) && *der != leaf_der)
        .filter_map(|der| parse(der).ok())
        .chain(below.iter().map(|(_, certificate)| certificate.clone()))
        .collect();
    let mut worst: Option<(u8, Box<Check>)> = None;
    for candidate in candidates(&leaf, &helpers, &parsed) {
        let Some((_, anchor)) = parsed.iter().find(|(index, _)| *index == candidate.anchor) else { continue };
        let mut path = vec![leaf.clone()];
        path.extend(candidate.helpers.iter().filter_map(|index| helpers.get(*index).cloned()));
        path.push(anchor.clone());
        match walk(&path, anchor, at) {
            Ok(()) => {
                check_usage(&leaf)?;
                return Ok((path.iter().map(subject).collect(), candidate.anchor));
            }
            Err((rank, check)) => {
                if worst.as_ref().is_none_or(|(known, _)| rank < *known) {
                    worst = Some((rank, check));
                }
            }
        }
    }
    Err(worst.map_or_else(|| Box::new(untrusted(&leaf, &parsed, &below)), |(_, check)| check))
}

/// Paths by issuer names, shortest first.
fn candidates(
    leaf: &Certificate,
    helpers: &[Certificate],
    anchors: &[(usize, Certificate)],
) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut queue: VecDeque<Vec<usize>> = VecDeque::from([Vec::new()]);
    for _ in 0..MAX_STEPS {
        let Some(path) = queue.pop_front() else { break };
        let top = path.last().and_then(|index| helpers.get(*index)).unwrap_or(leaf);
        let wanted = &top.tbs_certificate.issuer;
        for (index, anchor) in anchors {
            if names_match(&anchor.tbs_certificate.subject, wanted) && found.len() < MAX_STEPS {
                found.push(Candidate { helpers: path.clone(), anchor: *index });
            }
        }
        if path.len() >= MAX_PATH {
            continue;
        }
        for (index, helper) in helpers.iter().enumerate() {
            if !path.contains(&index) && names_match(&helper.tbs_certificate.subject, wanted) {
                let mut longer = path.clone();
                longer.push(index);
                queue.push_back(longer);
            }
        }
    }
    found
}

/// RFC 5280 6.1 over the path. The anchor's own certificate is its last member, so that the anchor's validity,
/// usage, path length and name constraints count too (6.1 leaves that to us); only its signature is not
/// checked: it is trusted as it stands.
fn walk(
    path: &[Certificate],
    anchor: &Certificate,
    at: Timestamp,
) -> std::result::Result<(), (u8, Box<Check>)> {
    use pkix_path::Error as Fault;
    let tbs = &anchor.tbs_certificate;
    let verifier = Verifier { trusted: tbs.to_der().unwrap_or_default() };
    let top = TrustAnchor::new(tbs.issuer.clone(), tbs.subject_public_key_info.clone());
    let mut policy = ValidationPolicy::new(u64::try_from(at.as_second()).unwrap_or(0));
    policy.min_rsa_key_bits = Some(MIN_RSA_BITS);
    let Err(cause) = validate_path(path, &[top], &policy, &verifier) else { return Ok(()) };
    let at_index = |index: usize| path.get(index).or(path.last());
    let role = |index: usize| match index {
        0 => "signing certificate",
        index if index + 1 == path.len() => "trusted authority's certificate",
        _ => "intermediate certificate",
    };
    match cause {
        Fault::ValidityPeriod { index } => {
            let certificate = at_index(index).unwrap_or(anchor);
            match check_validity(certificate, role(index), at) {
                Err(check) => Err((0, check)),
                Ok(()) => {
                    Err((3, fault("CHAIN-INVALID", "The validity of a certificate cannot be read").into()))
                }
            }
        }
        Fault::SignatureInvalid { index } => {
            let name = at_index(index).map(subject).unwrap_or_default();
            let oid = at_index(index).map(|c| c.signature_algorithm.oid);
            let known = oid.is_some_and(|oid| SCHEMES.iter().any(|scheme| scheme.signature == oid));
            let check = if known {
                fault(
                    "CHAIN-INVALID",
                    format!("The {} was not signed by the authority that it names", role(index)),
                )
                .remedy("Treat the signature as forged until its publisher explains it")
            } else {
                let oid = oid.map(|oid| oid.to_string()).unwrap_or_default();
                fault(
                    "CHAIN-ALGORITHM",
                    format!("The {} is signed with an algorithm that is refused", role(index)),
                )
                .expected("RSA (2048 bits or more) or ECDSA, with SHA-256, SHA-384 or SHA-512")
                .detail(format!("signature algorithm {oid}"))
                .remedy(
                    "Have the certificates issued again with a current algorithm, and the model signed again",
                )
            };
            Err((if known { 2 } else { 1 }, check.found(name).into()))
        }
        other => {
            let index = index_of(&other);
            let name = index.and_then(at_index).map(subject).unwrap_or_default();
            let what = index.map(role).unwrap_or("path of certificates");
            let check = fault("CHAIN-INVALID", format!("The {what} breaks a rule of certificate paths"))
                .expected("a path that RFC 5280 accepts")
                .found(name)
                .detail(other.to_string())
                .remedy("Ask the authority that issued the certificate; the model must be signed again");
            Err((1, check.into()))
        }
    }
}

fn index_of(cause: &pkix_path::Error) -> Option<usize> {
    use pkix_path::Error as Fault;
    match cause {
        Fault::MalformedCertificate { index }
        | Fault::ChainBroken { index }
        | Fault::NotCA { index }
        | Fault::KeyUsageMissing { index }
        | Fault::UnhandledCriticalExtension { index }
        | Fault::NameConstraintViolation { index }
        | Fault::PolicyViolation { index }
        | Fault::KeyTooSmall { index } => Some(*index),
        _ => None,
    }
}

fn check_validity(certificate: &Certificate, role: &str, at: Timestamp) -> Judged<()> {
    let (from, to) = validity(certificate);
    let (code, what, remedy) = if at < from {
        let remedy =
            "Check the time of the verification and this machine's clock; otherwise wait until it is valid";
        ("CHAIN-NOT-YET-VALID", "was not valid yet", remedy)
    } else if at > to {
        let remedy =
            "Have the certificate renewed and the model signed again; keyless signatures do not end this way";
        ("CHAIN-EXPIRED", "had expired", remedy)
    } else {
        return Ok(());
    };
    Err(fault(code, format!("The {role} {what} at the time of the verification"))
        .expected(format!("valid at {at}"))
        .found(format!("{}: valid from {from} to {to}", subject(certificate).raw()))
        .remedy(remedy)
        .into())
}

/// OMS 8.2: the leaf may sign, by key usage or by extended key usage.
fn check_usage(leaf: &Certificate) -> Judged<()> {
    let tbs = &leaf.tbs_certificate;
    let (Ok(usage), Ok(purposes)) = (tbs.get::<KeyUsage>(), tbs.get::<ExtendedKeyUsage>()) else {
        return Err(fault("CHAIN-INVALID", "The signing certificate has damaged extensions").into());
    };
    let may_sign = usage.is_some_and(|(_, usage)| usage.digital_signature())
        || purposes.is_some_and(|(_, purposes)| purposes.0.contains(&ID_KP_CODE_SIGNING));
    if may_sign {
        return Ok(());
    }
    Err(fault("CHAIN-USAGE", "The signing certificate was not issued for signing")
        .expected("key usage digitalSignature, or extended key usage codeSigning")
        .found(subject(leaf))
        .remedy("Have the model signed again with a certificate that was issued for signing")
        .into())
}

/// Whether a certificate names itself as its issuer and is signed with its own key; by the names alone where
/// its algorithm is one that we do not check: what is trusted is trusted as it stands.
fn is_self_signed(certificate: &Certificate) -> bool {
    let tbs = &certificate.tbs_certificate;
    let (Ok(signed), Ok(spki), Some(signature)) =
        (tbs.to_der(), tbs.subject_public_key_info.to_der(), certificate.signature.as_bytes())
    else {
        return false;
    };
    let (Ok(spki), Ok(algorithm)) =
        (SubjectPublicKeyInfoRef::from_der(&spki), certificate.signature_algorithm.to_der())
    else {
        return false;
    };
    let Ok(algorithm) = AlgorithmIdentifierRef::from_der(&algorithm) else { return false };
    let checked = SCHEMES.iter().any(|scheme| scheme.signature == certificate.signature_algorithm.oid);
    names_match(&tbs.subject, &tbs.issuer)
        && (!checked
            || Verifier { trusted: Vec::new() }.verify_signature(algorithm, spki, &signed, signature).is_ok())
}

fn untrusted(leaf: &Certificate, anchors: &[(usize, Certificate)], below: &[(usize, Certificate)]) -> Check {
    const SHOWN: usize = 5;
    if anchors.is_empty()
        && let Some((_, first)) = below.first()
    {
        return fault(
            "CHAIN-UNTRUSTED",
            "What is trusted is no root: a path has to end at a self-signed authority",
        )
        .expected("a self-signed certificate of the authority at the top")
        .found(format!("{}, issued by {}", subject(first).raw(), issuer(first).raw()))
        .remedy("Trust the root above it, too; the intermediate may stay beside it");
    }
    let names: Vec<String> = anchors.iter().take(SHOWN).map(|(_, c)| subject(c).raw().to_owned()).collect();
    let more = anchors.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    fault("CHAIN-UNTRUSTED", "The signing certificate does not lead to an authority that is trusted")
        .expected(format!("issued under {}{more}", names.join(" or ")))
        .found(format!("{}, issued by {}", subject(leaf).raw(), issuer(leaf).raw()))
        .remedy("Trust the authority only if you have its certificate from a source of your own; otherwise refuse the model")
}

fn fault(code: &str, summary: impl Into<String>) -> Check {
    Check::new(Stage::Chain, code, Outcome::Fail, summary)
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");

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

struct Verifier {
    /// The to-be-signed part of the anchor's certificate: trusted as it stands.
    trusted: Vec<u8>,
}

impl SignatureVerifier for Verifier {
    fn verify_signature(
        &self,
        algorithm: AlgorithmIdentifierRef<'_>,
        issuer_spki: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> std::result::Result<(), signature::Error> {
        if !self.trusted.is_empty() && message == self.trusted {
            return Ok(());
        }
        let key = match issuer_spki.algorithm.oid {
            RSA => RSA,
            _ => issuer_spki.algorithm.parameters_oid().map_err(|_| signature::Error::new())?,
        };
        let scheme = SCHEMES
            .iter()
            .find(|scheme| scheme.signature == algorithm.oid && scheme.key == key)
            .ok_or_else(signature::Error::new)?;
        UnparsedPublicKey::new(scheme.algorithm, issuer_spki.subject_public_key.raw_bytes())
            .verify(message, signature)
            .map_err(|_| signature::Error::new())
    }
}
