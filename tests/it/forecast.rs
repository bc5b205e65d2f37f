//! `report forecast`: what it says of a later time is what a later look finds, between its moments nothing changes, and
//! nothing is written.

use crate::pki::{self, DAY, Key, Kind, Spec, pem};
use crate::support::{copy_of_samples, err, out, touchmark};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use touchmark::decision::Decision;
use touchmark::inventory::ModelId;
use touchmark::signing::Progress;
use touchmark::store::{Place, RecordKind};
use touchmark::view::View;
use touchmark::view::flips::Turn;
use touchmark::view::forecast::{Cause, Forecast, ForecastGroup};
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

const NOW: &str = "2026-11-25T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn open(root: &Path, now: Timestamp) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(root.to_owned()), at: Some(now), ..OpenOptions::default() })
        .unwrap()
}

/// Verifies the models for which this holds.
fn verify(root: &Path, now: &str, wanted: impl Fn(&ModelId) -> bool) {
    let workbench = open(root, at(now));
    workbench.valid_policy().unwrap();
    let view = workbench.view();
    let here = view.models.iter().filter(|model| model.location.is_some() && wanted(&model.id));
    workbench.wait(workbench.start(JobKind::Verify(here.map(|model| model.id.clone()).collect()))).unwrap();
}

/// The samples under a changed policy.
fn samples(edits: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = copy_of_samples();
    let file = dir.path().join("policies/samples.toml");
    let mut text = fs::read_to_string(&file).unwrap();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    fs::write(file, text).unwrap();
    dir
}

type Stands = BTreeMap<ModelId, (Decision, u8)>;

fn stands(view: &View) -> Stands {
    let stand = |(index, model): (usize, &touchmark::inventory::Model)| {
        let standing = view.judgement.standing(index).unwrap();
        (model.id.clone(), (standing.decision, standing.effective))
    };
    view.models.iter().enumerate().map(stand).collect()
}

/// Holds a forecast against looks at each of its moments, just before them, and at its end.
fn hold(root: &Path, forecast: &Forecast) {
    let looked = |at: Timestamp| stands(&open(root, at).view());
    let mut known = looked(forecast.from);
    let mut changed = BTreeSet::new();
    for step in &forecast.steps {
        let before = step.at.checked_sub(SignedDuration::from_secs(1)).unwrap();
        assert_eq!(looked(before), known, "before {}", step.at);
        for group in &step.groups {
            for model in &group.models {
                let stands = known.get_mut(&model.model).unwrap();
                assert_eq!(*stands, (group.decision_before, group.level_before), "{}", model.model.raw());
                *stands = (group.decision_after, group.level_after);
                changed.insert(model.model.clone());
            }
        }
        assert_eq!(looked(step.at), known, "at {}", step.at);
    }
    assert_eq!(looked(forecast.until), known, "at the end");
    assert_eq!((forecast.changing, forecast.models), (changed.len(), known.len()));
}

fn groups_of<'f>(forecast: &'f Forecast, model: &str) -> Vec<(String, &'f ForecastGroup)> {
    let of = |group: &&ForecastGroup| group.models.iter().any(|one| one.model.raw() == model);
    let steps = forecast.steps.iter();
    steps.flat_map(|step| step.groups.iter().filter(of).map(|group| (step.at.to_string(), group))).collect()
}

const EXCEPTION: &str = r#"[[exception]]
id = "EX-14"
control = "L1.16"
subject = "acme/receipt-reader"
stages = ["production"]
owner = "ml@acme.example"
approved_by = "ciso@acme.example"
reason = "until the bill is made"
created = 2026-10-01T00:00:00Z
expires = 2026-12-10T00:00:00Z

[[stage]]
name = "dev""#;

