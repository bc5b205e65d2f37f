//! Certificates and revocation lists of any kind, right or wrong, put together from their parts.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _};
use aws_lc_rs::{rsa, signature::RsaEncoding};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use der::asn1::{Any, AnyRef, BitString, GeneralizedTime, Ia5String, ObjectIdentifier, OctetString, UtcTime};
use der::oid::AssociatedOid;
use der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};
use std::str::FromStr;
use std::time::Duration;
use x509_cert::certificate::{TbsCertificate, Version};
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::crl::CrlReason;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, NameConstraints,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, serial_number};

/// 2026-06-01T00:00:00Z, the time that everything here is judged by.
pub const NOW: i64 = 1_780_272_000;
pub const DAY: i64 = 24 * 60 * 60;

pub const SHA256_RSA: &str = "1.2.840.113549.1.1.11";
pub const SHA384_RSA: &str = "1.2.840.113549.1.1.12";
pub const RSA_PSS: &str = "1.2.840.113549.1.1.10";
pub const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
pub const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    P256,
    P384,
    P521,
    Secp256k1,
    Rsa,
    Ed25519,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(rsa::KeyPair),
    Ed(Ed25519KeyPair),
}

/// A key pair.
pub struct Key {
    pub kind: Kind,
    spki: Vec<u8>,
    pair: Pair,
}

impl Key {
    pub fn new(kind: Kind) -> Self {
        let ec = |algorithm: &'static EcdsaSigningAlgorithm| {
            let pair = EcdsaKeyPair::generate(algorithm).unwrap();
            (pair.public_key().as_der().unwrap().as_ref().to_vec(), Pair::Ec(pair))
        };
        let (spki, pair) = match kind {
            Kind::P256 => ec(&signature::ECDSA_P256_SHA256_ASN1_SIGNING),
            Kind::P384 => ec(&signature::ECDSA_P384_SHA384_ASN1_SIGNING),
            Kind::P521 => ec(&signature::ECDSA_P521_SHA512_ASN1_SIGNING),
            Kind::Secp256k1 => ec(&signature::ECDSA_P256K1_SHA256_ASN1_SIGNING),
            Kind::Rsa => {
                let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
                let der = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(pair.public_key());
                (der.unwrap().as_ref().to_vec(), Pair::Rsa(pair))
            }
            Kind::Ed25519 => {
                let pair = Ed25519KeyPair::generate().unwrap();
                (pair.public_key().as_der().unwrap().as_ref().to_vec(), Pair::Ed(pair))
            }
        };
        Key { kind, spki, pair }
    }

    /// PKCS #8, PEM.
    pub fn pem(&self) -> String {
        let Pair::Ec(pair) = &self.pair else { panic!("only for elliptic curves") };
        pem("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref())
    }

    /// SubjectPublicKeyInfo, DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// A key identifier; any bytes will do.
    pub fn id(&self) -> Vec<u8> {
        touchmark::signing::hash_bytes(touchmark::signing::HashAlgorithm::Sha256, &self.spki)[..20].to_vec()
    }

    /// The signature algorithm that is customary for it.
    pub fn algorithm(&self) -> &'static str {
        match self.kind {
            Kind::P256 | Kind::Secp256k1 => "1.2.840.10045.4.3.2",
            Kind::P384 => "1.2.840.10045.4.3.3",
            Kind::P521 => "1.2.840.10045.4.3.4",
            Kind::Rsa => SHA256_RSA,
            Kind::Ed25519 => "1.3.101.112",
        }
    }

    pub fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding = match algorithm {
                    RSA_PSS => &signature::RSA_PSS_SHA256,
                    SHA384_RSA => &signature::RSA_PKCS1_SHA384,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

/// An extension: kind, whether critical, DER.
pub type Ext = (ObjectIdentifier, bool, Vec<u8>);

/// What a certificate says.
#[derive(Clone)]
pub struct Spec {
    pub subject: String,
    pub issuer: String,
    pub serial: u64,
    pub from: i64,
    pub to: i64,
    pub extensions: Vec<Ext>,
    /// Another algorithm than the one that is customary for the key.
    pub algorithm: Option<&'static str>,
    /// Another algorithm inside than outside.
    pub inner_algorithm: Option<&'static str>,
    pub version: Version,
}

impl Spec {
    fn new(subject: &str, issuer: &str) -> Self {
        let serial =
            subject.bytes().chain(issuer.bytes()).fold(7u64, |h, b| h.wrapping_mul(31) + u64::from(b));
        Spec {
            subject: subject.to_owned(),
            issuer: issuer.to_owned(),
            serial: serial >> 2,
            from: NOW - 365 * DAY,
            to: NOW + 365 * DAY,
            extensions: Vec::new(),
            algorithm: None,
            inner_algorithm: None,
            version: Version::V3,
        }
    }

    pub fn ca(subject: &str, issuer: &str) -> Self {
        Spec::new(subject, issuer)
            .with(basic(true, None))
            .with(usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign))
    }

    pub fn leaf(subject: &str, issuer: &str) -> Self {
        Spec::new(subject, issuer)
            .with(usage(KeyUsages::DigitalSignature.into()))
            .with(purposes(&[CODE_SIGNING]))
    }

    /// With this extension in place of one of its kind.
    pub fn with(mut self, extension: Ext) -> Self {
        self.set(extension);
        self
    }

    pub fn set(&mut self, extension: Ext) {
        self.remove(extension.0);
        self.extensions.push(extension);
    }

    pub fn remove(&mut self, kind: ObjectIdentifier) {
        self.extensions.retain(|(known, ..)| *known != kind);
    }

    /// DER.
    pub fn issue(&self, key: &Key, signer: &Key) -> Vec<u8> {
        let algorithm = self.algorithm.unwrap_or(signer.algorithm());
        let extensions: Vec<Extension> = self
            .extensions
            .iter()
            .map(|(kind, critical, der)| Extension {
                extn_id: *kind,
                critical: *critical,
                extn_value: OctetString::new(der.clone()).unwrap(),
            })
            .collect();
        let tbs_certificate = TbsCertificate {
            version: self.version,
            serial_number: SerialNumber::from(self.serial),
            signature: algorithm_id(self.inner_algorithm.unwrap_or(algorithm)),
            issuer: name(&self.issuer),
            validity: Validity { not_before: time(self.from), not_after: time(self.to) },
            subject: name(&self.subject),
            subject_public_key_info: SubjectPublicKeyInfoOwned::from_der(&key.spki).unwrap(),
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: (!extensions.is_empty()).then_some(extensions),
        };
        let signature = signer.sign(algorithm, &tbs_certificate.to_der().unwrap());
        let signature = BitString::from_bytes(&signature).unwrap();
        let signature_algorithm = algorithm_id(algorithm);
        Certificate { tbs_certificate, signature_algorithm, signature }.to_der().unwrap()
    }
}

