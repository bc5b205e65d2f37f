//! CMS signed data (RFC 5652), in DER or PEM: the first signer, tried by the certificate that comes along.

use crate::pem;
use crate::x509::certificate;
use crate::x509::der_limits::is_modest;
use aws_lc_rs::digest;
use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Decode, Encode};
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use super::schemes;
use super::seen::{Beside, Covers, ForeignKind, Seen};

/// The encoded 1.2.840.113549.1.7.2.
const OID: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const MAX_SIGNERS: usize = 16;

struct Digest {
    oid: ObjectIdentifier,
    name: &'static str,
    algorithm: &'static digest::Algorithm,
}

static DIGESTS: [Digest; 3] = [
    Digest {
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
        name: "sha256",
        algorithm: &digest::SHA256,
    },
    Digest {
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
        name: "sha384",
        algorithm: &digest::SHA384,
    },
    Digest {
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
        name: "sha512",
        algorithm: &digest::SHA512,
    },
];

pub(super) fn begins(head: &[u8]) -> bool {
    let start = head.get(..24.min(head.len())).unwrap_or_default();
    head.first() == Some(&0x30) && start.windows(OID.len()).any(|window| window == OID)
}

pub(super) fn recognise(raw: &[u8], beside: &Beside<'_>) -> Option<Seen> {
    if begins(raw) {
        return Some(read(raw, beside));
    }
    let labelled = ["-----BEGIN PKCS7-----", "-----BEGIN CMS-----"];
    if !labelled.iter().any(|label| raw.trim_ascii_start().starts_with(label.as_bytes())) {
        return None;
    }
    Some(match pem::blocks(&pem::plain(raw)).next().and_then(|block| block.der.ok()) {
        Some(der) => read(&der, beside),
        None => Seen::malformed(ForeignKind::Cms, "a damaged PEM file"),
    })
}

fn read(der: &[u8], beside: &Beside<'_>) -> Seen {
    if !is_modest(der) {
        return Seen::malformed(ForeignKind::Cms, "more in one set, or deeper, than any signature has");
    }
    let parsed = ContentInfo::from_der(der).and_then(|info| info.content.decode_as::<SignedData>());
    let signed = match parsed {
        Ok(signed) => signed,
        // Indefinite lengths are BER, which some tools write when they stream.
        Err(_) if der.get(1) == Some(&0x80) => {
            return Seen::new(ForeignKind::Cms, Covers::Beside)
                .note("written in BER, which is not read here");
        }
        Err(cause) => return Seen::malformed(ForeignKind::Cms, cause.to_string()),
    };
    let count = signed.signer_infos.0.len();
    let Some(signer) = signed.signer_infos.0.get(0).filter(|_| count <= MAX_SIGNERS) else {
        return Seen::malformed(ForeignKind::Cms, format!("{count} signers"));
    };
    let inside = signed.encap_content_info.econtent.as_ref().map(|content| content.value());
    let covers = match inside {
        Some(content) => Covers::Named(vec![format!("{} bytes inside it", content.len()).into()]),
        None => Covers::Beside,
    };
    let mut seen = Seen::new(ForeignKind::Cms, covers);
    if count > 1 {
        seen = seen.note(format!("the first of {count} signers"));
    }
    let Some(certificate) = certificate(&signed, &signer.sid) else {
        let who = match &signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(named) => {
                Some(format!("certificate {} of {}", named.serial_number, named.issuer))
            }
            SignerIdentifier::SubjectKeyIdentifier(_) => None,
        };
        return seen.signer(who.map(Into::into)).note("brings no certificate");
    };
    seen.signer(Some(certificate::subject(certificate))).judged(judge(signer, certificate, inside, beside))
}

fn certificate<'s>(signed: &'s SignedData, sid: &SignerIdentifier) -> Option<&'s Certificate> {
    signed.certificates.as_ref()?.0.iter().find_map(|choice| {
        let CertificateChoices::Certificate(certificate) = choice else { return None };
        let tbs = &certificate.tbs_certificate;
        let is_it = match sid {
            SignerIdentifier::IssuerAndSerialNumber(named) => {
                tbs.issuer == named.issuer && tbs.serial_number == named.serial_number
            }
            SignerIdentifier::SubjectKeyIdentifier(id) => {
                tbs.get::<SubjectKeyIdentifier>().ok().flatten().is_some_and(|(_, own)| own == *id)
            }
        };
        is_it.then_some(certificate)
    })
}

/// RFC 5652, 5.4: the digest of the content is an attribute, and the attributes are what is signed; without
/// attributes the content itself is.
fn judge(
    signer: &SignerInfo,
    certificate: &Certificate,
    inside: Option<&[u8]>,
    beside: &Beside<'_>,
) -> Option<bool> {
    let known = DIGESTS.iter().find(|digest| digest.oid == signer.digest_alg.oid)?;
    let signature = signer.signature.as_bytes();
    let Some(attributes) = &signer.signed_attrs else {
        let content = inside.map(<[u8]>::to_vec).or_else(|| beside.bytes())?;
        return schemes::fits(certificate, known.name, &content, signature);
    };
    let found = match inside {
        Some(content) => digest::digest(known.algorithm, content).as_ref().to_vec(),
        None => beside.digest(known.algorithm)?,
    };
    let attribute = attributes.iter().find(|attribute| attribute.oid == MESSAGE_DIGEST)?;
    let expected = attribute.values.get(0)?.decode_as::<OctetString>().ok()?;
    let fits = schemes::fits(certificate, known.name, &attributes.to_der().ok()?, signature)?;
    Some(fits && expected.as_bytes() == found)
}
