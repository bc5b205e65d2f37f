//! Elliptic-curve keys: P-256, P-384, P-521, each with its own SHA-2 (OMS v1.0, 8.2). It opens no files and
//! knows no bundle.

use crate::error::{Code, Error, Result};
use crate::hashing::files::{HashAlgorithm, hash_bytes};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature as ecdsa;
use aws_lc_rs::signature::{EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use zeroize::Zeroizing;

use super::encrypted::{Encrypted, encrypt};
use super::secret::Secret;

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// The curves of OMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Curve {
    /// NIST P-256, signed with SHA-256.
    P256,
    /// NIST P-384, signed with SHA-384.
    P384,
    /// NIST P-521, signed with SHA-512.
    P521,
}

/// A public key that can verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    curve: Curve,
    spki_der: Vec<u8>,
}

/// A private key that can sign. Its bytes are wiped when it is dropped and never printed.
pub struct SigningKey {
    public: PublicKey,
    pair: EcdsaKeyPair,
}

/// What can sign: a private key at hand, or one that stays in a token.
pub trait Signer {
    /// The public half.
    fn public(&self) -> &PublicKey;

    /// A DER ECDSA signature over `message`, hashed with the curve's own SHA-2.
    ///
    /// # Errors
    /// `E-INTERNAL`, or what stopped the token.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;
}

impl Signer for SigningKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.pair
            .sign(&SystemRandom::new(), message)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| Error::new(Code::Internal, "signing failed"))
    }
}

impl Curve {
    const ALL: [Curve; 3] = [Curve::P256, Curve::P384, Curve::P521];

    /// The usual name, for example `P-256`.
    pub fn as_str(self) -> &'static str {
        match self {
            Curve::P256 => "P-256",
            Curve::P384 => "P-384",
            Curve::P521 => "P-521",
        }
    }

    fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Curve::P256 => "1.2.840.10045.3.1.7",
            Curve::P384 => "1.3.132.0.34",
            Curve::P521 => "1.3.132.0.35",
        })
    }

    fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Curve::P256 => &ecdsa::ECDSA_P256_SHA256_ASN1_SIGNING,
            Curve::P384 => &ecdsa::ECDSA_P384_SHA384_ASN1_SIGNING,
            Curve::P521 => &ecdsa::ECDSA_P521_SHA512_ASN1_SIGNING,
        }
    }

    fn verifying(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Curve::P256 => &ecdsa::ECDSA_P256_SHA256_ASN1,
            Curve::P384 => &ecdsa::ECDSA_P384_SHA384_ASN1,
            Curve::P521 => &ecdsa::ECDSA_P521_SHA512_ASN1,
        }
    }

    fn verifying_sha256(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Curve::P256 => &ecdsa::ECDSA_P256_SHA256_ASN1,
            Curve::P384 => &ecdsa::ECDSA_P384_SHA256_ASN1,
            Curve::P521 => &ecdsa::ECDSA_P521_SHA256_ASN1,
        }
    }

    /// The curve's own SHA-2 of a message, for a token that signs digests.
    #[cfg(feature = "pkcs11")]
    pub(crate) fn digest(self, message: &[u8]) -> aws_lc_rs::digest::Digest {
        use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
        let algorithm = match self {
            Curve::P256 => &SHA256,
            Curve::P384 => &SHA384,
            Curve::P521 => &SHA512,
        };
        digest(algorithm, message)
    }

    /// Length of an uncompressed point.
    fn point_bytes(self) -> usize {
        match self {
            Curve::P256 => 65,
            Curve::P384 => 97,
            Curve::P521 => 133,
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.curve.as_str())
    }
}

