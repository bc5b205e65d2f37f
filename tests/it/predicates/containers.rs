//! Where claims are found, whom they are about, and who signed them.

use super::{provenance, sha};
use crate::support::{copy_of_samples, err, out, touchmark};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};
use std::fs;
use std::sync::LazyLock;
use touchmark::attest::{
    About, ClaimsPlace, JoinedBy, Judge, Judged, NamedDigest, Validity, claims_in, claims_with, judge,
};
use touchmark::decision::{EvidenceDocument, SeenDigests};
use touchmark::inventory::attached;
use touchmark::signing::{
    Anchor, Curve, Outcome, Progress, RootDigest, SigningKey, Trust, VerifyOptions, pae,
};

const KIND: &str = "application/vnd.in-toto+json";

static KEYS: LazyLock<[SigningKey; 3]> =
    LazyLock::new(|| [(); 3].map(|()| SigningKey::generate(Curve::P256).unwrap()));

fn root() -> RootDigest {
    RootDigest([1; 32])
}

fn statement(subject: &Value) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [subject],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": provenance(),
    })
}

fn about_root() -> Value {
    statement(&json!({ "name": "acme/x", "digest": { "sha256": root().to_string() } }))
}

fn signature(payload: &[u8], key: &SigningKey) -> Value {
    json!({ "keyid": sha('9'), "sig": STANDARD.encode(key.sign(&pae(KIND, payload)).unwrap()) })
}

/// An envelope by itself, with a signature of each key.
fn envelope(statement: &Value, keys: &[&SigningKey]) -> Value {
    let payload = statement.to_string().into_bytes();
    let signatures: Vec<Value> = keys.iter().map(|key| signature(&payload, key)).collect();
    json!({ "payload": STANDARD.encode(&payload), "payloadType": KIND, "signatures": signatures })
}

fn judged_by(line: &Value, trusted: &[&SigningKey], aliases: &[NamedDigest]) -> Vec<Judged> {
    let anchor = |(index, key): (usize, &&SigningKey)| {
        Anchor::key(format!("key {index}"), "test", key.public().to_pem().as_bytes(), None).unwrap()
    };
    let trust = Trust::new(trusted.iter().enumerate().map(anchor).collect());
    let options = VerifyOptions::at("2026-06-01T00:00:00Z".parse().unwrap());
    let claims = claims_in(line.to_string().as_bytes()).unwrap().claims;
    let by = Judge { trust: &trust, options: &options, root: Some(root()), aliases };
    judge(claims, &by, &Progress::default()).unwrap()
}

fn one(line: &Value, trusted: &[&SigningKey]) -> Judged {
    let mut judged = judged_by(line, trusted, &[]);
    assert_eq!(judged.len(), 1);
    judged.remove(0)
}

#[test]
fn an_envelope_with_several_signatures_is_one_claim_by_all_who_are_proven() {
    let [a, b, stranger] = &*KEYS;
    let both = envelope(&about_root(), &[a, b]);
    let judged = one(&both, &[a, b]);
    assert!(judged.counts());
    let signers: Vec<&str> = judged.signers().map(|(signer, ..)| signer.subject.raw()).collect();
    assert_eq!(signers, [a.public().fingerprint(), b.public().fingerprint()]);
    assert_eq!(judged.claimed().cosigners.len(), 1);

    // Who is not trusted takes nothing away, wherever the signature stands, and adds nothing.
    for keys in [[a, stranger], [stranger, a]] {
        let judged = one(&envelope(&about_root(), &keys), &[a]);
        assert!(judged.counts(), "{:?}", judged.because);
        assert_eq!(judged.signer.as_ref().unwrap().subject.raw(), a.public().fingerprint());
        assert!(judged.cosigners.is_empty());
    }
    assert!(!one(&envelope(&about_root(), &[stranger]), &[a]).counts());

    // Who signs twice is one signer.
    let judged = one(&envelope(&about_root(), &[a, a]), &[a]);
    assert!(judged.counts() && judged.cosigners.is_empty());

    // A signature over something else proves no signer.
    let mut forged = both.clone();
    forged["payload"] =
        STANDARD.encode(statement(&json!({ "digest": { "sha256": sha('1') } })).to_string()).into();
    let judged = one(&forged, &[a, b]);
    assert_eq!((judged.outcome, judged.signer.is_some()), (Outcome::Fail, false));

    // DSSE lets the base64 be URL-safe.
    let mut safe = both;
    let payload = STANDARD.decode(safe["payload"].as_str().unwrap()).unwrap();
    safe["payload"] = URL_SAFE.encode(payload).into();
    assert!(one(&safe, &[a]).counts());

    for bad in [json!([]), json!(vec![json!({ "sig": "AAAA" }); 17]), json!([{ "sig": "" }]), json!("x")] {
        let mut line = envelope(&about_root(), &[a]);
        line["signatures"] = bad;
        assert!(claims_in(line.to_string().as_bytes()).unwrap().claims.is_empty(), "{line}");
    }
}

