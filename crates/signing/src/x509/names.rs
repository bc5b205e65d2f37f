//! Name constraints (RFC 5280 4.2.1.10), by code of our own: `pkix-path` takes the host of a URI from behind
//! any `@`, skips constraints of kinds that it does not know, and loses e-mail and URI constraints that stand
//! in two certificates of a path. A name must satisfy every authority above it by itself, which is what the
//! intersections of the standard come to.

use crate::check::why::chain::{NameFault, NameKind, ShownName};
use crate::text::Untrusted;
use der::asn1::{Ia5StringRef, ObjectIdentifier};
use der::oid::AssociatedOid;
use der::{Decode, Encode, Tag, Tagged};
use pkix_path::names_match;
use x509_cert::Certificate;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{NameConstraints, SubjectAltName};
use x509_cert::name::{Name, RdnSequence};

use super::tlv::{self, Element};
use super::written;

const SMTP_UTF8: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.9");
const EMAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// A name that an authority may not certify, or that cannot be judged.
pub(crate) struct Violation {
    /// Index of the certificate that bears it.
    pub index: usize,
    /// Index of the authority that constrains it.
    pub authority: usize,
    pub fault: NameFault,
}

const EMAIL_FORM: Form = Form { tag: 0x81, kind: None };

/// Subtrees of constraints that are looked at; `limits` refuses far fewer.
const MAX_SUBTREES: usize = 4096;

/// The form of a name: constraints are about names of their own form.
#[derive(Clone, PartialEq, Eq)]
struct Form {
    tag: u8,
    /// The kind of another name.
    kind: Option<Vec<u8>>,
}

impl Form {
    /// An internationalised address is constrained as others are (RFC 9598), and cannot be judged here.
    fn of(name: &Element<'_>) -> Self {
        const OTHER: u8 = 0xa0;
        let kind = tlv::first(name.content).filter(|_| name.tag == OTHER).map(|(kind, _)| kind.content);
        match kind {
            Some(kind) if kind == SMTP_UTF8.as_bytes() => EMAIL_FORM,
            kind => Form { tag: name.tag, kind: kind.map(<[u8]>::to_vec) },
        }
    }

    fn of_name(name: &GeneralName) -> Option<Self> {
        let der = name.to_der().ok()?;
        Some(Form::of(&tlv::first(&der)?.0))
    }
}

struct Subtree {
    form: Form,
    /// None when it is of a form that is not read here.
    read: Option<GeneralSubtree>,
}

#[derive(Default)]
struct Constraints {
    permitted: Vec<Subtree>,
    excluded: Vec<Subtree>,
}

/// How many subtrees the constraints of a certificate hold.
pub(crate) fn count(certificate: &Certificate) -> usize {
    let found = constraints(certificate).ok().flatten().unwrap_or_default();
    found.permitted.len() + found.excluded.len()
}

/// Checks a path, leaf first. Names of self-issued certificates between leaf and root do not count.
pub(crate) fn check(path: &[Certificate]) -> Result<(), Violation> {
    for (authority, above) in path.iter().enumerate().skip(1) {
        let violation = |index: usize, fault: NameFault| Violation { index, authority, fault };
        let constraints = constraints(above).map_err(|fault| violation(authority, fault))?;
        let Some(constraints) = constraints else { continue };
        for (index, certificate) in path.iter().enumerate().take(authority) {
            let tbs = &certificate.tbs_certificate;
            if index > 0 && names_match(&tbs.subject, &tbs.issuer) {
                continue;
            }
            check_certificate(certificate, &constraints).map_err(|(whose, fault)| match whose {
                Whose::Certificate => violation(index, fault),
                Whose::Authority => violation(authority, fault),
            })?;
        }
    }
    Ok(())
}

/// By hand, so that one of a form that is not read does not hide the others.
fn constraints(certificate: &Certificate) -> Result<Option<Constraints>, NameFault> {
    let extensions = certificate.tbs_certificate.extensions.iter().flatten();
    let mut found = extensions.filter(|extension| extension.extn_id == NameConstraints::OID);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => {
            let read = read(one.extn_value.as_bytes());
            read.map(Some).ok_or(NameFault::ConstraintsUnreadable)
        }
        (Some(_), Some(_)) => Err(NameFault::ConstraintsUnreadable),
    }
}

