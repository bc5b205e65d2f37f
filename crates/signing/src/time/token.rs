//! Timestamps on the wire (RFC 3161 in CMS, RFC 5652): the query, and the reading of an answer or a token with
//! limits. Who made a token and whether it holds is judged elsewhere.

use crate::check::why::time::{Stamper, TokenDamage};
#[cfg(feature = "keyless")]
use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use crate::words::time::{stamper, token_damage};
use crate::x509::certificate;
use crate::x509::der_limits::is_modest;
use crate::x509::written::plain_name;
use aws_lc_rs::digest;
use cms::content_info::ContentInfo;
use cms::signed_data::SignerIdentifier;
use cms::signed_data::{SignedData, SignerInfo};
use der::asn1::{AnyRef, BitString, Int, ObjectIdentifier, OctetString};
use der::{Any, Decode, Encode, Reader, Sequence, SliceReader, Tag, Tagged};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

/// Tokens with a chain of certificates are a few thousand bytes.
pub(crate) const LIMIT_TOKEN_BYTES: usize = 64 * 1024;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// SHA-256, SHA-384 or SHA-512 by its identifier; none for what is refused.
fn digest_of(algorithm: ObjectIdentifier) -> Option<&'static digest::Algorithm> {
    [(SHA256, &digest::SHA256), (SHA384, &digest::SHA384), (SHA512, &digest::SHA512)]
        .into_iter()
        .find_map(|(known, digest)| (known == algorithm).then_some(digest))
}

#[cfg(feature = "keyless")]
#[derive(Sequence)]
struct Query {
    version: u8,
    imprint: Imprint,
    #[asn1(optional = "true")]
    nonce: Option<Int>,
    with_certificate: bool,
}

#[derive(Sequence)]
pub(crate) struct Imprint {
    algorithm: AlgorithmIdentifierOwned,
    digest: OctetString,
}

impl Imprint {
    /// Whether it is of these bytes; none for a digest that is refused.
    pub(crate) fn is_of(&self, bytes: &[u8]) -> Option<bool> {
        let algorithm = digest_of(self.algorithm.oid)?;
        Some(digest::digest(algorithm, bytes).as_ref() == self.digest.as_bytes())
    }

    pub(crate) fn algorithm(&self) -> ObjectIdentifier {
        self.algorithm.oid
    }

    pub(crate) fn hex(&self) -> String {
        hex::encode(self.digest.as_bytes())
    }
}

/// Asks for a token over the bytes' SHA-256, with the authority's certificate in it.
///
/// # Errors
/// `E-INTERNAL`.
#[cfg(feature = "keyless")]
pub(crate) fn query(bytes: &[u8], nonce: Option<&Int>) -> Result<Vec<u8>> {
    let unwritable = |_| Error::new(Code::Internal, "the timestamp query cannot be written");
    let digest = OctetString::new(digest::digest(&digest::SHA256, bytes).as_ref()).map_err(unwritable)?;
    let algorithm = AlgorithmIdentifierOwned { oid: SHA256, parameters: Some(Any::null()) };
    let imprint = Imprint { algorithm, digest };
    Query { version: 1, imprint, nonce: nonce.cloned(), with_certificate: true }.to_der().map_err(unwritable)
}

#[derive(Sequence)]
struct Answer {
    status: Status,
    #[asn1(optional = "true")]
    token: Option<Any>,
}

#[derive(Sequence)]
struct Status {
    status: Int,
    #[asn1(optional = "true")]
    text: Option<Vec<Any>>,
    #[asn1(optional = "true")]
    fault: Option<BitString>,
}

impl Status {
    fn is_granted(&self) -> bool {
        matches!(self.status.as_bytes(), [0 | 1])
    }
}

/// Why an authority refused, when that is what the answer says. The text is its own.
#[cfg(feature = "keyless")]
pub(crate) fn refusal(answer: &[u8]) -> Option<Untrusted> {
    let answer = Some(answer).filter(|answer| answer.len() <= LIMIT_TOKEN_BYTES && is_modest(answer))?;
    let status = Answer::from_der(answer).ok()?.status;
    if status.is_granted() {
        return None;
    }
    let said = status.text.as_ref().and_then(|lines| lines.first()).map(Any::value).unwrap_or_default();
    let fault = status.fault.as_ref().and_then(|bits| bits.bits().position(|bit| bit));
    let fault = fault.map(|bit| format!(" (failure {bit} of RFC 3161)")).unwrap_or_default();
    Some(match String::from_utf8_lossy(said) {
        said if said.trim().is_empty() => format!("it does not say why{fault}").into(),
        said => format!("{}{fault}", said.trim()).into(),
    })
}

