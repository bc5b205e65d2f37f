//! Timestamp tokens (RFC 3161) of any kind, right or wrong, put together from their parts.

use crate::pki::{DAY, Key, Kind, NOW, Spec, ext, oid as object};
use aws_lc_rs::digest;
use der::{Decode, Encode};
use std::cell::OnceCell;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsages, SubjectKeyIdentifier};

pub const SHA1: &str = "1.3.14.3.2.26";
pub const SHA256: &str = "2.16.840.1.101.3.4.2.1";
pub const SHA384: &str = "2.16.840.1.101.3.4.2.2";
pub const SHA512: &str = "2.16.840.1.101.3.4.2.3";
pub const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";

pub fn tlv(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        short @ 0..128 => out.push(short as u8),
        long @ 128..256 => out.extend_from_slice(&[0x81, long as u8]),
        long => out.extend_from_slice(&[0x82, (long >> 8) as u8, long as u8]),
    }
    out.extend_from_slice(&content);
    out
}

pub fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub fn oid(text: &str) -> Vec<u8> {
    object(text).to_der().unwrap()
}

pub fn int(value: u8) -> Vec<u8> {
    vec![2, 1, value]
}

pub fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv(0x04, &[bytes.to_vec()])
}

fn algorithm(kind: &str) -> Vec<u8> {
    seq(&[oid(kind), vec![5, 0]])
}

pub fn hash(kind: &str, bytes: &[u8]) -> Vec<u8> {
    let algorithm = match kind {
        SHA1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        SHA384 => &digest::SHA384,
        SHA512 => &digest::SHA512,
        _ => &digest::SHA256,
    };
    digest::digest(algorithm, bytes).as_ref().to_vec()
}

/// A timestamp authority: its root and the certificate that signs.
pub struct Tsa {
    pub root: Spec,
    pub leaf: Spec,
    pub root_key: Key,
    pub key: Key,
    made: OnceCell<[Vec<u8>; 2]>,
}

impl Tsa {
    pub fn new(kind: Kind) -> Self {
        let (root_key, key) = (Key::new(Kind::P256), Key::new(kind));
        let mut leaf = Spec::leaf("CN=stamps", "CN=stamps root");
        leaf.set(only_for(&[TIME_STAMPING], true));
        leaf.set(crate::pki::key_id(&key.id()));
        let root = Spec::ca("CN=stamps root", "CN=stamps root");
        Tsa { root, leaf, root_key, key, made: OnceCell::new() }
    }

    /// Issued once: a signature is another each time.
    fn made(&self) -> &[Vec<u8>; 2] {
        self.made.get_or_init(|| {
            [self.root.issue(&self.root_key, &self.root_key), self.leaf.issue(&self.key, &self.root_key)]
        })
    }

    pub fn root_der(&self) -> Vec<u8> {
        self.made()[0].clone()
    }

    pub fn leaf_der(&self) -> Vec<u8> {
        self.made()[1].clone()
    }

    /// A token over these bytes, made a month before [`NOW`].
    pub fn token(&self, bytes: &[u8]) -> Token<'_> {
        let leaf = self.leaf_der();
        Token {
            key: &self.key,
            version: 1,
            at: time(NOW - 30 * DAY),
            imprint: (SHA256, hash(SHA256, bytes)),
            more: Vec::new(),
            content: TST_INFO,
            digest: match self.key.kind {
                Kind::P384 => SHA384,
                Kind::P521 => SHA512,
                _ => SHA256,
            },
            altered: false,
            algorithm: None,
            named: vec![ess_v2(&leaf)],
            certificates: vec![leaf.clone()],
            by_key_id: false,
            attributes: Vec::new(),
            signers: 1,
            answer: Some(0),
            leaf,
        }
    }
}

pub fn only_for(purposes: &[&str], critical: bool) -> crate::pki::Ext {
    ext(critical, &ExtendedKeyUsage(purposes.iter().map(|text| object(text)).collect()))
}

pub fn may(usages: KeyUsages) -> crate::pki::Ext {
    crate::pki::usage(usages.into())
}

/// `YYYYMMDDhhmmssZ`.
pub fn time(second: i64) -> String {
    jiff::Timestamp::from_second(second).unwrap().strftime("%Y%m%d%H%M%SZ").to_string()
}

