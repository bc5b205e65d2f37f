//! `ledger export --as ocsf`: verifications and decisions as security events, one a line.

use crate::support::{copy_of_samples, out, touchmark};
use serde_json::Value;
use std::path::Path;
use touchmark::forms::ocsf;
use touchmark::inventory::ModelId;
use touchmark::store::{LedgerEnd, LedgerEntry, RecordKind};

fn run(dir: &Path, words: &[&str]) -> std::process::Output {
    let workspace = ["--workspace", dir.to_str().unwrap()];
    touchmark(words.iter().copied().chain(workspace))
}

fn events(dir: &Path) -> Vec<Value> {
    let done = run(dir, &["ledger", "export", "--as", "ocsf"]);
    assert_eq!(done.status.code(), Some(0));
    out(&done).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_verification_and_decision_is_a_finding_that_names_its_record() {
    let dir = copy_of_samples();
    run(dir.path(), &["verify", "acme/claims-sorter"]);
    run(dir.path(), &["verify", "acme/support-bot-7b"]);
    run(dir.path(), &["verify", "acme/speech-1-nightly"]);
    run(dir.path(), &["review", "reject", "acme/claims-sorter", "--reason", "no"]);
    run(dir.path(), &["gate", "acme/claims-sorter", "--stage", "dev"]);
    let ledger = out(&run(dir.path(), &["ledger", "show", "--format", "json"]));
    let ledger: Value = serde_json::from_str(&ledger).unwrap();
    let records = ledger["records"].as_array().unwrap();
    let wanted: Vec<&Value> =
        records.iter().filter(|one| one["kind"] == "verification" || one["kind"] == "decision").collect();
    let events = events(dir.path());
    assert_eq!(events.len(), wanted.len());
    assert!(events.len() < records.len(), "the review is no event");
    for (event, record) in events.iter().zip(wanted) {
        assert_eq!((&event["class_uid"], &event["type_uid"]), (&2003.into(), &200_301.into()));
        assert_eq!(
            (&event["metadata"]["uid"], &event["metadata"]["sequence"]),
            (&record["hash"], &record["seq"])
        );
        assert_eq!(event["unmapped"]["record"]["previous"], record["previous"]);
        assert_eq!(event["resources"][0]["name"], record["model"]);
        let body: Value = serde_json::from_str(record["body"].as_str().unwrap()).unwrap();
        let root = body["about"]["root_digest"].as_str();
        let uid = event["resources"][0].get("uid").and_then(Value::as_str);
        assert_eq!(uid, root.map(|root| format!("oms-root-sha256:{root}")).as_deref());
        let at: jiff::Timestamp = record["at"].as_str().unwrap().parse().unwrap();
        assert_eq!(event["time"], at.as_millisecond());
        let is_decision = record["kind"] == "decision";
        let aitf = &event["unmapped"]["aitf"];
        assert_eq!(aitf["type_uid"], if is_decision { 700_703 } else { 700_602 });
        assert_eq!(aitf.get("verification_result").is_some(), !is_decision);
        assert_eq!(aitf.get("violation_detected").is_some(), is_decision);
    }
    let of = |model: &str, kind: i64| {
        let is_it = |event: &&Value| {
            event["resources"][0]["name"] == model && event["unmapped"]["aitf"]["type_uid"] == kind
        };
        events.iter().find(is_it).unwrap()
    };
    let good = of("acme/claims-sorter", 700_602);
    assert_eq!((&good["compliance"]["status"], &good["severity_id"]), (&"Pass".into(), &1.into()));
    assert_eq!(good["compliance"].get("status_code"), None);
    assert_eq!(good["unmapped"]["aitf"]["model_signer"], "CN=acme release,O=Acme");
    let bad = of("acme/support-bot-7b", 700_602);
    assert_eq!((&bad["compliance"]["status_id"], &bad["severity_id"]), (&3.into(), &4.into()));
    assert!(bad["compliance"]["status_code"].as_str().unwrap().starts_with("FILES-"), "{bad}");
    assert_eq!(bad["unmapped"]["aitf"]["verification_result"], "fail");
    let refused = of("acme/claims-sorter", 700_703);
    assert_eq!(refused["compliance"]["control"], "stage dev");
}

fn entry(kind: RecordKind, model: &str, body: &str) -> LedgerEntry {
    let at = "2026-11-20T00:00:00Z".parse().unwrap();
    LedgerEntry::after(LedgerEnd::default(), at, kind, &ModelId::new(model), body).unwrap()
}

const DECISION: &str = r#"{"about":{"root_digest":null},"made":{"by":{"name":null,"id":7}},"inputs":{"program":"1","evidence":"e","policy":{"digest":"p"},"stage":"production"},"verification":null,"verdict":{"decision":"DECISION","reasons":[{"code":"A","action":"closed"},{"code":"B","action":"closed"},{"code":"C","action":"warn"}]}}"#;

#[test]
fn each_decision_has_its_status_and_the_reasons_of_its_weight() {
    for (word, status, codes) in [
        ("admit", "Pass", Value::Null),
        ("warn", "Warning", serde_json::json!(["C"])),
        ("not judged", "Warning", serde_json::json!(["C"])),
        ("refuse", "Fail", serde_json::json!(["A", "B"])),
    ] {
        let line =
            ocsf(&entry(RecordKind::Decision, "a/b", &DECISION.replace("DECISION", word))).unwrap().unwrap();
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&event["compliance"]["status"], &event["compliance"]["requirements"]),
            (&status.into(), &codes)
        );
        assert_eq!(event["compliance"].get("status_code"), codes.get(0));
        assert_eq!(event["unmapped"]["aitf"]["violation_detected"], word == "refuse");
        assert_eq!((&event["unmapped"]["by"], &event["resources"][0].get("uid")), (&"7".into(), &None));
    }
}

#[test]
fn what_is_not_understood_or_hostile_breaks_no_line() {
    assert_eq!(ocsf(&entry(RecordKind::Decision, "a/b", "{")).unwrap(), None);
    assert_eq!(ocsf(&entry(RecordKind::Verification, "a/b", "{\"outcome\":\"pass\"}")).unwrap(), None);
    assert_eq!(ocsf(&entry(RecordKind::Review, "a/b", DECISION)).unwrap(), None);
    let body = DECISION.replace("\"A\"", "\"\\u001b[2J\\n\\u202e\"").replace("DECISION", "refuse");
    let line = ocsf(&entry(RecordKind::Decision, "a/\u{1b}[31m\u{202e}b\n", &body)).unwrap().unwrap();
    assert_eq!(line.matches('\n').count(), 1);
    assert!(line.chars().all(|c| !matches!(c, '\u{1b}' | '\u{202e}')), "{line:?}");
    assert!(serde_json::from_str::<Value>(&line).is_ok());
}

#[test]
fn the_rest_of_the_ledger_is_counted_and_an_empty_one_is_empty() {
    let dir = copy_of_samples();
    let done = run(dir.path(), &["ledger", "export", "--as", "ocsf"]);
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(0), ""));
    run(dir.path(), &["review", "ask", "acme/claims-sorter", "--reason", "who?"]);
    let done = run(dir.path(), &["ledger", "export", "--as", "ocsf"]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(out(&done).is_empty() && said.contains("1 record left out"), "{said}");
    let json = out(&run(dir.path(), &["ledger", "export", "--as", "ocsf", "--format", "json"]));
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["lines"], "");
    let whole = out(&run(dir.path(), &["ledger", "export"]));
    assert_eq!(whole, out(&run(dir.path(), &["ledger", "export", "--as", "jsonl"])));
    assert_eq!(whole.lines().count(), 1);
}
