//! Where a verification could be off by one, take one thing for another, or leave one out: the edges of each rule of
//! FILES, PARSE, TRUST, SIGNATURE and TIME, with what lies just beyond them.
#![cfg(unix)]
#![allow(non_snake_case)] // stages stand in names as they are written

use crate::bench::{Authority, Bench, Leaf, PAYLOAD_TYPE, anchor, details, faults, mend_root};
use crate::pki::{DAY, Key, Kind, NOW, Spec, pem};
use crate::tokens::{Tsa, time};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;
use touchmark::signing::{
    Anchor, Bundle, ChangeKind, CheckCode, Comparison, Coverage, Curve, HashAlgorithm, ListFault, Outcome,
    Progress, SignatureState, SigningKey, Stage, Trust, TrustWhy, Why, claimed_signer, hash_bytes, verify,
};

fn is_fine(bench: &Bench) {
    let seen = bench.verify();
    assert_eq!(faults(&seen), [], "{:#?}", seen.checks);
}

fn code(bench: &Bench, stage: Stage) -> &'static str {
    bench.verify().check(stage).unwrap().code.as_str()
}

// ── FILES ──

#[test]
fn a_shard_counts_by_its_own_bytes() {
    let bench = Bench::sharded(&[("weights.bin", b"0123456789")], 4);
    let files = bench.verify().files;
    assert_eq!((files.compared, files.matched, files.bytes, files.matched_bytes), (3, 3, 10, 10));
}

#[test]
fn all_changed_files_are_named_and_the_first_hundred_are_looked_into() {
    let names: Vec<String> = (0..102).map(|at| format!("{at:03}.txt")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "a\nb\n")).collect();
    let bench = Bench::unsigned(&files);
    bench.sign();
    names.iter().for_each(|name| bench.write(name, "a\r\nb\r\n"));
    let changed = &bench.verify().files.changed;
    assert_eq!(changed.len(), 102);
    let looked_into = changed.iter().filter(|file| file.kind == ChangeKind::LineEnds).count();
    assert_eq!(looked_into, 100);
    // Ten lines tell of them.
    let told = details(&bench.verify(), Stage::Files);
    assert!(told.contains("changed: 009.txt") && !told.contains("010.txt"), "{told}");
    assert!(told.contains("and 92 more"), "{told}");
    names.iter().skip(10).for_each(|name| bench.write(name, "a\nb\n"));
    let told = details(&bench.verify(), Stage::Files);
    assert!(told.contains("changed: 009.txt") && !told.contains("more"), "{told}");
}

/// A signature over so many files, for a model of the name `model` or another one, beside files of the same names of
/// which so many are as signed.
fn copied(files: usize, as_signed: usize, to: &str) -> String {
    let names: Vec<String> = (0..files).map(|at| format!("{at}.bin")).collect();
    let signed: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let bench = Bench::unsigned(&signed);
    bench.sign();
    names.iter().skip(as_signed).for_each(|name| bench.write(name, format!("other {name}")));
    let model = bench.folder.path().join(to);
    fs::rename(bench.model(), &model).unwrap_or_default();
    let signature = model.join("model.sig");
    let seen = verify(&model, &signature, &bench.trust, &bench.options, &Progress::default()).unwrap();
    assert_eq!(seen.files.named_otherwise, to != "model");
    seen.check(Stage::Files).unwrap().code.as_str().to_owned()
}

#[test]
fn a_signature_of_another_model_is_one_that_is_named_otherwise_and_has_nearly_nothing_in_common() {
    for (files, as_signed, to, code) in [
        (2, 0, "other", "FILES-OTHER-MODEL"),
        (1, 0, "other", "FILES-CHANGED"),
        (10, 1, "other", "FILES-OTHER-MODEL"),
        (10, 2, "other", "FILES-CHANGED"),
        (9, 1, "other", "FILES-CHANGED"),
        (20, 2, "other", "FILES-OTHER-MODEL"),
        (20, 3, "other", "FILES-CHANGED"),
        // A model that was renamed and one that was rewritten under its name.
        (10, 9, "other", "FILES-CHANGED"),
        (10, 0, "model", "FILES-CHANGED"),
    ] {
        assert_eq!(copied(files, as_signed, to), code, "{as_signed} of {files}, now {to}");
    }
}

