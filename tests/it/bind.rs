//! `bind`: what was verified, written into an AIBOM of the workspace that says who wrote it; and exports that can be
//! handed out, with what is known of a model and nothing of the machine.

use crate::support::{copy_of_samples, err, out, touchmark};
use crate::tui::{app, open, press, seen};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use touchmark::commands::Screen;
use touchmark::inventory::ModelId;
use touchmark::tui::{App, Effect};
use touchmark::workbench::{JobKind, Workbench};

const MODEL: &str = "lumen/iris-base";
const BILL: &str = "bindings/lumen--iris-base.cdx.json";

/// The samples, whose own bill says nothing of signatures.
fn unbound() -> tempfile::TempDir {
    let dir = copy_of_samples();
    fs::write(
        dir.path().join("boms/acme.cdx.json"),
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"machine-learning-model","name":"lumen/iris-base"}]}"#,
    )
    .unwrap();
    dir
}

fn run(dir: &Path, words: &[&str]) -> Output {
    touchmark(words.iter().copied().chain(["--workspace", dir.to_str().unwrap(), "--format", "json"]))
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{} {}", out(output), err(output)))
}

/// Outcome, basis, what was found, and the remedy of a control.
fn control(dir: &Path, id: &str) -> [String; 4] {
    let document = json(&run(dir, &["score", MODEL, "--all"]));
    fn find<'v>(value: &'v Value, id: &str) -> Option<&'v Value> {
        match value {
            Value::Object(members) if members.get("id").and_then(Value::as_str) == Some(id) => Some(value),
            Value::Object(members) => members.values().find_map(|value| find(value, id)),
            Value::Array(items) => items.iter().find_map(|value| find(value, id)),
            _ => None,
        }
    }
    let control = find(&document, id).unwrap();
    ["outcome", "basis", "found", "remedy"].map(|key| control[key].as_str().unwrap_or_default().to_owned())
}

#[test]
fn one_command_writes_what_was_verified_and_the_control_says_who_wrote_it() {
    let dir = unbound();
    let dir = dir.path();
    let [outcome, _, _, remedy] = control(dir, "L1.14");
    assert_eq!(outcome, "missing");
    assert!(remedy.contains(&format!("`touchmark bind {MODEL}`")), "{remedy}");
    let bound = run(dir, &["bind", MODEL]);
    assert_eq!(bound.status.code(), Some(0), "{}", err(&bound));
    assert_eq!(json(&bound)["bill"], BILL);
    let [outcome, basis, found, remedy] = control(dir, "L1.14");
    assert_eq!((outcome.as_str(), basis.as_str(), remedy.as_str()), ("pass", "observed", ""));
    assert!(found.contains(BILL) && found.contains("written by this workspace as observed here"), "{found}");
    let bill: Value = serde_json::from_slice(&fs::read(dir.join(BILL)).unwrap()).unwrap();
    assert!(bill["metadata"]["properties"][0]["value"].as_str().unwrap().starts_with("workspace samples ("));
    assert!(!bill["metadata"]["authors"][0]["name"].as_str().unwrap().is_empty());
    let stated = bill["components"][0]["properties"].as_array().unwrap();
    let value = |name: &str| stated.iter().find(|one| one["name"] == name).unwrap()["value"].clone();
    assert_eq!(value("touchmark:oms:rootDigest"), json(&bound)["root_digest"]);
    assert_eq!(value("touchmark:oms:bundleDigest"), json(&bound)["bundle_digest"]);
    // Of the model it says nothing but its name: its facts have sources of their own.
    assert!(
        bill["components"][0].get("licenses").is_none() && bill["components"][0].get("version").is_none()
    );
    // Once more changes nothing but the time.
    let toml = fs::read_to_string(dir.join("touchmark.toml")).unwrap();
    assert_eq!(run(dir, &["bind", MODEL]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(dir.join("touchmark.toml")).unwrap(), toml);
}

#[test]
fn a_bill_that_only_looks_like_ours_is_declared_and_one_that_was_changed_contradicts() {
    let dir = unbound();
    let dir = dir.path();
    assert_eq!(run(dir, &["bind", MODEL]).status.code(), Some(0));
    // The same values in another document are somebody else's word, and that is what counts then.
    fs::copy(dir.join(BILL), dir.join("boms/copy.cdx.json")).unwrap();
    run(dir, &["scan"]);
    let [outcome, basis, found, _] = control(dir, "L1.14");
    assert_eq!((outcome.as_str(), basis.as_str()), ("pass", "declared"), "{found}");
    assert!(!found.contains("this workspace"), "{found}");
    fs::remove_file(dir.join("boms/copy.cdx.json")).unwrap();
    // A file of that name which states something else is not what this workspace wrote.
    let bill = fs::read_to_string(dir.join(BILL)).unwrap();
    let digest = json(&run(dir, &["bind", MODEL]))["root_digest"].as_str().unwrap().to_owned();
    fs::write(dir.join(BILL), bill.replace(&digest, &"0".repeat(64))).unwrap();
    run(dir, &["scan"]);
    let [outcome, basis, found, _] = control(dir, "L1.14");
    assert_eq!((outcome.as_str(), basis.as_str()), ("fail", "contradicted"), "{found}");
    // Without the note in the workspace's own file nothing is ours.
    fs::write(dir.join(BILL), bill).unwrap();
    let toml = fs::read_to_string(dir.join("touchmark.toml")).unwrap();
    fs::write(dir.join("touchmark.toml"), toml.split("[[binding]]").next().unwrap()).unwrap();
    run(dir, &["scan"]);
    let [outcome, basis, found, _] = control(dir, "L1.14");
    assert_eq!((outcome.as_str(), basis.as_str()), ("pass", "declared"), "{found}");
}

#[test]
fn nothing_is_bound_that_is_not_proven() {
    let dir = unbound();
    let dir = dir.path();
    for (model, status, word) in [
        ("acme/support-bot-7b", 1, "nothing was written"),
        ("vendor/ocr-large", 3, "no signature"),
        ("nobody/none", 2, "neither a model"),
    ] {
        let output = run(dir, &["bind", model]);
        assert_eq!(output.status.code(), Some(status), "{model} {}", err(&output));
        assert!(err(&output).contains(word), "{model} {}", err(&output));
    }
    assert!(!dir.join("bindings").exists());
    let workbench = open(dir, false);
    let error = workbench.bind(&ModelId::new(MODEL)).unwrap_err();
    assert!(error.help.unwrap().contains("touchmark verify"), "never verified");
    verify(&workbench);
    // A link in the place of the folder leads nowhere.
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), dir.join("bindings")).unwrap();
        assert!(workbench.bind(&ModelId::new(MODEL)).is_err());
        assert!(fs::read_dir(elsewhere.path()).unwrap().next().is_none());
    }
}

