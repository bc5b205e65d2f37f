//! Signatures of other kinds beside a model: recognised, named, explained, and never counted. And how many
//! of a model's bytes a signature covers.

use crate::support::{err, out, touchmark};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use touchmark::signing::{
    Anchor, Curve, ForeignKind, ForeignSignature, ForeignState, HashAlgorithm, IdentityRule, Outcome,
    Progress, SignOptions, SigningKey, Stage, Trust, Verification, VerifyOptions, foreign_kind, hash_bytes,
    inspect, is_foreign_signature, sign_key, verify,
};

const BYTES: &[u8] = b"the weights of a model";

struct Bench {
    folder: tempfile::TempDir,
    key: SigningKey,
}

impl Bench {
    fn open() -> Self {
        let bench =
            Bench { folder: tempfile::tempdir().unwrap(), key: SigningKey::generate(Curve::P256).unwrap() };
        fs::create_dir(bench.path("model")).unwrap();
        fs::write(bench.path("model/weights.bin"), BYTES).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn add(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path("model").join(name), bytes).unwrap();
    }

    fn sign(&self, ignore: &[&str]) {
        let options = SignOptions {
            signature: self.path("model/model.sig"),
            hash: HashAlgorithm::Sha256,
            shard_size: None,
            ignore_paths: ignore.iter().map(|name| self.path("model").join(name)).collect(),
            ignore_git_paths: true,
            allow_symlinks: false,
            allow_lfs_pointers: false,
        };
        sign_key(&self.path("model"), &self.key, &options, &Progress::default()).unwrap();
    }

    fn verify(&self) -> Verification {
        let pem = self.key.public().to_pem();
        let anchor = Anchor::key("k", "k", pem.as_bytes(), None).unwrap();
        let trust = Trust { anchors: vec![anchor], identity: IdentityRule::AnchorDecides };
        let options = VerifyOptions::at(jiff::Timestamp::now());
        let model = self.path("model");
        verify(&model, &model.join("model.sig"), &trust, &options, &Progress::default()).unwrap()
    }

    fn only(&self) -> ForeignSignature {
        let found = self.verify().foreign;
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    /// A certificate `CN=Mallory` and its key, PEM, on disk too.
    fn mallory(&self) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Mallory");
        let certificate = params.self_signed(&key).unwrap();
        fs::write(self.path("cert.pem"), certificate.pem()).unwrap();
        fs::write(self.path("key.pem"), key.serialize_pem()).unwrap();
        (certificate, key)
    }