#[test]
fn claims_are_no_part_of_the_model_unless_they_were_signed_with_it() {
    let bench = Bench::new();
    bench.write("claims.jsonl", "no claims at all");
    is_fine(&bench);
    let digest = |text: &str| hex::encode(hash_bytes(HashAlgorithm::Sha256, text.as_bytes()));
    bench.edit_resources(|list| {
        list.push(json!({ "name": "claims.jsonl", "digest": digest("signed"), "algorithm": "sha256" }));
    });
    bench.write("claims.jsonl", "signed");
    is_fine(&bench);
    bench.write("claims.jsonl", "changed");
    assert_eq!(code(&bench, Stage::Files), "FILES-CHANGED");
    bench.remove("claims.jsonl");
    assert_eq!(code(&bench, Stage::Files), "FILES-MISSING");
}

#[test]
fn a_file_that_is_its_own_signature_is_no_model_and_an_emptied_folder_lacks_its_files() {
    let bench = Bench::new();
    let own = bench.folder.path().join("own.sig");
    fs::copy(bench.bundle(), &own).unwrap();
    let seen = verify(&own, &own, &bench.trust, &bench.options, &Progress::default()).unwrap();
    assert_eq!(seen.check(Stage::Files).unwrap().code, CheckCode::FilesOdd);
    for name in ["config.json", "weights.bin", "sub/vocab.txt", "README.md"] {
        bench.remove(name);
    }
    assert_eq!(bench.observe().observed.comparison, Comparison::Compared);
    assert_eq!(code(&bench, Stage::Files), "FILES-MISSING");
}

#[test]
fn only_so_many_attestations_are_taken_for_some() {
    let bench = Bench::new();
    let text = bench.bundle_text();
    (0..257).for_each(|at| bench.write(&format!("{at:03}.sigstore.json"), &text));
    let files = bench.verify().files;
    assert_eq!((files.attestations.len(), files.extra.len()), (256, 1));
}

#[test]
fn a_file_added_later_is_an_attestation_by_its_name_and_by_what_it_holds() {
    let bench = Bench::new();
    let line = bench.bundle_json().to_string();
    let lines = format!("{line}\n\n  \n{line}\n");
    for (name, text, code) in [
        ("build.sigstore.json", line.as_str(), "FILES"),
        ("sub/build.intoto.jsonl", lines.as_str(), "FILES"),
        // By another name it is a file that nobody signed, whatever it holds.
        ("build.json", line.as_str(), "FILES-EXTRA"),
        ("build.jsonl", lines.as_str(), "FILES-EXTRA"),
        ("build.intoto.jsonl", "", "FILES-EXTRA"),
        ("build.intoto.jsonl", "\n\n", "FILES-EXTRA"),
        ("build.intoto.jsonl", &format!("{line}\nimport os\n"), "FILES-EXTRA"),
        ("build.intoto.jsonl", &format!("{line}{line}"), "FILES-EXTRA"),
    ] {
        bench.write(name, text);
        assert_eq!(self::code(&bench, Stage::Files), code, "{name}: {text}");
        bench.remove(name);
    }
}

#[test]
fn a_list_of_digests_beside_a_model_is_held_against_the_files_as_they_are() {
    let sums = |text: &str| {
        format!("{}  weights.bin\n", hex::encode(hash_bytes(HashAlgorithm::Sha256, text.as_bytes())))
    };
    let told = |bench: &Bench| bench.verify().foreign[0].line().raw().to_owned();
    for (hash, shard_size) in [
        (HashAlgorithm::Sha256, None),
        (HashAlgorithm::Sha256, Some(4)),
        (HashAlgorithm::Blake3, None),
        (HashAlgorithm::Blake3, Some(4)),
    ] {
        let mut bench = Bench::unsigned(&[("weights.bin", "weights")]);
        (bench.sign_options.hash, bench.sign_options.shard_size) = (hash, shard_size);
        bench.sign();
        bench.write("SHA256SUMS", sums("weights"));
        assert!(told(&bench).contains("1 match"), "{hash:?} {shard_size:?}: {}", told(&bench));
        // What was signed is not what lies here any more.
        bench.write("weights.bin", "changed");
        assert!(told(&bench).contains("1 differ"), "{hash:?} {shard_size:?}: {}", told(&bench));
        bench.write("SHA256SUMS", sums("changed"));
        assert!(told(&bench).contains("1 match"), "{hash:?} {shard_size:?}: {}", told(&bench));
    }
}

