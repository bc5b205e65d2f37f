//! Cases of incidents: opened from the inventory, carried on step by step, refused what does not fit, and read back from
//! the ledger as they were written.

use crate::support::{behind_its_back, copy_of_samples, err, out, touchmark};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Output;
use touchmark::Code;
use touchmark::incident::{Case, Entry, EvidenceEntry, Held, NoteEntry, StepEntry, StepOutcome, StepState};
use touchmark::inventory::ModelId;
use touchmark::store::{Place, RecordKind};
use touchmark::text::Untrusted;
use touchmark::workbench::{JobKind, NewCase, OpenOptions, Workbench};

/// Its files were changed after it was signed.
const TAMPERED: &str = "acme/support-bot-7b";
/// It runs in production.
const RUNS: &str = "acme/claims-sorter";

pub fn run(dir: &Path, words: &[&str]) -> Output {
    touchmark(words.iter().copied().chain(["--workspace", dir.to_str().unwrap()]))
}

#[track_caller]
fn done(dir: &Path, words: &[&str]) -> String {
    let done = run(dir, words);
    assert_eq!(done.status.code(), Some(0), "{words:?}: {}", err(&done));
    out(&done)
}

#[track_caller]
fn refused(dir: &Path, words: &[&str]) -> String {
    let done = run(dir, words);
    assert_eq!(done.status.code(), Some(2), "{words:?}: {}{}", out(&done), err(&done));
    err(&done)
}

fn json(dir: &Path, words: &[&str]) -> Value {
    let done = run(dir, &[words, &["--format", "json"]].concat());
    serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}{}", out(&done), err(&done)))
}

/// Opens a case; its number.
pub fn open(dir: &Path, kind: &str, subject: &str, more: &[&str]) -> String {
    let words = [&["incident", "open", kind, "--subject", subject, "--by", "Ann"], more].concat();
    json(dir, &words)["case"].as_u64().unwrap().to_string()
}

