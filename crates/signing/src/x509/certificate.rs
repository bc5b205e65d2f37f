//! One certificate: read within limits, and what it says of itself. It judges nothing.

use crate::check::why::chain::{CertificateFault, CertificateName};
use crate::error::{Code, Error, Result};
use crate::pem::{self, Damage};
use crate::text::Untrusted;
use crate::words::chain::certificate_fault;
use der::{Decode, Encode};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::time::Time;

use super::der_limits::is_modest;

const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;

const MAX_PEM_CERTIFICATES: usize = 512;

/// Certificates in a PEM file (`CERTIFICATE` blocks, in order; text around them is skipped) or one in DER.
///
/// # Errors
/// `E-MALFORMED` when there is none or one cannot be read, `E-TOO-LARGE` for more than 512.
pub fn certificates_from_pem(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
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
    for block in pem::labelled(text, "CERTIFICATE") {
        let number = found.len() + 1;
        let der = block.map_err(|damage| match damage {
            Damage::CutOff => malformed(format!("certificate {number} in the file is cut off")),
            Damage::NotBase64 => malformed(format!("certificate {number} in the file is not base64")),
        })?;
        parse(&der)?;
        found.push(der);
        if found.len() > MAX_PEM_CERTIFICATES {
            return Err(Error::new(Code::TooLarge, format!("more than {MAX_PEM_CERTIFICATES} certificates")));
        }
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
    Certificate::from_der(der)
        .map_err(|cause| CertificateFault::Unreadable { cause: cause.to_string().into() })
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
