//! Reports on producers: who signs what and how, what is open and who can act, in every form; and the letter that asks
//! for it.

use crate::attesting::Desk;
use crate::reports::{AT, MODEL, assert_harmless, desk, fields, hostile, json as maturity, text_of};
use crate::support::{err, out, touchmark};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use touchmark::forms::{LetterTemplate, PRODUCED_COLUMNS, PRODUCER_COLUMNS};
use touchmark::maturity::{Duty, Rubric};

const FORMS: [&str; 5] = ["text", "md", "html", "json", "csv"];
const OPEN: [&str; 3] = ["fail", "missing", "partial"];

fn said(desk: &Desk, words: &[&str]) -> String {
    desk.works(&[&["report", "producer", "--at", AT][..], words].concat())
}

fn json(desk: &Desk, words: &[&str]) -> Value {
    serde_json::from_str(&said(desk, &[words, &["--as", "json"]].concat())).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value}"))
}

fn producer_of(id: &str) -> &str {
    id.split('/').next().unwrap()
}

#[test]
fn producers_are_counted_by_what_was_found_for_each_control_and_the_worst_come_first() {
    let desk = desk();
    let all = json(&desk, &[]);
    // What the rows for auditors say of each model and control, for the models whose level was measured.
    let whole = maturity(&desk, &[]);
    let measured: BTreeSet<&str> = list(&whole["models"])
        .iter()
        .filter(|model| model["is_measured"] == true)
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    let rows = fields(&desk.works(&["report", "maturity", "--at", AT, "--as", "csv"]));
    let rows: Vec<&Vec<String>> = rows.iter().filter(|row| measured.contains(row[1].as_str())).collect();
    let rubric = Rubric::bundled().unwrap();
    let duty = |id: &str| rubric.control(id).unwrap().duty;
    let mut asked = 0;
    for card in list(&all["producers"]) {
        let name = card["adoption"]["name"].as_str().unwrap();
        let rows: Vec<_> = rows.iter().filter(|row| producer_of(&row[1]) == name).collect();
        let open = |wanted: &dyn Fn(&Vec<String>) -> bool| -> BTreeSet<&str> {
            rows.iter().filter(|row| wanted(row)).map(|row| row[1].as_str()).collect()
        };
        let is_open = |row: &Vec<String>| OPEN.contains(&row[2].as_str());
        assert_eq!(card["contradicted"], open(&|row| row[2] == "fail").len(), "{name}");
        let waits = |row: &Vec<String>| is_open(row) && duty(&row[0]) == Duty::Producer;
        assert_eq!(card["waiting"], open(&waits).len(), "{name}");
        let mut controls = BTreeMap::new();
        for row in rows.iter().filter(|row| is_open(row)) {
            *controls.entry(row[0].as_str()).or_insert(0_u64) += 1;
        }
        let found: BTreeMap<&str, u64> = list(&card["open"])
            .iter()
            .map(|open| (open["control"].as_str().unwrap(), open["models"].as_u64().unwrap()))
            .collect();
        assert_eq!(found, controls, "{name}");
        for duties in list(&card["duties"]) {
            let of: Duty = serde_json::from_value(duties["duty"].clone()).unwrap();
            for (result, key) in [
                ("pass", "pass"),
                ("partial", "partial"),
                ("missing", "missing"),
                ("fail", "contradicted"),
                ("unknown", "unknown"),
                ("not-applicable", "not_applicable"),
            ] {
                let many = rows.iter().filter(|row| row[2] == result && duty(&row[0]) == of).count();
                assert_eq!(duties["results"][key], many, "{name}, {of:?}, {result}");
            }
        }
        asked += list(&card["open"]).iter().filter(|open| open["duty"] == "producer").count();
        // The adoption is that of the maturity report, with the digest that it rests on.
        let theirs = list(&whole["survey"]["producers"]).iter().find(|one| one["name"] == name).unwrap();
        assert_eq!(&card["adoption"], theirs);
        assert_eq!(theirs["evidence"].as_str().unwrap().len(), 64);
    }
    assert!(asked > 5, "{asked}");
    assert_eq!(all["rests_on"], whole["rests_on"]);
    let worst: Vec<[u64; 3]> = list(&all["producers"])
        .iter()
        .map(|card| {
            let not = &card["adoption"]["not_measured"]["all"]["models"];
            [&card["contradicted"], &card["waiting"], not].map(|many| many.as_u64().unwrap())
        })
        .collect();
    assert!(worst.is_sorted_by(|one, other| one >= other), "{worst:?}");
    assert!(worst.first() != worst.last() && all.get("models").is_none());
    let models: usize = list(&all["producers"])
        .iter()
        .map(|card| card["adoption"]["models"].as_u64().unwrap() as usize)
        .sum();
    assert_eq!(models, list(&whole["models"]).len());
}

