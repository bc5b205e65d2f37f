//! Reports over time in their forms: each says the same, names what it rests on, lists every model, and holds text of
//! others as text; a scope narrows it and says so.

use crate::attesting::Desk;
use crate::reports::{AT, assert_harmless, desk, fields, hostile, text_of};
use crate::support::{err, out, touchmark};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use touchmark::forms::{FORECAST_COLUMNS, TREND_COLUMNS};
use touchmark::text::screen;

/// When the verifications of `AT` are older than the policy of the samples allows.
const LATER: &str = "2027-01-05T00:00:00Z";
const FORMS: [&str; 5] = ["text", "md", "html", "json", "csv"];
const TREND: &[&str] = &["report", "trend", "--from", "before.json", "--at", LATER];
const FORECAST: &[&str] = &["report", "forecast", "--until", LATER, "--at", AT];

fn with_snapshot() -> Desk {
    let desk = desk();
    desk.works(&["snapshot", "--out", "before.json", "--at", AT]);
    desk
}

fn json(desk: &Desk, words: &[&str]) -> Value {
    serde_json::from_str(&desk.works(&[words, &["--as", "json"]].concat())).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value}"))
}

/// The groups of a report, each with the moment that it is about, if it is a forecast.
fn groups(found: &Value) -> Vec<(String, &Value)> {
    match found.get("steps") {
        Some(steps) => list(steps)
            .iter()
            .flat_map(|step| {
                list(&step["groups"]).iter().map(|group| (step["at"].as_str().unwrap().to_owned(), group))
            })
            .collect(),
        None => list(&found["groups"]).iter().map(|group| (String::new(), group)).collect(),
    }
}

