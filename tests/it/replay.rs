//! Records judged again: the same comes of them wherever that is done, or a clear word of why it cannot be done.

use crate::support::{behind_its_back, copy, copy_of_samples, err, out, samples, touchmark};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use touchmark::inventory::ModelId;
use touchmark::store::{LedgerEnd, LedgerEntry, RecordKind};
use touchmark::workbench::{JobKind, JobState, OpenOptions, ReplayBy, ReviewWord, Workbench};

fn open(dir: &Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

fn verify(dir: &Path, ids: &[&str]) {
    let workbench = open(dir);
    let ids = ids.iter().map(|id| ModelId::new(id)).collect();
    let job = workbench.wait(workbench.start(JobKind::Verify(ids))).unwrap();
    assert!(matches!(job.state, JobState::Done(_)), "{:?}", job.state);
}

fn run(dir: &Path, words: &[&str]) -> Output {
    touchmark([&["--workspace", dir.to_str().unwrap()], words].concat())
}

fn replay(dir: &Path, number: u64, words: &[&str]) -> Output {
    run(dir, &[&["ledger", "replay", &number.to_string(), "--format", "json"], words].concat())
}

fn said(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}{}", out(output), err(output)))
}

#[track_caller]
fn is_same(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}{}", out(output), err(output));
    let said = said(output);
    assert_eq!(said["same"], true);
    assert_eq!(said["differences"].as_array().unwrap().len(), 0);
}

#[track_caller]
fn is_refused(output: &Output, codes: &[&str]) {
    assert!(!matches!(output.status.code(), Some(0 | 1)), "{}{}", out(output), err(output));
    let text = out(output) + &err(output);
    assert!(codes.iter().any(|code| text.contains(code)), "{codes:?}: {text}");
}