#[test]
fn a_producer_has_its_models_with_what_each_misses_and_a_signature_settles_it() {
    let desk = desk();
    let acme = json(&desk, &["acme"]);
    assert_eq!((&acme["about"]["producer"], list(&acme["producers"]).len()), (&"acme".into(), 1));
    let models = list(&acme["models"]);
    let theirs = maturity(&desk, &["--producer", "acme"]);
    assert_eq!(models.len(), list(&theirs["models"]).len());
    for (model, same) in models.iter().zip(list(&theirs["models"])) {
        for member in ["id", "root_digest", "level", "evidence", "outcome", "verified_at"] {
            assert_eq!(model[member], same[member], "{}", model["id"]);
        }
        let (open, unknown) = (list(&model["open"]), list(&model["unknown"]));
        assert!(model["is_measured"] == true || open.is_empty(), "{model}");
        let both = open.iter().filter(|open| unknown.contains(&open["control"])).count();
        assert_eq!(both, 0, "{}", model["id"]);
        assert!(open.iter().all(|open| OPEN.contains(&open["outcome"].as_str().unwrap())));
    }
    let of = |report: &Value, id: &str| {
        list(&report["models"])
            .iter()
            .find(|model| model["id"] == id)
            .cloned()
            .unwrap_or_else(|| panic!("{id}"))
    };
    let of_model = of(&acme, MODEL);
    let score = desk.says(&["score", MODEL, "--at", AT]);
    let controls = list(&score["verdicts"][0]["verdict"]["assessment"]["controls"]);
    for open in list(&of_model["open"]) {
        let control = controls.iter().find(|control| control["id"] == open["control"]).unwrap();
        assert_eq!((&open["outcome"], &open["found"]), (&control["outcome"], &control["found"]));
    }
    // A model that nobody signed: what it misses first is a signature, and it is settled by one.
    let unsigned = |report: &Value| -> Vec<String> {
        let models = list(&report["models"]).iter();
        let misses = |model: &&Value| list(&model["open"]).iter().any(|open| open["control"] == "L1.01");
        models.filter(misses).map(|model| model["id"].as_str().unwrap().to_owned()).collect()
    };
    let whole = json(&desk, &[]);
    let lacks = |card: &&Value| list(&card["open"]).iter().any(|open| open["control"] == "L1.01");
    let producers = list(&whole["producers"]).iter().filter(lacks);
    let producers = producers.map(|card| card["adoption"]["name"].as_str().unwrap());
    let found = producers.filter(|name| !name.is_empty()).find_map(|name| {
        let report = json(&desk, &[name]);
        unsigned(&report).first().map(|id| (name.to_owned(), id.clone(), report))
    });
    let (name, id, before) = found.unwrap();
    assert_eq!(of(&before, &id)["signed_at"], Value::Null);
    assert_eq!(of(&before, &id)["method"], Value::Null);
    let place = format!("models/{id}");
    desk.works(&["sign", "key", &place, "--private-key", "key.pem"]);
    drop(desk.run(&["scan"]));
    drop(desk.run(&["verify", &id, "--at", AT]));
    let after = json(&desk, &[&name]);
    assert!(!unsigned(&after).contains(&id), "{:#}", of(&after, &id));
    let signed = |report: &Value| report["producers"][0]["adoption"]["signed"]["yes"].as_u64().unwrap();
    assert_eq!(signed(&after), signed(&before) + 1);
    let misspelt = desk.refused(&["report", "producer", "acmee"], 2);
    assert!(misspelt.contains("did you mean `acme`"), "{misspelt}");
}

