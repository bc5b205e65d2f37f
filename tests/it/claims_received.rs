//! Claims that others made: told apart, checked, shown, and appended to the model that they are about and to no other.

use crate::attesting::Desk;
use crate::claims::{KEYS, PROVENANCE, RESULT, bundle, bundle_of, line, statement};
use crate::support::{err, out};
use serde_json::{Value, json};
use std::fs;

const MODEL: &str = "acme/receipt-reader";
const FOLDER: &str = "models/acme/receipt-reader";

/// The bare envelope of a bundle.
fn envelope(bundle: &[u8]) -> Vec<u8> {
    let bundle: Value = serde_json::from_slice(bundle).unwrap();
    let mut envelope = bundle["dsseEnvelope"].clone();
    envelope["signatures"][0].as_object_mut().unwrap().remove("keyid");
    envelope.to_string().into_bytes()
}

fn root_of(desk: &Desk, folder: &str) -> String {
    desk.says(&["digest", folder])["root_digest"].as_str().unwrap().to_owned()
}

fn put(desk: &Desk, name: &str, bytes: impl AsRef<[u8]>) {
    fs::write(desk.path(name), bytes).unwrap();
}

fn verified(desk: &Desk) -> (Option<i32>, String) {
    let done = desk.run(&["verify", MODEL, "--explain"]);
    (done.status.code(), out(&done))
}

const HINT: &str = "touchmark claims append MODEL FILE";

#[test]
fn an_unsigned_file_that_holds_claims_fails_files_all_the_same_and_the_remedy_says_how_to_keep_the_claims() {
    let desk = Desk::new();
    let claim = bundle(PROVENANCE, &root_of(&desk, FOLDER), &KEYS[0]);
    let (bare, one_line) = (envelope(&claim), line(&claim));
    for (name, bytes, is_hinted) in [
        ("build.intoto.jsonl", bare.clone(), true),
        ("notes.jsonl", [&bare[..], b"\n\n", &one_line].concat(), true),
        ("claim.json", claim.clone(), true),
        // No claims, claims and something else, a statement that is none, nothing.
        ("build.intoto.jsonl", b"{\"a\": 1}\n".to_vec(), false),
        ("notes.jsonl", [&bare[..], b"\nimport os\n"].concat(), false),
        ("claim.json", bundle_of(b"{}", &KEYS[0]), false),
        ("notes.jsonl", b"\n".to_vec(), false),
    ] {
        let path = format!("{FOLDER}/{name}");
        put(&desk, &path, &bytes);
        let (status, said) = verified(&desk);
        assert!(status != Some(0) && said.contains("FILES-EXTRA"), "{name}: {said}");
        assert_eq!(said.contains(HINT), is_hinted, "{name}: {said}");
        assert_eq!(said.contains("holds claims about some model"), is_hinted, "{name}: {said}");
        fs::remove_file(desk.path(&path)).unwrap();
    }
    assert!(!verified(&desk).1.contains("FILES-EXTRA"));
}

#[test]
fn an_envelope_that_was_put_into_the_folder_is_appended_and_then_the_file_is_to_go() {
    let desk = Desk::new();
    put(&desk, "pub.pem", KEYS[0].public().to_pem());
    let root = root_of(&desk, FOLDER);
    let place = format!("{FOLDER}/build.json");
    put(&desk, &place, envelope(&bundle(PROVENANCE, &root, &KEYS[0])));
    let said = desk.works(&["claims", "append", MODEL, &place]);
    for word in ["1 claim to", "DSSE envelope", PROVENANCE, "provenance", "this model", "remove it", &root] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let file = desk.path(&format!("{FOLDER}/claims.jsonl"));
    let before = fs::read(&file).unwrap();
    // It still lies there, and is still no part of the model.
    assert!(verified(&desk).1.contains("FILES-EXTRA"));
    fs::remove_file(desk.path(&place)).unwrap();
    assert!(!verified(&desk).1.contains("FILES-EXTRA"));
    let listed = desk.says(&["claims", "list", FOLDER, "--public-key", "pub.pem"]);
    assert_eq!(listed["claims"][0]["counts"], true, "{listed:#}");

    // Once more, from elsewhere and as a bundle: the same line is skipped, the other one is new.
    put(&desk, "again.json", &before);
    put(&desk, "bundle.json", bundle(PROVENANCE, &root, &KEYS[0]));
    let again = desk.says(&["claims", "append", MODEL, "again.json", "bundle.json"]);
    let told: Vec<_> =
        again["lines"].as_array().unwrap().iter().map(|row| (&row["line"], &row["already"])).collect();
    assert_eq!(told, [(&json!(1), &json!(true)), (&json!(2), &json!(false))]);
    assert_eq!((&again["lines"][1]["form"], &again["in_model"]), (&json!("bundle"), &Value::Null));
    assert!(fs::read(&file).unwrap().starts_with(&before));
    assert!(!desk.works(&["claims", "append", MODEL, "again.json"]).contains("remove it"));
}