/// SigningCertificateV2 (RFC 5035), with its usual digest.
pub fn ess_v2(certificate: &[u8]) -> Vec<u8> {
    let named = seq(&[seq(&[seq(&[octets(&hash(SHA256, certificate))])])]);
    attribute("1.2.840.113549.1.9.16.2.47", named)
}

/// SigningCertificate (RFC 2634), which is of SHA-1.
pub fn ess_v1(certificate: &[u8]) -> Vec<u8> {
    let named = seq(&[seq(&[seq(&[octets(&hash(SHA1, certificate))])])]);
    attribute("1.2.840.113549.1.9.16.2.12", named)
}

pub fn attribute(kind: &str, value: Vec<u8>) -> Vec<u8> {
    seq(&[oid(kind), tlv(0x31, &[value])])
}

/// What a token says.
pub struct Token<'t> {
    pub key: &'t Key,
    pub version: u8,
    pub at: String,
    /// Digest algorithm and digest.
    pub imprint: (&'static str, Vec<u8>),
    /// Fields of the TSTInfo after the time, DER.
    pub more: Vec<u8>,
    pub content: &'static str,
    pub digest: &'static str,
    /// Says another time than was signed.
    pub altered: bool,
    /// Another algorithm than the one that is customary for the key.
    pub algorithm: Option<&'static str>,
    /// The attributes that name the certificate.
    pub named: Vec<Vec<u8>>,
    pub certificates: Vec<Vec<u8>>,
    pub by_key_id: bool,
    pub attributes: Vec<Vec<u8>>,
    pub signers: usize,
    /// The status of the answer around it; none for the bare token.
    pub answer: Option<u8>,
    pub leaf: Vec<u8>,
}

impl Token<'_> {
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// DER.
    pub fn make(&self) -> Vec<u8> {
        let info = |at: &str| {
            let imprint = seq(&[algorithm(self.imprint.0), octets(&self.imprint.1)]);
            let at = tlv(0x18, &[at.as_bytes().to_vec()]);
            seq(&[int(self.version), oid("1.2.3.4"), imprint, int(7), at, self.more.clone()])
        };
        let signed_info = info(&self.at);
        let mut attributes = vec![
            attribute("1.2.840.113549.1.9.3", oid(self.content)),
            attribute("1.2.840.113549.1.9.4", octets(&hash(self.digest, &signed_info))),
        ];
        attributes.extend(self.named.iter().chain(&self.attributes).cloned());
        attributes.sort();
        let kind = self.algorithm.unwrap_or(self.key.algorithm());
        let signature = self.key.sign(kind, &tlv(0x31, &attributes));
        let leaf = Certificate::from_der(&self.leaf).unwrap().tbs_certificate;
        let sid = match self.by_key_id {
            true => {
                let id = leaf.get::<SubjectKeyIdentifier>().unwrap().unwrap().1;
                tlv(0x80, &[id.0.as_bytes().to_vec()])
            }
            false => seq(&[leaf.issuer.to_der().unwrap(), leaf.serial_number.to_der().unwrap()]),
        };
        let signer = seq(&[
            int(if self.by_key_id { 3 } else { 1 }),
            sid,
            algorithm(self.digest),
            tlv(0xa0, &attributes),
            if kind.starts_with("1.2.840.113549.") { algorithm(kind) } else { seq(&[oid(kind)]) },
            octets(&signature),
        ]);
        let shown = if self.altered { info(&time(NOW - 31 * DAY)) } else { signed_info };
        let mut signers = vec![signer; self.signers];
        if let Some(last) = signers.get_mut(1) {
            // Not the same twice: a set holds each once.
            last.truncate(last.len() - 1);
            last.push(0);
        }
        let mut certificates = self.certificates.clone();
        certificates.sort();
        let signed = seq(&[
            int(3),
            tlv(0x31, &[algorithm(self.digest)]),
            seq(&[oid(self.content), tlv(0xa0, &[octets(&shown)])]),
            if certificates.is_empty() { Vec::new() } else { tlv(0xa0, &certificates) },
            tlv(0x31, &signers),
        ]);
        let token = seq(&[oid(SIGNED_DATA), tlv(0xa0, &[signed])]);
        match self.answer {
            Some(status) => seq(&[seq(&[int(status)]), token]),
            None => token,
        }
    }
}
