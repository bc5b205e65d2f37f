//! Reports on the policy and on the inventory: figures that other commands confirm, every form says the same with the same
//! bytes, a scope and a period narrow them and say so, and text of others stays text.

use crate::attesting::Desk;
use crate::reports::{AT, MODEL, assert_harmless, desk, fields, hostile, text_of};
use crate::support::{err, out, touchmark};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use touchmark::forms::{INVENTORY_COLUMNS, POLICY_COLUMNS};
use touchmark::text::screen;

/// A model that another publisher than its own signed.
const OTHERS: &str = "acme/badge-check";
const FORMS: [&str; 5] = ["text", "md", "html", "json", "csv"];
/// The policy of the samples.
const POLICY: &str = "policies/samples.toml";
const KINDS: [&str; 2] = ["policy", "inventory"];

fn said(desk: &Desk, kind: &str, words: &[&str]) -> String {
    desk.works(&[&["report", kind, "--at", AT][..], words].concat())
}

fn json(desk: &Desk, kind: &str, words: &[&str]) -> Value {
    serde_json::from_str(&said(desk, kind, &[words, &["--as", "json"]].concat())).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value}"))
}

fn ids(report: &Value) -> BTreeSet<&str> {
    list(&report["models"]).iter().map(|model| model["id"].as_str().unwrap()).collect()
}

/// What another command says of the models at a stage.
fn decided(desk: &Desk, stage: &str) -> BTreeMap<String, (String, u64)> {
    let found = desk.works(&["report", "maturity", "--at", AT, "--stage", stage, "--as", "json"]);
    let found: Value = serde_json::from_str(&found).unwrap();
    let row = |model: &Value| {
        let level = model["effective"].as_u64().unwrap();
        (model["id"].as_str().unwrap().to_owned(), (model["decision"].as_str().unwrap().to_owned(), level))
    };
    list(&found["models"]).iter().map(row).collect()
}

