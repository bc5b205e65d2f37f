//! Verification: each bad sample fails exactly its check and nothing else, and says why.

#![allow(non_snake_case)]

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use std::fs;
use std::path::{Path, PathBuf};
use touchmark::signing::{
    Anchor, Curve, HashAlgorithm, IdentityRule, Method, Outcome, Progress, SignOptions, SigningKey, Stage,
    Trust, Verification, VerifyOptions, certificates_from_pem, inspect, sign_certificate, sign_key, verify,
};

const FILES: [(&str, &str); 4] = [
    ("config.json", "{}"),
    ("weights.bin", "\u{0}weights"),
    ("sub/vocab.txt", "a b c"),
    ("README.md", "# Model"),
];

struct Sample {
    folder: tempfile::TempDir,
}

impl Sample {
    fn new() -> Self {
        Self::of(&FILES)
    }

    fn of(files: &[(&str, &str)]) -> Self {
        let sample = Sample { folder: tempfile::tempdir().unwrap() };
        files.iter().for_each(|(name, text)| sample.write(name, text));
        sample
    }

    fn model(&self) -> PathBuf {
        self.folder.path().join("model")
    }

    fn bundle(&self) -> PathBuf {
        self.model().join("model.sig")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.model().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn options(&self) -> SignOptions {
        SignOptions {
            signature: self.bundle(),
            hash: HashAlgorithm::Sha256,
            shard_size: None,
            ignore_paths: Vec::new(),
            ignore_git_paths: true,
            allow_symlinks: false,
            allow_lfs_pointers: false,
        }
    }

    fn sign(&self, key: &SigningKey) {
        sign_key(&self.model(), key, &self.options(), &Progress::default()).unwrap();
    }

    fn sign_under(&self, authority: &Authority, leaf: Leaf) {
        let (key, chain) = authority.issue(leaf);
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        sign_certificate(&self.model(), &key, &chain, &self.options(), at, &Progress::default()).unwrap();
    }

    fn verify(&self, trust: &Trust) -> Verification {
        self.verify_with(trust, |_| {})
    }

    fn verify_with(&self, trust: &Trust, change: impl FnOnce(&mut VerifyOptions)) -> Verification {
        let mut options = VerifyOptions::at("2026-06-01T00:00:00Z".parse().unwrap());
        change(&mut options);
        verify(&self.model(), &self.bundle(), trust, &options, &Progress::default()).unwrap()
    }
}

fn key() -> SigningKey {
    SigningKey::generate(Curve::P256).unwrap()
}

fn anchor(name: &str, key: &SigningKey) -> Anchor {
    use base64::Engine;
    let der = base64::engine::general_purpose::STANDARD.encode(key.public().spki_der());
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n");
    Anchor::key(name, "test", pem.as_bytes(), None).unwrap()
}

fn trusting(key: &SigningKey) -> Trust {
    Trust::new(vec![anchor("publisher", key)])
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

#[derive(Clone, Copy)]
enum Leaf {
    Good,
    ShortLived,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    fn issue(&self, leaf: Leaf) -> (SigningKey, Vec<Vec<u8>>) {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "acme");
        params.distinguished_name.push(DnType::CommonName, "ci");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        params.not_before = rcgen::date_time_ymd(2025, 1, 1);
        params.not_after = match leaf {
            Leaf::Good => rcgen::date_time_ymd(2030, 1, 1),
            Leaf::ShortLived => rcgen::date_time_ymd(2026, 2, 1),
        };
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let signing = SigningKey::from_pem(key.serialize_pem().as_bytes()).unwrap();
        (signing, vec![certificate.der().to_vec()])
    }

    fn anchor(&self) -> Anchor {
        Anchor::ca("authority", "test", self.pem.as_bytes(), None).unwrap()
    }
}

fn code(verification: &Verification, stage: Stage) -> &'static str {
    verification.check(stage).unwrap().code.as_str()
}

/// The stages that fail or miss something, with their codes.
fn faults(verification: &Verification) -> Vec<(&str, &str)> {
    verification
        .checks
        .iter()
        .filter(|check| matches!(check.outcome, Outcome::Fail | Outcome::Missing))
        .map(|check| (check.stage.name(), check.code.as_str()))
        .collect()
}