impl PublicKey {
    /// Reads a PEM `PUBLIC KEY` (SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// `E-KEY` for anything but P-256, P-384 or P-521.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let der = pem_blocks(pem)?
            .into_iter()
            .find(|block| block.label == "PUBLIC KEY")
            .ok_or_else(|| {
                Error::new(Code::Key, "not a PEM public key")
                    .help("expected a file that begins with -----BEGIN PUBLIC KEY-----")
            })?
            .der;
        Self::from_spki_der(&der)
    }

    /// Takes a DER SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// `E-KEY` for anything but P-256, P-384 or P-521.
    pub fn from_spki_der(der: &[u8]) -> Result<Self> {
        const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");
        let spki = SubjectPublicKeyInfoOwned::from_der(der).map_err(|_| unusable("not a public key"))?;
        if spki.algorithm.oid != EC_PUBLIC_KEY {
            return Err(unusable("not an elliptic-curve key"));
        }
        let named =
            spki.algorithm.parameters.as_ref().and_then(|named| named.decode_as::<ObjectIdentifier>().ok());
        let Some(curve) = Curve::ALL.into_iter().find(|curve| named == Some(curve.oid())) else {
            let what = if named == Some(SECP256K1) { "a secp256k1 key" } else { "a key on another curve" };
            return Err(unusable(what));
        };
        // One spelling of each key: fingerprint and hint are taken over it.
        let point = spki.subject_public_key.as_bytes().unwrap_or_default();
        if point.first() != Some(&4) || point.len() != curve.point_bytes() {
            return Err(unusable("a key whose point is not written uncompressed"));
        }
        let spki_der = spki.to_der().map_err(|_| unusable("not a public key"))?;
        ecdsa::ParsedPublicKey::new(curve.verifying(), &spki_der)
            .map_err(|_| unusable("a key whose point is not on its curve"))?;
        Ok(PublicKey { curve, spki_der })
    }

    /// Takes what a PKCS#11 token says of a key: CKA_EC_PARAMS, and CKA_EC_POINT, which is wrapped in an OCTET
    /// STRING by most tokens and bare in some.
    ///
    /// # Errors
    /// `E-KEY` for anything but P-256, P-384 or P-521.
    #[cfg(feature = "pkcs11")]
    pub(crate) fn from_ec_point(params: &[u8], point: &[u8]) -> Result<Self> {
        use der::asn1::{Any, BitString, OctetStringRef};
        let damaged = || unusable("a key that the token describes in another way");
        // No wrapped point has the length of a bare one.
        let is_bare = Curve::ALL.into_iter().any(|curve| curve.point_bytes() == point.len());
        let bare =
            if is_bare { point } else { OctetStringRef::from_der(point).map_err(|_| damaged())?.as_bytes() };
        let spki = SubjectPublicKeyInfoOwned {
            algorithm: x509_cert::spki::AlgorithmIdentifier {
                oid: EC_PUBLIC_KEY,
                parameters: Some(Any::from_der(params).map_err(|_| damaged())?),
            },
            subject_public_key: BitString::from_bytes(bare).map_err(|_| damaged())?,
        };
        Self::from_spki_der(&spki.to_der().map_err(|_| damaged())?)
    }

    /// The curve.
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// The DER SubjectPublicKeyInfo.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }

    /// `sha256:<hex>` over the DER SubjectPublicKeyInfo.
    pub fn fingerprint(&self) -> String {
        format!("sha256:{}", hex::encode(hash_bytes(HashAlgorithm::Sha256, &self.spki_der)))
    }

    /// The hint of a key bundle: hex SHA-256 over the PEM text as OpenSSL writes it (oms.md 0.11).
    pub fn hint(&self) -> String {
        hex::encode(hash_bytes(HashAlgorithm::Sha256, self.to_pem().as_bytes()))
    }

    /// The PEM text as OpenSSL writes it: 64 columns, line feeds, one at the end.
    pub fn to_pem(&self) -> String {
        pem_text("PUBLIC KEY", &self.spki_der).to_string()
    }

    /// Whether the DER ECDSA signature over `message` (hashed with the curve's own SHA-2) is this key's.
    pub fn verifies(&self, message: &[u8], signature_der: &[u8]) -> bool {
        self.verifies_with(self.curve.verifying(), message, signature_der)
    }

    /// As [`PublicKey::verifies`], but hashed with SHA-256 whatever the curve: only for bundles of the
    /// reference's version 0.2.0 (oms.md 0.6).
    pub fn verifies_sha256(&self, message: &[u8], signature_der: &[u8]) -> bool {
        self.verifies_with(self.curve.verifying_sha256(), message, signature_der)
    }

    fn verifies_with(
        &self,
        algorithm: &'static EcdsaVerificationAlgorithm,
        message: &[u8],
        signature_der: &[u8],
    ) -> bool {
        ecdsa::UnparsedPublicKey::new(algorithm, &self.spki_der).verify(message, signature_der).is_ok()
    }
}

