//! Private keys: read, made, written, and what they sign with. Their bytes are wiped and never printed.

use crate::error::{Code, Error, Result};
use crate::pem;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{EcdsaKeyPair, KeyPair};
use std::fmt;
use zeroize::Zeroizing;

use super::cosign::CosignKey;
use super::encrypted::{Encrypted, encrypt};
use super::forms::{self, Item};
use super::kinds::{self, Role, unusable};
use super::public::PublicKey;
use super::secret::Secret;
use crate::check::curve::Curve;

/// A private key that can sign. Its bytes are wiped when it is dropped and never printed.
pub struct SigningKey {
    curve: Curve,
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

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.curve.as_str())
    }
}

impl SigningKey {
    /// Reads a private key as people have it, unencrypted: PKCS#8 or SEC 1 in PEM or DER, JWK, OpenSSH.
    ///
    /// # Errors
    /// `E-KEY` for anything else; an encrypted key, or a file of another kind, is named for what it is.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        Self::from_pem_asking(pem, || {
            Err(Error::new(Code::Key, "the key is encrypted").help("give its password"))
        })
    }

    /// As [`SigningKey::from_pem`], or an encrypted key (PKCS#8 with PBES2, or cosign's own), for which `password` is
    /// asked: only then, and once.
    ///
    /// # Errors
    /// `E-KEY` for a wrong password, a key that is no key of OMS, or one that costs too much to decrypt;
    /// what `password` returns.
    pub fn from_pem_asking(pem: &[u8], password: impl FnOnce() -> Result<Secret>) -> Result<Self> {
        match PrivateFile::read(pem)? {
            PrivateFile::Plain(der) => Self::from_der(&der),
            PrivateFile::Pair(curve, private, point) => {
                let pair = EcdsaKeyPair::from_private_key_and_public_key(curve.signing(), &private, &point);
                Self::of(curve, pair.map_err(|_| unusable("a damaged private key"))?)
            }
            // What it would cost is known before anybody is asked.
            PrivateFile::Encrypted(der) => {
                let encrypted = Encrypted::parse(&der)?;
                Self::from_der(&encrypted.decrypt(&password()?)?)
            }
            PrivateFile::Cosign(key) => Self::from_der(&key.decrypt(&password()?)?),
        }
    }

    fn from_der(der: &[u8]) -> Result<Self> {
        let named = kinds::of_private(der)?;
        let read =
            |curve: Curve| Some((curve, EcdsaKeyPair::from_private_key_der(curve.signing(), der).ok()?));
        let mut curves = Curve::ALL.into_iter().filter(|curve| named.is_none_or(|named| named == *curve));
        let (curve, pair) = curves.find_map(read).ok_or_else(kinds::damaged_private)?;
        Self::of(curve, pair)
    }

    /// Makes a new key.
    ///
    /// # Errors
    /// `E-INTERNAL` when the system gives no randomness.
    pub fn generate(curve: Curve) -> Result<Self> {
        let pair = EcdsaKeyPair::generate(curve.signing()).map_err(|_| {
            Error::new(Code::Internal, "no key could be made: the system gives no randomness")
        })?;
        Self::of(curve, pair)
    }

    fn of(curve: Curve, pair: EcdsaKeyPair) -> Result<Self> {
        let der = pair
            .public_key()
            .as_der()
            .map_err(|_| Error::new(Code::Internal, "the public half of the key cannot be written"))?;
        Ok(SigningKey { curve, public: PublicKey::from_spki_der(der.as_ref())?, pair })
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
        Ok(pem::text("PRIVATE KEY", der.as_ref()))
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
        Ok(pem::text(ENCRYPTED, &encrypt(der.as_ref(), password)?))
    }

    /// The curve.
    pub fn curve(&self) -> Curve {
        self.curve
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

/// The label of an encrypted PKCS#8 key (RFC 7468, 11).
pub(crate) const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// The private key of a file.
pub(super) enum PrivateFile {
    /// PKCS#8 or SEC 1.
    Plain(Zeroizing<Vec<u8>>),
    /// The curve, the private number, and the point.
    Pair(Curve, Zeroizing<Vec<u8>>, Vec<u8>),
    /// PKCS#8 under a password.
    Encrypted(Zeroizing<Vec<u8>>),
    Cosign(CosignKey),
}

impl PrivateFile {
    /// Whatever stands around it: OpenSSL may put `EC PARAMETERS` first, and certificates behind.
    ///
    /// # Errors
    /// `E-KEY` when there is none, or one that is not read: it is named for what it is.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let mut first = None;
        for item in forms::items(bytes) {
            match item {
                Item::Private(der) => return Ok(PrivateFile::Plain(der)),
                Item::Pair(curve, private, point) => return Ok(PrivateFile::Pair(curve, private, point)),
                Item::Encrypted(der) => return Ok(PrivateFile::Encrypted(der)),
                Item::Cosign(json) => return CosignKey::read(&json).map(PrivateFile::Cosign),
                other if first.is_none() || other.is_private() => {
                    let is_private = other.is_private();
                    first = Some(other);
                    if is_private {
                        break;
                    }
                }
                _ => {}
            }
        }
        Err(first.map_or_else(|| kinds::nothing(Role::Private), |item| kinds::other(&item, Role::Private)))
    }

    /// How it is encrypted, when it is.
    ///
    /// # Errors
    /// As [`Encrypted::parse`].
    pub(super) fn encryption(&self) -> Result<Option<String>> {
        Ok(match self {
            PrivateFile::Plain(_) | PrivateFile::Pair(..) => None,
            PrivateFile::Encrypted(der) => Some(Encrypted::parse(der)?.describe()),
            PrivateFile::Cosign(key) => Some(key.describe()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::public::PublicKey;
    use super::SigningKey;
    use crate::check::curve::Curve;

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
