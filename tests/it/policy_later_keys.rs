//! Parts of models, promises of the log, and earlier decisions: what the keys about them say, and the gate that obeys.

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use std::fs;
use std::process::Output;
use touchmark::decision::counts_otherwise;
use touchmark::maturity::{Gated, Passed};
use touchmark::policy::{Action, Policy, concerns, parse};
use touchmark::signing::RootDigest;

const HEAD: &str = "schema = \"trust-policy/0.1\"\nname = \"x\"\nversion = \"1\"\n";

fn read(more: &str) -> Policy {
    parse(&format!("{HEAD}{more}"), "x", None).unwrap_or_else(|faults| panic!("{more}: {faults:?}"))
}

fn fault(more: &str) -> String {
    let faults = parse(&format!("{HEAD}{more}"), "x", None).expect_err(more);
    assert_eq!(faults.len(), 1, "{more}: {faults:?}");
    format!("{:?} {} {}", faults[0].line, faults[0].message, faults[0].help.as_deref().unwrap_or_default())
}

fn parts(word: &str, stage: &str) -> Policy {
    read(&format!("[artifact]\npartial_verification = \"{word}\"\n[[stage]]\nname = \"a\"\n{stage}\n"))
}

#[test]
fn a_stage_that_says_nothing_of_parts_does_as_the_policy_says() {
    let does = |policy: &Policy| {
        let stage = policy.stage("a").unwrap();
        (stage.on_part(true), stage.on_part(false))
    };
    let (open, closed) = (Action::Open, Action::Closed);
    assert_eq!(does(&read("[[stage]]\nname = \"a\"\n")), (closed, closed));
    assert_eq!(does(&parts("never", "")), (closed, closed));
    assert_eq!(does(&parts("load-set-only", "")), (open, closed));
    assert_eq!(does(&parts("any", "")), (open, open));
    for word in ["never", "load-set-only", "any"] {
        assert_eq!(does(&parts(word, "on_partial = \"warn\"")), (Action::Warn, Action::Warn), "{word}");
        assert_eq!(does(&parts(word, "on_partial = \"closed\"")), (closed, closed), "{word}");
    }
    let said = fault("[artifact]\npartial_verification = \"some\"\n");
    assert!(said.starts_with("Some(5)") && said.contains("load-set-only"), "{said}");
    // Without a stage, the one that is made does so, too.
    assert_eq!(read("[artifact]\npartial_verification = \"any\"\n").stages[0].on_partial, open);
}

#[test]
fn policies_without_the_keys_keep_their_digests_and_the_same_meaning_has_the_same() {
    let plain = read("[[stage]]\nname = \"a\"\n");
    let canonical = String::from_utf8(plain.canonical().unwrap()).unwrap();
    for key in ["partial_verification", "on_load_set", "accept_promise_only", "cached_max_hours"] {
        assert!(!canonical.contains(key), "{key}");
    }
    assert_eq!(parts("never", "").digest, plain.digest);
    assert_eq!(parts("any", "").digest, read("[[stage]]\nname = \"a\"\non_partial = \"open\"\n").digest);
    assert_eq!(read("[log]\naccept_promise_only = false\n").digest, read("").digest);
    let cached = |hours: u32| {
        let keys = format!("on_unavailable = \"cached\"\ncached_max_hours = {hours}\n");
        read(&format!("[[stage]]\nname = \"a\"\n{keys}")).digest
    };
    let digests = [
        plain.digest,
        parts("load-set-only", "").digest,
        parts("any", "").digest,
        read("[log]\naccept_promise_only = true\n[[stage]]\nname = \"a\"\n").digest,
        cached(1),
        cached(2),
    ];
    for (index, one) in digests.iter().enumerate() {
        assert!(!digests[..index].contains(one), "{index}");
    }
}

#[test]
fn an_earlier_decision_counts_for_some_hours_or_not_at_all() {
    let stage = |keys: &str| format!("[[stage]]\nname = \"a\"\n{keys}\n");
    let policy = read(&stage("on_unavailable = \"cached\"\ncached_max_hours = 168"));
    assert_eq!(policy.stages[0].on_unavailable, Action::Closed);
    assert_eq!(policy.stages[0].cached_max_hours, Some(168));
    for (keys, line, says) in [
        ("on_unavailable = \"cached\"", 6, "add `cached_max_hours = 24`"),
        ("cached_max_hours = 24", 6, "has no effect"),
        ("on_unavailable = \"warn\"\ncached_max_hours = 24", 7, "`cached_digests_max_hours`"),
        ("on_unavailable = \"cached\"\ncached_max_hours = 169", 7, "from 1 to 168"),
        ("on_unavailable = \"cached\"\ncached_max_hours = 0", 7, "from 1 to 168"),
        ("on_missing = \"cached\"", 6, "closed"),
        ("on_unavailable = \"cashed\"", 6, "cached"),
    ] {
        let said = fault(&stage(keys));
        assert!(said.starts_with(&format!("Some({line})")) && said.contains(says), "{keys}: {said}");
    }
}