fn models(found: &Value) -> BTreeSet<String> {
    let groups = groups(found).into_iter().flat_map(|(_, group)| list(&group["models"]));
    groups.map(|model| model["model"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_form_says_the_same_rests_on_the_same_and_has_the_same_bytes() {
    let desk = with_snapshot();
    for (words, columns) in [(TREND, &TREND_COLUMNS), (FORECAST, &FORECAST_COLUMNS)] {
        let found = json(&desk, words);
        let changed = models(&found);
        assert!(changed.len() > 2, "{found:#}");
        let inputs: Vec<&Value> = match found.get("inputs") {
            Some(inputs) => vec![inputs],
            None => vec![&found["from"]["inputs"], &found["to"]["inputs"]],
        };
        for form in FORMS {
            let words = [words, &["--as", form, "--limit", "0"]].concat();
            let once = desk.works(&words);
            assert_eq!(desk.works(&words), once, "{words:?}");
            assert!(!once.contains(&*desk.path("").to_string_lossy()), "{words:?} says where it lies");
            for model in &changed {
                let name = screen(model);
                assert!(once.replace('\\', "").contains(&name), "{words:?} lacks {name}");
            }
            if form != "csv" {
                for inputs in &inputs {
                    for digest in [&inputs["evidence"], &inputs["policy"]["digest"], &inputs["anchors"]] {
                        assert!(once.contains(digest.as_str().unwrap()), "{words:?} lacks {digest}");
                    }
                }
                for assumed in list(&found["assumes"]) {
                    let plain = once.replace('\\', "").replace("&#39;", "'");
                    assert!(plain.contains(assumed.as_str().unwrap()), "{words:?} lacks {assumed}");
                }
            }
            if form == "html" {
                let text = text_of(&once);
                assert!(text.contains("What was not looked at") && text.contains("sha256"), "{text}");
                assert!(once.contains("<svg"), "no picture of the figures");
            }
        }
        // What a table has is what the document has, model by model and in its order.
        let rows = fields(&desk.works(&[words, &["--as", "csv"]].concat()));
        assert_eq!(rows[0], columns);
        let all = groups(&found).into_iter().flat_map(|(at, group)| {
            list(&group["models"]).iter().map(move |model| (at.clone(), group, model))
        });
        let mut many = 1;
        for (row, (at, group, model)) in rows[1..].iter().zip(all) {
            let cell = |name: &str| &row[columns.iter().position(|column| *column == name).unwrap()];
            assert_eq!(*cell("model"), screen(model["model"].as_str().unwrap()));
            assert_eq!(*cell("deployments"), model["deployments"].to_string());
            match at.is_empty() {
                true => {
                    let stand = |side: &str, of: &str| match &group[side][of] {
                        Value::String(word) => word.replace('-', " "),
                        Value::Null => String::new(),
                        number => number.to_string(),
                    };
                    assert_eq!(*cell("decision before"), stand("before", "decision"));
                    assert_eq!(*cell("level after"), stand("after", "level"));
                    assert_eq!(cell("evidence after sha256"), model["evidence_after"].as_str().unwrap());
                }
                false => {
                    assert_eq!(*cell("at"), at);
                    assert_eq!(*cell("level before"), group["level_before"].to_string());
                    assert_eq!(*cell("level after"), group["level_after"].to_string());
                    assert_eq!(cell("evidence sha256"), model["evidence"].as_str().unwrap());
                }
            }
            assert_eq!(*cell("reason"), group["reason"].as_str().unwrap_or_default());
            assert!(!cell("causes").is_empty());
            many += 1;
        }
        assert_eq!(rows.len(), many);
        // Without a form it is the text, and `--format json` the document.
        assert_eq!(desk.works(words), desk.works(&[words, &["--as", "text"]].concat()));
        assert_eq!(
            desk.works(&[words, &["--format", "json"]].concat()),
            desk.works(&[words, &["--as", "json"]].concat())
        );
    }
}

#[test]
fn figures_before_and_after_are_those_of_the_document() {
    let desk = with_snapshot();
    let found = json(&desk, TREND);
    let page = desk.works(&[TREND, &["--as", "md"]].concat());
    let lines: Vec<&str> = page.lines().collect();
    for total in list(&found["levels"]) {
        let name = total["of"].as_u64().map_or("no level".to_owned(), |level| format!("L{level}"));
        for (side, many) in [("before", &total["before"]), ("after", &total["after"])] {
            let is_it = |line: &&&str| line.contains(&format!("{name} {side}"));
            let line = lines.iter().find(is_it).unwrap_or_else(|| panic!("{name} {side}: {page}"));
            assert!(line.contains(&format!(" {many} model")), "{line}");
        }
    }
    let lowest = list(&found["levels"]).iter().find(|total| total["of"] == 0).unwrap();
    let (was, is) = (&lowest["before"], &lowest["after"]);
    let more = is.as_u64().unwrap().checked_sub(was.as_u64().unwrap()).unwrap();
    assert!(more > 0 && page.contains(&format!(", {more} more")), "{page}");

    let found = json(&desk, FORECAST);
    let page = desk.works(&[FORECAST, &["--as", "md"]].concat());
    let mut days: std::collections::BTreeMap<String, [usize; 3]> = Default::default();
    for (at, group) in groups(&found) {
        let place = match group["turn"].as_str().unwrap() {
            "kept-out" => 0,
            "tightened" | "lowered" => 1,
            _ => 2,
        };
        days.entry(at[..10].to_owned()).or_default()[place] += list(&group["models"]).len();
    }
    assert!(days.values().any(|[out, ..]| *out > 0), "{found:#}");
    for (day, [out, lost, gained]) in days {
        let said = format!("{out} kept out, {lost} lose, {gained} gain");
        assert!(
            page.lines().any(|line| line.contains(&day) && line.contains(&said)),
            "{day}: {said}\n{page}"
        );
    }
}

#[test]
fn a_report_is_written_whole_or_not_at_all() {
    let desk = with_snapshot();
    for words in [TREND, FORECAST] {
        let written = desk.works(&[words, &["-o", "new.md", "-o", "new.csv", "-o", "new.html"]].concat());
        assert!(written.contains("✓ written  new.md"), "{written}");
        let text = fs::read_to_string(desk.path("new.md")).unwrap();
        assert_eq!(text, desk.works(&[words, &["--as", "md"]].concat()));
        let taken = desk.refused(&[words, &["-o", "other.json", "-o", "new.csv"]].concat(), 2);
        assert!(taken.contains("--force") && !desk.path("other.json").exists(), "{taken}");
        desk.works(&[words, &["-o", "new.csv", "--force"]].concat());
        for wrong in ["new.sarif", "new", "no/folder.md"] {
            let said = desk.run(&[words, &["-o", wrong]].concat());
            assert!(!said.status.success() && !desk.path(wrong).exists(), "{wrong}: {}", err(&said));
        }
        #[cfg(feature = "pdf")]
        {
            desk.works(&[words, &["-o", "new.pdf"]].concat());
            let bytes = fs::read(desk.path("new.pdf")).unwrap();
            assert!(bytes.starts_with(b"%PDF-1.7"));
            assert_eq!(desk.run(&[words, &["--as", "pdf"]].concat()).stdout, bytes);
            fs::remove_file(desk.path("new.pdf")).unwrap();
        }
        for made in ["new.md", "new.csv", "new.html"] {
            fs::remove_file(desk.path(made)).unwrap();
        }
    }
}

#[test]
fn a_scope_leaves_out_the_others_and_says_which_it_covers() {
    let desk = with_snapshot();
    for words in [TREND, FORECAST] {
        let all = json(&desk, words);
        assert!(all.get("scope").is_none(), "{all:#}");
        let acme = json(&desk, &[words, &["--producer", "acme"]].concat());
        assert_eq!(acme["scope"], "models of the producer acme");
        let is_acme = |model: &&String| model.starts_with("acme/");
        let expected: BTreeSet<String> = models(&all).iter().filter(is_acme).cloned().collect();
        assert_eq!(models(&acme), expected);
        assert!(!expected.is_empty() && expected.len() < models(&all).len());
        let one = expected.first().unwrap();
        let found = json(&desk, &[words, &["--producer", "acme", "--filter", one]].concat());
        assert!(models(&found).contains(one) && models(&found).is_subset(&expected), "{found:#}");
        let family = json(&desk, &[words, &["--family", one]].concat());
        assert!(models(&family).contains(one), "{family:#}");
        let count =
            |found: &Value| found["models"].as_u64().or_else(|| found["to"]["models"].as_u64()).unwrap();
        assert!(count(&acme) < count(&all), "{}", count(&acme));
        if let Some(left) = all.get("not_measured") {
            let many = |of: &Value| of["all"]["models"].as_u64().unwrap();
            assert!(many(&acme["not_measured"]) < many(left), "{acme:#}");
            assert!(many(&acme["not_measured"]) < count(&acme), "{acme:#}");
        }
        // The others are judged all the same: what it rests on does not change.
        let evidence = |found: &Value| {
            found.get("inputs").or_else(|| found["to"].get("inputs")).unwrap()["evidence"].clone()
        };
        assert_eq!(evidence(&acme), evidence(&all));
        let page = desk.works(&[words, &["--producer", "acme", "--as", "md"]].concat());
        assert!(page.contains("models of the producer acme"), "{page}");
        let text = desk.works(&[words, &["--producer", "acme"]].concat());
        assert!(text.contains("which    models of the producer acme"), "{text}");
        let none = desk.refused(&[words, &["--filter", "kind:nothing-of-this", "-o", "none.md"]].concat(), 2);
        assert!(!desk.path("none.md").exists(), "{none}");
        let none =
            desk.run(&[words, &["--producer", "acme", "--filter", "northwind", "-o", "none.md"]].concat());
        assert!(err(&none).contains("no model of the inventory is in this scope"), "{}", err(&none));
        assert!(!desk.path("none.md").exists());
        let misspelt = desk.refused(&[words, &["--producer", "acmee"]].concat(), 2);
        assert!(misspelt.contains("did you mean `acme`"), "{misspelt}");
    }
    // A date knows only models with a verification.
    let dated = ["report", "trend", "--from", "2026-01-01", "--to", "2026-01-02", "--at", LATER];
    let none = desk.run(&[&dated[..], &["--producer", "acme"]].concat());
    assert!(!none.status.success(), "{}", out(&none));
}

#[test]
fn names_of_others_stay_text_in_every_form() {
    let (dir, many) = hostile();
    let bom = dir.path().join("all.cdx.json");
    let whole = fs::read_to_string(&bom).unwrap();
    let mut empty: Value = serde_json::from_str(&whole).unwrap();
    empty["components"] = Value::Array(Vec::new());
    fs::write(&bom, empty.to_string()).unwrap();
    let folder = dir.path().to_string_lossy().into_owned();
    let taken = dir.path().join("before.json").to_string_lossy().into_owned();
    let in_it = |words: &[&str]| touchmark([words, &["--workspace", &folder, "--at", AT]].concat());
    let done = in_it(&["snapshot", "--out", &taken]);
    assert!(done.status.success(), "{}", err(&done));
    fs::write(&bom, whole).unwrap();
    drop(in_it(&["scan"]));
    for form in ["md", "html", "json", "csv"] {
        let told = in_it(&["report", "trend", "--from", &taken, "--as", form, "--limit", "0"]);
        assert!(told.status.success(), "{}", err(&told));
        let told = out(&told);
        assert_harmless(form, &told);
        if form == "csv" {
            assert!(fields(&told).len() + 5 > many, "{} rows of {many}", fields(&told).len());
        }
        assert_harmless(form, &out(&in_it(&["report", "forecast", "--as", form])));
    }
}