fn read(der: &[u8]) -> Option<Constraints> {
    const PERMITTED: u8 = 0xa0;
    const EXCLUDED: u8 = 0xa1;
    let subtree = |element: &Element<'_>| {
        let base = tlv::first(element.content).filter(|_| element.tag == tlv::SEQUENCE)?.0;
        Some(Subtree { form: Form::of(&base), read: GeneralSubtree::from_der(element.whole).ok() })
    };
    let subtrees = |part: &Element<'_>| -> Option<Vec<Subtree>> {
        tlv::all(part.content, MAX_SUBTREES)?.iter().map(subtree).collect()
    };
    match tlv::sequence(der, 2)?.as_slice() {
        [permitted, excluded] if permitted.tag == PERMITTED && excluded.tag == EXCLUDED => {
            Some(Constraints { permitted: subtrees(permitted)?, excluded: subtrees(excluded)? })
        }
        [one] if one.tag == PERMITTED => {
            Some(Constraints { permitted: subtrees(one)?, excluded: Vec::new() })
        }
        [one] if one.tag == EXCLUDED => Some(Constraints { permitted: Vec::new(), excluded: subtrees(one)? }),
        [] => Some(Constraints::default()),
        _ => None,
    }
}

/// Which certificate a fault is about.
enum Whose {
    Certificate,
    Authority,
}

/// RFC 5280: a constraint that is not understood must not be skipped where a name of its form occurs.
fn unusable(subtree: &Subtree) -> Option<NameFault> {
    let Some(subtree) = &subtree.read else { return Some(NameFault::UnknownConstraint) };
    if subtree.minimum != 0 || subtree.maximum.is_some() {
        return Some(NameFault::Distance);
    }
    match &subtree.base {
        GeneralName::DnsName(_) | GeneralName::DirectoryName(_) => None,
        GeneralName::Rfc822Name(text) | GeneralName::UniformResourceIdentifier(text)
            if !text.as_str().is_empty() =>
        {
            None
        }
        GeneralName::Rfc822Name(_) | GeneralName::UniformResourceIdentifier(_) => {
            Some(NameFault::EmptyConstraint)
        }
        GeneralName::IpAddress(bytes) if matches!(bytes.as_bytes().len(), 8 | 32) => None,
        GeneralName::IpAddress(_) => Some(NameFault::AddressWithoutMask),
        _ => Some(NameFault::UnknownConstraint),
    }
}

fn check_certificate(
    certificate: &Certificate,
    Constraints { permitted, excluded }: &Constraints,
) -> Result<(), (Whose, NameFault)> {
    let fault = |fault: NameFault| (Whose::Certificate, fault);
    let tbs = &certificate.tbs_certificate;
    let alternatives = tbs.get::<SubjectAltName>().map_err(|_| fault(NameFault::NamesUnreadable))?;
    let mut names = alternatives.map(|(_, names)| names.0).unwrap_or_default();
    if !tbs.subject.is_empty() {
        names.push(GeneralName::DirectoryName(tbs.subject.clone()));
    }
    for part in tbs.subject.0.iter().flat_map(|part| part.0.iter()).filter(|part| part.oid == EMAIL) {
        let all = permitted.iter().chain(excluded);
        match part.value.decode_as::<Ia5StringRef<'_>>() {
            Ok(text) => names.push(GeneralName::Rfc822Name(text.into())),
            Err(_) if all.into_iter().any(|s| s.form == EMAIL_FORM) => {
                return Err(fault(NameFault::EmailUnreadable));
            }
            Err(_) => {}
        }
    }
    for name in &names {
        let form = Form::of_name(name);
        let same_form = |subtree: &&Subtree| form.as_ref() == Some(&subtree.form);
        let mut allowed = permitted.iter().filter(same_form).peekable();
        let mut denied = excluded.iter().filter(same_form).peekable();
        if allowed.peek().is_none() && denied.peek().is_none() {
            continue;
        }
        if let Some(fault) = allowed.clone().chain(denied.clone()).find_map(unusable) {
            return Err((Whose::Authority, fault));
        }
        let Some(named) = Named::of(name) else {
            return Err(fault(NameFault::Ambiguous(shown(name))));
        };
        let is_within =
            |subtree: &Subtree| subtree.read.as_ref().is_some_and(|subtree| named.is_within(&subtree.base));
        if denied.any(is_within) {
            return Err(fault(NameFault::Excluded(shown(name))));
        }
        if allowed.peek().is_some() && !allowed.any(is_within) {
            return Err(fault(NameFault::NotPermitted(shown(name))));
        }
    }
    Ok(())
}

fn kind(name: &GeneralName) -> NameKind {
    match name {
        GeneralName::DnsName(_) => NameKind::Dns,
        GeneralName::Rfc822Name(_) => NameKind::Email,
        GeneralName::OtherName(other) if other.type_id == SMTP_UTF8 => NameKind::Email,
        GeneralName::UniformResourceIdentifier(_) => NameKind::Uri,
        GeneralName::DirectoryName(_) => NameKind::Directory,
        GeneralName::IpAddress(_) => NameKind::Address,
        _ => NameKind::Other,
    }
}