fn workbench(dir: &Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

fn new_case(kind: &str, subject: &str) -> NewCase {
    NewCase { kind: kind.into(), subject: subject.into(), deployment: None, by: "Ann".into(), aware: None }
}

fn step(step: &str, outcome: StepOutcome, goto: Option<&str>, note: Option<&str>) -> Entry {
    Entry::Step(StepEntry {
        step: step.to_owned(),
        outcome,
        goto: goto.map(str::to_owned),
        note: note.map(Untrusted::new),
    })
}

fn state(case: &Case, id: &str) -> StepState {
    case.steps().into_iter().find(|(step, _)| step.id == id).unwrap().1
}

fn step_of<'w>(case: &'w str, words: &[&'w str]) -> Vec<&'w str> {
    [&["incident", "step", case], words].concat()
}

fn evidence_of<'w>(case: &'w str, words: &[&'w str]) -> Vec<&'w str> {
    [&["incident", "evidence", case], words].concat()
}

#[test]
fn a_case_is_filled_in_from_the_inventory() {
    let dir = copy_of_samples();
    let dir = dir.path();
    run(dir, &["verify", TAMPERED]);
    done(
        dir,
        &["deploy", "add", TAMPERED, "--where", "shop/eu-1", "--stage", "production", "--owner", "shop team"],
    );
    let words = ["incident", "open", "model_substitution", "--subject", TAMPERED, "--by", "Ann Lee"];
    let case = json(dir, &words);
    let is = |pointer: &str| case.pointer(pointer).cloned().unwrap_or_else(|| panic!("{pointer}: {case:#}"));
    assert_eq!(is("/kind"), "model_substitution");
    assert_eq!((is("/open"), is("/by"), is("/next")), (true.into(), "Ann Lee".into(), "compare".into()));
    // It runs in production, and its files are not those that were signed.
    assert_eq!((is("/severity"), is("/integrity")), ("critical".into(), "contradicted".into()));
    assert_eq!(is("/subject/model"), TAMPERED);
    assert_eq!(case["subject"]["observed"], Value::Null);
    assert_eq!(is("/subject/expected").as_str().unwrap().len(), 64);
    let runs = is("/subject/deployments");
    let here = runs.as_array().unwrap().iter().find(|one| one["place"] == "shop/eu-1").unwrap();
    assert_eq!((&here["stage"], &here["owner"]), (&"production".into(), &"shop team".into()));
    let family: Vec<&str> =
        case["subject"]["family"].as_array().unwrap().iter().map(|kin| kin["id"].as_str().unwrap()).collect();
    assert!(family.contains(&TAMPERED) && family.len() > 1, "{family:?}");
    assert_eq!(is("/subject/affected"), family.len());
    // What the program knows is no work for anybody.
    let field = |id: &str| {
        let all = case["evidence"].as_array().unwrap();
        all.iter().find(|one| one["field"] == id).unwrap_or_else(|| panic!("{id}")).clone()
    };
    for known in [
        "expected_root_sha256",
        "file_digest_diff",
        "oms_bundle",
        "signer_identity",
        "policy_digest",
        "verification_records",
        "descendant_list",
    ] {
        assert_eq!(field(known)["state"], "known", "{known}");
    }
    assert!(field("file_digest_diff")["value"].as_str().unwrap().starts_with("changed "), "{case:#}");
    // What it cannot know is.
    for missing in ["observed_root_sha256", "quarantined_weights_ref", "auth_events", "prompt_full_text"] {
        assert_eq!(field(missing)["state"], "missing", "{missing}");
    }
    assert_eq!(field("auth_events")["retention_days"], 365);
    assert_eq!(field("oms_bundle")["retention_days"], 2555);
    // Its steps name the model, as one word of a shell.
    assert_eq!(case["steps"][0]["commands"][0], format!("touchmark verify {TAMPERED} --explain"));
    let recover = case["steps"].as_array().unwrap().iter().find(|step| step["id"] == "recover").unwrap();
    assert_eq!(recover["commands"][1], format!("touchmark gate {TAMPERED} --stage production"));
    // The record holds all of that: nothing that changes later changes the case.
    let number = case["case"].as_u64().unwrap().to_string();
    done(dir, &["deploy", "end", TAMPERED]);
    fs::create_dir(dir.join("runbooks")).unwrap();
    let source = done(dir, &["incident", "runbook", "model_substitution", "--source"]);
    fs::write(dir.join("runbooks/x.toml"), source.replace("Which model runs?", "Other words")).unwrap();
    let again = json(dir, &["incident", "status", &number]);
    assert_eq!((&again["subject"], &again["steps"]), (&case["subject"], &case["steps"]));
}

#[test]
fn severity_is_by_rule_and_a_deployment_narrows_it() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let of = |subject: &str, more: &[&str]| {
        let words = [&["incident", "open", "jailbreak", "--subject", subject, "--by", "Ann"], more].concat();
        let case = json(dir, &words);
        (case["severity"].as_str().unwrap().to_owned(), case["integrity"].as_str().unwrap().to_owned())
    };
    let pair = |severity: &str, integrity: &str| (severity.to_owned(), integrity.to_owned());
    // Nobody has verified it yet.
    assert_eq!(of(RUNS, &[]), pair("high", "unknown"));
    done(dir, &["verify", RUNS]);
    assert_eq!(of(RUNS, &[]), pair("medium", "verified"));
    assert_eq!(of("lumen/iris-base", &[]), pair("medium", "unknown"));
    run(dir, &["verify", TAMPERED]);
    assert_eq!(of(TAMPERED, &[]), pair("medium", "contradicted"), "it runs nowhere");
    for (place, stage) in [("lab", "dev"), ("shop", "Production")] {
        done(dir, &["deploy", "add", TAMPERED, "--where", place, "--stage", stage]);
    }
    assert_eq!(of(TAMPERED, &[]), pair("critical", "contradicted"));
    assert_eq!(of(TAMPERED, &["--deployment", "lab"]), pair("medium", "contradicted"));
    assert_eq!(of(TAMPERED, &["--deployment", "shop"]), pair("critical", "contradicted"));
    let error = refused(
        dir,
        &["incident", "open", "jailbreak", "--subject", TAMPERED, "--by", "Ann", "--deployment", "shopp"],
    );
    assert!(error.contains("E-NOT-FOUND") && error.contains("did you mean `shop`"), "{error}");
}

#[test]
fn a_subject_may_be_a_digest_or_an_identity() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let verified = json(dir, &["verify", RUNS]);
    let digest = verified["verification"]["root_digest"].as_str().unwrap();
    let signer = verified["verification"]["signer"]["subject"].as_str().unwrap();
    let case =
        json(dir, &["incident", "open", "backdoor", "--subject", &format!("sha256:{digest}"), "--by", "Ann"]);
    assert_eq!((&case["subject"]["kind"], &case["subject"]["model"]), (&"digest".into(), &RUNS.into()));
    let identity = format!("identity:{signer}");
    let case =
        json(dir, &["incident", "open", "signing_key_compromise", "--subject", &identity, "--by", "Ann"]);
    assert_eq!((&case["subject"]["kind"], &case["subject"]["model"]), (&"identity".into(), &Value::Null));
    assert_eq!(case["integrity"], "unknown");
    assert!(case["subject"]["affected"].as_u64().unwrap() > 0, "{case:#}");
    // No model is named, so the word stays open.
    assert_eq!(case["steps"][0]["commands"][0], "touchmark verify MODEL --explain");
    let unknown = format!("sha256:{}", "0".repeat(64));
    let case = json(dir, &["incident", "open", "backdoor", "--subject", &unknown, "--by", "Ann"]);
    assert_eq!(
        (&case["subject"]["affected"], &case["subject"]["expected"]),
        (&0.into(), &"0".repeat(64).into())
    );
    for bad in ["no/such-model", "sha256:x", "identity:"] {
        let error = refused(dir, &["incident", "open", "backdoor", "--subject", bad, "--by", "Ann"]);
        assert!(error.contains("E-NOT-FOUND") || error.contains("E-USAGE"), "{error}");
    }
    assert!(
        refused(dir, &["incident", "open", "backdoor", "--subject", RUNS, "--by", " "])
            .contains("`by` is empty")
    );
    assert!(
        refused(dir, &["incident", "open", "backdor", "--subject", RUNS, "--by", "Ann"])
            .contains("did you mean `backdoor`")
    );
    assert!(
        refused(
            dir,
            &[
                "incident",
                "open",
                "backdoor",
                "--subject",
                RUNS,
                "--by",
                "Ann",
                "--aware",
                "2999-01-01T00:00:00Z"
            ]
        )
        .contains("yet to come")
    );
}

#[test]
fn a_substitution_is_worked_through_from_the_first_step_to_the_end() {
    let dir = copy_of_samples();
    let dir = dir.path();
    run(dir, &["verify", TAMPERED]);
    let case = open(dir, "model_substitution", TAMPERED, &[]);
    // Only the step in front, and a decision only as far as the runbook lets it.
    assert!(
        refused(dir, &step_of(&case, &["unknown", "--outcome", "done"]))
            .contains("another step comes first: `compare`")
    );
    assert!(refused(dir, &step_of(&case, &["cmpare", "--outcome", "done"])).contains("no step `cmpare`"));
    assert!(
        refused(dir, &step_of(&case, &["compare", "--outcome", "done", "--goto", "which"]))
            .contains("is no decision")
    );
    assert!(
        refused(dir, &step_of(&case, &["compare", "--outcome", "skipped"])).contains("say it with --note")
    );
    let text = done(dir, &step_of(&case, &["compare", "--outcome", "failed", "--note", "the host is down"]));
    assert!(text.contains("✗ failed   compare") && text.contains("Next: compare"), "{text}");
    done(dir, &step_of(&case, &["compare", "--outcome", "done"]));
    let error = refused(dir, &step_of(&case, &["which", "--outcome", "done"]));
    assert!(error.contains("is a decision") && error.contains("clean, known, signed, unknown"), "{error}");
    assert!(
        refused(dir, &step_of(&case, &["which", "--outcome", "done", "--goto", "learn"]))
            .contains("does not lead to `learn`")
    );
    assert!(
        refused(dir, &step_of(&case, &["which", "--outcome", "skipped", "--note", "x"])).contains("--goto")
    );
    let text = done(
        dir,
        &step_of(&case, &["which", "--outcome", "done", "--goto", "unknown", "--note", "no log knows it"]),
    );
    assert!(text.contains("Next: unknown") && text.contains("  passed   known"), "{text}");
    // Nothing is contained before its evidence.
    let error = refused(dir, &step_of(&case, &["unknown", "--outcome", "done"]));
    assert!(error.contains("may destroy evidence") && error.contains("quarantined_weights_ref"), "{error}");
    fs::write(dir.join("host.img"), "image").unwrap();
    let host = dir.join("host.img");
    done(dir, &evidence_of(&case, &["host_snapshot", "--file", host.to_str().unwrap()]));
    done(
        dir,
        &evidence_of(&case, &["infra", "--holder", "security team", "--captured", "2026-11-01T00:00:00Z"]),
    );
    let error = refused(dir, &step_of(&case, &["unknown", "--outcome", "done"]));
    assert!(error.contains("4 evidence fields are missing"), "{error}");
    done(
        dir,
        &evidence_of(
            &case,
            &["observed_root_sha256", "gate_decisions", "aibom_digest", "--waive", "the host is wiped"],
        ),
    );
    let error = refused(dir, &step_of(&case, &["unknown", "--outcome", "done"]));
    assert!(
        error.contains("1 evidence field is missing") && error.contains("quarantined_weights_ref"),
        "{error}"
    );
    done(dir, &evidence_of(&case, &["model_integrity", "--waive", "the host is wiped"]));
    done(dir, &step_of(&case, &["unknown", "--outcome", "done"]));
    for one in ["radius", "eradicate", "recover", "learn"] {
        done(dir, &step_of(&case, &[one, "--outcome", "done"]));
    }
    let text = done(dir, &["incident", "status", &case]);
    assert!(text.contains("All steps are done."), "{text}");
    assert!(refused(dir, &step_of(&case, &["learn", "--outcome", "done"])).contains("all steps are done"));
    assert!(refused(dir, &["incident", "close", &case, "--reason", "  "]).contains("no reason"));
    done(dir, &["incident", "close", &case, "--reason", "contained"]);
    for words in [
        &step_of(&case, &["learn", "--outcome", "done"])[..],
        &evidence_of(&case, &["infra", "--waive", "x"]),
        &["incident", "close", &case, "--reason", "x"],
    ] {
        assert!(refused(dir, words).contains("the case is closed"));
    }
    // What is written down or must not be destroyed may come after the end.
    done(dir, &["incident", "note", &case, "counsel asked"]);
    done(dir, &["incident", "hold", &case, "--reason", "claim 7"]);
    let list = done(dir, &["incident", "list"]);
    assert!(list.contains("0 of 1 case"), "{list}");
    assert!(done(dir, &["incident", "list", "--closed"]).contains("✓ closed"));
    assert!(done(dir, &["ledger", "verify"]).contains("✓"));
}

#[test]
fn evidence_is_kept_until_its_profile_says_and_a_hold_stops_that() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let case = open(dir, "model_theft", RUNS, &[]);
    fs::write(dir.join("flows.log"), "flows").unwrap();
    let flows = dir.join("flows.log");
    let item = |field: &str| {
        let case = json(dir, &["incident", "status", &case]);
        let all = case["evidence"].as_array().unwrap();
        all.iter().find(|one| one["field"] == field).unwrap().clone()
    };
    let evidence = |words: &[&str]| done(dir, &[&["incident", "evidence", case.as_str()], words].concat());
    // What the workspace keeps counts from the end of the case; its bytes are in the store.
    evidence(&["network_flows", "--file", flows.to_str().unwrap()]);
    assert_eq!(
        (&item("network_flows")["kept_until"], &item("network_flows")["retention_days"]),
        (&Value::Null, &365.into())
    );
    let kept = item("network_flows")["held"]["kept"].clone();
    let sha256 = touchmark::signing::sha256_hex(b"flows");
    assert_eq!(kept, json!({ "sha256": sha256, "bytes": 5, "name": "flows.log" }));
    let again = dir.join("again.log");
    done(dir, &["incident", "evidence", &case, "network_flows", "--out", again.to_str().unwrap()]);
    assert_eq!(fs::read(&again).unwrap(), b"flows");
    let error =
        run(dir, &["incident", "evidence", &case, "query_rate", "--out", dir.join("x").to_str().unwrap()]);
    assert!(err(&error).contains("E-NOT-FOUND"), "{}", err(&error));
    // What others keep counts from when it was captured; of a file only the digest is recorded.
    evidence(&[
        "query_rate",
        "--holder",
        "api team",
        "--file",
        flows.to_str().unwrap(),
        "--captured",
        "2026-01-01T00:00:00Z",
    ]);
    let rate = item("query_rate");
    assert_eq!(rate["kept_until"], "2026-06-30T00:00:00Z", "180 days");
    assert_eq!(rate["held"]["elsewhere"]["holder"], "api team");
    assert_eq!(rate["held"]["elsewhere"]["file"]["sha256"], sha256.as_str());
    // It is gone before the incident is reviewed.
    assert_eq!((&rate["too_short"], &item("network_flows")["too_short"]), (&true.into(), &false.into()));
    assert!(done(dir, &["incident", "status", &case]).contains("! goes before the review"));
    // Two profiles take it: the longer one counts. The newest evidence of a field counts.
    evidence(&["latency_ms", "--waive", "nobody measures it"]);
    assert_eq!(item("latency_ms")["state"], "waived");
    evidence(&["latency_ms", "--holder", "api team"]);
    assert_eq!(item("latency_ms")["state"], "collected");
    done(dir, &["incident", "hold", &case, "--reason", "claim 7"]);
    assert_eq!(
        (&item("query_rate")["kept_until"], &item("query_rate")["too_short"]),
        (&Value::Null, &false.into())
    );
    assert!(refused(dir, &["incident", "hold", &case, "--reason", "again"]).contains("a legal hold already"));
    done(dir, &["incident", "close", &case, "--reason", "over"]);
    assert_eq!(item("network_flows")["kept_until"], Value::Null, "the hold goes on");
    done(dir, &["incident", "hold", &case, "--lift", "--reason", "settled"]);
    assert!(
        refused(dir, &["incident", "hold", &case, "--lift", "--reason", "again"])
            .contains("no legal hold to lift")
    );
    let closed = json(dir, &["incident", "status", &case])["closed"]["at"].as_str().unwrap().to_owned();
    let closed: jiff::Timestamp = closed.parse().unwrap();
    let until: jiff::Timestamp = item("network_flows")["kept_until"].as_str().unwrap().parse().unwrap();
    assert_eq!(until.duration_since(closed), jiff::SignedDuration::from_hours(365 * 24));
}