#[test]
fn a_file_of_several_claims_is_appended_whole_or_not_at_all() {
    let desk = Desk::new();
    let root = root_of(&desk, FOLDER);
    let file = desk.path(&format!("{FOLDER}/claims.jsonl"));
    let claims = [line(&bundle(PROVENANCE, &root, &KEYS[0])), envelope(&bundle(RESULT, &root, &KEYS[1]))];
    for (bad, status, what) in
        [(&b"import os"[..], 4, "line 3"), (&line(&bundle(RESULT, &"5".repeat(64), &KEYS[0])), 3, "line 3")]
    {
        put(&desk, "many.jsonl", [&claims[0], &claims[1][..], bad].join(&b'\n'));
        put(&desk, "good.json", &claims[0]);
        let said = desk.refused(&["claims", "append", MODEL, "good.json", "many.jsonl"], status);
        assert!(said.contains(what), "{said}");
        assert!(!file.exists(), "{said}");
    }
    put(&desk, "many.jsonl", claims.join(&b'\n'));
    let told = desk.says(&["claims", "append", MODEL, "many.jsonl"]);
    let forms: Vec<_> = told["lines"].as_array().unwrap().iter().map(|row| &row["form"]).collect();
    assert_eq!(forms, ["bundle", "envelope"]);
    assert_eq!(told["root_digest"], root);
}

#[test]
fn a_claim_about_another_subject_is_refused_unless_it_is_asked_for_and_never_counts_here() {
    let desk = Desk::new();
    put(&desk, "pub.pem", KEYS[0].public().to_pem());
    let other = "7".repeat(64);
    put(&desk, "other.json", bundle(PROVENANCE, &other, &KEYS[0]));
    let said = desk.refused(&["claims", "append", MODEL, "other.json"], 3);
    assert!(said.contains(&other) && said.contains(&root_of(&desk, FOLDER)), "{said}");
    assert!(said.contains("--other-subject"), "{said}");
    assert!(!desk.path(&format!("{FOLDER}/claims.jsonl")).exists());
    let said = desk.works(&["claims", "append", MODEL, "other.json", "--other-subject"]);
    assert!(said.contains("another model"), "{said}");
    let listed = desk.says(&["claims", "list", FOLDER, "--public-key", "pub.pem"]);
    assert_eq!(
        (&listed["claims"][0]["about"], &listed["claims"][0]["counts"]),
        (&json!("another-model"), &json!(false))
    );
    // A name is no digest.
    let mut named = statement(PROVENANCE, &other);
    named["subject"] = json!([{ "name": MODEL, "digest": { "gitCommit": "a".repeat(40) } }]);
    put(&desk, "named.json", bundle_of(named.to_string().as_bytes(), &KEYS[0]));
    assert!(desk.refused(&["claims", "append", MODEL, "named.json"], 3).contains("without a SHA-256"));
}

#[test]
fn a_claim_about_the_signed_files_is_not_one_about_changed_files() {
    let desk = Desk::new();
    put(&desk, "claim.json", bundle(PROVENANCE, &root_of(&desk, FOLDER), &KEYS[0]));
    put(&desk, &format!("{FOLDER}/README.md"), "changed");
    let said = desk.refused(&["claims", "append", MODEL, "claim.json"], 3);
    assert!(said.contains("FILES-CHANGED"), "{said}");
}

#[test]
fn a_claim_in_the_folder_of_an_unsigned_model_is_about_the_model_without_it() {
    let desk = Desk::new();
    fs::create_dir(desk.path("plain")).unwrap();
    put(&desk, "plain/weights.bin", "weights");
    let root = root_of(&desk, "plain");
    put(&desk, "plain/claim.json", bundle(PROVENANCE, &root, &KEYS[0]));
    let said = desk.works(&["claims", "append", "plain", "plain/claim.json"]);
    assert!(said.contains("this model") && said.contains("remove it"), "{said}");
    for (target, is_told) in [("plain", true), (FOLDER, false)] {
        let told = err(&desk.run(&["claims", "list", target]));
        assert_eq!(told.contains("the model is not signed"), is_told, "{target}: {told}");
    }
    put(&desk, "plain/more.bin", "weights");
    put(&desk, "plain/claim.json", bundle(RESULT, &root, &KEYS[0]));
    desk.refused(&["claims", "append", "plain", "plain/claim.json"], 3);
}

#[test]
fn what_is_no_claim_is_not_appended_and_a_mistyped_model_makes_no_file() {
    let desk = Desk::new();
    let root = root_of(&desk, FOLDER);
    let good = bundle(PROVENANCE, &root, &KEYS[0]);
    put(&desk, "good.json", &good);
    for bad in [
        &b""[..],
        b"\n\n",
        b"no JSON",
        b"{}",
        &bundle_of(b"{}", &KEYS[0]),
        &"{}\n".repeat(10_001).into_bytes(),
    ] {
        put(&desk, "bad.json", bad);
        for target in [MODEL, "new.jsonl"] {
            desk.refused(&["claims", "append", target, "good.json", "bad.json"], 4);
        }
    }
    let said = desk.refused(&["claims", "append", "acme/receipt-raeder", "good.json"], 2);
    assert!(said.contains(".jsonl"), "{said}");
    assert!(!desk.path("acme").exists() && !desk.path("new.jsonl").exists());
    // A file of claims alone has no model: whatever it is about is appended.
    let said = desk.works(&["claims", "append", "new.jsonl", "good.json"]);
    assert!(!said.contains("this model") && desk.path("new.jsonl").exists(), "{said}");
    // The model's own signature is a claim, and stays where it is.
    let said = desk.works(&["claims", "append", MODEL, &format!("{FOLDER}/model.sig")]);
    assert!(said.contains("integrity") && !said.contains("remove it"), "{said}");
}

