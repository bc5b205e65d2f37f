//! Proofs that a record is among those that a checkpoint stands for, checked by somebody who has only the checkpoint.

use crate::documents::hold;
use crate::support::{copy_of_samples, err, out};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A workspace with some records and signed checkpoints, and a folder elsewhere with nothing but a checkpoint and a key.
struct Desk {
    dir: tempfile::TempDir,
    away: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Desk { dir: copy_of_samples(), away: tempfile::tempdir().unwrap() };
        desk.works(&["key", "generate", "audit.pem", "--no-password"]);
        desk.works(&["key", "generate", "other.pem", "--no-password"]);
        for model in ["lumen/iris-base", "lumen/iris-large", "acme/receipt-reader"] {
            desk.works(&["verify", model]);
        }
        desk.checkpoint("first.json");
        desk.works(&["review", "ask", "lumen/iris-base", "--reason", "whose is it"]);
        desk.works(&["review", "approve", "lumen/iris-large", "--reason", "seen"]);
        desk.checkpoint("second.json");
        for file in ["first.json", "second.json", "audit.pem.pub", "other.pem.pub"] {
            fs::copy(desk.path(file), desk.away.path().join(file)).unwrap();
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn program(&self, dir: &Path, words: &[&str]) -> Output {
        let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(words)
            .current_dir(dir)
            .env("HOME", dir)
            .env("XDG_DATA_HOME", dir.join("data"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        hold(&done);
        done
    }

    #[track_caller]
    fn works(&self, words: &[&str]) -> String {
        let done = self.program(self.dir.path(), words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}{}", out(&done), err(&done));
        out(&done)
    }

    fn checkpoint(&self, file: &str) {
        self.works(&["ledger", "checkpoint", "key", "--private-key", "audit.pem", "--out", file]);
    }

    fn prove(&self, record: u64, checkpoint: &str) -> Value {
        let record = record.to_string();
        serde_json::from_str(&self.works(&["ledger", "prove", &record, "--checkpoint", checkpoint])).unwrap()
    }

    /// What is said of a proof elsewhere, with which status.
    fn says(&self, proof: &Value, words: &[&str]) -> (Option<i32>, Value) {
        fs::write(self.away.path().join("proof.json"), proof.to_string()).unwrap();
        let words = [&["ledger", "prove", "--check", "proof.json", "--format", "json"], words].concat();
        let done = self.program(self.away.path(), &words);
        (done.status.code(), serde_json::from_slice(&done.stdout).unwrap_or_else(|_| err(&done).into()))
    }

    fn by_auditor(&self, proof: &Value) -> (Option<i32>, Value) {
        self.says(proof, &["--checkpoint", "second.json", "--public-key", "audit.pem.pub"])
    }
}

#[test]
fn each_record_is_proven_to_whoever_has_the_checkpoint_and_nothing_else() {
    let desk = Desk::new();
    let lines = desk.works(&["ledger", "export"]);
    let entries: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(entries.len() >= 5);
    for entry in &entries {
        let number = entry["seq"].as_u64().unwrap();
        let proof = desk.prove(number, "second.json");
        assert_eq!(&proof["record"], entry);
        let (status, said) = desk.by_auditor(&proof);
        assert_eq!((status, &said["outcome"], &said["record"]), (Some(0), &"pass".into(), &number.into()));
        assert_eq!((&said["fault"], &said["counts"]), (&Value::Null, &true.into()));
        // The proof says nothing of other records.
        let others = entries.iter().filter(|other| other["seq"] != entry["seq"]);
        let text = proof.to_string();
        assert!(others.into_iter().all(|other| !text.contains(other["body"].as_str().unwrap())));
    }
    // Nothing was made there but what the test wrote.
    assert_eq!(fs::read_dir(desk.away.path()).unwrap().count(), 5);
    let words = ["ledger", "prove", "--check", "proof.json", "--checkpoint", "second.json"];
    let human =
        out(&desk.program(desk.away.path(), &[&words[..], &["--public-key", "audit.pem.pub"]].concat()));
    let records = entries.len();
    assert!(human.starts_with(&format!("✓ pass  record {records}  ")), "{human}");
}

/// What is changed, what finds it, and how it is done.
type Row<'a> = (&'a str, &'a str, &'a dyn Fn(&mut Value));

#[test]
fn a_proof_that_was_tampered_with_is_found_and_named() {
    let desk = Desk::new();
    let (proof, other) = (desk.prove(2, "second.json"), desk.prove(4, "second.json"));
    let zeros = json!("0".repeat(64));
    let rows: &[Row<'_>] = &[
        ("the body", "record-changed", &|p| {
            let body = p["record"]["body"].as_str().unwrap().replacen("pass", "fail", 1);
            p["record"]["body"] = body.into();
        }),
        ("the model", "record-changed", &|p| p["record"]["model"] = json!("lumen/iris-basf")),
        ("the time", "record-changed", &|p| p["record"]["at"] = json!("2020-01-01T00:00:00Z")),
        ("the kind", "record-changed", &|p| p["record"]["kind"] = json!("decision")),
        ("the number", "record-changed", &|p| p["record"]["seq"] = json!(3)),
        ("the hash before", "record-changed", &|p| p["record"]["previous"] = zeros.clone()),
        ("the hash", "record-changed", &|p| p["record"]["hash"] = zeros.clone()),
        ("a hash of the way", "path-broken", &|p| p["path"][1] = zeros.clone()),
        ("two hashes of the way", "path-broken", &|p| p["path"].as_array_mut().unwrap().swap(0, 1)),
        ("a shorter way", "path-broken", &|p| drop(p["path"].as_array_mut().unwrap().pop())),
        ("a longer way", "path-broken", &|p| p["path"].as_array_mut().unwrap().push(zeros.clone())),
        ("another record on this way", "path-broken", &|p| p["record"] = other["record"].clone()),
        ("the root", "path-broken", &|p| p["root"] = zeros.clone()),
        ("fewer records", "path-broken", &|p| p["records"] = json!(1)),
        ("more records", "other-checkpoint", &|p| {
            p["records"] = json!(p["records"].as_u64().unwrap() + 1);
        }),
    ];
    assert_eq!(desk.by_auditor(&proof).0, Some(0));
    for (what, fault, change) in rows {
        let mut changed = proof.clone();
        change(&mut changed);
        assert_ne!(changed, proof, "{what}");
        let (status, said) = desk.by_auditor(&changed);
        let found = said["fault"].as_str();
        let is_it = found == Some(*fault) || *what == "more records" && found == Some("path-broken");
        assert!(status == Some(1) && is_it, "{what}: {said:#}");
        assert_eq!(said["outcome"], "fail");
    }
    // What is no proof cannot be read.
    for text in [json!({}), json!([]), json!({ "schema": "touchmark.ledger-proof/2" })] {
        let (status, said) = desk.by_auditor(&text);
        assert_eq!(status, Some(4), "{said}");
    }
}

#[test]
fn a_proof_counts_for_its_record_and_its_checkpoint_only() {
    let desk = Desk::new();
    let proof = desk.prove(2, "second.json");
    let key = ["--public-key", "audit.pem.pub"];
    let (status, said) = desk.says(&proof, &[&["--checkpoint", "first.json"][..], &key].concat());
    assert_eq!((status, &said["fault"]), (Some(1), &"other-checkpoint".into()), "{said:#}");
    for (record, status, fault) in [("2", 0, Value::Null), ("3", 1, "other-record".into())] {
        let (found, said) = desk.says(&proof, &[&[record, "--checkpoint", "second.json"][..], &key].concat());
        assert_eq!((found, &said["fault"]), (Some(status), &fault), "{said:#}");
    }
    // Signed by nobody who is known here; by nobody; by a signature that does not hold.
    let second = ["--checkpoint", "second.json"];
    let (status, said) = desk.says(&proof, &[&second[..], &["--public-key", "other.pem.pub"]].concat());
    assert_eq!((status, &said["outcome"], &said["counts"]), (Some(3), &"unknown".into(), &false.into()));
    desk.works(&["ledger", "checkpoint", "--out", "bare.json"]);
    fs::copy(desk.path("bare.json"), desk.away.path().join("bare.json")).unwrap();
    let bare = desk.prove(2, "bare.json");
    let (status, said) = desk.says(&bare, &[&["--checkpoint", "bare.json"][..], &key].concat());
    assert_eq!((status, &said["outcome"], &said["signer"]), (Some(3), &"unknown".into(), &Value::Null));
    let mut bundle: Value =
        serde_json::from_str(&fs::read_to_string(desk.path("second.json")).unwrap()).unwrap();
    let signature = &mut bundle["dsseEnvelope"]["signatures"][0]["sig"];
    let text = signature.as_str().unwrap().to_owned();
    let letter = if &text[20..21] == "A" { "B" } else { "A" };
    *signature = format!("{}{letter}{}", &text[..20], &text[21..]).into();
    fs::write(desk.away.path().join("forged.json"), bundle.to_string()).unwrap();
    let (status, said) = desk.says(&proof, &[&["--checkpoint", "forged.json"][..], &key].concat());
    assert_eq!((status, &said["outcome"], &said["fault"]), (Some(1), &"fail".into(), &Value::Null));
    // A checkpoint of an earlier version names no root.
    let mut old: Value = serde_json::from_str(&fs::read_to_string(desk.path("bare.json")).unwrap()).unwrap();
    // One for as many other records.
    let mut fork = old.clone();
    fork["predicate"]["root"] = json!("0".repeat(64));
    fs::write(desk.away.path().join("fork.json"), fork.to_string()).unwrap();
    let (status, said) = desk.says(&bare, &[&["--checkpoint", "fork.json"][..], &key].concat());
    assert_eq!((status, &said["fault"]), (Some(1), &"other-checkpoint".into()), "{said:#}");
    old["predicate"].as_object_mut().unwrap().remove("root").unwrap();
    fs::write(desk.away.path().join("old.json"), old.to_string()).unwrap();
    fs::write(desk.path("old.json"), old.to_string()).unwrap();
    let (status, said) = desk.says(&bare, &[&["--checkpoint", "old.json"][..], &key].concat());
    assert_eq!((status, &said["fault"]), (Some(1), &"no-root".into()), "{said:#}");
    let done = desk.program(desk.dir.path(), &["ledger", "prove", "2", "--checkpoint", "old.json"]);
    assert_eq!(done.status.code(), Some(2), "{}", err(&done));
    // It is still read for what it always said.
    let done = desk.program(desk.dir.path(), &["ledger", "verify", "--checkpoint", "old.json"]);
    assert_eq!(done.status.code(), Some(3), "{}{}", out(&done), err(&done));
}

#[test]
fn without_a_checkpoint_that_stands_for_the_record_nothing_is_proven() {
    let desk = Desk::new();
    let refused = |words: &[&str], code: &str| {
        let done = desk.program(desk.dir.path(), &[&["ledger", "prove"], words].concat());
        assert!(done.status.code() >= Some(2) && out(&done).is_empty(), "{words:?}: {}", out(&done));
        assert!(err(&done).contains(code), "{words:?}: {}", err(&done));
    };
    // None is kept; the one that was named ends before it; there is no such record.
    refused(&["1"], "E-NOT-FOUND");
    refused(&["4", "--checkpoint", "first.json"], "E-USAGE");
    refused(&["99", "--checkpoint", "second.json"], "E-NOT-FOUND");
    refused(&[], "required");
    refused(&["--check", "first.json"], "--checkpoint");
    // The newest that is kept is taken, one that counts before all others.
    desk.works(&["ledger", "checkpoint", "key", "--private-key", "audit.pem"]);
    let records = desk.works(&["ledger", "export"]).lines().count();
    let by_default =
        |desk: &Desk| -> Value { serde_json::from_str(&desk.works(&["ledger", "prove", "1"])).unwrap() };
    assert_eq!(by_default(&desk)["records"], records);
    desk.works(&["trust", "add", "audit", "audit.pem.pub"]);
    desk.works(&["review", "ask", "lumen/iris-base", "--reason", "again"]);
    refused(&[&(records + 1).to_string()], "E-NOT-FOUND");
    desk.works(&["ledger", "checkpoint"]);
    assert_eq!(by_default(&desk)["records"], records, "nobody signed the newer one");
    desk.works(&["ledger", "checkpoint", "key", "--private-key", "audit.pem"]);
    assert_eq!(by_default(&desk)["records"], records + 1);
    // A ledger that is another one than was checkpointed proves nothing.
    let text = desk.works(&["ledger", "export"]).replace("whose is it", "all is well");
    let mut end = touchmark::store::LedgerEnd::default();
    let mut lines = String::new();
    for line in text.lines() {
        let old: touchmark::store::LedgerEntry = serde_json::from_str(line).unwrap();
        let entry =
            touchmark::store::LedgerEntry::after(end, old.at, old.kind, &old.model, &old.body).unwrap();
        end = touchmark::store::LedgerEnd { entries: entry.seq, hash: entry.hash.clone() };
        lines += &(serde_json::to_string(&entry).unwrap() + "\n");
    }
    fs::write(desk.path("rewritten.jsonl"), lines).unwrap();
    fs::remove_dir_all(desk.path("checkpoints")).unwrap();
    for entry in fs::read_dir(desk.dir.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("touchmark.db") {
            fs::remove_file(path).unwrap();
        }
    }
    desk.works(&["ledger", "import", "rewritten.jsonl"]);
    for record in ["1", "4", "5"] {
        refused(&[record, "--checkpoint", "second.json"], "the checkpoint contradicts the ledger");
    }
}