fn verify(workbench: &Workbench) {
    workbench.wait(workbench.start(JobKind::Verify(vec![ModelId::new(MODEL)])));
}

#[test]
fn one_key_does_the_same_and_says_why_it_cannot() {
    let at = |mut app: App, model: &str| {
        app.go(Screen::Maturity);
        app.current = Some(ModelId::new(model));
        app
    };
    let said = |app: &App| app.message.as_ref().map(|message| format!("{message:?}")).unwrap_or_default();
    let mut app_found = at(app("dark", Some(&seen().found)), MODEL);
    assert!(press(&mut app_found, &["b"]).is_empty());
    assert!(said(&app_found).contains("never verified"), "{}", said(&app_found));
    let mut failing = at(app("dark", Some(&seen().verified)), "acme/support-bot-7b");
    assert!(press(&mut failing, &["b"]).is_empty());
    assert!(said(&failing).contains("does not pass"), "{}", said(&failing));
    let mut good = at(app("dark", Some(&seen().verified)), MODEL);
    let effects = press(&mut good, &["b"]);
    assert!(
        matches!(effects.as_slice(), [Effect::Bind(model)] if *model == ModelId::new(MODEL)),
        "{effects:?} {}",
        said(&good)
    );
    // Changed since.
    let dir = unbound();
    let workbench = open(dir.path(), false);
    verify(&workbench);
    fs::write(dir.path().join("models/lumen/iris-base/config.json"), "{ }").unwrap();
    workbench.wait(workbench.start(JobKind::Scan));
    let mut changed = at(app("dark", Some(&workbench.view())), MODEL);
    assert!(press(&mut changed, &["b"]).is_empty());
    assert!(said(&changed).contains("changed since"), "{}", said(&changed));
    assert!(workbench.bind(&ModelId::new(MODEL)).is_err());
}