fn shown(name: &GeneralName) -> ShownName {
    let text = match name {
        GeneralName::DnsName(text)
        | GeneralName::Rfc822Name(text)
        | GeneralName::UniformResourceIdentifier(text) => text.as_str().to_owned(),
        GeneralName::DirectoryName(name) => name.to_string(),
        GeneralName::IpAddress(bytes) => hex::encode(bytes.as_bytes()),
        _ => return ShownName { kind: NameKind::Other, text: Untrusted::default() },
    };
    ShownName { kind: kind(name), text: text.into() }
}

/// A name that can be read in one way only.
enum Named<'n> {
    Dns(&'n str),
    Email { local: &'n str, host: &'n str },
    Uri { host: &'n str },
    Directory(Name),
    Address(&'n [u8]),
}

impl<'n> Named<'n> {
    fn of(name: &'n GeneralName) -> Option<Self> {
        match name {
            GeneralName::DnsName(text) => is_host(text.as_str()).then(|| Named::Dns(text.as_str())),
            GeneralName::Rfc822Name(text) => {
                // A quoted local part may hold an `@`; a host never does.
                let (local, host) = text.as_str().rsplit_once('@')?;
                (!local.is_empty() && is_host(host)).then_some(Named::Email { local, host })
            }
            GeneralName::UniformResourceIdentifier(text) => {
                let (_, rest) = text.as_str().split_once("://")?;
                let authority = rest.split(['/', '?', '#']).next()?;
                let host = authority.split_once(':').map_or(authority, |(host, _)| host);
                let is_address = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                // RFC 5280: a URI without a host that is a name is refused.
                (is_host(host) && !is_address && !authority.contains('@')).then_some(Named::Uri { host })
            }
            GeneralName::DirectoryName(name) => {
                let name = written::plain_name(name);
                let plain = |tag: Tag| {
                    matches!(tag, Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::BmpString)
                };
                let mut parts = name.0.iter().flat_map(|part| part.0.iter());
                parts.all(|part| plain(part.value.tag())).then_some(Named::Directory(name))
            }
            GeneralName::IpAddress(bytes) => {
                matches!(bytes.as_bytes().len(), 4 | 16).then(|| Named::Address(bytes.as_bytes()))
            }
            _ => None,
        }
    }

    fn is_within(&self, base: &GeneralName) -> bool {
        match (self, base) {
            (Named::Dns(name), GeneralName::DnsName(base)) => {
                let base = base.as_str();
                base.is_empty() || is_below(name, base) || (!base.starts_with('.') && same(name, base))
            }
            (Named::Email { local, host }, GeneralName::Rfc822Name(base)) => {
                match base.as_str().rsplit_once('@') {
                    Some((mailbox, of)) => *local == mailbox && same(host, of),
                    None => is_host_within(host, base.as_str()),
                }
            }
            (Named::Uri { host }, GeneralName::UniformResourceIdentifier(base)) => {
                is_host_within(host, base.as_str())
            }
            (Named::Directory(name), GeneralName::DirectoryName(base)) => {
                let first: Vec<_> = name.0.iter().take(base.0.len()).cloned().collect();
                names_match(&RdnSequence(first), &written::plain_name(base))
            }
            (Named::Address(address), GeneralName::IpAddress(base)) => {
                let (network, mask) = base.as_bytes().split_at(base.as_bytes().len() / 2);
                let mut bits = address.iter().zip(network.iter().zip(mask));
                address.len() == network.len()
                    && bits.all(|(byte, (network, mask))| byte & mask == network & mask)
            }
            _ => false,
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// E-mail and URI: `.example` means all hosts below it, `example` this host alone.
fn is_host_within(host: &str, base: &str) -> bool {
    if base.starts_with('.') { is_below(host, base) } else { same(host, base) }
}

/// Whether whole labels stand before `base`.
fn is_below(name: &str, base: &str) -> bool {
    let base = base.strip_prefix('.').unwrap_or(base);
    let Some(at) = name.len().checked_sub(base.len()) else { return false };
    let (before, tail) = (name.get(..at), name.get(at..));
    before.is_some_and(|before| before.len() > 1 && before.ends_with('.'))
        && tail.is_some_and(|t| same(t, base))
}

fn is_host(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'*');
    !name.is_empty() && !name.ends_with('.') && name.bytes().all(plain)
}
