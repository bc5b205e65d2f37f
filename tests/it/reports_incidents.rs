//! `report incident`: what the records of cases come to, over a period and a scope, in every form; a case is named by what
//! its own export writes.

use crate::incidents::{open, run};
use crate::reports::{assert_harmless, fields, text_of};
use crate::support::{copy_of_samples, err, out};
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;
use std::fs;
use std::path::Path;
use touchmark::forms::INCIDENT_COLUMNS;

const TAMPERED: &str = "acme/support-bot-7b";
/// When the deadlines of what is opened now are over.
const MUCH_LATER: &str = "2044-01-01T00:00:00Z";
const FORMS: [&str; 5] = ["text", "md", "html", "json", "csv"];

#[track_caller]
fn said(dir: &Path, words: &[&str]) -> String {
    let done = run(dir, &[&["report", "incident"], words].concat());
    assert_eq!(done.status.code(), Some(0), "{words:?}: {}", err(&done));
    out(&done)
}

fn json(dir: &Path, words: &[&str]) -> Value {
    serde_json::from_str(&said(dir, &[words, &["--as", "json"]].concat())).unwrap()
}

#[track_caller]
fn refused(dir: &Path, words: &[&str]) -> String {
    let done = run(dir, &[&["report", "incident"], words].concat());
    assert_eq!(done.status.code(), Some(2), "{words:?}: {}{}", out(&done), err(&done));
    err(&done)
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value}"))
}

fn numbers(found: &Value) -> Vec<String> {
    list(&found["cases"]).iter().map(|case| case["case"].to_string()).collect()
}

/// The samples with a case that is closed, one that is open, and a drill.
fn with_cases() -> (tempfile::TempDir, String, String) {
    let dir = copy_of_samples();
    let root = dir.path();
    run(root, &["verify", TAMPERED]);
    let first = open(root, "model_substitution", TAMPERED, &[]);
    let step = json_of(root, &["incident", "status", &first])["next"].as_str().unwrap().to_owned();
    let failed =
        run(root, &["incident", "step", &first, &step, "--outcome", "failed", "--note", "no one at hand"]);
    assert!(failed.status.success(), "{}", err(&failed));
    let closed = run(root, &["incident", "close", &first, "--reason", "a false alarm"]);
    assert!(closed.status.success(), "{}", err(&closed));
    let second = open(root, "jailbreak", "lumen/iris-base", &[]);
    run(root, &["incident", "drill", "model_substitution", "--by", "Ann"]);
    (dir, first, second)
}

fn json_of(root: &Path, words: &[&str]) -> Value {
    let done = run(root, &[words, &["--format", "json"]].concat());
    serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}{}", out(&done), err(&done)))
}

fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_report_says_what_the_cases_say_and_names_each_by_its_export() {
    let (dir, first, second) = with_cases();
    let root = dir.path();
    let found = json(root, &["--at", MUCH_LATER]);
    assert_eq!(numbers(&found), [first.clone(), second.clone()]);
    assert_eq!((&found["all"], list(&found["drills"]).len()), (&2.into(), 1));
    for case in list(&found["cases"]) {
        let number = case["case"].to_string();
        let export = run(root, &["incident", "export", &number, "--as", "json", "--at", MUCH_LATER]);
        assert_eq!(case["export_sha256"], sha256(&export.stdout), "{}", err(&export));
        let whole: Value = serde_json::from_slice(&export.stdout).unwrap();
        for same in ["kind", "severity", "severity_by_rule", "open", "opened", "by", "closed", "next", "hold"]
        {
            assert_eq!(case[same], whole[same], "{same}");
        }
        assert_eq!(case["blast"]["affected"], whole["subject"]["affected"]);
        assert_eq!(list(&case["evidence"]).len(), list(&whole["evidence"]).len());
        assert_eq!(list(&case["clocks"]).len(), list(&whole["clocks"]).len());
    }
    let [closed, opened] = [&found["cases"][0], &found["cases"][1]];
    assert_eq!((&closed["open"], &opened["open"]), (&false.into(), &true.into()));
    let done = list(&closed["done"]);
    assert_eq!((done.len(), &done[0]["outcome"]), (1, &"failed".into()));
    // The one was closed in time; the other is open long after.
    let states = |case: &Value| {
        let states = list(&case["clocks"]).iter().map(|clock| clock["state"].as_str().unwrap().to_owned());
        states.collect::<std::collections::BTreeSet<String>>()
    };
    assert_eq!(states(closed).into_iter().collect::<Vec<_>>(), ["closed-before"]);
    if !list(&opened["clocks"]).is_empty() {
        assert_eq!(states(opened).into_iter().collect::<Vec<_>>(), ["over"]);
        let now = json(root, &[]);
        assert_eq!(states(&now["cases"][1]).into_iter().collect::<Vec<_>>(), ["running"]);
    }
    let one = json(root, &[&second]);
    assert_eq!(numbers(&one), [second]);
    assert!(list(&one["drills"]).is_empty());
    let none = refused(root, &["4711"]);
    assert!(none.contains("there is no such case"), "{none}");
}

