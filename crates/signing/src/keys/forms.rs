//! What a file that should hold keys holds: keys in every form that is read, and the forms that are only known by
//! sight. It opens nothing and judges no key.

use crate::check::curve::Curve;
use crate::pem;
use crate::x509::tlv::{self, BIT_STRING, Element, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use zeroize::Zeroizing;

use super::jwk::{self, Jwk};
use super::{cosign, ssh};

/// Something in a file.
pub(super) enum Item {
    /// SubjectPublicKeyInfo, DER.
    Public(Vec<u8>),
    /// PKCS#8 or SEC 1, DER.
    Private(Zeroizing<Vec<u8>>),
    /// A private number and its point.
    Pair(Curve, Zeroizing<Vec<u8>>, Vec<u8>),
    /// An EncryptedPrivateKeyInfo, DER.
    Encrypted(Zeroizing<Vec<u8>>),
    /// The JSON of a key of cosign.
    Cosign(Zeroizing<Vec<u8>>),
    /// A key of a kind that has a name.
    Kind { name: String, private: bool },
    /// Something that is not read.
    Known(Form),
}

impl Item {
    pub(super) fn is_private(&self) -> bool {
        match self {
            Item::Private(_) | Item::Pair(..) | Item::Encrypted(_) | Item::Cosign(_) => true,
            Item::Kind { private, .. } => *private,
            Item::Public(_) => false,
            Item::Known(form) => {
                matches!(form, Form::LegacyEncrypted | Form::SshEncrypted | Form::Putty | Form::CutOff)
            }
        }
    }
}

/// Forms that are known by sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Empty,
    CutOff,
    Certificate,
    Request,
    List,
    Pkcs7,
    Pkcs12,
    LegacyEncrypted,
    SshEncrypted,
    SecurityKey,
    Putty,
    Pgp,
    JavaKeyStore,
    Minisign,
    Age,
    Jwe,
    Bundle,
    Damaged,
}

/// What begins a text of another kind.
const TEXTS: [(&str, Form); 5] = [
    ("PuTTY-User-Key-File-", Form::Putty),
    ("untrusted comment:", Form::Minisign),
    ("AGE-SECRET-KEY-", Form::Age),
    ("age1", Form::Age),
    ("# created:", Form::Age),
];

