//! Whether one path of certificates keeps the rules: RFC 5280 6.1 by `pkix-path`, and beside it what that
//! leaves open: sizes, names that two readers read in two ways, and the leaf rule of OMS. Signatures were
//! verified when the path was found.

use der::asn1::{Ia5StringRef, ObjectIdentifier};
use der::oid::AssociatedOid;
use der::oid::db::rfc5280::ID_KP_CODE_SIGNING;
use der::referenced::OwnedToRef;
use der::{Tag, Tagged};
use jiff::Timestamp;
use pkix_path::{SignatureVerifier, TrustAnchor, ValidationPolicy, names_match, validate_path};
use std::collections::BTreeSet;
use x509_cert::Certificate;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    BasicConstraints, CertificatePolicies, ExtendedKeyUsage, InhibitAnyPolicy, KeyUsage, NameConstraints,
    PolicyConstraints, PolicyMappings, SubjectAltName,
};
use x509_cert::name::Name;
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::chain::{fault, name_of, validity};
use super::chain_search::{Member, Pool, Signatures, Verdict, kind_of, weak_key};
use super::check::Check;

/// What one certificate may hold. Comparing names and walking policies costs their product, and a sub-authority
/// may be the attacker's.
const MAX_EXTENSIONS: usize = 64;
const MAX_NAME_PARTS: usize = 64;
const MAX_NAMES: usize = 256;
const MAX_POLICIES: usize = 64;
const MAX_MAPPINGS: usize = 16;

/// A path that does not hold, and how near it came: the lowest rank is told.
pub(super) struct Broken {
    pub rank: u8,
    pub check: Box<Check>,
}

type Kept = Result<(), Broken>;

fn broken(rank: u8, check: Check) -> Broken {
    Broken { rank, check: Box::new(check) }
}

/// Refuses a certificate that holds more than a certificate does, or an extension twice (RFC 5280 4.2).
pub(super) fn limits(certificate: &Certificate) -> Result<(), String> {
    let tbs = &certificate.tbs_certificate;
    let extensions = tbs.extensions.as_deref().unwrap_or_default();
    let kinds: BTreeSet<ObjectIdentifier> = extensions.iter().map(|extension| extension.extn_id).collect();
    if kinds.len() < extensions.len() {
        return Err("it holds an extension twice".to_owned());
    }
    let parts = |name: &Name| name.0.iter().map(|part| part.0.len()).sum::<usize>();
    let names = tbs.get::<SubjectAltName>().ok().flatten().map_or(0, |(_, names)| names.0.len());
    let subtrees = constraints(certificate).map_or(0, |subtrees| subtrees.len());
    let policies = tbs.get::<CertificatePolicies>().ok().flatten().map(|(_, policies)| policies.0);
    let policies = policies.unwrap_or_default();
    let different: BTreeSet<_> = policies.iter().map(|policy| policy.policy_identifier).collect();
    if different.len() < policies.len() {
        return Err("it holds a certificate policy twice".to_owned());
    }
    let mappings = tbs.get::<PolicyMappings>().ok().flatten().map_or(0, |(_, mappings)| mappings.0.len());
    let counted = [
        ("extensions", extensions.len(), MAX_EXTENSIONS),
        ("parts of its subject's name", parts(&tbs.subject), MAX_NAME_PARTS),
        ("parts of its issuer's name", parts(&tbs.issuer), MAX_NAME_PARTS),
        ("alternative names", names, MAX_NAMES),
        ("name constraints", subtrees, MAX_NAMES),
        ("certificate policies", policies.len(), MAX_POLICIES),
        ("policy mappings", mappings, MAX_MAPPINGS),
    ];
    match counted.into_iter().find(|(_, count, limit)| count > limit) {
        Some((what, count, limit)) => Err(format!("it holds {count} {what}; at most {limit} are read")),
        None => Ok(()),
    }
}

