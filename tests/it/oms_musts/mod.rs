//! Every MUST of OMS v1.0, in our own words, with the test that holds it; then what the reference
//! implementation writes in its own way, and what it gets wrong.
#![cfg(unix)]

mod files;
mod reference;

use crate::bench::{Authority, Bench, PAYLOAD_TYPE, anchor, details, faults, mend_root};
use crate::support::{err, touchmark};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use files::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use touchmark::Code;
use touchmark::signing::{
    Anchor, Curve, HashAlgorithm, Outcome, Progress, SignOptions, SigningKey, Stage, Statement, Trust,
    certificates_from_pem, digest, pae, sign_certificate, sign_key,
};

/// How we stand to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// As the specification says.
    Met,
    /// Where it allows or warns, we refuse.
    Stricter,
}
use Standing::{Met, Stricter};

struct Must {
    number: u8,
    section: &'static str,
    text: &'static str,
    name: &'static str,
    test: fn(),
    standing: Standing,
}

macro_rules! musts {
    ($($number:literal $section:literal $text:literal => $test:ident $standing:ident;)*) => {
        &[$(Must {
            number: $number,
            section: $section,
            text: $text,
            name: stringify!($test),
            test: $test,
            standing: $standing,
        }),*]
    };
}

const MUSTS: &[Must] = musts! {
    1 "3.1" "what is written has the shape of the four schemas" => what_we_write_has_the_shape_of_the_schemas Met;
    2 "4" "a Sigstore bundle at the top" => what_we_write_has_the_shape_of_the_schemas Met;
    3 "4.1" "producers name the key by its hint" => a_key_is_named_by_the_hash_of_its_pem_text Met;
    4 "4.1" "a keyless bundle has a log entry" => material_decides_the_method_and_what_it_needs Met;
    5 "4.1" "keyid may be absent, empty or null" => keyid_may_be_absent_empty_or_null Met;
    6 "5" "the payload is an in-toto statement v1" => what_we_write_has_the_shape_of_the_schemas Met;
    7 "5.1" "exactly the predicate type of v1.0" => the_statement_and_predicate_types_are_exact Met;
    8 "5.1" "the type of v0.2 is never written" => the_statement_and_predicate_types_are_exact Met;
    9 "5.2" "resources and serialization" => each_part_of_the_predicate_is_needed Met;
    10 "5.2.1" "each resource has name, digest, algorithm" => each_part_of_the_predicate_is_needed Met;
    11 "5.2.1" "at least one resource" => an_empty_model_is_refused_at_both_ends Met;
    12 "5.2.1" "sorted by name in code point order" => resources_are_written_in_code_point_order Met;
    13 "5.2.1" "no entries for folders" => all_regular_files_are_signed_and_no_folders Met;
    14 "5.2.1" "unknown fields of a resource are passed over" => unknown_fields_of_a_resource_are_passed_over Met;
    15 "5.2.2" "method, hash_type, allow_symlinks are there" => each_part_of_the_predicate_is_needed Met;
    16 "5.2.2" "shard_size exactly with shards" => shard_size_stands_with_shards_and_only_there Met;
    17 "5.2.2" "the recorded hash is used" => every_hash_of_the_registry_is_written_and_verified Met;
    18 "6.1" "all regular files, in all folders" => all_regular_files_are_signed_and_no_folders Met;
    19 "6.1" "an empty model is refused" => an_empty_model_is_refused_at_both_ends Met;
    20 "6.1.1" "links are not followed unless allowed" => links_are_followed_only_when_allowed_and_inside Stricter;
    21 "6.1.1" "a link is never a resource" => links_are_followed_only_when_allowed_and_inside Met;
    22 "6.1.1" "allowed links: the target's bytes under the link's name" => links_are_followed_only_when_allowed_and_inside Met;
    23 "6.1.1" "a target outside is warned of" => links_are_followed_only_when_allowed_and_inside Stricter;
    24 "6.1.1" "a loop is warned of" => links_are_followed_only_when_allowed_and_inside Stricter;
    25 "6.1.1" "the verifier applies the recorded rule" => links_are_followed_only_when_allowed_and_inside Met;
    26 "6.1.2" "`/` between the parts of a name" => names_are_canonical_at_both_ends Met;
    27 "6.1.2" "relative, never upwards" => names_are_canonical_at_both_ends Met;
    28 "6.1.2" "no `.` and no empty part" => names_are_canonical_at_both_ends Stricter;
    29 "6.1.2" "no `/` at the end" => names_are_canonical_at_both_ends Met;
    30 "6.1.2" "one file is named by its basename" => a_model_of_one_file_has_its_basename Met;
    31 "6.1.2" "names are compared byte by byte" => names_are_compared_byte_by_byte Met;
    32 "6.1.2" "names are UTF-8 or refused" => names_that_are_not_utf8_are_refused Met;
    33 "6.1.2" "signer writes and verifier reads canonical names" => names_are_canonical_at_both_ends Stricter;
    34 "6.2" "git's own files are left out by default" => git_files_and_the_signature_are_left_out Met;
    35 "6.2" "the signature is left out at both ends" => git_files_and_the_signature_are_left_out Met;
    36 "6.2.1" "ignored paths: no patterns, relative, inside" => ignored_paths_are_plain_and_inside Met;
    37 "6.2.1" "an extra file that nothing covers fails" => unsigned_files_fail_unless_asked_otherwise Met;
    38 "6.3" "method files" => every_hash_of_the_registry_is_written_and_verified Met;
    39 "6.3.2" "shards: method and size are recorded" => shards_are_whole_ranges_without_empty_files Met;
    40 "6.3.2" "ranges of exactly the size, but the last" => shards_are_whole_ranges_without_empty_files Met;
    41 "6.3.2" "empty files have no shards" => shards_are_whole_ranges_without_empty_files Met;
    42 "6.3.2" "a shard is a resource like any" => shards_are_whole_ranges_without_empty_files Met;
    43 "6.3.2" "the last two numbers are the range" => colons_in_names_do_no_harm Met;
    44 "6.3.2" "the verifier uses the recorded size" => shard_size_stands_with_shards_and_only_there Met;
    45 "6.3.2" "a method that is not known is refused by name" => an_unknown_method_is_refused_by_name Met;
    46 "6.5" "exactly one subject" => one_subject_whose_name_decides_nothing Met;
    47 "6.5.1" "the root digest over the raw digests" => the_root_digest_is_over_the_array_as_stored Met;
    48 "6.5.1" "under the key sha256" => the_root_digest_is_over_the_array_as_stored Met;
    49 "6.5" "producers name the subject by the basename" => one_subject_whose_name_decides_nothing Met;
    50 "6.5" "verifiers do not rely on the name" => one_subject_whose_name_decides_nothing Met;
    51 "6.5" "any name that is not empty" => one_subject_whose_name_decides_nothing Met;
    52 "7" "the registry's names of algorithms" => every_hash_of_the_registry_is_written_and_verified Met;
    53 "8.1" "the media type is checked" => the_media_type_is_checked Met;
    54 "8.2" "the leaf is inside its validity" => a_leaf_outside_its_validity_is_refused_at_both_ends Met;
    55 "8.3" "_type is checked" => the_statement_and_predicate_types_are_exact Met;
    56 "8.3" "predicateType is checked" => the_statement_and_predicate_types_are_exact Met;
    57 "8.3" "the predicate is there and in order" => each_part_of_the_predicate_is_needed Met;
    58 "8.4" "one failed check fails the whole" => one_failed_check_fails_the_whole Met;
    59 "8.5" "unsigned files fail" => unsigned_files_fail_unless_asked_otherwise Met;
    60 "8.5" "the flag lets extra files pass, and nothing else" => unsigned_files_fail_unless_asked_otherwise Met;
    61 "11" "hint or rawBytes" => a_key_carried_along_is_read_and_never_trusted Met;
    62 "11" "ignore_paths may be absent" => ignored_paths_are_plain_and_inside Met;
    63 "11" "log entries: needed for keyless, else absent or empty" => material_decides_the_method_and_what_it_needs Met;
    64 "11" "the material's field tells the method" => material_decides_the_method_and_what_it_needs Met;
    65 "11" "producers write the current form" => what_we_write_has_the_shape_of_the_schemas Met;
    66 "registry" "sha256, P-256, P-384, P-521" => every_curve_signs_and_verifies Met;
    67 "VERSIONING" "a higher minor version is read, another major one is not" => the_statement_and_predicate_types_are_exact Met;
};

