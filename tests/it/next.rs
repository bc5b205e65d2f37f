//! The way up: every command that `score --next` prints works when it is pasted, and the level rises.

use crate::attesting::Desk;
use crate::bench::safetensors;
use crate::support::{err, out};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const MODEL: &str = "mine/base";
const CHILD: &str = "mine/child";
const CARD: &str = "# Base\n\n## Intended use\n\nTests.\n\n## Limitations\n\nMany.\n\n## Training\n\nNone.\n\n\
                    ## Evaluation\n\nOne.\n";

/// What only the user knows.
const VALUES: &[(&str, &str)] = &[
    ("KEY_MINE", "mine.pem"),
    ("SIGNER_PUBLIC_KEY_MINE", "mine.pem.pub"),
    ("EVALUATOR_KEY", "evaluator.pem"),
    ("EVALUATOR_PUBLIC_KEY", "evaluator.pem.pub"),
    ("VERIFIER_KEY", "verifier.pem"),
    ("VERIFIER_PUBLIC_KEY", "verifier.pem.pub"),
    ("POLICY_KEY", "policy.pem"),
    ("POLICY_PUBLIC_KEY", "policy.pem.pub"),
    ("TSA_CERTIFICATE", "stamps.pem"),
    ("BUILDER_MINE", "urn:mine:lab"),
    ("DATASET", "web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    ("SOURCE", "the web's \"best\" pages"),
    ("COLLECTION", "a crawler"),
    ("PREPROCESSING", "deduplicated"),
    ("LICENCE", "CC-BY-4.0"),
    ("PERSONAL_DATA", "removed"),
    ("OWNER", "data office"),
    ("PARAMETER", "epochs=3"),
    ("COMMIT", "0123456789012345678901234567890123456789"),
    ("FRAMEWORK", "torch=2.9"),
    ("SEED", "7"),
    ("HARDWARE", "H100"),
    ("CARD", "models/mine/base/README.md"),
    ("BENCHMARK", "bench=1"),
    ("METRIC", "accuracy"),
    ("VALUE", "0.9"),
    ("THRESHOLD", "0.8"),
    ("SAMPLES", "100"),
    ("HARNESS", "harness=1"),
    ("HARNESS_DIGEST", "sha256:5555555555555555555555555555555555555555555555555555555555555555"),
];

/// The samples with a model of ours in them, which nobody has signed and the policy does not know.
fn desk_with(folder: &str) -> Desk {
    let desk = Desk::new();
    for key in ["mine", "evaluator", "verifier", "policy"] {
        desk.works(&["key", "generate", &format!("{key}.pem"), "--no-password"]);
    }
    let at = desk.path("models").join(folder);
    fs::create_dir_all(&at).unwrap();
    fs::write(at.join("model.safetensors"), safetensors(&[("weight", 1, 16)])).unwrap();
    fs::write(at.join("README.md"), CARD).unwrap();
    desk.works(&["scan"]);
    desk
}

/// A model that derives from ours, by its card.
fn child_of(desk: &Desk) {
    let folder = desk.path("models").join(CHILD);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("model.safetensors"), safetensors(&[("weight", 2, 16)])).unwrap();
    fs::write(folder.join("README.md"), "---\nbase_model: mine/base\n---\n# Child\n").unwrap();
    desk.works(&["scan"]);
}