/// Whether it is an answer that holds a token.
#[cfg(feature = "keyless")]
pub(crate) fn holds_token(answer: &[u8]) -> bool {
    let modest = answer.len() <= LIMIT_TOKEN_BYTES && is_modest(answer);
    modest
        && Answer::from_der(answer).is_ok_and(|answer| answer.status.is_granted() && answer.token.is_some())
}

#[derive(Sequence)]
struct TstInfo {
    version: u8,
    policy: ObjectIdentifier,
    imprint: Imprint,
    serial: Int,
    at: Any,
    #[asn1(optional = "true")]
    accuracy: Option<Accuracy>,
    #[asn1(optional = "true")]
    ordering: Option<bool>,
    #[asn1(optional = "true")]
    nonce: Option<Int>,
    #[asn1(context_specific = "0", optional = "true")]
    authority: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct Accuracy {
    #[asn1(optional = "true")]
    seconds: Option<u32>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    micros: Option<u16>,
}

#[derive(Sequence)]
struct SigningCertificate {
    certificates: Vec<CertificateId>,
    #[asn1(optional = "true")]
    policies: Option<Any>,
}

/// ESSCertID and ESSCertIDv2 (RFC 5035): only the latter can name its digest.
#[derive(Sequence)]
struct CertificateId {
    #[asn1(optional = "true")]
    algorithm: Option<AlgorithmIdentifierOwned>,
    digest: OctetString,
    #[asn1(optional = "true")]
    issuer: Option<Any>,
}

/// Which certificate the signer says it signed with.
pub(crate) struct Named {
    algorithm: &'static digest::Algorithm,
    digest: Vec<u8>,
}

impl Named {
    pub(crate) fn is(&self, certificate: &[u8]) -> bool {
        digest::digest(self.algorithm, certificate).as_ref() == self.digest
    }
}

/// A token as it was read; nothing of it is believed.
pub(crate) struct Token {
    pub(crate) imprint: Imprint,
    pub(crate) at: Timestamp,
    /// By how many microseconds the time may be off.
    pub(crate) accuracy_micros: Option<u64>,
    pub(crate) ordering: bool,
    pub(crate) policy: ObjectIdentifier,
    pub(crate) serial: String,
    #[cfg(feature = "keyless")]
    pub(crate) nonce: Option<Int>,
    /// The digest over the content in the signed attributes is of the content.
    pub(crate) is_whole: bool,
    /// What was signed.
    pub(crate) signed: Vec<u8>,
    pub(crate) named: Option<Named>,
    pub(crate) signer: SignerInfo,
    /// DER.
    pub(crate) certificates: Vec<Vec<u8>>,
}

type Read<T> = std::result::Result<T, TokenDamage>;

impl Token {
    /// Reads a token, or an answer that holds one: DER, at most 64 KiB, one signer.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(crate) fn read(bytes: &[u8]) -> Read<Self> {
        if bytes.len() > LIMIT_TOKEN_BYTES {
            return Err(TokenDamage::TooLarge { most: LIMIT_TOKEN_BYTES });
        }
        if !is_modest(bytes) {
            return Err(TokenDamage::Bloated);
        }
        let content = match Answer::from_der(bytes) {
            Ok(answer) if !answer.status.is_granted() => return Err(TokenDamage::Refused),
            Ok(answer) => {
                let token = answer.token.ok_or(TokenDamage::NoToken)?;
                token.decode_as::<ContentInfo>().map_err(damaged)?
            }
            Err(_) => ContentInfo::from_der(bytes).map_err(damaged)?,
        };
        if content.content_type != SIGNED_DATA {
            return Err(TokenDamage::Unsigned);
        }
        let certificates = certificates(content.content.value()).map_err(damaged)?;
        Self::of(content.content.decode_as().map_err(damaged)?, certificates)
    }