#[test]
fn evidence_that_does_not_fit_is_refused() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let case = open(dir, "jailbreak", RUNS, &[]);
    assert!(
        refused(dir, &evidence_of(&case, &["auth_events", "--waive", "x"]))
            .contains("takes no evidence `auth_events`")
    );
    assert!(refused(dir, &evidence_of(&case, &["request_id", "--waive", " "])).contains("no reason"));
    assert!(refused(dir, &evidence_of(&case, &["request_id", "--holder", ""])).contains("no reason"));
    assert_eq!(run(dir, &evidence_of(&case, &["request_id"])).status.code(), Some(2));
    assert_eq!(
        run(dir, &evidence_of(&case, &["request_id", "--waive", "x", "--holder", "y"])).status.code(),
        Some(2)
    );
    assert_eq!(
        run(dir, &evidence_of(&case, &["request_id", "--file", "no-such-file"])).status.code(),
        Some(4)
    );
    // A profile stands for what is missing of it; of one that is complete nothing is left.
    done(dir, &evidence_of(&case, &["llm_trace", "--waive", "there are no traces"]));
    assert!(
        refused(dir, &evidence_of(&case, &["llm_trace", "--waive", "x"])).contains("no evidence is named")
    );
    // What is too large for the store stays where it is.
    let large = dir.join("large.log");
    fs::File::create(&large).unwrap().set_len(65 * 1024 * 1024).unwrap();
    let failed = run(dir, &evidence_of(&case, &["request_id", "--file", large.to_str().unwrap()]));
    assert_eq!(failed.status.code(), Some(4), "{}", err(&failed));
    assert!(err(&failed).contains("--holder"), "{}", err(&failed));
    done(
        dir,
        &evidence_of(&case, &["request_id", "--file", large.to_str().unwrap(), "--holder", "log team"]),
    );
    let long = "x".repeat(16 * 1024 + 1);
    let failed = run(dir, &["incident", "note", &case, &long]);
    assert!(err(&failed).contains("E-TOO-LARGE"), "{}", err(&failed));
    let error = refused(dir, &["incident", "status", "99"]);
    assert!(error.contains("no case of this number"), "{error}");
}

