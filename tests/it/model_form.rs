//! The documentation form of a model: each field with its basis and its source, `unknown` spelled out, and no word that a
//! point is met.

use crate::nasty;
use crate::reports::{AT, MODEL, assert_harmless, desk, hostile, json as maturity};
use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use touchmark::dossier::DocumentationForm;

fn said(folder: &Path, words: &[&str]) -> String {
    let folder = folder.to_string_lossy();
    let all = [&["report", "model", "--workspace", &folder, "--at", AT][..], words].concat();
    let done = touchmark(&all);
    assert_eq!(done.status.code(), Some(0), "{all:?}: {}", err(&done));
    out(&done)
}

fn form(folder: &Path, model: &str) -> Value {
    serde_json::from_str(&said(folder, &["--as", "json", "--", model])).unwrap()
}

fn field(form: &Value, id: &str) -> Value {
    let fields = form["fields"].as_array().unwrap();
    fields.iter().find(|field| field["id"] == id).cloned().unwrap_or_else(|| panic!("{id}"))
}

/// The values of a field: value, basis, file, place.
fn values(form: &Value, id: &str) -> Vec<[String; 4]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |value: &Value| {
        assert_eq!(value["evidence"]["sha256"].as_str().unwrap().len(), 64, "{value}");
        [&value["value"], &value["basis"], &value["evidence"]["file"], &value["place"]].map(text)
    };
    field(form, id)["values"].as_array().unwrap().iter().map(row).collect()
}

/// A workspace of one bill.
fn workspace(bill: &Value) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("all.json"), bill.to_string()).unwrap();
    let text = "schema = \"workspace/0.1\"\n[[source]]\nkind = \"bom\"\npath = \"all.json\"\n";
    fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    dir
}

#[test]
fn what_a_bill_declares_fills_fields_and_what_nobody_says_is_unknown() {
    let card = json!({
        "modelParameters": {
            "approach": { "type": "supervised" },
            "task": "summarisation",
            "architectureFamily": "transformer",
            "inputs": [{ "format": "text" }, { "format": "image" }],
            "outputs": [{ "format": "text" }],
        },
        "considerations": {
            "useCases": ["summaries of claims"],
            "technicalLimitations": ["no medical advice"],
            "environmentalConsiderations": { "energyConsumptions": [
                { "activity": "training", "activityEnergyCost": { "value": 12.5, "unit": "kWh" } },
                { "activity": "inference" },
            ] },
        },
    });
    let component = |name: &str, card: Value| {
        json!({
            "type": "machine-learning-model", "group": "acme", "name": name, "bom-ref": name, "version": "1",
            "modelCard": card,
        })
    };
    let odd = json!({ "modelParameters": { "inputs": "text", "outputs": [7, { "format": 7 }] }, "considerations": [] });
    let dir = workspace(&json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "components": [component("told", card), component("silent", json!({})), component("odd", odd)],
    }));
    let told = form(dir.path(), "acme/told");
    let at = |place: &str| format!("/components/0/modelCard{place}");
    for (id, value, place) in [
        ("inputs", "text", "/modelParameters/inputs/0/format"),
        ("inputs", "image", "/modelParameters/inputs/1/format"),
        ("outputs", "text", "/modelParameters/outputs/0/format"),
        ("tasks", "summaries of claims", "/considerations/useCases/0"),
        ("tasks", "summarisation", "/modelParameters/task"),
        ("limitations", "no medical advice", "/considerations/technicalLimitations/0"),
        ("training", "supervised", "/modelParameters/approach/type"),
        ("architecture", "transformer", "/modelParameters/architectureFamily"),
        (
            "energy",
            "12.5 kWh for training",
            "/considerations/environmentalConsiderations/energyConsumptions/0",
        ),
    ] {
        let found = values(&told, id);
        let wanted = [value.to_owned(), "declared".to_owned(), "all.json".to_owned(), at(place)];
        assert!(found.contains(&wanted), "{id}: {found:?}");
        assert_eq!(
            (&field(&told, id)["state"], &field(&told, id)["basis"]),
            (&"known".into(), &"declared".into())
        );
        // The same card of another model says nothing of this one.
        for other in ["acme/silent", "acme/odd"] {
            let silent = field(&form(dir.path(), other), id);
            let shown = (&silent["state"], &silent["basis"], silent["values"].as_array().unwrap().len());
            assert_eq!(shown, (&"unknown".into(), &Value::Null, 0), "{other}: {id}");
        }
    }
    assert_eq!(values(&told, "energy").len(), 1);
    let Spdx { told, bare } = spdx();
    assert_eq!(values(&told, "energy")[0][0], "40 kilowattHour for trainingEnergyConsumption");
    for (id, value) in [
        ("tasks", "translation of forms"),
        ("limitations", "only German"),
        ("training", "on public notices"),
        ("training", "without duplicates"),
    ] {
        assert!(values(&told, id).iter().any(|found| found[0] == value && found[1] == "declared"), "{id}");
        assert_eq!(field(&bare, id)["state"], "unknown", "{id}");
    }
}

