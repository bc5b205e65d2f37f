//! Private keys: read, made, written, and what they sign with. Their bytes are wiped and never printed.

use crate::error::{Code, Error, Result};
use crate::pem::{self, Block};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{EcdsaKeyPair, KeyPair};
use std::fmt;
use zeroize::Zeroizing;

use super::encrypted::{Encrypted, encrypt};
use super::public::{PublicKey, unusable};
use super::secret::Secret;
use crate::check::curve::Curve;

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

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.curve.as_str())
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

/// The private key of a PEM file, whatever stands around it: OpenSSL may put `EC PARAMETERS` first.
///
/// # Errors
/// `E-KEY` when there is none, or one that OpenSSL encrypted in its own way.
pub(super) fn private_block(pem: &[u8]) -> Result<Block<'_>> {
    const LABELS: [&str; 3] = ["PRIVATE KEY", "EC PRIVATE KEY", ENCRYPTED];
    let block =
        pem::blocks(pem)?.into_iter().find(|block| LABELS.contains(&block.label)).ok_or_else(|| {
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
