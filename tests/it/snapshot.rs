//! Snapshots of the inventory, what they hold up against, and how two of them differ.

use crate::support::{copy_of_samples, err, out, touchmark};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use touchmark::Code;
use touchmark::signing::Progress;
use touchmark::snapshot::{Reader, is_snapshot};
use touchmark::workbench::{JobKind, JobState, OpenOptions, Workbench};

fn run(dir: &Path, words: &[&str]) -> Output {
    let mut all = vec!["--workspace", dir.to_str().unwrap()];
    all.extend(words);
    touchmark(all)
}

fn taken(dir: &Path, name: &str) -> PathBuf {
    let file = dir.join(name);
    let done = run(dir, &["snapshot", "--out", file.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    file
}

fn diff(dir: &Path, words: &[&str], status: i32) -> String {
    let mut all = vec!["diff"];
    all.extend(words);
    let done = run(dir, &all);
    assert_eq!(done.status.code(), Some(status), "{}{}", out(&done), err(&done));
    out(&done)
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Reads a snapshot to its end.
fn sound(path: &Path) -> touchmark::Result<String> {
    let mut reader = Reader::open(path)?;
    for raw in &mut reader {
        raw?.check()?;
    }
    reader.seal().map(|seal| seal.digest)
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from} in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Bills and folders that speak of the same models and disagree.
fn digest_in_order(order: &[usize]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let bill = |licence: &str, base: &str| {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
            {{"type":"machine-learning-model","name":"a/one","version":"1","licenses":[{{"license":{{"id":"{licence}"}}}}],
              "pedigree":{{"ancestors":[{{"type":"machine-learning-model","name":"{base}"}}]}}}},
            {{"type":"machine-learning-model","name":"a/two","version":"2"}}]}}"#
        )
    };
    fs::write(dir.path().join("x.json"), bill("MIT", "b/base")).unwrap();
    fs::write(dir.path().join("y.json"), bill("Apache-2.0", "b/other")).unwrap();
    fs::write(dir.path().join("z.json"), bill("MIT", "b/base")).unwrap();
    fs::create_dir_all(dir.path().join("models/a/one")).unwrap();
    fs::write(dir.path().join("models/a/one/README.md"), "---\nlicense: gpl-3.0\nbase_model: b/base\n---\n")
        .unwrap();
    fs::write(dir.path().join("models/a/one/w.pkl"), b"\x80\x04cposix\nsystem\n.").unwrap();
    let sources = [("bom", "x.json"), ("bom", "y.json"), ("bom", "z.json"), ("models", "models")];
    let mut text = "schema = \"workspace/0.1\"\nname = \"order\"\n".to_owned();
    for index in order {
        let (kind, path) = sources[*index];
        text += &format!("[[source]]\nkind = \"{kind}\"\npath = \"{path}\"\n");
    }
    fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    let at = Some("2026-11-20T12:00:00Z".parse().unwrap());
    let options = OpenOptions { dir: Some(dir.path().to_owned()), at, ..OpenOptions::default() };
    Workbench::open(&options).unwrap().snapshot(None, false, &Progress::default()).unwrap().digest
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn any_order_of_the_sources_gives_the_same_digest(order in Just(vec![0, 1, 2, 3]).prop_shuffle()) {
        prop_assert_eq!(digest_in_order(&order), digest_in_order(&[0, 1, 2, 3]));
    }
}

#[test]
fn a_snapshot_is_canonical_and_its_digest_is_over_the_bytes_of_its_content() {
    let dir = copy_of_samples();
    let file = taken(dir.path(), "a.json");
    let text = fs::read_to_string(&file).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(touchmark::json::canonical(&value).unwrap(), text.as_bytes());
    assert_eq!(value["schema"], "touchmark.snapshot/1");
    let content = touchmark::json::canonical(&value["content"]).unwrap();
    let hash = touchmark::signing::hash_bytes(touchmark::signing::HashAlgorithm::Sha256, &content);
    assert_eq!(value["digest"], hex::encode(hash));
    let models = value["content"]["models"].as_array().unwrap();
    assert!(models.len() > 30 && models.iter().all(|model| model["decision"].is_string()));
    let told = out(&run(dir.path(), &["snapshot"]));
    assert_eq!(told.trim(), value["digest"].as_str().unwrap(), "the time is not in the digest");
}