#[test]
fn a_signature_of_another_kind_is_told_beside_PARSE_where_there_is_none_of_ours() {
    let bench = Bench::new();
    bench.write("SHA256SUMS", format!("{}  weights.bin\n", "0a".repeat(32)));
    let seen = bench.verify();
    assert_eq!((seen.foreign.len(), seen.outcome_of(Stage::Parse)), (1, Outcome::Pass));
    assert_eq!(details(&seen, Stage::Parse), "");
    bench.remove("model.sig");
    let seen = bench.verify();
    assert!(details(&seen, Stage::Parse).contains("SHA256SUMS"), "{seen:#?}");
}

#[test]
fn bytes_are_covered_by_a_signature_that_holds_up_to_its_subject() {
    let bench = Bench::new();
    let covered = |bench: &Bench| bench.verify().coverage().unwrap().covered;
    assert!(covered(&bench) > 0);
    // The signer is proven and all files are as signed, but the statement contradicts itself.
    bench.edit_statement(|statement| statement["subject"][0]["digest"]["sha256"] = json!("0a".repeat(32)));
    assert_eq!(faults(&bench.verify()), [(Stage::Subject, "SUBJECT-DIGEST")]);
    assert_eq!(covered(&bench), 0);
    bench.edit_statement(mend_root);
    assert!(covered(&bench) > 0);
    let mut bench = bench;
    bench.trust = Trust::new(vec![anchor("other", &SigningKey::generate(Curve::P256).unwrap())]);
    assert_eq!(covered(&bench), 0);
}

#[test]
fn a_bar_of_coverage_tells_little_from_nothing() {
    for (covered, told) in [(0, " 0 %"), (1, "under 1 %"), (9, "under 1 %"), (10, " 1 %"), (1000, " 100 %")] {
        let bar = Coverage { covered, total: 1000 }.bar();
        assert!(bar.ends_with(told), "{covered}: {bar}");
    }
}

// ── PARSE ──

#[test]
fn without_a_bundle_every_stage_that_rests_on_it_says_so_and_no_other_does() {
    let bench = Bench::new();
    bench.write("model.sig", "{}");
    for check in bench.verify().checks {
        let why = match check.stage {
            Stage::Parse => continue,
            Stage::Predicates | Stage::Policy => (Outcome::NotApplicable, Why::DecidedElsewhere),
            _ => (Outcome::Unknown, Why::After(Stage::Parse)),
        };
        assert_eq!((check.outcome, check.why), why, "{:?}", check.stage);
    }
}

#[test]
fn a_bundle_of_the_same_length_is_not_the_one_that_was_seen() {
    let bench = Bench::new();
    let seen = bench.observe();
    let bytes = seen.bundle.unwrap();
    assert_eq!(faults(&bench.judge(&seen.observed, Some(&bytes))), []);
    // Another one of the same length, and the same one with a space behind it.
    let mut bundle = bench.bundle_json();
    let altered = String::from_utf8(bench.payload()).unwrap().replacen("\"model\"", "\"modem\"", 1);
    bundle["dsseEnvelope"]["payload"] = STANDARD.encode(altered).into();
    let mut other = bundle.to_string().into_bytes();
    other.resize(bytes.len(), b' ');
    assert!(other.len() == bytes.len() && other != bytes);
    let longer = [&bytes[..], b" "].concat();
    for others in [other, longer] {
        let judged = bench.judge(&seen.observed, Some(&others));
        assert_eq!(judged.check(Stage::Parse).unwrap().outcome, Outcome::Unknown, "{judged:#?}");
        assert!(!judged.signer_proven() && judged.root_digest.is_none());
    }
}

#[test]
fn a_bundle_is_kept_up_to_64_mib_and_judged_either_way() {
    const MOST: usize = 64 << 20;
    let bench = Bench::new();
    let text = bench.bundle_text();
    for (size, is_kept) in [(MOST, true), (MOST + 1, false)] {
        bench.write("model.sig", format!("{text}{}", " ".repeat(size - text.len())));
        let seen = bench.observe();
        assert!(
            matches!(seen.observed.signature.state, SignatureState::Read { bytes, .. } if bytes == size as u64)
        );
        assert_eq!(seen.bundle.is_some(), is_kept, "{size}");
    }
    let progress = Progress::default();
    let seen = verify(&bench.model(), &bench.bundle(), &bench.trust, &bench.options, &progress).unwrap();
    assert_eq!(faults(&seen), []);
}