    fn of(data: SignedData, certificates: Vec<Vec<u8>>) -> Read<Self> {
        if data.encap_content_info.econtent_type != TST_INFO {
            return Err(TokenDamage::OtherContent);
        }
        let content = data.encap_content_info.econtent.ok_or(TokenDamage::NoContent)?;
        let content: OctetString = content.decode_as().map_err(damaged)?;
        let info = TstInfo::from_der(content.as_bytes()).map_err(damaged)?;
        if info.version != 1 {
            return Err(TokenDamage::Version { version: info.version });
        }
        if info.extensions.iter().flatten().any(|extension| extension.critical) {
            return Err(TokenDamage::CriticalExtension);
        }
        // RFC 3161 2.4.2: the authority's signature and no other.
        let [signer] = data.signer_infos.0.as_slice() else {
            return Err(TokenDamage::Signers);
        };
        let signer = signer.clone();
        let attributes = signer.signed_attrs.as_ref().ok_or(TokenDamage::NoAttributes)?;
        let value = |kind: ObjectIdentifier| -> Read<Option<&Any>> {
            let mut found = attributes.iter().filter(|attribute| attribute.oid == kind);
            match (found.next().map(|attribute| attribute.values.as_slice()), found.next()) {
                (None, _) => Ok(None),
                (Some([value]), None) => Ok(Some(value)),
                _ => Err(TokenDamage::AttributeTwice),
            }
        };
        let kind = value(CONTENT_TYPE)?.and_then(|kind| kind.decode_as::<ObjectIdentifier>().ok());
        let digest = value(MESSAGE_DIGEST)?.and_then(|digest| digest.decode_as::<OctetString>().ok());
        let (Some(TST_INFO), Some(digest)) = (kind, digest) else {
            return Err(TokenDamage::OtherAttributes);
        };
        let own = digest_of(signer.digest_alg.oid)
            .ok_or_else(|| TokenDamage::Digest { oid: signer.digest_alg.oid.to_string() })?;
        let named = match (value(SIGNING_CERTIFICATE_V2)?, value(SIGNING_CERTIFICATE)?) {
            (Some(named), _) => Some(named_certificate(named, &digest::SHA256)?),
            // SHA-1 by definition; a second certificate with that digest cannot be made.
            (None, Some(named)) => Some(named_certificate(named, &digest::SHA1_FOR_LEGACY_USE_ONLY)?),
            (None, None) => None,
        };
        Ok(Token {
            at: time(&info.at).ok_or(TokenDamage::Time)?,
            accuracy_micros: info.accuracy.map(|accuracy| accuracy.micros()),
            ordering: info.ordering.unwrap_or(false),
            policy: info.policy,
            serial: hex::encode(info.serial.as_bytes()),
            #[cfg(feature = "keyless")]
            nonce: info.nonce,
            is_whole: digest::digest(own, content.as_bytes()).as_ref() == digest.as_bytes(),
            // The DER of the set, whatever it was sent as (RFC 5652 5.4).
            signed: attributes.to_der().map_err(damaged)?,
            imprint: info.imprint,
            certificates,
            named,
            signer,
        })
    }
}

/// The certificates in the content of a SignedData, as they came: written anew they could differ from what their
/// issuer signed.
fn certificates(data: &[u8]) -> der::Result<Vec<Vec<u8>>> {
    let elements = |content| {
        let mut reader = SliceReader::new(content)?;
        std::iter::from_fn(move || (!reader.is_finished()).then(|| reader.tlv_bytes()))
            .collect::<der::Result<Vec<&[u8]>>>()
    };
    // Version, digest algorithms and content come before; [0] is used nowhere else (RFC 5652 5.1).
    let set = elements(data)?.into_iter().find(|element| element.first() == Some(&0xa0));
    let Some(set) = set else { return Ok(Vec::new()) };
    let members = elements(AnyRef::from_der(set)?.value())?;
    Ok(members.into_iter().filter(|member| member.first() == Some(&0x30)).map(<[u8]>::to_vec).collect())
}