/// The certificate with another signed part: signed again by `signer`, or else under its old signature.
pub fn with_signed_part(der: &[u8], change: impl Fn(&[u8]) -> Vec<u8>, signer: Option<&Key>) -> Vec<u8> {
    let [tbs, algorithm, signature] = <[Vec<u8>; 3]>::try_from(elements(der)).unwrap();
    let tbs = change(&tbs);
    let anew = |key: &Key| BitString::from_bytes(&key.sign(key.algorithm(), &tbs)).unwrap().to_der().unwrap();
    let signature = signer.map_or(signature, anew);
    Any::new(Tag::Sequence, [tbs, algorithm, signature].concat()).unwrap().to_der().unwrap()
}

/// Spells out `critical FALSE` in every extension: BER that DER forbids, and that means the same.
pub fn spelled_out(der: &[u8]) -> Vec<u8> {
    let tag = AnyRef::from_der(der).unwrap().tag();
    if !tag.is_constructed() {
        return der.to_vec();
    }
    let mut parts = elements(der);
    let tags: Vec<u8> = parts.iter().map(|part| part[0]).collect();
    match (tag, tags.as_slice()) {
        (Tag::Sequence, [0x06, 0x04]) => parts.insert(1, vec![0x01, 0x01, 0x00]),
        _ => parts = parts.iter().map(|part| spelled_out(part)).collect(),
    }
    Any::new(tag, parts.concat()).unwrap().to_der().unwrap()
}

fn elements(der: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = SliceReader::new(AnyRef::from_der(der).unwrap().value()).unwrap();
    let mut found = Vec::new();
    while !reader.is_finished() {
        found.push(reader.tlv_bytes().unwrap().to_vec());
    }
    found
}

fn algorithm_id(oid: &str) -> AlgorithmIdentifierOwned {
    const PSS: &str = "3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120";
    let parameters = match oid {
        RSA_PSS => Some(Any::from_der(&hex::decode(PSS).unwrap()).unwrap()),
        _ if oid.starts_with("1.2.840.113549.") => Some(Any::null()),
        _ => None,
    };
    AlgorithmIdentifierOwned { oid: self::oid(oid), parameters }
}

pub fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(text).unwrap()
}

pub fn name(text: &str) -> Name {
    if text.is_empty() { Name::default() } else { Name::from_str(text).unwrap() }
}

fn time(at: i64) -> Time {
    Time::UtcTime(UtcTime::from_unix_duration(Duration::from_secs(at.try_into().unwrap())).unwrap())
}

pub fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

pub fn ext<T: AssociatedOid + Encode>(critical: bool, value: &T) -> Ext {
    (T::OID, critical, value.to_der().unwrap())
}

pub fn basic(ca: bool, path_len_constraint: Option<u8>) -> Ext {
    ext(true, &BasicConstraints { ca, path_len_constraint })
}

pub fn usage(usages: der::flagset::FlagSet<KeyUsages>) -> Ext {
    ext(true, &KeyUsage(usages))
}

pub fn purposes(list: &[&str]) -> Ext {
    ext(false, &ExtendedKeyUsage(list.iter().map(|text| oid(text)).collect()))
}

pub fn key_id(id: &[u8]) -> Ext {
    ext(false, &SubjectKeyIdentifier(OctetString::new(id).unwrap()))
}