#[test]
fn every_must_has_a_test_that_holds() {
    assert_eq!(MUSTS.iter().map(|must| must.number).collect::<Vec<_>>(), (1..=67).collect::<Vec<_>>());
    let mut called = BTreeSet::new();
    for must in MUSTS {
        assert!(!must.section.is_empty() && must.text.len() > 10, "{}", must.number);
        if called.insert(must.name) {
            (must.test)();
        }
    }
    assert!(called.len() >= 25, "{called:?}");
    let stricter = MUSTS.iter().filter(|must| must.standing == Stricter).map(|must| must.number);
    assert_eq!(stricter.collect::<Vec<_>>(), [20, 23, 24, 28, 33]);
}

fn passes(bench: &Bench) {
    let seen = bench.verify();
    assert!(faults(&seen).is_empty(), "{:#?}", seen.checks);
}

fn fails(bench: &Bench, code: &str) {
    let seen = bench.verify();
    let codes: Vec<&str> = faults(&seen).into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, [code], "{:#?}", seen.headline());
}

fn names(bench: &Bench) -> Vec<String> {
    let statement = bench.statement();
    let list = statement["predicate"]["resources"].as_array().unwrap();
    list.iter().map(|resource| resource["name"].as_str().unwrap().to_owned()).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sign_error(bench: &Bench, model: &Path, options: &SignOptions) -> Code {
    sign_key(model, &bench.key, options, &Progress::default()).unwrap_err().code
}

#[test]
fn what_we_write_has_the_shape_of_the_schemas() {
    let bench = Bench::new();
    let bundle = bench.bundle_json();
    assert_eq!(keys(&bundle), ["mediaType", "verificationMaterial", "dsseEnvelope"]);
    assert_eq!(bundle["mediaType"], "application/vnd.dev.sigstore.bundle.v0.3+json");
    assert_eq!(keys(&bundle["verificationMaterial"]), ["publicKey", "tlogEntries"]);
    assert_eq!(bundle["verificationMaterial"]["tlogEntries"], json!([]));
    let envelope = &bundle["dsseEnvelope"];
    assert_eq!(keys(envelope), ["payload", "payloadType", "signatures"]);
    assert_eq!(envelope["payloadType"], PAYLOAD_TYPE);
    assert_eq!(envelope["signatures"].as_array().unwrap().len(), 1);
    assert_eq!(keys(&envelope["signatures"][0]), ["sig", "keyid"]);
    let statement = bench.statement();
    assert_eq!(keys(&statement), ["_type", "subject", "predicateType", "predicate"]);
    assert_eq!(keys(&statement["subject"][0]), ["name", "digest"]);
    assert_eq!(keys(&statement["predicate"]), ["resources", "serialization"]);
    let recorded = &statement["predicate"]["serialization"];
    assert_eq!(keys(recorded), ["method", "hash_type", "allow_symlinks", "ignore_paths"]);
    for resource in statement["predicate"]["resources"].as_array().unwrap() {
        assert_eq!(keys(resource), ["name", "digest", "algorithm"]);
        assert_eq!(
            (&resource["algorithm"], resource["digest"].as_str().unwrap().len()),
            (&json!("sha256"), 64)
        );
    }
}

#[test]
fn a_key_is_named_by_the_hash_of_its_pem_text() {
    let mut bench = Bench::new();
    let hint = bench.bundle_json()["verificationMaterial"]["publicKey"]["hint"].clone();
    let pem = bench.key.public().to_pem();
    let text = touchmark::signing::hash_bytes(HashAlgorithm::Sha256, pem.as_bytes());
    assert_eq!(hint, hex::encode(text));
    assert!(pem.lines().all(|line| line.len() <= 64) && pem.ends_with("-----\n"));
    // However the file was written, the hint is over the text as OpenSSL writes it.
    let windows = format!("a note\r\n{}", pem.replace('\n', "\r\n"));
    bench.trust = Trust::new(vec![Anchor::key("publisher", "test", windows.as_bytes(), None).unwrap()]);
    passes(&bench);
    // An empty hint, and one that is no hash, are not held against the signer.
    for hint in ["", "my key"] {
        bench.edit_bundle(|bundle| bundle["verificationMaterial"]["publicKey"]["hint"] = hint.into());
        passes(&bench);
    }
}

#[test]
fn material_decides_the_method_and_what_it_needs() {
    let bench = Bench::new();
    for entries in [json!([]), Value::Null] {
        bench.edit_bundle(|bundle| bundle["verificationMaterial"]["tlogEntries"] = entries);
        passes(&bench);
    }
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"].as_object_mut().unwrap().remove("tlogEntries");
    });
    passes(&bench);
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"] = json!({ "certificate": { "rawBytes": "AAAA" }, "tlogEntries": [] });
    });
    fails(&bench, "PARSE-MALFORMED");
    bench.edit_bundle(|bundle| bundle["verificationMaterial"] = json!({ "tlogEntries": [] }));
    fails(&bench, "PARSE-MALFORMED");
}

