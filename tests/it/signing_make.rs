//! Making signatures: what is signed, what is refused, and what is written.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use touchmark::Code;
use touchmark::signing::{
    Bundle, Curve, HashAlgorithm, HashJob, Manifest, Material, Progress, PublicKey, Resource, Scope,
    Serialization, SignOptions, SigningKey, Statement, digest, enumerate, hash_bytes, hash_files, pae,
    sign_certificate, sign_key,
};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("model").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn options(signature: PathBuf) -> SignOptions {
    SignOptions {
        signature,
        hash: HashAlgorithm::Sha256,
        shard_size: None,
        ignore_paths: Vec::new(),
        ignore_git_paths: true,
        allow_symlinks: false,
        allow_lfs_pointers: false,
    }
}

fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(Curve::P256).unwrap())
}

fn signed(model: &Path, options: &SignOptions) -> (Bundle, Statement) {
    sign_key(model, key(), options, &Progress::default()).unwrap();
    let bundle = Bundle::read(&options.signature).unwrap();
    let statement = Statement::parse(&bundle.envelope.payload).unwrap();
    (bundle, statement)
}

fn names(statement: &Statement) -> Vec<&str> {
    statement.manifest.resources.iter().map(|resource| resource.name.as_str()).collect()
}

#[test]
fn a_signed_folder_is_read_back_with_its_files_in_code_point_order() {
    let at = folder(&[
        ("a/b", "1"),
        ("a-b", "2"),
        ("a.b", "3"),
        (".hidden/x", ""),
        ("é", "4"),
        (".git/HEAD", "no"),
    ]);
    let options = options(at.path().join("model.sig"));
    let (bundle, statement) = signed(&at.path().join("model"), &options);
    assert_eq!(names(&statement), [".hidden/x", "a-b", "a.b", "a/b", "é"]);
    assert_eq!(statement.subject_name.raw(), "model");
    assert_eq!(statement.subject_digest, Some(statement.manifest.root_digest()));
    assert_eq!(bundle.material, Material::Key { hint: Some(key().public().hint()), raw_bytes: None });
    let text = pae(&bundle.envelope.payload_type, &bundle.envelope.payload);
    assert!(key().public().verifies(&text, &bundle.envelope.signature));
    let only = digest(&at.path().join("model"), &options, &Progress::default()).unwrap();
    assert_eq!(Some(only.root_digest), statement.subject_digest);
}

#[test]
fn a_signature_and_attestations_inside_the_model_stay_out_and_are_recorded() {
    let at =
        folder(&[("w", "1"), ("claims.jsonl", "{}"), ("sub/build.intoto.jsonl", "{}"), ("skip/me", "x")]);
    let model = at.path().join("model");
    let mut options = options(model.join("model.sig"));
    options.ignore_git_paths = false;
    options.ignore_paths = vec![model.join("skip"), model.join("skip")];
    for _ in 0..2 {
        let (_, statement) = signed(&model, &options);
        assert_eq!(names(&statement), ["w"]);
        let recorded = &statement.manifest.serialization.ignore_paths;
        assert_eq!(recorded, &["claims.jsonl", "model.sig", "skip", "sub/build.intoto.jsonl"]);
    }
    let temporary = fs::read_dir(&model)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".touchmark"));
    assert_eq!(temporary.count(), 0);
}

#[test]
fn shards_are_ranges_and_leave_empty_files_out() {
    let at = folder(&[("a:b", "0123456789"), ("empty", ""), ("ten", "0123456789")]);
    let mut options = options(at.path().join("s.sig"));
    options.shard_size = Some(4);
    options.hash = HashAlgorithm::Blake2b;
    let (_, statement) = signed(&at.path().join("model"), &options);
    assert_eq!(names(&statement), ["a:b:0:4", "a:b:4:8", "a:b:8:10", "ten:0:4", "ten:4:8", "ten:8:10"]);
    assert_eq!(statement.manifest.resources[2].digest, hash_bytes(HashAlgorithm::Blake2b, b"89"));
}