fn details(verification: &Verification, stage: Stage) -> String {
    let check = verification.check(stage).unwrap();
    verification.words_of(check).lines().map(|line| line.screen() + "\n").collect()
}

#[test]
fn a_signed_model_passes_every_stage_that_applies_to_keys() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    let seen = sample.verify(&trusting(&key));
    assert_eq!(seen.outcome(), Outcome::Pass, "{:#?}", seen.checks);
    assert!(seen.signer_proven());
    assert_eq!(seen.signer.as_ref().unwrap().subject.raw(), key.public().fingerprint());
    assert_eq!(seen.anchor.as_ref().unwrap().name, "publisher");
    assert_eq!(seen.outcome_of(Stage::Time), Outcome::Partial);
    assert_eq!(seen.outcome_of(Stage::Chain), Outcome::NotApplicable);
    assert_eq!(seen.files.matched, 4);
    let order: Vec<Stage> = seen.checks.iter().map(|check| check.stage).collect();
    assert_eq!(order, Stage::ALL);
}

#[test]
fn a_changed_file_fails_FILES_and_names_it() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    sample.write("weights.bin", "tampered");
    let seen = sample.verify(&trusting(&key));
    assert_eq!(faults(&seen), [("FILES", "FILES-CHANGED")]);
    assert_eq!(seen.outcome_of(Stage::Subject), Outcome::Pass);
    assert_eq!(seen.files.changed[0].name.raw(), "weights.bin");
    assert_eq!(seen.headline().unwrap().stage, Stage::Files);
    assert!(seen.headline().unwrap().words().remedy.is_some());
}

#[test]
fn a_file_added_after_signing_fails_FILES_and_names_it() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    sample.write("modeling_x.py", "import os");
    let seen = sample.verify(&trusting(&key));
    assert_eq!(faults(&seen), [("FILES", "FILES-EXTRA")]);
    assert_eq!(seen.files.extra[0].raw(), "modeling_x.py");
    assert!(details(&seen, Stage::Files).contains("code that loading the model may run"));
    let allowed = sample.verify_with(&trusting(&key), |options| options.ignore_unsigned_files = true);
    assert_eq!((allowed.outcome(), allowed.outcome_of(Stage::Files)), (Outcome::Pass, Outcome::Partial));
    let ignored = sample.verify_with(&trusting(&key), |options| {
        options.ignore_paths = vec![sample.model().join("modeling_x.py"), PathBuf::from("/somewhere/else")];
    });
    assert_eq!(ignored.outcome_of(Stage::Files), Outcome::Pass);
}

#[test]
fn a_missing_file_fails_FILES_and_a_moved_one_is_recognised() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    fs::remove_file(sample.model().join("config.json")).unwrap();
    let seen = sample.verify(&trusting(&key));
    assert_eq!(faults(&seen), [("FILES", "FILES-MISSING")]);
    sample.write("config_old.json", "{}");
    let seen = sample.verify(&trusting(&key));
    assert_eq!(faults(&seen), [("FILES", "FILES-MISSING")]);
    assert!(details(&seen, Stage::Files).contains("moved: config.json -> config_old.json"));
}

#[test]
fn an_emptied_model_fails_FILES_with_every_file_missing() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    let kept = fs::read(sample.bundle()).unwrap();
    fs::remove_dir_all(sample.model()).unwrap();
    fs::create_dir(sample.model()).unwrap();
    fs::write(sample.bundle(), kept).unwrap();
    let seen = sample.verify(&trusting(&key));
    assert_eq!(faults(&seen), [("FILES", "FILES-MISSING")]);
    assert_eq!(seen.files.missing.len(), 4);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_added_after_signing_fails_FILES() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    std::os::unix::fs::symlink("/etc/hostname", sample.model().join("tokenizer.json")).unwrap();
    let seen = sample.verify(&trusting(&key));
    assert_eq!(faults(&seen), [("FILES", "FILES-LINK")]);
    assert!(
        seen.check(Stage::Files)
            .unwrap()
            .words()
            .evidence
            .as_ref()
            .unwrap()
            .raw()
            .ends_with("tokenizer.json")
    );
}