#[test]
fn a_file_of_that_name_is_replaced_only_by_force() {
    let dir = copy_of_samples();
    let file = dir.path().join("notes.json");
    fs::write(&file, "mine").unwrap();
    let done = run(dir.path(), &["snapshot", "-o", name(&file)]);
    assert_eq!(done.status.code(), Some(2), "{}", err(&done));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let done = run(dir.path(), &["snapshot", "-o", name(&file), "--force"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(is_snapshot(&file));
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".touchmark-")), "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_snapshot_that_cannot_be_written_leaves_nothing_behind() {
    let dir = copy_of_samples();
    assert_eq!(run(dir.path(), &["list"]).status.code(), Some(0));
    let file = dir.path().join("a.json");
    // As on a full disk: no file may grow beyond 64 kB, which what SQLite writes beside a store does not.
    let script = "trap '' XFSZ; ulimit -f 128; exec \"$0\" snapshot --workspace \"$1\" -o \"$2\"";
    let done = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_touchmark"), name(dir.path()), name(&file)])
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(4), "{}", err(&done));
    assert!(err(&done).contains("E-WRITE") && !file.exists(), "{}", err(&done));
}

#[test]
fn every_changed_byte_of_the_content_is_seen() {
    let dir = copy_of_samples();
    let file = taken(dir.path(), "a.json");
    let whole = fs::read(&file).unwrap();
    let digest = sound(&file).unwrap();
    let spoiled = dir.path().join("b.json");
    let start = whole.windows(9).position(|window| window == b"\"content\"").unwrap();
    for at in (start..whole.len()).step_by(611).chain(whole.len() - 120..whole.len()) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&spoiled, bytes).unwrap();
        assert!(sound(&spoiled).is_err(), "byte {at}");
    }
    for length in (0..whole.len()).step_by(1013) {
        fs::write(&spoiled, &whole[..length]).unwrap();
        assert!(sound(&spoiled).is_err(), "{length} bytes");
    }
    fs::write(&spoiled, [&whole[..], b"\n"].concat()).unwrap();
    assert!(sound(&spoiled).is_err());
    assert_eq!(sound(&file).unwrap(), digest);
    edit(&file, "\"decision\":\"refuse\"", "\"decision\":\"admit\" ");
    let done = run(dir.path(), &["snapshot", "verify", name(&file)]);
    assert_eq!(done.status.code(), Some(4), "{}", out(&done));
    edit(&file, "\"decision\":\"admit\" ", "\"decision\":\"admitt\"");
    let done = run(dir.path(), &["snapshot", "verify", name(&file)]);
    assert_eq!(done.status.code(), Some(1), "{}", out(&done));
    assert!(out(&done).starts_with("✗ FAIL"), "{}", out(&done));
    let done = run(dir.path(), &["diff", name(&file)]);
    assert_eq!(done.status.code(), Some(4), "{}", out(&done));
    assert!(out(&done).is_empty() && err(&done).contains("its digest is not that of its content"));
}

#[test]
fn hostile_snapshots_are_refused_and_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.json");
    let head = "{\"at\":\"2026-11-20T12:00:00Z\",\"content\":{\"about\":";
    let about = "{\"ledger\":{\"entries\":0,\"head\":\"\"},\"policy\":\"\",\"rubric\":\"\",\"stage\":\"\",\"workspace\":\"\"}";
    let end = format!("]}},\"digest\":\"{}\",\"schema\":\"touchmark.snapshot/1\"}}", "0".repeat(64));
    let cases = [
        String::new(),
        "{}".to_owned(),
        format!("{head}{}", "[".repeat(2_000_000)),
        format!("{head}{{\"a\":{}", "[".repeat(2_000_000)),
        format!("{head}\"{}", "a".repeat(2_000_000)),
        format!("{head}{about},\"models\":[{{\"id\":{}{}}}{end}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{head}{about},\"models\":[{{\"id\":\"a\",\"id\":\"b\"}}{end}"),
        format!("{head}{about},\"models\":[{{\"id\":\"b\"}},{{\"id\":\"a\"}}{end}"),
        format!("{head}{about},\"models\":[{{\"id\":\"a\"}}{end}"),
        format!("{head}{about},\"models\":[{end}"),
        format!("{head}{about},\"models\":[{}", end.replace("snapshot/1", "snapshot/2")),
        format!("{{\"at\":\"{}\",\"content\":{{\"about\":", "9".repeat(60)),
    ];
    for (number, case) in cases.iter().enumerate() {
        fs::write(&file, case).unwrap();
        let error = sound(&file).unwrap_err();
        assert!(matches!(error.code, Code::Malformed | Code::Newer | Code::TooLarge), "{number}: {error}");
        assert!(error.help.is_some() || error.code == Code::Newer, "{number}: {error}");
    }
    fs::write(&file, format!("{head}{about},\"models\":[{end}")).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let content = &text[text.find("{\"about\"").unwrap()..text.find(",\"digest\"").unwrap()];
    let hash = touchmark::signing::hash_bytes(touchmark::signing::HashAlgorithm::Sha256, content.as_bytes());
    fs::write(&file, text.replace(&"0".repeat(64), &hex::encode(hash))).unwrap();
    assert!(sound(&file).is_ok());
    assert_eq!(Reader::open(dir.path()).err().unwrap().code, Code::Read);
}