#[test]
fn deadlines_count_from_when_somebody_was_aware() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let case = open(dir, "data_leakage", RUNS, &["--aware", "2026-01-01T00:00:00Z"]);
    let at = |time: &str| {
        let case = json(dir, &["incident", "status", &case, "--at", time]);
        let all = case["clocks"].as_array().unwrap();
        let gdpr = all.iter().find(|clock| clock["id"] == "gdpr_33").unwrap().clone();
        (gdpr["due"].as_str().unwrap().to_owned(), gdpr["over"].as_bool().unwrap())
    };
    assert_eq!(at("2026-01-03T23:59:59Z"), ("2026-01-04T00:00:00Z".to_owned(), false));
    assert_eq!(at("2026-01-04T00:00:00Z"), ("2026-01-04T00:00:00Z".to_owned(), true));
    let text = done(dir, &["incident", "status", &case, "--at", "2026-01-03T00:00:00Z"]);
    assert!(text.contains("2026-01-04T00:00:00Z  24 h left") && text.contains("✗ over"), "{text}");
    assert!(text.contains("counsel decides") && text.contains("Article 33(1)"), "{text}");
    let list = done(dir, &["incident", "list", "--at", "2026-01-03T00:00:00Z"]);
    assert!(list.contains("3 of 8 over"), "{list}");
}