struct Spdx {
    told: Value,
    bare: Value,
}

fn spdx() -> Spdx {
    let package = |name: &str, more: Value| {
        let mut package = json!({ "type": "ai_AIPackage", "spdxId": format!("urn:{name}"), "name": name });
        package.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        package
    };
    let told = json!({
        "ai_informationAboutApplication": "translation of forms",
        "ai_limitation": "only German",
        "ai_informationAboutTraining": "on public notices",
        "ai_modelDataPreprocessing": ["without duplicates"],
        "ai_energyConsumption": { "type": "ai_EnergyConsumption", "ai_trainingEnergyConsumption": [
            { "type": "ai_EnergyConsumptionDescription", "ai_energyQuantity": 40, "ai_energyUnit": "kilowattHour" },
        ] },
    });
    let dir = workspace(&json!({
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [package("acme/forms", told), package("acme/bare", json!({}))],
    }));
    Spdx { told: form(dir.path(), "acme/forms"), bare: form(dir.path(), "acme/bare") }
}

#[test]
fn what_was_observed_and_attested_is_said_to_be_so_by_digest() {
    let desk = desk();
    let found = form(&desk.path(""), MODEL);
    let report = maturity(&desk, &[MODEL]);
    let verification = &report["detail"]["verification"];
    let digest = field(&found, "digest");
    assert_eq!(digest["values"][0]["value"], verification["root_digest"]);
    assert_eq!((&digest["basis"], &found["root_digest"]), (&"observed".into(), &verification["root_digest"]));
    assert_eq!(digest["values"][0]["evidence"]["sha256"], verification["seen"]["observed"]);
    let signer = field(&found, "signer");
    assert_eq!(signer["values"].as_array().unwrap().len(), usize::from(verification["is_proven"] == true));
    for value in signer["values"].as_array().unwrap() {
        assert_eq!(
            (&value["basis"], &value["value"]),
            (&"attested".into(), &verification["signer"]["subject"])
        );
        assert_eq!(value["evidence"]["sha256"], verification["bundle_digest"]);
    }
    // Of claims those that count, and no others.
    let claims = report["detail"]["claims"].as_array().unwrap();
    let data = claims.iter().filter(|claim| claim["kind"] == "data");
    let counted: BTreeSet<&str> = data
        .filter(|claim| claim["counts"] == true)
        .map(|claim| claim["evidence"]["sha256"].as_str().unwrap())
        .collect();
    let field_of = field(&found, "data");
    let shown: BTreeSet<&str> = field_of["values"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|value| value["evidence"]["kind"] == "claim")
        .map(|value| value["evidence"]["sha256"].as_str().unwrap())
        .collect();
    assert!(counted.is_subset(&shown), "{counted:?} {shown:?}");
    let others = claims.iter().filter(|claim| claim["counts"] == false);
    assert!(others.clone().count() + counted.len() > 0, "no claim at all");
    for claim in others {
        assert!(!shown.contains(claim["evidence"]["sha256"].as_str().unwrap()), "{claim}");
    }
    // Parents as `why` and `lineage` have them.
    let edges = report["detail"]["lineage"]["edges"].as_array().unwrap();
    let direct: BTreeSet<&str> = edges
        .iter()
        .filter(|edge| edge["child"] == MODEL && edge["relation"] != "trained-on")
        .map(|edge| edge["parent"].as_str().unwrap())
        .collect();
    let bases = field(&found, "base-models");
    let bases: Vec<&str> =
        bases["values"].as_array().unwrap().iter().map(|value| value["value"].as_str().unwrap()).collect();
    assert!(!direct.is_empty() && bases.len() == direct.len(), "{bases:?}");
    assert!(bases.iter().all(|base| direct.contains(base.split(' ').next().unwrap())), "{bases:?}");
    // An edge that a claim proves rests on the claim, and is attested; one that a document declares, on that.
    for edge in edges.iter().filter(|edge| edge["child"] == MODEL) {
        let id = if edge["relation"] == "trained-on" { "data" } else { "base-models" };
        let values = field(&found, id)["values"].as_array().unwrap().clone();
        let starts = format!("{} (", edge["parent"].as_str().unwrap());
        let value =
            values.iter().find(|value| value["value"].as_str().unwrap().starts_with(&starts)).unwrap();
        assert_eq!(value["basis"] == "attested", edge["proof"] == "proved", "{edge:#} {value:#}");
        assert_eq!(value["evidence"]["kind"] == "claim", !edge["claims"].as_array().unwrap().is_empty());
        assert_eq!(value["place"] == "", value["evidence"]["kind"] == "claim", "{value:#}");
    }
    assert!(
        field(&found, "base-models")["basis"] == "declared"
            && field(&found, "training")["values"] == json!([])
    );
    let claimed = copy_of_samples();
    let folder = claimed.path().to_string_lossy().into_owned();
    drop(touchmark(["verify", MODEL, "--workspace", &folder, "--at", AT]));
    let claimed = form(claimed.path(), MODEL);
    for id in ["base-models", "training"] {
        let field = field(&claimed, id);
        assert_eq!(field["basis"], "attested", "{field:#}");
        for value in field["values"].as_array().unwrap() {
            assert_eq!(
                (&value["evidence"]["kind"], &value["place"]),
                (&"claim".into(), &"".into()),
                "{value:#}"
            );
            assert!(
                value["evidence"]["by"].is_string() && value["evidence"]["line"].is_number(),
                "{value:#}"
            );
        }
    }
    // Once the files changed, what was observed of them is known no more.
    let folder = desk.path("models").join(MODEL);
    fs::write(folder.join("config.json"), "{}").unwrap();
    let changed = form(&desk.path(""), MODEL);
    assert_eq!(
        (&field(&changed, "digest")["state"], &changed["root_digest"]),
        (&"unknown".into(), &Value::Null)
    );
    assert!(changed["not_looked_at"].as_array().unwrap().iter().any(|row| row["about"] == "files"));
}

