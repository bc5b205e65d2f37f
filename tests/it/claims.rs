//! `claims.jsonl`: read in any order, appended to without touching an old byte, and compared with what it was.

#![allow(non_snake_case)]

use crate::support::{err, out, touchmark};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;
use touchmark::Code;
use touchmark::attest::{
    About, Change, Difference, Judge, Judged, Selection, append_claims, compare_lines, judge, read_claims,
};
use touchmark::signing::{
    Anchor, Curve, Outcome, Progress, RootDigest, SigningKey, Trust, VerifyOptions, pae,
};

pub const PROVENANCE: &str = "https://slsa.dev/provenance/v1";
pub const RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// Making keys is slow, and two are enough.
pub static KEYS: LazyLock<[SigningKey; 2]> =
    LazyLock::new(|| [(); 2].map(|()| SigningKey::generate(Curve::P256).unwrap()));

pub fn root(byte: u8) -> RootDigest {
    RootDigest([byte; 32])
}

pub fn statement(predicate: &str, subject: &str) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "model", "digest": { "sha256": subject } }],
        "predicateType": predicate,
        "predicate": {
            "note": "evil\u{1b}[2J",
            "buildDefinition": { "buildType": "https://build.example/v1", "externalParameters": {} },
            "runDetails": { "builder": { "id": "https://builder.example" } },
            "result": "PASSED",
        },
    })
}

/// A bundle, over several lines.
pub fn bundle_of(payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let kind = "application/vnd.in-toto+json";
    let signature = key.sign(&pae(kind, payload)).unwrap();
    serde_json::to_vec_pretty(&json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": { "publicKey": { "hint": key.public().hint() }, "tlogEntries": [] },
        "dsseEnvelope": {
            "payload": STANDARD.encode(payload),
            "payloadType": kind,
            "signatures": [{ "sig": STANDARD.encode(signature), "keyid": "" }],
        },
    }))
    .unwrap()
}

pub fn bundle(predicate: &str, subject: &str, key: &SigningKey) -> Vec<u8> {
    bundle_of(statement(predicate, subject).to_string().as_bytes(), key)
}

pub fn line(bundle: &[u8]) -> Vec<u8> {
    serde_json::from_slice::<Value>(bundle).unwrap().to_string().into_bytes()
}

fn trust(key: &SigningKey) -> Trust {
    let pem = key.public().to_pem();
    Trust::new(vec![Anchor::key("ours", "test", pem.as_bytes(), None).unwrap()])
}

fn judged(file: &Path, key: &SigningKey, root: Option<RootDigest>) -> Vec<Judged> {
    let claims = read_claims(file).unwrap().claims;
    let options = VerifyOptions::at("2026-06-01T00:00:00Z".parse().unwrap());
    let trust = trust(key);
    judge(claims, &Judge { trust: &trust, options: &options, root, aliases: &[] }, &Progress::default())
        .unwrap()
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("claims.jsonl");
    (dir, file)
}

/// The five claims from which the tests choose, and three lines that are none.
fn lines() -> Vec<Vec<u8>> {
    let [ours, theirs] = &*KEYS;
    let (this, other) = (root(1).to_string(), root(2).to_string());
    let mut forged: Value = serde_json::from_slice(&bundle(RESULT, &this, ours)).unwrap();
    forged["dsseEnvelope"]["payload"] = STANDARD.encode(statement(PROVENANCE, &this).to_string()).into();
    vec![
        line(&bundle(PROVENANCE, &this, ours)),
        line(&bundle(PROVENANCE, &other, ours)),
        line(&bundle(PROVENANCE, &this, theirs)),
        line(&bundle(RESULT, &this, ours)),
        forged.to_string().into_bytes(),
        b"not JSON".to_vec(),
        b"{\"payloadType\": \"a bare envelope\"}".to_vec(),
        vec![0xff, 0xfe, 0x1b],
    ]
}

