//! The words for CHAIN.

use crate::check::why::chain::{
    Authorities, CertificateFault, CertificateName, CertificateNote, CertificatePart, ChainWhy, Held,
    LeftOut, ListFault, ListName, ListUse, NameFault, NameKind, Obstacle, PathRule, RevocationReason,
    Revoked, Role, ShownName, Unused, Usages, Validity, WeakKey,
};
use crate::text::Untrusted;
use jiff::Timestamp;

use super::Words;

const TRUST: &str = "Trust the authority only if you have its certificate from an independent source; otherwise refuse the model";
const FORGED: &str = "Treat the signature as forged until its publisher explains it";
const AUTHORITY: &str = "Ask the authority that issued the certificate; the model must be signed again";
const WELL_FORMED: &str = "Have the model signed again with a well-formed certificate";
const STRONGER_KEY: &str = "Have the certificates reissued with a stronger key, and the model signed again";

pub(super) fn words(why: &ChainWhy) -> Words {
    match why {
        ChainWhy::Holds(held) => {
            let summary = match held.signed {
                Some(at) => format!("The certificates lead to a trusted authority, and were valid at {at}"),
                None => "The certificates lead to a trusted authority, and are valid".to_owned(),
            };
            let details = held.lists.iter().map(list_use).collect();
            Words { summary, found: Some(path(held)), details, ..Words::default() }
        }
        ChainWhy::NotCovered(held) => Words {
            summary:
                "The certificates lead to a trusted authority, but no usable revocation list covers the \
                      signing certificate"
                    .to_owned(),
            expected: Some("a current, complete revocation list, signed by its issuer".into()),
            found: Some(path(held)),
            remedy: Some("Get the authority's current revocation list".to_owned()),
            details: held.lists.iter().map(list_use).collect(),
            ..Words::default()
        },
        ChainWhy::RevokedLater { revoked, signed, held } => Words {
            listed: Vec::new(),
            summary: "A certificate was revoked after the model was signed, according to a trusted timestamp"
                .to_owned(),
            expected: Some(format!("signed before the revocation; it was signed at {signed}").into()),
            found: Some(revocation(revoked)),
            evidence: Some(list_name(&revoked.list).into()),
            remedy: Some("Ask the publisher for a signature with another certificate".to_owned()),
            details: held.lists.iter().map(list_use).collect(),
        },
        ChainWhy::Revoked { revoked, signed } => was_revoked(revoked, *signed),
        ChainWhy::NoCertificate => Words {
            summary: "The bundle contains no certificate".to_owned(),
            expected: Some("the signing certificate".into()),
            found: Some("no certificate".into()),
            remedy: Some("Have the model signed again".to_owned()),
            ..Words::default()
        },
        ChainWhy::Unusable { fault } => Words {
            summary: "The signing certificate cannot be used".to_owned(),
            expected: Some("a certificate (DER) that follows RFC 5280, of ordinary size".into()),
            found: Some(certificate_fault(fault).into()),
            evidence: Some("certificate 1 of the bundle".into()),
            remedy: Some(WELL_FORMED.to_owned()),
            ..Words::default()
        },
        ChainWhy::NoPath { obstacle: stopped, left_out } => {
            let mut words = obstacle(stopped);
            words.details.extend(left_out.iter().map(left_out_line));
            words
        }
        ChainWhy::Expired(validity) => outside(
            validity,
            "had expired",
            "Renew the certificate and sign the model again; with a timestamp (--tsa-url) a signature outlives its certificate",
        ),
        ChainWhy::NotYetValid(validity) => outside(
            validity,
            "was not valid yet",
            "Check the time of the verification and this machine's clock; otherwise wait until it is valid",
        ),
        ChainWhy::Key { certificate, key } => weak(certificate, key),
        ChainWhy::Names { role, certificate, authority, fault } => Words {
            summary: format!("The {} breaks the name constraints of the path", called(*role)),
            expected: Some(format!("names that {} may certify", name(authority)).into()),
            found: Some(format!("{}: {}", name(certificate), name_fault(fault)).into()),
            evidence: Some("nameConstraints".into()),
            remedy: Some(FORGED.to_owned()),
            ..Words::default()
        },
        ChainWhy::UsageUnreadable { certificate } => Words {
            summary: "The signing certificate has damaged extensions".to_owned(),
            expected: Some("readable key usages".into()),
            found: Some(name(certificate).into()),
            evidence: Some("keyUsage, extKeyUsage".into()),
            remedy: Some(WELL_FORMED.to_owned()),
            ..Words::default()
        },
        ChainWhy::Usage { certificate, says } => {
            let said = match says {
                Usages::Neither => "it has neither extension",
                Usages::KeyUsage => "its key usage does not include digitalSignature",
                Usages::ExtendedKeyUsage => "its extended key usage does not include codeSigning",
                Usages::Both => "its key usages include neither",
            };
            Words {
                summary: "The signing certificate was not issued for signing".to_owned(),
                expected: Some("key usage digitalSignature, or extended key usage codeSigning".into()),
                found: Some(format!("{}: {said}", name(certificate)).into()),
                evidence: Some("keyUsage, extKeyUsage".into()),
                remedy: Some(
                    "Have the model signed again with a certificate that was issued for signing".to_owned(),
                ),
                ..Words::default()
            }
        }
        ChainWhy::Rule { rule, at } => broken_rule(rule, at.as_ref()),
    }
}

