//! Public keys: P-256, P-384, P-521, each with its own SHA-2 (OMS v1.0, 8.2), and kinds beyond OMS that verify where the
//! caller lists them. It opens no files and knows no bundle.

use crate::check::curve::{Beyond, Curve, KeyKind};
use crate::error::{Code, Error, Result};
use crate::hashing::job::sha256_hex;
use crate::pem;
use aws_lc_rs::signature as ecdsa;
use aws_lc_rs::signature::{EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, VerificationAlgorithm};
use der::{Decode, Encode};
use std::fmt;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::forms::{self, Item};
use super::kinds::unusable;
use super::kinds::{self, Role};
use super::point::{self, spki_of_point};

/// A public key that can verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: KeyKind,
    spki_der: Vec<u8>,
    parsed: Parsed,
}

/// The key as the cryptography library holds it: parsed once, because one key often verifies many claims.
#[derive(Clone)]
struct Parsed(ecdsa::ParsedPublicKey);

impl PartialEq for Parsed {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_ref() == other.0.as_ref()
    }
}

impl Eq for Parsed {}

impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parsed")
    }
}

/// More keys in one file are not read.
const MAX_KEYS: usize = 64;

impl Curve {
    pub(crate) fn signing(self) -> &'static EcdsaSigningAlgorithm {
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
}

impl PublicKey {
    /// Reads a public key as people have it: PEM, DER, JWK, OpenSSH; of several the first.
    ///
    /// # Errors
    /// `E-KEY` for anything but P-256, P-384 or P-521; a file of another kind is named for what it is.
    pub fn from_pem(bytes: &[u8]) -> Result<Self> {
        let mut all = Self::all_from(bytes, Beyond::default())?;
        if all.is_empty() {
            return Err(kinds::nothing(Role::Public));
        }
        Ok(all.swap_remove(0))
    }

    /// As [`PublicKey::from_pem`], and RSA and Ed25519 too: to be shown, or where the caller asks what counts.
    ///
    /// # Errors
    /// As [`PublicKey::all_from`].
    pub fn any_from_pem(bytes: &[u8]) -> Result<Self> {
        let mut all = Self::every_from(bytes)?;
        if all.is_empty() {
            return Err(kinds::nothing(Role::Public));
        }
        Ok(all.swap_remove(0))
    }

    /// All public keys of a file, of kinds beyond OMS too: to be shown, or where the caller asks what counts.
    ///
    /// # Errors
    /// As [`PublicKey::all_from`].
    pub fn every_from(bytes: &[u8]) -> Result<Vec<Self>> {
        Self::all_from(bytes, Beyond::of(&KeyKind::ALL))
    }

    /// All public keys of a file, as [`PublicKey::from_pem`] reads them, with kinds beyond OMS that count. The same key
    /// twice is one.
    ///
    /// # Errors
    /// As [`PublicKey::from_pem`]; `E-TOO-LARGE` for more than 64.
    pub fn all_from(bytes: &[u8], beyond: Beyond) -> Result<Vec<Self>> {
        let mut keys: Vec<Self> = Vec::new();
        let mut others = Vec::new();
        for item in forms::items(bytes) {
            let Item::Public(spki) = item else {
                others.push(item);
                continue;
            };
            let key = Self::any_from_spki_der(&spki)?;
            key.counts(beyond)?;
            if !keys.contains(&key) {
                keys.push(key);
            }
            if keys.len() > MAX_KEYS {
                return Err(Error::new(Code::TooLarge, format!("more than {MAX_KEYS} public keys")));
            }
        }
        match (keys.is_empty(), others.first()) {
            (false, _) => Ok(keys),
            (true, Some(other)) => Err(kinds::other(other, Role::Public)),
            (true, None) => Err(kinds::nothing(Role::Public)),
        }
    }

    /// Takes a DER SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// `E-KEY` for anything but P-256, P-384 or P-521.
    pub fn from_spki_der(der: &[u8]) -> Result<Self> {
        let key = Self::any_from_spki_der(der)?;
        key.counts(Beyond::default())?;
        Ok(key)
    }

    /// As [`PublicKey::from_spki_der`], and RSA (2048 to 8192 bits) and Ed25519 too. Each key has one spelling here:
    /// fingerprint and hint are taken over it.
    ///
    /// # Errors
    /// `E-KEY` for any other kind.
    pub fn any_from_spki_der(der: &[u8]) -> Result<Self> {
        let spki = SubjectPublicKeyInfoOwned::from_der(der).map_err(|_| unusable("not a public key"))?;
        let kind = kinds::of_spki(&spki)?;
        let bits = spki.subject_public_key.as_bytes().unwrap_or_default();
        let Some(curve) = kind.curve() else { return Self::beyond_oms(kind, &spki, bits) };
        let point = point::uncompressed(curve, bits)
            .ok_or_else(|| unusable("a key whose point is not one of its curve"))?;
        let spki_der = spki_of_point(curve, &point);
        let parsed = ecdsa::ParsedPublicKey::new(curve.verifying(), &spki_der)
            .map_err(|_| unusable("a key whose point is not on its curve"))?;
        Ok(PublicKey { kind, spki_der, parsed: Parsed(parsed) })
    }

