//! The command line: what it prints, how it ends, and what bad input gets.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::fs;
use std::path::Path;

fn in_workspace(dir: &Path, words: &[&str]) -> std::process::Output {
    let mut all = vec!["--workspace", dir.to_str().unwrap()];
    all.extend(words);
    touchmark(all)
}

fn signed_model() -> (tempfile::TempDir, std::path::PathBuf, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let key = touchmark::signing::SigningKey::generate(touchmark::signing::Curve::P256).unwrap();
    let (private, public) = (dir.path().join("key.pem"), dir.path().join("pub.pem"));
    fs::write(&private, key.to_pkcs8_pem().unwrap().as_bytes()).unwrap();
    fs::write(&public, key.public().to_pem()).unwrap();
    let model = dir.path().join("model");
    fs::create_dir(&model).unwrap();
    fs::write(model.join("weights.bin"), b"weights").unwrap();
    let done =
        touchmark(["sign", "key", model.to_str().unwrap(), "--private-key", private.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    (dir, model, public)
}

#[test]
fn a_model_is_signed_and_verified() {
    let (_dir, model, public) = signed_model();
    let words = ["verify", "key", model.to_str().unwrap(), "--public-key", public.to_str().unwrap()];
    let done = touchmark(words);
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
    assert!(out(&done).starts_with("✓ pass"), "{}", out(&done));
}

#[test]
fn underscore_spellings_of_the_reference_are_accepted() {
    let (_dir, model, public) = signed_model();
    let words = [
        "verify",
        "key",
        model.to_str().unwrap(),
        "--public_key",
        public.to_str().unwrap(),
        "--ignore_unsigned_files",
    ];
    assert_eq!(touchmark(words).status.code(), Some(0));
}

#[test]
fn a_failed_verification_ends_with_1_and_names_the_file() {
    let (_dir, model, public) = signed_model();
    fs::write(model.join("weights.bin"), b"weightz").unwrap();
    let words = ["verify", "key", model.to_str().unwrap(), "--public-key", public.to_str().unwrap()];
    let done = touchmark(words);
    assert_eq!(done.status.code(), Some(1));
    assert!(out(&done).contains("FILES") && out(&done).contains("weights.bin"), "{}", out(&done));
}

#[test]
fn an_unsigned_model_could_not_be_determined() {
    let (_dir, model, public) = signed_model();
    fs::remove_file(model.join("model.sig")).unwrap();
    let words = ["verify", "key", model.to_str().unwrap(), "--public-key", public.to_str().unwrap()];
    assert_eq!(touchmark(words).status.code(), Some(3));
}

#[test]
fn json_is_one_document_with_a_schema() {
    let (_dir, model, public) = signed_model();
    let words = [
        "verify",
        "key",
        model.to_str().unwrap(),
        "--public-key",
        public.to_str().unwrap(),
        "--format",
        "json",
    ];
    let document: serde_json::Value = serde_json::from_str(&out(&touchmark(words))).unwrap();
    assert_eq!(document["schema"], "touchmark.verification/1");
    assert_eq!(document["outcome"], "pass");
}

#[test]
fn the_digest_is_the_one_that_was_signed() {
    let (_dir, model, _) = signed_model();
    let digest = out(&touchmark(["digest", model.to_str().unwrap()]));
    let inspected = out(&touchmark(["inspect", model.join("model.sig").to_str().unwrap()]));
    assert_eq!(digest.trim().len(), 64);
    assert!(inspected.contains(digest.trim()), "{inspected}");
}

#[test]
fn bad_input_gets_a_clear_error_and_the_right_status() {
    let (dir, model, public) = signed_model();
    let m = model.to_str().unwrap();
    let p = public.to_str().unwrap();
    let none = dir.path().join("none");
    let empty = dir.path().join("empty.sig");
    fs::write(&empty, b"").unwrap();
    let deep = dir.path().join("deep.sig");
    fs::write(&deep, "[".repeat(10_000)).unwrap();
    let doubled = dir.path().join("doubled.sig");
    fs::write(&doubled, r#"{"mediaType":"a","mediaType":"b"}"#).unwrap();
    let huge = dir.path().join("huge.sig");
    fs::File::create(&huge).unwrap().set_len(300 * 1024 * 1024).unwrap();
    let cases: [(&[&str], i32, &str); 9] = [
        (&["verify", "key", none.to_str().unwrap(), "--public-key", p], 4, "E-READ"),
        (&["verify", "key", m, "--public-key", none.to_str().unwrap()], 4, "E-READ"),
        (&["verify", "key", m, "--public-key", p, "--signature", empty.to_str().unwrap()], 1, "PARSE"),
        (&["verify", "key", m, "--public-key", p, "--signature", deep.to_str().unwrap()], 1, "PARSE"),
        (&["verify", "key", m, "--public-key", p, "--signature", doubled.to_str().unwrap()], 1, "PARSE"),
        (&["verify", "key", m, "--public-key", p, "--signature", huge.to_str().unwrap()], 1, "PARSE"),
        (&["sign", "key", m, "--private-key", p], 4, "E-KEY"),
        (&["inspect", none.to_str().unwrap()], 4, "E-READ"),
        (&["verify"], 2, "Usage"),
    ];
    for (words, status, says) in cases {
        let done = touchmark(words);
        let said = out(&done) + &err(&done);
        assert_eq!(done.status.code(), Some(status), "{words:?}: {said}");
        assert!(said.contains(says), "{words:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn a_store_that_is_no_database_is_left_alone() {
    let dir = copy_of_samples();
    let store = dir.path().join("touchmark.db");
    fs::write(&store, "this is somebody's diary, not a store, and it must stay as it is").unwrap();
    let done = in_workspace(dir.path(), &["list"]);
    assert_eq!(done.status.code(), Some(4), "{}", err(&done));
    assert!(err(&done).contains("E-STORE"), "{}", err(&done));
    assert!(fs::read_to_string(&store).unwrap().starts_with("this is somebody's diary"));
}

#[test]
fn a_workspace_of_a_newer_version_says_so() {
    let dir = copy_of_samples();
    fs::write(dir.path().join("touchmark.toml"), "schema = \"workspace/9.0\"\nname = \"later\"\n").unwrap();
    let done = in_workspace(dir.path(), &["list"]);
    assert_eq!(done.status.code(), Some(2), "{}", err(&done));
    assert!(err(&done).contains("E-NEWER"), "{}", err(&done));
}

#[test]
fn without_a_terminal_the_workbench_says_what_to_use_instead() {
    let dir = copy_of_samples();
    let done = touchmark(["open", dir.path().to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("E-TERMINAL") && err(&done).contains("help:"), "{}", err(&done));
}

#[test]
fn a_gate_refuses_the_tampered_model_and_records_why() {
    let dir = copy_of_samples();
    let done = in_workspace(dir.path(), &["gate", "acme/support-bot-7b", "--stage", "production"]);
    assert_eq!(done.status.code(), Some(1), "{}{}", out(&done), err(&done));
    assert!(out(&done).contains("L1.03"), "{}", out(&done));
    let ledger = out(&in_workspace(dir.path(), &["ledger", "show"]));
    assert!(ledger.contains("decision") && ledger.contains("verification"), "{ledger}");
    assert_eq!(in_workspace(dir.path(), &["ledger", "verify"]).status.code(), Some(0));
}

#[test]
fn an_unknown_policy_key_is_an_error_with_the_line_and_the_nearest_key() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("p.toml");
    let text = out(&touchmark(["policy", "show", "baseline"])).replacen("on_missing", "on_mising", 1);
    fs::write(&file, &text).unwrap();
    let done = touchmark(["policy", "check", file.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(2));
    assert!(out(&done).contains("line ") && out(&done).contains("on_missing"), "{}", out(&done));
}

#[test]
fn an_invalid_policy_decides_nothing() {
    let dir = copy_of_samples();
    fs::write(dir.path().join("policies/samples.toml"), "schema = \"trust-policy/0.1\"\nnonsense = 1\n")
        .unwrap();
    for words in
        [&["gate", "acme/support-bot-7b", "--stage", "production"][..], &["verify", "acme/support-bot-7b"]]
    {
        let done = in_workspace(dir.path(), words);
        assert_eq!(done.status.code(), Some(2), "{words:?} {}", err(&done));
        assert!(err(&done).contains("E-CONFIG"), "{}", err(&done));
    }
}

#[test]
fn nothing_that_is_printed_could_harm_a_terminal() {
    let dir = copy_of_samples();
    for words in [&["scan"][..], &["list"], &["list", "--format", "json"], &["ledger", "export"]] {
        let done = in_workspace(dir.path(), words);
        let said = out(&done) + &err(&done);
        let harmful = said.chars().find(|c| {
            (c.is_control() && *c != '\n') || matches!(*c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(harmful, None, "{words:?}: {said}");
    }
}

#[test]
fn a_read_only_workspace_is_not_written() {
    let dir = copy_of_samples();
    let done = in_workspace(dir.path(), &["--read-only", "verify", "acme/support-bot-7b"]);
    assert_eq!(done.status.code(), Some(1), "{}", err(&done));
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("touchmark.db")), "{left:?}");
}

#[test]
fn init_makes_a_workspace_that_opens_and_refuses_to_make_it_twice() {
    let dir = tempfile::tempdir().unwrap();
    let ws = dir.path().join("ws");
    assert_eq!(touchmark(["init", ws.to_str().unwrap()]).status.code(), Some(0));
    assert_eq!(in_workspace(&ws, &["policy", "check"]).status.code(), Some(0));
    assert_eq!(in_workspace(&ws, &["list"]).status.code(), Some(0));
    assert_eq!(touchmark(["init", ws.to_str().unwrap()]).status.code(), Some(2));
}

#[test]
fn the_demo_is_a_copy_of_the_samples() {
    let dir = tempfile::tempdir().unwrap();
    let ws = dir.path().join("demo");
    let done = touchmark(["demo", ws.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let listed = out(&in_workspace(&ws, &["list"]));
    assert!(listed.contains("acme/support-bot-7b"), "{listed}");
}

#[test]
fn inspect_lists_what_a_bill_of_materials_declares_and_calls_none_of_it_proven() {
    let dir = copy_of_samples();
    let shown = touchmark(["inspect", &dir.path().join("boms/vendor.cdx.json").to_string_lossy()]);
    assert_eq!(shown.status.code(), Some(0), "{}", err(&shown));
    assert!(out(&shown).contains("vendor/ocr-tables"), "{}", out(&shown));
    assert!(out(&shown).contains("nothing proven"));
    assert!(!out(&shown).contains('\u{1b}') && !out(&shown).contains('\u{202e}'));
    let not = dir.path().join("README.md");
    let refused = touchmark(["inspect", &not.to_string_lossy()]);
    assert_eq!(refused.status.code(), Some(4));
    assert!(err(&refused).contains("CycloneDX"), "{}", err(&refused));
}

#[test]
fn a_misspelt_model_is_answered_with_the_one_that_was_meant() {
    let dir = copy_of_samples();
    let workspace = dir.path().to_string_lossy().into_owned();
    let refused = touchmark(["show", "acme/suport-bot-7b", "--workspace", &workspace]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("did you mean `acme/support-bot-7b`"), "{}", err(&refused));
}

#[test]
fn scan_tells_by_looking_what_a_source_is_and_adds_all_or_none() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let bill = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"machine-learning-model","name":"o/told"}]}"#;
    assert_eq!(touchmark(["init", root.to_str().unwrap()]).status.code(), Some(0));
    write("weights/o/model/config.json", "{}");
    write("weights/o/model/own.cdx.json", bill);
    write("bills/one.cdx.json", bill);
    write("both/two.cdx.json", bill);
    write("both/p/model/config.json", "{}");
    write("nothing/notes.txt", "none");
    write("notes.json", "{}");
    let scan = |paths: &[&str]| {
        let paths: Vec<String> =
            paths.iter().map(|path| root.join(path).to_str().unwrap().to_owned()).collect();
        let words: Vec<&str> = std::iter::once("scan").chain(paths.iter().map(String::as_str)).collect();
        in_workspace(root, &words)
    };
    let refused = scan(&["weights", "notes.json"]);
    assert_eq!(refused.status.code(), Some(4), "{}", err(&refused));
    assert!(!std::fs::read_to_string(root.join("touchmark.toml")).unwrap().contains("weights"));
    let run = scan(&["weights", "weights/o/model", "bills", "both", "nothing", "bills/one.cdx.json"]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(String::from_utf8_lossy(&run.stdout).contains("no model in this folder"));
    let toml: toml::Table = std::fs::read_to_string(root.join("touchmark.toml")).unwrap().parse().unwrap();
    let sources = toml["source"].as_array().unwrap().iter();
    let told: Vec<_> = sources.map(|s| (s["kind"].as_str().unwrap(), s["path"].as_str().unwrap())).collect();
    let wanted = [
        ("models", "weights"),
        ("models", "weights/o/model"),
        ("bom", "bills"),
        ("models", "both"),
        ("bom", "both"),
        ("models", "nothing"),
    ];
    assert_eq!(told[told.len() - wanted.len()..], wanted, "{told:?}");
}

#[test]
fn a_model_is_shown_with_when_its_sources_were_read() {
    let dir = copy_of_samples();
    in_workspace(dir.path(), &["scan"]);
    let run = in_workspace(dir.path(), &["show", "lumen/iris-base"]);
    let text = out(&run);
    let read: Vec<&str> = text.lines().filter(|line| line.starts_with("  read  ")).collect();
    assert_eq!(read.len(), 2, "{text}");
    assert!(read.iter().any(|line| line.ends_with("models/lumen/iris-base")), "{text}");
    let json = in_workspace(dir.path(), &["show", "lumen/iris-base", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
    let at = json["read"][0]["at"].as_str().unwrap();
    assert!(read[0].contains(at) || read[1].contains(at), "{at} {text}");
}
