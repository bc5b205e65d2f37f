//! Elliptic-curve keys: P-256, P-384, P-521, each with its own SHA-2 (OMS v1.0, 8.2). It opens no files and
//! knows no bundle.

use crate::check::curve::Curve;
use crate::error::{Code, Error, Result};
use crate::hashing::job::sha256_hex;
use crate::pem;
use aws_lc_rs::signature as ecdsa;
use aws_lc_rs::signature::{EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm};
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// A public key that can verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    pub(crate) curve: Curve,
    spki_der: Vec<u8>,
}

impl Curve {
    fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Curve::P256 => "1.2.840.10045.3.1.7",
            Curve::P384 => "1.3.132.0.34",
            Curve::P521 => "1.3.132.0.35",
        })
    }

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

    /// Length of an uncompressed point.
    fn point_bytes(self) -> usize {
        match self {
            Curve::P256 => 65,
            Curve::P384 => 97,
            Curve::P521 => 133,
        }
    }
}

impl PublicKey {
    /// Reads a PEM `PUBLIC KEY` (SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// `E-KEY` for anything but P-256, P-384 or P-521.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let der = pem::blocks(pem)?
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
    pub(super) fn from_ec_point(params: &[u8], point: &[u8]) -> Result<Self> {
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

pub(crate) fn unusable(what: &str) -> Error {
    Error::new(Code::Key, format!("{what} cannot be used"))
        .help("OMS signs with elliptic-curve keys on P-256, P-384 or P-521")
}
