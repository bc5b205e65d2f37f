//! Reports in the forms that other programs import: OSCAL, CycloneDX attestations, SARIF and JUnit. Each says what the
//! JSON form says, refers to nothing that is not there, and holds up before the judges of its own makers.

use crate::attesting::Desk;
use crate::reports::{AT, MODEL, desk, hostile, json, report};
use crate::support::{err, out};
use quick_xml::events::Event;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

const OSCAL: [&str; 6] = [
    "catalog.json",
    "profile.json",
    "system-security-plan.json",
    "assessment-plan.json",
    "assessment-results.json",
    "plan-of-action-and-milestones.json",
];

/// The documents of a set, by the names of their files.
fn set(folder: &Path) -> BTreeMap<String, Value> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
    };
    files.map(read).collect()
}

fn oscal(desk: &Desk, about: &[&str], folder: &str) -> BTreeMap<String, Value> {
    report(desk, &[about, &["--as", "oscal", "-o", folder]].concat());
    set(&desk.path(folder))
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// All values of members of this name, wherever they stand.
fn members<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(name));
            object.values().for_each(|value| members(value, name, found));
        }
        Value::Array(items) => items.iter().for_each(|value| members(value, name, found)),
        _ => {}
    }
}

fn texts<'v>(value: &'v Value, name: &str) -> BTreeSet<&'v str> {
    let mut found = Vec::new();
    members(value, name, &mut found);
    found.into_iter().filter_map(Value::as_str).collect()
}

fn prop<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    let props = list(value, "/props");
    props.iter().find(|prop| prop["name"] == name).and_then(|prop| prop["value"].as_str())
}

#[test]
fn a_set_of_oscal_says_what_the_report_says_and_refers_to_what_is_there() {
    let desk = desk();
    let all = oscal(&desk, &["--producer", "acme"], "acme");
    assert_eq!(all.keys().map(String::as_str).collect::<BTreeSet<_>>(), OSCAL.into_iter().collect());
    let found = json(&desk, &["--producer", "acme"]);
    let rubric = fs::read_to_string("policies/rubric/aimm.toml").unwrap();
    // The catalogue and the profile have every control.
    let catalog = &all["catalog.json"]["catalog"];
    let controls: Vec<&Value> =
        list(catalog, "/groups").iter().flat_map(|group| list(group, "/controls")).collect();
    assert_eq!(controls.len(), 57);
    for control in &controls {
        let id = control["id"].as_str().unwrap();
        assert!(rubric.contains(&format!("\nid = \"{id}\"\n")), "{id}");
        assert_eq!(prop(control, "label"), Some(id));
        let parts: Vec<&str> =
            list(control, "/parts").iter().filter_map(|part| part["name"].as_str()).collect();
        assert_eq!(parts, ["statement", "assessment-objective", "assessment-method", "guidance"], "{id}");
    }
    let selected = texts_of_lists(&all["profile.json"], "with-ids");
    assert_eq!(selected, controls.iter().map(|control| control["id"].as_str().unwrap()).collect());
    // Each document imports the one before it by the name of its file.
    for (file, pointer, href) in [
        ("profile.json", "/profile/imports/0/href", "catalog.json"),
        ("system-security-plan.json", "/system-security-plan/import-profile/href", "profile.json"),
        ("assessment-plan.json", "/assessment-plan/import-ssp/href", "system-security-plan.json"),
        ("assessment-results.json", "/assessment-results/import-ap/href", "assessment-plan.json"),
        (
            "plan-of-action-and-milestones.json",
            "/plan-of-action-and-milestones/import-ssp/href",
            "system-security-plan.json",
        ),
    ] {
        assert_eq!(all[file].pointer(pointer), Some(&href.into()), "{file}");
    }
    for document in all.values() {
        let body = document.as_object().unwrap().values().next().unwrap();
        assert_eq!(body["metadata"]["oscal-version"], "1.2.1");
        assert_eq!(body["metadata"]["last-modified"], AT);
    }
    // The models are components, each with what the report says of it.
    let system = &all["system-security-plan.json"]["system-security-plan"];
    let components = list(system, "/system-implementation/components");
    let models = found["models"].as_array().unwrap();
    assert_eq!(components.len(), models.len() + 1);
    assert_eq!(components[0]["type"], "this-system");
    let mut by_uuid: BTreeMap<&str, &str> = BTreeMap::new();
    for (component, model) in components[1..].iter().zip(models) {
        assert_eq!(prop(component, "model"), model["id"].as_str());
        assert_eq!(prop(component, "root-digest-sha256"), model["root_digest"].as_str());
        assert_eq!(prop(component, "decision"), model["decision"].as_str());
        let level = |name: &str| (model["is_measured"] == true).then(|| model[name].to_string());
        assert_eq!(prop(component, "own-level").map(str::to_owned), level("own"));
        assert_eq!(prop(component, "effective-level").map(str::to_owned), level("effective"));
        let is_used = model["deployments"].as_u64() != Some(0);
        assert_eq!(component["status"]["state"], if is_used { "operational" } else { "other" });
        by_uuid.insert(component["uuid"].as_str().unwrap(), model["id"].as_str().unwrap());
    }
    assert!(components.iter().any(|component| component["status"]["state"] == "operational"));
    let plan = &all["assessment-plan.json"]["assessment-plan"];
    let subjects = texts(&plan["assessment-subjects"], "subject-uuid");
    assert_eq!(subjects, by_uuid.keys().copied().collect());
    assert_eq!(prop(plan, "x"), None);
    assert_eq!(prop(&plan["metadata"], "policy-sha256"), found["rests_on"]["policy"]["digest"].as_str());
    assert_eq!(prop(&plan["metadata"], "stage"), found["rests_on"]["stage"].as_str());
    results_are_those_of_the_models(&desk, &all, &by_uuid);
    the_way_up_is_the_plan_of_action(&desk, &all, models);
}