#[test]
fn a_claim_counts_only_when_it_is_about_this_model_and_its_signer_is_proven() {
    let (_dir, file) = folder();
    fs::write(&file, lines().join(&b'\n')).unwrap();
    let read = read_claims(&file).unwrap();
    assert_eq!((read.claims.len(), read.unknown.len()), (5, 3));
    let found = judged(&file, &KEYS[0], Some(root(1)));
    let told: Vec<_> = found.iter().map(|judged| (judged.about, judged.outcome, judged.counts())).collect();
    assert_eq!(
        told,
        [
            (About::ThisModel, Outcome::Pass, true),
            (About::AnotherModel, Outcome::Pass, false),
            (About::ThisModel, Outcome::Fail, false),
            (About::ThisModel, Outcome::Pass, true),
            (About::ThisModel, Outcome::Fail, false),
        ]
    );
    assert_eq!(found[2].because.as_ref().unwrap().code, "TRUST-UNKNOWN-KEY");
    assert_eq!(found[4].because.as_ref().unwrap().code, "SIGNATURE-INVALID");
    assert!(found[2].signer.is_none() && found[4].signer.is_none());
    let of_nobody = judged(&file, &KEYS[0], None);
    assert!(of_nobody.iter().all(|judged| judged.about == About::Unknown && !judged.counts()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_the_lines_gives_the_same_selection(
        lines in Just(lines()).prop_shuffle(), ends in prop::sample::select(vec!["\n", "\r\n", "\n\n"]),
    ) {
        let (_dir, file) = folder();
        fs::write(&file, lines.join(ends.as_bytes())).unwrap();
        let wanted = Selection {
            place: None,
            predicate_type: Some(PROVENANCE.to_owned()),
            subject: Some(root(1)),
            identity: Some(KEYS[0].public().fingerprint()),
            issuer: None,
        };
        let read = read_claims(&file).unwrap();
        prop_assert_eq!(read.unknown.len(), 3);
        let judged = judged(&file, &KEYS[0], Some(root(1)));
        let proven = wanted.proven(&judged);
        prop_assert_eq!(proven.len(), 1, "the forged one and those of others are not chosen, wherever they stand");
        prop_assert!(proven[0].counts());
        let digests = |selection: &Selection| -> Vec<String> {
            selection.claimed(&read.claims).iter().map(|claim| claim.bundle.digest.clone()).collect()
        };
        let by_content = Selection { identity: None, ..wanted.clone() };
        let said = digests(&by_content);
        prop_assert_eq!(said.len(), 3);
        prop_assert!(said.is_sorted());
    }

    #[test]
    fn an_append_keeps_every_old_byte_and_can_be_read_again(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40),
                Just(b"\r\n".to_vec()),
                Just(b"\n\n".to_vec()),
                Just(b"{\"a\":1}\n".to_vec()),
            ],
            0..8,
        ),
    ) {
        let (_dir, file) = folder();
        // A file of claims: one of its lines is one.
        let first = line(&bundle(RESULT, &root(2).to_string(), &KEYS[0]));
        let old = [first, b"\n".to_vec(), pieces.concat()].concat();
        fs::write(&file, &old).unwrap();
        let before = read_claims(&file).unwrap();
        let bundle = bundle(PROVENANCE, &root(1).to_string(), &KEYS[0]);
        let appended = append_claims(&file, std::slice::from_ref(&bundle)).unwrap();
        let new = fs::read(&file).unwrap();
        prop_assert!(new.starts_with(&old));
        prop_assert!(new.ends_with(b"\n"));
        let after = read_claims(&file).unwrap();
        prop_assert_eq!(&after.unknown, &before.unknown);
        prop_assert_eq!(after.claims.len(), 2);
        prop_assert_eq!(&appended.lines, &[(after.claims[1].line, false)]);
        let history = compare_lines(&old, &new);
        prop_assert!(history.is_append_only(), "{:?}", history);
        prop_assert_eq!(history.appended, 1);
        // The same again is told, and nothing is written.
        prop_assert_eq!(append_claims(&file, &[bundle]).unwrap().lines, &[(after.claims[1].line, true)]);
        prop_assert_eq!(fs::read(&file).unwrap(), new);
    }

    #[test]
    fn whatever_is_not_an_append_is_found(
        old in prop::collection::vec("[ab]{0,2}", 1..7), new in prop::collection::vec("[ab]{0,2}", 0..9),
    ) {
        let text = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let history = compare_lines(text(&old).as_bytes(), text(&new).as_bytes());
        prop_assert_eq!(history.is_append_only(), new.starts_with(&old), "{:?}", history);
        if history.is_append_only() {
            prop_assert_eq!(history.appended, new.len() - old.len());
        }
    }
}