#[test]
fn what_it_says_of_later_times_is_what_a_look_finds_then() {
    let dir = samples(&[
        ("require = [\"L1.13\"]", "require = [\"L1.13\", \"L1.16\"]"),
        ("[[stage]]\nname = \"dev\"", EXCEPTION),
        ("models = [\"northwind/*\"]", "models = [\"northwind/*\"]\nvalid_until = 2027-01-10T00:00:00Z"),
    ]);
    let root = dir.path();
    verify(root, "2026-11-20T12:00:00Z", |_| true);
    verify(root, NOW, |id| id.raw() != "northwind/harbour-7b");
    let workbench = open(root, at(NOW));
    let (view, files) = (workbench.view(), crate::support::names_below(root));
    let forecast = workbench.forecast(at("2027-02-01T00:00:00Z"), &Progress::default()).unwrap();
    assert!(std::sync::Arc::ptr_eq(&workbench.view(), &view), "nothing is published");
    assert_eq!(crate::support::names_below(root), files);
    hold(root, &forecast);
    // The exception ends, and lets one model in until then.
    let reader = groups_of(&forecast, "acme/receipt-reader");
    let (moment, group) = reader.first().unwrap();
    assert_eq!((moment.as_str(), group.turn, group.models.len()), ("2026-12-10T00:00:00Z", Turn::KeptOut, 1));
    assert_eq!(group.causes, [Cause::ExceptionEnds { exception: "EX-14".to_owned() }]);
    let other = groups_of(&forecast, "acme/claims-sorter");
    assert!(other.iter().all(|(moment, _)| moment != "2026-12-10T00:00:00Z"));
    // A verification grows too old, and what derives from that model falls with it.
    let old = Cause::VerificationTooOld { days: 30 };
    let base = groups_of(&forecast, "northwind/harbour-7b");
    assert_eq!(base.first().map(|(moment, _)| moment.as_str()), Some("2026-12-20T12:00:01Z"));
    assert_eq!(base[0].1.causes, std::slice::from_ref(&old));
    let after_base: Vec<&ForecastGroup> = forecast
        .steps
        .iter()
        .filter(|step| step.at == at("2026-12-20T12:00:01Z"))
        .flat_map(|step| &step.groups)
        .collect();
    let ancestor = Cause::Ancestor { model: ModelId::new("northwind/harbour-7b") };
    assert!(after_base.iter().any(|group| group.causes == [ancestor.clone()]), "{after_base:?}");
    let of_sorter = other.iter().find(|(moment, _)| moment == "2026-12-25T12:00:01Z").unwrap().1;
    assert!(of_sorter.causes.contains(&old), "{of_sorter:?}");
    let sorter = of_sorter.models.iter().find(|one| one.model.raw() == "acme/claims-sorter").unwrap();
    assert_eq!(sorter.deployments, 1);
    assert!(forecast.steps.iter().flat_map(|step| &step.groups).all(|one| one.causes != [Cause::Unknown]));
    // Until just before the first moment nothing changes.
    let first = forecast.steps[0].at.checked_sub(SignedDuration::from_secs(1)).unwrap();
    let before = workbench.forecast(first, &Progress::default()).unwrap();
    assert_eq!((before.steps.len(), before.changing), (0, 0));
    let at_first = workbench.forecast(forecast.steps[0].at, &Progress::default()).unwrap();
    assert_eq!(at_first.steps, forecast.steps[..1]);
    // A verification made anew moves the moment.
    verify(root, NOW, |id| id.raw() == "northwind/harbour-7b");
    let again = open(root, at(NOW)).forecast(at("2027-02-01T00:00:00Z"), &Progress::default()).unwrap();
    let base = groups_of(&again, "northwind/harbour-7b");
    assert_eq!(base.first().map(|(moment, _)| moment.as_str()), Some("2026-12-25T12:00:01Z"));
    assert_ne!(again.inputs.evidence, forecast.inputs.evidence);
    assert_eq!(again.inputs.policy, forecast.inputs.policy);
}

const OF_ACME: &str = r#"models = ["acme/*"]
trust = ["samples-ca"]
identities = [{ issuer = "CN=Touchmark Samples Issuing CA,O=Touchmark Samples", subject = "exact:CN=acme release,O=Acme" }]"#;
const OF_SHORT: &str = r#"models = ["acme/*"]
trust = ["short-ca"]
identities = [{ issuer = "CN=short", subject = "regex:^CN=leaf .*$" }]"#;
const SHORT: &str = "[trust.short-ca]\nkind = \"x509\"\nfiles = [\"../keys/short.pem\"]\n\n[crypto]";