#[test]
fn two_cases_are_kept_apart() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let one = open(dir, "jailbreak", RUNS, &[]);
    let other = open(dir, "jailbreak", RUNS, &[]);
    assert_ne!(one, other);
    done(dir, &["incident", "step", &one, "verify", "--outcome", "done"]);
    done(dir, &["incident", "note", &other, "only here"]);
    let (first, second) =
        (json(dir, &["incident", "status", &one]), json(dir, &["incident", "status", &other]));
    assert_eq!((&first["next"], &second["next"]), (&"intact".into(), &"verify".into()));
    assert_eq!(first["log"].as_array().unwrap().len(), 1);
    assert_eq!(second["log"][0]["entry"]["note"]["text"], "only here");
    // The records of both stand under their subject.
    let ledger = json(dir, &["ledger", "show", RUNS]);
    let kinds: Vec<&str> =
        ledger["records"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["incident"; 4]);
    let error = refused(dir, &["ledger", "replay", &one]);
    assert!(error.contains("nothing to judge again"), "{error}");
}

/// A record that was written past the checks: each is shown, and none counts.
#[test]
fn a_record_that_does_not_fit_is_shown_and_does_not_count() {
    let dir = copy_of_samples();
    let open = workbench(dir.path());
    let case = open.open_case(&new_case("jailbreak", RUNS)).unwrap();
    let number = case.record.number;
    open.add_to_case(number, step("verify", StepOutcome::Done, None, None)).unwrap();
    let body = open.case(number).unwrap();
    assert_eq!(body.log.len(), 1);
    drop(open);
    let store = dir.path().join("touchmark.db");
    let lines = out(&run(dir.path(), &["ledger", "export"]));
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let body: Value = serde_json::from_str(last["body"].as_str().unwrap()).unwrap();
    let append = |change: &dyn Fn(&mut Value)| {
        let mut body = body.clone();
        change(&mut body);
        let mut shelf = touchmark::store::open(Place::File(&store)).unwrap();
        let model = ModelId::new(RUNS);
        let at = "2026-11-27T00:00:00Z".parse().unwrap();
        shelf.append(at, RecordKind::Incident, &model, &body.to_string()).unwrap().seq
    };
    // The same step again, one that is not in front, a case that is none, one with another hash, no record at all.
    let again = append(&|_| {});
    let ahead = append(&|body| body["entry"]["step"]["step"] = "learn".into());
    let no_case = append(&|body| body["case"]["number"] = 1000.into());
    let other_hash = append(&|body| body["case"]["hash"] = "0".repeat(64).into());
    let unread = append(&|body| body["entry"] = json!({ "escalate": {} }));
    let loose = append(&|body| drop(body.as_object_mut().unwrap().remove("case")));
    let open = workbench(dir.path());
    let cases = open.cases().unwrap();
    let case = &cases.cases[&number];
    let numbers =
        |strays: &[touchmark::incident::Stray]| strays.iter().map(|stray| stray.number).collect::<Vec<_>>();
    assert_eq!(numbers(&case.faults), [again, ahead]);
    assert_eq!(numbers(&cases.strays), [no_case, other_hash, unread, loose]);
    assert_eq!((case.log.len(), case.next().unwrap().id.as_str()), (1, "intact"));
    let text = out(&run(dir.path(), &["incident", "status", &number.to_string()]));
    assert!(
        text.contains(&format!(
            "! ledger entry {again} does not fit and does not count: another step comes first"
        )),
        "{text}"
    );
    let list = out(&run(dir.path(), &["incident", "list"]));
    assert!(
        list.contains(&format!("! ledger entry {unread} belongs to no case: this version cannot read")),
        "{list}"
    );
    assert!(list.contains(&format!("! ledger entry {no_case} belongs to no case")), "{list}");
    // The case goes on.
    open.add_to_case(number, step("intact", StepOutcome::Done, Some("confirm"), None)).unwrap();
}

