//! Certificates in files as companies have them: PEM under its old and new labels, DER, PKCS#7. A bad one does not take
//! the others with it; it is named. It trusts nothing.

use crate::check::why::chain::{CertificateFault, CertificateNote, Unused};
use crate::error::{Code, Error, Result};
use crate::pem::{self, Damage};
use crate::text::Untrusted;
use crate::words::chain::note;

use super::certificate::read;
use super::tlv::{self, Element, INTEGER, OBJECT_IDENTIFIER, SEQUENCE};

const MAX_CERTIFICATES: usize = 512;

/// `1.2.840.113549.1.7.2`, `1.2.840.113549.1.7.1`
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

/// The certificates of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateFile {
    /// Those that can be read, DER, in their order.
    pub certificates: Vec<Vec<u8>>,
    /// What of the file is not used.
    pub notes: Vec<CertificateNote>,
}

impl CertificateNote {
    /// In words: `certificate 1 (line 3) is not used: …`.
    pub fn text(&self) -> Untrusted {
        note(self).into()
    }
}

/// Certificates in a file: PEM (`CERTIFICATE`, `X509 CERTIFICATE`, `TRUSTED CERTIFICATE` or `PKCS7` blocks, in order;
/// text around them is skipped), DER or PKCS#7 in DER. One that cannot be read is left out.
///
/// # Errors
/// `E-MALFORMED` when there is none that can be read, `E-TOO-LARGE` for more than 512.
pub fn certificates_from_pem(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    CertificateFile::read(bytes).map(|file| file.certificates)
}

impl CertificateFile {
    /// As [`certificates_from_pem`], with what was left out.
    ///
    /// # Errors
    /// As [`certificates_from_pem`].
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut file = CertificateFile::default();
        if bytes.first() == Some(&SEQUENCE) {
            file.binary(bytes)?;
        } else {
            let text = pem::plain(bytes);
            let mut others = Vec::new();
            let mut number = 0;
            for block in pem::blocks(&text) {
                let Some(form) = form(block.label) else {
                    others.push(block.label.to_owned());
                    continue;
                };
                number += 1;
                file.block(form, number, Some(block.line), block.der.as_deref().map(Vec::as_slice));
                file.limited()?;
            }
            if file.certificates.is_empty() && file.notes.is_empty() {
                return Err(none(NoCertificate::of(&others)));
            }
        }
        if file.certificates.is_empty() {
            return Err(file.notes.first().map_or_else(|| none(NoCertificate::Nothing), unusable));
        }
        Ok(file)
    }

    fn limited(&self) -> Result<()> {
        match self.certificates.len() + self.notes.len() {
            0..=MAX_CERTIFICATES => Ok(()),
            _ => Err(Error::new(Code::TooLarge, format!("more than {MAX_CERTIFICATES} certificates"))),
        }
    }

    fn block(
        &mut self,
        form: Form,
        number: usize,
        line: Option<usize>,
        der: std::result::Result<&[u8], &Damage>,
    ) {
        let note = |unused| CertificateNote { number, line, unused };
        let der = match der {
            Ok(der) => der,
            Err(Damage::CutOff) => return self.notes.push(note(Unused::CutOff)),
            Err(Damage::NotBase64) => return self.notes.push(note(Unused::NotBase64)),
        };
        match form {
            Form::Certificate => self.certificate(der, &note),
            Form::Trusted => match tlv::first(der) {
                // What follows says for what OpenSSL is to trust it, or not: no one who reads the file sees that.
                Some((certificate, settings)) => {
                    self.certificate(certificate.whole, &note);
                    if !settings.is_empty() {
                        self.notes.push(note(Unused::TrustSettings));
                    }
                }
                None => self.certificate(der, &note),
            },
            Form::Pkcs7 => match of_pkcs7(der) {
                Some(all) => all.iter().for_each(|der| self.certificate(der.whole, &note)),
                None => self.notes.push(note(Unused::Pkcs7)),
            },
        }
    }

    fn certificate(&mut self, der: &[u8], note: &dyn Fn(Unused) -> CertificateNote) {
        match read(der) {
            Ok(_) => self.certificates.push(der.to_vec()),
            Err(fault) => self.notes.push(note(Unused::Certificate(fault))),
        }
    }

    fn binary(&mut self, bytes: &[u8]) -> Result<()> {
        let form = match Der::of(bytes) {
            Some(Der::Pkcs7) => Form::Pkcs7,
            Some(Der::Pkcs12) => return Err(none(NoCertificate::Pkcs12)),
            Some(Der::Key) => return Err(none(NoCertificate::Key)),
            _ => Form::Certificate,
        };
        self.block(form, 1, None, Ok(bytes));
        self.limited()
    }
}

#[derive(Clone, Copy)]
enum Form {
    Certificate,
    /// OpenSSL's own, with trust settings after it.
    Trusted,
    Pkcs7,
}