#[test]
fn a_policy_comes_to_what_every_stage_decides_and_why() {
    let desk = desk();
    let found = json(&desk, "policy", &[]);
    let stages = list(&found["stages"]);
    assert!(stages.len() > 1, "{stages:?}");
    for (place, stage) in stages.iter().enumerate() {
        let name = stage["name"].as_str().unwrap();
        let by_others = decided(&desk, name);
        let many = |word: &str| by_others.values().filter(|(decision, _)| decision == word).count();
        for (key, word) in
            [("admit", "admit"), ("warn", "warn"), ("refuse", "refuse"), ("not_judged", "not judged")]
        {
            assert_eq!(stage[key], many(word), "{name}: {word}");
        }
        // Of each model the same, and each reason stands at as many models as the figures say.
        let mut counted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for model in list(&found["models"]) {
            let (id, here) = (model["id"].as_str().unwrap(), &model["stages"][place]);
            let (decision, level) = &by_others[id];
            assert_eq!(
                (&here["stage"], &here["decision"]),
                (&name.into(), &decision.as_str().into()),
                "{id}"
            );
            assert_eq!(here["effective"], *level, "{id}");
            assert!(here["asks_level"].as_u64() >= stage["min_level"].as_u64(), "{id}");
            assert!(decision != "not judged" || list(&here["reasons"]).is_empty(), "{id}");
            assert!(!["warn", "refuse"].contains(&&**decision) || !list(&here["reasons"]).is_empty(), "{id}");
            for reason in list(&here["reasons"]) {
                counted.entry(reason.as_str().unwrap()).or_default().insert(id);
            }
        }
        for reason in list(&stage["reasons"]) {
            let code = reason["code"].as_str().unwrap();
            assert_ne!(reason["action"], "open", "{code}");
            assert!(reason["models"].as_u64().unwrap() as usize <= counted[code].len(), "{name} {code}");
        }
        let told: BTreeSet<&str> =
            list(&stage["reasons"]).iter().map(|reason| reason["code"].as_str().unwrap()).collect();
        assert_eq!(told, counted.keys().copied().collect(), "{name}");
    }
    let production = stages.iter().find(|stage| stage["production"] == true).unwrap();
    assert!(
        production["refuse"].as_u64() > Some(0) && production["admit"].as_u64() > Some(0),
        "{production}"
    );
    // What refuses stands first, and what concerns most models first among that.
    let ranks: Vec<(bool, u64)> = list(&production["reasons"])
        .iter()
        .map(|reason| (reason["action"] == "closed", reason["models"].as_u64().unwrap()))
        .collect();
    assert!(ranks.is_sorted_by(|one, other| one >= other), "{ranks:?}");
    // Publishers and their models are those that `policy explain` names.
    let owned: u64 = list(&found["publishers"]).iter().map(|one| one["models"].as_u64().unwrap()).sum();
    assert_eq!(owned + found["unowned"].as_u64().unwrap(), list(&found["models"]).len() as u64);
    let explained: Value =
        serde_json::from_str(&desk.works(&["policy", "explain", MODEL, "--format", "json"])).unwrap();
    let row = list(&found["models"]).iter().find(|model| model["id"] == MODEL).unwrap();
    assert_eq!(row["publisher"], explained["publisher"]["id"]);
    let publisher = list(&found["publishers"]).iter().find(|one| one["id"] == row["publisher"]).unwrap();
    assert!(publisher["signed"].as_u64() > Some(0), "{publisher}");
    assert!(publisher["signed"].as_u64().unwrap() < publisher["models"].as_u64().unwrap(), "{publisher}");
    // Whom somebody else signed counts as that, and not as signed by its publisher.
    let counts = |of: &Value, key: &str| -> u64 {
        list(&of["publishers"]).iter().map(|one| one[key].as_u64().unwrap()).sum()
    };
    drop(desk.run(&["verify", OTHERS, "--at", AT]));
    let then = json(&desk, "policy", &[]);
    assert_eq!(counts(&then, "others"), counts(&found, "others") + 1, "{}", then["publishers"]);
    assert_eq!(counts(&then, "signed"), counts(&found, "signed"), "{}", then["publishers"]);
    let proved: u64 = list(&found["anchors"]).iter().map(|one| one["models"].as_u64().unwrap()).sum();
    // An anchor proves a signature once, and only one anchor does.
    assert!(proved > 0 && proved <= counts(&found, "signed") + counts(&found, "others"), "{proved}");
    // The exceptions and findings are those of the commands that list them.
    let exceptions: Value =
        serde_json::from_str(&desk.works(&["policy", "exceptions", "--at", AT, "--format", "json"])).unwrap();
    let names = |of: &Value| -> BTreeSet<String> {
        list(of).iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    assert!(names(&found["exceptions"]).is_subset(&names(&exceptions["exceptions"])));
    assert_eq!(found["rests_on"]["policy"]["digest"], exceptions["policy"]);
}

#[test]
fn an_inventory_is_counted_as_other_commands_list_it() {
    let desk = desk();
    let found = json(&desk, "inventory", &[]);
    let listed: Value = serde_json::from_str(&desk.works(&["list", "--at", AT, "--format", "json"])).unwrap();
    assert_eq!(ids(&found), ids(&listed));
    let kinds = list(&found["kinds"]);
    let sum = |key: &str| -> u64 { kinds.iter().map(|kind| kind[key].as_u64().unwrap()).sum() };
    assert_eq!(sum("models"), list(&listed["models"]).len() as u64);
    let outcomes = |wanted: &[&str]| {
        let is = |model: &&Value| wanted.contains(&model["outcome"].as_str().unwrap());
        list(&listed["models"]).iter().filter(is).count() as u64
    };
    assert_eq!((sum("passing"), sum("failing")), (outcomes(&["pass"]), outcomes(&["fail"])));
    assert_eq!(
        (sum("unsigned"), sum("unknown")),
        (outcomes(&["missing"]), outcomes(&["unknown", "partial"]))
    );
    assert!(
        sum("passing") > 0 && sum("failing") > 0 && sum("unsigned") > 0 && sum("unknown") > 0,
        "{kinds:?}"
    );
    // Of one model what `show` says of it.
    let shown: Value = serde_json::from_str(&desk.works(&["show", MODEL, "--format", "json"])).unwrap();
    let row = list(&found["models"]).iter().find(|model| model["id"] == MODEL).unwrap();
    for key in ["files", "bytes", "formats", "sources"] {
        assert_eq!(row[key], shown["model"][key], "{key}");
    }
    let licence = list(&shown["model"]["facts"]).iter().find(|fact| fact["key"] == "licence").unwrap();
    assert_eq!((&row["licence"]["value"], &row["licence"]["basis"]), (&licence["value"], &licence["basis"]));
    assert!(row["recorded"]["verifications"].as_u64() >= Some(2), "{row}");
    let licences: u64 = list(&found["licences"]).iter().map(|one| one["models"].as_u64().unwrap()).sum();
    assert_eq!(licences, list(&listed["models"]).len() as u64);
    // Edges are those of the lineage.
    let edges: u64 =
        found["origins"]["edges"].as_object().unwrap().values().map(|many| many.as_u64().unwrap()).sum();
    let of_models: usize = list(&found["models"]).iter().map(|model| list(&model["parents"]).len()).sum();
    assert_eq!(edges as usize, of_models);
    let orphans = list(&found["models"]).iter().filter(|model| list(&model["parents"]).is_empty()).count();
    assert_eq!(found["origins"]["without_parents"], orphans);
    // What runs is what was deployed.
    let deployed: Value = serde_json::from_str(&desk.works(&["deploy", "list", "--format", "json"])).unwrap();
    assert_eq!(list(&found["deployments"]).len(), list(&deployed["deployments"]).len());
    // Findings are those of the scan.
    let scanned: Value = serde_json::from_str(&out(&desk.run(&["scan", "--format", "json"]))).unwrap();
    let many: u64 =
        found["findings"].as_object().unwrap().values().map(|one| one["many"].as_u64().unwrap()).sum();
    assert_eq!(many, list(&scanned["findings"]).len() as u64);
}

#[test]
fn every_form_says_the_same_and_has_the_same_bytes() {
    let desk = desk();
    for kind in KINDS {
        let found = json(&desk, kind, &[]);
        for form in FORMS {
            let once = said(&desk, kind, &["--as", form]);
            assert_eq!(said(&desk, kind, &["--as", form]), once, "{kind} {form}");
            assert!(!once.contains(&*desk.path("").to_string_lossy()), "{kind} {form} says where it lies");
            let is_plain = |id: &&str| id.chars().all(|c| c.is_ascii_alphanumeric() || "/-.".contains(c));
            assert!(ids(&found).into_iter().filter(is_plain).count() > 30);
            for id in ids(&found).into_iter().filter(is_plain) {
                assert!(once.replace('\\', "").contains(id), "{kind} {form} lacks {id}");
            }
            let inputs = &found["rests_on"];
            for digest in [&inputs["evidence"], &inputs["policy"]["digest"], &inputs["ledger_head"]] {
                assert!(form == "csv" || once.contains(digest.as_str().unwrap()), "{kind} {form}: {digest}");
            }
            if form == "html" {
                let text = text_of(&once);
                assert!(text.contains("What was not looked at") && once.contains("<svg"), "{text}");
            }
            assert!(!once.contains("compliant"), "{kind} {form}");
        }
    }
    let policy = json(&desk, "policy", &[]);
    let rows = fields(&said(&desk, "policy", &["--as", "csv"]));
    assert_eq!(rows[0], POLICY_COLUMNS);
    let (stages, models) = (list(&policy["stages"]), list(&policy["models"]));
    assert_eq!(rows.len(), 1 + stages.len() * models.len());
    for (place, stage) in stages.iter().enumerate() {
        for (row, model) in rows[1 + place * models.len()..].iter().zip(models) {
            let here = &model["stages"][place];
            assert_eq!(
                (&*row[0], &*row[1]),
                (stage["name"].as_str().unwrap(), &*screen(model["id"].as_str().unwrap()))
            );
            assert_eq!(row[2], here["decision"].as_str().unwrap());
            assert_eq!((&row[3], &row[4]), (&here["asks_level"].to_string(), &here["effective"].to_string()));
            let reasons: Vec<&str> =
                list(&here["reasons"]).iter().map(|reason| reason.as_str().unwrap()).collect();
            assert_eq!(row[5], reasons.join(" "));
            assert_eq!(row[9], policy["rests_on"]["policy"]["digest"].as_str().unwrap());
            assert_eq!(row[10], model["evidence"].as_str().unwrap());
        }
    }
    let inventory = json(&desk, "inventory", &[]);
    let rows = fields(&said(&desk, "inventory", &["--as", "csv"]));
    assert_eq!(rows[0], INVENTORY_COLUMNS);
    assert_eq!(rows.len(), 1 + list(&inventory["models"]).len());
    for (row, model) in rows[1..].iter().zip(list(&inventory["models"])) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert_eq!((&row[0], &row[1]), (&screen(&text(&model["id"])), &text(&model["kind"])));
        assert_eq!(
            (&row[4], &row[5]),
            (&text(&model["licence"]["value"]), &text(&model["licence"]["basis"]))
        );
        assert_eq!(row[9], model["bytes"].to_string());
        assert_eq!((&row[10], &row[11]), (&text(&model["root_digest"]), &text(&model["outcome"])));
        assert_eq!(row[20], model["recorded"]["verifications"].to_string());
        assert_eq!(row[24], text(&model["evidence"]));
    }
    // The clauses stand beside the controls that stand in the way.
    let page = text_of(&said(&desk, "policy", &["--as", "html"]));
    assert!(page.contains("evidence relevant to") && page.contains("EU AI Act"), "{page}");
}