#[test]
fn every_field_stands_in_every_form_and_nothing_is_called_compliant() {
    let desk = desk();
    let folder = desk.path("");
    let found = form(&folder, MODEL);
    let fields = found["fields"].as_array().unwrap();
    let plan = DocumentationForm::bundled().unwrap();
    assert_eq!(fields.len(), plan.fields.len());
    let counted: u64 = found["filled"].as_object().unwrap().values().map(|many| many.as_u64().unwrap()).sum();
    assert_eq!(counted as usize, fields.len());
    let unknown = fields.iter().filter(|field| field["state"] == "unknown").count();
    assert!(found["filled"]["unknown"] == unknown && unknown > 3, "{}", found["filled"]);
    assert_eq!(field(&found, "acceptable-use")["state"], "unknown");
    // Each point of the Annexes has a field.
    let points: BTreeSet<&str> =
        plan.fields.iter().flat_map(|field| &field.points).map(String::as_str).collect();
    assert_eq!(
        points.iter().filter(|point| point.starts_with("Annex XI, Section 1, ")).count(),
        11,
        "{points:?}"
    );
    assert_eq!(points.iter().filter(|point| point.starts_with("Annex XI, Section 2, ")).count(), 3);
    assert_eq!(points.iter().filter(|point| point.starts_with("Annex XII, ")).count(), 11);
    for form in ["md", "html", "text"] {
        let text = said(&folder, &[MODEL, "--as", form]);
        assert_eq!(said(&folder, &[MODEL, "--as", form]), text, "{form}");
        let low = text.to_lowercase();
        assert!(!low.contains("complian") && !low.contains("complies"), "{form}");
        assert!(
            low.contains("evidence relevant to") && text.contains("no statement that a point is"),
            "{form}"
        );
        for field in fields {
            assert!(text.contains(field["title"].as_str().unwrap()), "{form}: {field}");
        }
        let plain = text.replace('\\', "");
        assert!(plain.contains(found["form"]["digest"].as_str().unwrap()), "{form}");
        if form == "md" {
            let rows = plain.lines().filter(|line| line.contains("| unknown | unknown |")).count();
            assert_eq!(rows, unknown, "{text}");
        }
    }
    assert!(
        plan.unconfirmed && said(&folder, &[MODEL, "--as", "md"]).contains("were not checked against a text")
    );
    #[cfg(feature = "pdf")]
    {
        let words = ["report", "model", MODEL, "--at", AT, "-o", "form.pdf", "-o", "form.json"];
        assert!(desk.works(&words).contains("✓ written  form.pdf"));
        assert!(fs::read(desk.path("form.pdf")).unwrap().starts_with(b"%PDF-1.7"));
        assert_eq!(
            fs::read_to_string(desk.path("form.json")).unwrap(),
            said(&folder, &[MODEL, "--as", "json"])
        );
    }
    let refused = desk.refused(&["report", "model", MODEL, "-o", "form.csv"], 2);
    assert!(refused.contains("the ending does not say"), "{refused}");
    let (dir, _) = hostile();
    for name in nasty::all().into_iter().filter(|name| name.len() < 2000 && !name.contains('\0')).step_by(9) {
        if touchmark(["show", "--workspace", &dir.path().to_string_lossy(), "--", &name]).status.code()
            != Some(0)
        {
            continue;
        }
        for form in ["md", "html", "json"] {
            assert_harmless(form, &said(dir.path(), &["--as", form, "--", &name]));
        }
    }
}