#[test]
fn what_is_the_same_is_the_same_however_often_it_was_verified() {
    let dir = copy_of_samples();
    run(dir.path(), &["verify", "lumen/iris-base"]);
    let a = taken(dir.path(), "a.json");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    run(dir.path(), &["verify", "lumen/iris-base"]);
    let told = diff(dir.path(), &[name(&a)], 0);
    assert!(told.contains("✓ same") && told.contains("1 re-verified"), "{told}");
    assert!(told.contains("the ledger only grew"), "{told}");
    let b = taken(dir.path(), "b.json");
    assert_ne!(sound(&a).unwrap(), sound(&b).unwrap(), "the time of a verification is in the digest");
    assert!(diff(dir.path(), &[name(&a), name(&b)], 0).contains("the ledger grew"));
    assert!(diff(dir.path(), &[name(&a), "."], 0).contains("✓ same"));
}

#[test]
fn a_diff_tells_what_changed_worst_first() {
    let dir = copy_of_samples();
    let root = dir.path();
    run(root, &["verify", "lumen/iris-base"]);
    let old = root.join("models/old/thing");
    fs::create_dir_all(&old).unwrap();
    fs::write(old.join("config.json"), "{}").unwrap();
    run(root, &["scan"]);
    let a = taken(root, "a.json");
    fs::remove_dir_all(old).unwrap();
    let new = root.join("models/new/thing");
    fs::create_dir_all(&new).unwrap();
    fs::write(new.join("README.md"), "---\nlicense: mit\n---\n").unwrap();
    fs::write(new.join("config.json"), "{}").unwrap();
    edit(&root.join("models/lumen/iris-base/config.json"), "{", "{ ");
    edit(&root.join("models/acme/badge-check/README.md"), "license: apache-2.0", "license: proprietary");
    run(root, &["scan"]);
    run(root, &["verify", "lumen/iris-base"]);
    run(root, &["review", "acme/claims-sorter", "approve", "--reason", "looked at it"]);
    let told = diff(root, &[name(&a)], 1);
    for line in [
        "✗ changed  lumen/iris-base",
        "✗ verification  pass (TIME-UNTRUSTED) → FAIL (FILES-CHANGED",
        "removed  old/thing",
        "· added  new/thing  model, not verified, L0, refuse",
        "! licence  apache-2.0 (declared) → proprietary (contradicted)",
        "! review  new: approved by ",
        "1 added, 1 removed",
    ] {
        assert!(told.contains(line), "{line} in\n{told}");
    }
    let place = |text: &str| told.find(text).unwrap();
    assert!(place("lumen/iris-base") < place("acme/badge-check"), "{told}");
    assert!(place("acme/badge-check") < place("new/thing"), "{told}");
    let b = taken(root, "b.json");
    let back = diff(root, &[name(&b), name(&a)], 1);
    assert!(back.contains("✓ verification  FAIL (FILES-CHANGED") && back.contains("→ pass"), "{back}");
    assert!(back.contains("✗ ledger, not only appended to"), "{back}");
    let json = run(root, &["diff", name(&a), name(&b), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!((&json["schema"], &json["same"]), (&"touchmark.diff/1".into(), &false.into()));
    assert_eq!(json["diff"]["models"][0]["changes"][0]["weight"], "worse");
}

#[test]
fn a_ledger_that_was_made_anew_and_claims_that_were_changed_are_told() {
    let dir = copy_of_samples();
    let root = dir.path();
    run(root, &["review", "acme/claims-sorter", "approve", "--reason", "one"]);
    let claims = root.join("models/lumen/iris-base/claims.jsonl");
    fs::write(&claims, "{\"a\":1}\n").unwrap();
    run(root, &["scan"]);
    let a = taken(root, "a.json");
    fs::write(&claims, "{\"a\":1}\n{\"b\":2}\n").unwrap();
    let told = diff(root, &[name(&a)], 1);
    assert!(told.contains("· claims") && told.contains("16 bytes, only appended to"), "{told}");
    let b = taken(root, "b.json");
    assert!(diff(root, &[name(&a), name(&b)], 1).contains("not known whether only appended to"));
    fs::write(&claims, "{\"c\":1}\n{\"b\":2}\n").unwrap();
    let told = diff(root, &[name(&a)], 1);
    assert!(told.contains("✗ claims") && told.contains("not only appended to"), "{told}");
    for file in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        if name(&file).contains("touchmark.db") {
            fs::remove_file(file).unwrap();
        }
    }
    for reason in ["other", "another"] {
        run(root, &["review", "acme/claims-sorter", "approve", "--reason", reason]);
    }
    assert!(diff(root, &[name(&a)], 1).contains("✗ ledger, not only appended to"));
}

#[test]
fn nothing_in_a_diff_could_harm_a_terminal() {
    let dir = copy_of_samples();
    let a = taken(dir.path(), "a.json");
    let empty = dir.path().join("empty");
    assert_eq!(touchmark(["init", name(&empty)]).status.code(), Some(0));
    let b = taken(&empty, "b.json");
    for words in [&[name(&a), name(&b)][..], &[name(&b), name(&a)], &[name(&a), name(&b), "--format", "json"]]
    {
        let told = diff(&empty, words, 1);
        let harmful = told.chars().find(|c| {
            (c.is_control() && *c != '\n') || matches!(*c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(harmful, None, "{told}");
        assert!(told.contains("43"), "{told}");
    }
}

#[test]
fn bills_are_imported_and_what_is_none_is_refused_by_what_it_is() {
    let dir = copy_of_samples();
    let root = dir.path();
    let snapshot = taken(root, "a.json");
    let bill = |model: &str| {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{{"type":"machine-learning-model","name":"{model}","version":"1"}}]}}"#
        )
    };
    let (one, two) = (root.join("one.json"), root.join("two.json"));
    fs::write(&one, bill("imported/one")).unwrap();
    fs::write(&two, bill("imported/two")).unwrap();
    let config = root.join("touchmark.toml");
    let before = fs::read(&config).unwrap();
    let ledger = root.join("ledger.jsonl");
    run(root, &["review", "acme/claims-sorter", "approve", "--reason", "one"]);
    fs::write(&ledger, out(&run(root, &["ledger", "export"]))).unwrap();
    for (file, what) in [
        (root.join("models/lumen/iris-base/model.sig"), "it is a Sigstore bundle"),
        (snapshot, "it is a snapshot of an inventory"),
        (ledger, "it is an exported ledger"),
        (root.join("models"), "it is a folder"),
        (root.join("README.md"), "not a bill of materials"),
        (root.join("gone.json"), "E-READ"),
    ] {
        let done = run(root, &["import", name(&one), name(&file)]);
        assert_eq!(done.status.code(), Some(4), "{}", out(&done));
        assert!(err(&done).contains(what), "{what}: {}", err(&done));
        assert_eq!(fs::read(&config).unwrap(), before, "all or none");
    }
    let done = run(root, &["import", name(&one), name(&two), name(&root.join("boms/vendor.cdx.json"))]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let told = out(&done);
    assert!(told.contains("✓ added  one.json  1 model, 0 findings\n✓ added  two.json"), "{told}");
    assert!(told.contains("✓ a source already  boms/vendor.cdx.json"), "{told}");
    assert!(fs::read_to_string(&config).unwrap().contains("path = \"one.json\""));
    assert!(out(&run(root, &["list", "imported"])).contains("imported/two"));
    let after = fs::read(&config).unwrap();
    assert!(out(&run(root, &["import", name(&one)])).contains("a source already"));
    assert_eq!(fs::read(&config).unwrap(), after);
}

#[test]
fn the_workbench_says_where_it_wrote_a_snapshot_and_tells_a_difference_once() {
    let dir = copy_of_samples();
    let options = OpenOptions { dir: Some(dir.path().to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    let job = |kind| workbench.wait(workbench.start(kind)).unwrap();
    let file = dir.path().join("a.json");
    let taken = job(JobKind::Snapshot(file.clone()));
    assert!(taken.log.concat().contains(&format!("written to {}", file.display())), "{:?}", taken.log);
    job(JobKind::Verify(vec![touchmark::inventory::ModelId::new("lumen/iris-base")]));
    let told = job(JobKind::Diff(file));
    let JobState::Done(summary) = &told.state else { panic!("{:?}", told.state) };
    // The screen ends the log with the summary.
    let lines = told.log.iter().filter(|line| line.contains("1 changed")).count();
    assert!(summary.contains("1 changed") && lines == 0, "{summary} in {:?}", told.log);
    assert!(told.log.iter().any(|line| line.contains("lumen/iris-base")), "{:?}", told.log);
}
