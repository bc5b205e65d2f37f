//! Drills, disclosures and logs of others: a drill touches nothing but the ledger and is no case, L3.19 reads the last one;
//! a draft tells apart what is proven, declared and unknown; of a log only counts go into a case.

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use touchmark::inventory::ModelId;
use touchmark::maturity::{ControlFact, UseFact};
use touchmark::signing::{Outcome, Progress};
use touchmark::view::View;
use touchmark::workbench::{OpenOptions, Workbench};

const SORTER: &str = "acme/claims-sorter";

fn run(root: &Path, words: &[&str]) -> Output {
    touchmark(words.iter().copied().chain(["--workspace", root.to_str().unwrap()]))
}

#[track_caller]
fn json_of(root: &Path, words: &[&str], status: i32) -> Value {
    let done = run(root, &[words, &["--format", "json"]].concat());
    assert_eq!(done.status.code(), Some(status), "{words:?}: {}{}", out(&done), err(&done));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn open(root: &Path, at: Option<jiff::Timestamp>) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(root.to_owned()), at, ..OpenOptions::default() }).unwrap()
}

/// What L3.19 comes to for a model.
fn ready(view: &View, model: &str) -> (Outcome, ControlFact) {
    let (index, _) = view.model(&ModelId::new(model)).unwrap();
    let found = view.verdict(index).unwrap().assessment.of("L3.19").unwrap().clone();
    (found.outcome, found.fact)
}

/// The samples; what runs in production has a runbook.
fn bound() -> tempfile::TempDir {
    let dir = copy_of_samples();
    let file = dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&file).unwrap();
    let stage = "name = \"production\"\n";
    assert_eq!(text.matches(stage).count(), 1);
    let surface = "ir_surface = { runbook = \"model_substitution\" }\n";
    fs::write(&file, text.replace(stage, &format!("{stage}{surface}"))).unwrap();
    dir
}

fn steps(drill: &Value) -> Vec<(String, String, usize)> {
    let step = |step: &Value| {
        let text = |name: &str| step[name].as_str().unwrap().to_owned();
        (text("step"), text("outcome"), step["runs"].as_array().map_or(0, Vec::len))
    };
    drill["drill"]["steps"].as_array().unwrap().iter().map(step).collect()
}

#[test]
fn a_drill_is_played_timed_and_recorded_and_the_control_reads_the_last_one() {
    let dir = bound();
    let root = dir.path();
    let workbench = open(root, None);
    let (before, fact) = ready(&workbench.view(), SORTER);
    assert_eq!(before, Outcome::Partial, "{fact:?}");
    assert!(matches!(fact, ControlFact::Use(UseFact::RunbookBound { .. })), "{fact:?}");
    let models = |root: &Path| crate::support::names_below(&root.join("models"));
    let files = models(root);
    // One for another model counts for that one, and one of another type for none of these.
    json_of(
        root,
        &["incident", "drill", "model_substitution", "--by", "Ann", "--subject", "acme/support-bot-7b"],
        0,
    );
    json_of(root, &["incident", "drill", "jailbreak", "--by", "Ann"], 0);
    assert_eq!(ready(&open(root, None).view(), SORTER).0, Outcome::Partial);
    let drill = json_of(root, &["incident", "drill", "model_substitution", "--by", "Ann"], 0);
    // The swap was noticed, the longest way was taken, and the approved bytes were let in again.
    let rows: Vec<(String, String, usize)> = [
        ("compare", "done", 3),
        ("which", "passed", 0),
        ("unknown", "passed", 0),
        ("radius", "done", 2),
        ("eradicate", "passed", 0),
        ("recover", "done", 2),
        ("learn", "passed", 0),
    ]
    .map(|(step, outcome, runs)| (step.to_owned(), outcome.to_owned(), runs))
    .to_vec();
    assert_eq!(steps(&drill), rows, "{drill:#}");
    let recover = &drill["drill"]["steps"][5]["runs"];
    assert_eq!((&recover[0]["status"], &recover[1]["status"]), (&json!(0), &json!(0)));
    assert_eq!(drill["drill"]["steps"][0]["runs"][0]["status"], 1);
    let timed = drill["drill"]["steps"].as_array().unwrap();
    assert!(timed[0]["took_ms"].as_u64().unwrap() >= timed[0]["runs"][0]["took_ms"].as_u64().unwrap());
    assert!(timed[0]["runs"][0]["took_ms"].as_u64().unwrap() > 0);
    let sum: u64 = timed.iter().map(|step| step["took_ms"].as_u64().unwrap()).sum();
    assert_eq!(drill["took_ms"], sum);
    // Nothing of the workspace was touched but the ledger, and no case is there.
    assert_eq!(models(root), files);
    let listed = json_of(root, &["incident", "list", "--closed"], 0);
    assert_eq!(listed["cases"], json!([]));
    let kinds: Vec<&str> =
        listed["drills"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["model_substitution", "jailbreak", "model_substitution"]);
    let text = out(&run(root, &["incident", "list"]));
    assert!(text.contains("No case.") && text.contains("3 drills, no incidents"), "{text}");
    let records = json_of(root, &["ledger", "show"], 0);
    let mut kinds: BTreeSet<&str> = BTreeSet::new();
    kinds.extend(records["records"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()));
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["incident"]);
    // The workbench that was open sees it, a fresh one too, for a year and not a second longer.
    let number = drill["record"]["number"].as_u64().unwrap();
    assert_eq!(run(root, &["incident", "status", &number.to_string()]).status.code(), Some(2), "no case");
    let view = open(root, None).view();
    let (outcome, fact) = ready(&view, SORTER);
    assert_eq!(outcome, Outcome::Pass, "{fact:?}");
    let at: jiff::Timestamp = drill["at"].as_str().unwrap().parse().unwrap();
    let last = at + jiff::SignedDuration::from_hours(24 * 365);
    assert_eq!(ready(&open(root, Some(last)).view(), SORTER).0, Outcome::Pass);
    let moments = |until| open(root, None).forecast(until, &Progress::default()).unwrap().moments;
    let over = last + jiff::SignedDuration::from_secs(1);
    assert_eq!(moments(over), moments(last) + 1, "a forecast looks at the moment");
    let (outcome, fact) = ready(&open(root, Some(over)).view(), SORTER);
    assert_eq!(outcome, Outcome::Partial);
    assert!(
        matches!(fact, ControlFact::Use(UseFact::DrillTooOld { at: held, .. }) if held == at),
        "{fact:?}"
    );
}