fn texts_of_lists<'v>(value: &'v Value, name: &str) -> BTreeSet<&'v str> {
    let mut found = Vec::new();
    members(value, name, &mut found);
    found.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str).collect()
}

fn results_are_those_of_the_models(
    desk: &Desk,
    all: &BTreeMap<String, Value>,
    by_uuid: &BTreeMap<&str, &str>,
) {
    let results = &all["assessment-results.json"]["assessment-results"];
    let observations = list(results, "/results/0/observations");
    assert_eq!(observations.len(), 57 * by_uuid.len());
    let resources: BTreeMap<String, &Value> = list(results, "/back-matter/resources")
        .iter()
        .map(|resource| (format!("#{}", resource["uuid"].as_str().unwrap()), resource))
        .collect();
    assert_eq!(resources.len(), list(results, "/back-matter/resources").len(), "a resource stands twice");
    let mut outcomes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut reports: BTreeMap<&str, Value> = BTreeMap::new();
    for observation in observations {
        let model = by_uuid[observation["subjects"][0]["subject-uuid"].as_str().unwrap()];
        let of_model = reports.entry(model).or_insert_with(|| json(desk, &[model]));
        let (id, outcome) = (prop(observation, "label").unwrap(), prop(observation, "outcome").unwrap());
        let controls = of_model["detail"]["controls"].as_array().unwrap();
        let control = controls.iter().find(|control| control["id"] == id).unwrap();
        assert_eq!(control["outcome"], outcome, "{model} {id}");
        assert_eq!(prop(observation, "basis"), control["basis"].as_str(), "{model} {id}");
        let evidence = list(observation, "/relevant-evidence");
        for (piece, theirs) in list(control, "/evidence").iter().zip(evidence) {
            let resource = resources[theirs["href"].as_str().unwrap()];
            assert_eq!(resource["rlinks"][0]["hashes"][0]["value"], piece["sha256"], "{model} {id}");
            assert_eq!(resource["rlinks"][0]["hashes"][0]["algorithm"], "SHA-256");
        }
        assert_eq!(evidence.len(), list(control, "/evidence").len().max(1), "{model} {id}");
        let methods = if outcome == "unknown" { "UNKNOWN" } else { "EXAMINE" };
        assert_eq!(observation["methods"], serde_json::json!([methods]));
        outcomes.entry(id).or_default().push(outcome);
    }
    // A finding is there exactly where it is known whether the control is satisfied.
    let known = texts(&results["results"][0]["observations"], "uuid");
    let findings = list(results, "/results/0/findings");
    let mut states: BTreeSet<Option<&str>> = BTreeSet::new();
    for (id, found) in &outcomes {
        let any = |words: &[&str]| found.iter().any(|outcome| words.contains(outcome));
        let state = match () {
            () if any(&["fail", "missing", "partial"]) => Some("not-satisfied"),
            () if any(&["unknown"]) || !any(&["pass"]) => None,
            () => Some("satisfied"),
        };
        let finding = findings.iter().find(|finding| prop(finding, "label") == Some(id));
        let said = finding.map(|finding| finding["target"]["status"]["state"].as_str().unwrap());
        assert_eq!(said, state, "{id}: {found:?}");
        if let Some(finding) = finding {
            assert_eq!(finding["target"]["target-id"], format!("{id}_obj"));
            let related = texts(finding, "observation-uuid");
            assert_eq!(related.len(), by_uuid.len(), "{id}");
            assert!(related.is_subset(&known), "{id}");
        }
        states.insert(state);
    }
    assert!(states.contains(&None) && states.contains(&Some("not-satisfied")), "{states:?}");
}

