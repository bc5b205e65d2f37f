//! What is said of keys and files that are not used: each is named for what it is, with the command that makes a usable
//! one of it. It opens nothing.

use crate::check::curve::{Curve, KeyKind};
use crate::error::{Code, Error, Result};
use crate::x509::algorithms;
use crate::x509::tlv::{self, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use der::Encode;
use der::asn1::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::forms::{Form, Item};
use super::point;

/// What a file was wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Public,
    Private,
}

const EC: &str = "1.2.840.10045.2.1";

/// Kinds of keys by their identifiers, and curves.
const KINDS: [(&str, &str); 19] = [
    ("1.2.840.113549.1.1.1", "RSA"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.2.840.113549.1.3.1", "Diffie-Hellman"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.111", "X448"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.33", "P-224"),
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.2.156.10197.1.301", "SM2"),
    ("1.2.643.7.1.1.1.1", "GOST"),
];

fn name(oid: &str) -> Option<&'static str> {
    KINDS.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name)
}

/// The kind of a public key.
///
/// # Errors
/// `E-KEY` for a kind that no signature of a model is verified with.
pub(super) fn of_spki(spki: &SubjectPublicKeyInfoOwned) -> Result<KeyKind> {
    let oid = spki.algorithm.oid.to_string();
    match name(&oid) {
        Some("RSA") => return Ok(KeyKind::Rsa),
        Some("Ed25519") => return Ok(KeyKind::Ed25519),
        Some(other) => return Err(beyond(other, Role::Public)),
        None if oid != EC => return Err(unusable(&format!("a key of the kind {oid}"))),
        None => {}
    }
    let parameters = spki.algorithm.parameters.as_ref().and_then(|any| any.to_der().ok()).unwrap_or_default();
    of_curve(&parameters).map(KeyKind::from).map_err(|cause| cause.error(Role::Public))
}

/// Why a curve is none of OMS.
enum OtherCurve {
    Named(String),
    /// Spelled out: whoever chooses the numbers can know a private key that fits (CVE-2020-0601).
    SpelledOut,
    Nothing,
}

impl OtherCurve {
    fn error(&self, role: Role) -> Error {
        match self {
            OtherCurve::Named(oid) => match name(oid) {
                Some(name) => beyond(name, role),
                None => unusable(&format!("a key on the curve {oid}")),
            },
            OtherCurve::SpelledOut => Error::new(
                Code::Key,
                "a key with explicit parameters in place of a named curve is not used (RFC 5480, 2.1.1)",
            )
            .help(match role {
                Role::Public => {
                    "convert it: openssl ec -pubin -in FILE -param_enc named_curve -pubout -out KEY.pem"
                }
                Role::Private => "convert it: openssl ec -in FILE -param_enc named_curve -out KEY.pem",
            }),
            OtherCurve::Nothing => unusable("a key without the parameters of its curve"),
        }
    }
}

/// The curve that parameters of a key name.
fn of_curve(parameters: &[u8]) -> std::result::Result<Curve, OtherCurve> {
    if point::are_spelled_out(parameters) {
        return Err(OtherCurve::SpelledOut);
    }
    let named = tlv::first(parameters).filter(|(named, _)| named.tag == OBJECT_IDENTIFIER);
    let oid = named.and_then(|(named, _)| ObjectIdentifier::from_bytes(named.content).ok());
    let oid = oid.ok_or(OtherCurve::Nothing)?.to_string();
    Curve::ALL.into_iter().find(|curve| curve.oid() == oid).ok_or(OtherCurve::Named(oid))
}

pub(super) fn damaged_private() -> Error {
    unusable("a damaged private key, or one of an unknown kind")
}

pub(super) fn rsa_is_usable(key: &[u8]) -> bool {
    algorithms::is_rsa_of_usual_size(key)
}