/// `CN=ci,O=acme (serial 07)`.
pub(super) fn name(certificate: &CertificateName) -> String {
    let subject = match certificate.subject.raw() {
        "" => "(no subject)",
        subject => subject,
    };
    format!("{subject} (serial {})", certificate.serial)
}

fn called(role: Role) -> &'static str {
    match role {
        Role::Signer => "signing certificate",
        Role::Intermediate => "intermediate certificate",
        Role::Authority => "trusted authority's certificate",
    }
}

fn path(held: &Held) -> Untrusted {
    let names: Vec<String> = held.path.iter().map(|name| format!("{:?}", name.raw())).collect();
    names.join(" issued by ").into()
}

/// The end of a validity: 9999-12-31 says that there is none (RFC 5280, 4.1.2.5).
pub(crate) fn end(at: Timestamp) -> String {
    if at == Timestamp::MAX { "no end (9999-12-31)".to_owned() } else { at.to_string() }
}

fn outside(validity: &Validity, what: &str, remedy: &str) -> Words {
    let (when, expected) = match validity.signed {
        Some(at) => ("at the signing time", format!("valid at {at}, the trusted signing time")),
        None => ("at the time of the verification", "valid at the time of the verification".to_owned()),
    };
    Words {
        summary: format!("The {} {what} {when}", called(validity.role)),
        expected: Some(expected.into()),
        found: Some(
            format!("{}: valid from {} to {}", name(&validity.certificate), validity.from, end(validity.to))
                .into(),
        ),
        evidence: Some("validity".into()),
        remedy: Some(remedy.to_owned()),
        ..Words::default()
    }
}

fn weak(certificate: &CertificateName, key: &WeakKey) -> Words {
    Words {
        summary: "A certificate has a key that is not accepted".to_owned(),
        expected: Some(
            "RSA of 2048 to 8192 bits, an elliptic curve (P-256, P-384, P-521), or Ed25519".into(),
        ),
        found: Some(format!("{}: {}", name(certificate), weak_key(key)).into()),
        evidence: Some("subjectPublicKeyInfo".into()),
        remedy: Some(STRONGER_KEY.to_owned()),
        ..Words::default()
    }
}

fn weak_key(key: &WeakKey) -> String {
    const SECP256K1: &str = "1.3.132.0.10";
    match key {
        WeakKey::Rsa { bits } => format!("an RSA key of {bits} bits"),
        WeakKey::RsaUnreadable => "an unreadable RSA key".to_owned(),
        WeakKey::Curve { oid } if oid == SECP256K1 => "a key on the curve secp256k1".to_owned(),
        WeakKey::Curve { oid } => format!("a key on the curve {oid}"),
        WeakKey::OwnCurve => "a key on an unnamed curve".to_owned(),
        WeakKey::Kind { oid } => match kind_of_key(oid) {
            Some(kind) => format!("a key of the kind {kind}"),
            None => format!("a key of the kind {oid}"),
        },
    }
}

