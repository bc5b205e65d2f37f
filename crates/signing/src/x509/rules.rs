//! Whether one path of certificates keeps the rules: RFC 5280 6.1 by `pkix-path`, and beside it what that
//! leaves open or gets wrong: sizes, the root's own certificate, name constraints, and the leaf rule of OMS.
//! Signatures were verified when the path was found.

use crate::check::codes::CheckCode;
use crate::check::step::Check;
use crate::check::why::chain::{ChainWhy, PathRule, Role, Usages, Validity, WeakKey};
use der::oid::AssociatedOid;
use der::oid::db::rfc5280::ID_KP_CODE_SIGNING;
use der::referenced::OwnedToRef;
use pkix_path::{SignatureVerifier, TrustAnchor, ValidationPolicy, names_match, validate_path};
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::{
    BasicConstraints, CertificatePolicies, ExtendedKeyUsage, InhibitAnyPolicy, KeyUsage, NameConstraints,
    PolicyConstraints, PolicyMappings, SubjectAltName,
};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::algorithms;
use super::certificate::{name_of, validity};
use super::judgement::{Broken, ChainTime, Purpose, broken, fault};
use super::names;
use super::search::{Member, Pool};
use super::signatures::Verdict;
use super::written;

type Kept = Result<(), Broken>;

/// Judges a path from the leaf to the root: at the time that counts, RFC 5280, and OMS 8.2 for the leaf.
///
/// The root's own certificate is the last member, so that its validity, usage, path length and name
/// constraints count, too (6.1 leaves that to us), as they do in the reference.
pub(crate) fn check(path: &[&Member], pool: &Pool, time: ChainTime, purpose: Purpose) -> Kept {
    let certificates: Vec<Certificate> = path.iter().map(|member| member.certificate.clone()).collect();
    let Some(leaf) = certificates.first() else {
        return Err(broken(9, rule(PathRule::Path, None)));
    };
    for (index, (member, certificate)) in path.iter().zip(&certificates).enumerate() {
        check_validity(member, role(index, path.len()), time)?;
        let key = certificate.tbs_certificate.subject_public_key_info.owned_to_ref();
        // The leaf's own key is for SIGNATURE, but for its strength.
        if let Err(key) = algorithms::Key::of(&key)
            && (index > 0 || matches!(key, WeakKey::Rsa { .. } | WeakKey::RsaUnreadable))
        {
            let why = ChainWhy::Key { certificate: name_of(certificate), key };
            return Err(broken(1, fault(CheckCode::ChainKey, why)));
        }
    }
    for (index, pair) in path.windows(2).enumerate() {
        if let [member, issuer] = pair
            && !matches!(member.is_signed_by(issuer, &pool.signatures), Verdict::Holds)
        {
            let at = Some((role(index, path.len()), &member.certificate));
            return Err(broken(2, rule(PathRule::Signature, at)));
        }
    }
    check_names(&certificates)?;
    walk(&certificates, time)?;
    if purpose == Purpose::Models { check_usage(leaf) } else { Ok(()) }
}

fn role(index: usize, length: usize) -> Role {
    match index {
        0 => Role::Signer,
        index if index + 1 == length => Role::Authority,
        _ => Role::Intermediate,
    }
}

fn check_validity(member: &Member, role: Role, time: ChainTime) -> Kept {
    let certificate = &member.certificate;
    let (from, to) = written::validity(&member.signed).unwrap_or_else(|| validity(certificate));
    let at = time.validity();
    let outside =
        || Validity { role, certificate: name_of(certificate), from, to, signed: time.signed.map(|_| at) };
    if at < from {
        Err(broken(0, fault(CheckCode::ChainNotYetValid, ChainWhy::NotYetValid(outside()))))
    } else if at > to {
        Err(broken(0, fault(CheckCode::ChainExpired, ChainWhy::Expired(outside()))))
    } else {
        Ok(())
    }
}