#[test]
fn line_ends_of_the_file_are_kept() {
    let bundle = bundle(PROVENANCE, &root(1).to_string(), &KEYS[0]);
    let x = String::from_utf8(self::line(&self::bundle(RESULT, &root(2).to_string(), &KEYS[0]))).unwrap();
    let line = String::from_utf8(line(&bundle)).unwrap();
    for (old, expected) in [
        (String::new(), format!("{line}\n")),
        (format!("{x}\n"), format!("{x}\n{line}\n")),
        (x.clone(), format!("{x}\n{line}\n")),
        (format!("{x}\r\n"), format!("{x}\r\n{line}\r\n")),
        (format!("{x}\r\ny"), format!("{x}\r\ny\r\n{line}\r\n")),
    ] {
        let (_dir, file) = folder();
        fs::write(&file, &old).unwrap();
        append_claims(&file, std::slice::from_ref(&bundle)).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), expected);
        assert!(compare_lines(old.as_bytes(), expected.as_bytes()).is_append_only(), "{old:?}");
    }
}

#[test]
fn white_space_inside_texts_survives_the_way_to_one_line() {
    let (_dir, file) = folder();
    let text = String::from_utf8(bundle(PROVENANCE, &root(1).to_string(), &KEYS[0])).unwrap();
    // Not what the reference writes, but JSON: an escaped quote and blanks in a text that nobody signed.
    let odd = text.replacen("\"tlogEntries\": []", "\"tlogEntries\": [], \"note\": \"a \\\\\\\" b\\\\\"", 1);
    append_claims(&file, &[odd.clone().into_bytes()]).unwrap();
    let written = fs::read(&file).unwrap();
    assert_eq!(written.iter().filter(|byte| **byte == b'\n').count(), 1);
    let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
    assert_eq!(value(&written), value(odd.as_bytes()));
}

#[test]
fn what_is_no_bundle_of_a_statement_is_not_appended() {
    let (_dir, file) = folder();
    fs::write(&file, "kept").unwrap();
    let good = bundle(PROVENANCE, &root(1).to_string(), &KEYS[0]);
    for bad in [
        b"{}".to_vec(),
        b"".to_vec(),
        bundle_of(b"no statement", &KEYS[0]),
        bundle_of(br#"{"_type":"https://in-toto.io/Statement/v1","subject":[]}"#, &KEYS[0]),
        [good.clone(), good.clone()].concat(),
    ] {
        let error = append_claims(&file, &[good.clone(), bad]).unwrap_err();
        assert_eq!(error.code, Code::Malformed);
    }
    assert_eq!(fs::read(&file).unwrap(), b"kept");
}

#[test]
fn many_appenders_at_once_lose_nothing() {
    let (dir, file) = folder();
    let old = [line(&bundle(RESULT, &root(99).to_string(), &KEYS[0])), b"\nan old line".to_vec()].concat();
    fs::write(&file, &old).unwrap();
    let bundles: Vec<Vec<u8>> =
        (0..24).map(|at| bundle(PROVENANCE, &root(at).to_string(), &KEYS[0])).collect();
    std::thread::scope(|scope| {
        for share in bundles.chunks(4) {
            let file = &file;
            scope.spawn(move || {
                for bundle in share {
                    append_claims(file, std::slice::from_ref(bundle)).unwrap();
                }
            });
        }
    });
    let read = read_claims(&file).unwrap();
    assert_eq!((read.claims.len(), read.unknown.len()), (25, 1));
    assert!(fs::read(&file).unwrap().starts_with(&[&old[..], b"\n"].concat()));
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["claims.jsonl"], "no lock and no half-written file stays behind");
}

