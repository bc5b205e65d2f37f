//! Exceptions and broken glass as people use them: on the command line, from the policy file to the ledger.

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use std::fs;
use std::path::Path;
use touchmark::policy::Term;

/// Runs the program on a copy of the samples.
fn run(root: &Path, words: &[&str]) -> std::process::Output {
    let root = root.to_str().unwrap();
    let words: Vec<&str> = words.iter().copied().chain(["--workspace", root]).collect();
    touchmark(words)
}

fn json(root: &Path, words: &[&str]) -> Value {
    let done = run(root, &[words, &["--format", "json"]].concat());
    serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", err(&done)))
}

/// The policy of the samples, which asks of production something that nobody says.
fn asking(root: &Path) {
    let file = root.join("policies/samples.toml");
    let text = fs::read_to_string(&file).unwrap();
    let asks = "require = [\"L1.13\", \"L1.16\"]";
    let text = text.replacen("require = [\"L1.13\"]", asks, 1);
    assert!(text.contains(asks));
    fs::write(file, text).unwrap();
}

const EXCEPTION: &str = r#"
[[exception]]
id = "EX-14"
control = "CONTROL"
subject = "SUBJECT"
stages = ["production"]
owner = "ml@acme.example"
approved_by = "ciso@acme.example"
reason = "until the bill is made"
compensating = ["looked at by hand"]
created = 2026-01-01T00:00:00Z
expires = 2040-01-01T00:00:00Z
warn_days = 0
"#;

fn exception(control: &str, subject: &str) -> String {
    EXCEPTION.replace("CONTROL", control).replace("SUBJECT", subject)
}

/// Admitted to production by the samples' policy; nothing says where its key is kept.
const MODEL: &str = "acme/receipt-reader";

#[test]
fn an_exception_lets_a_model_in_that_lacks_what_it_excuses_and_the_list_says_so() {
    let samples = copy_of_samples();
    let root = samples.path();
    assert!(out(&run(root, &["policy", "exceptions"])).contains("no exceptions"));
    asking(root);
    assert_eq!(run(root, &["gate", MODEL, "--stage", "production"]).status.code(), Some(1));
    let file = root.join("policies/samples.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(file, text + &exception("L1.16", MODEL)).unwrap();
    let done = run(root, &["gate", MODEL, "--stage", "production"]);
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
    assert!(
        out(&done).contains("Excused by exception EX-14 of ml@acme.example until 2040"),
        "{}",
        out(&done)
    );
    let listed = out(&run(root, &["policy", "exceptions", "--stage", "production"]));
    assert!(
        listed.contains("EX-14") && listed.contains("1 model, 1 excused at stage production"),
        "{listed}"
    );
    let listed = json(root, &["policy", "exceptions", "--stage", "production"]);
    assert_eq!(listed["exceptions"][0]["excused"], 1);
    // It is for this model and this stage only.
    let elsewhere = json(root, &["policy", "exceptions", "--stage", "dev"]);
    assert_eq!(elsewhere["exceptions"][0]["excused"], 0);
    // After its end it is refused again, and says why.
    let done = run(root, &["gate", MODEL, "--stage", "production", "--at", "2040-01-01T00:00:00Z"]);
    assert_eq!(done.status.code(), Some(1), "{}", out(&done));
}

#[test]
fn glass_is_broken_only_where_the_policy_has_it_so_and_by_enough_accounts() {
    let samples = copy_of_samples();
    let root = samples.path();
    asking(root);
    let words = |hours: &'static str| {
        ["review", "break-glass", MODEL, "--stage", "production", "--hours", hours, "--reason", "r"]
            .map(str::to_owned)
    };
    let broken = |hours| {
        let words = words(hours);
        run(root, &words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let done = broken("4");
    assert_eq!(done.status.code(), Some(2), "{}", out(&done));
    assert!(err(&done).contains("nobody break the glass"), "{}", err(&done));
    let file = root.join("policies/samples.toml");
    let text = fs::read_to_string(&file).unwrap();
    let glass = "production = true\nbreak_glass = { approvers = 2, max_hours = 12 }";
    fs::write(file, text.replacen("production = true", glass, 1)).unwrap();
    assert!(err(&broken("13")).contains("from 1 to 12"));
    let done = broken("4");
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    // One account is not enough, however often it says so.
    broken("4");
    let done = run(root, &["gate", MODEL, "--stage", "production"]);
    assert_eq!(done.status.code(), Some(1), "{}", out(&done));
    let history = out(&run(root, &["review", "--history", MODEL]));
    assert!(history.contains("broke the glass"), "{history}");
    // Words that do not go together.
    let done = run(root, &["review", "approve", MODEL, "--hours", "4", "--reason", "r"]);
    assert_eq!(done.status.code(), Some(2));
    let done = run(root, &["review", "break-glass", MODEL, "--reason", "r"]);
    assert_eq!(done.status.code(), Some(2));
}

#[test]
fn an_exception_changes_at_its_beginning_at_its_notice_and_at_its_end() {
    let text = "schema = \"trust-policy/0.1\"\nname = \"x\"\nversion = \"1\"\n[[stage]]\nname = \"s\"\n[[exception]]\n\
                id = \"EX-1\"\ncontrol = \"L1.06\"\nsubject = \"acme/*\"\nstages = [\"s\"]\nowner = \"o\"\n\
                approved_by = \"a\"\nreason = \"r\"\ncreated = 2026-10-02T00:00:00Z\nexpires = 2026-12-31T00:00:00Z\n";
    let policy = touchmark::policy::parse(text, "x", None).unwrap();
    let at = |time: &str| -> jiff::Timestamp { time.parse().unwrap() };
    let terms = [
        ("2026-10-01T23:59:59Z", Term::Ahead, Some("2026-10-02T00:00:00Z")),
        ("2026-10-02T00:00:00Z", Term::Running, Some("2026-12-01T00:00:00Z")),
        ("2026-11-30T23:59:59Z", Term::Running, Some("2026-12-01T00:00:00Z")),
        ("2026-12-01T00:00:00Z", Term::EndsSoon, Some("2026-12-31T00:00:00Z")),
        ("2026-12-30T23:59:59Z", Term::EndsSoon, Some("2026-12-31T00:00:00Z")),
        ("2026-12-31T00:00:00Z", Term::Ended, None),
    ];
    for (now, term, next) in terms {
        assert_eq!(policy.exceptions[0].term(at(now)), term, "{now}");
        assert_eq!(policy.next_moment(at(now)), next.map(at), "{now}");
    }
}