#[test]
fn every_form_says_the_same_and_has_the_same_bytes() {
    let desk = desk();
    for about in [&[][..], &["acme"], &["acme", "--letter"]] {
        let digest = json(&desk, &about[..about.len().min(1)])["rests_on"]["evidence"].clone();
        for form in FORMS {
            if about.contains(&"--letter") && ["json", "csv"].contains(&form) {
                let no = desk.refused(&[&["report", "producer", "--as", form][..], about].concat(), 2);
                assert!(no.contains("its forms are plain text, Markdown, HTML"), "{no}");
                continue;
            }
            let words = [about, &["--as", form]].concat();
            let once = said(&desk, &words);
            assert!(
                !once.contains(&*desk.path("").to_string_lossy()),
                "{words:?} says where the workspace lies"
            );
            assert!(form == "csv" || once.contains(digest.as_str().unwrap()), "{words:?} names no evidence");
            match form {
                "html" => assert!(text_of(&once).contains("acme")),
                "json" | "md" => assert_eq!(said(&desk, &words), once, "{words:?}"),
                _ => {}
            }
        }
    }
    let all = fields(&said(&desk, &["--as", "csv"]));
    assert_eq!(all[0], PRODUCER_COLUMNS);
    let found = json(&desk, &[]);
    for (row, card) in all[1..].iter().zip(list(&found["producers"])) {
        assert_eq!(row[0], touchmark::text::screen(card["adoption"]["name"].as_str().unwrap()));
        assert_eq!(row[3], card["adoption"]["signed"]["yes"].to_string());
        assert_eq!(row[12], card["waiting"].to_string());
        assert_eq!(row[15], card["adoption"]["evidence"].as_str().unwrap());
    }
    assert_eq!(all.len() - 1, list(&found["producers"]).len());
    let one = fields(&said(&desk, &["acme", "--as", "csv"]));
    assert_eq!(one[0], PRODUCED_COLUMNS);
    let found = json(&desk, &["acme"]);
    for (row, model) in one[1..].iter().zip(list(&found["models"])) {
        let open = |ours: bool| {
            let open = list(&model["open"]).iter().filter(|open| (open["duty"] != "producer") == ours);
            open.map(|open| open["control"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            (row[0].as_str(), &row[7], &row[8]),
            (model["id"].as_str().unwrap(), &open(false), &open(true))
        );
        assert_eq!(row[5], model["signed_at"].as_str().unwrap_or_default());
    }
    let written = desk.works(&["report", "producer", "acme", "--at", AT, "-o", "acme.md", "-o", "acme.csv"]);
    assert!(written.contains("✓ written  acme.md"), "{written}");
    assert_eq!(fs::read_to_string(desk.path("acme.md")).unwrap(), said(&desk, &["acme", "--as", "md"]));
    desk.refused(&["report", "producer", "-o", "acme.md"], 2);
    desk.refused(&["report", "producer", "-o", "acme.sarif"], 2);
    #[cfg(feature = "pdf")]
    for (words, file) in [(&["acme"][..], "acme.pdf"), (&["acme", "--letter"], "letter.pdf")] {
        said(&desk, &[words, &["-o", file]].concat());
        let bytes = fs::read(desk.path(file)).unwrap();
        assert!(bytes.starts_with(b"%PDF-1.7"), "{file}");
        let again = desk.run(&[&["report", "producer", "--at", AT, "--as", "pdf"][..], words].concat());
        assert_eq!(again.stdout, bytes, "{file}");
    }
    let (dir, _) = hostile();
    let folder = dir.path().to_string_lossy().into_owned();
    for form in ["md", "html", "json", "csv"] {
        let words = ["report", "producer", "--workspace", &folder, "--at", AT, "--as", form];
        assert_harmless(form, &out(&touchmark(words)));
    }
}

#[test]
fn a_letter_names_the_models_and_what_each_lacks_and_claims_nothing() {
    let desk = desk();
    // A name that an attacker would choose, on a model that nobody signed.
    let name = "<b>_[x](y)*=1";
    let folder = desk.path("models/acme").join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.json"), "{\"model_type\": \"llama\"}").unwrap();
    fs::write(folder.join("weights.gguf"), b"GGUF").unwrap();
    drop(desk.run(&["scan"]));
    drop(desk.run(&["verify", &format!("acme/{name}"), "--at", AT]));
    let letter = said(&desk, &["acme", "--letter", "--as", "md"]);
    let found = json(&desk, &["acme"]);
    let asks = |model: &Value| {
        let asks = list(&model["open"]).iter().filter(|open| open["duty"] == "producer").cloned();
        asks.collect::<Vec<Value>>()
    };
    let plain = letter.replace('\\', "");
    let rows: Vec<&str> = plain.lines().filter(|line| line.starts_with("| acme/")).collect();
    let (mut asked, mut left_out) = (0, 0);
    for model in list(&found["models"]) {
        let id = format!("| {} |", model["id"].as_str().unwrap());
        let row = rows.iter().find(|row| row.starts_with(&id));
        match (asks(model).is_empty(), row) {
            (true, None) => left_out += 1,
            (false, Some(row)) => {
                asked += 1;
                let root = model["root_digest"].as_str().unwrap_or("not computed");
                assert!(row.contains(root), "{row}");
                for open in asks(model) {
                    let ask = format!(
                        "{} {}",
                        open["control"].as_str().unwrap(),
                        open["outcome"].as_str().unwrap()
                    );
                    assert!(
                        row.contains(&ask) && plain.contains(open["title"].as_str().unwrap()),
                        "{ask}: {row}"
                    );
                }
            }
            found => panic!("{id}: {found:?}"),
        }
    }
    assert!(asked == rows.len() && asked > 1 && left_out > 0, "{asked} of {}, {left_out}", rows.len());
    for said in [
        "# Request for evidence: models of acme",
        "Date: 2026-12-01. Please answer by 2026-12-31.",
        "It says nothing about the safety",
        "never of safety or correctness",
        &format!("Models concerned: {asked}."),
    ] {
        assert!(plain.contains(said), "{said}\n{letter}");
    }
    assert_harmless("md", &letter);
    assert_harmless("html", &said(&desk, &["acme", "--letter", "--as", "html"]));
    let later = said(&desk, &["acme", "--letter", "--answer-by", "2027-02-01", "--as", "md"]);
    assert!(later.contains("Please answer by 2027-02-01."), "{later}");
    let past = ["report", "producer", "acme", "--letter", "--at", AT, "--answer-by", "2026-11-30"];
    assert!(desk.refused(&past, 2).contains("before the letter"));
    // A workspace has a letter of its own, and may be asked for another one.
    let own = "# Dear {{producer}}\n\n{{gaps}}\n\n{{models}}\n\nBy {{ deadline }}, *soon*: {{date}}.\n\n{{limits}}\n";
    fs::create_dir_all(desk.path("letters")).unwrap();
    fs::write(desk.path("letters/producer.md"), own).unwrap();
    let theirs = said(&desk, &["acme", "--letter", "--as", "md"]);
    assert!(theirs.starts_with("# Dear acme\n\n| control |"), "{theirs}");
    assert!(
        theirs.contains("\nBy 2026-12-31, \\*soon\\*: 2026-12-01.\n") && !theirs.contains("{{"),
        "{theirs}"
    );
    fs::write(desk.path("other.md"), own.replace("Dear", "Hello")).unwrap();
    let other = said(&desk, &["acme", "--letter", "--template", "other.md", "--as", "md"]);
    assert!(other.starts_with("# Hello acme\n"), "{other}");
    fs::write(desk.path("other.md"), own.replace("{{limits}}", "")).unwrap();
    let no =
        desk.refused(&["report", "producer", "acme", "--letter", "--template", "other.md", "-o", "l.md"], 2);
    assert!(no.contains("other.md: {{limits}}") && !desk.path("l.md").exists(), "{no}");
    // Nobody is asked for nothing: of a producer whose models nobody looked at, nothing is known.
    let (dir, _) = hostile();
    let folder = dir.path().to_string_lossy().into_owned();
    let all = out(&touchmark(["report", "producer", "--workspace", &folder, "--at", AT, "--as", "json"]));
    let all: Value = serde_json::from_str(&all).unwrap();
    let plain = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    let mut names = list(&all["producers"]).iter().map(|card| card["adoption"]["name"].as_str().unwrap());
    if let Some(name) = names.find(|name| plain(name)) {
        let done = touchmark(["report", "producer", name, "--letter", "--workspace", &folder, "--at", AT]);
        assert!(done.status.code() == Some(2) && err(&done).contains("nothing to ask"), "{}", err(&done));
    }
}

#[test]
fn a_template_is_checked_when_it_is_read() {
    assert!(LetterTemplate::bundled().is_ok());
    let rest = "\n\n{{producer}} {{deadline}}\n\n{{gaps}}\n\n{{models}}\n\n{{limits}}";
    let whole = |text: &str| LetterTemplate::parse(&format!("{text}{rest}"));
    assert!(whole("# Title").is_ok() && whole("<!-- a\nb {{c}} -->\n# Title").is_ok());
    for (text, says, help) in [
        ("no title", "has no title", "begin it"),
        ("# One\n# Two", "a title stands only at the beginning", ""),
        ("Text\n\n# Late", "a title stands only at the beginning", ""),
        ("# Title\n\n{{producr}}", "there is no {{producr}}", "did you mean {{producer}}?"),
        ("# Title\n\n{{xyzzy}}", "there is no {{xyzzy}}", "there are producer"),
        ("# Title\n\nSee {{models}} here", "{{models}} needs a line of its own", "empty line"),
        ("# Title\n\nof {{producer", "this hole does not end", "}}"),
        ("<!-- open\n# Title", "this comment does not end", "-->"),
    ] {
        let error = whole(text).expect_err(text);
        assert!(error.what.contains(says), "{text}: {error}");
        assert!(error.help.unwrap_or_default().contains(help), "{text}");
    }
    let error = LetterTemplate::parse("# T\n\n{{producer}} {{gaps").expect_err("an open hole");
    assert!(error.at.unwrap().raw().starts_with("line 3"));
    let missing = LetterTemplate::parse("# T\n\n{{producer}}").expect_err("holes are missing");
    assert_eq!(missing.at.unwrap().raw(), "{{deadline}} {{gaps}} {{models}} {{limits}}");
}

#[test]
fn a_scope_covers_what_it_names_and_says_what_it_leaves_out() {
    let desk = desk();
    let ids = |report: &Value| -> BTreeSet<String> {
        list(&report["models"]).iter().map(|model| model["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = maturity(&desk, &[]);
    assert_eq!(
        (&all["population"]["left_out"], &all["about"]["inventory"]),
        (&0.into(), &all["about"]["inventory"])
    );
    for filter in ["publisher:acme", "status:fail", "kind:model level:<2"] {
        let listed = desk.works(&["list", filter, "--at", AT, "--format", "json"]);
        let listed: Value = serde_json::from_str(&listed).unwrap();
        let part = maturity(&desk, &["--filter", filter]);
        assert_eq!(ids(&part), ids(&listed), "{filter}");
        let population = &part["population"];
        assert_eq!(population["covered"], ids(&part).len());
        assert_eq!(population["left_out"], ids(&all).len() - ids(&part).len());
        assert!(part["about"]["part"].is_string(), "{}", part["about"]);
        assert!(population["filter"].as_str().unwrap().contains("found by the filter"), "{population}");
    }
    // A family is a model, what it derives from, and what derives from it; and filters hold together.
    let base = "northwind/harbour-7b";
    let family = maturity(&desk, &["--family", base]);
    let found = ids(&family);
    for member in [base, MODEL, "northwind/harbour-7b-instruct"] {
        assert!(found.contains(member), "{member}: {found:?}");
    }
    assert!(!found.contains("lumen/iris-base") && found.len() < ids(&all).len());
    let up = ids(&maturity(&desk, &["--family", MODEL]));
    assert!(up.contains(base) && up.contains(MODEL));
    let both = maturity(&desk, &["--family", base, "--producer", "acme", "--filter", "kind:model"]);
    let acme: BTreeSet<String> = found.iter().filter(|id| id.starts_with("acme/")).cloned().collect();
    assert!(ids(&both).is_subset(&acme) && ids(&both).contains(MODEL), "{:?}", ids(&both));
    assert_eq!(both["about"]["producer"], "acme");
    let text = both["population"]["filter"].as_str().unwrap();
    for part in ["models of the producer acme", "filter kind:model", &format!("family of {base}")] {
        assert!(text.contains(part), "{text}");
    }
    // The stage is what it is judged for.
    let stages: Vec<Value> =
        ["dev", "production"].iter().map(|stage| maturity(&desk, &["--stage", stage])).collect();
    assert_eq!(stages[0]["rests_on"]["stage"], "dev");
    assert_ne!(stages[0]["models"], stages[1]["models"]);
    // The same scopes narrow the report on producers, down to its counts.
    let narrowed = json(&desk, &["--family", base, "--stage", "dev"]);
    let counted: u64 =
        list(&narrowed["producers"]).iter().map(|card| card["adoption"]["models"].as_u64().unwrap()).sum();
    assert_eq!((counted as usize, &narrowed["rests_on"]["stage"]), (found.len(), &"dev".into()));
    for (words, says) in [
        (&["--filter", "colour:red"][..], "colour"),
        (&["--filter", "publisher:nobody"], "no model of the inventory is in this scope"),
        (&["--family", "nobody/knows-it"], "neither a model"),
        (&["--stage", "moon"], "moon"),
        (&[MODEL, "--filter", "kind:model"], "cannot be used with"),
    ] {
        let done = desk.run(&[&["report", "maturity"][..], words].concat());
        assert!(done.status.code() == Some(2) && err(&done).contains(says), "{words:?}: {}", err(&done));
    }
}