fn the_way_up_is_the_plan_of_action(desk: &Desk, all: &BTreeMap<String, Value>, models: &[Value]) {
    let plan = &all["plan-of-action-and-milestones.json"]["plan-of-action-and-milestones"];
    let (risks, items) = (list(plan, "/risks"), list(plan, "/poam-items"));
    assert_eq!((risks.len(), items.len()), (models.len(), models.len()), "every model has a next level");
    let known = texts(&plan["observations"], "uuid");
    let resources = texts(&plan["back-matter"], "uuid");
    for href in texts(&plan["observations"], "href") {
        assert!(resources.contains(href.trim_start_matches('#')), "{href}");
    }
    for ((risk, item), model) in risks.iter().zip(items).zip(models) {
        assert_eq!(item["related-risks"][0]["risk-uuid"], risk["uuid"]);
        let id = model["id"].as_str().unwrap();
        // `score` would verify first what nobody verified yet.
        if model["is_measured"] == false {
            continue;
        }
        // Its status says how the model fares.
        let scored = desk.run(&["score", id, "--next", "--at", AT, "--format", "json"]);
        let said: Value = serde_json::from_slice(&scored.stdout).unwrap();
        let way_up = &said["next"][0];
        let ways = if way_up["to_effective"].is_null() { &way_up["to_own"] } else { &way_up["to_effective"] };
        let title = format!("to level {}", ways["level"]);
        assert!(item["title"].as_str().unwrap().ends_with(&title), "{item}: {title}");
        let (ours, theirs) = (list(risk, "/remediations"), list(ways, "/ways"));
        assert_eq!(ours.len(), theirs.len(), "{id}");
        for (ours, theirs) in ours.iter().zip(theirs) {
            let (tasks, steps) = (list(ours, "/tasks"), list(theirs, "/steps"));
            assert_eq!(tasks.len(), steps.len() + 1, "{id}");
            assert_eq!(tasks.last().unwrap()["type"], "milestone");
            for (task, step) in tasks.iter().zip(steps) {
                assert_eq!(task["type"], "action");
                assert_eq!(prop(task, "party"), step["party"].as_str());
                assert_eq!(task["description"].is_null(), step["command"].is_null(), "{id}: {task}");
            }
        }
        let related = texts(risk, "observation-uuid");
        assert!(related.is_subset(&known), "{id}");
        if way_up["to_effective"].is_null() {
            assert_eq!(related.len(), list(ways, "/open").len(), "{id}");
        }
    }
    assert!(!known.is_empty());
}