#[test]
fn an_open_workbench_takes_a_drill_at_once_and_one_that_failed_does_not_count() {
    let dir = bound();
    let root = dir.path();
    let workbench = open(root, None);
    let entry = |ended: bool| touchmark::incident::DrillEntry {
        runbook: "model_substitution".to_owned(),
        version: "1".into(),
        subject: None,
        by: "Ann".into(),
        walked: true,
        ended,
        steps: Vec::new(),
    };
    workbench.record_drill(entry(false)).unwrap();
    assert_eq!(ready(&workbench.view(), SORTER).0, Outcome::Partial);
    workbench.record_drill(entry(true)).unwrap();
    let (outcome, fact) = ready(&workbench.view(), SORTER);
    assert_eq!(outcome, Outcome::Pass);
    assert!(matches!(fact, ControlFact::Use(UseFact::Drilled { walked: true, .. })), "{fact:?}");
    // What does not run anywhere has nothing to rehearse.
    assert_eq!(ready(&workbench.view(), "lumen/iris-base").0, Outcome::NotApplicable);
    // A later one that failed takes nothing away.
    workbench.record_drill(entry(false)).unwrap();
    assert_eq!(ready(&workbench.view(), SORTER).0, Outcome::Pass);
    assert!(
        workbench.record_drill(touchmark::incident::DrillEntry { by: " ".into(), ..entry(true) }).is_err()
    );
    // Decisions keep it, and come to the same again.
    run(root, &["gate", SORTER, "--stage", "dev"]);
    let records = json_of(root, &["ledger", "show"], 0)["records"].clone();
    let decision =
        records.as_array().unwrap().iter().rfind(|one| one["kind"] == "decision").unwrap()["seq"].clone();
    assert_eq!(json_of(root, &["ledger", "replay", &decision.to_string()], 0)["same"], true);
}

fn walked(root: &Path, typed: &str) -> (Option<i32>, Value, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args([
            "incident",
            "drill",
            "model_substitution",
            "--by",
            "Ann",
            "--walk",
            "--format",
            "json",
            "--workspace",
        ])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    (done.status.code(), serde_json::from_slice(&done.stdout).unwrap_or_default(), err(&done))
}

#[test]
fn people_walk_a_drill_step_by_step_and_may_break_it_off() {
    let dir = copy_of_samples();
    let root = dir.path();
    let (status, drill, told) = walked(root, "nowhere\nclean\n\n");
    assert_eq!(status, Some(0), "{told}");
    let taken: Vec<(String, String)> =
        steps(&drill).into_iter().map(|(step, outcome, _)| (step, outcome)).collect();
    let wanted = [("compare", "done"), ("which", "done"), ("clean", "done")];
    assert_eq!(taken, wanted.map(|(step, outcome)| (step.to_owned(), outcome.to_owned())));
    assert_eq!((&drill["drill"]["walked"], &drill["drill"]["ended"]), (&json!(true), &json!(true)));
    assert!(told.contains("type the step to go to"), "{told}");
    let (status, drill, _) = walked(root, "known\nskip\n");
    assert_eq!((status, &drill["drill"]["ended"]), (Some(1), &json!(false)));
    let taken = steps(&drill);
    assert_eq!(taken[2], ("known".to_owned(), "skipped".to_owned(), 0));
    assert_eq!(taken.last().unwrap().0, "radius");
}