fn kind_of_key(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "1.2.840.113549.1.1.10" => "RSASSA-PSS with a refused hash",
        "1.2.840.10040.4.1" => "DSA",
        "1.3.101.110" => "X25519",
        "1.3.101.111" => "X448",
        "1.3.101.113" => "Ed448",
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
        _ => return None,
    })
}

/// Names of hashes that are refused most often.
fn hash(oid: &str) -> &str {
    match oid {
        "1.2.840.113549.2.5" => "MD5",
        "1.3.14.3.2.26" => "SHA-1",
        "2.16.840.1.101.3.4.2.1" => "SHA-256",
        "2.16.840.1.101.3.4.2.2" => "SHA-384",
        "2.16.840.1.101.3.4.2.3" => "SHA-512",
        "2.16.840.1.101.3.4.2.4" => "SHA-224",
        other => other,
    }
}

/// Names of what is refused most often.
fn algorithm(oid: &str, parameter: Option<&str>) -> String {
    let name = match oid {
        "1.2.840.113549.1.1.2" => "MD2 with RSA",
        "1.2.840.113549.1.1.4" => "MD5 with RSA",
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => "SHA-1 with RSA",
        "1.2.840.10045.4.1" => "SHA-1 with ECDSA",
        "1.2.840.10040.4.3" => "SHA-1 with DSA",
        "2.16.840.1.101.3.4.3.2" => "SHA-256 with DSA",
        "1.2.156.10197.1.501" => "SM2 with SM3",
        "1.3.101.113" => "Ed448",
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
        "1.2.840.113549.1.1.10" => {
            return match parameter {
                Some(parameter) => format!("RSA-PSS with {} or a mask over it ({oid})", hash(parameter)),
                None => format!("RSA-PSS with unusual parameters ({oid})"),
            };
        }
        _ => return format!("algorithm {oid}"),
    };
    format!("{name} ({oid})")
}

fn obstacle(obstacle: &Obstacle) -> Words {
    const UNTRUSTED: &str = "The signing certificate does not lead to a trusted authority";
    match obstacle {
        Obstacle::Algorithm { role, certificate, issuer, oid, hash } => Words {
            listed: Vec::new(),
            summary: format!("The {} is signed with an algorithm that is not accepted", called(*role)),
            expected: Some(
                "RSA (PKCS #1 v1.5 or PSS, 2048 to 8192 bits) or ECDSA with SHA-2 or SHA-3, or Ed25519"
                    .into(),
            ),
            found: Some(format!("{}: {}", name(certificate), algorithm(oid, hash.as_deref())).into()),
            evidence: Some("signatureAlgorithm".into()),
            remedy: Some(
                "Have the certificates reissued with one of these algorithms, and the model signed again"
                    .to_owned(),
            ),
            details: vec![format!("issued by {}", name(issuer)).into()],
        },
        Obstacle::Key { issuer, key, issued } => {
            Words { details: vec![format!("it issued {}", name(issued)).into()], ..weak(issuer, key) }
        }
        Obstacle::NotSigned { role, certificate, issuer } => Words {
            summary: format!("The {} was not signed by the authority that it names", called(*role)),
            expected: Some(format!("a signature by the key of {}", name(issuer)).into()),
            found: Some(name(certificate).into()),
            evidence: Some("signatureValue".into()),
            remedy: Some(FORGED.to_owned()),
            ..Words::default()
        },
        Obstacle::Partial { top, root } => Words {
            summary:
                "The certificates lead to a trusted intermediate certificate, but its root is not trusted"
                    .to_owned(),
            expected: Some(format!("the root {} among the trusted certificates, too", root.raw()).into()),
            found: Some(format!("{}, which is not self-signed", name(top)).into()),
            remedy: Some(
                "Trust the root's certificate as well, if you have it from an independent source".to_owned(),
            ),
            ..Words::default()
        },
        Obstacle::OtherKey { certificate, issuer } => Words {
            summary: UNTRUSTED.to_owned(),
            expected: Some(format!("issued with the key of {}", name(issuer)).into()),
            found: Some(
                format!("{} names another key of an authority with that name", name(certificate)).into(),
            ),
            evidence: Some("authorityKeyIdentifier".into()),
            remedy: Some(TRUST.to_owned()),
            ..Words::default()
        },
        Obstacle::TooMany { certificate, certificates, signatures, steps } => Words {
            summary: "The certificates form more paths, or longer ones, than can be followed".to_owned(),
            expected: Some(
                format!(
                    "at most {certificates} certificates in a path, {signatures} signatures and {steps} steps"
                )
                .into(),
            ),
            found: Some(name(certificate).into()),
            remedy: Some(
                "Have the model signed again with only the certificates that lead to the root".to_owned(),
            ),
            ..Words::default()
        },
        Obstacle::UntrustedRoot { top, trusted } => Words {
            summary: UNTRUSTED.to_owned(),
            expected: Some(issued_under(trusted)),
            found: Some(format!("{}, which is self-signed", name(top)).into()),
            remedy: Some(TRUST.to_owned()),
            ..Words::default()
        },
        Obstacle::NoIssuer { certificate, issuer, trusted } => Words {
            summary: UNTRUSTED.to_owned(),
            expected: Some(issued_under(trusted)),
            found: Some(
                format!(
                    "{}, issued by {}, whose certificate is neither in the bundle nor trusted",
                    name(certificate),
                    issuer.raw()
                )
                .into(),
            ),
            remedy: Some(TRUST.to_owned()),
            ..Words::default()
        },
    }
}