#[test]
fn the_same_report_is_the_same_set_and_another_has_other_names() {
    let desk = desk();
    let once = oscal(&desk, &[MODEL], "once");
    assert_eq!(once, oscal(&desk, &[MODEL], "again"));
    for name in OSCAL {
        let bytes = |folder: &str| fs::read(desk.path(folder).join(name)).unwrap();
        assert_eq!(bytes("once"), bytes("again"), "{name}");
    }
    let whole = oscal(&desk, &[], "whole");
    let uuid = |set: &BTreeMap<String, Value>, pointer: &str| {
        set.values().find_map(|document| document.pointer(pointer)).unwrap().as_str().unwrap().to_owned()
    };
    // What is the same thing has the same name in both; what only one report says does not.
    assert_eq!(uuid(&once, "/catalog/uuid"), uuid(&whole, "/catalog/uuid"));
    for pointer in ["/assessment-results/uuid", "/assessment-results/results/0/observations/0/uuid"] {
        assert_ne!(uuid(&once, pointer), uuid(&whole, pointer));
    }
    let component = |set: &BTreeMap<String, Value>| {
        let all =
            list(&set["system-security-plan.json"], "/system-security-plan/system-implementation/components");
        all.iter().find(|one| prop(one, "model") == Some(MODEL)).unwrap()["uuid"].clone()
    };
    assert_eq!(component(&once), component(&whole));
    desk.works(&["review", "approve", MODEL, "--reason", "looked at it"]);
    let later = oscal(&desk, &[MODEL], "later");
    assert_ne!(uuid(&once, "/assessment-results/uuid"), uuid(&later, "/assessment-results/uuid"));
    assert_eq!(component(&once), component(&later));
}

#[test]
fn a_set_is_written_whole_into_a_folder_that_holds_nothing() {
    let desk = desk();
    let words =
        |folder: &'static str| ["report", "maturity", MODEL, "--at", AT, "--as", "oscal", "-o", folder];
    fs::create_dir(desk.path("empty")).unwrap();
    let said = desk.works(&words("empty"));
    for name in OSCAL {
        let bytes = fs::read(desk.path("empty").join(name)).unwrap();
        assert!(said.contains(&touchmark::signing::sha256_hex(&bytes)), "{name}: {said}");
    }
    let written = desk.says(&words("new"));
    assert_eq!(written["files"].as_array().unwrap().len(), 6);
    assert_eq!(
        (&written["files"][0]["file"], &written["files"][0]["form"]),
        (&"new/catalog.json".into(), &"oscal".into())
    );
    let mode = fs::metadata(desk.path("new")).unwrap().permissions();
    fs::create_dir(desk.path("plain")).unwrap();
    assert_eq!(mode, fs::metadata(desk.path("plain")).unwrap().permissions());
    // What holds something is left as it is, with --force too.
    fs::write(desk.path("file"), "mine").unwrap();
    for (folder, force) in [("new", false), ("new", true), ("file", false), ("file", true)] {
        let force: &[&str] = if force { &["--force"] } else { &[] };
        let said = desk.refused(&[&words(folder)[..], force].concat(), 2);
        assert!(said.contains("not an empty folder"), "{said}");
    }
    assert_eq!(fs::read(desk.path("file")).unwrap(), b"mine");
    assert_eq!(set(&desk.path("new")).len(), 6);
    for (words, says) in [
        (&["--as", "oscal"][..], "several files"),
        (&["--as", "oscal", "-o", "-"], "several files"),
        (&["--as", "oscal", "-o", "x.md"], "--as asks for OSCAL"),
        (&["--as", "oscal", "-o", "x", "-o", "./x"], "named twice"),
    ] {
        let said = desk.refused(&[&["report", "maturity", MODEL][..], words].concat(), 2);
        assert!(said.contains(says), "{words:?}: {said}");
    }
    let said = desk.refused(&words("none/x"), 4);
    assert!(said.contains("the folder does not exist"), "{said}");
    let left = fs::read_dir(desk.path(""))
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    assert!(!left.into_iter().any(|name| name.starts_with(".touchmark-")));
}