pub fn issuer_key(id: &[u8]) -> Ext {
    let key_identifier = Some(OctetString::new(id).unwrap());
    ext(false, &AuthorityKeyIdentifier { key_identifier, ..Default::default() })
}

/// The issuer's key by its certificate: who issued that, and its serial number.
pub fn issuer_serial(issuer: &str, serial: u64) -> Ext {
    let value = AuthorityKeyIdentifier {
        key_identifier: None,
        authority_cert_issuer: Some(vec![GeneralName::DirectoryName(name(issuer))]),
        authority_cert_serial_number: Some(serial_number::SerialNumber::from(serial)),
    };
    ext(false, &value)
}

pub fn unknown(critical: bool) -> Ext {
    (oid("1.3.6.1.4.1.99999.1"), critical, vec![5, 0])
}

/// `dns:…`, `uri:…`, `email:…`, `dir:…`, `ip:HEX`, `id:OID`.
pub fn general(text: &str) -> GeneralName {
    let (kind, value) = text.split_once(':').unwrap();
    let ia5 = || Ia5String::new(value).unwrap();
    match kind {
        "dns" => GeneralName::DnsName(ia5()),
        "uri" => GeneralName::UniformResourceIdentifier(ia5()),
        "email" => GeneralName::Rfc822Name(ia5()),
        "dir" => GeneralName::DirectoryName(name(value)),
        "ip" => GeneralName::IpAddress(OctetString::new(hex::decode(value).unwrap()).unwrap()),
        "id" => GeneralName::RegisteredId(oid(value)),
        _ => panic!("{text}"),
    }
}

pub fn names(list: &[&str]) -> Ext {
    ext(false, &SubjectAltName(list.iter().map(|text| general(text)).collect()))
}

pub fn constraints(permitted: &[&str], excluded: &[&str]) -> Ext {
    let subtrees = |list: &[&str]| {
        let all: Vec<GeneralSubtree> = list
            .iter()
            .map(|text| GeneralSubtree { base: general(text), minimum: 0, maximum: None })
            .collect();
        (!all.is_empty()).then_some(all)
    };
    let value =
        NameConstraints { permitted_subtrees: subtrees(permitted), excluded_subtrees: subtrees(excluded) };
    ext(true, &value)
}

/// What a revocation list says.
#[derive(Clone)]
pub struct List {
    pub issuer: String,
    pub from: i64,
    pub to: Option<i64>,
    /// Serial number, date, reason, since when the key may have been in other hands.
    pub revoked: Vec<(u64, i64, Option<CrlReason>, Option<i64>)>,
    pub extensions: Vec<Ext>,
}

impl List {
    pub fn of(issuer: &str) -> Self {
        List {
            issuer: issuer.to_owned(),
            from: NOW - DAY,
            to: Some(NOW + DAY),
            revoked: Vec::new(),
            extensions: Vec::new(),
        }
    }

    pub fn revoking(mut self, serial: u64, reason: Option<CrlReason>) -> Self {
        self.revoked.push((serial, NOW - 10 * DAY, reason, None));
        self
    }

    /// DER.
    pub fn issue(&self, signer: &Key) -> Vec<u8> {
        let extension = |kind: &str, critical: bool, der: Vec<u8>| Extension {
            extn_id: oid(kind),
            critical,
            extn_value: OctetString::new(der).unwrap(),
        };
        let entries: Vec<RevokedCert> = self
            .revoked
            .iter()
            .map(|(serial, date, reason, since)| {
                let mut extensions = Vec::new();
                extensions
                    .extend(reason.map(|reason| extension("2.5.29.21", false, reason.to_der().unwrap())));
                extensions.extend(since.map(|since| {
                    let since = Duration::from_secs(since.try_into().unwrap());
                    let since = GeneralizedTime::from_unix_duration(since).unwrap();
                    extension("2.5.29.24", false, since.to_der().unwrap())
                }));
                RevokedCert {
                    serial_number: SerialNumber::from(*serial),
                    revocation_date: time(*date),
                    crl_entry_extensions: (!extensions.is_empty()).then_some(extensions),
                }
            })
            .collect();
        let extensions: Vec<Extension> = self
            .extensions
            .iter()
            .map(|(kind, critical, der)| extension(&kind.to_string(), *critical, der.clone()))
            .collect();
        let algorithm = signer.algorithm();
        let tbs_cert_list = TbsCertList {
            version: x509_cert::Version::V2,
            signature: algorithm_id(algorithm),
            issuer: name(&self.issuer),
            this_update: time(self.from),
            next_update: self.to.map(time),
            revoked_certificates: (!entries.is_empty()).then_some(entries),
            crl_extensions: (!extensions.is_empty()).then_some(extensions),
        };
        let signature = signer.sign(algorithm, &tbs_cert_list.to_der().unwrap());
        CertificateList {
            tbs_cert_list,
            signature_algorithm: algorithm_id(algorithm),
            signature: BitString::from_bytes(&signature).unwrap(),
        }
        .to_der()
        .unwrap()
    }
}