#[test]
fn keyid_may_be_absent_empty_or_null() {
    let bench = Bench::new();
    for keyid in [json!(""), Value::Null] {
        bench.edit_bundle(|bundle| bundle["dsseEnvelope"]["signatures"][0]["keyid"] = keyid);
        passes(&bench);
    }
    bench.edit_bundle(|bundle| {
        bundle["dsseEnvelope"]["signatures"][0].as_object_mut().unwrap().remove("keyid");
    });
    passes(&bench);
}

#[test]
fn the_statement_and_predicate_types_are_exact() {
    let bench = Bench::new();
    let statement = bench.statement();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://model_signing/signature/v1.0");
    let with = |field: &str, text: &str| {
        bench.edit_statement(|statement| {
            statement["_type"] = json!("https://in-toto.io/Statement/v1");
            statement[field] = text.into();
        });
    };
    with("predicateType", "https://model_signing/signature/v1.1");
    passes(&bench);
    for (text, code) in [
        ("https://model_signing/signature/v2.0", "STATEMENT-VERSION"),
        ("https://model_signing/signature/v1", "STATEMENT-VERSION"),
        ("https://model_signing/signature/v1.0/x", "STATEMENT-MALFORMED"),
        ("https://model_signing/Digests/v0.2", "STATEMENT-MALFORMED"),
        ("https://spdx.dev/Document", "STATEMENT-TYPE"),
    ] {
        with("predicateType", text);
        fails(&bench, code);
    }
    with("_type", "https://in-toto.io/Statement/v0.1");
    fails(&bench, "STATEMENT-TYPE");
}

