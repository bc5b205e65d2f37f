//! What imported feeds do to L3.20: judged again at once and by a fresh start alike, named by decisions, replayed to the
//! byte, and over after thirty days.

use crate::feeds::{AVID, osv};
use crate::support::{err, out, touchmark};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use touchmark::decision::Decision;
use touchmark::feed::TriageState;
use touchmark::inventory::ModelId;
use touchmark::maturity::{ControlFact, UseFact};
use touchmark::signing::{Outcome, Progress};
use touchmark::view::View;
use touchmark::view::forecast::Cause;
use touchmark::workbench::{NewFeed, NewTriage, OpenOptions, Workbench};

const POLICY: &str = r#"
schema = "trust-policy/0.1"
name = "w"
version = "1"
default = "deny"
[trust.own]
kind = "key"
files = ["own.pub"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["own"]
[freshness]
max_verification_age_days = 365
[[stage]]
name = "dev"
min_level = 0
require = ["L3.20"]
on_contradicted = "closed"
on_missing = "open"
on_error = "open"
on_unavailable = "warn"
"#;
const WORKSPACE: &str = r#"
schema = "workspace/0.1"
name = "w"
stage = "dev"
policy = "policy.toml"
[[source]]
kind = "models"
path = "models"
[[source]]
kind = "bom"
path = "boms"
"#;

/// A workspace of signed and verified models: with a package URL, with a commit, and two with a name alone.
fn desk() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    let write = |name: &str, text: &str| {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), text).unwrap();
    };
    write("touchmark.toml", WORKSPACE);
    write("policy.toml", POLICY);
    let commit = format!("pkg:huggingface/acme/snapshot@{}", "ab".repeat(20));
    let models = [
        ("bot", Some("pkg:generic/acme/bot@1.4.0")),
        ("snapshot", Some(commit.as_str())),
        ("talker", None),
        ("quiet", None),
    ];
    let works = |words: &[&str]| {
        let done = touchmark(words.iter().map(|word| word.replace("ROOT", root.to_str().unwrap())));
        assert!(done.status.success(), "{words:?}: {}{}", out(&done), err(&done));
    };
    works(&["key", "generate", "ROOT/own", "--no-password"]);
    let mut components = Vec::new();
    for (name, purl) in models {
        let mut model = json!({"type": "machine-learning-model", "group": "acme", "name": name});
        purl.inspect(|purl| model["purl"] = json!(purl));
        components.push(model);
        write(&format!("models/acme/{name}/config.json"), &format!("{{\"name\": \"{name}\"}}"));
        let folder = format!("ROOT/models/acme/{name}");
        let signature = format!("{folder}/model.sig");
        works(&["sign", "key", &folder, "--private-key", "ROOT/own", "--signature", &signature]);
    }
    let bill =
        json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components});
    write("boms/m.cdx.json", &bill.to_string());
    works(&["scan", "--workspace", "ROOT"]);
    for (name, _) in models {
        // Without a feed the stage warns.
        let done = touchmark(["verify", &format!("acme/{name}"), "--workspace", root.to_str().unwrap()]);
        assert!(matches!(done.status.code(), Some(0 | 5)), "{}{}", out(&done), err(&done));
    }
    dir
}

fn open(root: &Path, at: Option<Timestamp>) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(root.to_owned()), at, ..OpenOptions::default() }).unwrap()
}

/// What the control comes to for each model, and what is decided.
fn stands(view: &View) -> Vec<(String, Outcome, Decision)> {
    let one = |index: usize| {
        let verdict = view.verdict(index).unwrap();
        let found = verdict.assessment.of("L3.20").unwrap().outcome;
        assert_eq!(view.judgement.standing(index).unwrap().decision, verdict.decision);
        (verdict.model.raw().to_owned(), found, verdict.decision)
    };
    (0..view.models.len()).map(one).collect()
}

/// The outcomes of bot, quiet, snapshot and talker; those of a fresh start are the same.
#[track_caller]
fn holds(workbench: &Workbench, root: &Path) -> [Outcome; 4] {
    let stood = stands(&workbench.view());
    assert_eq!(stood, stands(&open(root, None).view()), "a fresh start comes to the same");
    stood.into_iter().map(|(_, outcome, _)| outcome).collect::<Vec<_>>().try_into().unwrap()
}

fn import(workbench: &Workbench, name: &str, text: &str) -> Timestamp {
    let path = workbench.view().workspace.root.join(name);
    fs::write(&path, text).unwrap();
    workbench.import_feed(&NewFeed { path, ..NewFeed::default() }).unwrap().at
}

fn triage(workbench: &Workbench, model: &str, id: &str, state: TriageState) {
    let (index, _) =
        workbench.view().model(&ModelId::new(model)).map(|(index, model)| (index, model.clone())).unwrap();
    let new = NewTriage { id: id.to_owned(), state, reason: "looked".to_owned(), by: "Ann".to_owned() };
    workbench.triage_match(index, &new).unwrap();
}

fn json_of(root: &Path, words: &[&str], status: i32) -> Value {
    let done =
        touchmark(words.iter().copied().chain(["--format", "json", "--workspace", root.to_str().unwrap()]));
    assert_eq!(done.status.code(), Some(status), "{words:?}: {}{}", out(&done), err(&done));
    serde_json::from_slice(&done.stdout).unwrap()
}

