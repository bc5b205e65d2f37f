//! The samples' claims: the commands of their README lead to the levels that it names, and what is downstream of a
//! compromised identity is what it predicts, in every face. `TOUCHMARK_SAMPLES` names another copy of them, made anew.

use crate::samples_controls::outcomes;
use crate::support::{copy_with_seal, err, out, samples};
use crate::tui::{app, open, shown};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use touchmark::inventory::ModelId;
use touchmark::lineage::Side;
use touchmark::tui::Popup;
use touchmark::workbench::JobKind;

#[derive(Deserialize)]
pub struct Expected {
    pub model: Vec<Named>,
    level: Vec<Level>,
    blast: Groups,
}

#[derive(Deserialize)]
pub struct Named {
    pub id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    model: String,
    own: u8,
    effective: u8,
    sentence: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    subject: String,
    since: toml::value::Datetime,
    tainted: BTreeSet<String>,
    suspect: BTreeSet<String>,
    clean: BTreeSet<String>,
}

pub fn expected() -> Expected {
    toml::from_str(&fs::read_to_string(samples().join("expected.toml")).unwrap()).unwrap()
}

pub fn run(dir: &Path, words: &[&str]) -> (Option<i32>, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(words)
        .current_dir(dir)
        .env("XDG_STATE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("state"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    crate::documents::hold(&done);
    (done.status.code(), out(&done), err(&done))
}

#[track_caller]
fn works(dir: &Path, words: &[&str]) -> String {
    let (status, said, error) = run(dir, words);
    assert_eq!(status, Some(0), "{words:?}\n{said}{error}");
    said
}

#[track_caller]
pub fn says(dir: &Path, words: &[&str]) -> Value {
    serde_json::from_str(&works(dir, &[words, &["--format", "json"]].concat())).unwrap()
}

/// The commands of the first block below a heading of the README.
fn commands(heading: &str) -> Vec<String> {
    let text = fs::read_to_string(samples().join("README.md")).unwrap();
    let (_, section) = text.split_once(&format!("## {heading}\n")).unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    block.split_once("```").unwrap().0.lines().map(str::to_owned).collect()
}

/// The samples after the commands below `Levels`, in the folder that these lead to.
pub struct Walked {
    _dir: tempfile::TempDir,
    pub workspace: PathBuf,
}

pub fn walked() -> &'static Walked {
    static WALKED: OnceLock<Walked> = OnceLock::new();
    WALKED.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let mut here = dir.path().to_owned();
        for line in commands("Levels") {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["cd", name] => here = here.join(name),
                // What lies inside the program is what the repository has.
                ["touchmark", "demo", name] if std::env::var_os("TOUCHMARK_SAMPLES").is_some() => {
                    copy_with_seal(&samples(), &here.join(name));
                }
                ["touchmark", words @ ..] => {
                    let (status, said, error) = run(&here, words);
                    // What is refused ends with 1, and one of those that are scored is.
                    let is_done =
                        status == Some(0) || status == Some(1) && words.contains(&"acme/support-bot-voice");
                    assert!(is_done, "{line}: {status:?}\n{said}{error}");
                }
                other => panic!("{other:?}"),
            }
        }
        Walked { _dir: dir, workspace: here }
    })
}