#[test]
fn each_part_of_the_predicate_is_needed() {
    let places = [
        "/predicate",
        "/predicate/resources",
        "/predicate/serialization",
        "/predicate/serialization/method",
        "/predicate/serialization/hash_type",
        "/predicate/serialization/allow_symlinks",
        "/predicate/resources/0/name",
        "/predicate/resources/0/digest",
        "/predicate/resources/0/algorithm",
    ];
    for place in places {
        let bench = Bench::new();
        bench.edit_statement(|statement| {
            let (parent, field) = place.rsplit_once('/').unwrap();
            let parent = statement.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            assert!(parent.remove(field).is_some(), "{place}");
        });
        fails(&bench, "STATEMENT-MALFORMED");
    }
}

#[test]
fn an_unknown_method_is_refused_by_name() {
    let bench = Bench::new();
    bench.edit_statement(|statement| statement["predicate"]["serialization"]["method"] = json!("blocks"));
    let seen = bench.verify();
    let check = seen.check(Stage::Statement).unwrap();
    assert_eq!((check.outcome, check.code.as_str()), (Outcome::Fail, "STATEMENT-MALFORMED"));
    assert!(check.words().found.as_ref().unwrap().raw().contains("known are files and shards"));
    assert!(check.words().evidence.as_ref().unwrap().raw().ends_with("serialization.method"));
}

#[test]
fn one_subject_whose_name_decides_nothing() {
    let bench = Bench::new();
    assert_eq!(bench.statement()["subject"][0]["name"], "model");
    for name in ["other", "\u{6a21}", " "] {
        bench.edit_statement(|statement| statement["subject"][0]["name"] = name.into());
        passes(&bench);
    }
    bench.edit_statement(|statement| statement["subject"][0]["name"] = json!(""));
    fails(&bench, "STATEMENT-MALFORMED");
    for count in [0, 2] {
        let bench = Bench::new();
        bench.edit_statement(|statement| {
            let subject = statement["subject"][0].clone();
            statement["subject"] = Value::Array(vec![subject; count]);
        });
        fails(&bench, "STATEMENT-MALFORMED");
    }
}