/// Reads each document of a set as compliance-trestle knows it, and asks all of its validators.
const TRESTLE: &str = r#"
import logging, os, pathlib, shutil, sys, tempfile
from trestle.core.validator_factory import validator_factory
from trestle.oscal import assessment_plan, assessment_results, catalog, poam, profile, ssp
# Imports are followed in a workspace of its own.
root = pathlib.Path(tempfile.mkdtemp()).resolve() / 'set'
shutil.copytree(sys.argv[1], root)
(root / '.trestle').mkdir()
os.chdir(root)
KINDS = {
    'catalog.json': catalog.Catalog, 'profile.json': profile.Profile,
    'system-security-plan.json': ssp.SystemSecurityPlan, 'assessment-plan.json': assessment_plan.AssessmentPlan,
    'assessment-results.json': assessment_results.AssessmentResults,
    'plan-of-action-and-milestones.json': poam.PlanOfActionAndMilestones,
}
warnings = []
handler = logging.Handler()
handler.emit = lambda record: warnings.append(record.getMessage())
for name, logger in list(logging.root.manager.loggerDict.items()):
    if name.startswith('trestle') and isinstance(logger, logging.Logger):
        logger.addHandler(handler)
for path in sorted(root.glob('*.json')):
    model = KINDS[path.name].oscal_read(path)
    for validator in validator_factory.get_all():
        if type(validator).__name__ != 'AllValidator' and not validator.model_is_valid(model, False, root):
            sys.exit(f'{path.name}: {validator.error_msg()}')
    if any('not in resources' in warning for warning in warnings):
        sys.exit(f'{path.name}: {warnings}')
    print(path.name)
"#;

/// What trestle says of a set; none where it is not installed.
fn judged(folder: &Path) -> Option<Result<String, String>> {
    let Some(reference) = std::env::var_os("TOUCHMARK_REFERENCE") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must set TOUCHMARK_REFERENCE");
        eprintln!("SKIPPED: validation of OSCAL, TOUCHMARK_REFERENCE is not set");
        return None;
    };
    let there = Command::new(&reference).args(["-c", "import trestle.oscal.poam"]).output().unwrap();
    if !there.status.success() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI wants compliance-trestle");
        eprintln!("SKIPPED: validation of OSCAL, compliance-trestle is not installed");
        return None;
    }
    let done = Command::new(&reference).args(["-c", TRESTLE]).arg(folder).output().unwrap();
    Some(if done.status.success() { Ok(out(&done)) } else { Err(err(&done)) })
}

#[test]
fn trestle_takes_every_set() {
    let desk = desk();
    for (about, folder) in [(&[MODEL][..], "model"), (&["--producer", "acme"], "acme"), (&[], "all")] {
        oscal(&desk, about, folder);
        let Some(said) = judged(&desk.path(folder)) else { return };
        let said = said.unwrap_or_else(|why| panic!("{folder}: {why}"));
        assert_eq!(said.lines().collect::<BTreeSet<_>>(), OSCAL.into_iter().collect());
    }
    // It does find what is wrong.
    for (file, right, wrong) in [
        ("catalog.json", "\"id\": \"L1.01\"", "\"id\": \"1.01\""),
        ("assessment-results.json", "\"not-satisfied\"", "\"unknown\""),
        ("system-security-plan.json", "\"import-profile\"", "\"import-nothing\""),
        ("plan-of-action-and-milestones.json", "\"poam-items\"", "\"items\""),
    ] {
        let path = desk.path("model").join(file);
        let before = fs::read_to_string(&path).unwrap();
        assert!(before.contains(right), "{file}");
        fs::write(&path, before.replacen(right, wrong, 1)).unwrap();
        assert!(judged(&desk.path("model")).unwrap().is_err(), "{file}");
        fs::write(&path, before).unwrap();
    }
    assert!(judged(&desk.path("model")).unwrap().is_ok());
}