/// Pastes a command into a shell in the workspace.
fn paste(desk: &Desk, command: &str, more: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_touchmark")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    Command::new("sh")
        .args(["-c", command])
        .current_dir(desk.path(""))
        .env_remove("CLICOLOR_FORCE")
        .env("PATH", path)
        .env("HOME", desk.path("home"))
        .env("XDG_DATA_HOME", desk.path("home/data"))
        .env("XDG_STATE_HOME", desk.path("home/state"))
        .envs(VALUES.iter().chain(more).copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn next(desk: &Desk, model: &str) -> Value {
    let done = desk.run(&["score", model, "--next", "--format", "json"]);
    let document: Value = serde_json::from_str(&out(&done)).unwrap();
    document["next"][0].clone()
}

fn deeds(way: &Value) -> Vec<&str> {
    way["steps"].as_array().unwrap().iter().map(|step| step["deed"].as_str().unwrap()).collect()
}

/// Takes all steps of the cheapest way to the next own level; gives it as it was printed.
fn climb(desk: &Desk, model: &str) -> Value {
    climb_with(desk, model, &[])
}

fn climb_with(desk: &Desk, model: &str, more: &[(&str, &str)]) -> Value {
    let before = next(desk, model);
    let way = before["to_own"]["ways"][0].clone();
    for step in way["steps"].as_array().unwrap() {
        let command = step["command"].as_str().unwrap_or_else(|| panic!("no command: {step:#}"));
        let done = paste(desk, command, more);
        // Times are whole seconds.
        std::thread::sleep(std::time::Duration::from_millis(if more.is_empty() { 0 } else { 1100 }));
        assert!(
            done.status.success(),
            "{command}\n{}{}\n{}",
            out(&done),
            err(&done),
            out(&desk.run(&["why", model]))
        );
        // What stands in the command is what the document lists.
        for (name, _) in VALUES {
            let listed = step["variables"].as_array().unwrap().iter().any(|known| known["name"] == *name);
            assert_eq!(command.contains(&format!("${{{name}:?}}")), listed, "{command}");
        }
    }
    let after = next(desk, model);
    let (was, is) = (before["own"].as_u64().unwrap(), after["own"].as_u64().unwrap());
    let open = || out(&desk.run(&["score", model, "--all"]));
    assert!(is > was, "{was} to {is} by {:?}\n{after:#}\n{}", deeds(&way), open());
    way
}

#[test]
fn a_model_climbs_from_nothing_to_level_2_by_the_commands_alone() {
    let desk = desk_with(MODEL);
    let way = climb(&desk, MODEL);
    assert_eq!(deeds(&way), ["trust-signer", "name-publisher", "sign-by-key", "scan", "verify", "bind"]);
    let parties: Vec<&str> =
        way["steps"].as_array().unwrap().iter().map(|step| step["party"].as_str().unwrap()).collect();
    assert_eq!(parties, ["us", "us", "producer", "us", "us", "us"]);
    let way = climb(&desk, MODEL);
    assert_eq!(deeds(&way), ["grant-build", "provenance", "verify"]);
    let step = &way["steps"][1];
    let met: Vec<&str> = step["controls"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert!(met.len() > 2 && met.contains(&"L2.03"), "one claim meets several controls: {met:?}");
    assert!(step["remark"].as_str().unwrap().contains("from scratch"), "{step:#}");
}

/// A timestamp authority, and what the user knows of it.
#[cfg(feature = "keyless")]
fn stamps(desk: &mut Desk) -> crate::instance::Instance {
    let instance = crate::instance::Instance::start();
    let root = instance.trusted_root();
    let chain = root["timestampAuthorities"][0]["certChain"]["certificates"].as_array().unwrap();
    let certificate = chain.last().unwrap()["rawBytes"].as_str().unwrap();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n");
    fs::write(desk.path("stamps.pem"), pem).unwrap();
    // The policy knows no authority yet, and clocks agree.
    let policy = desk.path("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let own = "[trust.samples-stamps]\nkind = \"tsa\"\nfiles = [\"../keys/samples-stamps.pem\"]\n";
    assert!(text.contains(own), "{text}");
    // Nor is anybody named who may sign the policy.
    let workspace = desk.path("touchmark.toml");
    let settings = fs::read_to_string(&workspace).unwrap();
    let kept: Vec<&str> = settings.lines().filter(|line| !line.starts_with("policy_trust")).collect();
    assert!(kept.len() < settings.lines().count());
    fs::write(&workspace, kept.join("\n") + "\n").unwrap();
    // Nor anybody who may claim anything, nor what an evaluation must state.
    let (before, after) = text.split_once("[[attester]]\nid = \"data-office\"").unwrap();
    let (_, after) = after.split_once("\n# closed: refuse").unwrap();
    let text = format!("{before}\n# closed: refuse{after}");
    fs::write(&policy, text.replace(own, "").replace("clock_skew_seconds = 300", "clock_skew_seconds = 0"))
        .unwrap();
    instance
}

#[cfg(feature = "keyless")]
#[test]
fn a_model_climbs_to_level_3_by_the_commands_alone() {
    let mut desk = desk_with(MODEL);
    let instance = stamps(&mut desk);
    let url = instance.url.clone() + "/stamps";
    for _ in 0..2 {
        climb_with(&desk, MODEL, &[("TSA_URL", &url)]);
    }
    let way = climb_with(&desk, MODEL, &[("TSA_URL", &url)]);
    let taken = deeds(&way);
    for deed in ["trust-stamps", "require", "sign-policy", "data", "config", "evaluation", "card", "summary"]
    {
        assert!(taken.contains(&deed), "{deed}: {taken:?}");
    }
    let reached = next(&desk, MODEL);
    assert_eq!((&reached["own"], &reached["effective"]), (&3.into(), &3.into()), "{reached:#}");
    assert_eq!(reached["to_own"], Value::Null);
    assert!(desk.works(&["score", MODEL, "--next"]).contains("It has the highest level."));
}

#[cfg(feature = "keyless")]
#[test]
fn a_child_climbs_to_level_2_by_its_own_steps_and_those_of_its_parent() {
    let mut desk = desk_with(MODEL);
    let instance = stamps(&mut desk);
    let url = instance.url.clone() + "/stamps";
    climb_with(&desk, MODEL, &[]);
    child_of(&desk);
    climb_with(&desk, CHILD, &[]);
    let way = climb_with(&desk, CHILD, &[("TSA_URL", &url)]);
    let on = |model: &str| -> Vec<String> {
        let steps = way["steps"].as_array().unwrap().iter().filter(|step| step["on"] == model);
        steps.map(|step| step["deed"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(on(MODEL), ["stamp-parents", "provenance", "verify", "bind"], "{way:#}");
    assert!(on(CHILD).contains(&"timed-provenance".to_owned()), "{way:#}");
    let reached = next(&desk, CHILD);
    assert_eq!((&reached["own"], &reached["effective"]), (&2.into(), &2.into()), "{reached:#}");
}

#[test]
fn a_step_without_its_variable_does_nothing_and_says_which_is_missing() {
    let desk = desk_with(MODEL);
    let way = next(&desk, MODEL)["to_own"]["ways"][0].clone();
    let steps = way["steps"].as_array().unwrap().clone();
    let step = steps.iter().find(|step| step["deed"] == "sign-by-key").unwrap();
    let command = step["command"].as_str().unwrap().replace("KEY_MINE", "NOBODY_SET_THIS");
    let done = paste(&desk, &command, &[]);
    assert!(!done.status.success() && err(&done).contains("NOBODY_SET_THIS"), "{}", err(&done));
    assert!(!desk.path("models").join(MODEL).join("model.sig").exists());
}

#[test]
fn names_that_mean_something_to_a_shell_are_quoted() {
    let folder = "mine/it's $(touch pwned); base";
    let desk = desk_with(folder);
    let list = desk.says(&["list"]);
    let id = list["models"].as_array().unwrap().iter().find_map(|model| {
        let id = model["id"].as_str()?;
        id.contains("pwned").then(|| id.to_owned())
    });
    climb(&desk, &id.unwrap());
    assert!(!desk.path("pwned").exists());
}

#[test]
fn where_a_producer_must_act_its_expected_method_is_in_the_command() {
    let desk = Desk::new();
    // Its publisher signs by certificate, and its parent verifies.
    let way = next(&desk, "northwind/harbour-7b-instruct");
    let ways = way["to_own"]["ways"].as_array().unwrap().clone();
    let steps = ways[0]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["deed"] == "timed-provenance").unwrap();
    let command = step["command"].as_str().unwrap();
    for part in ["--build finetune", "--base northwind/harbour-7b", "--signing-certificate", "--tsa-url"] {
        assert!(command.contains(part), "{part}: {command}");
    }
    assert_eq!(step["party"], "producer");
    assert_eq!(way["to_own"]["level"], 2);
    let efforts: Vec<u64> = ways.iter().map(|way| way["effort"].as_u64().unwrap()).collect();
    assert!(efforts.is_sorted(), "{efforts:?}");
}

#[test]
fn an_unverified_model_is_verified_first_and_nothing_else_is_guessed() {
    let desk = Desk::new();
    let found = desk.says(&["maturity", "--unlock"]);
    assert_eq!(found["judged"].as_u64().unwrap() + found["not_judged"].as_u64().unwrap(), 43);
    assert!(found["not_judged"].as_u64().unwrap() > 0, "{found:#}");
    let text = desk.works(&["maturity", "--unlock"]);
    assert!(text.contains("not verified: what would raise them is not known"), "{text}");
}

#[test]
fn where_an_ancestor_caps_the_way_up_names_it_and_its_steps() {
    let desk = desk_with(MODEL);
    climb(&desk, MODEL);
    climb(&desk, MODEL);
    child_of(&desk);
    climb(&desk, CHILD);
    let claims = desk.path("models").join(MODEL).join("claims.jsonl");
    fs::remove_file(claims).unwrap();
    desk.works(&["scan"]);
    desk.works(&["verify", MODEL]);
    let way = next(&desk, CHILD);
    let steps = way["to_own"]["ways"][0]["steps"].as_array().unwrap().clone();
    let on_parent: Vec<&str> =
        steps.iter().filter(|step| step["on"] == MODEL).map(|step| step["deed"].as_str().unwrap()).collect();
    assert!(on_parent.contains(&"provenance"), "{steps:#?}");
    assert!(steps.iter().any(|step| step["on"] == CHILD), "{steps:#?}");
}

#[test]
fn who_has_a_role_signs_its_claim_under_a_variable_of_its_own() {
    let desk = Desk::new();
    let claims = "models/northwind/harbour-7b/claims.jsonl";
    fs::copy(crate::support::samples().join(claims), desk.path(claims)).unwrap();
    // The policy lets a data office speak of data, and the publisher of how the model was made.
    let way = next(&desk, "northwind/harbour-7b");
    assert_eq!(way["to_own"]["level"], 3, "{way:#}");
    let steps = way["to_own"]["ways"][0]["steps"].as_array().unwrap().clone();
    let command = |deed: &str| -> String {
        let step = steps.iter().find(|step| step["deed"] == deed);
        step.unwrap_or_else(|| panic!("{deed}: {steps:#?}"))["command"].as_str().unwrap().to_owned()
    };
    assert!(command("data").contains("${KEY_DATA_OFFICE:?}"), "{}", command("data"));
    assert!(command("config").contains("${KEY_NORTHWIND:?}"), "{}", command("config"));
}

#[test]
fn an_evaluator_of_another_domain_than_the_policy_requires_is_not_counted_on() {
    let model = "northwind/harbour-7b";
    let desk = Desk::new();
    let claims = format!("models/{model}/claims.jsonl");
    fs::copy(crate::support::samples().join(&claims), desk.path(&claims)).unwrap();
    let way = next(&desk, model)["to_own"]["ways"][0].clone();
    assert!(!deeds(&way).contains(&"grant-evaluation"), "{way:#}");
    let steps = way["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["deed"] == "evaluation").unwrap();
    assert!(step["remark"].as_str().unwrap().contains("`where`"), "{step:#}");
    let policy = desk.path("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let mut other = text.replace("domains = [\"speech\"]", "domains = [\"vision\"]");
    assert_ne!(text, other);
    other.push_str(
        "\n[[attester]]\nid = \"listeners\"\ntrust = [\"data-office-key\"]\nroles = [\"eval\"]\ndomains = [\"speech\"]\nmodels = [\"orchid/*\"]\n",
    );
    fs::write(&policy, other).unwrap();
    let way = next(&desk, model)["to_own"]["ways"][0].clone();
    assert!(deeds(&way).contains(&"grant-evaluation"), "{way:#}");
}
