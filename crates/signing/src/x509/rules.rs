//! Whether one path of certificates keeps the rules: RFC 5280 6.1 by `pkix-path`, and beside it what that
//! leaves open or gets wrong: sizes, the root's own certificate, name constraints, and the leaf rule of OMS.
//! Signatures were verified when the path was found.

use crate::check::step::Check;
use der::oid::AssociatedOid;
use der::oid::db::rfc5280::ID_KP_CODE_SIGNING;
use der::referenced::OwnedToRef;
use jiff::Timestamp;
use pkix_path::{SignatureVerifier, TrustAnchor, ValidationPolicy, names_match, validate_path};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{
    BasicConstraints, CertificatePolicies, ExtendedKeyUsage, InhibitAnyPolicy, KeyUsage, NameConstraints,
    PolicyConstraints, PolicyMappings, SubjectAltName,
};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::certificate::{name_of, validity};
use super::judgement::{Broken, Purpose, broken, fault};
use super::names;
use super::search::{Member, Pool};
use super::signatures::{Verdict, kind_of, weak_key};

type Kept = Result<(), Broken>;

/// Judges a path from the leaf to the root: at the time `at`, RFC 5280, and OMS 8.2 for the leaf.
///
/// The root's own certificate is the last member, so that its validity, usage, path length and name
/// constraints count, too (6.1 leaves that to us), as they do in the reference.
pub(crate) fn check(path: &[&Member], pool: &Pool, at: Timestamp, purpose: Purpose) -> Kept {
    let certificates: Vec<Certificate> = path.iter().map(|member| member.certificate.clone()).collect();
    let Some(leaf) = certificates.first() else {
        return Err(broken(9, fault("CHAIN-INVALID", "The path of certificates is empty")));
    };
    for (index, certificate) in certificates.iter().enumerate() {
        check_validity(certificate, role(index, path.len()), at)?;
        let key = certificate.tbs_certificate.subject_public_key_info.owned_to_ref();
        // The leaf's own key is for SIGNATURE, but for its strength.
        if let Err(what) = kind_of(&key)
            && (index > 0 || what.starts_with("an RSA key"))
        {
            return Err(broken(1, weak_key(&name_of(certificate), &what)));
        }
    }
    for pair in path.windows(2) {
        if let [member, issuer] = pair
            && !matches!(member.is_signed_by(issuer, &pool.signatures), Verdict::Holds)
        {
            return Err(broken(2, fault("CHAIN-INVALID", "A step of the path is not signed")));
        }
    }
    check_names(&certificates)?;
    walk(&certificates, at)?;
    if purpose == Purpose::Models { check_usage(leaf) } else { Ok(()) }
}

fn role(index: usize, length: usize) -> &'static str {
    match index {
        0 => "signing certificate",
        index if index + 1 == length => "trusted authority's certificate",
        _ => "intermediate certificate",
    }
}

fn check_validity(certificate: &Certificate, role: &str, at: Timestamp) -> Kept {
    let (from, to) = validity(certificate);
    let (code, what, remedy) = if at < from {
        let remedy =
            "Check the time of the verification and this machine's clock; otherwise wait until it is valid";
        ("CHAIN-NOT-YET-VALID", "was not valid yet", remedy)
    } else if at > to {
        let remedy = "Have the certificate renewed and the model signed again; with a timestamp (--tsa-url) a signature outlives its certificate";
        ("CHAIN-EXPIRED", "had expired", remedy)
    } else {
        return Ok(());
    };
    let check = fault(code, format!("The {role} {what} at the time that counts"))
        .expected(format!("valid at {at}"))
        .found(format!("{}: valid from {from} to {to}", name_of(certificate)))
        .evidence("validity")
        .remedy(remedy);
    Err(broken(0, check))
}