#[test]
fn trestle_takes_names_that_an_attacker_chose() {
    let (dir, many) = hostile();
    let to = dir.path().join("set");
    let (folder, to) = (dir.path().to_string_lossy().into_owned(), to.to_string_lossy().into_owned());
    let words = ["report", "maturity", "--workspace", &folder, "--at", AT, "--as", "oscal", "-o", &to];
    let done = crate::support::touchmark(words);
    assert!(done.status.success(), "{}", err(&done));
    let all = set(Path::new(&to));
    let components =
        list(&all["system-security-plan.json"], "/system-security-plan/system-implementation/components");
    assert!(components.len() + 5 >= many, "{} of {many}", components.len());
    // Titles are read as Markdown: what a name holds of it is escaped.
    for title in texts(&all["system-security-plan.json"], "title") {
        let mut escaped = false;
        for c in title.chars() {
            assert!(escaped || !"`<[$~".contains(c), "{c} begins markup: {title}");
            escaped = c == '\\' && !escaped;
        }
    }
    for document in all.values() {
        for value in texts(document, "value") {
            assert!(!value.is_empty() && value.trim() == value && !value.contains('\n'), "{value:?}");
        }
    }
    if let Some(said) = judged(Path::new(&to)) {
        said.unwrap();
    }
}

fn cyclonedx(desk: &Desk, about: &[&str]) -> Value {
    serde_json::from_str(&report(desk, &[about, &["--as", "cdxa"]].concat())).unwrap()
}

#[test]
fn attestations_have_a_score_where_something_was_judged_and_nowhere_else() {
    let desk = desk();
    let bill = cyclonedx(&desk, &[MODEL]);
    let found = json(&desk, &[MODEL]);
    let standard = &bill["definitions"]["standards"][0];
    assert_eq!(list(standard, "/requirements").len(), 57);
    let of_levels = texts_of_lists(&standard["levels"], "requirements");
    assert_eq!(of_levels, texts(&standard["requirements"], "bom-ref"));
    let map = list(&bill, "/declarations/attestations/0/map");
    let mut outcomes = BTreeSet::new();
    for (ours, theirs) in map.iter().zip(found["detail"]["controls"].as_array().unwrap()) {
        let outcome = theirs["outcome"].as_str().unwrap();
        assert_eq!(ours["requirement"], format!("requirement:{}", theirs["id"].as_str().unwrap()));
        let score = match outcome {
            "pass" => Some(1.0),
            "partial" => Some(0.5),
            "fail" | "missing" => Some(0.0),
            _ => None,
        };
        assert_eq!(ours["conformance"]["score"].as_f64(), score, "{ours}");
        assert!(
            ours["conformance"]["rationale"].as_str().unwrap().contains(theirs["found"].as_str().unwrap())
        );
        let is_for = ["pass", "partial"].contains(&outcome);
        assert_eq!(
            (ours["claims"].is_array(), ours["counterClaims"].is_array()),
            (is_for, outcome == "fail")
        );
        outcomes.insert(outcome);
    }
    assert_eq!(map.len(), 57);
    assert!(["pass", "missing", "unknown"].iter().all(|outcome| outcomes.contains(outcome)), "{outcomes:?}");
    let tampered = cyclonedx(&desk, &["acme/support-bot-7b"]);
    let against = texts_of_lists(&tampered["declarations"]["attestations"], "counterClaims");
    assert!(!against.is_empty());
    for claim in list(&tampered, "/declarations/claims") {
        let is_against = against.contains(claim["bom-ref"].as_str().unwrap());
        assert_eq!(claim["counterEvidence"].is_array(), is_against, "{claim}");
    }
    // Names are unique, and each that is referred to is there.
    let whole = cyclonedx(&desk, &[]);
    let mut all = Vec::new();
    members(&whole, "bom-ref", &mut all);
    let known: BTreeSet<&str> = all.iter().filter_map(|name| name.as_str()).collect();
    assert_eq!(known.len(), all.len(), "a name stands twice");
    for member in ["assessor", "requirement", "target"] {
        assert!(texts(&whole["declarations"], member).is_subset(&known), "{member}");
    }
    for member in ["claims", "counterClaims", "evidence", "counterEvidence"] {
        assert!(texts_of_lists(&whole["declarations"], member).is_subset(&known), "{member}");
    }
    let models = json(&desk, &[])["models"].as_array().unwrap().len();
    assert_eq!(list(&whole, "/declarations/attestations").len(), models);
    assert_eq!(list(&whole, "/declarations/targets/components").len(), models);
    let again = report(&desk, &["--as", "cdxa"]);
    assert_eq!(report(&desk, &["--as", "cdxa"]), again);
    // By the ending, too; and a name that only ends in .json is taken where the form was asked for.
    report(&desk, &["-o", "all.cdx.json"]);
    report(&desk, &["--as", "cdxa", "-o", "all.json"]);
    assert_eq!(fs::read_to_string(desk.path("all.cdx.json")).unwrap(), again);
    assert_eq!(fs::read_to_string(desk.path("all.json")).unwrap(), again);
}