/// Java's own, and the one of Java Cryptography Extensions.
const KEY_STORES: [&[u8]; 2] = [b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"];

/// `1.2.840.113549.1.7`: data and signed data of PKCS#7.
const PKCS7: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07";

/// Everything in a file, in its order. Nothing is found in a file of another kind.
pub(super) fn items(bytes: &[u8]) -> Vec<Item> {
    if bytes.is_empty() {
        return vec![Item::Known(Form::Empty)];
    }
    if KEY_STORES.iter().any(|magic| bytes.starts_with(magic)) {
        return vec![Item::Known(Form::JavaKeyStore)];
    }
    if bytes.first() == Some(&SEQUENCE)
        && let Some(item) = of_der(bytes)
    {
        return vec![item];
    }
    let text = pem::plain(bytes);
    let blocks: Vec<Item> = pem::blocks(&text).filter_map(of_block).collect();
    if blocks.is_empty() { of_text(&text) } else { blocks }
}

fn of_block(block: pem::Block<'_>) -> Option<Item> {
    let known = |form| Some(Item::Known(form));
    match block.label {
        "EC PARAMETERS" | "DH PARAMETERS" | "DSA PARAMETERS" => return None,
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => return known(Form::Certificate),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => return known(Form::Request),
        "X509 CRL" => return known(Form::List),
        "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" => return known(Form::Pkcs7),
        label if label.starts_with("PGP ") => return known(Form::Pgp),
        _ if block.legacy_encrypted => return known(Form::LegacyEncrypted),
        _ => {}
    }
    let is_key = block.label.ends_with("KEY");
    let der = match block.der {
        Ok(der) => der,
        Err(_) if is_key => return known(Form::CutOff),
        Err(_) => return None,
    };
    let kind = |name: &str, private| Some(Item::Kind { name: name.to_owned(), private });
    match block.label {
        "PUBLIC KEY" => Some(Item::Public(der.to_vec())),
        "PRIVATE KEY" | "EC PRIVATE KEY" => Some(Item::Private(der)),
        "ENCRYPTED PRIVATE KEY" => Some(Item::Encrypted(der)),
        label if cosign::LABELS.contains(&label) => Some(Item::Cosign(der)),
        "OPENSSH PRIVATE KEY" => Some(match ssh::private(&der) {
            Some(ssh::Private::Ec(curve, private, point)) => Item::Pair(curve, private, point.to_vec()),
            Some(ssh::Private::Encrypted) => Item::Known(Form::SshEncrypted),
            Some(ssh::Private::Other(name)) => of_ssh(&name, true),
            None => Item::Known(Form::Damaged),
        }),
        "RSA PRIVATE KEY" => kind("RSA", true),
        "RSA PUBLIC KEY" => Some(Item::Public(rsa_spki(&der))),
        "DSA PRIVATE KEY" => kind("DSA", true),
        "DSA PUBLIC KEY" => kind("DSA", false),
        _ => None,
    }
}

fn of_text(text: &str) -> Vec<Item> {
    let text = text.trim_start();
    if text.is_empty() {
        return vec![Item::Known(Form::Empty)];
    }
    if let Some((_, form)) = TEXTS.iter().find(|(begin, _)| text.starts_with(begin)) {
        return vec![Item::Known(*form)];
    }
    if text.starts_with('{') {
        return of_json(text);
    }
    // The compact form of an encrypted or signed JSON document.
    if text.starts_with("eyJ") && text.contains('.') {
        return vec![Item::Known(Form::Jwe)];
    }
    let found = match ssh::block(text) {
        Some(key) => vec![key],
        None => ssh::lines(text),
    };
    let item = |key| match key {
        ssh::Public::Spki(spki) => Item::Public(spki),
        ssh::Public::Other(name) => of_ssh(&name, false),
    };
    found.into_iter().map(item).collect()
}

fn of_json(text: &str) -> Vec<Item> {
    let Some(keys) = jwk::keys(text) else {
        return match text.contains("\"mediaType\"") || text.contains("\"dsseEnvelope\"") {
            true => vec![Item::Known(Form::Bundle)],
            false => Vec::new(),
        };
    };
    let item = |key| match key {
        Jwk::Public(spki) => Item::Public(spki),
        Jwk::Private(curve, private, point) => Item::Pair(curve, private, point),
        Jwk::OtherPrivate(name) => Item::Kind { name, private: true },
        Jwk::Other(name) => Item::Kind { name, private: false },
        Jwk::Damaged => Item::Known(Form::Damaged),
    };
    keys.into_iter().map(item).collect()
}

fn of_ssh(name: &str, private: bool) -> Item {
    let kind = |name: &str| Item::Kind { name: name.to_owned(), private };
    match name {
        "ssh-rsa" => kind("RSA"),
        "ssh-ed25519" => kind("Ed25519"),
        "ssh-dss" => kind("DSA"),
        name if name.starts_with("sk-") => Item::Known(Form::SecurityKey),
        name => kind(name),
    }
}

/// A SubjectPublicKeyInfo around an RSAPublicKey.
fn rsa_spki(key: &[u8]) -> Vec<u8> {
    const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    tlv::wrap(SEQUENCE, &[RSA, &tlv::wrap(BIT_STRING, &[&[0], key].concat())].concat())
}

/// What a binary file is, by its shape.
fn of_der(bytes: &[u8]) -> Option<Item> {
    const MAX_PARTS: usize = 16;
    let outer = tlv::first(bytes).map(|(outer, _)| outer.content);
    // PKCS#12 and PKCS#7 may be of indefinite length.
    let inside = outer.or_else(|| bytes.get(2..))?;
    let (first, rest) = tlv::first(inside)?;
    if first.tag == OBJECT_IDENTIFIER && first.content.starts_with(PKCS7) {
        return Some(Item::Known(Form::Pkcs7));
    }
    let starts_as_pkcs12 = first.tag == INTEGER && first.content == [3] && rest.first() == Some(&SEQUENCE);
    if starts_as_pkcs12 {
        return Some(Item::Known(Form::Pkcs12));
    }
    let parts = tlv::sequence(bytes, MAX_PARTS)?;
    let tags: Vec<u8> = parts.iter().map(|part| part.tag).collect();
    let secret = || Zeroizing::new(bytes.to_vec());
    Some(match tags.as_slice() {
        [SEQUENCE, BIT_STRING] => Item::Public(bytes.to_vec()),
        [SEQUENCE, OCTET_STRING] => Item::Encrypted(secret()),
        [INTEGER, SEQUENCE, OCTET_STRING, ..] | [INTEGER, OCTET_STRING, ..] => Item::Private(secret()),
        [INTEGER, INTEGER] => Item::Public(rsa_spki(bytes)),
        [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER] => {
            Item::Kind { name: "DSA".to_owned(), private: true }
        }
        [INTEGER, INTEGER, INTEGER, ..] => Item::Kind { name: "RSA".to_owned(), private: true },
        [SEQUENCE, SEQUENCE, BIT_STRING] => Item::Known(parts.first().map_or(Form::Certificate, signed)),
        _ => return None,
    })
}

/// Of what is signed: a certificate names its validity, a request its key right after its name.
fn signed(tbs: &Element<'_>) -> Form {
    const SET: u8 = 0x31;
    let parts = tlv::all(tbs.content, 32).unwrap_or_default();
    let tags: Vec<u8> = parts.iter().map(|part| part.tag).collect();
    match tags.as_slice() {
        [INTEGER, SEQUENCE, SEQUENCE, 0xa0] | [INTEGER, SEQUENCE, SEQUENCE] => Form::Request,
        [SEQUENCE, SEQUENCE, 0x17 | 0x18, ..] | [INTEGER, SEQUENCE, SEQUENCE, 0x17 | 0x18, ..] => Form::List,
        [SET, ..] => Form::Damaged,
        _ => Form::Certificate,
    }
}