/// A runbook that came in with a record is no better than one from a file.
#[test]
fn a_case_whose_runbook_cannot_work_is_no_case() {
    let dir = copy_of_samples();
    let open = workbench(dir.path());
    open.open_case(&new_case("jailbreak", RUNS)).unwrap();
    drop(open);
    let lines = out(&run(dir.path(), &["ledger", "export"]));
    let entry: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let body: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
    let append = |pointer: &str, id: &str| {
        let mut body = body.clone();
        *body.pointer_mut(&format!("/entry/open/runbook/{pointer}")).unwrap() = id.into();
        let mut shelf = touchmark::store::open(Place::File(&dir.path().join("touchmark.db"))).unwrap();
        let at = "2026-11-27T00:00:00Z".parse().unwrap();
        shelf.append(at, RecordKind::Incident, &ModelId::new(RUNS), &body.to_string()).unwrap();
    };
    // A circle, and ids that would write to the terminal.
    append("steps/0/next", "verify");
    let evil = [
        "id",
        "steps/3/id",
        "steps/4/evidence_before/0",
        "steps/2/child",
        "profiles/0/required/0/id",
        "clocks/0/id",
        "evidence/0",
        "profiles/0/id",
        "steps/1/when/0/goto",
    ];
    evil.iter().for_each(|pointer| append(pointer, "\u{1b}[31m"));
    let list = out(&run(dir.path(), &["incident", "list"]));
    assert!(list.contains("1 of 1 case") && !list.contains('\u{1b}'), "{list}");
    assert_eq!(list.matches("the runbook of the case cannot work").count(), 10, "{list}");
    assert_eq!(list.matches("an id in it has other characters").count(), 9, "{list}");
}