fn issued_under(trusted: &Authorities) -> Untrusted {
    let shown: Vec<&str> = trusted.shown.iter().map(Untrusted::raw).collect();
    let shown = shown.join(" or ");
    match trusted.more {
        0 => format!("issued under {shown}").into(),
        more => format!("issued under {shown} and {more} more").into(),
    }
}

fn left_out_line(left_out: &LeftOut) -> Untrusted {
    match left_out {
        LeftOut::More { most } => {
            format!("only the first {most} additional certificates of the bundle are considered").into()
        }
        LeftOut::Trusted { number, fault } => {
            format!("trusted certificate {number} was ignored: {}", certificate_fault(fault)).into()
        }
        LeftOut::Bundle { number, fault } => {
            format!("certificate {number} of the bundle was ignored: {}", certificate_fault(fault)).into()
        }
    }
}

/// Something that a file of certificates holds and that is not used.
pub(crate) fn note(note: &CertificateNote) -> String {
    let line = note.line.map(|line| format!(" (line {line})")).unwrap_or_default();
    let which = format!("certificate {} in the file{line}", note.number);
    match &note.unused {
        Unused::CutOff => format!("{which} is not used: it is cut off"),
        Unused::NotBase64 => format!("{which} is not used: it is not base64"),
        Unused::Certificate(fault) => format!("{which} is not used: {}", certificate_fault(fault)),
        Unused::TrustSettings => {
            format!(
                "{which} is used, and the trust settings of OpenSSL (TRUSTED CERTIFICATE) beside it are not"
            )
        }
        Unused::Pkcs7 => format!("{which} is not used: not a PKCS#7 file of certificates in DER"),
    }
}

/// Why a certificate cannot be used.
pub(crate) fn certificate_fault(fault: &CertificateFault) -> String {
    match fault {
        CertificateFault::TooLarge => "a certificate of more than 64 KiB".to_owned(),
        CertificateFault::Bloated => "a certificate with a set of more elements than any needs".to_owned(),
        CertificateFault::Unreadable { cause } => format!("not a readable certificate ({})", cause.raw()),
        CertificateFault::ExtensionTwice => "it contains an extension twice".to_owned(),
        CertificateFault::PolicyTwice => "it contains a certificate policy twice".to_owned(),
        CertificateFault::TooMany { part, count, most } => {
            let part = match part {
                CertificatePart::Extensions => "extensions",
                CertificatePart::SubjectParts => "parts of its subject's name",
                CertificatePart::IssuerParts => "parts of its issuer's name",
                CertificatePart::AlternativeNames => "alternative names",
                CertificatePart::NameConstraints => "name constraints",
                CertificatePart::Policies => "certificate policies",
                CertificatePart::PolicyMappings => "policy mappings",
            };
            format!("it contains {count} {part}; the limit is {most}")
        }
        CertificateFault::KeyIdentifiers => "its key identifiers cannot be read".to_owned(),
        CertificateFault::SignedPart => "its signed part cannot be read".to_owned(),
    }
}