#[test]
fn what_cannot_be_listed_is_told_and_nothing_else_of_the_files() {
    let bench = Bench::new();
    std::os::unix::fs::symlink("config.json", bench.model().join("link")).unwrap();
    let seen = bench.verify();
    assert_eq!(faults(&seen), [(Stage::Files, "FILES-LINK")]);
    assert_eq!((seen.files.matched, seen.files.compared), (0, 0));
    let Comparison::NotListed(unlisted) = bench.observe().observed.comparison else { panic!("{seen:#?}") };
    assert!(matches!(unlisted.fault, ListFault::Link(_)));
}

// ── TRUST and SIGNATURE ──

/// What version 0.2.0 signed for a certificate: its own encoding, hashed with SHA-256 whatever the curve.
fn sign_legacy(bench: &Bench, key: &str, payload: &[u8]) {
    let folder = bench.folder.path();
    let head = format!("DSSEV1 {} {PAYLOAD_TYPE} {} b'", PAYLOAD_TYPE.len(), payload.len());
    fs::write(folder.join("message"), [head.as_bytes(), payload, b"'"].concat()).unwrap();
    fs::write(folder.join("key.pem"), key).unwrap();
    let done = Command::new("openssl")
        .args(["dgst", "-sha256", "-sign"])
        .args([folder.join("key.pem"), "-out".into(), folder.join("signature"), folder.join("message")])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let signature = fs::read(folder.join("signature")).unwrap();
    bench.edit_bundle(|bundle| {
        bundle["dsseEnvelope"]["payload"] = STANDARD.encode(payload).into();
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = STANDARD.encode(signature).into();
    });
}

fn legacy(bench: &Bench) -> Vec<u8> {
    let subjects: Vec<Value> = bench.statement()["predicate"]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| json!({ "name": resource["name"], "digest": { "sha256": resource["digest"] } }))
        .collect();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "https://model_signing/Digests/v0.1",
        "predicate": {},
    });
    statement.to_string().into_bytes()
}

#[test]
fn version_0_2_0_hashed_with_sha256_for_certificates_and_named_no_model() {
    let mut bench = Bench::new();
    assert_eq!(bench.verify().subject_name.unwrap().raw(), "model");
    let (current, old) = (bench.payload(), legacy(&bench));
    let (root_key, key) = (Key::new(Kind::P256), Key::new(Kind::P384));
    let root = Spec::ca("CN=root", "CN=root").issue(&root_key, &root_key);
    let leaf = Spec::leaf("CN=ci", "CN=root").issue(&key, &root_key);
    bench.trust = Trust::new(vec![Anchor::ca("root", "test", &root, None).unwrap()]);
    bench.sign_under(&Leaf { der: leaf, key: Some(key.pem()) }, &[]);
    is_fine(&bench);
    sign_legacy(&bench, &key.pem(), &old);
    let seen = bench.verify();
    assert_eq!(faults(&seen), [], "{:#?}", seen.checks);
    assert_eq!((seen.outcome_of(Stage::Signature), seen.subject_name), (Outcome::Pass, None));
    assert!(!seen.files.named_otherwise);
    // Of a current statement only its own encoding counts.
    sign_legacy(&bench, &key.pem(), &current);
    assert_eq!(faults(&bench.verify()), [(Stage::Signature, "SIGNATURE-INVALID")]);
}

#[test]
fn a_hint_is_what_looks_like_one_and_any_other_is_not_held_against_the_signer() {
    let mut bench = Bench::new();
    bench.trust.anchors.insert(0, anchor("other", &SigningKey::generate(Curve::P256).unwrap()));
    let hint = bench.key.public().hint();
    for (hint, code) in [
        (hint.as_str(), "TRUST"),
        ("0a", "TRUST"),
        (&"z".repeat(64), "TRUST"),
        (&"0A".repeat(32), "TRUST"),
        (&"0a".repeat(33), "TRUST"),
        (&"0a".repeat(32), "TRUST-HINT"),
    ] {
        bench.edit_bundle(|bundle| bundle["verificationMaterial"]["publicKey"]["hint"] = hint.into());
        let seen = bench.verify();
        assert_eq!(seen.check(Stage::Trust).unwrap().code, code, "{hint}");
        assert_eq!(seen.outcome_of(Stage::Signature), Outcome::Pass, "{hint}");
    }
}