#[test]
fn an_earlier_decision_begins_and_ends_to_count_at_its_moments() {
    let policy = read(
        "[[stage]]\nname = \"a\"\non_unavailable = \"cached\"\ncached_max_hours = 2\n[[stage]]\nname = \"b\"\n",
    );
    let at = |text: &str| -> jiff::Timestamp { format!("2026-11-20T{text}Z").parse().unwrap() };
    let gated = |stage: &str, passed: bool| Gated {
        stage: stage.into(),
        let_in: true,
        root: None,
        at: at("10:00:00"),
        relied: false,
        passed: passed.then(|| Passed { root: RootDigest([1; 32]), policy: "p".into(), at: at("10:00:00") }),
    };
    for (from, to, differs) in [
        ("10:00:00", "12:00:00", false),
        ("12:00:00", "12:00:01", true),
        ("12:00:01", "12:00:00", true),
        ("09:59:59", "10:00:00", true),
        ("12:00:01", "23:00:00", false),
    ] {
        let otherwise = |gated: &Gated| counts_otherwise(&policy, gated, (at(from), at(to)));
        assert_eq!(otherwise(&gated("a", true)), differs, "{from} {to}");
        assert!(
            !otherwise(&gated("a", false)) && !otherwise(&gated("b", true)) && !otherwise(&gated("c", true))
        );
    }
}

#[test]
fn every_model_is_concerned_by_another_stage_that_asks_for_an_earlier_word() {
    let stage = |name: &str, keys: &str| format!("[[stage]]\nname = \"{name}\"\n{keys}\n");
    let cached = |hours: u32| format!("on_unavailable = \"cached\"\ncached_max_hours = {hours}");
    let whole = |before: String, after: String| concerns(&read(&before), &read(&after)).everything;
    let (a, b) = (stage("a", ""), stage("b", ""));
    assert!(whole(a.clone(), stage("a", &cached(9))));
    assert!(!whole(stage("a", &cached(9)), stage("a", &cached(8))));
    assert!(whole(a.clone() + &stage("b", "from = \"a\""), stage("b", "from = \"a\"") + &a), "another place");
    assert!(!whole(a.clone() + &b, b + &a));
}

const MODEL: &str = "northwind/harbour-7b";
const STAGE: &str = "\n[[stage]]\nname = \"serving\"\nmin_level = 0\nrequire = [\"L2.14\"]\n\
                     on_unavailable = \"cached\"\ncached_max_hours = 24\n";

struct House(tempfile::TempDir);

impl House {
    fn new() -> Self {
        let house = House(copy_of_samples());
        house.policy(|text| text + STAGE);
        house
    }

    fn run(&self, words: &[&str]) -> Output {
        touchmark([words, &["--workspace", self.0.path().to_str().unwrap()]].concat())
    }

    #[track_caller]
    fn works(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}{}", out(&done), err(&done));
        out(&done)
    }

    fn policy(&self, change: impl FnOnce(String) -> String) {
        let path = self.0.path().join("policies/samples.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, change(text)).unwrap();
    }

    /// Takes the model's claims away, or brings them back.
    fn claims(&self, are_there: bool) {
        let (here, away) = (format!("models/{MODEL}/claims.jsonl"), "claims.away");
        let (from, to) = if are_there { (away, here.as_str()) } else { (here.as_str(), away) };
        fs::rename(self.0.path().join(from), self.0.path().join(to)).unwrap();
        self.works(&["scan"]);
    }

    /// The status, and the codes of the reasons.
    fn gate(&self) -> (i32, Vec<String>) {
        let done = self.run(&["gate", MODEL, "--stage", "serving", "--format", "json"]);
        let document: Value =
            serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", err(&done)));
        let reasons = document["verdict"]["reasons"].as_array().unwrap().iter();
        let codes = reasons.map(|reason| reason["code"].as_str().unwrap().to_owned()).collect();
        (done.status.code().unwrap(), codes)
    }
}

#[test]
fn a_gate_relies_on_its_own_earlier_word_about_the_same_bytes() {
    let house = House::new();
    let refused = (1, vec!["L2.14".to_owned()]);
    let relied = (0, vec!["L2.14".to_owned(), "LAST-PASS".to_owned()]);
    house.claims(false);
    assert_eq!(house.gate(), refused, "there is no earlier word");
    house.claims(true);
    assert_eq!(house.gate(), (0, vec![]));
    house.claims(false);
    assert_eq!(house.gate(), relied);
    // What relied on an earlier word is none itself, and leaves that one as it was.
    assert_eq!(house.gate(), relied);
    let said = house.works(&["gate", MODEL, "--stage", "serving"]);
    assert!(said.contains("Let in here on"), "{said}");
    // It was about these bytes under this policy.
    house.policy(|text| text.replace("cached_max_hours = 24", "cached_max_hours = 23"));
    assert_eq!(house.gate(), refused);
    house.policy(|text| text.replace("cached_max_hours = 23", "cached_max_hours = 24"));
    assert_eq!(house.gate(), refused, "the latest word is a refusal");
    house.claims(true);
    assert_eq!(house.gate(), (0, vec![]));
    house.claims(false);
    assert_eq!(house.gate(), relied);
    let records: Value =
        serde_json::from_str(&house.works(&["ledger", "show", MODEL, "--format", "json"])).unwrap();
    let records = records["records"].as_array().unwrap().iter().filter(|one| one["kind"] == "decision");
    let numbers: Vec<String> = records.map(|one| one["seq"].to_string()).collect();
    assert_eq!(numbers.len(), 9);
    for number in numbers {
        house.works(&["ledger", "replay", &number]);
    }
}