fn name_fault(fault: &NameFault) -> String {
    match fault {
        NameFault::ConstraintsUnreadable => "its name constraints cannot be read".to_owned(),
        NameFault::Distance => "a name constraint with a minimum or maximum".to_owned(),
        NameFault::EmptyConstraint => "an empty name constraint".to_owned(),
        NameFault::AddressWithoutMask => "a name constraint with an address and no mask".to_owned(),
        NameFault::UnknownConstraint => "a name constraint of an unknown kind".to_owned(),
        NameFault::NamesUnreadable => "its alternative names cannot be read".to_owned(),
        NameFault::EmailUnreadable => "the e-mail address in its subject cannot be read".to_owned(),
        NameFault::Ambiguous(name) => format!("{} can be read in more than one way", shown_name(name)),
        NameFault::Excluded(name) => format!("{} is excluded", shown_name(name)),
        NameFault::NotPermitted(name) => format!("{} is not permitted", shown_name(name)),
    }
}

fn shown_name(name: &ShownName) -> String {
    let text = name.text.raw();
    match name.kind {
        NameKind::Dns => format!("the DNS name {text}"),
        NameKind::Email => format!("the e-mail address {text}"),
        NameKind::Uri => format!("the URI {text}"),
        NameKind::Directory => format!("the name {text}"),
        NameKind::Address => format!("the address {text}"),
        NameKind::Other => "an alternative name".to_owned(),
    }
}

/// What the certificate does, what was expected, which field, and what to do.
fn broken_rule(rule: &PathRule, at: Option<&(Role, CertificateName)>) -> Words {
    let (what, expected, field, remedy) = match rule {
        PathRule::Authority => (
            "issued another certificate, but is not a CA",
            "basic constraints with CA set",
            "basicConstraints",
            FORGED,
        ),
        PathRule::FirstVersion => (
            "issued another certificate, but is of X.509 version 1, which has no basic constraints",
            "a certificate of version 3 with CA set; one of version 1 counts only as a root that you trust",
            "version",
            AUTHORITY,
        ),
        PathRule::KeyUsage => (
            "issued another certificate, but its key may not sign certificates",
            "key usage keyCertSign",
            "keyUsage",
            FORGED,
        ),
        PathRule::Length => (
            "allows fewer authorities below it than there are",
            "no more authorities than the path length allows",
            "basicConstraints.pathLenConstraint",
            FORGED,
        ),
        PathRule::CriticalExtension { .. } => (
            "has an unknown critical extension",
            "only critical extensions of RFC 5280",
            "extensions",
            "Ask the authority for a certificate without the extension: an unknown critical extension must be refused",
        ),
        PathRule::Signature => (
            "was not signed by the authority that it names",
            "a signature by the authority above it",
            "signatureValue",
            FORGED,
        ),
        PathRule::Policy => (
            "has none of the certificate policies that an authority above it requires",
            "certificate policies that the whole path allows",
            "certificatePolicies",
            AUTHORITY,
        ),
        PathRule::Form => ("is damaged", "a certificate that follows RFC 5280", "extensions", AUTHORITY),
        PathRule::Path => ("is empty", "a path from the signer to a trusted authority", "", AUTHORITY),
        PathRule::Other { .. } => {
            ("breaks a rule for certificate paths", "a path that RFC 5280 accepts", "", AUTHORITY)
        }
    };
    let role = at.map_or("certificate path", |(role, _)| called(*role));
    let details = match rule {
        PathRule::CriticalExtension { oids } => vec![format!("the extension {}", oids.join(", ")).into()],
        PathRule::Other { cause } => vec![cause.clone()],
        _ => Vec::new(),
    };
    Words {
        listed: Vec::new(),
        summary: format!("The {role} {what}"),
        expected: Some(expected.into()),
        found: at.map(|(_, certificate)| name(certificate).into()),
        evidence: (!field.is_empty()).then(|| field.into()),
        remedy: Some(remedy.to_owned()),
        details,
    }
}