#[test]
fn of_several_keys_a_broken_signature_is_held_against_the_one_that_it_carries() {
    let mut bench = Bench::new();
    let own = bench.key.public().to_pem();
    let others: Vec<SigningKey> = (0..3).map(|_| SigningKey::generate(Curve::P384).unwrap()).collect();
    bench.trust = Trust::new(vec![
        anchor("first", &others[0]),
        anchor("publisher", &bench.key),
        anchor("last", &others[1]),
    ]);
    let carry = |bench: &Bench, pem: &str| {
        bench.edit_bundle(|bundle| {
            bundle["verificationMaterial"]["publicKey"] = json!({ "rawBytes": STANDARD.encode(pem) });
        });
    };
    carry(&bench, &own);
    is_fine(&bench);
    let broken = bench.key.sign(b"something else").unwrap();
    bench.edit_bundle(|bundle| {
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = STANDARD.encode(broken).into();
    });
    let seen = bench.verify();
    assert_eq!(faults(&seen), [(Stage::Signature, "SIGNATURE-INVALID")]);
    assert_eq!(seen.anchor.as_ref().unwrap().name, "publisher");
    assert_eq!(seen.signer.as_ref().unwrap().subject.raw(), bench.key.public().fingerprint());
    assert!(!seen.signer_proven());
    // A key that nobody trusts may be carried along, and stays one.
    carry(&bench, &others[2].public().to_pem());
    assert_eq!(faults(&bench.verify()), [(Stage::Trust, "TRUST-UNKNOWN-KEY")]);
    assert_eq!(bench.verify().anchor, None);
}

#[test]
fn a_broken_signature_that_names_nobody_is_held_against_the_only_key() {
    let mut bench = Bench::new();
    let broken = bench.key.sign(b"something else").unwrap();
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"]["publicKey"] = json!({ "hint": "" });
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = STANDARD.encode(broken).into();
    });
    assert_eq!(faults(&bench.verify()), [(Stage::Signature, "SIGNATURE-INVALID")]);
    // Of two, nobody knows which.
    bench.trust.anchors.push(anchor("other", &SigningKey::generate(Curve::P256).unwrap()));
    assert_eq!(faults(&bench.verify()), [(Stage::Trust, "TRUST-UNKNOWN-KEY")]);
}

#[test]
fn who_signed_is_read_from_a_bundle_of_each_kind() {
    let mut bench = Bench::new();
    let read = |bench: &Bench| claimed_signer(&Bundle::read(&bench.bundle()).unwrap());
    let hinted = read(&bench).unwrap();
    assert_eq!((hinted.subject.raw(), hinted.fingerprint), (bench.key.public().hint().as_str(), None));
    let pem = bench.key.public().to_pem();
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"]["publicKey"] = json!({ "rawBytes": STANDARD.encode(&pem) });
    });
    let carried = read(&bench).unwrap();
    let print = bench.key.public().fingerprint();
    assert_eq!(
        (carried.subject.raw(), carried.fingerprint.as_deref()),
        (print.as_str(), Some(print.as_str()))
    );
    let root = Authority::new("root");
    bench.sign_under(&root.issue(|_| {}), &[]);
    let certified = read(&bench).unwrap();
    assert_eq!(certified.fingerprint, Some(bench.key.public().fingerprint()));
    assert_eq!((certified.subject.raw(), certified.issuer.unwrap().raw()), ("CN=ci,O=acme", "CN=root"));
    bench.sign_keyless(&root, "AAAA");
    assert_eq!(read(&bench).unwrap().subject.raw(), "ci@acme.example");
}