#[test]
fn a_single_file_is_signed_under_its_basename() {
    let at = folder(&[("weights.bin", "1")]);
    let (_, statement) = signed(&at.path().join("model/weights.bin"), &options(at.path().join("s.sig")));
    assert_eq!((names(&statement), statement.subject_name.raw()), (vec!["weights.bin"], "weights.bin"));
}

#[test]
fn an_empty_model_a_glob_and_a_foreign_target_are_refused() {
    let at = folder(&[("notes.txt", "keep me"), (".git/HEAD", "")]);
    let model = at.path().join("model");
    let refusal =
        |options: &SignOptions| sign_key(&model, key(), options, &Progress::default()).unwrap_err().code;
    assert_eq!(refusal(&options(model.join("notes.txt"))), Code::Usage);
    assert_eq!(fs::read_to_string(model.join("notes.txt")).unwrap(), "keep me");
    assert_eq!(refusal(&options(at.path().join("no/folder.sig"))), Code::Write);
    let mut ignoring = options(at.path().join("s.sig"));
    ignoring.ignore_paths = vec![model.join("*.txt")];
    assert_eq!(refusal(&ignoring), Code::Usage);
    ignoring.ignore_paths = vec![model.join("notes.txt")];
    assert_eq!(refusal(&ignoring), Code::Model);
    assert!(!at.path().join("s.sig").exists());
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_followed_inside_the_model_only_and_only_when_allowed() {
    use std::os::unix::fs::symlink;
    let at = folder(&[("real/w", "1"), ("x", "2")]);
    let model = at.path().join("model");
    let listed = |allow| enumerate(&model, &Scope { allow_symlinks: allow, ..Scope::default() });
    symlink("real", model.join("alias")).unwrap();
    assert_eq!(listed(false).unwrap_err().code, Code::Model);
    let listing = listed(true).unwrap();
    // What a link to a folder leads to is part of the model where it lies, and only there.
    assert_eq!(listing.entries.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["real/w", "x"]);
    assert_eq!(listing.linked_folders[0].0, "alias");
    for (name, target) in [("loop", "."), ("real/up", "../real"), ("out", "/etc/passwd"), ("gone", "nothing")]
    {
        symlink(target, model.join(name)).unwrap();
        let error = listed(true).unwrap_err();
        assert_eq!(error.code, Code::Model);
        assert!(error.at.unwrap().raw().contains(name.rsplit('/').next().unwrap()));
        let scope = Scope { ignore_paths: vec![name.to_owned(), "alias".to_owned()], ..Scope::default() };
        let listing = enumerate(&model, &scope).unwrap();
        assert!(listing.ignored.contains(&name.to_owned()));
        fs::remove_file(model.join(name)).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_fifo_in_a_model_or_in_place_of_a_bundle_is_refused_without_waiting() {
    let at = folder(&[("w", "1")]);
    let fifo = at.path().join("model/pipe");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    assert_eq!(enumerate(&at.path().join("model"), &Scope::default()).unwrap_err().code, Code::Model);
    assert_eq!(Bundle::read(&fifo).unwrap_err().code, Code::Read);
}

#[test]
fn a_file_that_shrank_or_grew_is_named_and_a_cancelled_run_stops() {
    let at = folder(&[("w", "123")]);
    let path = at.path().join("model/w");
    let hashed = |size, range| {
        let job = HashJob { path: path.clone(), size, range };
        hash_files(HashAlgorithm::Sha256, &[job], &Progress::default()).unwrap().remove(0)
    };
    assert_eq!(hashed(3, Some((1, 3))).unwrap(), hash_bytes(HashAlgorithm::Sha256, b"23"));
    for size in [2, 4] {
        let error = hashed(size, None).unwrap_err();
        assert_eq!(error.code, Code::Changed);
        assert!(error.at.unwrap().raw().ends_with("/w"));
    }
    let progress = Progress::default();
    progress.cancel();
    assert_eq!(hash_files(HashAlgorithm::Sha256, &[], &progress).unwrap_err().code, Code::Cancelled);
}

#[test]
fn a_certificate_must_be_for_the_key_valid_and_for_signing() {
    let at = folder(&[("w", "1")]);
    let make = |usages: Vec<rcgen::KeyUsagePurpose>, key: &rcgen::KeyPair| {
        let mut params = rcgen::CertificateParams::default();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2030, 1, 1);
        params.key_usages = usages;
        params.self_signed(key).unwrap().der().to_vec()
    };
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let key = SigningKey::from_pem(pair.serialize_pem().as_bytes()).unwrap();
    let good = make(vec![rcgen::KeyUsagePurpose::DigitalSignature], &pair);
    let useless = make(vec![rcgen::KeyUsagePurpose::KeyCertSign], &pair);
    let bare = make(vec![], &pair);
    let other = make(vec![rcgen::KeyUsagePurpose::DigitalSignature], &rcgen::KeyPair::generate().unwrap());
    let options = options(at.path().join("c.sig"));
    let sign = |chain: &[Vec<u8>], now: &str| {
        let now = now.parse().unwrap();
        sign_certificate(&at.path().join("model"), &key, chain, &options, now, &Progress::default())
    };
    let now = "2025-06-01T00:00:00Z";
    for (chain, now) in [
        (vec![useless], now),
        (vec![bare], now),
        (vec![other], now),
        (vec![], now),
        (vec![good.clone()], "2019-12-31T23:59:59Z"),
        (vec![good.clone()], "2030-01-01T00:00:01Z"),
    ] {
        assert_eq!(sign(&chain, now).unwrap_err().code, Code::Key);
        assert!(!options.signature.exists());
    }
    sign(&[good.clone(), good.clone()], now).unwrap();
    assert_eq!(
        Bundle::read(&options.signature).unwrap().material,
        Material::Certificate { chain: vec![good] }
    );
}

#[test]
fn keys_on_other_curves_and_encrypted_keys_are_refused() {
    // A secp256k1 public key.
    let spki = "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEeb5mfvncu6xVoGKVzocLBwKb/NstzijZWfKBWxb4F5hIOtp3JqPEZV2k+/wOEQio/Re0SKaFVBmcR9CP+xDUuA==";
    let error = PublicKey::from_spki_der(&STANDARD.decode(spki).unwrap()).unwrap_err();
    assert_eq!(error.code, Code::Key);
    assert!(error.what.contains("secp256k1"));
    let locked = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    assert!(SigningKey::from_pem(locked).unwrap_err().what.contains("encrypted"));
    assert_eq!(SigningKey::from_pem(b"").unwrap_err().code, Code::Key);
    assert_eq!(PublicKey::from_pem(b"-----BEGIN PUBLIC KEY-----\n").unwrap_err().code, Code::Key);
}

const DIGEST: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A statement of one resource, with `from` replaced by `to`.
fn statement(from: &str, to: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"m","digest":{{"sha256":"{DIGEST}"}}}}],"predicateType":"https://model_signing/signature/v1.0","predicate":{{"resources":[{{"name":"w","digest":"{DIGEST}","algorithm":"sha256"}}],"serialization":{{"method":"files","hash_type":"sha256","allow_symlinks":false,"ignore_paths":["i"]}}}}}}"#
    );
    assert!(from.is_empty() || text.contains(from), "{from}");
    text.replace(from, to).into_bytes()
}