/// `the revocation list of CN=root of 2026-05-01T00:00:00Z, sha256 …`.
fn list_name(list: &ListName) -> String {
    format!("the revocation list of {} of {}, sha256 {}", list.issuer.raw(), list.made, list.digest)
}

fn list_use(used: &ListUse) -> Untrusted {
    match used {
        ListUse::Unrelated { list } => {
            format!("not used: {}: it is not by an issuer of these certificates", list_name(list)).into()
        }
        ListUse::NotUsed { certificate, list, fault, listed } => {
            let listed = if *listed { "; it lists the certificate as revoked" } else { "" };
            let (name, list, fault) = (name(certificate), list_name(list), list_fault(fault));
            format!("not used for {name}: {list}: {fault}{listed}").into()
        }
        ListUse::Used { certificate, list } => {
            format!("{}: checked against {}", name(certificate), list_name(list)).into()
        }
        ListUse::NotCovered { certificate } => {
            format!("{}: no usable revocation list covers it", name(certificate)).into()
        }
    }
}

fn list_fault(fault: &ListFault) -> String {
    match fault {
        ListFault::Refused => "it is signed with an algorithm or a key that is not accepted".to_owned(),
        ListFault::NotSigned => "it is not signed by the issuer that it names".to_owned(),
        ListFault::TooManySignatures => "too many signatures were verified already".to_owned(),
        ListFault::Usage => "its issuer's key may not sign revocation lists (key usage cRLSign)".to_owned(),
        ListFault::NotYet => "it is from after the time of the verification".to_owned(),
        ListFault::NoEnd => "it does not say until when it is current".to_owned(),
        ListFault::Ended { at } => format!("it ended on {at}"),
        ListFault::CriticalExtension { oid } => format!("it has the critical extension {oid}"),
        ListFault::ScopeUnreadable => "its scope cannot be read".to_owned(),
        ListFault::OtherKind => "it is about another kind of certificate".to_owned(),
        ListFault::Part => "it contains only some of the revocations".to_owned(),
    }
}

fn revocation(revoked: &Revoked) -> Untrusted {
    let since = revoked.invalid_since.map(|since| format!(", not valid since {since}")).unwrap_or_default();
    let (name, reason) = (name(&revoked.certificate), reason_name(revoked.reason));
    format!("{name}: revoked on {}, reason: {reason}{since}", revoked.date).into()
}

fn reason_name(reason: Option<RevocationReason>) -> &'static str {
    match reason {
        None => "none given",
        Some(RevocationReason::Unspecified) => "unspecified",
        Some(RevocationReason::KeyCompromise) => "keyCompromise",
        Some(RevocationReason::CaCompromise) => "cACompromise",
        Some(RevocationReason::AffiliationChanged) => "affiliationChanged",
        Some(RevocationReason::Superseded) => "superseded",
        Some(RevocationReason::CessationOfOperation) => "cessationOfOperation",
        Some(RevocationReason::CertificateHold) => "certificateHold",
        Some(RevocationReason::RemoveFromCrl) => "removeFromCRL",
        Some(RevocationReason::PrivilegeWithdrawn) => "privilegeWithdrawn",
        Some(RevocationReason::AaCompromise) => "aACompromise",
    }
}

fn was_revoked(revoked: &Revoked, signed: Option<Timestamp>) -> Words {
    let detail = match signed {
        Some(signed) if signed < revoked.date => format!(
            "a trusted timestamp shows that it was signed at {signed}, before the revocation; but given this \
             reason, the key may already have been stolen by then"
        ),
        Some(signed) => format!("a trusted timestamp shows that it was signed at {signed}"),
        None => "no trusted timestamp shows that it was signed before the revocation".to_owned(),
    };
    Words {
        listed: Vec::new(),
        summary: "A certificate was revoked by the authority that issued it".to_owned(),
        expected: Some("certificates that are not revoked".into()),
        found: Some(revocation(revoked)),
        evidence: Some(list_name(&revoked.list).into()),
        remedy: Some(
            "Do not use the model; ask its publisher why, and for a signature with another certificate"
                .to_owned(),
        ),
        details: vec![detail.into()],
    }
}