/// The curve of a private key, PKCS#8 or SEC 1; none where it does not say.
///
/// # Errors
/// `E-KEY` for a key that is none of OMS, which is named for what it is.
pub(super) fn of_private(der: &[u8]) -> Result<Option<Curve>> {
    const MAX_PARTS: usize = 16;
    let damaged = damaged_private;
    let parts = tlv::sequence(der, MAX_PARTS).unwrap_or_default();
    let tags: Vec<u8> = parts.iter().map(|part| part.tag).collect();
    let parameters = match tags.as_slice() {
        [INTEGER, SEQUENCE, OCTET_STRING, ..] => {
            let algorithm = parts.get(1).and_then(|one| tlv::all(one.content, 2)).unwrap_or_default();
            let oid = algorithm.first().and_then(|oid| ObjectIdentifier::from_bytes(oid.content).ok());
            match oid.map(|oid| oid.to_string()) {
                Some(oid) if oid == EC => algorithm.get(1).map(|parameters| parameters.whole),
                Some(oid) => {
                    return Err(match name(&oid) {
                        Some(name) => beyond(name, Role::Private),
                        None => unusable(&format!("a private key of the kind {oid}")),
                    });
                }
                None => return Err(damaged()),
            }
        }
        [INTEGER, OCTET_STRING, 0xa0, ..] => parts.get(2).map(|parameters| parameters.content),
        [INTEGER, OCTET_STRING, ..] => None,
        _ => return Err(damaged()),
    };
    parameters.map(of_curve).transpose().map_err(|cause| cause.error(Role::Private))
}

/// A key of a kind that is not one of OMS.
pub(super) fn beyond(name: &str, role: Role) -> Error {
    match role {
        Role::Private => Error::new(Code::Key, format!("{name} keys cannot sign OMS bundles"))
            .help("use an EC key (P-256, P-384, P-521); make one: touchmark key generate KEY"),
        Role::Public => {
            let error = Error::new(Code::Key, format!("{name} keys do not verify OMS signatures"));
            error.help(match name {
                "RSA" | "Ed25519" => {
                    "OMS uses EC keys (P-256, P-384, P-521); a policy that lists it in [crypto] keys accepts \
                     signatures of other tools with such a key"
                }
                _ => "OMS uses EC keys (P-256, P-384, P-521)",
            })
        }
    }
}

/// A file without a key.
pub(super) fn nothing(role: Role) -> Error {
    match role {
        Role::Public => Error::new(Code::Key, "no public key in the file")
            .help("expected PEM that begins with -----BEGIN PUBLIC KEY-----, DER, a JWK or an OpenSSH key"),
        Role::Private => Error::new(Code::Key, "no private key in the file").help(
            "expected PEM that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----, \
             DER, a JWK or an OpenSSH key",
        ),
    }
}

/// A file that holds something else than was wanted.
pub(super) fn other(item: &Item, role: Role) -> Error {
    let (what, help) = match (item, role) {
        (Item::Known(form), _) => of_form(*form, role),
        (Item::Kind { name, private }, _) if *private == (role == Role::Private) => {
            return beyond(name, role);
        }
        (Item::Kind { private: true, .. }, _) | (Item::Private(_) | Item::Pair(..), _) => (
            "a private key, and a public one is expected",
            "take the public key out of it: openssl pkey -in FILE -pubout -out KEY.pub.pem",
        ),
        (Item::Encrypted(_) | Item::Cosign(_), _) => (
            "an encrypted private key, and a public one is expected",
            "name the public key that was made with it (cosign.pub, or what `touchmark key show` tells)",
        ),
        (Item::Public(_) | Item::Kind { .. }, _) => {
            ("a public key, and a private one is expected", "name the file of the private key")
        }
    };
    Error::new(Code::Key, format!("the file holds {what}")).help(help)
}