#[test]
fn a_certificate_and_an_anchor_that_end_take_with_them_what_they_hold() {
    let dir = samples(&[
        ("expires = 2045-01-01T00:00:00Z\n", ""),
        ("max_verification_age_days = 30", "max_verification_age_days = 3650"),
        ("[crypto]", SHORT),
        (OF_ACME, OF_SHORT),
    ]);
    let root = dir.path();
    // A bill that binds the signatures before would contradict, and without one no level is reached.
    fs::remove_file(root.join("boms/acme.cdx.json")).unwrap();
    let workspace = fs::read_to_string(root.join("touchmark.toml")).unwrap();
    let at_dev = workspace.replacen("stage = \"production\"\nstore", "stage = \"dev\"\nstore", 1);
    fs::write(root.join("touchmark.toml"), at_dev).unwrap();
    let (authority, key) = (Key::new(Kind::P256), Key::new(Kind::P256));
    let put = |name: &str, text: &str| fs::write(root.join("keys").join(name), text).unwrap();
    let ends = Spec { to: pki::NOW + 400 * DAY, ..Spec::ca("CN=short", "CN=short") };
    put("short.pem", &pem("CERTIFICATE", &ends.issue(&authority, &authority)));
    put("leaf.key", &key.pem());
    for (model, subject, days) in
        [("receipt-reader", "CN=leaf one", 300), ("form-filler", "CN=leaf two", 900)]
    {
        let leaf = Spec { to: pki::NOW + days * DAY, ..Spec::leaf(subject, "CN=short") };
        put("leaf.pem", &pem("CERTIFICATE", &leaf.issue(&key, &authority)));
        let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
        let folder = format!("models/acme/{model}");
        let signature = path(&format!("{folder}/model.sig"));
        fs::remove_file(&signature).unwrap();
        let (private, leaf) = (path("keys/leaf.key"), path("keys/leaf.pem"));
        let words =
            ["sign", "certificate", &path(&folder), "--private-key", &private, "--signature", &signature];
        let done = touchmark(words.into_iter().chain(["--signing-certificate", &leaf, "--at", NOW]));
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    }
    let workbench = open(root, at(NOW));
    workbench.wait(workbench.start(JobKind::Scan)).unwrap();
    verify(root, NOW, |_| true);
    let forecast = open(root, at(NOW)).forecast(at("2035-01-01T00:00:00Z"), &Progress::default()).unwrap();
    hold(root, &forecast);
    let kept_out = |model: &str| {
        let groups = groups_of(&forecast, model);
        let out = groups.into_iter().find(|(_, group)| group.turn == Turn::KeptOut);
        out.map(|(moment, group)| (moment, group.causes.clone()))
    };
    let subject = touchmark::text::Untrusted::new("CN=leaf one");
    let leaf = vec![Cause::Certificate { subject, ends: true }];
    assert_eq!(kept_out("acme/receipt-reader"), Some(("2027-03-28T00:00:01Z".to_owned(), leaf)));
    let anchor = vec![Cause::Anchor { anchor: "short-ca".to_owned() }];
    assert_eq!(kept_out("acme/form-filler"), Some(("2027-07-06T00:00:01Z".to_owned(), anchor)));
    // Signed by certificate, too, with a trusted time: it outlives its certificate.
    assert_eq!(kept_out("northwind/harbour-7b"), None);
}

#[test]
fn an_expired_policy_admits_nothing() {
    let dir = samples(&[("expires = 2045-01-01T00:00:00Z", "expires = 2026-12-01T00:00:00Z")]);
    let root = dir.path();
    verify(root, NOW, |_| true);
    let workbench = open(root, at(NOW));
    let admitted = stands(&workbench.view()).values().filter(|(one, _)| *one == Decision::Admit).count();
    let forecast = |until| workbench.forecast(at(until), &Progress::default()).unwrap();
    assert_eq!(forecast("2026-11-30T23:59:59Z").steps, []);
    let ends = forecast("2026-12-01T00:00:00Z");
    assert_eq!((ends.steps.len(), ends.moments), (1, 1));
    let out = ends.steps[0].groups.iter().filter(|group| group.turn == Turn::KeptOut);
    let out: Vec<&ForecastGroup> = out.collect();
    assert!(out.iter().all(|group| group.causes == [Cause::PolicyExpires]), "{out:?}");
    assert!(admitted > 0);
    assert_eq!(out.iter().map(|group| group.models.len()).sum::<usize>(), admitted);
}

fn run(root: &Path, words: &[&str]) -> std::process::Output {
    let root = root.to_str().unwrap();
    touchmark(words.iter().copied().chain(["--at", NOW, "--workspace", root]))
}