#[test]
fn a_form_is_checked_when_it_is_read() {
    let whole = |field: &str| {
        let head = "schema = \"documentation-form/0.1\"\nid = \"f\"\nname = \"F\"\ndocument = \"D\"\nversion = \"1\"\n\
                    revised = \"2026-11-28\"\nsource = \"s\"\n";
        DocumentationForm::parse(&format!("{head}{field}"))
    };
    let field = |id: &str, from: &str| {
        format!("[[field]]\nid = \"{id}\"\nsection = \"S\"\ntitle = \"T\"\npoints = []\nfrom = [{from}]\n")
    };
    let good = whole(&field("a", "\"fact:licence\", \"claim:data\", \"datasets\"")).unwrap();
    assert!(!good.unconfirmed && good.fields[0].from.len() == 3);
    for (text, says) in [
        (field("a", "\"fact:colour\""), "a: nothing is called fact:colour"),
        (field("a", "\"claim:licence\""), "a: nothing is called claim:licence"),
        (field("a", "\"parents\""), "a: nothing is called parents"),
        (field("a", "") + &field("a", ""), "the field a stands twice"),
        (field("a", "") + "more = 1\n", "more"),
    ] {
        let error = whole(&text).expect_err(&text);
        assert!(error.at.as_ref().unwrap().raw().contains(says), "{text}: {error}");
    }
    let old = DocumentationForm::parse(
        &include_str!("../../policies/forms/model-documentation.toml").replace("0.1", "0.2"),
    );
    assert!(old.is_err());
}
