//! The URIs that a certificate names as alternative names of its subject, such as SPIFFE ids.

use crate::text::Untrusted;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::certificate::parse;

/// The URIs of a certificate, DER; none where it or the extension cannot be read.
pub(crate) fn uris(der: &[u8]) -> Vec<Untrusted> {
    let names = parse(der).ok().and_then(|leaf| leaf.tbs_certificate.get::<SubjectAltName>().ok().flatten());
    let names = names.map(|(_, names)| names.0).unwrap_or_default();
    let uri = |name: &GeneralName| match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(Untrusted::new(uri.as_str())),
        _ => None,
    };
    names.iter().filter_map(uri).collect()
}