#[test]
fn statements_are_read_strictly() {
    let extra = format!(r#"{{"name":"w","digest":"{DIGEST}","algorithm":"sha256"}},"#);
    let shards = |names: &[&str], size: &str| {
        let list: Vec<String> = names.iter().map(|n| extra.replace("\"w\"", &format!("\"{n}\""))).collect();
        let text = String::from_utf8(statement("files", "shards")).unwrap();
        let (head, tail) = text.split_once("\"resources\":[").unwrap();
        let tail = tail.split_once(']').unwrap().1;
        let tail =
            tail.replacen("\"allow_symlinks\"", &format!("\"shard_size\":{size},\"allow_symlinks\""), 1);
        format!("{head}\"resources\":[{}]{tail}", list.concat().trim_end_matches(',')).into_bytes()
    };
    let good = [
        statement("", ""),
        statement("v1.0", "v1.1"),
        statement(r#""name":"w""#, r#""name":".","mediaType":"x""#),
        statement(r#","ignore_paths":["i"]"#, ""),
        shards(&["w:0:4", "w:4:8", "w:8:9", "a:b:0:1"], "4.0"),
        shards(&["w:0:4", "w:12:13", "w:4:8", "w:8:12"], "4"),
        shards(&[".:0:4"], "4"),
    ];
    for (index, text) in good.iter().enumerate() {
        assert!(Statement::parse(text).is_ok(), "{index}: {:?}", Statement::parse(text));
    }
    let bad = [
        statement("Statement/v1", "Statement/v2"),
        statement("v1.0", "v2.0"),
        statement("v1.0", "v1."),
        statement("v1.0", "v1.00"),
        statement(r#""subject":["#, r#""subject":[{"name":"x","digest":{"sha256":"00"}},"#),
        statement(r#""subject":["#, r#""more":1,"subject":["#),
        statement(r#""name":"m""#, r#""name":"""#),
        statement(r#""method""#, r#""method":"files","method""#),
        statement(r#""method""#, r#""more":1,"method""#),
        statement(r#""resources":["#, &format!(r#""resources":[{extra}"#)),
        statement(&extra[..extra.len() - 1], ""),
        statement(DIGEST, &DIGEST.to_uppercase()),
        statement(DIGEST, &DIGEST[2..]),
        statement(r#""algorithm":"sha256""#, r#""algorithm":"blake3""#),
        statement(r#""hash_type":"sha256""#, r#""hash_type":"sha1""#),
        statement(r#""files""#, r#""files","shard_size":1"#),
        statement(r#"["i"]"#, r#"["../i"]"#),
        statement(r#"["i"]"#, "null"),
        statement("false", "0"),
        shards(&["w:0:4", "w:8:12"], "4"),
        shards(&["w:4:8"], "4"),
        shards(&["w:0:3", "w:3:7"], "4"),
        shards(&["w:0:5"], "4"),
        shards(&["w:00:4"], "4"),
        shards(&["../w:0:4"], "4"),
        shards(&[".:0:4", "w:0:4"], "4"),
        shards(&["w:0:4"], "0"),
        shards(&["w:0:4"], "4.5"),
        shards(&["w"], "4"),
    ];
    for (index, text) in bad.iter().enumerate() {
        let error = Statement::parse(text).expect_err(&format!("{index}: {}", String::from_utf8_lossy(text)));
        assert_eq!(error.code, Code::Malformed, "{index}");
    }
    for name in ["", "/w", "w/", "a//b", "./w", "a/./b", "..", "a/../b", "\\u0000"] {
        let text = statement(r#""name":"w""#, &format!(r#""name":"{name}""#));
        assert!(Statement::parse(&text).is_err(), "{name}");
    }
}

#[test]
fn bundles_are_read_strictly() {
    let text = |from: &str, to: &str| {
        let text = r#"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"h"}},"dsseEnvelope":{"payload":"AAAA","payloadType":"t","signatures":[{"sig":"AAAA","keyid":null}]}}"#;
        assert!(text.contains(from), "{from}");
        Bundle::parse(text.replace(from, to).as_bytes())
    };
    let key = r#""publicKey":{"hint":"h"}"#;
    for (from, to) in [
        ("t", "t"),
        (r#","keyid":null"#, ""),
        ("null", r#""""#),
        ("null", r#""k""#),
        (r#"{"hint":"h"}"#, r#"{"rawBytes":"AAAA","keyDetails":"x"}"#),
        (key, r#""x509CertificateChain":{"certificates":[{"rawBytes":"AAAA"}]},"tlogEntries":[]"#),
        (key, r#""certificate":{"rawBytes":"AAAA"},"tlogEntries":[{}],"timestampVerificationData":{}"#),
    ] {
        assert!(text(from, to).is_ok(), "{to}: {:?}", text(from, to));
    }
    for (from, to) in [
        ("v0.3", "v0.1"),
        ("application/vnd", "x"),
        ("null", "7"),
        (r#""payload":"AAAA""#, r#""payload":"AAAB=""#),
        (r#""payload":"AAAA""#, r#""payload":"AB==""#),
        (r#""payload":"AAAA""#, r#""payload":"""#),
        (r#""payload":"AAAA""#, r#""payload":"AA AA""#),
        (r#"[{"sig""#, r#"[{"sig":"AAAA"},{"sig""#),
        (r#"{"sig":"AAAA","keyid":null}"#, ""),
        (r#""sig""#, r#""sig":"AAAA","sig""#),
        (r#""payloadType""#, r#""more":1,"payloadType""#),
        (r#""mediaType""#, r#""messageSignature":{},"mediaType""#),
        (key, ""),
        (r#""hint":"h""#, ""),
        (key, r#""publicKey":{"hint":"h"},"certificate":{"rawBytes":"AAAA"},"tlogEntries":[{}]"#),
        (key, r#""certificate":{"rawBytes":"AAAA"}"#),
        (key, r#""x509CertificateChain":{"certificates":[]}"#),
    ] {
        assert_eq!(text(from, to).unwrap_err().code, Code::Malformed, "{to}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_documents_are_errors_and_never_a_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        whole: bool,
    ) {
        let mut payload = statement("", "");
        for (at, byte) in &edits {
            let at = at.index(payload.len());
            payload[at] = *byte;
        }
        if !whole {
            payload.truncate(cut.index(payload.len()));
        }
        if let Ok(statement) = Statement::parse(&payload) {
            for resource in &statement.manifest.resources {
                prop_assert!(resource.name == "." || !resource.name.split('/').any(|part| ["", ".", ".."].contains(&part)));
            }
        }
        let _ = Bundle::parse(&payload);
        let _ = SigningKey::from_pem(&payload);
        let _ = PublicKey::from_spki_der(&payload);
    }

    #[test]
    fn the_root_digest_is_the_hash_of_the_digests_in_their_order(digests: Vec<[u8; 32]>) {
        let resources = digests.iter().map(|d| Resource { name: String::new(), digest: d.to_vec() }).collect();
        let serialization = Serialization {
            hash: HashAlgorithm::Sha256, allow_symlinks: false, shard_size: None, ignore_paths: vec![],
        };
        let root = Manifest { resources, serialization }.root_digest();
        prop_assert_eq!(root.0.to_vec(), hash_bytes(HashAlgorithm::Sha256, &digests.concat()));
    }

    #[test]
    fn any_text_in_a_name_survives_writing_and_reading(part in "[^/\0]{1,20}") {
        prop_assume!(part != "." && part != "..");
        let resources = vec![Resource { name: format!("d/{part}"), digest: vec![7; 32] }];
        let serialization = Serialization {
            hash: HashAlgorithm::Sha256, allow_symlinks: true, shard_size: None, ignore_paths: vec![part.clone()],
        };
        let manifest = Manifest { resources, serialization };
        let read = Statement::parse(&Statement::to_payload(&part, &manifest).unwrap()).unwrap();
        prop_assert_eq!(read.manifest, manifest);
        prop_assert_eq!(read.subject_name.raw(), part);
    }
}
