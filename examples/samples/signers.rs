//! Keys and certificates of the samples. They are made anew on every run; the private halves live in memory
//! and are never written.

use super::cast::{Signer, Spec};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use std::error::Error;
use std::fs;
use std::path::Path;
use touchmark::signing::{
    Curve, HashAlgorithm, Progress, SignOptions, Signed, SigningKey, sign_certificate, sign_key,
};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// The organisation of the samples' authority.
const AUTHORITY: &str = "Touchmark Samples";
/// Its issuing certificate's common name.
const ISSUING: &str = "Touchmark Samples Issuing CA";

/// Certificate holders: signer, common name, organisation, curve, first and last year of validity.
const LEAVES: [(Signer, &str, &str, Curve, [i32; 2]); 3] = [
    (Signer::Northwind, "northwind release", "Northwind", Curve::P384, [2024, 2045]),
    (Signer::NorthwindExpired, "northwind release", "Northwind", Curve::P384, [2020, 2021]),
    (Signer::Acme, "acme release", "Acme", Curve::P256, [2024, 2045]),
];

/// Bare keys: signer, curve, file under `keys/`.
const KEYS: [(Signer, Curve, &str); 4] = [
    (Signer::Lumen, Curve::P521, "lumen.pub.pem"),
    (Signer::Ternlab, Curve::P256, "ternlab.pub.pem"),
    (Signer::DataOffice, Curve::P384, "data-office.pub.pem"),
    (Signer::Vendor, Curve::P256, "vendor.pub.pem"),
];

/// A signer: its key, and its certificates where it has some.
struct Hand {
    signer: Signer,
    key: SigningKey,
    /// DER, leaf first; empty for a bare key.
    chain: Vec<Vec<u8>>,
    subject: String,
    issuer: Option<String>,
}

/// All signers.
pub struct Signers(Vec<Hand>);

impl Signers {
    /// Makes them, and writes public keys and authority certificates to `keys`.
    pub fn make(keys: &Path) -> Fallible<Self> {
        fs::create_dir_all(keys)?;
        let mut hands = Vec::new();
        for (signer, curve, file) in KEYS {
            let pair = key_pair(curve)?;
            fs::write(keys.join(file), pair.public_key_pem())?;
            let key = SigningKey::from_pem(pair.serialize_pem().as_bytes())?;
            let subject = key.public().fingerprint();
            hands.push(Hand { signer, key, chain: Vec::new(), subject, issuer: None });
        }
        let root_key = key_pair(Curve::P384)?;
        let root_params = authority("Touchmark Samples Root CA", BasicConstraints::Unconstrained);
        let root = root_params.self_signed(&root_key)?;
        let issuing_key = key_pair(Curve::P256)?;
        let issuing_params = authority(ISSUING, BasicConstraints::Constrained(0));
        let issuing =
            issuing_params.signed_by(&issuing_key, &Issuer::from_params(&root_params, &root_key))?;
        fs::write(keys.join("samples-root-ca.pem"), root.pem())?;
        fs::write(keys.join("samples-issuing-ca.pem"), issuing.pem())?;
        let issuer = Issuer::from_params(&issuing_params, &issuing_key);
        for (signer, name, organisation, curve, years) in LEAVES {
            let pair = key_pair(curve)?;
            let leaf = leaf(name, organisation, years).signed_by(&pair, &issuer)?;
            hands.push(Hand {
                signer,
                key: SigningKey::from_pem(pair.serialize_pem().as_bytes())?,
                chain: [&leaf, &issuing].map(|certificate: &Certificate| certificate.der().to_vec()).to_vec(),
                subject: format!("CN={name},O={organisation}"),
                issuer: Some(format!("CN={ISSUING},O={AUTHORITY}")),
            });
        }
        Ok(Signers(hands))
    }

    /// Signs a model's folder as its signer does; none when nobody signs it.
    pub fn sign(&self, folder: &Path, spec: &Spec) -> Fallible<Option<Signed>> {
        let Some(hand) = self.hand(spec.signer) else { return Ok(None) };
        let options = SignOptions {
            signature: folder.join("model.sig"),
            hash: HashAlgorithm::Sha256,
            shard_size: None,
            ignore_paths: Vec::new(),
            ignore_git_paths: true,
            allow_symlinks: false,
        };
        if hand.chain.is_empty() {
            return Ok(Some(sign_key(folder, &hand.key, &options, &Progress::default())?));
        }
        let now = match spec.signer {
            Signer::NorthwindExpired => "2020-06-01T00:00:00Z".parse()?,
            _ => jiff::Timestamp::now(),
        };
        Ok(Some(sign_certificate(folder, &hand.key, &hand.chain, &options, now, &Progress::default())?))
    }

    /// Subject and issuer, as an identity reads.
    pub fn identity(&self, signer: Signer) -> Option<(&str, Option<&str>)> {
        self.hand(signer).map(|hand| (hand.subject.as_str(), hand.issuer.as_deref()))
    }

    fn hand(&self, signer: Signer) -> Option<&Hand> {
        self.0.iter().find(|hand| hand.signer == signer)
    }
}

fn key_pair(curve: Curve) -> Fallible<KeyPair> {
    Ok(KeyPair::generate_for(match curve {
        Curve::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        Curve::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        Curve::P521 => &rcgen::PKCS_ECDSA_P521_SHA512,
    })?)
}

/// The organisation comes first in the certificate, so that the name reads `CN=…,O=…` (RFC 4514 reverses).
fn named(name: &str, organisation: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, organisation);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn authority(name: &str, constraints: BasicConstraints) -> CertificateParams {
    let mut params = named(name, AUTHORITY);
    params.is_ca = IsCa::Ca(constraints);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(2046, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}

fn leaf(name: &str, organisation: &str, [first, last]: [i32; 2]) -> CertificateParams {
    let mut params = named(name, organisation);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
    params.not_before = date_time_ymd(first, 1, 1);
    params.not_after = date_time_ymd(last, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}
