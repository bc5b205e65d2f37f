//! The alternative names of a certificate (RFC 5280, 4.2.1.6): all of them for people, and the one that stands for the
//! subject where a certificate has no subject name, as those of SPIFFE. It judges nothing.

use crate::text::Untrusted;
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// Kinds of names, in the order in which they stand for a subject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Uri,
    Email,
    Dns,
    Directory,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Kind::Uri => "URI",
            Kind::Email => "email",
            Kind::Dns => "DNS",
            Kind::Directory => "DirName",
        }
    }
}

/// `URI:spiffe://acme.example/ci`: every name that is text, in their order.
pub(crate) fn all(certificate: &Certificate) -> Vec<Untrusted> {
    names(certificate).into_iter().map(|(kind, text)| format!("{}:{text}", kind.prefix()).into()).collect()
}

/// The name that stands for the subject: a URI, else an e-mail address, else a DNS name. None of them reads like a
/// name of another kind, above all not like a subject name, for which it could be taken otherwise: such a one is written
/// with its kind before it.
pub(super) fn as_subject(certificate: &Certificate) -> Option<Untrusted> {
    let (kind, text) = names(certificate).into_iter().min_by_key(|(kind, _)| *kind)?;
    Some(if is_plain(kind, &text) { text.into() } else { format!("{}:{text}", kind.prefix()).into() })
}

fn names(certificate: &Certificate) -> Vec<(Kind, String)> {
    let found = certificate.tbs_certificate.get::<SubjectAltName>().ok().flatten();
    let names = found.map(|(_, names)| names.0).unwrap_or_default();
    let text = |name: &GeneralName| {
        Some(match name {
            GeneralName::UniformResourceIdentifier(text) => (Kind::Uri, text.as_str().to_owned()),
            GeneralName::Rfc822Name(text) => (Kind::Email, text.as_str().to_owned()),
            GeneralName::DnsName(text) => (Kind::Dns, text.as_str().to_owned()),
            GeneralName::DirectoryName(name) => (Kind::Directory, name.to_string()),
            _ => return None,
        })
    };
    names.iter().filter_map(text).filter(|(_, text)| !text.is_empty()).collect()
}

fn is_plain(kind: Kind, text: &str) -> bool {
    let has_only = |more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    match kind {
        Kind::Uri => text.split_once(':').is_some_and(|(scheme, _)| {
            let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
            let kinds = [Kind::Uri, Kind::Email, Kind::Dns, Kind::Directory];
            is_scheme && !kinds.iter().any(|kind| scheme.eq_ignore_ascii_case(kind.prefix()))
        }),
        Kind::Email => text.contains('@') && has_only("@.!#$%&'*+-?^_`{|}~"),
        Kind::Dns => has_only("-._*"),
        Kind::Directory => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_reads_like_another_kind_is_written_with_its_own() {
        for (kind, text) in [
            (Kind::Uri, "spiffe://acme.example/ml/signer?a=b"),
            (Kind::Uri, "urn:uuid:1"),
            (Kind::Email, "signer+ml@acme.example"),
            (Kind::Dns, "signer.acme.example"),
        ] {
            assert!(is_plain(kind, text), "{text}");
        }
        for (kind, text) in [
            (Kind::Uri, "CN=ci,O=acme"),
            (Kind::Uri, "CN=a:b"),
            (Kind::Uri, "email:a@b"),
            (Kind::Uri, "no scheme"),
            (Kind::Email, "CN=ci@acme"),
            (Kind::Email, "mailto:a@b"),
            (Kind::Email, "nobody"),
            (Kind::Dns, "CN=ci"),
            (Kind::Dns, "a:b"),
            (Kind::Directory, "CN=ci"),
        ] {
            assert!(!is_plain(kind, text), "{text}");
        }
    }
}