#[test]
fn what_does_not_end_as_it_should_fails_the_drill_and_what_could_reach_out_is_not_run() {
    let dir = copy_of_samples();
    let root = dir.path();
    fs::create_dir(root.join("runbooks")).unwrap();
    let runbook = "schema = \"runbook/0.1\"\nid = \"own\"\nname = \"Own\"\nversion = \"1\"\n[[step]]\nid = \"look\"\nphase = \"triage\"\nkind = \"auto\"\n\
                   title = \"Look\"\ncommands = [\"touchmark show other/model\", \"touchmark verify $model --explain\", \"touch reached-out\"]\nnext = \"end\"\n";
    fs::write(root.join("runbooks/own.toml"), runbook).unwrap();
    let drill = json_of(root, &["incident", "drill", "own", "--by", "Ann"], 1);
    assert_eq!(steps(&drill), [("look".to_owned(), "failed".to_owned(), 2)], "{drill:#}");
    let text = out(&run(root, &["incident", "drill", "own", "--by", "Ann"]));
    assert!(text.contains("✗ not ended") && text.contains("should have ended with 0"), "{text}");
    let unknown = run(root, &["incident", "drill", "jailbrake", "--by", "Ann"]);
    assert!(err(&unknown).contains("did you mean `jailbreak`?"), "{}", err(&unknown));
}