fn named_certificate(value: &Any, implied: &'static digest::Algorithm) -> Read<Named> {
    let named = value.decode_as::<SigningCertificate>().ok();
    let first = named.and_then(|named| named.certificates.into_iter().next());
    let first = first.ok_or(TokenDamage::NoCertificateNamed)?;
    let algorithm = match first.algorithm {
        Some(algorithm) => digest_of(algorithm.oid).ok_or(TokenDamage::CertificateDigest)?,
        None => implied,
    };
    Ok(Named { algorithm, digest: first.digest.into_bytes() })
}

/// `YYYYMMDDhhmmss[.f…]Z` (RFC 3161 2.4.2).
fn time(value: &Any) -> Option<Timestamp> {
    let text = std::str::from_utf8(value.value()).ok().filter(|_| value.tag() == Tag::GeneralizedTime)?;
    let (whole, fraction) = match text.strip_suffix('Z')?.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (text.strip_suffix('Z')?, "0"),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to).unwrap_or_default();
    let (date, clock) = ([part(0, 4), part(4, 6), part(6, 8)], [part(8, 10), part(10, 12), part(12, 14)]);
    format!("{}T{}.{fraction}Z", date.join("-"), clock.join(":")).parse().ok()
}

fn damaged(cause: der::Error) -> TokenDamage {
    TokenDamage::Der { cause: cause.to_string().into() }
}

impl Accuracy {
    fn micros(&self) -> u64 {
        let part = |part: Option<u16>| u64::from(part.unwrap_or(0));
        u64::from(self.seconds.unwrap_or(0)) * 1_000_000 + part(self.millis) * 1000 + part(self.micros)
    }
}

/// A number that is neither negative nor begins with a zero.
#[cfg(feature = "keyless")]
pub(crate) fn nonce(random: [u8; 8]) -> Result<Int> {
    Int::new(&random.map(|byte| byte & 0x7f | 0x40))
        .map_err(|_| Error::new(Code::Internal, "a nonce cannot be made"))
}

pub(crate) fn is_meant(certificate: &Certificate, sid: &SignerIdentifier) -> bool {
    let tbs = &certificate.tbs_certificate;
    match sid {
        SignerIdentifier::IssuerAndSerialNumber(name) => {
            tbs.serial_number == name.serial_number
                && tbs.issuer.to_der().ok() == plain_name(&name.issuer).to_der().ok()
        }
        SignerIdentifier::SubjectKeyIdentifier(id) => {
            tbs.get::<SubjectKeyIdentifier>().ok().flatten().is_some_and(|(_, own)| own == *id)
        }
    }
}

/// For `inspect`: what a token says, unchecked.
pub(crate) fn describe(stamp: &[u8]) -> Untrusted {
    match Token::read(stamp) {
        Ok(token) => format!("{} by {}", token.at, authority_of(&token).raw()).into(),
        Err(damage) => format!("cannot be read: {}", token_damage(&damage)).into(),
    }
}

/// By whom a token says to be, unchecked.
pub(crate) fn authority_of(token: &Token) -> Untrusted {
    let mut brought = token.certificates.iter().filter_map(|der| certificate::parse(der).ok());
    match brought.find(|certificate| is_meant(certificate, &token.signer.sid)) {
        Some(certificate) => certificate::subject(&certificate),
        None => stamper(&unnamed(&token.signer.sid)),
    }
}

pub(crate) fn unnamed(sid: &SignerIdentifier) -> Stamper {
    match sid {
        SignerIdentifier::IssuerAndSerialNumber(name) => {
            Stamper::IssuedBy { issuer: name.issuer.to_string().into() }
        }
        SignerIdentifier::SubjectKeyIdentifier(_) => Stamper::Unnamed,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn times_of_tokens_are_read_strictly() {
        let at = |text: &str| time(&Any::new(Tag::GeneralizedTime, text.as_bytes()).unwrap());
        assert_eq!(at("20260102030405Z"), Some("2026-01-02T03:04:05Z".parse().unwrap()));
        assert_eq!(at("20260102030405.125Z"), Some("2026-01-02T03:04:05.125Z".parse().unwrap()));
        for bad in
            ["202601020304Z", "20260102030405", "20260102030405.Z", "20261302030405Z", "+0260102030405Z"]
        {
            assert_eq!(at(bad), None, "{bad}");
        }
        assert_eq!(time(&Any::new(Tag::Utf8String, b"20260102030405Z".as_slice()).unwrap()), None);
    }
}