#[test]
fn the_root_digest_is_over_the_array_as_stored() {
    let bench = Bench::new();
    let mut again = bench.statement();
    mend_root(&mut again);
    assert_eq!(again, bench.statement());
    let only = digest(&bench.model(), &bench.sign_options, &Progress::default()).unwrap();
    assert_eq!(again["subject"][0]["digest"], json!({ "sha256": only.root_digest.to_string() }));
    // The reference sorts by the parts of a path: no order is refused, the root is over what stands there.
    bench.edit_resources(|list| list.reverse());
    passes(&bench);
    bench.edit_statement(|statement| statement["subject"][0]["digest"]["sha256"] = json!("0a".repeat(32)));
    fails(&bench, "SUBJECT-DIGEST");
    bench.edit_statement(|statement| {
        statement["subject"][0]["digest"] = json!({ "sha512": "0a".repeat(64) });
    });
    fails(&bench, "STATEMENT-MALFORMED");
}

#[test]
fn the_media_type_is_checked() {
    let bench = Bench::new();
    for (media_type, good) in [
        ("application/vnd.dev.sigstore.bundle.v0.3+json", true),
        ("application/vnd.dev.sigstore.bundle+json;version=0.3", true),
        ("application/vnd.dev.sigstore.bundle.v0.1+json", false),
        ("application/json", false),
        ("", false),
    ] {
        bench.edit_bundle(|bundle| bundle["mediaType"] = media_type.into());
        if good { passes(&bench) } else { fails(&bench, "PARSE-MALFORMED") }
    }
}

#[test]
fn a_leaf_outside_its_validity_is_refused_at_both_ends() {
    let root = Authority::new("root");
    let leaf = root.issue(|params| params.not_after = rcgen::date_time_ymd(2026, 2, 1));
    let mut bench = Bench::new();
    bench.trust = Trust::new(vec![root.anchor()]);
    bench.sign_under(&leaf, &[]);
    // The reference up to 1.1.1 judges as of the leaf's own beginning, and lets it pass.
    fails(&bench, "CHAIN-EXPIRED");
    bench.options.at = "2026-01-01T00:00:00Z".parse().unwrap();
    passes(&bench);
    let sign = |now: &str| {
        let now = now.parse().unwrap();
        let chain = std::slice::from_ref(&leaf.der);
        sign_certificate(&bench.model(), &bench.key, chain, &bench.sign_options, now, &Progress::default())
    };
    assert_eq!(sign("2026-03-01T00:00:00Z").unwrap_err().code, Code::Key);
    assert!(sign("2026-01-01T00:00:00Z").is_ok());
    assert_eq!(certificates_from_pem(root.pem.as_bytes()).unwrap().len(), 1);
}

#[test]
fn one_failed_check_fails_the_whole() {
    let bench = Bench::new();
    bench.write("weights.bin", "x");
    let seen = bench.verify();
    assert_eq!(seen.outcome(), Outcome::Fail);
    let key = bench.folder.path().join("key.pem");
    fs::write(&key, bench.key.public().to_pem()).unwrap();
    let run = || {
        touchmark([
            "verify".as_ref(),
            "key".as_ref(),
            bench.model().as_os_str(),
            "--public-key".as_ref(),
            key.as_os_str(),
        ])
    };
    assert_eq!(run().status.code(), Some(1));
    bench.sign();
    assert_eq!(run().status.code(), Some(0), "{}", err(&run()));
}

#[test]
fn a_key_carried_along_is_read_and_never_trusted() {
    let mut bench = Bench::new();
    let carry = |bench: &Bench, key: &SigningKey| {
        let raw = STANDARD.encode(key.public().to_pem());
        bench.edit_bundle(|bundle| {
            bundle["verificationMaterial"]["publicKey"] =
                json!({ "rawBytes": raw, "keyDetails": "PKIX_ECDSA_P256_SHA_256" });
        });
    };
    carry(&bench, &bench.key);
    passes(&bench);
    // A forger signs with a key of his own and carries it along.
    let trusted = std::mem::replace(&mut bench.key, SigningKey::generate(Curve::P256).unwrap());
    bench.sign();
    carry(&bench, &bench.key);
    fails(&bench, "TRUST-UNKNOWN-KEY");
    assert!(!bench.verify().signer_proven());
    // Or carries the trusted one.
    carry(&bench, &trusted);
    fails(&bench, "SIGNATURE-INVALID");
}

#[test]
fn every_curve_signs_and_verifies() {
    for curve in [Curve::P256, Curve::P384, Curve::P521] {
        let mut bench = Bench::unsigned(&[("w", "1")]);
        bench.key = SigningKey::generate(curve).unwrap();
        bench.trust = Trust::new(vec![anchor("publisher", &bench.key)]);
        bench.sign();
        passes(&bench);
    }
}