#[test]
fn what_feeds_say_is_judged_at_once_named_by_decisions_and_replayed() {
    use Outcome::{Fail, Partial, Pass, Unknown};
    let dir = desk();
    let root = dir.path();
    let workbench = open(root, None);
    assert_eq!(holds(&workbench, root), [Unknown; 4]);
    // A feed that names nothing that is affected says nothing of models.
    import(&workbench, "atlas.yaml", crate::feeds::ATLAS);
    assert_eq!(holds(&workbench, root), [Unknown; 4]);
    let avid = |named: &str| AVID.replace("Talker", named);
    import(&workbench, "avid.json", &avid("Somebody"));
    assert_eq!(holds(&workbench, root), [Pass; 4]);
    assert!(open(root, None).view().usage.values().all(|usage| usage.threats.is_empty()));
    let one = |fixed: &str| osv("X-1", "pkg:generic/acme/bot", fixed);
    let both =
        |fixed: &str| format!("{}\n{}", one(fixed), osv("X-2", "pkg:huggingface/acme/snapshot", "2.0.0"));
    import(&workbench, "osv.json", &both("1.5.0"));
    assert_eq!(holds(&workbench, root), [Fail, Pass, Partial, Pass]);
    import(&workbench, "avid.json", &avid("Talker"));
    assert_eq!(holds(&workbench, root), [Fail, Pass, Partial, Partial]);
    // A gate names what it rests on.
    let refused = json_of(root, &["gate", "acme/bot", "--stage", "dev"], 1);
    assert_eq!(refused["verdict"]["decision"], "refuse");
    let records = json_of(root, &["ledger", "show"], 0)["records"].clone();
    let decision =
        records.as_array().unwrap().iter().rfind(|record| record["kind"] == "decision").unwrap().clone();
    let body: Value = serde_json::from_str(decision["body"].as_str().unwrap()).unwrap();
    let mut named: Vec<&Value> =
        body["inputs"]["feeds"].as_array().unwrap().iter().map(|feed| &feed["digest"]).collect();
    let listed = json_of(root, &["feed", "list"], 0)["feeds"].clone();
    let mut kept: Vec<&Value> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|feed| feed["kind"] != "atlas")
        .map(|feed| &feed["kept"])
        .collect();
    named.sort_by_key(|digest| digest.to_string());
    kept.sort_by_key(|digest| digest.to_string());
    assert_eq!((named.len(), named), (2, kept));
    // The workbench that is open takes what another process recorded, and a triage counts at once.
    triage(&workbench, "acme/bot", "CVE-X-1", TriageState::UnderInvestigation);
    assert_eq!(holds(&workbench, root), [Partial, Pass, Partial, Partial]);
    triage(&workbench, "acme/bot", "X-1", TriageState::NotAffected);
    triage(&workbench, "acme/snapshot", "X-2", TriageState::Fixed);
    triage(&workbench, "acme/talker", "AVID-2026-R0001", TriageState::Affected);
    assert_eq!(holds(&workbench, root), [Pass, Pass, Pass, Fail]);
    // The entry changed: its match is open again, and the other one is not.
    import(&workbench, "osv.json", &both("1.6.0"));
    assert_eq!(holds(&workbench, root), [Fail, Pass, Pass, Fail]);
    // Entries that the feed no longer has say nothing any more.
    import(&workbench, "osv.json", &osv("X-9", "pkg:generic/acme/another", "1.0.0"));
    assert_eq!(holds(&workbench, root), [Pass, Pass, Pass, Fail]);
    let replayed = json_of(root, &["ledger", "replay", &decision["seq"].to_string()], 0);
    assert_eq!(replayed["same"], true, "{replayed}");
}

#[test]
fn a_feed_counts_for_thirty_days_and_a_forecast_knows_the_moment() {
    let dir = desk();
    let root = dir.path();
    let workbench = open(root, None);
    let imported = import(&workbench, "osv.json", &osv("X-1", "pkg:generic/acme/bot", "1.5.0"));
    let over = imported + SignedDuration::from_secs(30 * 86_400 + 1);
    let until = imported + SignedDuration::from_hours(24 * 40);
    let forecast = workbench.forecast(until, &Progress::default()).unwrap();
    let at = |moment: Timestamp| stands(&open(root, Some(moment)).view());
    let (before, after) = (at(over - SignedDuration::from_secs(1)), at(over));
    assert_eq!(before, stands(&workbench.view()));
    let turned: Vec<&str> =
        before.iter().zip(&after).filter(|(b, a)| b.2 != a.2).map(|(b, _)| b.0.as_str()).collect();
    assert_eq!(turned, ["acme/quiet", "acme/snapshot", "acme/talker"], "what fails does so still: {after:?}");
    let [step] = forecast.steps.as_slice() else { panic!("{:?}", forecast.steps) };
    assert_eq!(step.at, over);
    let mut named: Vec<&str> = Vec::new();
    for group in &step.groups {
        assert_eq!(group.causes, [Cause::FeedTooOld]);
        named.extend(group.models.iter().map(|one| one.model.raw()));
    }
    named.sort_unstable();
    assert_eq!(named, turned);
    let view = open(root, Some(over)).view();
    let (index, _) = view.model(&ModelId::new("acme/quiet")).unwrap();
    let fact = view.verdict(index).unwrap().assessment.of("L3.20").unwrap().fact.clone();
    assert_eq!(fact, ControlFact::Use(UseFact::FeedTooOld { imported, most_days: 30 }));
}