#[test]
fn another_key_fails_TRUST_and_leaves_SIGNATURE_unknown() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    let seen = sample.verify(&trusting(&self::key()));
    assert_eq!(faults(&seen), [("TRUST", "TRUST-UNKNOWN-KEY")]);
    assert_eq!(seen.outcome_of(Stage::Signature), Outcome::Unknown);
    assert_eq!(seen.outcome_of(Stage::Files), Outcome::Pass);
    assert!(!seen.signer_proven());
}

#[test]
fn no_anchor_of_the_right_kind_is_missing_and_no_failure() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    let seen = sample.verify(&Trust::new(vec![Authority::new("root").anchor()]));
    assert_eq!(faults(&seen), [("TRUST", "TRUST-NO-ANCHOR")]);
    assert_eq!(seen.outcome(), Outcome::Missing);
}

#[test]
fn an_altered_statement_fails_SIGNATURE_alone() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    // Only the subject's informative name changes.
    let mut bundle: serde_json::Value = serde_json::from_slice(&fs::read(sample.bundle()).unwrap()).unwrap();
    let payload = bundle["dsseEnvelope"]["payload"].as_str().unwrap();
    let text = String::from_utf8(STANDARD.decode(payload).unwrap()).unwrap();
    let altered = text.replacen("\"name\":\"model\"", "\"name\":\"other\"", 1);
    assert_ne!(text, altered);
    bundle["dsseEnvelope"]["payload"] = STANDARD.encode(altered).into();
    fs::write(sample.bundle(), bundle.to_string()).unwrap();
    assert_eq!(faults(&sample.verify(&trusting(&key))), [("SIGNATURE", "SIGNATURE-INVALID")]);
}

#[test]
fn a_subject_digest_that_is_not_the_root_fails_SUBJECT_alone() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    let mut bundle: serde_json::Value = serde_json::from_slice(&fs::read(sample.bundle()).unwrap()).unwrap();
    let payload = bundle["dsseEnvelope"]["payload"].as_str().unwrap();
    let mut statement: serde_json::Value =
        serde_json::from_slice(&STANDARD.decode(payload).unwrap()).unwrap();
    statement["subject"][0]["digest"]["sha256"] = "00".repeat(32).into();
    let payload = statement.to_string();
    let kind = bundle["dsseEnvelope"]["payloadType"].as_str().unwrap().to_owned();
    let signature = key.sign(&touchmark::signing::pae(&kind, payload.as_bytes())).unwrap();
    bundle["dsseEnvelope"]["payload"] = STANDARD.encode(payload).into();
    bundle["dsseEnvelope"]["signatures"][0]["sig"] = STANDARD.encode(signature).into();
    fs::write(sample.bundle(), bundle.to_string()).unwrap();
    assert_eq!(faults(&sample.verify(&trusting(&key))), [("SUBJECT", "SUBJECT-DIGEST")]);
}

#[test]
fn a_signature_copied_from_another_model_fails_FILES_and_says_whose_it_is() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    let other = Sample::of(&[("model.safetensors", "x"), ("tokenizer.json", "y")]);
    fs::copy(sample.bundle(), other.bundle()).unwrap();
    let seen = other.verify(&trusting(&key));
    assert_eq!(faults(&seen), [("FILES", "FILES-OTHER-MODEL")]);
    assert!(seen.check(Stage::Files).unwrap().words().expected.as_ref().unwrap().raw().contains("\"model\""));
}