/// OMS 8.2: the leaf may sign, by key usage or by extended key usage.
fn check_usage(leaf: &Certificate) -> Kept {
    let tbs = &leaf.tbs_certificate;
    let (Ok(usage), Ok(purposes)) = (tbs.get::<KeyUsage>(), tbs.get::<ExtendedKeyUsage>()) else {
        let check = fault("CHAIN-INVALID", "The signing certificate has damaged extensions")
            .expected("key usages that can be read")
            .found(name_of(leaf))
            .evidence("keyUsage, extKeyUsage")
            .remedy("Have the model signed again with a certificate that is well formed");
        return Err(broken(1, check));
    };
    let may_sign = usage.as_ref().is_some_and(|(_, usage)| usage.digital_signature())
        || purposes.as_ref().is_some_and(|(_, purposes)| purposes.0.contains(&ID_KP_CODE_SIGNING));
    if may_sign {
        return Ok(());
    }
    let said = match (usage, purposes) {
        (None, None) => "it says neither",
        (Some(_), None) => "its key usage does not hold digitalSignature",
        (None, Some(_)) => "its extended key usage does not hold codeSigning",
        (Some(_), Some(_)) => "its usages hold neither",
    };
    let check = fault("CHAIN-USAGE", "The signing certificate was not issued for signing")
        .expected("key usage digitalSignature, or extended key usage codeSigning")
        .found(format!("{}: {said}", name_of(leaf)))
        .evidence("keyUsage, extKeyUsage")
        .remedy("Have the model signed again with a certificate that was issued for signing");
    Err(broken(1, check))
}

fn walk(path: &[Certificate], at: Timestamp) -> Kept {
    let told = |cause: pkix_path::Error| broken(1, tell(&cause, path));
    let top = check_root(path).map_err(told)?;
    let policy = ValidationPolicy::new(u64::try_from(at.as_second()).unwrap_or(0));
    // The root is no member, so that its policies do not count (6.1.1 d). But where it certified its own next
    // key, `pkix-path` wants it as one, or it takes the two keys for a collision of names.
    let members = match path.split_last() {
        Some((_, below)) if below.last().is_some_and(|last| !is_self_issued(last)) => below,
        _ => path,
    };
    let mut members = members.to_vec();
    for extensions in members.iter_mut().filter_map(|member| member.tbs_certificate.extensions.as_mut()) {
        extensions.retain(|extension| extension.extn_id != NameConstraints::OID);
    }
    validate_path(&members, &[top], &policy, &Verified).map(|_| ()).map_err(told)
}

/// What the root's own certificate says counts, too, as it does in the reference; RFC 5280 6.1 leaves it to us.
fn check_root(path: &[Certificate]) -> Result<TrustAnchor, pkix_path::Error> {
    use pkix_path::Error as Fault;
    let index = path.len().saturating_sub(1);
    let damaged = |_| Fault::MalformedCertificate { index };
    let Some(root) = path.last() else { return Err(Fault::NoTrustedPath) };
    let tbs = &root.tbs_certificate;
    let anchor = TrustAnchor::new(tbs.subject.clone(), tbs.subject_public_key_info.clone());
    if !unknown_critical(root).is_empty() {
        return Err(Fault::UnhandledCriticalExtension { index });
    }
    if index == 0 {
        return Ok(anchor);
    }
    let basic = tbs.get::<BasicConstraints>().map_err(damaged)?;
    let usage = tbs.get::<KeyUsage>().map_err(damaged)?;
    if !basic.is_some_and(|(_, basic)| basic.ca) {
        return Err(Fault::NotCA { index });
    }
    if usage.is_some_and(|(_, usage)| !usage.key_cert_sign()) {
        return Err(Fault::KeyUsageMissing { index });
    }
    match too_long(path) {
        Some(_) => Err(Fault::PathTooLong),
        None => Ok(anchor),
    }
}