#[test]
fn attestations_validate_against_the_official_schema() {
    let Some(corpus) = std::env::var_os("TOUCHMARK_CORPUS") else {
        eprintln!("SKIPPED: validation of attestations, TOUCHMARK_CORPUS is not set");
        return;
    };
    let schemas = Path::new(&corpus).join("schemas");
    let desk = desk();
    let (dir, _) = hostile();
    let hostile = dir.path().to_string_lossy().into_owned();
    let words = ["report", "maturity", "--workspace", &hostile, "--at", AT, "--as", "cdxa"];
    for document in [
        report(&desk, &["--as", "cdxa"]),
        report(&desk, &[MODEL, "--as", "cdxa"]),
        out(&crate::support::touchmark(words)),
    ] {
        let violations = |document: &str| {
            crate::inventory::bills::written::violations(&schemas, "bom-1.6.schema.json", document)
        };
        let Some(found) = violations(&document) else {
            assert!(std::env::var_os("CI").is_none(), "CI wants jsonschema");
            eprintln!("SKIPPED: validation of attestations, python3 has no jsonschema");
            return;
        };
        assert_eq!(found.trim(), "0", "{}", &document[..2000.min(document.len())]);
        let spoiled =
            document.replace("\"score\": 0.0", "\"score\": 7").replace("\"standards\"", "\"norms\"");
        assert_ne!(violations(&spoiled).unwrap().trim(), "0", "the schema finds no fault");
    }
}