fn entries(dir: &Path) -> Vec<LedgerEntry> {
    let exported = out(&run(dir, &["ledger", "export"]));
    exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Verified as a whole, and asked to let in at several stages.
fn recorded() -> tempfile::TempDir {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let ids: Vec<String> = workbench.view().models.iter().map(|model| model.id.raw().to_owned()).collect();
    drop(workbench);
    verify(dir.path(), &ids.iter().map(String::as_str).collect::<Vec<_>>());
    let gates = [
        ("acme/receipt-reader", "production", false),
        ("acme/support-bot-7b", "staging", true),
        ("acme/claims-sorter-q8", "dev", false),
        ("orchid/speech-1-distilled", "production", true),
        ("northwind/harbour-7b-instruct-q4", "production", false),
    ];
    for (id, stage, allows) in gates {
        let words: &[&str] = if allows { &["--allow-warn"] } else { &[] };
        let done = run(dir.path(), &[&["gate", id, "--stage", stage], words].concat());
        assert!(matches!(done.status.code(), Some(0 | 1 | 3)), "{}", err(&done));
    }
    dir
}

#[test]
fn each_record_of_the_samples_is_the_same_again_wherever_and_however_it_is_judged() {
    let dir = recorded();
    let count = entries(dir.path()).len() as u64;
    assert!(count > 45, "{count}");
    (1..=count).for_each(|number| is_same(&replay(dir.path(), number, &[])));
    let moved = tempfile::tempdir().unwrap();
    let place = moved.path().join("else where/é");
    copy(dir.path(), &place);
    fs::copy(dir.path().join("touchmark.db"), place.join("touchmark.db")).unwrap();
    let around: [&[(&str, &str)]; 6] = [
        &[("RAYON_NUM_THREADS", "1")],
        &[("RAYON_NUM_THREADS", "2"), ("TZ", "Pacific/Kiritimati")],
        &[("RAYON_NUM_THREADS", "7"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8")],
        &[("USER", "somebody"), ("USERNAME", "somebody"), ("HOME", "/nowhere")],
        &[("TZ", "Pacific/Kiritimati"), ("LC_ALL", "C")],
        &[("NO_COLOR", "1"), ("COLUMNS", "20"), ("RUST_BACKTRACE", "1")],
    ];
    for (number, variables) in around.iter().enumerate() {
        for folder in [dir.path(), &place] {
            // The last records are decisions.
            let some =
                (1..=count).filter(|record| *record > count - 4 || *record as usize % around.len() == number);
            for record in some.filter(|record| folder == dir.path() || record % 2 == 0) {
                let record = record.to_string();
                let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
                    .args(["--workspace", folder.to_str().unwrap()])
                    .args(["ledger", "replay", &record, "--format", "json"])
                    .envs(variables.iter().copied())
                    .output()
                    .unwrap();
                is_same(&done);
            }
        }
    }
    // What the workspace holds now does not matter.
    let keys = place.join("keys");
    fs::remove_dir_all(place.join("models")).unwrap();
    fs::remove_dir_all(&keys).unwrap();
    fs::write(place.join("policies/samples.toml"), "nonsense").unwrap();
    let elsewhere = open(&place);
    for number in 1..=count {
        let replayed = elsewhere.replay(number, &ReplayBy::Recorded).unwrap();
        assert!(replayed.is_same, "{number}: {:?}", replayed.differences);
    }
    assert_eq!(elsewhere.verify_ledger().unwrap(), count, "judging again records nothing");
}

#[test]
fn the_recorded_rules_count_unless_others_are_asked_for() {
    let dir = copy_of_samples();
    let id = "lumen/iris-base";
    verify(dir.path(), &[id]);
    run(dir.path(), &["gate", id, "--stage", "production"]);
    let count = entries(dir.path()).len() as u64;
    assert!(count >= 2);
    let numbers = 1..=count;
    let policy = dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, format!("# another comment\n{text}")).unwrap();
    for number in numbers.clone() {
        is_same(&replay(dir.path(), number, &[]));
        is_same(&replay(dir.path(), number, &["--policy", "now"]));
    }
    fs::write(&policy, &text).unwrap();
    let key = dir.path().join("keys/lumen.pub.pem");
    let made = fs::metadata(&key).unwrap().modified().unwrap();
    fs::copy(samples().join("keys/ternlab.pub.pem"), &key).unwrap();
    for number in numbers.clone() {
        is_same(&replay(dir.path(), number, &[]));
        for by in ["now", policy.to_str().unwrap()] {
            let other = replay(dir.path(), number, &["--policy", by]);
            assert_eq!(other.status.code(), Some(1), "{}", err(&other));
            let other = said(&other);
            assert_eq!((&other["same"], &other["under_another"]), (&Value::from(false), &Value::from(true)));
            assert!(!other["differences"].as_array().unwrap().is_empty());
        }
        let words = ["ledger", "replay", &number.to_string(), "--policy", "now"];
        let told = run(dir.path(), &words);
        assert_eq!(told.status.code(), Some(1));
        let told = out(&told);
        assert!(told.starts_with("✗ differs") && told.contains(" → "), "{told}");
        assert!(told.contains("SIGNER") || told.contains("TRUST") || told.contains("outcome"), "{told}");
    }
    // A policy file elsewhere that refuses the publisher.
    fs::copy(samples().join("keys/lumen.pub.pem"), &key).unwrap();
    // Its time says how old it is.
    fs::File::options().append(true).open(&key).unwrap().set_modified(made).unwrap();
    let stricter = policy.with_file_name("stricter.toml");
    fs::write(&stricter, text.replace("models = [\"lumen/*\"]", "models = [\"lumen/other\"]")).unwrap();
    for number in numbers {
        is_same(&replay(dir.path(), number, &["--policy", "now"]));
        let other = replay(dir.path(), number, &["--policy", stricter.to_str().unwrap()]);
        assert_eq!(other.status.code(), Some(1), "{}", err(&other));
    }
    let missing = replay(dir.path(), 1, &["--policy", "no-such.toml"]);
    is_refused(&missing, &["E-READ", "E-NOT-FOUND"]);
    fs::write(&policy, "nonsense").unwrap();
    is_refused(&replay(dir.path(), 1, &["--policy", "now"]), &["E-CONFIG"]);
    is_same(&replay(dir.path(), 1, &[]));
}

#[test]
fn a_review_and_a_number_that_is_not_there_are_refused() {
    let dir = copy_of_samples();
    let id = ModelId::new("lumen/iris-base");
    open(dir.path()).review(&id, ReviewWord::Approve, "seen").unwrap();
    let refused = replay(dir.path(), 1, &[]);
    is_refused(&refused, &["E-USAGE"]);
    assert!(err(&refused).contains("a review is a person's word"), "{}", err(&refused));
    for number in [0, 2, u64::MAX] {
        is_refused(&replay(dir.path(), number, &[]), &["E-NOT-FOUND"]);
    }
    is_refused(&run(dir.path(), &["ledger", "replay", "-1"]), &["error"]);
}

#[test]
fn a_record_of_the_time_before_evidence_was_kept_is_not_judged_again_and_stays() {
    let dir = copy_of_samples();
    let id = ModelId::new("lumen/iris-base");
    let check =
        r#"{"stage":"PARSE","code":"PARSE","outcome":"pass","summary":"The signature file can be read"}"#;
    let verification = format!(r#"{{"verification":{{"checks":[{check}],"method":"key"}},"took_ms":3}}"#);
    let decision = r#"{"stage":"production","decision":"admit","verdict":{"model":"lumen/iris-base"}}"#;
    let mut end = LedgerEnd::default();
    let mut lines = String::new();
    for (kind, body) in [(RecordKind::Verification, verification.as_str()), (RecordKind::Decision, decision)]
    {
        let entry = LedgerEntry::after(end, jiff::Timestamp::UNIX_EPOCH, kind, &id, body).unwrap();
        lines += &(touchmark::json::to_line(&entry).unwrap() + "\n");
        end = LedgerEnd { entries: entry.seq, hash: entry.hash };
    }
    let file = dir.path().join("old.jsonl");
    fs::write(&file, &lines).unwrap();
    let imported = run(dir.path(), &["ledger", "import", file.to_str().unwrap()]);
    assert_eq!(imported.status.code(), Some(0), "{}", err(&imported));
    for number in [1, 2] {
        let refused = replay(dir.path(), number, &[]);
        is_refused(&refused, &["E-EVIDENCE"]);
        assert!(err(&refused).contains("cannot be replayed"), "{}", err(&refused));
        is_refused(&replay(dir.path(), number, &["--policy", "now"]), &["E-EVIDENCE"]);
    }
    let export = || {
        Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(["--workspace", dir.path().to_str().unwrap(), "ledger", "export"])
            .output()
            .unwrap()
    };
    assert_eq!(out(&export()), lines);
    let words: [&[&str]; 4] =
        [&["ledger", "verify"], &["ledger", "show"], &["list"], &["ledger", "show", "lumen/iris-base"]];
    for words in words {
        let done = run(dir.path(), words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}", err(&done));
    }
    // It counts as not verified, until somebody looks again.
    let index = |workbench: &Workbench| workbench.view().model(&id).unwrap().0;
    let workbench = open(dir.path());
    assert!(workbench.view().verified[index(&workbench)].is_none());
    verify(dir.path(), &["lumen/iris-base"]);
    let workbench = open(dir.path());
    assert!(workbench.view().verified[index(&workbench)].is_some());
    is_same(&replay(dir.path(), 3, &[]));
    assert!(out(&export()).starts_with(&lines));
}

type Row = (Vec<u8>, Vec<u8>);

fn rows(store: &rusqlite::Connection) -> Vec<Row> {
    let mut all = store.prepare("SELECT digest, bytes FROM evidence").unwrap();
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(|row| row.unwrap()).collect()
}

#[test]
fn evidence_that_is_gone_or_was_changed_is_told_and_never_the_same() {
    let dir = copy_of_samples();
    let id = "lumen/iris-base";
    verify(dir.path(), &[id]);
    let gated = run(dir.path(), &["gate", id, "--stage", "production"]);
    assert_eq!(gated.status.code(), Some(0), "{}{}", out(&gated), err(&gated));
    let kinds: Vec<RecordKind> = entries(dir.path()).into_iter().map(|entry| entry.kind).collect();
    let last = kinds.len() as u64;
    assert_eq!(kinds.last(), Some(&RecordKind::Decision));
    let file = dir.path().join("touchmark.db");
    let whole = rows(&rusqlite::Connection::open(&file).unwrap());
    assert!(whole.len() >= 6, "{}", whole.len());
    let mut needed = [0, 0];
    for (digest, bytes) in &whole {
        let mut other = bytes.clone();
        let changes: Vec<Option<Vec<u8>>> = match other.last_mut() {
            Some(byte) => {
                *byte ^= 1;
                vec![None, Some(other), Some(Vec::new())]
            }
            None => vec![None, Some(b"x".to_vec())],
        };
        for change in changes {
            let store = rusqlite::Connection::open(&file).unwrap();
            match &change {
                None => store.execute("DELETE FROM evidence WHERE digest = ?1", [digest]),
                Some(bytes) => {
                    store.execute("UPDATE evidence SET bytes = ?2 WHERE digest = ?1", (digest, bytes))
                }
            }
            .unwrap();
            drop(store);
            let workbench = open(dir.path());
            for (slot, number) in [1, last].into_iter().enumerate() {
                match workbench.replay(number, &ReplayBy::Recorded) {
                    // What a record does not name.
                    Ok(replayed) => assert!(replayed.is_same),
                    Err(error) => {
                        let wanted = if change.is_none() { "E-EVIDENCE" } else { "E-STORE" };
                        assert_eq!(error.code.as_str(), wanted, "{error:?}");
                        needed[slot] += 1;
                    }
                }
            }
            assert_eq!(workbench.verify_ledger().unwrap(), last, "the ledger itself is whole");
            drop(workbench);
            let store = rusqlite::Connection::open(&file).unwrap();
            let sql = "INSERT INTO evidence (digest, bytes) VALUES (?1, ?2) \
                       ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes";
            store.execute(sql, (digest, bytes)).unwrap();
        }
    }
    // Entry, files, signature, anchors, their files, policy; and of a decision the rubric and the list of its evidence.
    assert!(needed[0] >= 3 * 5 && needed[1] >= 3 * 7, "{needed:?}");
    is_same(&replay(dir.path(), 1, &[]));
    is_same(&replay(dir.path(), last, &[]));
    let store = rusqlite::Connection::open(&file).unwrap();
    store.execute("DELETE FROM evidence", []).unwrap();
    drop(store);
    for number in [1, last] {
        is_refused(&replay(dir.path(), number, &[]), &["E-EVIDENCE"]);
    }
    assert_eq!(run(dir.path(), &["list"]).status.code(), Some(0));
    assert!(open(dir.path()).view().verification_of(&ModelId::new(id)).is_none(), "nothing proves it");
}

/// A body that says something else under a chain of hashes that fits.
#[test]
fn a_record_that_says_more_than_its_evidence_is_found_out() {
    let dir = copy_of_samples();
    let id = "acme/support-bot-7b";
    verify(dir.path(), &[id]);
    let entry = entries(dir.path()).remove(0);
    let body = entry.body.replacen("\"outcome\":\"fail\"", "\"outcome\":\"pass\"", 1);
    assert_ne!(body, entry.body);
    let forged =
        LedgerEntry::after(LedgerEnd::default(), entry.at, entry.kind.clone(), &entry.model, &body).unwrap();
    let store = rusqlite::Connection::open(dir.path().join("touchmark.db")).unwrap();
    behind_its_back(&store, |store| store.execute_batch("DELETE FROM ledger").unwrap());
    drop(store);
    let file = dir.path().join("forged.jsonl");
    fs::write(&file, touchmark::json::to_line(&forged).unwrap() + "\n").unwrap();
    let imported = run(dir.path(), &["ledger", "import", file.to_str().unwrap()]);
    assert_eq!(imported.status.code(), Some(0), "{}", err(&imported));
    assert_eq!(run(dir.path(), &["ledger", "verify"]).status.code(), Some(0));
    let other = replay(dir.path(), 1, &[]);
    assert_eq!(other.status.code(), Some(1), "{}{}", out(&other), err(&other));
    let difference = &said(&other)["differences"][0];
    assert_eq!((&difference["was"], &difference["is"]), (&Value::from("pass"), &Value::from("fail")));
}