/// OMS 8.2: the leaf may sign, by key usage or by extended key usage.
fn check_usage(leaf: &Certificate) -> Kept {
    let tbs = &leaf.tbs_certificate;
    let certificate = name_of(leaf);
    let (Ok(usage), Ok(purposes)) = (tbs.get::<KeyUsage>(), tbs.get::<ExtendedKeyUsage>()) else {
        return Err(broken(1, fault(CheckCode::ChainInvalid, ChainWhy::UsageUnreadable { certificate })));
    };
    let may_sign = usage.as_ref().is_some_and(|(_, usage)| usage.digital_signature())
        || purposes.as_ref().is_some_and(|(_, purposes)| purposes.0.contains(&ID_KP_CODE_SIGNING));
    if may_sign {
        return Ok(());
    }
    let says = match (usage, purposes) {
        (None, None) => Usages::Neither,
        (Some(_), None) => Usages::KeyUsage,
        (None, Some(_)) => Usages::ExtendedKeyUsage,
        (Some(_), Some(_)) => Usages::Both,
    };
    Err(broken(1, fault(CheckCode::ChainUsage, ChainWhy::Usage { certificate, says })))
}

fn walk(path: &[Certificate], time: ChainTime) -> Kept {
    let told = |cause: pkix_path::Error| broken(1, tell(&cause, path));
    let top = check_root(path).map_err(told)?;
    let policy = ValidationPolicy::new(u64::try_from(time.validity().as_second()).unwrap_or(0));
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
    // Version 1 has no extensions to say it with. The caller named this one as a root, and that says it.
    let is_first_version = tbs.version == Version::V1 && tbs.extensions.is_none();
    if !is_first_version && !basic.is_some_and(|(_, basic)| basic.ca) {
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

/// A rule of `pkix-path` that was broken.
fn tell(cause: &pkix_path::Error, path: &[Certificate]) -> Check {
    use pkix_path::Error as Fault;
    let (index, broken) = match cause {
        Fault::NotCA { index } => {
            let is_first_version =
                path.get(*index).is_some_and(|one| one.tbs_certificate.version == Version::V1);
            (Some(*index), if is_first_version { PathRule::FirstVersion } else { PathRule::Authority })
        }
        Fault::KeyUsageMissing { index } => (Some(*index), PathRule::KeyUsage),
        Fault::PathTooLong => (too_long(path), PathRule::Length),
        Fault::UnhandledCriticalExtension { index } => {
            let oids = path.get(*index).map(unknown_critical).unwrap_or_default();
            (Some(*index), PathRule::CriticalExtension { oids })
        }
        Fault::SignatureInvalid { index } | Fault::ChainBroken { index } => {
            (Some(*index), PathRule::Signature)
        }
        Fault::PolicyViolation { index } => (Some(*index), PathRule::Policy),
        Fault::MalformedCertificate { index } => (Some(*index), PathRule::Form),
        _ => (None, PathRule::Other { cause: cause.to_string().into() }),
    };
    let at = index.and_then(|index| Some((role(index, path.len()), path.get(index)?)));
    rule(broken, at)
}

fn rule(rule: PathRule, at: Option<(Role, &Certificate)>) -> Check {
    let code = match rule {
        PathRule::Authority | PathRule::FirstVersion | PathRule::KeyUsage => CheckCode::ChainNotCa,
        PathRule::Length => CheckCode::ChainPathLength,
        PathRule::CriticalExtension { .. } => CheckCode::ChainCritical,
        PathRule::Signature => CheckCode::ChainSignature,
        PathRule::Policy | PathRule::Form | PathRule::Path | PathRule::Other { .. } => {
            CheckCode::ChainInvalid
        }
    };
    let at = at.map(|(role, certificate)| (role, name_of(certificate)));
    fault(code, ChainWhy::Rule { rule, at })
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
    let name = |index: usize| path.get(index).map(name_of);
    let (Some(certificate), Some(authority)) = (name(violation.index), name(violation.authority)) else {
        return Err(broken(1, rule(PathRule::Path, None)));
    };
    let role = role(violation.index, path.len());
    let why = ChainWhy::Names { role, certificate, authority, fault: violation.fault };
    Err(broken(1, fault(CheckCode::ChainNames, why)))
}