fn form(label: &str) -> Option<Form> {
    Some(match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "X.509 CERTIFICATE" => Form::Certificate,
        "TRUSTED CERTIFICATE" => Form::Trusted,
        "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => Form::Pkcs7,
        _ => return None,
    })
}

/// What a binary file is, by the look of it.
enum Der {
    Pkcs7,
    Pkcs12,
    Key,
}

impl Der {
    fn of(bytes: &[u8]) -> Option<Self> {
        // The outer length may be indefinite, as some tools write PKCS#7.
        let inside = tlv::first(bytes).map(|(outer, _)| outer.content).or_else(|| bytes.get(2..))?;
        let (first, rest) = tlv::first(inside)?;
        let second = tlv::first(rest).map(|(second, _)| second);
        match (first.tag, second) {
            (OBJECT_IDENTIFIER, _) if first.content == SIGNED_DATA => Some(Der::Pkcs7),
            (INTEGER, Some(second)) if first.content == [3] && holds(&second) => Some(Der::Pkcs12),
            (INTEGER, _) => Some(Der::Key),
            (SEQUENCE, Some(second)) if [tlv::BIT_STRING, tlv::OCTET_STRING].contains(&second.tag) => {
                Some(Der::Key)
            }
            _ => None,
        }
    }
}

/// Whether it is a ContentInfo, as PKCS#12 wraps its contents.
fn holds(element: &Element<'_>) -> bool {
    tlv::first(element.content).is_some_and(|(kind, _)| [DATA, SIGNED_DATA].contains(&kind.content))
}

/// The certificates in a SignedData (RFC 5652, 5.1), which here is only their envelope: nobody looks at its signatures.
fn of_pkcs7(der: &[u8]) -> Option<Vec<Element<'_>>> {
    const CERTIFICATES: u8 = 0xa0;
    let outer = tlv::sequence(der, 2)?;
    let [kind, content] = outer.as_slice() else { return None };
    if kind.content != SIGNED_DATA || content.tag != CERTIFICATES {
        return None;
    }
    let parts = tlv::sequence(content.content, 6)?;
    // After version, digest algorithms and content.
    let certificates = parts.get(3).filter(|part| part.tag == CERTIFICATES)?;
    let found = tlv::all(certificates.content, MAX_CERTIFICATES)?;
    let found: Vec<Element<'_>> = found.into_iter().filter(|one| one.tag == SEQUENCE).collect();
    (!found.is_empty()).then_some(found)
}

/// What a file without a certificate is instead.
#[derive(Clone, Copy)]
enum NoCertificate {
    Nothing,
    Pkcs12,
    Key,
    PrivateKey,
    Request,
    List,
}

impl NoCertificate {
    /// By the labels of its blocks.
    fn of(labels: &[String]) -> Self {
        let has = |part: &str| labels.iter().any(|label| label.contains(part));
        match labels {
            _ if has("PRIVATE KEY") => NoCertificate::PrivateKey,
            _ if has("PUBLIC KEY") => NoCertificate::Key,
            _ if has("REQUEST") => NoCertificate::Request,
            _ if has("CRL") => NoCertificate::List,
            _ => NoCertificate::Nothing,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            NoCertificate::Nothing => (
                "no certificate in the file",
                "expected PEM blocks that begin with -----BEGIN CERTIFICATE-----, DER, or PKCS#7",
            ),
            NoCertificate::Pkcs12 => (
                "a PKCS#12 file (.p12, .pfx) is not read as certificates",
                "take the certificates out of it: openssl pkcs12 -in FILE -nokeys -out CERTIFICATES.pem",
            ),
            NoCertificate::Key => (
                "the file holds a key and no certificate",
                "name the file of the certificate; to trust a key alone, verify with --public-key",
            ),
            NoCertificate::PrivateKey => (
                "the file holds a private key and no certificate",
                "name the file of the certificate; keep the private key to yourself",
            ),
            NoCertificate::Request => (
                "the file holds a certificate request and no certificate",
                "name the certificate that the authority issued for it",
            ),
            NoCertificate::List => (
                "the file holds a revocation list and no certificate",
                "name the file of the certificate; revocation lists are given with --crl",
            ),
        }
    }
}

fn none(what: NoCertificate) -> Error {
    let (what, help) = what.words();
    Error::new(Code::Malformed, what).help(help)
}

/// No certificate of the file can be used: the first says why.
fn unusable(first: &CertificateNote) -> Error {
    let code = match &first.unused {
        Unused::Certificate(CertificateFault::TooLarge | CertificateFault::Bloated) => Code::TooLarge,
        _ => Code::Malformed,
    };
    Error::new(code, note(first)).help(match first.unused {
        Unused::Pkcs7 => "convert it: openssl pkcs7 -in FILE -print_certs -out CA.pem",
        _ => "get the file again; expected PEM blocks that begin with -----BEGIN CERTIFICATE-----",
    })
}