#[test]
fn a_changed_ledger_is_found() {
    let dir = copy_of_samples();
    let case = open(dir.path(), "jailbreak", RUNS, &[]);
    done(dir.path(), &["incident", "note", &case, "as it was"]);
    let raw = rusqlite::Connection::open(dir.path().join("touchmark.db")).unwrap();
    behind_its_back(&raw, |raw| {
        let changed =
            raw.execute("UPDATE ledger SET body = replace(body, 'as it was', 'as it is')", []).unwrap();
        assert!(changed > 0);
    });
    drop(raw);
    let verified = run(dir.path(), &["ledger", "verify"]);
    assert_ne!(verified.status.code(), Some(0), "{}", out(&verified));
}

#[test]
fn a_ledger_that_is_imported_brings_its_cases() {
    let dir = copy_of_samples();
    let case = open(dir.path(), "jailbreak", RUNS, &[]);
    done(dir.path(), &["incident", "step", &case, "verify", "--outcome", "done"]);
    fs::write(dir.path().join("ledger.jsonl"), done(dir.path(), &["ledger", "export"])).unwrap();
    let other = copy_of_samples();
    let file = dir.path().join("ledger.jsonl");
    done(other.path(), &["ledger", "import", file.to_str().unwrap()]);
    assert_eq!(json(other.path(), &["incident", "status", &case])["next"], "intact");
    done(other.path(), &["incident", "note", &case, "goes on here"]);
}

#[test]
fn hostile_words_in_a_case_reach_no_terminal() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let evil = "\u{1b}[31mx\u{202e}\u{7}";
    let words = ["incident", "open", "jailbreak", "--subject", &format!("identity:{evil}"), "--by", evil];
    let number = json(dir, &words)["case"].as_u64().unwrap().to_string();
    done(dir, &["incident", "note", &number, evil]);
    done(dir, &["incident", "evidence", &number, "request_id", "--holder", evil]);
    done(dir, &["incident", "hold", &number, "--reason", evil]);
    for words in [&["incident", "status", number.as_str()][..], &["incident", "list"]] {
        let text = done(dir, words);
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains('\u{7}'),
            "{text:?}"
        );
    }
    // A command that cannot be shown as it is stays open.
    let case = json(dir, &["incident", "status", &number]);
    let step = case["steps"].as_array().unwrap().iter().find(|step| step["id"] == "substituted").unwrap();
    assert_eq!(step["commands"][0], "touchmark incident open model_substitution --subject SUBJECT --by NAME");
}

#[test]
fn a_name_with_a_space_is_one_word_of_a_shell() {
    let dir = copy_of_samples();
    let words = ["incident", "open", "jailbreak", "--subject", RUNS, "--by", "Ann O'Neil; rm"];
    let case = json(dir.path(), &words);
    let step = case["steps"].as_array().unwrap().iter().find(|step| step["id"] == "substituted").unwrap();
    let wanted =
        format!("touchmark incident open model_substitution --subject {RUNS} --by 'Ann O'\\''Neil; rm'");
    assert_eq!(step["commands"][0], wanted);
}