impl SigningKey {
    /// Reads a PEM `PRIVATE KEY` (PKCS#8) or `EC PRIVATE KEY` (SEC 1), unencrypted.
    ///
    /// # Errors
    /// `E-KEY` for anything else; an encrypted key is named as such.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        Self::from_pem_asking(pem, || {
            Err(Error::new(Code::Key, "the key is encrypted").help("give its password"))
        })
    }

    /// As [`SigningKey::from_pem`], or an `ENCRYPTED PRIVATE KEY` (PKCS#8, PBES2), for which `password` is
    /// asked: only then, and once.
    ///
    /// # Errors
    /// `E-KEY` for a wrong password, a key that is no key of OMS, or one that costs too much to decrypt;
    /// what `password` returns.
    pub fn from_pem_asking(pem: &[u8], password: impl FnOnce() -> Result<Secret>) -> Result<Self> {
        let block = private_block(pem)?;
        if block.label == ENCRYPTED {
            // What it would cost is known before anybody is asked.
            let encrypted = Encrypted::parse(&block.der)?;
            return Self::from_der(&encrypted.decrypt(&password()?)?);
        }
        Self::from_der(&block.der)
    }

    fn from_der(der: &[u8]) -> Result<Self> {
        let pair = Curve::ALL
            .into_iter()
            .find_map(|curve| EcdsaKeyPair::from_private_key_der(curve.signing(), der).ok())
            .ok_or_else(|| unusable("a private key of another kind, or a damaged one"))?;
        Self::of(pair)
    }

    /// Makes a new key.
    ///
    /// # Errors
    /// `E-INTERNAL` when the system gives no randomness.
    pub fn generate(curve: Curve) -> Result<Self> {
        let pair = EcdsaKeyPair::generate(curve.signing()).map_err(|_| {
            Error::new(Code::Internal, "no key could be made: the system gives no randomness")
        })?;
        Self::of(pair)
    }

    fn of(pair: EcdsaKeyPair) -> Result<Self> {
        let der = pair
            .public_key()
            .as_der()
            .map_err(|_| Error::new(Code::Internal, "the public half of the key cannot be written"))?;
        Ok(SigningKey { public: PublicKey::from_spki_der(der.as_ref())?, pair })
    }

    /// The PKCS#8 PEM text, for writing a key that was generated.
    ///
    /// # Errors
    /// `E-INTERNAL` when the key cannot be written.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>> {
        let der = self
            .pair
            .to_pkcs8v1()
            .map_err(|_| Error::new(Code::Internal, "the private key cannot be written"))?;
        Ok(pem_text("PRIVATE KEY", der.as_ref()))
    }

    /// The PKCS#8 PEM text, encrypted (PBES2: PBKDF2-HMAC-SHA256 and AES-256-CBC).
    ///
    /// # Errors
    /// `E-INTERNAL` when the key cannot be written.
    pub fn to_encrypted_pkcs8_pem(&self, password: &Secret) -> Result<Zeroizing<String>> {
        let der = self
            .pair
            .to_pkcs8v1()
            .map_err(|_| Error::new(Code::Internal, "the private key cannot be written"))?;
        Ok(pem_text(ENCRYPTED, &encrypt(der.as_ref(), password)?))
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// As [`Signer::sign`].
    ///
    /// # Errors
    /// `E-INTERNAL` when signing fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        Signer::sign(self, message)
    }
}

