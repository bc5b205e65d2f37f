//! Keys, certificates and identities of the samples, with a Sigstore instance and a timestamp authority of their
//! own. All are made anew on every run; the private halves live in memory and are never written.

use super::cast::{Signer, Spec};
use crate::instance::{Instance, Uses};
use crate::pki::{Kind, pem};
use crate::tokens::Tsa;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use serde_json::json;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;
use touchmark::signing::{
    self, Credentials, Curve, DEFAULT_AUDIENCE, HashAlgorithm, IdentityToken, Progress, SignOptions, Signed,
    SigningKey, sign_certificate_with, sign_key, sign_key_with, sign_sigstore, sign_statement_certificate,
    sign_statement_key, sign_statement_sigstore,
};

/// How long the instance may take.
const TIMEOUT: Duration = Duration::from_secs(10);

type Fallible<T> = Result<T, Box<dyn Error>>;

/// The organisation of the samples' authority.
const AUTHORITY: &str = "Touchmark Samples";
/// Its issuing certificate's common name.
const ISSUING: &str = "Touchmark Samples Issuing CA";

/// Certificate holders: signer, common name, organisation, curve, first and last year of validity.
const LEAVES: [(Signer, &str, &str, Curve, [i32; 2]); 5] = [
    (Signer::Northwind, "northwind release", "Northwind", Curve::P384, [2024, 2045]),
    (Signer::NorthwindExpired, "northwind release", "Northwind", Curve::P384, [2020, 2021]),
    (Signer::NorthwindStamped, "northwind release", "Northwind", Curve::P384, [2020, 2021]),
    (Signer::Acme, "acme release", "Acme", Curve::P256, [2024, 2045]),
    (Signer::Gate, "acme gate", "Acme", Curve::P256, [2024, 2045]),
];

/// Bare keys: signer, curve, file under `keys/`.
const KEYS: [(Signer, Curve, &str); 6] = [
    (Signer::Lumen, Curve::P521, "lumen.pub.pem"),
    (Signer::Ternlab, Curve::P256, "ternlab.pub.pem"),
    (Signer::DataOffice, Curve::P384, "data-office.pub.pem"),
    (Signer::Vendor, Curve::P256, "vendor.pub.pem"),
    (Signer::Earwitness, Curve::P256, "earwitness.pub.pem"),
    (Signer::Governance, Curve::P384, "governance.pub.pem"),
];

/// Identities of a build service: signer, what the instance does for them, subject.
const WORKFLOWS: [(Signer, Uses, &str); 3] = [
    (Signer::Orchid, Uses::FirstLog, "https://ci.orchid.example/orchid/speech/release.yml@refs/tags/v1"),
    (
        Signer::OrchidStamped,
        Uses::SecondLog,
        "https://ci.orchid.example/orchid/speech/release.yml@refs/tags/v1",
    ),
    (
        Signer::OrchidBranch,
        Uses::FirstLog,
        "https://ci.orchid.example/orchid/speech/release.yml@refs/heads/main",
    ),
];
/// Who says so.
const WORKFLOW_ISSUER: &str = "https://ci.orchid.example";