/// A snapshot in the cache of a hub, with one file of weights.
fn hub(root: &Path) -> (String, String) {
    let (commit, sum) = ("c0ffee".repeat(6) + "c0ff", "5eed".repeat(16));
    let repository = root.join("models--acme--tiny");
    let snapshot = repository.join("snapshots").join(&commit);
    fs::create_dir_all(&snapshot).unwrap();
    fs::create_dir_all(repository.join("refs")).unwrap();
    fs::create_dir_all(repository.join("blobs")).unwrap();
    fs::write(repository.join("refs/main"), &commit).unwrap();
    let header = r#"{"w":{"dtype":"F32","shape":[2,4],"data_offsets":[0,32]}}"#;
    let mut weights = (header.len() as u64).to_le_bytes().to_vec();
    weights.extend(header.as_bytes());
    weights.extend([0; 32]);
    fs::write(repository.join("blobs").join(&sum), weights).unwrap();
    fs::write(snapshot.join("README.md"), "---\nlicense: mit\nbase_model: acme/base\nmodel-index:\n- results:\n  - dataset: {name: all}\n    metrics:\n    - {type: acc, value: 0.9}\n---\n").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(format!("../../blobs/{sum}"), snapshot.join("model.safetensors")).unwrap();
    (commit, sum)
}

#[cfg(unix)]
#[test]
fn an_export_has_what_is_known_of_a_model_and_no_path_of_this_machine_and_reads_back() {
    let (dir, elsewhere, other) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (commit, sum) = hub(elsewhere.path());
    for workspace in [dir.path(), other.path()] {
        assert_eq!(touchmark(["init", workspace.to_str().unwrap()]).status.code(), Some(0));
    }
    run(dir.path(), &["scan", elsewhere.path().to_str().unwrap()]);
    let facts = |workspace: &Path| {
        let shown = json(&run(workspace, &["show", "acme/tiny"]));
        let facts = shown["model"]["facts"].as_array().unwrap();
        let of = |key: &str| {
            let values = facts.iter().filter(|fact| fact["key"] == key);
            values.map(|fact| fact["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        ["version", "purl", "licence", "parameters", "data-type", "metric", "base-model"].map(of)
    };
    let before = facts(dir.path());
    assert_eq!(before[1], [format!("pkg:huggingface/acme/tiny@{commit}")]);
    assert_eq!(before[3], ["8"]);
    for form in
        [&["--as", "cyclonedx"][..], &["--as", "cyclonedx", "--spec-version", "1.6"], &["--as", "spdx"]]
    {
        let words: Vec<&str> = ["export", "acme/tiny"].iter().chain(form).copied().collect();
        let text = out(&run(dir.path(), &words));
        for place in [elsewhere.path(), dir.path()] {
            assert!(!text.contains(place.to_str().unwrap()), "{text}");
        }
        assert!(text.contains(&sum) && text.contains("model.safetensors"), "{text}");
        let bill = other.path().join("tiny.json");
        fs::write(&bill, &text).unwrap();
        let imported = run(other.path(), &["import", bill.to_str().unwrap()]);
        assert_eq!(json(&imported)["bills"][0]["findings"], serde_json::json!([]), "{}", out(&imported));
        let mut after = facts(other.path());
        after.iter_mut().zip(&before).for_each(|(after, before)| {
            if after.iter().all(|value| before.iter().any(|known| known.eq_ignore_ascii_case(value))) {
                after.clone_from(before);
            }
        });
        assert_eq!(after, before, "{form:?}");
    }
}

#[test]
fn the_signature_of_a_model_outside_the_workspace_is_named_without_its_place() {
    let samples = copy_of_samples();
    let dir = tempfile::tempdir().unwrap();
    for name in ["keys", "policies"] {
        crate::support::copy(&samples.path().join(name), &dir.path().join(name));
    }
    let toml = fs::read_to_string(samples.path().join("touchmark.toml")).unwrap();
    let head = toml.split("[[source]]").next().unwrap();
    let models = samples.path().join("models").canonicalize().unwrap();
    let models = models.to_str().unwrap().replace('\\', "/");
    fs::write(
        dir.path().join("touchmark.toml"),
        format!("{head}[[source]]\nkind = \"models\"\npath = \"{models}\"\n"),
    )
    .unwrap();
    run(dir.path(), &["scan"]);
    let bound = run(dir.path(), &["bind", MODEL]);
    assert_eq!(bound.status.code(), Some(0), "{}", err(&bound));
    let bill = fs::read_to_string(dir.path().join(BILL)).unwrap();
    let exported = out(&run(dir.path(), &["export", MODEL]));
    for text in [bill, exported] {
        assert!(text.contains("\"model.sig\"") && text.contains("touchmark:oms:rootDigest"), "{text}");
        assert!(!text.contains(&models), "{text}");
    }
}
