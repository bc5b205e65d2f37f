//! Promotion: a stage with `from` lets in only what the stage before let in, byte for byte.

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Output;
use touchmark::inventory::ModelId;
use touchmark::policy::parse;
use touchmark::workbench::{OpenOptions, Workbench};

const ID: &str = "lumen/iris-base";
const STAGES: &str = r#"
[[stage]]
name = "trial"
min_level = 0
refuse_rejected = true
[[stage]]
name = "release"
min_level = 0
from = "trial"
"#;

struct House(tempfile::TempDir);

impl House {
    /// The samples, with a publisher whose key is here.
    fn new() -> Self {
        let house = House(copy_of_samples());
        house.works(&["key", "generate", &house.at("own.pem"), "--no-password"]);
        house.works(&["trust", "add", "own", &house.at("own.pem.pub")]);
        let policy = house.path("policies/samples.toml");
        let text = fs::read_to_string(&policy).unwrap();
        let own = "[[publisher]]\nid = \"own\"\nmodels = [\"own/*\"]\ntrust = [\"own\"]\n";
        fs::write(&policy, format!("{text}\n{own}{STAGES}")).unwrap();
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn at(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn run(&self, words: &[&str]) -> Output {
        touchmark([words, &["--workspace", &self.at("")]].concat())
    }

    #[track_caller]
    fn works(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}{}", out(&done), err(&done));
        out(&done)
    }

    /// The status, and the class of the reason PROMOTION.
    fn gate(&self, model: &str, stage: &str, more: &[&str]) -> (i32, Option<String>) {
        let done = self.run(&[&["gate", model, "--stage", stage, "--format", "json"], more].concat());
        let document: Value =
            serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", err(&done)));
        let reasons = document["verdict"]["reasons"].as_array().unwrap();
        let found = reasons.iter().find(|reason| reason["code"] == "PROMOTION");
        (done.status.code().unwrap(), found.map(|reason| reason["class"].as_str().unwrap().to_owned()))
    }

    /// Every decision comes to the same when it is judged again.
    #[track_caller]
    fn replays(&self) {
        let records: Value =
            serde_json::from_str(&self.works(&["ledger", "show", "--format", "json"])).unwrap();
        let decisions = records["records"].as_array().unwrap().iter().filter(|one| one["kind"] == "decision");
        let numbers: Vec<String> = decisions.map(|one| one["seq"].to_string()).collect();
        assert!(!numbers.is_empty());
        for number in numbers {
            self.works(&["ledger", "replay", &number]);
        }
    }
}

fn missing() -> Option<String> {
    Some("missing".to_owned())
}

#[test]
fn a_model_is_promoted_with_the_word_of_the_stage_before() {
    let house = House::new();
    assert_eq!(house.gate(ID, "release", &[]), (1, missing()));
    let human = house.run(&["gate", ID, "--stage", "release"]);
    assert!(out(&human).contains("touchmark gate lumen/iris-base --stage trial"), "{}", out(&human));
    assert_eq!(house.gate(ID, "trial", &[]), (0, None));
    assert_eq!(house.gate(ID, "release", &[]), (0, None));
    // The word of another stage, or about another model, is not this one.
    assert_eq!(house.gate("lumen/iris-large", "dev", &[]).0, 0);
    assert_eq!(house.gate("lumen/iris-large", "release", &[]), (1, missing()));
    house.replays();
}

#[test]
fn only_the_same_bytes_are_promoted() {
    let house = House::new();
    let model = house.path("models/own/bot");
    fs::create_dir_all(&model).unwrap();
    let weights = fs::read(house.path("models/lumen/iris-base/model.safetensors")).unwrap();
    let make = |text: &str| {
        fs::write(model.join("model.safetensors"), &weights).unwrap();
        fs::write(model.join("README.md"), text).unwrap();
        let _ = fs::remove_file(model.join("model.sig"));
        house.works(&["sign", "key", model.to_str().unwrap(), "--private-key", &house.at("own.pem")]);
    };
    make("first");
    house.works(&["scan"]);
    assert_eq!(house.gate("own/bot", "trial", &[]), (0, None));
    assert_eq!(house.gate("own/bot", "release", &[]), (0, None));
    make("second");
    assert_eq!(house.gate("own/bot", "release", &[]), (1, missing()));
    assert_eq!(house.gate("own/bot", "trial", &[]), (0, None));
    assert_eq!(house.gate("own/bot", "release", &[]), (0, None));
    // The latest word is about the second.
    make("first");
    assert_eq!(house.gate("own/bot", "release", &[]), (1, missing()));
    house.replays();
}

#[test]
fn a_later_refusal_of_the_same_bytes_contradicts() {
    let house = House::new();
    assert_eq!(house.gate(ID, "trial", &[]), (0, None));
    house.works(&["review", "reject", ID, "--reason", "not yet"]);
    assert_eq!(house.gate(ID, "trial", &[]).0, 1);
    house.works(&["review", "--undo"]);
    assert_eq!(house.gate(ID, "release", &[]), (1, Some("contradicted".to_owned())));
    assert_eq!(house.gate(ID, "trial", &[]), (0, None));
    assert_eq!(house.gate(ID, "release", &[]), (0, None));
    house.replays();
}

#[test]
fn a_warning_promotes_only_when_it_was_acknowledged() {
    let house = House::new();
    let policy = house.path("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let warns = "name = \"trial\"\non_missing = \"warn\"\nrequire = [\"L3.10\"]";
    fs::write(&policy, text.replace("name = \"trial\"", warns)).unwrap();
    assert_eq!(house.gate(ID, "trial", &[]).0, 5);
    assert_eq!(house.gate(ID, "release", &[]).0, 1);
    assert_eq!(house.gate(ID, "trial", &["--allow-warn"]).0, 0);
    assert_eq!(house.gate(ID, "release", &[]), (0, None));
}

#[test]
fn a_workbench_that_stays_open_knows_the_word_at_once() {
    let house = House::new();
    let open = || {
        let options = OpenOptions {
            dir: Some(house.path("")),
            stage: Some("release".to_owned()),
            ..OpenOptions::default()
        };
        Workbench::open(&options).unwrap()
    };
    let id = ModelId::new(ID);
    let workbench = open();
    let word = |workbench: &Workbench| {
        let view = workbench.view();
        let (index, _) = view.model(&id).unwrap();
        view.verdict(index).unwrap().decision.word()
    };
    assert_eq!(workbench.gate(&id, "release", false).unwrap().decision.word(), "refuse");
    assert_eq!(word(&workbench), "refuse");
    assert_eq!(workbench.gate(&id, "trial", false).unwrap().decision.word(), "admit");
    assert_eq!(word(&workbench), "admit");
    assert_eq!(word(&open()), "admit");
    assert_eq!(workbench.gate(&id, "release", false).unwrap().decision.word(), "admit");
}

#[test]
fn a_stage_that_leads_back_to_itself_is_a_fault() {
    let faults = |stages: &[(&str, Option<&str>)]| -> Vec<String> {
        let mut text = "schema = \"trust-policy/0.1\"\nname = \"x\"\nversion = \"1\"\n".to_owned();
        for (name, from) in stages {
            text += &format!("[[stage]]\nname = \"{name}\"\n");
            text += &from.map(|from| format!("from = \"{from}\"\n")).unwrap_or_default();
        }
        let faults = parse(&text, "x", None).err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.message).collect()
    };
    assert_eq!(faults(&[("a", None), ("b", Some("a")), ("c", Some("b")), ("d", Some("a"))]), [""; 0]);
    assert_eq!(faults(&[("c", Some("b")), ("b", Some("a")), ("a", None)]), [""; 0]);
    assert_eq!(faults(&[("a", Some("z"))]), ["there is no stage `z`"]);
    assert_eq!(faults(&[("a", Some("a"))]).len(), 1);
    let faults = faults(&[("a", Some("c")), ("b", Some("a")), ("c", Some("b")), ("d", Some("c"))]);
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[0].contains("leads back to stage `a`"));
}