#[test]
fn one_claim_is_shown_by_its_line_its_file_or_its_digest() {
    let desk = Desk::new();
    let root = root_of(&desk, FOLDER);
    let (first, second) = (bundle(PROVENANCE, &root, &KEYS[0]), bundle(RESULT, &root, &KEYS[0]));
    put(&desk, "claims.jsonl", [line(&first), line(&second)].join(&b'\n'));
    put(&desk, &format!("{FOLDER}/scan.intoto.jsonl"), line(&second));
    desk.works(&["claims", "append", MODEL, "claims.jsonl"]);
    let shown = |target: &str, claim: &str| -> Vec<Value> {
        desk.says(&["claims", "show", target, claim])["claims"].as_array().unwrap().clone()
    };
    for target in [MODEL, "claims.jsonl"] {
        let claims = shown(target, "2");
        assert_eq!(claims.len(), 1);
        assert_eq!((&claims[0]["predicate_type"], &claims[0]["line"]), (&json!(RESULT), &json!(2)));
        assert_eq!(claims[0]["statement"]["subject"][0]["digest"]["sha256"], root);
        let digest = claims[0]["digest"].as_str().unwrap().to_owned();
        assert_eq!(shown(target, &format!("sha256:{}", digest.to_uppercase()))[0]["digest"], digest);
        assert_eq!(shown(target, &digest[..8])[0]["digest"], digest);
        assert_eq!(shown(target, "claims.jsonl:1")[0]["predicate_type"], PROVENANCE);
        for none in ["3", "other.jsonl:1", "00000000"] {
            assert_eq!(desk.run(&["claims", "show", target, none]).status.code(), Some(3), "{none}");
        }
        for odd in ["0", "abc", "-1", ":1", "sha256:12", "1.5"] {
            let done = desk.run(&["claims", "show", target, "--", odd]);
            assert_eq!(done.status.code(), Some(2), "{odd}: {}", err(&done));
        }
    }
    let other = shown(MODEL, "scan.intoto.jsonl:1");
    assert_eq!((&other[0]["file"], &other[0]["about"]), (&json!("scan.intoto.jsonl"), &json!("this-model")));
    assert_eq!(shown("claims.jsonl", "1")[0]["about"], "unknown");
    assert!(desk.refused(&["claims", "show", "claims.jsonl"], 2).contains("--predicate"));
}

#[test]
fn the_form_and_schema_of_a_file_are_checked_without_a_model() {
    let desk = Desk::new();
    let about = "3".repeat(64);
    let good = line(&bundle(PROVENANCE, &about, &KEYS[0]));
    let mut lacking = statement(PROVENANCE, &about);
    lacking["predicate"]["buildDefinition"].as_object_mut().unwrap().remove("buildType");
    let lacking = line(&bundle_of(lacking.to_string().as_bytes(), &KEYS[0]));
    let unknown = envelope(&bundle("https://example.com/of-our-own/v1", &about, &KEYS[0]));
    let check = |lines: &[&[u8]]| {
        put(&desk, "some.jsonl", lines.join(&b'\n'));
        let done = desk.run(&["claims", "check", "some.jsonl", "--format", "json"]);
        let document: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(document["valid"], done.status.code() == Some(0), "{document:#}");
        let told = out(&desk.run(&["claims", "check", "some.jsonl"]));
        (done.status.code().unwrap(), document, told)
    };
    let (status, document, told) = check(&[&good, &unknown]);
    assert_eq!(status, 0, "{told}");
    assert_eq!(
        (&document["claims"][0]["form"], &document["claims"][0]["validity"]),
        (&json!("bundle"), &json!("valid"))
    );
    assert_eq!(
        (&document["claims"][1]["form"], &document["claims"][1]["validity"]),
        (&json!("envelope"), &json!("unknown"))
    );
    assert!(told.contains("Only form and schema"), "{told}");
    let (status, _, told) = check(&[&good, &lacking]);
    assert_eq!(status, 1);
    assert!(told.contains("line 2: buildDefinition.buildType is missing"), "{told}");
    let (status, document, _) = check(&[&good, b"", b"import os"]);
    assert_eq!((status, &document["unknown"][0]["line"]), (1, &json!(3)));
    let (status, _, told) = check(&[b"", b""]);
    assert_eq!(status, 3, "{told}");
    assert_eq!(desk.run(&["claims", "check", "nowhere.jsonl"]).status.code(), Some(4));
}