    fn beyond_oms(kind: KeyKind, spki: &SubjectPublicKeyInfoOwned, bits: &[u8]) -> Result<Self> {
        let verifying: &'static dyn VerificationAlgorithm = match kind {
            KeyKind::Ed25519 => &ecdsa::ED25519,
            _ => &ecdsa::RSA_PKCS1_2048_8192_SHA256,
        };
        let is_length = match kind {
            KeyKind::Ed25519 => bits.len() == 32,
            _ => kinds::rsa_is_usable(bits),
        };
        let damaged = || unusable("a damaged key, or one of an unusual size");
        if !is_length {
            return Err(damaged());
        }
        let parsed = ecdsa::ParsedPublicKey::new(verifying, bits).map_err(|_| damaged())?;
        let mut spki = spki.clone();
        spki.algorithm.parameters = (kind == KeyKind::Rsa).then(der::Any::null);
        let spki_der = spki.to_der().map_err(|_| unusable("not a public key"))?;
        Ok(PublicKey { kind, spki_der, parsed: Parsed(parsed) })
    }

    /// # Errors
    /// `E-KEY` for a kind that is neither of OMS nor listed.
    fn counts(&self, beyond: Beyond) -> Result<()> {
        match beyond.counts(self.kind) {
            true => Ok(()),
            false => Err(kinds::beyond(self.kind.as_str(), Role::Public)),
        }
    }

    /// Takes what a PKCS#11 token says of a key: CKA_EC_PARAMS, and CKA_EC_POINT, which is wrapped in an OCTET
    /// STRING by most tokens and bare in some.
    ///
    /// # Errors
    /// `E-KEY` for anything but P-256, P-384 or P-521.
    #[cfg(feature = "pkcs11")]
    pub(super) fn from_ec_point(params: &[u8], point: &[u8]) -> Result<Self> {
        use der::asn1::{Any, BitString, ObjectIdentifier, OctetStringRef};
        const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
        let damaged = || unusable("a key that the token describes in another way");
        // No wrapped point has the length of a bare one.
        let is_bare = Curve::ALL.into_iter().any(|curve| point::uncompressed(curve, point).is_some());
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

    /// What kind of key it is.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The DER SubjectPublicKeyInfo.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }

    /// `sha256:<hex>` over the DER SubjectPublicKeyInfo.
    pub fn fingerprint(&self) -> String {
        format!("sha256:{}", sha256_hex(&self.spki_der))
    }

    /// The hint of a key bundle: hex SHA-256 over the PEM text as OpenSSL writes it (oms.md 0.11).
    pub fn hint(&self) -> String {
        sha256_hex(self.to_pem().as_bytes())
    }

    /// The PEM text as OpenSSL writes it: 64 columns, line feeds, one at the end.
    pub fn to_pem(&self) -> String {
        pem::text("PUBLIC KEY", &self.spki_der).to_string()
    }

    /// Whether the signature over `message` is this key's: DER ECDSA, hashed with the curve's own SHA-2; for RSA
    /// PKCS #1 v1.5 or PSS with SHA-2, for Ed25519 that of RFC 8032.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        const RSA: [&dyn VerificationAlgorithm; 6] = [
            &ecdsa::RSA_PKCS1_2048_8192_SHA256,
            &ecdsa::RSA_PSS_2048_8192_SHA256,
            &ecdsa::RSA_PKCS1_2048_8192_SHA384,
            &ecdsa::RSA_PSS_2048_8192_SHA384,
            &ecdsa::RSA_PKCS1_2048_8192_SHA512,
            &ecdsa::RSA_PSS_2048_8192_SHA512,
        ];
        match self.kind {
            KeyKind::Rsa => RSA.iter().any(|algorithm| self.verifies_with(*algorithm, message, signature)),
            _ => self.parsed.0.verify_sig(message, signature).is_ok(),
        }
    }

    /// As [`PublicKey::verifies`], but hashed with SHA-256 whatever the curve: only for bundles of the
    /// reference's version 0.2.0 (oms.md 0.6).
    pub fn verifies_sha256(&self, message: &[u8], signature_der: &[u8]) -> bool {
        let curve = self.kind.curve();
        curve.is_some_and(|curve| self.verifies_with(curve.verifying_sha256(), message, signature_der))
    }

    fn verifies_with(
        &self,
        algorithm: &'static dyn VerificationAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let Ok(spki) = SubjectPublicKeyInfoOwned::from_der(&self.spki_der) else { return false };
        let bits = spki.subject_public_key.raw_bytes();
        ecdsa::UnparsedPublicKey::new(algorithm, bits).verify(message, signature).is_ok()
    }
}