#[test]
fn what_is_held_for_a_method_is_of_its_kind() {
    let mut bench = Bench::new();
    bench.sign_under(&Authority::new("root").issue(|_| {}), &[]);
    let mut stranger = Authority::new("stranger").anchor();
    stranger.name = "stranger".to_owned();
    bench.trust.anchors.push(stranger);
    let seen = bench.verify();
    assert_eq!(faults(&seen), [(Stage::Chain, "CHAIN-UNTRUSTED")]);
    let Why::Trust(why) = &seen.check(Stage::Trust).unwrap().why else { panic!("{seen:#?}") };
    let TrustWhy::Held { anchors, more, .. } = &**why else { panic!("{why:#?}") };
    assert_eq!((anchors.iter().map(|name| name.raw()).collect::<Vec<_>>(), *more), (vec!["stranger"], 0));
}

#[test]
fn a_keyless_signature_whose_key_cannot_be_read_proves_nothing_by_itself() {
    let root = Authority::new("root");
    let leaf = root.issue_ed25519();
    let mut bench = Bench::new();
    bench.sign_keyless(&root, &crate::bench::log_of(&Anchor::public_good()));
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"]["certificate"]["rawBytes"] = STANDARD.encode(&leaf.der).into();
    });
    bench.options.at = "2026-12-01T00:00:00Z".parse().unwrap();
    for trust in [Trust::new(vec![Anchor::public_good()]), Trust::new(Vec::new())] {
        bench.trust = trust;
        let seen = bench.verify();
        assert_eq!(seen.outcome_of(Stage::Signature), Outcome::Unknown, "{seen:#?}");
        assert!(!seen.signer_proven());
    }
}

// ── TIME ──

/// A trusted root with one timestamp authority, valid so.
fn root_of(tsa: &Tsa, valid: &Value) -> Anchor {
    let root = json!({
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [], "certificateAuthorities": [], "ctlogs": [],
        "timestampAuthorities": [{
            "subject": { "organization": "test", "commonName": "test" },
            "uri": "https://test",
            "certChain": { "certificates": [
                { "rawBytes": STANDARD.encode(tsa.leaf_der()) }, { "rawBytes": STANDARD.encode(tsa.root_der()) },
            ] },
            "validFor": valid,
        }],
    });
    Anchor::tsa("stamps", "test", root.to_string().as_bytes(), None).unwrap()
}

fn stamp(bench: &Bench, tsa: &Tsa, at: i64) {
    let sig = bench.bundle_json()["dsseEnvelope"]["signatures"][0]["sig"].as_str().unwrap().to_owned();
    let token = tsa.token(&STANDARD.decode(sig).unwrap()).with(|token| token.at = time(at)).make();
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"]["timestampVerificationData"] =
            json!({ "rfc3161Timestamps": [{ "signedTimestamp": STANDARD.encode(token) }] });
    });
}

fn second(at: i64) -> String {
    jiff::Timestamp::from_second(at).unwrap().to_string()
}

#[test]
fn a_timestamp_authority_counts_from_the_first_to_the_last_second_of_its_window() {
    let (mut bench, tsa) = (Bench::new(), Tsa::new(Kind::P256));
    let (from, until) = (NOW - 40 * DAY, NOW - 20 * DAY);
    bench.trust.anchors.push(root_of(&tsa, &json!({ "start": second(from), "end": second(until) })));
    for (at, code) in [
        (from - 1, "TIME-AUTHORITY"),
        (from, "TIME"),
        (from + 1, "TIME"),
        (until - 1, "TIME"),
        (until, "TIME"),
        (until + 1, "TIME-AUTHORITY"),
    ] {
        stamp(&bench, &tsa, at);
        let seen = bench.verify();
        assert_eq!(seen.check(Stage::Time).unwrap().code, code, "{at}");
        assert_eq!(seen.signed_at.is_some(), code == "TIME", "{at}");
    }
}

#[test]
fn the_trusted_authorities_stand_beside_one_that_is_not() {
    let (mut bench, tsa) = (Bench::new(), Tsa::new(Kind::P256));
    for name in ["one", "two"] {
        let root = pem("CERTIFICATE", &Tsa::new(Kind::P256).root_der());
        bench.trust.anchors.push(Anchor::tsa(name, "test", root.as_bytes(), None).unwrap());
    }
    stamp(&bench, &tsa, NOW - DAY);
    let seen = bench.verify();
    let check = seen.check(Stage::Time).unwrap();
    assert_eq!(check.code, CheckCode::TimeUnknownAuthority);
    let expected = check.words().expected.unwrap();
    assert!(expected.raw().contains("one") && expected.raw().contains("two"), "{check:#?}");
}