#[test]
fn every_form_says_the_same_and_has_the_same_bytes() {
    let (dir, ..) = with_cases();
    let root = dir.path();
    let found = json(root, &["--at", MUCH_LATER]);
    for form in FORMS {
        let words = ["--at", MUCH_LATER, "--as", form];
        let once = said(root, &words);
        assert_eq!(said(root, &words), once, "{form}");
        if form != "text" {
            assert_harmless(form, &once);
        }
        for case in list(&found["cases"]) {
            assert!(once.contains(case["export_sha256"].as_str().unwrap()), "{form}");
        }
        if form == "html" {
            let text = text_of(&once);
            assert!(text.contains("What was not looked at"), "{text}");
        }
        assert!(form == "csv" || once.replace('\\', "").contains("Ann"), "{form}");
    }
    let rows = fields(&said(root, &["--at", MUCH_LATER, "--as", "csv"]));
    assert_eq!((rows.len(), &rows[0]), (3, &INCIDENT_COLUMNS.map(str::to_owned).to_vec()));
    for (row, case) in rows[1..].iter().zip(list(&found["cases"])) {
        assert_eq!(row[0], case["case"].to_string());
        assert_eq!(row[4] == "open", case["open"] == true);
        assert_eq!(row[12], case["steps"].get("done").map_or("0".to_owned(), Value::to_string));
        let over = list(&case["clocks"]).iter().filter(|clock| clock["state"] == "over").count();
        assert_eq!(row[15], over.to_string());
    }
    let file = root.join("cases.html");
    said(root, &["--at", MUCH_LATER, "-o", file.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(&file).unwrap(), said(root, &["--at", MUCH_LATER, "--as", "html"]));
    refused(root, &["-o", file.to_str().unwrap()]);
    #[cfg(feature = "pdf")]
    {
        let file = root.join("cases.pdf");
        said(root, &["--at", MUCH_LATER, "-o", file.to_str().unwrap()]);
        assert!(fs::read(&file).unwrap().starts_with(b"%PDF-1.7"));
    }
}

#[test]
fn a_period_and_a_scope_leave_out_the_others_and_say_so() {
    let (dir, first, second) = with_cases();
    let root = dir.path();
    // As of a later time, all of it lies before now.
    let told = |words: &[&str]| json(root, &[words, &["--at", MUCH_LATER]].concat());
    let all = told(&["--from", "2020-01-01"]);
    assert_eq!(numbers(&all), [first.clone(), second.clone()]);
    assert_eq!(all["period"]["from"], "2020-01-01T00:00:00Z");
    // Since then only the one that is still open was open, and nobody held a drill.
    let later = told(&["--from", "2040-01-01"]);
    assert_eq!((numbers(&later), list(&later["drills"]).len()), (vec![second.clone()], 0));
    let earlier = told(&["--to", "2020-01-01"]);
    assert_eq!((numbers(&earlier).len(), &earlier["all"]), (0, &2.into()));
    // A record stands for its time.
    let from = told(&["--from", &first]);
    assert_eq!(numbers(&from), [first.clone(), second.clone()]);
    let text = said(root, &["--from", "2040-01-01", "--at", MUCH_LATER]);
    assert!(text.contains("from 2040-01-01T00:00:00Z to before 2044-01-01"), "{text}");
    for (words, why) in [
        (&["--from", "2040-01-01", "--to", "2035-01-01"][..], "is not before"),
        (&["--from", "999999"], "no such record"),
        (&["--from", "2020-01-01", &first], "cannot be used with"),
        (&["--filter", "lumen", "--producer", "acme"], "no model of the inventory is in this scope"),
        (&["--producer", "acmee"], "did you mean `acme`"),
    ] {
        let said = refused(root, words);
        assert!(said.contains(why), "{said}");
    }
    let absent = run(root, &["report", "incident", "--from", "absent.json"]);
    assert!(!absent.status.success(), "{}", out(&absent));

    let lumen = told(&["--producer", "lumen"]);
    assert!(numbers(&lumen).contains(&second), "{lumen:#}");
    let acme = told(&["--producer", "acme"]);
    assert!(numbers(&acme).contains(&first), "{acme:#}");
    assert_eq!(acme["scope"], "models of the producer acme");
    // A case is also about the models that it reaches.
    let case = json_of(root, &["incident", "status", &first]);
    let mut family = list(&case["subject"]["family"]).iter().map(|kin| kin["id"].as_str().unwrap());
    let kin = family.find(|id| !id.contains(TAMPERED)).unwrap();
    assert_eq!(numbers(&told(&["--filter", kin])), std::slice::from_ref(&first), "{kin}");
    let neither = told(&["--filter", "orchid/speech-1-nightly"]);
    assert_eq!((numbers(&neither).len(), &neither["all"]), (0, &2.into()), "{neither:#}");
    // A drill that is for all models counts in any scope.
    assert_eq!(list(&neither["drills"]).len(), 1);
}

#[test]
fn without_a_case_it_says_so() {
    let dir = copy_of_samples();
    let text = said(dir.path(), &[]);
    assert!(text.contains("There is no such case.") && text.contains("No drill is on record"), "{text}");
    assert!(text.contains("0 of 0"), "{text}");
    // Records can be read whatever became of the policy.
    let expired = run(dir.path(), &["report", "incident", "--at", "2090-01-01T00:00:00Z"]);
    assert_eq!(expired.status.code(), Some(0), "{}", err(&expired));
    assert!(err(&expired).contains("the policy is not valid"), "{}", err(&expired));
    assert_eq!(fields(&said(dir.path(), &["--as", "csv"])).len(), 1);
}
