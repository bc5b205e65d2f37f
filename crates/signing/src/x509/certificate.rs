//! One certificate: read within limits, and what it says of itself. It judges nothing.

use crate::check::why::chain::{CertificateFault, CertificateName};
use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use crate::words::chain::certificate_fault;
use der::{Decode, Encode};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::time::Time;

use super::der_limits::is_modest;
use super::{alternative, tlv, written};

const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;

/// One certificate, DER.
///
/// # Errors
/// `E-MALFORMED`, `E-TOO-LARGE`.
pub(crate) fn parse(der: &[u8]) -> Result<Certificate> {
    read(der).map_err(|fault| {
        let code = match fault {
            CertificateFault::TooLarge | CertificateFault::Bloated => Code::TooLarge,
            _ => Code::Malformed,
        };
        Error::new(code, certificate_fault(&fault))
    })
}

/// As [`parse`], for a check.
pub(super) fn read(der: &[u8]) -> std::result::Result<Certificate, CertificateFault> {
    if der.len() > MAX_CERTIFICATE_BYTES {
        return Err(CertificateFault::TooLarge);
    }
    if !is_modest(der) {
        return Err(CertificateFault::Bloated);
    }
    Certificate::from_der(&written::readable(der))
        .map_err(|cause| CertificateFault::Unreadable { cause: cause.to_string().into() })
}

/// The subject's name, RFC 4514; of a certificate without one, the alternative name that stands for it.
pub(crate) fn subject(certificate: &Certificate) -> Untrusted {
    let name = &certificate.tbs_certificate.subject;
    let alternative = if name.is_empty() { alternative::as_subject(certificate) } else { None };
    alternative.unwrap_or_else(|| Untrusted::new(name.to_string()))
}

/// The alternative names, each with its kind: `URI:spiffe://acme.example/ci`.
pub(crate) fn alternative_names(certificate: &Certificate) -> Vec<Untrusted> {
    alternative::all(certificate)
}

/// The issuer's name, RFC 4514.
pub(crate) fn issuer(certificate: &Certificate) -> Untrusted {
    Untrusted::new(certificate.tbs_certificate.issuer.to_string())
}

/// The DER SubjectPublicKeyInfo.
pub(crate) fn spki(certificate: &Certificate) -> Vec<u8> {
    certificate.tbs_certificate.subject_public_key_info.to_der().unwrap_or_default()
}

/// First and last moment of validity as the certificate writes them, which may be before 1970. [`Timestamp::MAX`]
/// stands for "no end" (RFC 5280, 4.1.2.5).
pub(crate) fn written_validity(der: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (outer, _) = tlv::first(der)?;
    written::validity(tlv::first(outer.content)?.0.whole)
}

/// First and last moment of validity, none of them before 1970.
pub(crate) fn validity(certificate: &Certificate) -> (Timestamp, Timestamp) {
    let validity = &certificate.tbs_certificate.validity;
    (moment(&validity.not_before), moment(&validity.not_after))
}

/// A time in a certificate or a list.
pub(super) fn moment(time: &Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// Subject and serial number: which certificate is meant.
pub(crate) fn name_of(certificate: &Certificate) -> CertificateName {
    let serial = hex::encode(certificate.tbs_certificate.serial_number.as_bytes());
    CertificateName { subject: subject(certificate), serial }
}