#[test]
fn the_service_knows_where_each_step_stands() {
    let dir = copy_of_samples();
    let open = workbench(dir.path());
    open.wait(open.start(JobKind::Verify(vec![ModelId::new(RUNS)]))).unwrap();
    let case = open.open_case(&new_case("jailbreak", RUNS)).unwrap();
    let number = case.record.number;
    assert_eq!(case.opening.integrity.word(), "verified");
    let generation = open.view().generation;
    let case =
        open.add_to_case(number, step("verify", StepOutcome::Skipped, None, Some("verified today"))).unwrap();
    assert!(open.view().generation > generation, "whoever watches is told");
    assert_eq!((state(&case, "verify"), state(&case, "intact")), (StepState::Skipped, StepState::Next));
    let case = open.add_to_case(number, step("intact", StepOutcome::Done, Some("confirm"), None)).unwrap();
    assert_eq!((state(&case, "substituted"), state(&case, "learn")), (StepState::Passed, StepState::Ahead));
    let waived = Held::Waived { reason: "none".into() };
    let fields = case.fields_named(&["llm_trace".to_owned()]).unwrap();
    let entry =
        EvidenceEntry { fields, captured: "2026-11-27T00:00:00Z".parse().unwrap(), held: waived, log: None };
    let case = open.add_to_case(number, Entry::Evidence(entry)).unwrap();
    assert!(case.missing_for(case.opening.runbook.step("contain").unwrap()).is_empty());
    let error = open.add_to_case(number, Entry::Note(NoteEntry { text: " ".into() })).unwrap_err();
    assert_eq!(error.code, Code::Usage);
    let records = out(&run(dir.path(), &["ledger", "export"])).lines().count();
    let _ = open.add_to_case(number, step("learn", StepOutcome::Done, None, None)).unwrap_err();
    assert_eq!(out(&run(dir.path(), &["ledger", "export"])).lines().count(), records, "nothing was written");
    let read_only =
        OpenOptions { dir: Some(dir.path().to_owned()), read_only: true, ..OpenOptions::default() };
    let open = Workbench::open(&read_only).unwrap();
    assert_eq!(open.cases().unwrap().cases.len(), 1);
    assert_eq!(open.open_case(&new_case("jailbreak", RUNS)).unwrap_err().code, Code::Usage);
}

#[test]
fn a_named_person_sets_another_severity_than_the_rule_and_both_are_shown() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let case = open(dir, "model_substitution", RUNS, &[]);
    let before = json(dir, &["incident", "status", &case]);
    assert_eq!((&before["severity"], &before["severity_by_rule"]), (&"high".into(), &"high".into()));
    assert!(!done(dir, &["incident", "status", &case]).contains("by rule"));
    let set = |level: &str, by: &str, reason: &str| {
        let words = ["incident", "severity", &case, level, "--by", by, "--reason", reason];
        words.map(str::to_owned)
    };
    let words = |words: &[String]| words.iter().map(String::as_str).collect::<Vec<_>>().join("\u{1f}");
    let refuse = |level: &str, by: &str, reason: &str| {
        let all = words(&set(level, by, reason));
        refused(dir, &all.split('\u{1f}').collect::<Vec<_>>())
    };
    assert!(refuse("high", "Ann", "x").contains("the severity of the case is high already"));
    assert!(refuse("low", " ", "x").contains("there is no reason"));
    assert!(refuse("low", "Ann", " ").contains("there is no reason"));
    assert!(refuse("grave", "Ann", "x").contains("critical"));
    let all = words(&set("low", "Ann Lee", "a drill"));
    let text = done(dir, &all.split('\u{1f}').collect::<Vec<_>>());
    assert!(text.contains("low, open") && text.contains("by rule     severity high"), "{text}");
    assert!(text.contains("severity low, by Ann Lee: a drill"), "{text}");
    let after = json(dir, &["incident", "status", &case]);
    assert_eq!((&after["severity"], &after["severity_by_rule"]), (&"low".into(), &"high".into()));
    assert_eq!(after["next"], before["next"]);
    assert_eq!(json(dir, &["incident", "list"])["cases"][0]["severity"], "low");
    let page = done(dir, &["incident", "export", &case, "--as", "md"]);
    assert!(page.contains("low") && page.contains("severity high"), "{page}");
    // The newest word counts, and none after the end.
    let all = words(&set("critical", "Bo", "it is none"));
    done(dir, &all.split('\u{1f}').collect::<Vec<_>>());
    assert_eq!(json(dir, &["incident", "status", &case])["severity"], "critical");
    done(dir, &["incident", "close", &case, "--reason", "x"]);
    assert!(refuse("low", "Ann", "x").contains("the case is closed"));
}