/// When what was signed with a certificate that ended in 2021 was signed.
pub const IN_2020: &str = "2020-06-01T00:00:00Z";

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
pub struct Signers {
    hands: Vec<Hand>,
    instance: Instance,
    stamps: Tsa,
}

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
        let instance = Instance::start();
        fs::write(
            keys.join("samples-trusted-root.json"),
            serde_json::to_vec_pretty(&instance.trusted_root())?,
        )?;
        let stamps = stamps();
        fs::write(keys.join("samples-stamps.pem"), pem("CERTIFICATE", &stamps.root_der()))?;
        Ok(Signers { hands, instance, stamps })
    }

    /// Signs a model's folder as its signer does; none when nobody signs it.
    pub fn sign(&self, folder: &Path, spec: &Spec) -> Fallible<Option<Signed>> {
        let options = SignOptions { shard_size: spec.shard, ..options(&folder.join("model.sig")) };
        let progress = Progress::default();
        if let Some((_, uses, subject)) = workflow(spec.signer) {
            let at = spec.signed.ok_or("a log says when")?;
            return Ok(Some(self.sign_keyless(folder, (*uses, subject, at), &options)?));
        }
        let Some(hand) = self.hand(spec.signer) else { return Ok(None) };
        let stamp = |signature: &[u8]| Ok(self.stamped(signature, spec.signed.unwrap_or_default()));
        let with = signing::With { stamp: spec.signed.is_some().then_some(&stamp as signing::Stamp) };
        if hand.chain.is_empty() {
            return Ok(Some(sign_key_with(folder, &hand.key, &options, with, &progress)?));
        }
        let ended = matches!(spec.signer, Signer::NorthwindExpired | Signer::NorthwindStamped);
        let now = if ended { IN_2020.parse()? } else { jiff::Timestamp::now() };
        Ok(Some(sign_certificate_with(folder, &hand.key, &hand.chain, &options, now, with, &progress)?))
    }

    /// Signs one file, without saying when.
    pub fn sign_file(&self, file: &Path, signature: &Path, signer: Signer) -> Fallible<Signed> {
        let hand = self.hand(signer).ok_or("a file is signed by a key")?;
        Ok(sign_key(file, &hand.key, &options(signature), &Progress::default())?)
    }

    /// Signs a statement, at a time that an authority or a log says.
    pub fn say(&self, payload: &[u8], signer: Signer, at: &str) -> Fallible<Vec<u8>> {
        if let Some((_, uses, subject)) = workflow(signer) {
            let (instance, token) = self.door(*uses, subject, at)?;
            let progress = Progress::default();
            return Ok(sign_statement_sigstore(payload, &instance, token, TIMEOUT, &progress)?.bundle);
        }
        let hand = self.hand(signer).ok_or("a claim has a signer")?;
        let stamp = |signature: &[u8]| Ok(self.stamped(signature, at));
        if hand.chain.is_empty() {
            return Ok(sign_statement_key(payload, &hand.key, Some(&stamp))?);
        }
        Ok(sign_statement_certificate(payload, &hand.key, &hand.chain, at.parse()?, Some(&stamp))?)
    }

    /// A timestamp of the samples' authority.
    fn stamped(&self, signature: &[u8], at: &str) -> Vec<u8> {
        let written: String = at.chars().filter(|c| c.is_ascii_alphanumeric() && *c != 'T').collect();
        self.stamps.token(signature).with(|token| token.at = written).make()
    }

    /// The Sigstore instance at a time, and a token of a workflow.
    fn door(&self, uses: Uses, subject: &str, at: &str) -> Fallible<(signing::Instance, Credentials<'_>)> {
        self.instance.set_clock(at.parse()?);
        let config = tempfile::NamedTempFile::new()?;
        fs::write(config.path(), self.instance.config(uses).to_string())?;
        let instance = signing::Instance::read(config.path())?;
        let token = self.instance.token_saying(json!({ "sub": subject, "iss": WORKFLOW_ISSUER }));
        let token = IdentityToken::parse(&token, DEFAULT_AUDIENCE, jiff::Timestamp::now())?;
        Ok((instance, Credentials::Token(token)))
    }

    fn sign_keyless(
        &self,
        folder: &Path,
        (uses, subject, at): (Uses, &str, &str),
        options: &SignOptions,
    ) -> Fallible<Signed> {
        let (instance, token) = self.door(uses, subject, at)?;
        Ok(sign_sigstore(folder, &instance, token, options, TIMEOUT, &Progress::default())?.signed)
    }

    /// Subject and issuer, as an identity reads.
    pub fn identity(&self, signer: Signer) -> Option<(&str, Option<&str>)> {
        workflow(signer)
            .map(|(.., subject)| (*subject, Some(WORKFLOW_ISSUER)))
            .or_else(|| self.hand(signer).map(|hand| (hand.subject.as_str(), hand.issuer.as_deref())))
    }

    fn hand(&self, signer: Signer) -> Option<&Hand> {
        self.hands.iter().find(|hand| hand.signer == signer)
    }
}

/// The root digest of an unsigned folder.
pub fn measure(folder: &Path) -> Fallible<Signed> {
    Ok(signing::digest(folder, &options(&folder.join("model.sig")), &Progress::default())?)
}

fn workflow(signer: Signer) -> Option<&'static (Signer, Uses, &'static str)> {
    WORKFLOWS.iter().find(|(known, ..)| *known == signer)
}

fn options(signature: &Path) -> SignOptions {
    SignOptions {
        signature: signature.to_owned(),
        hash: HashAlgorithm::Sha256,
        shard_size: None,
        ignore_paths: Vec::new(),
        ignore_git_paths: true,
        allow_symlinks: false,
        allow_lfs_pointers: false,
    }
}

/// Its certificates hold from 2019 to 2046.
fn stamps() -> Tsa {
    let mut stamps = Tsa::new(Kind::P256);
    for certificate in [&mut stamps.root, &mut stamps.leaf] {
        certificate.subject = certificate.subject.replace("stamps", "Touchmark Samples Clock");
        certificate.issuer = certificate.issuer.replace("stamps", "Touchmark Samples Clock");
        (certificate.from, certificate.to) = (1_546_300_800, 2_398_377_600);
    }
    stamps
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
