//! Elliptic-curve keys: P-256, P-384, P-521, each with its own SHA-2 (OMS v1.0, 8.2).

use crate::error::{Code, Error, Result};

/// The curves of OMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    #[allow(dead_code)]
    public: PublicKey,
}

impl PublicKey {
    /// Reads a PEM `PUBLIC KEY` (SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// `E-KEY` for anything but P-256, P-384 or P-521.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let _ = pem;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// Takes a DER SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// `E-KEY` for anything but P-256, P-384 or P-521.
    pub fn from_spki_der(der: &[u8]) -> Result<Self> {
        let _ = der;
        Err(Error::new(Code::Internal, "skeleton"))
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
        String::new()
    }

    /// The hint of a key bundle: hex SHA-256 over the PEM text as OpenSSL writes it (oms.md 0.11).
    pub fn hint(&self) -> String {
        String::new()
    }

    /// Whether the DER ECDSA signature over `message` (hashed with the curve's own SHA-2) is this key's.
    pub fn verifies(&self, message: &[u8], signature_der: &[u8]) -> bool {
        let _ = (message, signature_der);
        false
    }

    /// As [`PublicKey::verifies`], but hashed with SHA-256 whatever the curve: only for bundles of the
    /// reference's version 0.2.0 (oms.md 0.6).
    pub fn verifies_sha256(&self, message: &[u8], signature_der: &[u8]) -> bool {
        let _ = (message, signature_der);
        false
    }
}

impl SigningKey {
    /// Reads a PEM `PRIVATE KEY` (PKCS#8) or `EC PRIVATE KEY` (SEC 1), unencrypted.
    ///
    /// # Errors
    /// `E-KEY` for anything else; an encrypted key is named as such.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let _ = pem;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// Makes a new key.
    ///
    /// # Errors
    /// `E-INTERNAL` when the system gives no randomness.
    pub fn generate(curve: Curve) -> Result<Self> {
        let _ = curve;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// The PKCS#8 PEM text, for writing a key that was generated.
    ///
    /// # Errors
    /// `E-INTERNAL` when the key cannot be written.
    pub fn to_pkcs8_pem(&self) -> Result<zeroize::Zeroizing<String>> {
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A DER ECDSA signature over `message`, hashed with the curve's own SHA-2.
    ///
    /// # Errors
    /// `E-INTERNAL` when signing fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let _ = message;
        Err(Error::new(Code::Internal, "skeleton"))
    }
}
