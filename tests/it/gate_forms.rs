//! What a gate found, as JUnit and SARIF.

use crate::support::{copy_of_samples, err, out};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const MODEL: &str = "models/lumen/iris-base";
/// A name that would end an attribute, an element and a line.
const HOSTILE: &str = "a\"'><failure>&\u{202e}\u{1b}[31m\n.bin";

fn gate(dir: &Path, format: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(["gate", "lumen/iris-base", "--stage", "production", "--format", format])
        .args(more)
        .current_dir(dir)
        .env("HOME", dir)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Of each test case, why it failed.
type Failures = BTreeMap<String, Option<(String, String)>>;

/// The test cases by their names, each with the element in it; and the counts that the suite states.
fn cases(xml: &str) -> (Failures, BTreeMap<String, String>) {
    let mut reader = Reader::from_str(xml);
    let (mut cases, mut suite, mut last, mut open) =
        (BTreeMap::new(), BTreeMap::new(), String::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap();
        let (element, is_open) = match &event {
            Event::Start(element) => (element, true),
            Event::Empty(element) => (element, false),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let name = element.name().as_ref().to_owned();
        let attributes: BTreeMap<String, String> = element
            .attributes()
            .map(|attribute| {
                let attribute = attribute.unwrap();
                (attribute.key.as_ref().to_owned(), attribute.value.to_string())
            })
            .collect();
        match name.as_str() {
            "testsuites" => {}
            "testsuite" => suite = attributes,
            "testcase" => {
                last = attributes["name"].clone();
                assert!(cases.insert(last.clone(), None).is_none(), "two cases of the name {last}");
            }
            "failure" | "skipped" => {
                cases.insert(last.clone(), Some((name.clone(), attributes["message"].clone())));
            }
            other => panic!("{other} is no element of JUnit that we write"),
        }
        if is_open {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new());
    (cases, suite)
}

#[test]
fn a_check_is_a_test_case_and_only_a_refusal_fails() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let done = gate(dir, "junit", &[]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let (passing, suite) = cases(&out(&done));
    assert!(passing.values().flatten().all(|(element, _)| element == "skipped"), "{passing:?}");
    assert_eq!(passing["FILES"], None);
    assert_eq!(passing["SIGNATURE"], None);
    assert_eq!(passing["DECISION"], None);
    assert_eq!(suite["failures"], "0");
    assert_eq!(suite["tests"], passing.len().to_string());
    fs::write(dir.join(MODEL).join("config.json"), "{}").unwrap();
    let done = gate(dir, "junit", &[]);
    assert_eq!(done.status.code(), Some(1));
    let (failing, suite) = cases(&out(&done));
    let failures = failing.values().flatten().filter(|(element, _)| element == "failure").count();
    assert_eq!(suite["failures"], failures.to_string());
    let skipped = failing.values().flatten().filter(|(element, _)| element == "skipped").count();
    assert_eq!(suite["skipped"], skipped.to_string());
    assert_eq!(failing["FILES-CHANGED"].as_ref().unwrap().0, "failure");
    assert_eq!(failing["DECISION"].as_ref().unwrap().0, "failure");
    assert!(failing["DECISION"].as_ref().unwrap().1.contains("lumen/iris-base at production: refuse"));
    // What did not fail is as before.
    assert_eq!(failing["SIGNATURE"], None);
}

#[test]
fn warnings_fail_the_decision_alone_and_only_unacknowledged() {
    let dir = copy_of_samples();
    let policy = dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let (before, stage) = text.split_at(text.find("name = \"production\"").unwrap());
    let stage = stage.replacen("on_missing = \"closed\"", "on_missing = \"warn\"", 1);
    fs::write(&policy, format!("{before}{}", stage.replacen("require = [", "require = [\"L3.10\", ", 1)))
        .unwrap();
    for (more, status, failures) in [(&[][..], 5, "1"), (&["--allow-warn"], 0, "0")] {
        let done = gate(dir.path(), "junit", more);
        assert_eq!(done.status.code(), Some(status), "{}", err(&done));
        let (cases, suite) = cases(&out(&done));
        assert_eq!(suite["failures"], failures);
        assert_eq!(cases["DECISION"].is_some(), status == 5);
        let warned = cases.values().flatten().filter(|(_, message)| message.starts_with("warning: "));
        assert!(warned.count() > 0, "{cases:?}");
    }
    let done = gate(dir.path(), "sarif", &[]);
    let document = sarif(&done);
    let levels: Vec<&str> =
        results(&document).iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert!(levels.contains(&"warning") && !levels.contains(&"error"), "{levels:?}");
}

/// What SARIF 2.1.0 requires of a document, as far as we write it.
fn sarif(done: &Output) -> Value {
    let document: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(document["version"], "2.1.0");
    let runs = document["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert_eq!(driver["name"], "Touchmark");
    let rules = driver["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert!((1..ids.len()).all(|at| !ids[..at].contains(&ids[at])), "{ids:?}");
    assert!(rules.iter().all(|rule| !rule["shortDescription"]["text"].as_str().unwrap().is_empty()));
    for result in results(&document) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], ids[index]);
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let uri = uri(result);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%".contains(c);
        assert!(uri.chars().all(is_plain), "{uri}");
    }
    document
}

fn results(document: &Value) -> &[Value] {
    document["runs"][0]["results"].as_array().unwrap()
}

fn uri(result: &Value) -> &str {
    result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap()
}

#[test]
fn a_file_that_differs_is_a_location() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let done = gate(dir, "sarif", &[]);
    assert_eq!(done.status.code(), Some(0));
    let document = sarif(&done);
    assert!(results(&document).iter().all(|result| result["level"] == "note"), "{document:#}");
    let model = dir.join(MODEL);
    fs::write(model.join("config.json"), "{}").unwrap();
    fs::remove_file(model.join("README.md")).unwrap();
    fs::write(model.join("new file.py"), "x").unwrap();
    let done = gate(dir, "sarif", &[]);
    assert_eq!(done.status.code(), Some(1));
    let document = sarif(&done);
    let of = |rule: &str| -> Vec<&str> {
        results(&document).iter().filter(|result| result["ruleId"] == rule).map(uri).collect()
    };
    assert_eq!(of("FILES-CHANGED"), [format!("{MODEL}/config.json")]);
    assert_eq!(of("FILES-MISSING"), [format!("{MODEL}/README.md")]);
    assert_eq!(of("FILES-EXTRA"), [format!("{MODEL}/new%20file.py")]);
    let changed = results(&document).iter().find(|result| result["ruleId"] == "FILES-CHANGED").unwrap();
    assert_eq!(changed["level"], "error");
    // What passes is no result, and no rule.
    assert!(!results(&document).iter().any(|result| result["ruleId"] == "SIGNATURE"));
}

#[cfg(unix)]
#[test]
fn hostile_names_stay_text() {
    let dir = copy_of_samples();
    let dir = dir.path();
    fs::write(dir.join(MODEL).join(HOSTILE), "x").unwrap();
    let done = gate(dir, "junit", &[]);
    assert_eq!(done.status.code(), Some(1));
    let text = out(&done);
    let (failing, _) = cases(&text);
    assert!(failing.contains_key("FILES-EXTRA"), "{failing:?}");
    assert!(failing["L1.04"].as_ref().unwrap().1.contains("&lt;failure&gt;"), "{failing:?}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    let done = gate(dir, "sarif", &[]);
    let document = sarif(&done);
    let extra = results(&document).iter().find(|result| result["ruleId"] == "FILES-EXTRA").unwrap();
    assert_eq!(uri(extra), format!("{MODEL}/a%22%27%3E%3Cfailure%3E%26%E2%80%AE%1B%5B31m%0A.bin"));
    assert!(!out(&done).contains('\u{202e}') && !out(&done).contains("\\u001b"), "{}", out(&done));
}

#[test]
fn only_gates_print_them() {
    let dir = copy_of_samples();
    for words in [&["list", "--format", "sarif"][..], &["verify", "lumen/iris-base", "--format", "junit"]] {
        let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(words)
            .current_dir(dir.path())
            .env("HOME", dir.path())
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(2));
        assert_eq!(out(&done), "");
        assert!(err(&done).contains("E-USAGE"), "{}", err(&done));
    }
    // A model that is not there is an error in these forms as well.
    let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(["gate", "no/such", "--stage", "dev", "--format", "sarif"])
        .current_dir(dir.path())
        .env("HOME", dir.path())
        .output()
        .unwrap();
    assert_eq!((done.status.code(), out(&done)), (Some(2), String::new()));
}