#[test]
fn a_statement_without_a_usable_digest_never_counts() {
    let key = &KEYS[0];
    let root = root().to_string();
    let judged = |subject: Value| one(&envelope(&statement(&subject), &[key]), &[key]);
    assert!(judged(json!({ "digest": { "sha256": root } })).counts());
    for (digest, fault) in [
        (json!({}), "subject[0].digest"),
        (json!({ "sha1": "e".repeat(40) }), "subject[0].digest"),
        (json!({ "sha256": root.to_uppercase().replace("01", "0A") }), "subject[0].digest"),
        (json!({ "sha256": "abc" }), "subject[0].digest"),
        (json!({ "sha256": 7 }), "subject[0].digest"),
        (json!({ "sha256": root, "sha512": "XYZ" }), "subject[0].digest.sha512"),
    ] {
        let judged = judged(json!({ "name": "acme/x", "digest": digest }));
        assert!(!judged.counts(), "{digest}");
        let Validity::Invalid(faults) = &judged.validity else { panic!("{digest}: {:?}", judged.validity) };
        assert!(faults.iter().any(|found| found.path.raw() == fault), "{digest}: {faults:?}");
    }
    // The right name under another digest is about something else.
    let judged = judged(json!({ "name": "acme/x", "digest": { "sha256": sha('5') } }));
    assert_eq!((judged.about, judged.joined, judged.counts()), (About::AnotherModel, None, false));
    assert_eq!(judged.validity, Validity::Valid);
}

#[test]
fn a_claim_is_joined_by_another_digest_of_the_same_bytes_and_says_so() {
    let key = &KEYS[0];
    let line = envelope(&statement(&json!({ "digest": { "sha256": sha('7') } })), &[key]);
    let manifest = NamedDigest::parse(&format!("sha256:{}", sha('7'))).unwrap();
    let judged = judged_by(&line, &[key], std::slice::from_ref(&manifest)).remove(0);
    assert_eq!((judged.about, judged.joined), (About::ThisModel, Some(JoinedBy::Alias)));
    assert!(judged.counts());
    // The same digits of another algorithm are another digest.
    let other = NamedDigest::parse(&format!("blake3:{}", sha('7'))).unwrap();
    assert_eq!(judged_by(&line, &[key], &[other])[0].about, About::AnotherModel);
    for no in ["sha256:ABC", "7 blobs", "sha1:eeee", "sha256"] {
        assert!(NamedDigest::parse(no).is_none(), "{no}");
    }
}