/// Judges a path from the leaf to the root: at the time `at`, RFC 5280, and OMS 8.2 for the leaf.
///
/// The root's own certificate is the last member, so that its validity, usage, path length and name
/// constraints count, too (6.1 leaves that to us), as they do in the reference.
pub(super) fn check(path: &[&Member], pool: &Pool, at: Timestamp) -> Kept {
    let certificates: Vec<Certificate> = path.iter().map(|member| member.certificate.clone()).collect();
    let Some((leaf, root)) = certificates.first().zip(path.last()) else {
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
    check_names(&certificates)?;
    walk(&certificates, root, &pool.signatures, at)?;
    check_usage(leaf)
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
        let remedy =
            "Have the certificate renewed and the model signed again; keyless signatures do not end this way";
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

fn walk(path: &[Certificate], root: &Member, signatures: &Signatures, at: Timestamp) -> Kept {
    let told = |cause: pkix_path::Error| broken(1, tell(&cause, path));
    let top = check_root(path).map_err(told)?;
    let policy = ValidationPolicy::new(u64::try_from(at.as_second()).unwrap_or(0));
    let verifier = Verified { signatures, trusted: &root.signed };
    // The root is no member, so that its policies do not count (6.1.1 d). But where it certified its own next
    // key, `pkix-path` wants it as one, or it takes the two keys for a collision of names.
    let members = match path.split_last() {
        Some((_, below)) if below.last().is_some_and(|last| !is_self_issued(last)) => below,
        _ => path,
    };
    validate_path(members, &[top], &policy, &verifier).map(|_| ()).map_err(told)
}

/// What the root's own certificate says counts, too, as it does in the reference; RFC 5280 6.1 leaves it to us.
fn check_root(path: &[Certificate]) -> Result<TrustAnchor, pkix_path::Error> {
    use pkix_path::Error as Fault;
    let index = path.len().saturating_sub(1);
    let damaged = |_| Fault::MalformedCertificate { index };
    let Some(root) = path.last() else { return Err(Fault::NoTrustedPath) };
    let tbs = &root.tbs_certificate;
    let mut anchor = TrustAnchor::new(tbs.subject.clone(), tbs.subject_public_key_info.clone());
    anchor.name_constraints =
        tbs.get::<NameConstraints>().map_err(damaged)?.map(|(_, constraints)| constraints);
    let own = constraints(root).unwrap_or_default();
    if own.iter().any(|subtree| subtree.minimum != 0 || subtree.maximum.is_some()) {
        return Err(Fault::MalformedCertificate { index });
    }
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
        Fault::NameConstraintViolation { index } => (
            Some(*index),
            "CHAIN-NAMES",
            "holds a name that an authority above it may not certify",
            "names inside the name constraints of the authorities above",
            "nameConstraints",
            FORGED,
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

/// For `pkix-path`: signatures that the search verified are known by now; the root is trusted as it stands.
struct Verified<'a> {
    signatures: &'a Signatures,
    trusted: &'a [u8],
}

impl SignatureVerifier for Verified<'_> {
    fn verify_signature(
        &self,
        algorithm: AlgorithmIdentifierRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), signature::Error> {
        let is_root = !self.trusted.is_empty() && message == self.trusted;
        let holds =
            || matches!(self.signatures.verify(algorithm, issuer, message, signature), Verdict::Holds);
        if is_root || holds() { Ok(()) } else { Err(signature::Error::new()) }
    }
}

fn constraints(certificate: &Certificate) -> Option<Vec<GeneralSubtree>> {
    let (_, constraints) = certificate.tbs_certificate.get::<NameConstraints>().ok()??;
    let both = [constraints.permitted_subtrees, constraints.excluded_subtrees];
    Some(both.into_iter().flatten().flatten().collect())
}

const SMTP_UTF8: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.9");
const EMAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// Under name constraints, refuses constraints and names that could be read in two ways: `pkix-path` skips
/// constraints of kinds that it does not know (RFC 5280 4.2.1.10: process or reject), takes the host of a URI
/// from behind any `@`, splits addresses at the first one, and looks at e-mail in a subject only as IA5.
fn check_names(path: &[Certificate]) -> Kept {
    let mut above: Vec<GeneralSubtree> = Vec::new();
    for (index, certificate) in path.iter().enumerate().rev() {
        let refuse = |what: String| {
            let check = fault(
                "CHAIN-NAMES",
                format!("A name in the {} cannot be judged", role(index, path.len())),
            )
            .expected("constraints and names that can be read in one way only")
            .found(format!("{}: {what}", name_of(certificate)))
            .evidence("nameConstraints, subjectAltName")
            .remedy("Ask the authority for a certificate with plain names; the model must be signed again");
            Err(broken(1, check))
        };
        if let Some(what) = ambiguous_name(certificate, &above) {
            return refuse(what);
        }
        let own = constraints(certificate).unwrap_or_default();
        if let Some(what) = own.iter().find_map(|subtree| unusable_constraint(&subtree.base)) {
            return refuse(what.to_owned());
        }
        above.extend(own);
    }
    Ok(())
}

fn unusable_constraint(base: &GeneralName) -> Option<&'static str> {
    match base {
        GeneralName::Rfc822Name(text) if !text.as_str().is_empty() => None,
        GeneralName::DnsName(text) if !text.as_str().is_empty() => None,
        GeneralName::UniformResourceIdentifier(text) if !text.as_str().is_empty() => None,
        GeneralName::Rfc822Name(_) | GeneralName::DnsName(_) | GeneralName::UniformResourceIdentifier(_) => {
            Some("a name constraint that is empty")
        }
        GeneralName::DirectoryName(_) => None,
        GeneralName::IpAddress(bytes) if matches!(bytes.as_bytes().len(), 8 | 32) => None,
        GeneralName::IpAddress(_) => Some("a name constraint of an address without a mask"),
        _ => Some("a name constraint of a kind that is not known here"),
    }
}

fn ambiguous_name(certificate: &Certificate, above: &[GeneralSubtree]) -> Option<String> {
    if above.is_empty() {
        return None;
    }
    let constrained = |kind: fn(&GeneralName) -> bool| above.iter().any(|subtree| kind(&subtree.base));
    let email = constrained(|base| matches!(base, GeneralName::Rfc822Name(_)));
    let dns = constrained(|base| matches!(base, GeneralName::DnsName(_)));
    let uri = constrained(|base| matches!(base, GeneralName::UniformResourceIdentifier(_)));
    let directory = constrained(|base| matches!(base, GeneralName::DirectoryName(_)));
    let tbs = &certificate.tbs_certificate;
    let parts = || tbs.subject.0.iter().flat_map(|part| part.0.iter());
    if directory && parts().any(|part| !is_plain_text(part.value.tag())) {
        return Some("a part of its subject is in an old character set".to_owned());
    }
    let is_email = |text: &str| text.matches('@').count() == 1 && !text.contains(['"', '\\', ' ']);
    if email {
        for part in parts().filter(|part| part.oid == EMAIL) {
            if !part.value.decode_as::<Ia5StringRef<'_>>().is_ok_and(|text| is_email(text.as_str())) {
                return Some("the e-mail address in its subject".to_owned());
            }
        }
    }
    let names = tbs.get::<SubjectAltName>().ok().flatten().map(|(_, names)| names.0).unwrap_or_default();
    names.iter().find_map(|name| match name {
        GeneralName::Rfc822Name(text) if email && !is_email(text.as_str()) => {
            Some(format!("the e-mail address {}", text.as_str()))
        }
        GeneralName::OtherName(other) if email && other.type_id == SMTP_UTF8 => {
            Some("an e-mail address in UTF-8".to_owned())
        }
        GeneralName::DnsName(text) if dns && !is_host(text.as_str()) => {
            Some(format!("the DNS name {}", text.as_str()))
        }
        GeneralName::UniformResourceIdentifier(text) if uri && !has_plain_host(text.as_str()) => {
            Some(format!("the URI {}", text.as_str()))
        }
        _ => None,
    })
}

fn is_plain_text(tag: Tag) -> bool {
    matches!(tag, Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::BmpString)
}

fn is_host(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'*');
    !name.is_empty() && !name.ends_with('.') && name.bytes().all(plain)
}

/// A host that is a name, and no `@` that could move it.
fn has_plain_host(uri: &str) -> bool {
    let Some((_, rest)) = uri.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    !rest.contains(['@', '\\']) && is_host(host) && !host.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}