#[test]
fn the_commands_of_the_readme_lead_to_the_levels_that_it_names() {
    let here = &walked().workspace;
    let expected = expected();
    for Level { model, own, effective, sentence } in &expected.level {
        let verdict = &says(here, &["score", model])["verdicts"][0]["verdict"];
        let found = (&verdict["assessment"]["score"]["own"], &verdict["effective"]);
        assert_eq!(found, (&(*own).into(), &(*effective).into()), "{model}: {verdict:#}");
        let why = says(here, &["why", model]);
        assert_eq!(why["sentence"].as_str(), sentence.as_deref(), "{model}");
    }
    let levels: BTreeSet<u8> = expected.level.iter().map(|level| level.effective).collect();
    assert_eq!(levels, BTreeSet::from([0, 1, 2, 3]));
    let of =
        |level: u8| expected.level.iter().filter(|row| row.own == level && row.effective == level).count();
    assert!([1, 2, 3].into_iter().all(|level| of(level) >= 2), "a family is a root and what comes from it");
    // The table of the README says the same.
    let readme = fs::read_to_string(samples().join("README.md")).unwrap();
    for Level { model, own, effective, sentence } in &expected.level {
        let level = if own == effective { format!("L{own}") } else { format!("L{own} → L{effective}") };
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{model}` | {level} |")));
        let row = row.unwrap_or_else(|| panic!("{model} at {level} is not in the README"));
        assert!(sentence.as_ref().is_none_or(|sentence| row.contains(sentence)), "{row}");
    }
}

#[test]
fn what_keeps_a_level_from_rising_is_said_of_what_was_verified_and_of_no_parent_that_still_may_be() {
    let dir = tempfile::tempdir().unwrap();
    copy_with_seal(&samples(), dir.path());
    let sentence = |model: &str| says(dir.path(), &["why", model])["sentence"].clone();
    assert_eq!(sentence("acme/claims-sorter"), Value::Null, "nobody has verified it");
    works(dir.path(), &["score", "acme/claims-sorter", "northwind/harbour-7b-instruct"]);
    let said = sentence("acme/claims-sorter");
    assert!(said.as_str().unwrap().ends_with("vendor/claims-lora, which is not signed."), "{said}");
    // Its own parent may still be verified.
    assert_eq!(sentence("northwind/harbour-7b-instruct"), Value::Null);
    let said = works(dir.path(), &["why", "acme/claims-sorter"]);
    assert!(said.contains("What keeps its level at 1\n"), "{said}");
    let lifted = says(dir.path(), &["why", "acme/claims-sorter"])["lift"].clone();
    assert!(lifted["what"].as_str().unwrap().contains("vendor/claims-lora"), "{lifted}");
}

#[test]
fn without_the_gates_decision_what_runs_in_production_is_not_at_level_3() {
    let dir = tempfile::tempdir().unwrap();
    copy_with_seal(&samples(), dir.path());
    let models = ["orchid/speech-1", "orchid/speech-1-distilled"];
    let found = says(dir.path(), &["score", models[0], models[1]]);
    let own = |at: usize| found["verdicts"][at]["verdict"]["assessment"]["score"].clone();
    assert_eq!((&own(0)["own"], &own(1)["own"]), (&3.into(), &2.into()));
    assert_eq!(own(1)["open_musts"], serde_json::json!(["L3.13"]));
}

#[test]
fn without_its_claims_or_without_the_policys_signature_nothing_is_at_level_3() {
    let dir = tempfile::tempdir().unwrap();
    copy_with_seal(&samples(), dir.path());
    let of = |dir: &Path| says(dir, &["score", "orchid/speech-1"])["verdicts"][0]["verdict"].clone();
    fs::remove_file(dir.path().join("policies/samples.toml.sig")).unwrap();
    let verdict = of(dir.path());
    assert_eq!((&verdict["assessment"]["score"]["own"], &verdict["decision"]), (&2.into(), &"admit".into()));
    assert_eq!(outcomes(&verdict)["L3.10"], "partial");
    fs::remove_file(dir.path().join("models/orchid/speech-1/claims.jsonl")).unwrap();
    assert_eq!(of(dir.path())["assessment"]["score"]["own"], 1);
    // A policy that was changed after it was signed lets nothing in.
    let dir = tempfile::tempdir().unwrap();
    copy_with_seal(&samples(), dir.path());
    let policy = dir.path().join("policies/samples.toml");
    fs::write(&policy, fs::read_to_string(&policy).unwrap() + "\n# more\n").unwrap();
    let verdict = of(dir.path());
    assert_eq!(outcomes(&verdict)["L3.10"], "fail");
    assert_eq!(verdict["decision"], "refuse");
}

#[test]
fn what_is_downstream_of_a_compromised_identity_is_what_the_readme_predicts_in_every_face() {
    let expected = expected();
    let Groups { subject, since, tainted, suspect, clean } = &expected.blast;
    let since = since.to_string();
    let wanted = BTreeMap::from([("tainted", tainted), ("suspect", suspect), ("clean", clean)]);
    assert!(wanted.values().all(|group| group.len() >= 3));
    let dir = tempfile::tempdir().unwrap();
    copy_with_seal(&samples(), dir.path());
    let workbench = open(dir.path(), false);
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(JobKind::Verify(ids)));
    // The command is the one of the README.
    let typed = format!("touchmark blast '{subject}' --since {since}");
    assert!(commands("Blast radius").contains(&typed), "{typed}");
    let words = ["blast", subject.as_str(), "--since", &since];

    let document = says(dir.path(), &words);
    for (group, wanted) in &wanted {
        let rows = document["models"].as_array().unwrap().iter().filter(|row| row["group"] == *group);
        let found: BTreeSet<String> = rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, **wanted, "{group} in the document");
        assert_eq!(document[*group], wanted.len(), "{group} counted");
    }

    let human = works(dir.path(), &words);
    let mut in_text: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut group = None;
    for line in human.lines() {
        let heading = [("✗ tainted (", "tainted"), ("? suspect (", "suspect"), ("✓ proven clean (", "clean")];
        if let Some((_, name)) = heading.iter().find(|(heading, _)| line.starts_with(heading)) {
            group = Some(*name);
        } else if let Some(group) = group
            && let Some(row) = line.strip_prefix("  ")
            && let Some(model) = row.split_whitespace().next().filter(|word| word.contains('/'))
        {
            in_text.entry(group).or_default().insert(model.to_owned());
        }
    }
    let wanted_in_text: BTreeMap<&str, BTreeSet<String>> =
        wanted.iter().map(|(group, models)| (*group, (**models).clone())).collect();
    assert_eq!(in_text, wanted_in_text, "{human}");

    let view = workbench.view();
    let blast = view.blast(&view.blamed(subject).unwrap(), Some(since.parse().unwrap()));
    for (side, group) in [(Side::Tainted, "tainted"), (Side::Suspect, "suspect"), (Side::Clean, "clean")] {
        let found: BTreeSet<String> = blast.of(side).map(|row| row.struck.id.raw().to_owned()).collect();
        assert_eq!(found, *wanted[group], "{group} in the view");
    }
    let mut app = app("dark", Some(&view));
    app.popup = Some(Popup::Blast { blast: Arc::new(blast), cursor: 0 });
    let drawn = shown(&mut app, 200, 60);
    for (word, group) in [("tainted", "tainted"), ("suspect", "suspect"), ("proven clean", "clean")] {
        let rows = drawn.lines().filter(|line| line.contains(&format!(" {word} ")) && line.contains('/'));
        let found: BTreeSet<String> = rows
            .filter_map(|line| line.split_whitespace().find(|word| word.contains('/')).map(str::to_owned))
            .collect();
        assert_eq!(found, *wanted[group], "{group} on the screen\n{drawn}");
    }
    assert!(drawn.contains("3 tainted · 10 suspect · 4 proven clean"), "{drawn}");

    // Where they run, and who has to know.
    assert_eq!(document["exposed_deployments"], 2);
    assert_eq!(document["owners"], serde_json::json!(["claims team", "platform team"]));
    assert!(human.contains("production claims-desk/eu-1 (claims team)"), "{human}");
}
