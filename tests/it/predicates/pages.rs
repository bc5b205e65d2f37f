//! What is published of the registry, and how claims are shown.

use super::{provenance, sha};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use touchmark::attest::Registry;
use touchmark::documents::{predicate_schema, predicate_schema_files};
use touchmark::report::predicates_page;

#[test]
fn the_page_and_the_schemas_of_predicates_are_fresh() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let page = fs::read_to_string(docs.join("predicates.md")).unwrap_or_default();
    assert!(page == predicates_page(), "predicates.md is stale: run `cargo run --example make-docs`");
    let folder = docs.join("schemas/predicates");
    let there: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let made = predicate_schema_files();
    assert!(there.iter().eq(made.iter().map(|(name, _)| name)), "stale: {there:?}");
    for (name, text) in made {
        assert!(fs::read_to_string(folder.join(&name)).unwrap() == text, "{name} is stale");
    }
}

#[test]
fn a_schema_says_what_the_registry_checks() {
    let schema = predicate_schema(Registry::bundled().named("training-data").unwrap());
    let one = &schema["properties"]["datasets"]["items"];
    assert_eq!(schema["required"], json!(["datasets"]));
    assert_eq!(one["required"], json!(["name"]));
    assert_eq!(one["properties"]["personalData"]["required"], json!(["found"]));
    assert_eq!(one["properties"]["digest"]["$ref"], "#/$defs/digests");
    let card = predicate_schema(Registry::bundled().named("model-card").unwrap());
    assert_eq!(card["properties"]["sections"]["items"]["type"], "string");
}

#[test]
fn a_predicate_is_shown_by_the_labels_of_its_fields_in_their_order() {
    let shown = |uri: &str, predicate: &Value| {
        let known = Registry::bundled().of(uri).unwrap();
        let lines = known.shown(predicate).into_iter();
        lines.map(|(label, value)| format!("{label}: {}", value.raw())).collect::<Vec<_>>()
    };
    let lines = shown("https://slsa.dev/provenance/v1", &provenance());
    assert_eq!(lines[0], "build type: urn:touchmark:build:finetune:1");
    assert_eq!(lines[1], "parameters: base=lumen/iris-base, datasets=[1], code=train.py");
    assert!(
        lines[2].starts_with("inputs: lumen/iris-base sha256:aaaaaaaaaaaaaaaa…, acme/receipts"),
        "{}",
        lines[2]
    );
    assert_eq!(lines.last().unwrap(), "finished: 2026-03-01T12:00:00Z");

    let evaluation = json!({ "benchmark": { "name": "b" }, "results": [
        { "metric": "f1", "value": "0.99", "comparator": ">=", "threshold": "0.98" }] });
    assert_eq!(
        shown("urn:touchmark:evaluation:1", &evaluation),
        ["benchmark: b", "results: f1 0.99 >= 0.98"]
    );
    // What is no object says nothing, and a flood is cut.
    assert!(shown("urn:touchmark:evaluation:1", &json!([1])).is_empty());
    let members: Vec<Value> = (0..40)
        .map(|at| json!({ "name": format!("m{at}"), "role": "base", "digest": { "sha256": sha('1') } }))
        .collect();
    let lines = shown("urn:touchmark:composition:1", &json!({ "members": members }));
    assert!(lines[0].chars().count() <= 420, "{}", lines[0]);
}