#[cfg(unix)]
#[test]
fn an_append_that_cannot_be_written_leaves_the_old_file() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (dir, file) = folder();
    let old = [line(&bundle(RESULT, &root(2).to_string(), &KEYS[0])), vec![b' '; 2048]].concat();
    fs::write(&file, &old).unwrap();
    let bundle_file = dir.path().join("bundle.json");
    fs::write(&bundle_file, bundle(PROVENANCE, &root(1).to_string(), &KEYS[0])).unwrap();
    // As on a full disk: no file may grow beyond 512 bytes or so. Once told so, once killed by it.
    for prelude in ["trap '' XFSZ; ulimit -f 1", "ulimit -c 0; ulimit -f 1"] {
        let script = format!("{prelude}; exec \"$0\" claims append \"$1\" \"$2\"");
        let done = std::process::Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_touchmark")])
            .args([&file, &bundle_file])
            .output()
            .unwrap();
        assert_ne!(done.status.code(), Some(0), "{}", out(&done));
        assert_eq!(fs::read(&file).unwrap(), old, "{}", err(&done));
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let bundles = [fs::read(&bundle_file).unwrap()];
    assert_eq!(append_claims(&file, &bundles).unwrap_err().code, Code::Usage);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let link = dir.path().join("link.jsonl");
    symlink(&file, &link).unwrap();
    assert_eq!(append_claims(&link, &bundles).unwrap_err().code, Code::Usage);
    assert_eq!(append_claims(dir.path(), &bundles).unwrap_err().code, Code::Usage);
    assert_eq!(fs::read(&file).unwrap(), old);
    append_claims(&file, &bundles).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn hostile_lines_are_told_and_do_no_harm() {
    let (_dir, file) = folder();
    let deep = "[".repeat(200_000);
    let wide = format!("{{\"mediaType\":[{}0]}}", "0,".repeat(600_000));
    let long = format!("{{\"mediaType\":\"{}\"}}", "a".repeat(10 * 1024 * 1024));
    let longest = "b".repeat(17 * 1024 * 1024);
    let deep_statement = bundle_of(format!("{{\"a\":{deep}").as_bytes(), &KEYS[0]);
    let twice = bundle_of(br#"{"_type":"https://in-toto.io/Statement/v1","_type":"x"}"#, &KEYS[0]);
    let mut bytes = [deep, wide, long, longest].join("\n").into_bytes();
    for line in [line(&deep_statement), line(&twice), vec![0xff, 0x00, 0xc3, 0x28], lines().remove(0)] {
        bytes.push(b'\n');
        bytes.extend(line);
    }
    fs::write(&file, &bytes).unwrap();
    let read = read_claims(&file).unwrap();
    let unknown: Vec<usize> = read.unknown.iter().map(|line| line.line).collect();
    assert_eq!(unknown, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(read.claims.len(), 1);
    append_claims(&file, &[bundle(RESULT, &root(1).to_string(), &KEYS[0])]).unwrap();
    assert!(fs::read(&file).unwrap().starts_with(&bytes));

    fs::write(&file, "x\n".repeat(100_000)).unwrap();
    assert_eq!(read_claims(&file).unwrap_err().code, Code::TooLarge);
    let bundle = bundle(RESULT, &root(1).to_string(), &KEYS[0]);
    assert_eq!(append_claims(&file, &[bundle]).unwrap_err().code, Code::TooLarge);
    let done = touchmark(["claims", "list", file.to_str().unwrap(), "--public-key", "/dev/null"]);
    assert_eq!(done.status.code(), Some(4), "{}", err(&done));
}

#[test]
fn each_way_to_break_the_history_is_named() {
    let old = "a\nb\nc\n";
    let told = |new: &str| -> Vec<(usize, Change)> {
        let differences = compare_lines(old.as_bytes(), new.as_bytes()).differences;
        differences.iter().map(|Difference { line, change }| (*line, *change)).collect()
    };
    assert_eq!(told("a\nb\nc\nd\n"), []);
    assert_eq!(told("a\nx\nc\nd\n"), [(2, Change::Changed)]);
    assert_eq!(told("a\nc\nd\n"), [(2, Change::Removed)]);
    assert_eq!(told("a\n"), [(2, Change::Removed), (3, Change::Removed)]);
    assert_eq!(told("a\nb\n\nc\n"), [(3, Change::Inserted)]);
    assert_eq!(told("x\ny\na\nb\nc\n"), [(1, Change::Inserted), (2, Change::Inserted)]);
    assert_eq!(told("b\nc\na\n"), [(1, Change::Moved { to: 3 })]);
    assert_eq!(told("a\nb\r\nc\n"), [(2, Change::Changed)]);
    assert_eq!(told("a\nb\ncd\n"), [(3, Change::Changed)]);
    assert_eq!(told(""), [(1, Change::Removed), (2, Change::Removed), (3, Change::Removed)]);
}

fn claims(words: &[&Path]) -> Output {
    let mut all = vec![std::ffi::OsStr::new("claims")];
    all.extend(words.iter().map(|word| word.as_os_str()));
    touchmark(all)
}

#[test]
fn the_history_check_ends_with_1_and_names_the_line() {
    let (dir, old) = folder();
    let new = dir.path().join("new.jsonl");
    fs::write(&old, "a\nb\n").unwrap();
    fs::write(&new, "a\nb\nc\n").unwrap();
    let done = claims(&[Path::new("check"), &old, &new]);
    assert_eq!((done.status.code(), out(&done).contains("1 lines were appended")), (Some(0), true));
    fs::write(&new, "b\na\n").unwrap();
    let done = claims(&[Path::new("check"), &old, &new]);
    assert_eq!(done.status.code(), Some(1));
    assert!(out(&done).contains("was moved to line"), "{}", out(&done));
    assert_eq!(claims(&[Path::new("check"), &old, &dir.path().join("none")]).status.code(), Some(4));
}

/// A signed model with its keys in a folder.
fn signed_model() -> (tempfile::TempDir, PathBuf, PathBuf, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let (private, public) = (dir.path().join("key.pem"), dir.path().join("pub.pem"));
    fs::write(&private, KEYS[0].to_pkcs8_pem().unwrap().as_bytes()).unwrap();
    fs::write(&public, KEYS[0].public().to_pem()).unwrap();
    let model = dir.path().join("model");
    fs::create_dir_all(model.join("sub")).unwrap();
    fs::write(model.join("weights.bin"), "weights").unwrap();
    (dir, model, private, public)
}

#[test]
fn a_signature_is_appended_as_a_line_and_the_model_still_verifies() {
    let (_dir, model, private, public) = signed_model();
    let file = model.join("claims.jsonl");
    let words = |verb: &str, rest: &[&str]| -> Vec<String> {
        let head = [verb, "key", model.to_str().unwrap()];
        head.iter().chain(rest).map(|word| (*word).to_owned()).collect()
    };
    let (private, public) = (private.to_str().unwrap(), public.to_str().unwrap());
    let place = file.to_str().unwrap();
    let done = touchmark(words("sign", &["--private-key", private, "--append-claims", place]));
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let done = touchmark(words("verify", &["--public-key", public, "--explain"]));
    assert_eq!(done.status.code(), Some(0), "{}", out(&done));
    assert!(out(&done).contains("1 further claim about this model, verified"), "{}", out(&done));

    // A foreign claim changes nothing but the count.
    append_claims(&file, &[bundle(RESULT, &root(9).to_string(), &KEYS[1])]).unwrap();
    let done = touchmark(words("verify", &["--public-key", public, "--explain"]));
    assert_eq!(done.status.code(), Some(0), "{}", out(&done));
    assert!(out(&done).contains("1 of 2 further claims accepted"), "{}", out(&done));

    let done = touchmark(["claims", "list", model.to_str().unwrap(), "--public-key", public]);
    let said = out(&done);
    assert_eq!(done.status.code(), Some(0), "{said}{}", err(&done));
    assert!(said.contains("this model") && said.contains("another model"), "{said}");
    assert!(said.contains("TRUST-UNKNOWN-KEY") && said.contains("1 of them count"), "{said}");

    let show = ["claims", "show", place, "--predicate", RESULT, "--public-key", public];
    let done = touchmark(show);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(out(&done).contains("evil\\u001b[2J") && !out(&done).contains('\u{1b}'), "{}", out(&done));
    let name = KEYS[0].public().fingerprint();
    let done = touchmark(show.iter().chain(&["--identity", &name]));
    assert_eq!(done.status.code(), Some(3), "not by this signer: {}", out(&done));

    let again =
        touchmark(words("sign", &["--private-key", private, "--append-claims", place, "--signature", place]));
    assert_eq!(again.status.code(), Some(2), "{}", err(&again));
}

#[test]
fn signatures_and_claims_stay_out_of_what_is_signed_in_any_folder_and_nothing_else_does() {
    let (_dir, model, private, public) = signed_model();
    let out_of_it =
        ["old.sig", "sub/old.sig", "claims.jsonl", "sub/claims.jsonl", "a.intoto.jsonl", "b.sigstore.json"];
    let in_it = ["my-claims.jsonl", "sig", "sub/x.sig.txt", "sub/y.jsonl", "z.json"];
    let claim = bundle(PROVENANCE, &root(1).to_string(), &KEYS[1]);
    for name in out_of_it.iter().chain(&in_it) {
        fs::write(model.join(name), &claim).unwrap();
    }
    let model_name = model.to_str().unwrap();
    let key = ["--private-key", private.to_str().unwrap(), "--format", "json"];
    let done = touchmark(["sign", "key", model_name].iter().chain(&key));
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(told["resources"], 1 + in_it.len());
    let mut expected = out_of_it;
    expected.sort_unstable();
    assert_eq!(told["left_out"], json!(expected));
    let verify = ["verify", "key", model_name, "--public-key", public.to_str().unwrap()];
    assert_eq!(touchmark(verify).status.code(), Some(0));
    // New ones do not break it, and what only has the name of one does.
    fs::write(model.join("sub/new.sig"), &claim).unwrap();
    assert_eq!(touchmark(verify).status.code(), Some(0));
    fs::write(model.join("sub/new.sig"), "a payload").unwrap();
    assert_eq!(touchmark(verify).status.code(), Some(1));
}

#[test]
fn an_appender_that_is_killed_leaves_the_old_lines_or_all_of_the_new() {
    let (dir, file) = folder();
    let first = line(&bundle(RESULT, &root(99).to_string(), &KEYS[0]));
    let old = [first, b"\r\nan old line\r\n".to_vec()].concat();
    let names: Vec<PathBuf> = (0..40).map(|at| dir.path().join(format!("{at}.json"))).collect();
    for (at, name) in names.iter().enumerate() {
        fs::write(name, bundle(PROVENANCE, &root(at as u8).to_string(), &KEYS[0])).unwrap();
    }
    let mut whole = 0;
    for step in 0..24 {
        fs::write(&file, &old).unwrap();
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(["claims", "append"])
            .arg(&file)
            .args(&names)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(step * 400));
        let _ = child.kill();
        child.wait().unwrap();
        let now = fs::read(&file).unwrap();
        if now != old {
            whole += 1;
            assert!(now.starts_with(&old));
            let read = read_claims(&file).unwrap();
            assert_eq!((read.claims.len(), read.unknown.len()), (41, 1));
        }
    }
    eprintln!("{whole} of 24 came to their end");
}

#[test]
fn a_model_of_the_inventory_is_listed_under_its_policy_as_text_and_as_a_document() {
    let dir = crate::support::copy_of_samples();
    let models = dir.path().join("models");
    let file = models.join("acme/receipt-reader/claims.jsonl");
    let bundles =
        ["acme/receipt-reader", "lumen/iris-base"].map(|model| models.join(model).join("model.sig"));
    append_claims(&file, &bundles.map(|path| fs::read(path).unwrap())).unwrap();
    let list = |target: &str| {
        let words =
            ["--workspace", dir.path().to_str().unwrap(), "claims", "list", target, "--format", "json"];
        let done = touchmark(words);
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        serde_json::from_slice::<Value>(&done.stdout).unwrap()
    };
    let told = list("acme/receipt-reader");
    let claims = &told["claims"];
    assert_eq!(told["root_digest"], claims[0]["subjects"][0]);
    assert_eq!((&claims[0]["about"], &claims[0]["counts"]), (&json!("this-model"), &json!(true)));
    assert_eq!((&claims[1]["about"], &claims[1]["counts"]), (&json!("another-model"), &json!(false)));
    // A file alone does not tell whose claims they should be.
    let told = list(file.to_str().unwrap());
    assert_eq!(told["root_digest"], Value::Null);
    assert_eq!(
        (&told["claims"][0]["about"], &told["claims"][0]["outcome"]),
        (&json!("unknown"), &json!("pass"))
    );
    // The files decide what the model is, not its signature.
    fs::write(models.join("acme/receipt-reader/README.md"), "changed").unwrap();
    let told = list("acme/receipt-reader");
    assert_eq!(told["claims"][0]["about"], "another-model");
    assert_eq!(list("lumen/iris-ocr")["claims"], json!([]));
}

#[cfg(feature = "keyless")]
#[test]
fn a_keyless_claim_is_proven_by_the_trusted_root_and_counts_for_the_one_who_was_expected() {
    use crate::instance::Uses;
    use crate::keyless::{Bench, DANA};
    let bench = Bench::open(Uses::FirstLog);
    let file = bench.path("claims.jsonl");
    let done = bench.sign(&[
        "--identity-token-file",
        &bench.text("token"),
        "--append-claims",
        &bench.text("claims.jsonl"),
    ]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let anchor = Anchor::read_sigstore("ours", &bench.path("config.json")).unwrap();
    let anybody = Trust::new(vec![anchor]);
    let options = VerifyOptions::at("2026-06-01T00:00:00Z".parse().unwrap());
    let judged = |trust: &Trust| {
        let claims = read_claims(&file).unwrap().claims;
        let root = claims[0].subjects[0].raw().parse().ok();
        let by = Judge { trust, options: &options, root, aliases: &[] };
        judge(claims, &by, &Progress::default()).unwrap().remove(0)
    };
    let issuer = Some(bench.instance.issuer().as_str().into());
    let dana = judged(&anybody.clone().expecting(DANA, issuer.clone()));
    assert!(dana.counts() && dana.signed_at.is_some(), "{:?}", dana.because);
    let other = judged(&anybody.clone().expecting("eve@acme.test", issuer));
    assert_eq!((other.outcome, other.signer.is_some()), (Outcome::Partial, true), "genuine, but another's");
    assert_eq!(judged(&anybody).outcome, Outcome::Unknown, "anybody gets such a certificate");
    assert_eq!(judged(&Trust::new(Vec::new())).outcome, Outcome::Missing);
}