#[test]
fn broken_glass_lets_a_model_in_until_its_hour() {
    let model = "acme/receipt-reader";
    let dir = samples(&[
        ("require = [\"L1.13\"]", "require = [\"L1.13\", \"L1.16\"]"),
        ("production = true", "production = true\nbreak_glass = { approvers = 2, max_hours = 12 }"),
    ]);
    let root = dir.path();
    // What this account says is a pattern for what two say in the workspace.
    let other = copy_of_samples();
    fs::copy(root.join("policies/samples.toml"), other.path().join("policies/samples.toml")).unwrap();
    verify(other.path(), NOW, |id| id.raw() == model);
    let words = ["--stage", "production", "--hours", "4", "--reason", "r"];
    let done = run(other.path(), &[&["review", "break-glass", model][..], &words].concat());
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let lines = out(&run(other.path(), &["ledger", "export"]));
    let entry: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let mut body: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
    verify(root, NOW, |_| true);
    let look = || open(root, at(NOW)).forecast(at("2026-11-27T00:00:00Z"), &Progress::default()).unwrap();
    assert_eq!(look().moments, 0);
    for (id, until) in [(7001, "2026-11-25T16:00:00Z"), (7002, "2026-11-25T17:00:00Z")] {
        body["made"]["by"] = serde_json::json!({ "name": format!("user{id}"), "id": id });
        body["made"]["recorded"] = NOW.into();
        body["glass"]["until"] = until.into();
        let mut shelf = touchmark::store::open(Place::File(&root.join("touchmark.db"))).unwrap();
        shelf.append(at(NOW), RecordKind::Review, &ModelId::new(model), &body.to_string()).unwrap();
    }
    // It takes two, and so it ends with the first that ends.
    let forecast = look();
    hold(root, &forecast);
    let groups = groups_of(&forecast, model);
    let told: Vec<_> =
        groups.iter().map(|(at, group)| (at.as_str(), group.turn, group.causes.clone())).collect();
    assert_eq!(told, [("2026-11-25T16:00:00Z", Turn::KeptOut, vec![Cause::GlassEnds])]);
    assert_eq!((forecast.changing, forecast.moments), (1, 2));
}

#[test]
fn the_command_says_when_how_many_and_why() {
    let dir = samples(&[("expires = 2045-01-01T00:00:00Z", "expires = 2027-02-14T00:00:00Z")]);
    let root = dir.path();
    // Nobody looked: nothing is known, and so nothing changes.
    let done = run(root, &["report", "forecast", "--days", "10"]);
    let text = out(&done);
    assert!(text.starts_with("✓ no change  "), "{text}{}", err(&done));
    assert!(text.contains("not looked at: ") && text.contains("2026-12-05T12:00:00Z"), "{text}");
    verify(root, NOW, |_| true);
    let words = ["report", "forecast", "--until", "2027-02-15"];
    let text = out(&run(root, &words));
    assert!(text.starts_with("! ") && text.contains("at stage production\n"), "{text}");
    let old = text.find("2026-12-25T12:00:01Z\n").unwrap();
    assert!(text[old..].contains("the verification becomes older than 30 days\n"), "{text}");
    assert!(text.contains("between them nothing can change"), "{text}");
    // A date is its first second; a policy that expires in it is too late by a day.
    let json = |words: &[&str]| -> Value {
        let done = run(root, &[words, &["--format", "json"]].concat());
        serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", err(&done)))
    };
    let document = json(&words);
    assert_eq!(document["until"], "2027-02-15T00:00:00Z");
    assert_eq!(document, json(&words));
    assert_eq!(document["by_day"], false);
    let groups = document["steps"][0]["groups"].as_array().unwrap();
    let models: usize = groups.iter().map(|group| group["models"].as_array().unwrap().len()).sum();
    assert!(models > 0 && document["changing"].as_u64().unwrap() >= models as u64);
    let few = out(&run(root, &[&words[..], &["--limit", "1"]].concat()));
    assert!(few.contains(" more; use --limit 0 to list all") && few.len() < text.len(), "{few}");
    // A laxer stage lets in what is too old.
    let dev = json(&["report", "forecast", "--until", "2027-02-13", "--stage", "dev"]);
    let kept_out = |document: &Value| {
        let steps = document["steps"].as_array().unwrap().iter();
        let groups = steps.flat_map(|step| step["groups"].as_array().unwrap().clone());
        groups.filter(|group| group["turn"] == "kept-out").count()
    };
    assert_eq!((dev["stage"].as_str(), kept_out(&dev)), (Some("dev"), 0));
    assert!(kept_out(&document) > 0);
    for wrong in [&["--until", "2026-11-25"][..], &["--until", "soon"], &["--days", "0"], &["--stage", "no"]]
    {
        let done = run(root, &[&["report", "forecast"], wrong].concat());
        assert_eq!(done.status.code(), Some(2), "{wrong:?} {}", err(&done));
    }
}