#[test]
fn a_bundle_that_is_absent_empty_cut_off_or_garbage_is_told_apart() {
    let (sample, key) = (Sample::new(), key());
    let trust = trusting(&key);
    let absent = sample.verify(&trust);
    assert_eq!(faults(&absent), [("PARSE", "PARSE-ABSENT")]);
    assert_eq!(absent.outcome(), Outcome::Missing);
    assert_eq!(absent.outcome_of(Stage::Files), Outcome::Unknown);
    sample.sign(&key);
    let whole = fs::read(sample.bundle()).unwrap();
    for (bytes, expected) in [
        (&b""[..], "PARSE-EMPTY"),
        (&whole[..whole.len() / 2], "PARSE-TRUNCATED"),
        (&b"not json"[..], "PARSE-MALFORMED"),
        (&b"{}"[..], "PARSE-MALFORMED"),
    ] {
        fs::write(sample.bundle(), bytes).unwrap();
        assert_eq!(faults(&sample.verify(&trust)), [("PARSE", expected)]);
    }
}

#[test]
fn another_method_than_asked_for_fails_METHOD_alone() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    let trust = Trust::new(vec![Authority::new("root").anchor()]);
    let seen = sample.verify_with(&trust, |options| options.method = Some(Method::Certificate));
    assert_eq!(faults(&seen), [("METHOD", "METHOD-MISMATCH")]);
}

#[test]
fn a_certificate_under_the_trusted_authority_passes() {
    let (sample, root) = (Sample::new(), Authority::new("root"));
    sample.sign_under(&root, Leaf::Good);
    let seen = sample.verify(&Trust::new(vec![root.anchor()]));
    assert_eq!(seen.outcome(), Outcome::Pass, "{:#?}", seen.checks);
    let signer = seen.signer.unwrap();
    assert_eq!(signer.subject.raw(), "CN=ci,O=acme");
    assert_eq!(signer.issuer.unwrap().raw(), "CN=root");
}

#[test]
fn an_expired_certificate_fails_CHAIN_alone_and_shows_its_window() {
    let (sample, root) = (Sample::new(), Authority::new("root"));
    sample.sign_under(&root, Leaf::ShortLived);
    let seen = sample.verify(&Trust::new(vec![root.anchor()]));
    assert_eq!(faults(&seen), [("CHAIN", "CHAIN-EXPIRED")]);
    assert!(seen.check(Stage::Chain).unwrap().words().found.as_ref().unwrap().raw().contains("2026-02-01"));
    let before = sample.verify_with(&Trust::new(vec![root.anchor()]), |options| {
        options.at = "2024-01-01T00:00:00Z".parse().unwrap();
    });
    assert_eq!(faults(&before), [("CHAIN", "CHAIN-NOT-YET-VALID")]);
}

#[test]
fn a_certificate_of_another_authority_fails_CHAIN_alone_even_under_the_same_name() {
    let (sample, root) = (Sample::new(), Authority::new("root"));
    sample.sign_under(&root, Leaf::Good);
    let stranger = sample.verify(&Trust::new(vec![Authority::new("stranger").anchor()]));
    assert_eq!(faults(&stranger), [("CHAIN", "CHAIN-UNTRUSTED")]);
    let namesake = sample.verify(&Trust::new(vec![Authority::new("root").anchor()]));
    assert_eq!(faults(&namesake), [("CHAIN", "CHAIN-SIGNATURE")]);
    assert!(namesake.anchor.is_none());
}

#[test]
fn another_signer_than_expected_fails_IDENTITY_and_shows_where_the_names_part() {
    let (sample, root) = (Sample::new(), Authority::new("root"));
    sample.sign_under(&root, Leaf::Good);
    let trust =
        |subject: &str, issuer: &str| Trust::new(vec![root.anchor()]).expecting(subject, Some(issuer.into()));
    assert_eq!(sample.verify(&trust("CN=ci,O=acme", "CN=root")).outcome(), Outcome::Pass);
    let seen = sample.verify(&trust("CN=ci,O=acne", "CN=root"));
    assert_eq!(faults(&seen), [("IDENTITY", "IDENTITY-MISMATCH")]);
    assert!(details(&seen, Stage::Identity).contains("the same for 10 characters"));
    let mut later = trust("x", "y");
    later.identity = IdentityRule::Later;
    assert_eq!(sample.verify(&later).outcome_of(Stage::Identity), Outcome::Unknown);
}