    fn openssl_cms(&self, more: &[&str]) {
        let done = Command::new("openssl")
            .args(["cms", "-sign", "-binary", "-in", &self.text("model/weights.bin"), "-signer"])
            .args([&self.text("cert.pem"), "-inkey", &self.text("key.pem"), "-md", "sha256"])
            .args(["-out", &self.text("model/weights.bin.p7s")])
            .args(more)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

fn is_covered(one: &ForeignSignature, name: &str) -> bool {
    one.covers.iter().any(|covered| covered.raw() == name)
}

/// Raw `r || s` of a DER signature on P-256.
fn fixed(key: &KeyPair, message: &[u8]) -> Vec<u8> {
    let der = rcgen::SigningKey::sign(key, message).unwrap();
    let first = usize::from(der[3]);
    let (r, s) = (&der[4..4 + first], &der[6 + first..]);
    let mut out = vec![0; 64];
    for (number, end) in [(r, 32), (s, 64)] {
        let number = &number[number.len().saturating_sub(32)..];
        out[end - number.len()..end].copy_from_slice(number);
    }
    out
}

#[test]
fn a_detached_pkcs7_signature_fits_its_own_key_and_proves_nothing() {
    for form in ["DER", "PEM"] {
        let bench = Bench::open();
        bench.mallory();
        bench.openssl_cms(&["-outform", form]);
        let one = bench.only();
        assert_eq!((one.kind, one.state), (ForeignKind::Cms, ForeignState::FitsOwnKey), "{one:?}");
        assert!(one.signer.as_ref().unwrap().raw().contains("CN=Mallory"));
        assert!(is_covered(&one, "weights.bin"));
        let seen = bench.verify();
        assert_eq!(seen.outcome(), Outcome::Missing);
        assert_eq!(seen.coverage().unwrap().covered, 0);
        assert!(!seen.signer_proven());

        bench.add("weights.bin", "other weights");
        assert_eq!(bench.only().state, ForeignState::DoesNotFit);
    }
}

#[test]
fn a_pkcs7_signature_with_its_content_and_one_without_attributes_are_tried_too() {
    for more in [["-nodetach", "-nosmimecap"], ["-noattr", "-nosmimecap"]] {
        let bench = Bench::open();
        bench.mallory();
        bench.openssl_cms(&[&["-outform", "DER"], more.as_slice()].concat());
        assert_eq!(bench.only().state, ForeignState::FitsOwnKey, "{more:?}");
        let path = bench.path("model/weights.bin.p7s");
        let mut raw = fs::read(&path).unwrap();
        let last = raw.len() - 3;
        raw[last] ^= 1;
        fs::write(&path, raw).unwrap();
        assert_ne!(bench.only().state, ForeignState::FitsOwnKey, "{more:?}");
    }
}

#[test]
fn a_cose_sign1_and_a_notation_signature_are_tried_by_the_certificate_that_they_bring() {
    let bstr = |bytes: &[u8]| {
        let mut out = match bytes.len() {
            0..24 => vec![0x40 | bytes.len() as u8],
            24..256 => vec![0x58, bytes.len() as u8],
            _ => vec![0x59, (bytes.len() >> 8) as u8, bytes.len() as u8],
        };
        out.extend_from_slice(bytes);
        out
    };
    let target = json!({"targetArtifact": {"digest": "sha256:abc"}}).to_string();
    let content_type = b"application/vnd.cncf.notary.payload.v1+json";
    let mut notary = vec![0xa2, 0x01, 0x26, 0x03, 0x78, content_type.len() as u8];
    notary.extend_from_slice(content_type);
    for (protected, payload, kind) in [
        (vec![0xa1, 0x01, 0x26], BYTES.to_vec(), ForeignKind::Cose),
        (notary, target.into_bytes(), ForeignKind::Notation),
    ] {
        let bench = Bench::open();
        let (certificate, key) = bench.mallory();
        let signed =
            [vec![0x84, 0x6a], b"Signature1".to_vec(), bstr(&protected), vec![0x40], bstr(&payload)].concat();
        let mut cose = [vec![0xd2, 0x84], bstr(&protected), vec![0xa1, 0x18, 33]].concat();
        cose.extend([bstr(certificate.der()), bstr(&payload), bstr(&fixed(&key, &signed))].concat());
        bench.add("weights.cose", &cose);
        let one = bench.only();
        assert_eq!((one.kind, one.state), (kind, ForeignState::FitsOwnKey), "{one:?}");
        let last = cose.len() - 1;
        cose[last] ^= 1;
        bench.add("weights.cose", &cose);
        assert_eq!(bench.only().state, ForeignState::DoesNotFit);
        bench.add("weights.cose", &cose[..last]);
        assert_eq!(bench.only().state, ForeignState::Malformed);
    }
}

#[test]
fn a_notation_jws_says_which_manifest_it_covers() {
    let bench = Bench::open();
    let (certificate, key) = bench.mallory();
    let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
    let protected =
        encode(json!({"alg": "ES256", "cty": "application/vnd.cncf.notary.payload.v1+json"}).to_string());
    let payload = encode(json!({"targetArtifact": {"digest": "sha256:abc"}}).to_string());
    let signature = URL_SAFE_NO_PAD.encode(fixed(&key, format!("{protected}.{payload}").as_bytes()));
    let x5c = [STANDARD.encode(certificate.der())];
    let document =
        json!({"payload": payload, "protected": protected, "header": {"x5c": x5c}, "signature": signature});
    bench.add("signature.json", document.to_string());
    let one = bench.only();
    assert_eq!((one.kind, one.state), (ForeignKind::Notation, ForeignState::FitsOwnKey));
    assert!(is_covered(&one, "the OCI manifest sha256:abc"));
}

#[test]
fn checksums_are_compared_with_the_files_and_are_no_signature() {
    let bench = Bench::open();
    let digest = hex::encode(hash_bytes(HashAlgorithm::Sha256, BYTES));
    for list in [format!("{digest}  weights.bin\n"), format!("SHA256 (weights.bin) = {digest}\n")] {
        bench.add("SHA256SUMS", &list);
        let one = bench.only();
        assert_eq!((one.kind, one.state), (ForeignKind::Checksums, ForeignState::Match), "{one:?}");
        assert_eq!(one.signer, None);
        assert!(is_covered(&one, "weights.bin"));
        // The same when the signature has already told the digests.
        bench.sign(&[]);
        assert_eq!(bench.only().state, ForeignState::Match);
        fs::remove_file(bench.path("model/model.sig")).unwrap();
    }
    bench.add("SHA256SUMS", format!("{}  weights.bin\n", "0".repeat(64)));
    assert_eq!(bench.only().state, ForeignState::Mismatch);
    bench.sign(&[]);
    assert_eq!(bench.only().state, ForeignState::Mismatch);
    assert_eq!(bench.verify().outcome(), Outcome::Pass, "a list of checksums contradicts no signature");
}

#[test]
fn other_kinds_are_known_by_what_they_hold() {
    let mut pgp = vec![4, 0, 22, 8, 0, 23, 22, 33, 4];
    pgp.extend([0xab; 20]);
    pgp.extend([0, 0, 1, 2, 0, 1, 1]);
    let packet = [vec![0x88, pgp.len() as u8], pgp].concat();
    let armoured = |label: &str, body: &[u8]| {
        format!("-----BEGIN {label}-----\n\n{}\n-----END {label}-----\n", STANDARD.encode(body))
    };
    let ssh = [b"SSHSIG\0\0\0\x01\0\0\0\x03key\0\0\0\x04file".as_slice()].concat();
    let minisign = [b"Ed".as_slice(), &[7; 72]].concat();
    let mut jumbf = vec![0, 0, 1, 0];
    jumbf.extend(b"jumb\0\0\0\x26jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0");
    let text = |value: Value| value.to_string().into_bytes();
    let cases: Vec<(ForeignKind, &str, Vec<u8>, Option<&str>)> = vec![
        (
            ForeignKind::OpenPgp,
            "weights.bin.asc",
            armoured("PGP SIGNATURE", &packet).into_bytes(),
            Some("ABABABAB"),
        ),
        (ForeignKind::OpenPgp, "weights.bin.sig", packet.clone(), Some("ABABABAB")),
        (
            ForeignKind::Ssh,
            "weights.bin.sig",
            armoured("SSH SIGNATURE", &ssh).into_bytes(),
            Some("key SHA256:"),
        ),
        (
            ForeignKind::Minisign,
            "weights.bin.minisig",
            format!("untrusted comment: x\n{}\n", STANDARD.encode(minisign)).into_bytes(),
            Some("0707070707070707"),
        ),
        (ForeignKind::C2pa, "weights.bin.c2pa", jumbf, None),
        (
            ForeignKind::C2pa,
            "m.json",
            text(json!({"claim_generator": "atlas 1", "assertions": []})),
            Some("atlas"),
        ),
        (
            ForeignKind::Jsf,
            "bom.json",
            text(
                json!({"bomFormat": "CycloneDX", "signature": {"algorithm": "ES256", "value": "x", "keyId": "k1"}}),
            ),
            Some("k1"),
        ),
        (
            ForeignKind::Cosign,
            "weights.bin.bundle",
            text(json!({"base64Signature": "MEQ=", "cert": ""})),
            None,
        ),
        (
            ForeignKind::SigstoreBlob,
            "weights.bin.sigstore.json",
            text(json!({
                "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                "verificationMaterial": {"publicKey": {"hint": "x"}},
                "messageSignature": {"signature": "MEQ="},
            })),
            None,
        ),
        (
            ForeignKind::Dsse,
            "x.json",
            text(json!({
                "payload": STANDARD.encode(json!({"subject": [{"name": "weights.bin"}]}).to_string()),
                "payloadType": "application/vnd.in-toto+json",
                "signatures": [{"keyid": "k2", "sig": "MEQ="}],
            })),
            Some("k2"),
        ),
        (
            ForeignKind::Jws,
            "card.json",
            text(json!({"name": "agent", "signatures": [{
                "protected": URL_SAFE_NO_PAD.encode(json!({"alg": "ES256", "kid": "k3"}).to_string()), "signature": "x",
            }]})),
            Some("k3"),
        ),
    ];
    for (kind, name, bytes, signer) in cases {
        let bench = Bench::open();
        bench.add(name, &bytes);
        let one = bench.only();
        assert_eq!((one.kind, one.state), (kind, ForeignState::Recognised), "{name}: {one:?}");
        let said = one.signer.as_ref().map(|signer| signer.raw().to_owned()).unwrap_or_default();
        assert!(said.contains(signer.unwrap_or_default()), "{name}: {said}");
        if name.starts_with("weights.bin.") || kind == ForeignKind::Dsse {
            assert!(is_covered(&one, "weights.bin"), "{name}: {one:?}");
        }
        let path = bench.path("model").join(name);
        assert!(is_foreign_signature(&path));
        let seen = inspect(&path).unwrap();
        assert!(seen.kind.contains("not an OMS signature"), "{name}: {}", seen.kind);
        let seen = bench.verify();
        assert_eq!(seen.outcome_of(Stage::Parse), Outcome::Missing);
        // The same file under another name is the same.
        fs::rename(&path, bench.path("model/notes")).unwrap();
        assert_eq!(bench.only().kind, kind);
    }
}

#[test]
fn what_is_no_signature_is_not_taken_for_one() {
    for bytes in [
        "{\"architectures\": [\"signature\"]}",
        "{\"signature\": \"text\"}",
        "# Model card\n",
        "deadbeefdeadbeefdeadbeefdeadbeef and more words\n",
        "eyJ.not.jws",
        "",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    ] {
        assert_eq!(foreign_kind(bytes.as_bytes()), None, "{bytes}");
    }
    let bench = Bench::open();
    bench.sign(&[]);
    assert!(!is_foreign_signature(&bench.path("model/model.sig")));
    assert!(bench.verify().foreign.is_empty());
}

#[test]
fn an_unsigned_model_with_a_foreign_signature_says_so_and_how_to_add_oms() {
    let bench = Bench::open();
    bench.mallory();
    bench.openssl_cms(&["-outform", "DER"]);
    fs::write(bench.path("pub.pem"), bench.key.public().to_pem()).unwrap();
    let said = touchmark([
        "verify",
        "key",
        &bench.text("model"),
        "--public-key",
        &bench.text("pub.pem"),
        "--explain",
    ]);
    assert_eq!(said.status.code(), Some(3), "{}", err(&said));
    let text = out(&said);
    for words in [
        "PARSE-ABSENT",
        "not OMS: weights.bin.p7s: PKCS#7 (CMS) signature, claimed signer CN=Mallory",
        "over weights.bin; fits the key that it brings itself, which is not trusted",
        "touchmark sign key MODEL --private-key KEY.pem",
        "▯▯▯▯▯ 0 %",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let said = touchmark(["inspect", &bench.text("model/weights.bin.p7s")]);
    assert!(out(&said).contains("never lets a check pass"), "{}", out(&said));
}

#[test]
fn a_foreign_signature_in_the_place_of_the_models_is_named_and_does_not_count() {
    let bench = Bench::open();
    bench.mallory();
    bench.openssl_cms(&["-outform", "DER"]);
    fs::rename(bench.path("model/weights.bin.p7s"), bench.path("model/model.sig")).unwrap();
    let seen = bench.verify();
    assert_eq!(seen.outcome(), Outcome::Fail);
    let check = seen.check(Stage::Parse).unwrap();
    assert_eq!(check.code, "PARSE-MALFORMED");
    let words = seen.words_of(check);
    assert!(words.details[0].raw().contains("PKCS#7"), "{words:?}");
    assert!(check.words().remedy.as_ref().unwrap().contains("add an OMS signature"));
}

#[test]
fn an_inventory_does_not_take_another_kind_for_the_models_signature_and_shows_it() {
    let bench = Bench::open();
    fs::create_dir_all(bench.path("w/models")).unwrap();
    fs::rename(bench.path("model"), bench.path("w/models/model")).unwrap();
    let packet = [b"\x88\x0a\x04\x00\x16\x08\x00\x00\x00\x00\x01\x02".as_slice()].concat();
    fs::write(bench.path("w/models/model/weights.bin.sig"), packet).unwrap();
    let model = touchmark::inventory::read_model(&bench.path("w/models/model")).unwrap();
    assert_eq!(model.signature, None);

    let workspace = bench.text("w");
    let run = |words: &[&str]| touchmark([words, &["--workspace", &workspace]].concat());
    let done = run(&["init", &workspace]);
    assert!(done.status.success(), "{}", err(&done));
    let done = run(&["scan", &bench.text("w/models")]);
    assert!(done.status.success(), "{}", err(&done));
    let done = run(&["verify", "model"]);
    assert_eq!(done.status.code(), Some(3), "{}{}", out(&done), err(&done));
    let shown = run(&["show", "model"]);
    let text = out(&shown);
    assert!(
        text.contains("weights.bin.sig: OpenPGP signature, over weights.bin; recognised, not verified"),
        "{text}"
    );
    assert!(text.contains("▯▯▯▯▯ 0 %"), "{text}");
    assert!(text.contains("own L0"), "{text}");
}

#[test]
fn coverage_counts_ignored_extra_and_changed_files_as_not_covered() {
    let bench = Bench::open();
    bench.add("weights.bin", vec![1; 970]);
    bench.add("ignored.txt", vec![2; 20]);
    bench.sign(&["ignored.txt"]);
    let coverage = || bench.verify().coverage().unwrap();
    assert_eq!((coverage().covered, coverage().total, coverage().percent()), (970, 990, 97));
    assert_eq!(coverage().bar(), "▮▮▮▮▯ 97 %");
    bench.add("extra.bin", vec![3; 10]);
    assert_eq!((coverage().covered, coverage().total), (970, 1000));
    bench.add("weights.bin", vec![9; 970]);
    assert_eq!((coverage().covered, coverage().bar().as_str()), (0, "▯▯▯▯▯ 0 %"));
}

#[test]
fn nothing_is_covered_by_a_signature_that_is_not_verified() {
    let bench = Bench::open();
    bench.sign(&[]);
    assert_eq!(bench.verify().coverage().unwrap().percent(), 100);
    let trust = Trust::new(Vec::new());
    let options = VerifyOptions::at(jiff::Timestamp::now());
    let model = bench.path("model");
    let seen = verify(&model, &model.join("model.sig"), &trust, &options, &Progress::default()).unwrap();
    assert_eq!(seen.outcome_of(Stage::Files), Outcome::Pass);
    assert_eq!(seen.coverage().unwrap().covered, 0);
}