#[test]
fn open_controls_are_results_and_test_cases() {
    let desk = desk();
    let model = "acme/support-bot-7b";
    let found = json(&desk, &[model]);
    let controls = found["detail"]["controls"].as_array().unwrap();
    let many = |outcomes: &[&str]| {
        controls.iter().filter(|control| outcomes.contains(&control["outcome"].as_str().unwrap())).count()
    };
    let sarif: Value = serde_json::from_str(&report(&desk, &[model, "--as", "sarif"])).unwrap();
    let run = &sarif["runs"][0];
    let (rules, results) = (list(run, "/tool/driver/rules"), list(run, "/results"));
    assert_eq!(rules.len(), 57);
    assert_eq!(results.len(), many(&["fail", "missing", "partial", "unknown"]));
    let mut levels = BTreeSet::new();
    for result in results {
        let id = result["ruleId"].as_str().unwrap();
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], id);
        let control = controls.iter().find(|control| control["id"] == id).unwrap();
        let is_must = control["severity"] == "must";
        let (kind, level) = match control["outcome"].as_str().unwrap() {
            "unknown" => (Some("open"), "none"),
            "fail" => (None, "error"),
            _ if is_must => (None, "warning"),
            _ => (None, "note"),
        };
        assert_eq!((result["kind"].as_str(), result["level"].as_str()), (kind, Some(level)), "{id}");
        assert!(result["message"]["text"].as_str().unwrap().starts_with(&format!("{model}: ")), "{result}");
        let place = &result["locations"][0];
        assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], model);
        assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "models/acme/support-bot-7b");
        levels.insert(level);
    }
    assert!(levels.contains("error") && levels.contains("warning") && levels.contains("note"), "{levels:?}");
    let prints = texts(run, "touchmark/v1");
    assert_eq!(prints.len(), results.len());
    // What is found again in another report is the same finding.
    let whole: Value = serde_json::from_str(&report(&desk, &["--as", "sarif"])).unwrap();
    assert!(prints.is_subset(&texts(&whole["runs"][0], "touchmark/v1")));

    let xml = report(&desk, &[model, "--as", "junit"]);
    let (cases, failures, skipped) = counted(&xml);
    let expected = (57, many(&["fail", "missing", "partial"]), many(&["unknown", "not-applicable"]));
    assert_eq!((cases, failures, skipped), expected);
    let all = report(&desk, &["--as", "junit"]);
    let models = json(&desk, &[])["models"].as_array().unwrap().len();
    assert_eq!(counted(&all).0, 57 * models);
    assert_eq!(all.matches("<testsuite ").count(), models);
    for (form, file) in [("sarif", "a.sarif"), ("junit", "a.xml")] {
        report(&desk, &[model, "-o", file]);
        assert_eq!(fs::read_to_string(desk.path(file)).unwrap(), report(&desk, &[model, "--as", form]));
    }
}

/// Cases, failures and skipped cases of well-formed JUnit XML, which its own counts agree with.
fn counted(xml: &str) -> (usize, usize, usize) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut cases, mut failures, mut skipped, mut said) = (0, 0, 0, None);
    loop {
        match reader.read_event().unwrap_or_else(|why| panic!("{why}\n{xml}")) {
            Event::Start(element) | Event::Empty(element) => {
                let of = |name: &str| {
                    let value = element.try_get_attribute(name).unwrap().unwrap().value.to_string();
                    value.parse::<usize>().unwrap()
                };
                match &*element.name().as_ref().to_owned() {
                    "testsuites" => said = Some((of("tests"), of("failures"), of("skipped"))),
                    "testcase" => cases += 1,
                    "failure" => failures += 1,
                    "skipped" => skipped += 1,
                    "testsuite" => {}
                    other => panic!("<{other}>"),
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(said, Some((cases, failures, skipped)));
    (cases, failures, skipped)
}

#[test]
fn names_stay_text_in_pipelines() {
    let (dir, many) = hostile();
    let folder = dir.path().to_string_lossy().into_owned();
    let run = |form: &str| {
        out(&crate::support::touchmark([
            "report",
            "maturity",
            "--workspace",
            &folder,
            "--at",
            AT,
            "--as",
            form,
        ]))
    };
    let (cases, ..) = counted(&run("junit"));
    assert!(cases + 5 * 57 >= 57 * many, "{cases}");
    for form in ["sarif", "cdxa", "junit"] {
        let text = run(form);
        let hidden = |c: char| c != '\n' && touchmark::text::screen(&c.to_string()) != c.to_string();
        assert_eq!(text.chars().find(|c| hidden(*c)), None, "{form}");
    }
    serde_json::from_str::<Value>(&run("sarif")).unwrap();
}