#[test]
fn a_scope_and_a_period_narrow_both_and_are_named() {
    let desk = desk();
    for kind in KINDS {
        let (all, part) = (json(&desk, kind, &[]), json(&desk, kind, &["--filter", "publisher:acme"]));
        let acme: BTreeSet<&str> = ids(&all).into_iter().filter(|id| id.starts_with("acme/")).collect();
        assert_eq!(ids(&part), acme, "{kind}");
        assert_eq!(part["population"]["left_out"], ids(&all).len() - acme.len());
        assert!(part["population"]["filter"].as_str().unwrap().contains("publisher:acme"));
        let family = json(&desk, kind, &["--family", "northwind/harbour-7b", "--producer", "acme"]);
        assert!(ids(&family).is_subset(&acme) && ids(&family).contains(MODEL), "{kind}");
        // What is counted is counted of these models alone.
        if kind == "inventory" {
            let many = |of: &Value| -> u64 {
                of["findings"].as_object().unwrap().values().map(|one| one["many"].as_u64().unwrap()).sum()
            };
            assert!(many(&part) < many(&all), "{}", part["findings"]);
        }
        // A period in which nothing happened, and one that ends before it begins.
        let quiet = json(&desk, kind, &["--from", "2020-01-01", "--to", "2020-02-01"]);
        assert_eq!(quiet["period"]["to"], "2020-02-01T00:00:00Z");
        assert_eq!(ids(&quiet), ids(&all), "a period leaves out records, and no model");
        let done = desk.run(&["report", kind, "--from", "2020-02-01", "--to", "2020-01-01"]);
        assert!(done.status.code() == Some(2) && err(&done).contains("is not before"), "{}", err(&done));
        for (words, says) in [
            (&["--filter", "publisher:nobody"][..], "no model of the inventory is in this scope"),
            (&["--from", "yesterday"], "yesterday"),
            (&["--as", "oscal"], "oscal"),
            (&["--out", "x.sarif"], "sarif"),
        ] {
            let done = desk.run(&[&["report", kind][..], words].concat());
            assert!(!done.status.success() && err(&done).contains(says), "{kind} {words:?}: {}", err(&done));
        }
    }
    let (all, quiet) = (
        json(&desk, "inventory", &[]),
        json(&desk, "inventory", &["--from", "2020-01-01", "--to", "2020-02-01"]),
    );
    assert!(
        all["records"]["verification"].as_u64() > Some(3) && all["period"].is_null(),
        "{}",
        all["records"]
    );
    assert_eq!(quiet["records"].as_object().unwrap().len(), 0);
    assert!(list(&quiet["models"]).iter().all(|model| model["recorded"]["last"].is_null()));
    // From one record on, to before another, by when each was recorded: no option moves that.
    let whole = |of: &Value| -> u64 {
        of["records"].as_object().unwrap().values().map(|many| many.as_u64().unwrap()).sum()
    };
    let times: Vec<String> = out(&desk.run(&["ledger", "export"]))
        .lines()
        .map(|line| {
            let entry: Value = serde_json::from_str(line).unwrap();
            let body: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
            body["made"]["recorded"].as_str().unwrap().to_owned()
        })
        .collect();
    let last = times.len();
    let earlier = times.iter().filter(|time| **time < times[last - 1]).count() as u64;
    assert!(earlier > 0 && earlier < whole(&all), "{times:?}");
    let number = last.to_string();
    assert_eq!(whole(&json(&desk, "inventory", &["--to", &number])), earlier);
    assert_eq!(whole(&json(&desk, "inventory", &["--from", &number])), whole(&all) - earlier);
    let page = said(&desk, "inventory", &["--from", "2020-01-01", "--to", "2020-02-01"]);
    assert!(page.contains("from 2020-01-01T00:00:00Z to before 2020-02-01T00:00:00Z"), "{page}");
}

