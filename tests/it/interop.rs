//! Bundles go both ways between Touchmark and the Python reference implementation. `TOUCHMARK_REFERENCE` is
//! the Python that has `model_signing`; without it these tests say that they are skipped, and fail in CI.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr
)]

#[cfg(feature = "keyless")]
use crate::instance::{Instance, Uses};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use touchmark::signing::{
    Anchor, AnchorMaterial, Curve, HashAlgorithm, IdentityRule, Method, Outcome, Progress, PublicKey,
    SignOptions, SigningKey, Stage, Trust, VerifyOptions, sign_certificate, sign_key, verify,
};
#[cfg(feature = "keyless")]
use touchmark::signing::{
    BundleSigner, Check, Credentials, DEFAULT_AUDIENCE, IdentityToken, digest, hash_bytes, sign_sigstore,
    verify_artifact,
};

const CURVES: [Curve; 3] = [Curve::P256, Curve::P384, Curve::P521];

/// A small model whose names sort differently by code point and by path component.
struct Bench {
    folder: TempDir,
    reference: PathBuf,
}

impl Bench {
    fn open() -> Option<Self> {
        let Some(reference) = std::env::var_os("TOUCHMARK_REFERENCE") else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must set TOUCHMARK_REFERENCE");
            eprintln!("SKIPPED: interoperation with the reference, TOUCHMARK_REFERENCE is not set");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("model");
        fs::create_dir_all(model.join("a")).unwrap();
        for (name, text) in [("a/b", "one"), ("a-b", "two"), ("a.b", ""), ("config.json", "{}")] {
            fs::write(model.join(name), text).unwrap();
        }
        Some(Bench { folder, reference: reference.into() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the reference; paths go in as they are.
    fn reference(&self, words: &[&str], flags: &[(&str, &Path)]) {
        let mut command = Command::new(&self.reference);
        command.args(["-m", "model_signing"]).args(words).arg(self.path("model"));
        for (flag, path) in flags {
            command.arg(flag).arg(path);
        }
        let done = command.output().unwrap();
        assert!(
            done.status.success(),
            "{words:?} {flags:?}\n{}{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        );
    }

    fn options(&self) -> SignOptions {
        SignOptions {
            signature: self.path("model.sig"),
            hash: HashAlgorithm::Sha256,
            shard_size: None,
            ignore_paths: Vec::new(),
            ignore_git_paths: true,
            allow_symlinks: false,
            allow_lfs_pointers: false,
        }
    }

    fn verify(&self, method: Method, material: AnchorMaterial) {
        let anchor = Anchor {
            name: "test".into(),
            origin: "test".into(),
            digest: String::new(),
            made: None,
            material,
            crls: Vec::new(),
            notes: Vec::new(),
        };
        let trust = Trust { anchors: vec![anchor], identity: IdentityRule::AnchorDecides };
        let options = VerifyOptions { method: Some(method), ..VerifyOptions::at(jiff::Timestamp::now()) };
        let verification =
            verify(&self.path("model"), &self.path("model.sig"), &trust, &options, &Progress::default())
                .unwrap();
        assert_eq!(verification.outcome(), Outcome::Pass, "{:#?}", verification.headline());
        assert_eq!(verification.outcome_of(Stage::Files), Outcome::Pass);
        assert_eq!(verification.files.matched, 4);
    }
}

fn key_pair(curve: Curve) -> KeyPair {
    KeyPair::generate_for(match curve {
        Curve::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        Curve::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        Curve::P521 => &rcgen::PKCS_ECDSA_P521_SHA512,
    })
    .unwrap()
}

/// Root, issuing and leaf certificates, and the leaf's key.
struct Chain {
    root: rcgen::Certificate,
    issuing: rcgen::Certificate,
    leaf: rcgen::Certificate,
    key: KeyPair,
}

impl Chain {
    fn make(curve: Curve) -> Self {
        let named = |name: &str| {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(DnType::CommonName, name);
            params.not_before = rcgen::date_time_ymd(2024, 1, 1);
            params.not_after = rcgen::date_time_ymd(2045, 1, 1);
            params.use_authority_key_identifier_extension = true;
            params
        };
        let authority = |name: &str| {
            let mut params = named(name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            params
        };
        let (root_key, root_params) = (key_pair(Curve::P384), authority("root"));
        let (issuing_key, issuing_params) = (key_pair(Curve::P256), authority("issuing"));
        let key = key_pair(curve);
        let mut leaf_params = named("leaf");
        leaf_params.is_ca = IsCa::ExplicitNoCa;
        leaf_params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let root_issuer = Issuer::from_params(&root_params, &root_key);
        let issuing_issuer = Issuer::from_params(&issuing_params, &issuing_key);
        Chain {
            root: root_params.self_signed(&root_key).unwrap(),
            issuing: issuing_params.signed_by(&issuing_key, &root_issuer).unwrap(),
            leaf: leaf_params.signed_by(&key, &issuing_issuer).unwrap(),
            key,
        }
    }
}

#[test]
fn the_reference_verifies_what_we_sign_with_a_key() {
    let Some(bench) = Bench::open() else { return };
    for curve in CURVES {
        let pair = key_pair(curve);
        fs::write(bench.path("key.pem"), pair.public_key_pem()).unwrap();
        let key = SigningKey::from_pem(pair.serialize_pem().as_bytes()).unwrap();
        sign_key(&bench.path("model"), &key, &bench.options(), &Progress::default()).unwrap();
        bench.reference(
            &["verify", "key"],
            &[("--signature", &bench.path("model.sig")), ("--public_key", &bench.path("key.pem"))],
        );
    }
}

#[cfg(unix)]
#[test]
fn links_to_files_and_folders_of_the_model_go_both_ways() {
    let Some(bench) = Bench::open() else { return };
    std::os::unix::fs::symlink("a", bench.path("model/alias")).unwrap();
    std::os::unix::fs::symlink("a/b", bench.path("model/file")).unwrap();
    let pair = key_pair(Curve::P256);
    fs::write(bench.path("public.pem"), pair.public_key_pem()).unwrap();
    fs::write(bench.path("key.pem"), pair.serialize_pem()).unwrap();
    let key = SigningKey::from_pem(pair.serialize_pem().as_bytes()).unwrap();
    let options = SignOptions { allow_symlinks: true, ..bench.options() };
    sign_key(&bench.path("model"), &key, &options, &Progress::default()).unwrap();
    let (signature, public) = (bench.path("model.sig"), bench.path("public.pem"));
    let with = [("--signature", signature.as_path()), ("--public_key", &public)];
    bench.reference(&["verify", "key", "--allow_symlinks"], &with);
    fs::remove_file(&signature).unwrap();
    let private = bench.path("key.pem");
    bench.reference(
        &["sign", "key", "--allow_symlinks"],
        &[("--signature", &signature), ("--private_key", &private)],
    );
    let trust =
        Trust::new(vec![Anchor::key("test", "test", pair.public_key_pem().as_bytes(), None).unwrap()]);
    let options = VerifyOptions::at(jiff::Timestamp::now());
    let seen = verify(&bench.path("model"), &signature, &trust, &options, &Progress::default()).unwrap();
    assert_eq!(seen.outcome(), Outcome::Pass, "{:#?}", seen.headline());
    assert_eq!(seen.files.matched, 5);
}

#[test]
fn we_verify_what_the_reference_signs_with_a_key() {
    let Some(bench) = Bench::open() else { return };
    for curve in CURVES {
        let pair = key_pair(curve);
        fs::write(bench.path("key.pem"), pair.serialize_pem()).unwrap();
        bench.reference(
            &["sign", "key"],
            &[("--signature", &bench.path("model.sig")), ("--private_key", &bench.path("key.pem"))],
        );
        let public = PublicKey::from_pem(pair.public_key_pem().as_bytes()).unwrap();
        bench.verify(Method::Key, AnchorMaterial::Key(vec![public]));
    }
}

#[test]
fn the_reference_verifies_what_we_sign_with_a_certificate() {
    let Some(bench) = Bench::open() else { return };
    for curve in CURVES {
        let chain = Chain::make(curve);
        fs::write(bench.path("root.pem"), chain.root.pem()).unwrap();
        let key = SigningKey::from_pem(chain.key.serialize_pem().as_bytes()).unwrap();
        let der = [chain.leaf.der().to_vec(), chain.issuing.der().to_vec()];
        let (options, now) = (bench.options(), jiff::Timestamp::now());
        sign_certificate(&bench.path("model"), &key, &der, &options, now, &Progress::default()).unwrap();
        bench.reference(
            &["verify", "certificate"],
            &[("--signature", &bench.path("model.sig")), ("--certificate_chain", &bench.path("root.pem"))],
        );
    }
}

#[test]
fn we_verify_what_the_reference_signs_with_a_certificate() {
    let Some(bench) = Bench::open() else { return };
    for curve in CURVES {
        let chain = Chain::make(curve);
        fs::write(bench.path("key.pem"), chain.key.serialize_pem()).unwrap();
        fs::write(bench.path("leaf.pem"), chain.leaf.pem()).unwrap();
        fs::write(bench.path("issuing.pem"), chain.issuing.pem()).unwrap();
        bench.reference(
            &["sign", "certificate"],
            &[
                ("--signature", &bench.path("model.sig")),
                ("--private_key", &bench.path("key.pem")),
                ("--signing_certificate", &bench.path("leaf.pem")),
                ("--certificate_chain", &bench.path("issuing.pem")),
            ],
        );
        bench.verify(Method::Certificate, AnchorMaterial::Ca(vec![chain.root.der().to_vec()]));
    }
}

#[cfg(feature = "keyless")]
const DANA: &str = "dana@acme.test";

#[cfg(feature = "keyless")]
#[test]
fn keyless_bundles_go_both_ways() {
    let Some(bench) = Bench::open() else { return };
    let instance = Instance::start();
    let (issuer, signature) = (instance.issuer(), bench.path("model.sig"));
    fs::write(bench.path("token"), instance.token(DANA)).unwrap();
    for uses in [Uses::FirstLog, Uses::FirstLogAndStamps, Uses::SecondLog] {
        let config = bench.path("config.json");
        fs::write(&config, instance.config(uses).to_string()).unwrap();
        let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(["sign", "sigstore"])
            .arg(bench.path("model"))
            .arg("--trust-config")
            .arg(&config)
            .arg("--identity-token-file")
            .arg(bench.path("token"))
            .arg("--signature")
            .arg(&signature)
            .output()
            .unwrap();
        assert!(done.status.success(), "{uses:?} {}", String::from_utf8_lossy(&done.stderr));
        bench.reference(
            &["verify", "sigstore", "--identity", DANA, "--identity_provider", &issuer],
            &[("--signature", &signature), ("--trust_config", &config)],
        );
        fs::remove_file(&signature).unwrap();
        bench.reference(
            &["sign", "sigstore", "--identity_token", &instance.token(DANA)],
            &[("--signature", &signature), ("--trust_config", &config)],
        );
        let trust = Trust::new(vec![Anchor::read_sigstore("test", &config).unwrap()])
            .expecting(DANA, Some(issuer.as_str().into()));
        let options = VerifyOptions::at(jiff::Timestamp::now());
        let found = verify(&bench.path("model"), &signature, &trust, &options, &Progress::default()).unwrap();
        assert_eq!(found.outcome(), Outcome::Pass, "{uses:?} {:#?}", found.headline());
    }
}

/// Runs the Sigstore client for Python; its exit status and what it said.
#[cfg(feature = "keyless")]
fn python_sigstore(bench: &Bench, config: &Path, words: &[&str]) -> (bool, String) {
    let done = Command::new(&bench.reference)
        .args(["-m", "sigstore", "--trust-config"])
        .arg(config)
        .args(words)
        .output()
        .unwrap();
    let said = [done.stdout.as_slice(), done.stderr.as_slice()].concat();
    (done.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[cfg(feature = "keyless")]
#[test]
fn the_python_client_of_sigstore_accepts_our_keyless_bundles_and_we_its_own() {
    let Some(bench) = Bench::open() else { return };
    let instance = Instance::start();
    let (issuer, config) = (instance.issuer(), bench.path("config.json"));
    let (signature, blob) = (bench.path("model.sig"), bench.path("blob"));
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let root = digest(&bench.path("model"), &bench.options(), &Progress::default()).unwrap().root_digest;
    fs::write(&blob, "any artifact").unwrap();
    let predicate = text(&bench.path("provenance.json"));
    let built = r#"{"buildDefinition":{"buildType":"x:y","externalParameters":{}},"runDetails":{"builder":{"id":"x:z"}}}"#;
    fs::write(&predicate, built).unwrap();
    for uses in [Uses::FirstLog, Uses::FirstLogAndStamps, Uses::SecondLog] {
        fs::write(&config, instance.config(uses).to_string()).unwrap();
        let token = instance.token(DANA);
        let with = Credentials::Token(
            IdentityToken::parse(&token, DEFAULT_AUDIENCE, jiff::Timestamp::now()).unwrap(),
        );
        let at = touchmark::signing::Instance::read(&config).unwrap();
        let timeout = std::time::Duration::from_secs(5);
        sign_sigstore(&bench.path("model"), &at, with, &bench.options(), timeout, &Progress::default())
            .unwrap();
        let accepts = |who: &str, digest: &str| {
            let digest = format!("sha256:{digest}");
            let words = ["verify", "identity", "--offline", "--bundle", &text(&signature)];
            let who = ["--cert-identity", who, "--cert-oidc-issuer", &issuer, &digest];
            python_sigstore(&bench, &config, &[words.as_slice(), &who].concat())
        };
        let (accepted, said) = accepts(DANA, &root.to_string());
        assert!(accepted, "{uses:?} {said}");
        assert!(!accepts("mallory@acme.test", &root.to_string()).0, "{uses:?}");
        assert!(!accepts(DANA, &"0".repeat(64)).0, "{uses:?}");
        fs::remove_file(&signature).unwrap();

        let bundle = bench.path("blob.sigstore.json");
        let about = ["attest", "--predicate-type", "https://slsa.dev/provenance/v1", "--predicate"];
        let (to, of) = (text(&bundle), text(&blob));
        let to = ["--identity-token", &token, "--bundle", &to, "--overwrite", &of];
        let words = [about.as_slice(), &[predicate.as_str()], &to].concat();
        let (signed, said) = python_sigstore(&bench, &config, &words);
        assert!(signed, "{uses:?} {said}");
        let verified = |who: &str, artifact: &str| {
            let signer = BundleSigner::Identity { subject: who.into(), issuer: issuer.as_str().into() };
            let artifact = hash_bytes(HashAlgorithm::Sha256, artifact.as_bytes()).try_into().unwrap();
            let (bundle, root) = (fs::read(&bundle).unwrap(), fs::read(&config).unwrap());
            verify_artifact(&bundle, &root, artifact, &signer).unwrap()
        };
        let outcomes = |checks: Vec<Check>| -> Vec<(String, Outcome)> {
            checks.into_iter().map(|check| (check.code.to_string(), check.outcome)).collect()
        };
        assert_eq!(outcomes(verified(DANA, "any artifact")), [("SIGNATURE".to_owned(), Outcome::Pass)]);
        let wrong = outcomes(verified(DANA, "another artifact"));
        assert!(wrong.contains(&("SUBJECT-ARTIFACT".to_owned(), Outcome::Fail)), "{wrong:?}");
        let wrong = outcomes(verified("mallory@acme.test", "any artifact"));
        assert!(wrong.contains(&("IDENTITY-MISMATCH".to_owned(), Outcome::Fail)), "{wrong:?}");
    }
}
