//! The clauses that evidence is relevant to: the tables inside the program are sound, each id says where it comes from, and
//! every form of a report shows the same ones.

use crate::reports::{MODEL, desk, json, report};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use touchmark::maturity::{Control, Mapping, Mappings, Rubric};

const NAMES: [&str; 6] =
    ["EU AI Act", "ISO/IEC 42001", "NIST AI RMF", "SP 800-218A", "OWASP AISVS", "CoSAI-RM"];

#[test]
fn the_mappings_inside_the_program_are_valid_and_name_their_sources() {
    let mappings = Mappings::read().unwrap();
    assert_eq!(mappings.all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), NAMES);
    let files = fs::read_dir("policies/mappings").unwrap().count();
    assert_eq!(files, mappings.all.len(), "a mapping that is not in the program");
    for mapping in &mappings.all {
        assert!(!mapping.source.is_empty() && !mapping.version.is_empty(), "{}", mapping.id);
        for clause in &mapping.clauses {
            assert!(!clause.controls.is_empty(), "{} {}", mapping.id, clause.id);
            let controls: BTreeSet<&String> = clause.controls.iter().collect();
            assert_eq!(controls.len(), clause.controls.len(), "{} {}", mapping.id, clause.id);
            // Ids alone: no text of the documents.
            assert!(clause.id.len() < 48 && clause.id.split(' ').count() < 3, "{}", clause.id);
        }
    }
    let of = |name: &str| mappings.all.iter().find(|mapping| mapping.name == name).unwrap();
    let open = |name: &str| of(name).clauses.iter().filter(|clause| clause.unconfirmed).count();
    assert_eq!(open("ISO/IEC 42001"), of("ISO/IEC 42001").clauses.len(), "nobody read the standard");
    assert_eq!((open("OWASP AISVS"), open("CoSAI-RM")), (0, 0));
    let act: Vec<&str> = of("EU AI Act")
        .clauses
        .iter()
        .filter(|clause| !clause.unconfirmed)
        .map(|one| one.id.as_str())
        .collect();
    assert_eq!(act, ["Annex IV(2)(g)"]);
}

#[test]
fn a_mapping_that_is_wrong_is_refused() {
    let rubric = Rubric::bundled().unwrap();
    let right = fs::read_to_string("policies/mappings/nist-ai-rmf.toml").unwrap();
    Mapping::parse(&right, &rubric).unwrap();
    for (from, to, says) in [
        ("mapping/0.1", "mapping/9", "the schema is not mapping/0.1"),
        ("\"L2.17\"", "\"L9.99\"", "the rubric has no control L9.99"),
        ("\"GOVERN 1.6\"", "\"GOVERN 1.4\"", "GOVERN 1.4 stands twice"),
        ("unconfirmed = true", "unconfrimed = true", "unconfrimed"),
        ("source = ", "sauce = ", "sauce"),
    ] {
        let error = Mapping::parse(&right.replacen(from, to, 1), &rubric).unwrap_err();
        assert!(format!("{error:?}").contains(says), "{error:?}");
    }
}

#[test]
fn a_control_of_another_rubric_is_relevant_to_nothing() {
    let rubric = Rubric::bundled().unwrap();
    let control = rubric.control("L3.04").unwrap();
    let ids = |control: &Control| {
        let clauses = Mappings::bundled().of(control);
        clauses.map(|(mapping, clause)| format!("{}: {}", mapping.name, clause.id)).collect::<Vec<_>>()
    };
    let known = ids(control);
    for id in
        ["EU AI Act: Annex IV(2)(g)", "NIST AI RMF: MEASURE 2.3", "SP 800-218A: PW.8", "OWASP AISVS: 3.2.3"]
    {
        assert!(known.iter().any(|one| one == id), "{id} is not in {known:?}");
    }
    let other = Control { title: "Something else".into(), ..control.clone() };
    assert!(ids(&other).is_empty());
}

#[test]
fn every_form_shows_the_clauses_and_never_says_that_they_are_met() {
    let desk = desk();
    let found = json(&desk, &[MODEL]);
    let controls = found["detail"]["controls"].as_array().unwrap();
    let evaluated = controls.iter().find(|control| control["id"] == "L3.04").unwrap();
    let ids: Vec<(&str, &str, bool)> = evaluated["relevant_to"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |member: &str| one[member].as_str().unwrap();
            (text("mapping"), text("clause"), one["unconfirmed"].as_bool().unwrap())
        })
        .collect();
    assert!(ids.contains(&("eu-ai-act", "Annex IV(2)(g)", false)), "{ids:?}");
    assert!(ids.contains(&("iso-iec-42001", "A.6.2.4", true)), "{ids:?}");
    // The same from the side of the documents.
    let whole = json(&desk, &[]);
    for document in [&found, &whole] {
        let mappings = document["relevant_to"].as_array().unwrap();
        assert_eq!(mappings.iter().map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(), NAMES);
        for mapping in mappings {
            let clauses = mapping["clauses"].as_array().unwrap();
            let has = |clause: &&Value| clause["controls"].as_array().unwrap().contains(&"L3.04".into());
            let theirs: BTreeSet<&str> =
                clauses.iter().filter(has).map(|one| one["id"].as_str().unwrap()).collect();
            let ours = ids.iter().filter(|(of, ..)| *of == mapping["id"].as_str().unwrap()).map(|one| one.1);
            assert_eq!(theirs, ours.collect(), "{}", mapping["id"]);
            let text =
                fs::read(format!("policies/mappings/{}.toml", mapping["id"].as_str().unwrap())).unwrap();
            assert_eq!(mapping["digest"], touchmark::signing::sha256_hex(&text));
        }
    }
    for about in [&[MODEL][..], &[]] {
        for form in ["md", "html", "text"] {
            let text = report(&desk, &[about, &["--as", form]].concat());
            for said in ["Clauses that the evidence is relevant to", "no statement that a clause is met"] {
                assert!(text.contains(said), "{form}: {said}");
            }
            for name in NAMES {
                assert!(text.contains(name), "{form}: {name}");
            }
            let lower = text.to_lowercase();
            assert!(!lower.contains("compliant") && !lower.contains("complies"), "{form}");
        }
        let csv = report(&desk, &[about, &["--as", "csv"]].concat());
        let row = csv.lines().find(|line| line.starts_with("L3.04,")).unwrap();
        assert!(
            row.contains(
                "EU AI Act: Art. 9(6)*, Art. 9(7)*, Art. 9(8)*, Annex IV(2)(g); ISO/IEC 42001: A.6.2.4*"
            ),
            "{row}"
        );
    }
    let markdown = report(&desk, &[MODEL, "--as", "md"]);
    let row = markdown.lines().rfind(|line| line.starts_with("| L3.04 |")).unwrap();
    assert!(row.contains("Annex IV(2)(g) |") && row.contains("A.6.2.4\\*"), "{row}");
}