#[test]
fn claims_in_other_files_are_evidence_and_say_which_file_they_are_in() {
    let dir = copy_of_samples();
    let model = dir.path().join("models/acme/receipt-reader");
    let bundle = fs::read(model.join("model.sig")).unwrap();
    let line = serde_json::from_slice::<Value>(&bundle).unwrap().to_string();
    fs::write(model.join("build.intoto.jsonl"), format!("{line}\nnot a claim\n")).unwrap();
    fs::write(model.join("scan.sigstore.json"), &bundle).unwrap();
    fs::write(model.join("notes.jsonl"), &line).unwrap();
    let signature = model.join("scan.sigstore.json");
    let found = claims_with(ClaimsPlace::Model { model: &model, signature: Some(&signature) });
    let files: Vec<&str> = found.iter().map(|one| one.file.as_ref().unwrap().raw()).collect();
    assert_eq!(files, ["build.intoto.jsonl"]);
    // An unsigned file more is another model.
    fs::remove_file(model.join("notes.jsonl")).unwrap();

    let workspace = dir.path().to_str().unwrap();
    let run = |words: &[&str]| touchmark(["--workspace", workspace].iter().chain(words));
    let listed = run(&["claims", "list", "acme/receipt-reader", "--format", "json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let files: Vec<&str> =
        listed["claims"].as_array().unwrap().iter().map(|row| row["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["build.intoto.jsonl", "scan.sigstore.json"]);
    assert_eq!(listed["claims"][0]["kind"], "integrity");
    assert_eq!(listed["claims"][0]["validity"], "valid");
    assert_eq!(listed["claims"][0]["joined"], "root");
    assert_eq!(listed["unknown"][0]["file"], "build.intoto.jsonl");
    assert!(listed["claims"][0]["says"].as_array().unwrap().iter().any(|row| row["label"] == "method"));

    let done = run(&["verify", "acme/receipt-reader", "--format", "json"]);
    let told = out(&done);
    assert!(told.contains("build.intoto.jsonl") || told.contains("claims list"), "{told} {}", err(&done));
    // The record replays from what was kept, whatever lies there now.
    fs::remove_file(model.join("build.intoto.jsonl")).unwrap();
    let ledger = run(&["ledger", "show", "--format", "json"]);
    let ledger: Value = serde_json::from_slice(&ledger.stdout).unwrap();
    let records = ledger["records"].as_array().unwrap();
    let verified = records.iter().rev().find(|record| record.to_string().contains("verification")).unwrap();
    let number = verified["seq"].to_string();
    let done = run(&["ledger", "replay", &number]);
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
}

#[test]
fn evidence_of_earlier_versions_is_read() {
    let old = json!({ "observed": sha('a'), "claims": { "read": sha('b') } });
    let digests: SeenDigests = serde_json::from_value(old.clone()).unwrap();
    assert!(digests.further.is_empty() && digests.has_claims());
    assert_eq!(serde_json::to_value(&digests).unwrap(), old, "and written as it was");
    let document = json!({ "schema": "touchmark.evidence/1", "subject": "a", "models": [] });
    assert!(serde_json::from_value::<EvidenceDocument>(document).is_ok());
}

#[test]
fn attestations_that_refer_to_a_manifest_in_a_layout_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = dir.path().join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let put = |bytes: &[u8]| {
        let digest = touchmark::signing::sha256_hex(bytes);
        fs::write(blobs.join(&digest), bytes).unwrap();
        json!({ "digest": format!("sha256:{digest}"), "size": bytes.len(), "mediaType": "application/vnd.oci.image.manifest.v1+json" })
    };
    let of_type = |mut descriptor: Value, kind: &str| {
        descriptor["mediaType"] = kind.into();
        descriptor
    };
    let manifest = |subject: Option<&Value>, config: Value, layers: Vec<Value>| {
        let mut manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers });
        if let Some(subject) = subject {
            manifest["subject"] = subject.clone();
        }
        put(manifest.to_string().as_bytes())
    };
    let config = || of_type(put(b"{}"), "application/vnd.cncf.model.config.v1+json");
    let weights = of_type(put(b"weights"), "application/vnd.cncf.model.weight.v1.raw");
    let model = manifest(None, config(), vec![weights]);
    let line = envelope(&about_root(), &[&KEYS[0]]).to_string();
    let claim = of_type(put(line.as_bytes()), "application/vnd.dsse.envelope.v1+json");
    let empty = || of_type(put(b"{}"), "application/vnd.oci.empty.v1+json");
    let referrer = manifest(Some(&model), empty(), vec![claim.clone()]);
    let other = manifest(Some(&referrer), empty(), vec![of_type(put(b"[]"), "application/vnd.in-toto+json")]);
    fs::write(dir.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let index = json!({ "schemaVersion": 2, "manifests": [model, referrer, other] });
    fs::write(dir.path().join("index.json"), index.to_string()).unwrap();

    let hex = |descriptor: &Value| descriptor["digest"].as_str().unwrap()[7..].to_owned();
    let (found, is_cut) = attached(&blobs.join(hex(&model)));
    let names: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
    assert_eq!((names, is_cut), (vec![format!("blobs/sha256/{}", hex(&claim))], false));
    assert!(attached(&dir.path().join("index.json")).0.is_empty());
}