fn said(draft: &Value, basis: &str) -> Vec<String> {
    let all = draft["statements"].as_array().unwrap().iter();
    all.filter(|one| one["basis"] == basis).map(|one| one["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_draft_of_a_disclosure_tells_apart_what_is_proven_declared_and_unknown() {
    let dir = copy_of_samples();
    let root = dir.path();
    // Before anybody looked, nothing is proven.
    let draft = json_of(root, &["incident", "disclose", "acme/support-bot-7b"], 0);
    assert_eq!(said(&draft, "proven"), Vec::<String>::new());
    assert_eq!(
        (&draft["draft"], &draft["observed"], &draft["integrity"]),
        (&json!(true), &json!(null), &json!("unknown"))
    );
    assert!(said(&draft, "unknown").iter().any(|text| text.contains("root digest is not proven")));
    run(root, &["verify", "acme/support-bot-7b"]);
    let place = ["--where", "vault-7", "--stage", "dev", "--owner", "Night Watch"];
    assert!(run(root, &[&["deploy", "add", "acme/support-bot-7b"][..], &place].concat()).status.success());
    let opened = json_of(
        root,
        &["incident", "open", "model_substitution", "--subject", "acme/support-bot-7b", "--by", "Ann"],
        0,
    );
    let case = opened["case"].to_string();
    let draft = json_of(root, &["incident", "disclose", &case, "--contact", "psirt@acme.example"], 0);
    assert_eq!((&draft["integrity"], &draft["kind"]), (&json!("contradicted"), &json!("model_substitution")));
    assert_eq!((&draft["case"], &draft["known_since"]), (&opened["case"], &opened["aware"]));
    assert!(said(&draft, "proven").iter().any(|text| text.contains("these files differ")), "{draft:#}");
    assert!(
        said(&draft, "declared").iter().any(|text| text.contains("states this root digest")),
        "{draft:#}"
    );
    assert!(draft["actions"][0].as_str().unwrap().contains("acme/support-bot-7b"));
    assert_eq!(draft["contact"], "psirt@acme.example");
    // Where it runs, and who owns that, stays inside.
    let opened_places = opened["subject"]["deployments"].to_string();
    let page = out(&run(root, &["incident", "disclose", &case]));
    assert!(page.starts_with("# Draft of a disclosure") && page.contains("This is a draft."), "{page}");
    for part in [
        "What is proven",
        "What is declared",
        "What is unknown",
        "What to do",
        "Whom to ask",
        "Nobody is named yet",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(opened_places.contains("vault-7"), "{opened_places}");
    for text in [&page, &draft.to_string()] {
        assert!(!text.contains("vault-7") && !text.contains("Night Watch"), "{text}");
    }
    let at = ["--at", "2026-11-27T00:00:00Z"];
    let twice = [0, 1].map(|_| run(root, &[&["incident", "disclose", &case][..], &at].concat()).stdout);
    assert_eq!(twice[0], twice[1]);
    // A name that means to be markup stays text.
    let hostile = run(root, &["incident", "disclose", &case, "--contact", "<script>\u{1b}[31m"]);
    assert!(!out(&hostile).contains("<script>") && !out(&hostile).contains('\u{1b}'), "{}", out(&hostile));
    let file = root.join("draft.md");
    assert_eq!(
        run(root, &["incident", "disclose", &case, "-o", file.to_str().unwrap()]).status.code(),
        Some(0)
    );
    assert!(fs::read_to_string(&file).unwrap().starts_with("# Draft"));
    assert_ne!(
        run(root, &["incident", "disclose", &case, "-o", file.to_str().unwrap()]).status.code(),
        Some(0)
    );
    assert_eq!(run(root, &["incident", "disclose", "4711"]).status.code(), Some(2));
}

#[test]
fn of_a_log_only_counts_and_digests_go_into_a_case() {
    let dir = copy_of_samples();
    let root = dir.path();
    let opened =
        json_of(root, &["incident", "open", "prompt_injection", "--subject", SORTER, "--by", "Ann"], 0);
    let case = opened["case"].to_string();
    let lines = [
        json!({"time": 1_764_000_600_000_i64, "attributes": 1, "gen_ai.prompt": "SECRET-PROMPT", "request_id": "r2"}).to_string(),
        json!({"timestamp": "2025-11-24T15:00:00Z", "gen_ai": {"prompt": "p", "completion": "c"}, "request_id": ""}).to_string(),
        json!({"class_uid": 7001, "time": 1_764_000_000_000_i64, "metadata": {"correlation_uid": "r1"}, "actor": {"user": {"uid": "u1"}}}).to_string(),
        json!({"note": "nothing of ours"}).to_string(),
        "not json".to_owned(),
        "[1]".to_owned(),
        format!("{{\"request_id\": \"{}\"}}", "x".repeat(2 << 20)),
        // Too long, and its end alone would be a record.
        format!("{}{{\"request_id\": 1}}", " ".repeat(2 << 20)),
        format!("{{\"request_id\": {}1{}}}", "[".repeat(200), "]".repeat(200)),
        String::new(),
        json!({"request_id": "r3\u{1b}[31m", "prompt_full_text": null}).to_string(),
    ];
    let log = root.join("log.jsonl");
    fs::write(&log, lines.join("\n")).unwrap();
    let seen =
        json_of(root, &["incident", "import", &case, log.to_str().unwrap(), "--holder", "platform team"], 0);
    let of = |field: &str| {
        seen["evidence"].as_array().unwrap().iter().find(|one| one["field"] == field).unwrap().clone()
    };
    let one = of("request_id");
    assert_eq!(one["state"], "collected");
    let log_seen = &one["log"];
    assert_eq!(
        (&log_seen["records"], &log_seen["unknown"], &log_seen["unreadable"]),
        (&json!(5), &json!(1), &json!(5))
    );
    assert_eq!(
        (&log_seen["from"], &log_seen["until"]),
        (&json!("2025-11-24T15:00:00Z"), &json!("2025-11-24T16:10:00Z"))
    );
    let counts: Vec<(&str, u64)> = log_seen["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["field"].as_str().unwrap(), one["records"].as_u64().unwrap()))
        .collect();
    let has = |field: &str| counts.iter().find(|(known, _)| *known == field).map(|(_, records)| *records);
    assert_eq!(
        (has("request_id"), has("prompt_full_text"), has("user_id_or_session")),
        (Some(3), Some(2), Some(1)),
        "{counts:?}"
    );
    assert_eq!((has("model_response_full_text"), has("system_prompt_full_text")), (Some(1), None));
    // Retention counts from the oldest record: the profile keeps traces for 365 days.
    assert_eq!(
        (&one["captured"], &one["kept_until"]),
        (&json!("2025-11-24T15:00:00Z"), &json!("2026-11-24T15:00:00Z"))
    );
    assert_eq!(of("system_prompt_full_text")["state"], "missing");
    let text = out(&run(root, &["incident", "status", &case]));
    assert!(text.contains("held by platform team") && text.contains("in 3 of 5 records"), "{text}");
    let ledger = out(&run(root, &["ledger", "export"]));
    assert!(!ledger.contains("SECRET-PROMPT") && !ledger.contains("r3"), "the log itself stays where it is");
    // A file with nothing of it, and one that is not there, record nothing.
    let before = json_of(root, &["incident", "status", &case], 0)["log"].as_array().unwrap().len();
    fs::write(root.join("other.jsonl"), "{\"a\": 1}\n").unwrap();
    for (files, code) in
        [([log.clone(), root.join("other.jsonl")], "E-USAGE"), ([log.clone(), root.join("gone")], "E-")]
    {
        let words: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
        let done = run(root, &[&["incident", "import", &case][..], &words, &["--holder", "x"]].concat());
        assert!(done.status.code() != Some(0) && err(&done).contains(code), "{}", err(&done));
    }
    assert_eq!(json_of(root, &["incident", "status", &case], 0)["log"].as_array().unwrap().len(), before);
}
