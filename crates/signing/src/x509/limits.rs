//! What one certificate may hold: more than that is read by nobody.

use crate::check::why::chain::{CertificateFault, CertificatePart};
use der::asn1::ObjectIdentifier;
use std::collections::BTreeSet;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{CertificatePolicies, PolicyMappings, SubjectAltName};
use x509_cert::name::Name;

use super::names;

/// What one certificate may hold. Comparing names and walking policies costs their product, and a sub-authority
/// may be the attacker's.
const MAX_EXTENSIONS: usize = 64;

const MAX_NAME_PARTS: usize = 64;

const MAX_NAMES: usize = 256;

const MAX_POLICIES: usize = 64;

const MAX_MAPPINGS: usize = 16;

/// Refuses a certificate that holds more than a certificate does, or an extension twice (RFC 5280 4.2).
pub(crate) fn limits(certificate: &Certificate) -> Result<(), CertificateFault> {
    let tbs = &certificate.tbs_certificate;
    let extensions = tbs.extensions.as_deref().unwrap_or_default();
    let kinds: BTreeSet<ObjectIdentifier> = extensions.iter().map(|extension| extension.extn_id).collect();
    if kinds.len() < extensions.len() {
        return Err(CertificateFault::ExtensionTwice);
    }
    let parts = |name: &Name| name.0.iter().map(|part| part.0.len()).sum::<usize>();
    let names = tbs.get::<SubjectAltName>().ok().flatten().map_or(0, |(_, names)| names.0.len());
    let subtrees = names::count(certificate);
    let policies = tbs.get::<CertificatePolicies>().ok().flatten().map(|(_, policies)| policies.0);
    let policies = policies.unwrap_or_default();
    let different: BTreeSet<_> = policies.iter().map(|policy| policy.policy_identifier).collect();
    if different.len() < policies.len() {
        return Err(CertificateFault::PolicyTwice);
    }
    let mappings = tbs.get::<PolicyMappings>().ok().flatten().map_or(0, |(_, mappings)| mappings.0.len());
    let counted = [
        (CertificatePart::Extensions, extensions.len(), MAX_EXTENSIONS),
        (CertificatePart::SubjectParts, parts(&tbs.subject), MAX_NAME_PARTS),
        (CertificatePart::IssuerParts, parts(&tbs.issuer), MAX_NAME_PARTS),
        (CertificatePart::AlternativeNames, names, MAX_NAMES),
        (CertificatePart::NameConstraints, subtrees, MAX_NAMES),
        (CertificatePart::Policies, policies.len(), MAX_POLICIES),
        (CertificatePart::PolicyMappings, mappings, MAX_MAPPINGS),
    ];
    match counted.into_iter().find(|(_, count, limit)| count > limit) {
        Some((part, count, most)) => Err(CertificateFault::TooMany { part, count, most }),
        None => Ok(()),
    }
}
