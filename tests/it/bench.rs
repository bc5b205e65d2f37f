//! A signed model on disk that a test may spoil: files, bundle, statement, keys and authorities.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SanType, SerialNumber,
};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use touchmark::signing::{
    Anchor, AnchorMaterial, Curve, HashAlgorithm, Observed, Outcome, Progress, Seen, SignOptions, SigningKey,
    Stage, Trust, Verification, VerifyOptions, judge, observe, pae, sign_key, verify,
};

pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
const FILES: [(&str, &str); 4] = [
    ("config.json", "{}"),
    ("weights.bin", "\u{0}weights"),
    ("sub/vocab.txt", "a\nb\nc\n"),
    ("README.md", "# Model\n"),
];

/// A model signed with a key that is trusted.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub key: SigningKey,
    pub trust: Trust,
    pub options: VerifyOptions,
    pub sign_options: SignOptions,
}

impl Bench {
    /// Four small files, signed.
    pub fn new() -> Self {
        let bench = Self::unsigned(&FILES);
        bench.sign();
        bench
    }

    /// These files, not signed yet.
    pub fn unsigned(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::generate(Curve::P256).unwrap();
        let bench = Bench {
            trust: Trust::new(vec![anchor("publisher", &key)]),
            options: VerifyOptions::at("2026-06-01T00:00:00Z".parse().unwrap()),
            sign_options: SignOptions {
                signature: folder.path().join("model/model.sig"),
                hash: HashAlgorithm::Sha256,
                shard_size: None,
                ignore_paths: Vec::new(),
                ignore_git_paths: true,
                allow_symlinks: false,
                allow_lfs_pointers: false,
            },
            folder,
            key,
        };
        fs::create_dir_all(bench.model()).unwrap();
        files.iter().for_each(|(name, text)| bench.write(name, text));
        bench
    }

    /// As [`Bench::new`], in shards.
    pub fn sharded(files: &[(&str, &[u8])], shard_size: u64) -> Self {
        let mut bench = Self::unsigned(&[]);
        files.iter().for_each(|(name, bytes)| bench.write(name, bytes));
        bench.sign_options.shard_size = Some(shard_size);
        bench.sign();
        bench
    }

    pub fn model(&self) -> PathBuf {
        self.folder.path().join("model")
    }