/// A rule of `pkix-path` that was broken: code, what the certificate does, what was expected, which field.
fn tell(cause: &pkix_path::Error, path: &[Certificate]) -> Check {
    use pkix_path::Error as Fault;
    const AUTHORITY: &str = "Ask the authority that issued the certificate; the model must be signed again";
    const FORGED: &str = "Treat the signature as forged until its publisher explains it";
    let (index, code, what, expected, field, remedy) = match cause {
        Fault::NotCA { index } => (
            Some(*index),
            "CHAIN-NOT-CA",
            "issued another one, and is none of an authority",
            "basic constraints that say CA",
            "basicConstraints",
            FORGED,
        ),
        Fault::KeyUsageMissing { index } => (
            Some(*index),
            "CHAIN-NOT-CA",
            "issued another one, and its key may not sign certificates",
            "key usage keyCertSign",
            "keyUsage",
            FORGED,
        ),
        Fault::PathTooLong => (
            too_long(path),
            "CHAIN-PATH-LENGTH",
            "allows fewer authorities below it than there are",
            "no more authorities than the path length allows",
            "basicConstraints.pathLenConstraint",
            FORGED,
        ),
        Fault::UnhandledCriticalExtension { index } => (
            Some(*index),
            "CHAIN-CRITICAL",
            "holds a critical extension that is not known here",
            "critical extensions of RFC 5280 only",
            "extensions",
            "Ask the authority for a certificate without the extension; whoever does not know it must refuse",
        ),
        Fault::SignatureInvalid { index } | Fault::ChainBroken { index } => (
            Some(*index),
            "CHAIN-SIGNATURE",
            "was not signed by the authority that it names",
            "a signature by the authority above",
            "signatureValue",
            FORGED,
        ),
        Fault::PolicyViolation { index } => (
            Some(*index),
            "CHAIN-INVALID",
            "holds none of the certificate policies that an authority above it requires",
            "certificate policies that the whole path allows",
            "certificatePolicies",
            AUTHORITY,
        ),
        Fault::MalformedCertificate { index } => (
            Some(*index),
            "CHAIN-INVALID",
            "is damaged",
            "a certificate by RFC 5280",
            "extensions",
            AUTHORITY,
        ),
        _ => (None, "CHAIN-INVALID", "breaks a rule of paths", "a path that RFC 5280 accepts", "", AUTHORITY),
    };
    let certificate = index.and_then(|index| path.get(index));
    let role = index.map_or("path of certificates", |index| role(index, path.len()));
    let mut check = fault(code, format!("The {role} {what}")).expected(expected).remedy(remedy);
    if !field.is_empty() {
        check = check.evidence(field);
    }
    if let Some(certificate) = certificate {
        check = check.found(name_of(certificate));
    }
    match (code, certificate) {
        ("CHAIN-CRITICAL", Some(certificate)) => {
            let unknown = unknown_critical(certificate).join(", ");
            check.detail(format!("the extension {unknown}"))
        }
        _ => check.detail(cause.to_string()),
    }
}

fn is_self_issued(certificate: &Certificate) -> bool {
    let tbs = &certificate.tbs_certificate;
    !tbs.subject.is_empty() && names_match(&tbs.subject, &tbs.issuer)
}

fn too_long(path: &[Certificate]) -> Option<usize> {
    (1..path.len()).rev().find(|index| {
        let certificate = path.get(*index).map(|certificate| &certificate.tbs_certificate);
        let limit = certificate
            .and_then(|tbs| tbs.get::<BasicConstraints>().ok().flatten())
            .and_then(|(_, constraints)| constraints.path_len_constraint);
        let below = path.iter().take(*index).skip(1).filter(|below| !is_self_issued(below)).count();
        limit.is_some_and(|limit| below > usize::from(limit))
    })
}

fn unknown_critical(certificate: &Certificate) -> Vec<String> {
    let known = [
        KeyUsage::OID,
        BasicConstraints::OID,
        SubjectAltName::OID,
        ExtendedKeyUsage::OID,
        NameConstraints::OID,
        CertificatePolicies::OID,
        PolicyMappings::OID,
        PolicyConstraints::OID,
        InhibitAnyPolicy::OID,
    ];
    let extensions = certificate.tbs_certificate.extensions.iter().flatten();
    extensions.filter(|e| e.critical && !known.contains(&e.extn_id)).map(|e| e.extn_id.to_string()).collect()
}

/// For `pkix-path`, which must not judge name constraints: signatures were verified over the certificates as
/// they came.
struct Verified;

impl SignatureVerifier for Verified {
    fn verify_signature(
        &self,
        _: AlgorithmIdentifierRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &[u8],
        _: &[u8],
    ) -> Result<(), signature::Error> {
        Ok(())
    }
}

fn check_names(path: &[Certificate]) -> Kept {
    let Err(violation) = names::check(path) else { return Ok(()) };
    let name = |index: usize| path.get(index).map(name_of).unwrap_or_default();
    let role = role(violation.index, path.len());
    let check = fault("CHAIN-NAMES", format!("The {role} breaks the name constraints of the path"))
        .expected(format!("names that the constraints of {} allow", name(violation.authority)))
        .found(format!("{}: {}", name(violation.index), violation.what))
        .evidence("nameConstraints")
        .remedy("Treat the signature as forged until its publisher explains it");
    Err(broken(1, check))
}