fn of_form(form: Form, role: Role) -> (&'static str, &'static str) {
    let is_public = role == Role::Public;
    let either = |public, private| if is_public { public } else { private };
    match form {
        Form::Empty => ("nothing: it is empty", "get the file again from where it was made"),
        Form::CutOff => {
            ("a key that is cut off or is not base64", "get the file again from where it was made")
        }
        Form::Damaged => ("a damaged key", "get the file again from where it was made"),
        Form::Certificate => (
            "a certificate and no key",
            either(
                "to trust its key: openssl x509 -in FILE -noout -pubkey > KEY.pem; to trust who issued it: \
                 touchmark verify certificate --certificate-chain",
                "name the file of the private key; the certificate goes with `sign certificate \
                 --signing-certificate`",
            ),
        ),
        Form::Request => (
            "a certificate request and no key",
            either(
                "take the key out of it: openssl req -in FILE -noout -pubkey > KEY.pem",
                "name the file of the private key that the request was made with",
            ),
        ),
        Form::List => {
            ("a revocation list and no key", "name the file of the key; lists are given with --crl")
        }
        Form::Pkcs7 => (
            "certificates (PKCS#7, .p7b) and no key",
            either(
                "take a certificate out of it: openssl pkcs7 -in FILE -print_certs -out CERTIFICATES.pem",
                "name the file of the private key",
            ),
        ),
        Form::Pkcs12 => (
            "a PKCS#12 key store (.p12, .pfx), which is not read",
            either(
                "take the public key out of it: openssl pkcs12 -in FILE -nokeys -clcerts | openssl x509 -noout \
                 -pubkey > KEY.pem",
                "take the key out of it: openssl pkcs12 -in FILE -nocerts -out KEY.pem; the certificates: openssl \
                 pkcs12 -in FILE -nokeys -out CERTIFICATES.pem",
            ),
        ),
        Form::LegacyEncrypted => (
            "a key that is encrypted in OpenSSL's old way, which is not read",
            // Its key comes from one round of MD5.
            either(
                "take the public key out of it: openssl pkey -in FILE -pubout -out KEY.pub.pem",
                "convert it: openssl pkcs8 -topk8 -in KEY -out CONVERTED",
            ),
        ),
        Form::SshEncrypted => (
            "an OpenSSH private key under a password, which is not read",
            either(
                "name its public half, the file that ends with .pub",
                "convert a copy: cp FILE KEY.pem && ssh-keygen -p -m PKCS8 -f KEY.pem",
            ),
        ),
        Form::SecurityKey => (
            "an OpenSSH key in a security key (sk-…), which signs in a form of its own",
            "use an EC key (P-256, P-384, P-521); make one: touchmark key generate KEY",
        ),
        Form::Putty => (
            "a PuTTY key (.ppk), which is not read",
            either(
                "take the public key out of it: puttygen FILE -O public-openssh -o KEY.pub",
                "convert it: puttygen FILE -O private-openssh -o KEY && ssh-keygen -p -m PKCS8 -f KEY",
            ),
        ),
        Form::Pgp => (
            "an OpenPGP key, and OMS has no OpenPGP signatures",
            "use an EC key (P-256, P-384, P-521); make one: touchmark key generate KEY",
        ),
        Form::JavaKeyStore => (
            "a Java key store (.jks), which is not read",
            either(
                "take the certificate out of it: keytool -exportcert -rfc -keystore FILE -alias NAME | openssl x509 \
                 -noout -pubkey > KEY.pem",
                "convert it: keytool -importkeystore -srckeystore FILE -destkeystore KEY.p12 -deststoretype PKCS12; \
                 then openssl pkcs12 -in KEY.p12 -nocerts -out KEY.pem",
            ),
        ),
        Form::Minisign => (
            "a key of minisign or signify (Ed25519), which is not read",
            "use an EC key (P-256, P-384, P-521); make one: touchmark key generate KEY",
        ),
        Form::Age => (
            "a key of age, which encrypts and does not sign",
            "use an EC key (P-256, P-384, P-521); make one: touchmark key generate KEY",
        ),
        Form::Jwe => (
            "an encrypted or signed JSON document (JWE, JWT), which is not read",
            "decrypt it with the tool that made it, and name the JWK inside",
        ),
        Form::Bundle => {
            ("a signature bundle and no key", "name the file of the key; a bundle is given with --signature")
        }
    }
}

pub(super) fn unusable(what: &str) -> Error {
    Error::new(Code::Key, format!("{what} cannot be used"))
        .help("OMS signs with elliptic-curve keys on P-256, P-384 or P-521")
}