#[test]
fn shards_that_were_lengthened_fail_FILES_and_empty_files_do_not() {
    let (sample, key) = (Sample::of(&[("weights.bin", "0123456789"), ("config.json", "{}")]), key());
    let options = SignOptions { shard_size: Some(4), ..sample.options() };
    sign_key(&sample.model(), &key, &options, &Progress::default()).unwrap();
    sample.write("empty", "");
    assert_eq!(sample.verify(&trusting(&key)).outcome(), Outcome::Pass);
    sample.write("weights.bin", "0123456789ab");
    let seen = sample.verify(&trusting(&key));
    assert_eq!(faults(&seen), [("FILES", "FILES-CHANGED")]);
    assert!(details(&seen, Stage::Files).contains("2 bytes longer than signed"));
    sample.write("weights.bin", "0123x56789");
    assert!(details(&sample.verify(&trusting(&key)), Stage::Files).contains("bytes 4 to 8 differ"));
}

#[test]
fn attestations_added_after_signing_do_not_break_the_signature_but_their_name_is_no_cover() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    fs::copy(sample.bundle(), sample.model().join("build.sigstore.json")).unwrap();
    assert_eq!(sample.verify(&trusting(&key)).outcome(), Outcome::Pass);
    sample.write("evil.sigstore.json", "import os");
    let seen = sample.verify(&trusting(&key));
    assert_eq!(faults(&seen), [("FILES", "FILES-EXTRA")]);
    assert_eq!(seen.files.extra.len(), 1);
}

#[test]
fn a_model_that_is_not_there_is_an_error_and_a_cancelled_verification_too() {
    let (sample, key) = (Sample::new(), key());
    sample.sign(&key);
    let options = VerifyOptions::at("2026-06-01T00:00:00Z".parse().unwrap());
    let progress = Progress::default();
    let nowhere = Path::new("/nowhere/at/all");
    let error = verify(nowhere, &sample.bundle(), &trusting(&key), &options, &progress).unwrap_err();
    assert_eq!(error.code, touchmark::Code::Read);
    progress.cancel();
    let error = verify(&sample.model(), &sample.bundle(), &trusting(&key), &options, &progress).unwrap_err();
    assert_eq!(error.code, touchmark::Code::Cancelled);
}

#[test]
fn the_embedded_root_can_be_used_and_knows_its_age() {
    let anchor = Anchor::public_good();
    let used = anchor.used_at("2026-11-13T00:00:00Z".parse().unwrap());
    assert_eq!((used.kind.word(), used.origin.as_str(), used.age_days), ("sigstore", "embedded", Some(31)));
    assert!(Anchor::sigstore("broken", "test", b"{}", None).is_err());
    assert!(Anchor::ca("none", "test", b"no certificate", None).is_err());
}

#[test]
fn inspect_shows_what_a_file_holds_and_trusts_none_of_it() {
    let (sample, root) = (Sample::new(), Authority::new("root"));
    sample.sign_under(&root, Leaf::Good);
    let seen = inspect(&sample.bundle()).unwrap();
    assert_eq!(seen.kind, "Sigstore bundle, certificate");
    let field = |label: &str| seen.fields.iter().find(|(l, _)| l == label).unwrap().1.raw().to_owned();
    assert_eq!(field("note"), "as the bundle says; nothing was checked");
    assert_eq!((field("resources"), field("subject")), ("4".to_owned(), "model".to_owned()));
    sample.write("ca.pem", &root.pem);
    assert_eq!(inspect(&sample.model().join("ca.pem")).unwrap().kind, "certificate");
    assert_eq!(certificates_from_pem(root.pem.as_bytes()).unwrap().len(), 1);
    let header = br#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"format":"pt"}}"#;
    let mut tensors = (header.len() as u64).to_le_bytes().to_vec();
    tensors.extend_from_slice(header);
    tensors.extend_from_slice(&[0; 4]);
    fs::write(sample.model().join("m.safetensors"), tensors).unwrap();
    assert!(inspect(&sample.model().join("m.safetensors")).unwrap().kind.starts_with("safetensors"));
    assert!(inspect(&sample.model().join("README.md")).is_err());
    assert_eq!(code(&sample.verify(&Trust::new(vec![root.anchor()])), Stage::Files), "FILES-EXTRA");
}