    pub fn bundle(&self) -> PathBuf {
        self.model().join("model.sig")
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.model().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.model().join(name)).unwrap();
    }

    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.model().join(from), self.model().join(to)).unwrap();
    }

    pub fn sign(&self) {
        sign_key(&self.model(), &self.key, &self.sign_options, &Progress::default()).unwrap();
    }

    pub fn verify(&self) -> Verification {
        let verified =
            verify(&self.model(), &self.bundle(), &self.trust, &self.options, &Progress::default()).unwrap();
        assert_eq!(self.verify_apart(), verified, "looking and judging apart come to something else");
        verified
    }

    /// Looks at the model.
    pub fn observe(&self) -> Seen {
        observe(&self.model(), &self.bundle(), &self.options, None, &Progress::default()).unwrap()
    }

    /// Judges what was seen.
    pub fn judge(&self, observed: &Observed, bundle: Option<&[u8]>) -> Verification {
        judge(observed, bundle, &self.trust, &self.options.judging(), self.options.at)
    }

    /// Looks, and then judges twice: what was seen, and what is left of it in a record.
    fn verify_apart(&self) -> Verification {
        let seen = self.observe();
        let written = serde_json::to_string(&seen.observed).unwrap();
        let read: Observed = serde_json::from_str(&written).unwrap();
        assert_eq!(read, seen.observed);
        let once = self.judge(&seen.observed, seen.bundle.as_deref());
        let again = self.judge(&read, seen.bundle.as_deref());
        assert_eq!(serde_json::to_string(&once).unwrap(), serde_json::to_string(&again).unwrap());
        let folder = self.folder.path().to_string_lossy().into_owned();
        assert!(!written.contains(&folder), "a path of this machine: {written}");
        once
    }

    pub fn bundle_text(&self) -> String {
        fs::read_to_string(self.bundle()).unwrap()
    }

    pub fn bundle_json(&self) -> Value {
        serde_json::from_str(&self.bundle_text()).unwrap()
    }

    /// Changes the bundle around the signed bytes.
    pub fn edit_bundle(&self, change: impl FnOnce(&mut Value)) {
        let mut bundle = self.bundle_json();
        change(&mut bundle);
        fs::write(self.bundle(), bundle.to_string()).unwrap();
    }

    /// Changes the text of the bundle.
    pub fn edit_text(&self, from: &str, to: &str) {
        let text = self.bundle_text();
        assert!(text.contains(from), "{from}");
        fs::write(self.bundle(), text.replacen(from, to, 1)).unwrap();
    }

    pub fn payload(&self) -> Vec<u8> {
        STANDARD.decode(self.bundle_json()["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap()
    }

    pub fn statement(&self) -> Value {
        serde_json::from_slice(&self.payload()).unwrap()
    }

    /// Signs this payload instead, with the trusted key.
    pub fn sign_payload(&self, payload: &[u8], payload_type: &str) {
        let signature = self.key.sign(&pae(payload_type, payload)).unwrap();
        self.edit_bundle(|bundle| {
            let envelope = &mut bundle["dsseEnvelope"];
            envelope["payload"] = STANDARD.encode(payload).into();
            envelope["payloadType"] = payload_type.into();
            envelope["signatures"][0]["sig"] = STANDARD.encode(signature).into();
        });
    }

    /// Changes the statement and signs it again.
    pub fn edit_statement(&self, change: impl FnOnce(&mut Value)) {
        let mut statement = self.statement();
        change(&mut statement);
        self.sign_payload(statement.to_string().as_bytes(), PAYLOAD_TYPE);
    }

    /// Changes the resources and signs them again, with the root digest that fits.
    pub fn edit_resources(&self, change: impl FnOnce(&mut Vec<Value>)) {
        self.edit_statement(|statement| {
            change(statement["predicate"]["resources"].as_array_mut().unwrap());
            mend_root(statement);
        });
    }

    /// Writes a bundle with this leaf (and chain), signed with the key of the leaf.
    pub fn sign_under(&mut self, leaf: &Leaf, chain: &[Vec<u8>]) {
        let payload = self.payload();
        let certificates: Vec<Value> = std::iter::once(&leaf.der)
            .chain(chain)
            .map(|der| json!({ "rawBytes": STANDARD.encode(der) }))
            .collect();
        self.edit_bundle(|bundle| {
            bundle["verificationMaterial"] =
                json!({ "x509CertificateChain": { "certificates": certificates }, "tlogEntries": [] });
        });
        if let Some(key) = &leaf.key {
            self.key = SigningKey::from_pem(key.as_bytes()).unwrap();
            self.sign_payload(&payload, PAYLOAD_TYPE);
        }
    }

    /// Makes a keyless bundle whose log entry names that log; its proof is nobody's.
    pub fn sign_keyless(&mut self, root: &Authority, log_id: &str) {
        let leaf = root.issue(|params| {
            params.subject_alt_names = vec![SanType::Rfc822Name("ci@acme.example".try_into().unwrap())];
        });
        self.sign_under(&leaf, &[]);
        self.edit_bundle(|bundle| {
            bundle["verificationMaterial"] = json!({
                "certificate": { "rawBytes": STANDARD.encode(&leaf.der) },
                "tlogEntries": [{
                    "logIndex": "1",
                    "logId": { "keyId": log_id },
                    "kindVersion": { "kind": "dsse", "version": "0.0.1" },
                    "integratedTime": "1780000000",
                    "inclusionPromise": { "signedEntryTimestamp": "AAAA" },
                    "canonicalizedBody": "e30=",
                }],
            });
            if let Some(signature) = bundle["dsseEnvelope"]["signatures"][0].as_object_mut() {
                signature.remove("keyid");
            }
        });
    }
}

/// Puts the right root digest into a statement.
pub fn mend_root(statement: &mut Value) {
    let mut bytes = Vec::new();
    for resource in statement["predicate"]["resources"].as_array().unwrap() {
        bytes.extend(hex::decode(resource["digest"].as_str().unwrap()).unwrap_or_default());
    }
    let root = hex::encode(touchmark::signing::hash_bytes(HashAlgorithm::Sha256, &bytes));
    statement["subject"][0]["digest"]["sha256"] = root.into();
}

/// A key that is trusted under a name.
pub fn anchor(name: &str, key: &SigningKey) -> Anchor {
    Anchor::key(name, "test", key.public().to_pem().as_bytes(), None).unwrap()
}

/// The first log of a trusted root.
pub fn log_of(anchor: &Anchor) -> String {
    let AnchorMaterial::Sigstore(root) = &anchor.material else { panic!("not a Sigstore root") };
    let root: Value = serde_json::from_str(root.json()).unwrap();
    root["tlogs"][0]["logId"]["keyId"].as_str().unwrap().to_owned()
}

/// A certificate, and its key where it is one that OMS knows.
pub struct Leaf {
    pub der: Vec<u8>,
    pub key: Option<String>,
}

/// Always 20 bytes, so that texts that show it are as long in each run.
fn serial(name: &str) -> SerialNumber {
    let mut bytes = touchmark::signing::hash_bytes(HashAlgorithm::Sha256, name.as_bytes());
    bytes.truncate(20);
    bytes[0] = 0x51;
    SerialNumber::from(bytes)
}

/// A certificate authority.
pub struct Authority {
    pub issuer: Issuer<'static, KeyPair>,
    pub pem: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let (params, key) = (Self::params(name), KeyPair::generate().unwrap());
        let certificate = params.self_signed(&key).unwrap();
        Self::of(params, key, &certificate)
    }

    /// An authority under this one.
    pub fn under(&self, name: &str) -> Self {
        let (params, key) = (Self::params(name), KeyPair::generate().unwrap());
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Self::of(params, key, &certificate)
    }

    fn params(name: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(serial(name));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2040, 1, 1);
        params
    }

    fn of(params: CertificateParams, key: KeyPair, certificate: &rcgen::Certificate) -> Self {
        Authority { issuer: Issuer::new(params, key), pem: certificate.pem() }
    }

    fn leaf_params() -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "acme");
        params.distinguished_name.push(DnType::CommonName, "ci");
        params.serial_number = Some(serial("ci of acme"));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        params.not_before = rcgen::date_time_ymd(2025, 1, 1);
        params.not_after = rcgen::date_time_ymd(2030, 1, 1);
        params
    }

    /// A leaf for `CN=ci,O=acme`, valid 2025 to 2030 and for signing, with this change.
    pub fn issue(&self, change: impl FnOnce(&mut CertificateParams)) -> Leaf {
        let mut params = Self::leaf_params();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Leaf { der: certificate.der().to_vec(), key: Some(key.serialize_pem()) }
    }

    /// A leaf with a key that OMS does not know.
    pub fn issue_ed25519(&self) -> Leaf {
        let key = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let certificate = Self::leaf_params().signed_by(&key, &self.issuer).unwrap();
        Leaf { der: certificate.der().to_vec(), key: None }
    }

    pub fn anchor(&self) -> Anchor {
        Anchor::ca("authority", "test", self.pem.as_bytes(), None).unwrap()
    }
}

/// Checks that do not pass and say so by a code of their own, in their order.
pub fn faults(verification: &Verification) -> Vec<(Stage, &str)> {
    verification
        .checks
        .iter()
        .filter(|check| match check.outcome {
            Outcome::Fail | Outcome::Missing => true,
            Outcome::Unknown => check.code != check.stage.name(),
            _ => false,
        })
        .map(|check| (check.stage, check.code.as_str()))
        .collect()
}

/// The details of a check, a line each.
pub fn details(verification: &Verification, stage: Stage) -> String {
    let check = verification.check(stage).unwrap();
    verification.words_of(check).lines().map(|line| line.raw().to_owned() + "\n").collect()
}

/// A safetensors file: tensors of one byte value each, and their length.
pub fn safetensors(tensors: &[(&str, u8, usize)]) -> Vec<u8> {
    let mut header = serde_json::Map::new();
    let mut data = Vec::new();
    for (name, value, length) in tensors {
        let start = data.len();
        data.extend(std::iter::repeat_n(*value, *length));
        header.insert(
            (*name).to_owned(),
            json!({ "dtype": "U8", "shape": [length], "data_offsets": [start, data.len()] }),
        );
    }
    let header = Value::Object(header).to_string();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat()
}