/// One block of a PEM file.
pub(crate) struct PemBlock {
    pub(crate) label: String,
    pub(crate) der: Zeroizing<Vec<u8>>,
    /// By OpenSSL's own way (`Proc-Type: 4,ENCRYPTED`): then `der` is ciphertext.
    pub(crate) legacy_encrypted: bool,
}

/// The label of an encrypted PKCS#8 key (RFC 7468, 11).
pub(crate) const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// The private key of a PEM file, whatever stands around it: OpenSSL may put `EC PARAMETERS` first.
///
/// # Errors
/// `E-KEY` when there is none, or one that OpenSSL encrypted in its own way.
pub(crate) fn private_block(pem: &[u8]) -> Result<PemBlock> {
    const LABELS: [&str; 3] = ["PRIVATE KEY", "EC PRIVATE KEY", ENCRYPTED];
    let block = pem_blocks(pem)?
        .into_iter()
        .find(|block| LABELS.contains(&block.label.as_str()))
        .ok_or_else(|| {
            Error::new(Code::Key, "not a PEM private key").help(
                "expected a file that begins with -----BEGIN PRIVATE KEY-----, -----BEGIN ENCRYPTED PRIVATE \
                 KEY----- or -----BEGIN EC PRIVATE KEY-----",
            )
        })?;
    if block.legacy_encrypted {
        // Its key comes from one round of MD5.
        return Err(Error::new(Code::Key, "a key that is encrypted in OpenSSL's old way is not read")
            .help("convert it: openssl pkcs8 -topk8 -in KEY -out CONVERTED"));
    }
    Ok(block)
}

/// The blocks of a PEM file; text around them is passed over.
///
/// # Errors
/// `E-KEY` for a block that does not end or is not base64.
pub(crate) fn pem_blocks(pem: &[u8]) -> Result<Vec<PemBlock>> {
    let damaged =
        || Error::new(Code::Key, "a damaged PEM file").help("get the file again from where it was made");
    let text = std::str::from_utf8(pem).map_err(|_| damaged())?;
    let mut blocks = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let label = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"));
        let Some(label) = label else { continue };
        let end = format!("-----END {label}-----");
        let mut legacy_encrypted = false;
        let mut body = Zeroizing::new(String::with_capacity(text.len()));
        loop {
            let line = lines.next().ok_or_else(damaged)?;
            if line == end {
                break;
            }
            // RFC 1421 headers stand before an encrypted OpenSSL key.
            if line.contains(':') {
                legacy_encrypted |= line.contains("ENCRYPTED");
            } else {
                body.push_str(line);
            }
        }
        let mut der = Zeroizing::new(Vec::with_capacity(body.len()));
        STANDARD.decode_vec(body.as_bytes(), &mut der).map_err(|_| damaged())?;
        blocks.push(PemBlock { label: label.to_owned(), der, legacy_encrypted });
    }
    Ok(blocks)
}

fn pem_text(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(der));
    // Large enough from the start: growing would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(body.len() * 2 + 128));
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

fn unusable(what: &str) -> Error {
    Error::new(Code::Key, format!("{what} cannot be used"))
        .help("OMS signs with elliptic-curve keys on P-256, P-384 or P-521")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_key_is_read_back_and_signs() {
        for curve in Curve::ALL {
            let key = SigningKey::generate(curve).unwrap();
            let again = SigningKey::from_pem(key.to_pkcs8_pem().unwrap().as_bytes()).unwrap();
            assert_eq!(again.public(), key.public());
            assert_eq!(&PublicKey::from_pem(key.public().to_pem().as_bytes()).unwrap(), key.public());
            let signature = again.sign(b"text").unwrap();
            assert!(key.public().verifies(b"text", &signature));
            assert!(!key.public().verifies(b"Text", &signature));
            assert_eq!(key.public().verifies_sha256(b"text", &signature), curve == Curve::P256);
        }
    }
}