#[test]
fn words_of_gates_and_what_nobody_looked_at_are_told() {
    let desk = desk();
    let before = json(&desk, "policy", &[]);
    let stage = "production";
    let words = |of: &Value, stage: &str, word: &str| of["gates"][stage][word].as_u64().unwrap_or_default();
    // What a gate tells by its status is counted at its stage, and nowhere else.
    let mut expected: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (model, stage) in [(MODEL, "dev"), (MODEL, stage), ("acme/support-bot-7b", stage)] {
        let word = match desk.run(&["gate", model, "--stage", stage, "--at", AT]).status.code() {
            Some(0) => "let_in",
            _ => "kept_out",
        };
        *expected.entry((stage, word)).or_default() += 1;
    }
    let after = json(&desk, "policy", &[]);
    assert_eq!(expected.get(&("dev", "let_in")), Some(&1), "{expected:?}");
    for stage in ["dev", stage] {
        for word in ["let_in", "kept_out"] {
            let more = words(&after, stage, word) - words(&before, stage, word);
            assert_eq!(more, expected.get(&(stage, word)).copied().unwrap_or_default(), "{stage} {word}");
        }
    }
    // Nobody verified most of them: that is said, and no model is counted as met.
    let text = said(&desk, "policy", &[]);
    assert!(text.contains("What was not looked at") && text.contains("Not measured: "), "{text}");
    for requirement in list(&after["requirements"]) {
        let outcomes = requirement["outcomes"].as_object().unwrap();
        let all: u64 = outcomes.values().map(|many| many.as_u64().unwrap()).sum();
        assert_eq!(all, list(&after["models"]).len() as u64);
        assert!(outcomes["unknown"].as_u64() > Some(0), "{requirement}");
    }
    // A policy that is not valid has no report.
    fs::write(desk.path(POLICY), "not = [a policy").unwrap();
    for kind in KINDS {
        let done = desk.run(&["report", kind, "--out", "new.html"]);
        assert_eq!(done.status.code(), Some(2), "{kind}: {}", err(&done));
        assert!(!desk.path("new.html").exists());
    }
}

#[test]
fn names_that_are_hostile_stay_names_in_both() {
    let (dir, many) = hostile();
    for kind in KINDS {
        for form in ["md", "html", "json", "csv"] {
            let folder = dir.path().to_string_lossy().into_owned();
            let done = touchmark(["report", kind, "--as", form, "--at", AT, "--workspace", &folder]);
            assert!(done.status.success(), "{kind} {form}: {}", err(&done));
            let text = out(&done);
            assert_harmless(form, &text);
            if form == "json" {
                let found: Value = serde_json::from_str(&text).unwrap();
                let listed = out(&touchmark(["list", "--workspace", &folder, "--format", "json"]));
                let listed: Value = serde_json::from_str(&listed).unwrap();
                assert_eq!(ids(&found), ids(&listed), "{kind}");
                assert!(ids(&found).len() > 10, "{many}");
            }
        }
    }
}
