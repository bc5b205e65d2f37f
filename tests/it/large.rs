//! Large inventories: what their models share, how they are written, and what is made before a key could wait for it.
//! Counts and sizes, never a clock.

use std::sync::Arc;
use touchmark::inventory::{Basis, Details, Fact, FactKey, Model, ModelId};
use touchmark::tui::{Action, update};
use touchmark::workbench::{OpenOptions, Workbench};

/// A bill of materials of these models, in a workspace of its own with all others given.
fn opened(bills: &[(&str, &[&str])]) -> (tempfile::TempDir, Workbench) {
    let dir = tempfile::tempdir().unwrap();
    for (name, models) in bills {
        let components: Vec<serde_json::Value> = models
            .iter()
            .map(|model| {
                let (group, name) = model.split_once('/').unwrap();
                serde_json::json!({ "type": "machine-learning-model", "group": group, "name": name })
            })
            .collect();
        let bill =
            serde_json::json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": components });
        std::fs::write(dir.path().join(name), bill.to_string()).unwrap();
    }
    let text = "schema = \"workspace/0.1\"\nname = \"large\"\n[[source]]\nkind = \"bom\"\npath = \".\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    let options = OpenOptions { dir: Some(dir.path().to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    (dir, workbench)
}

#[test]
fn models_of_one_bill_share_what_is_said_alike_of_them() {
    let (_dir, workbench) = opened(&[
        ("a.cdx.json", &["acme/one", "acme/two", "Acme/Three", "acme/four"]),
        ("b.cdx.json", &["acme/one", "acme/two", "other/five"]),
    ]);
    let view = workbench.view();
    let model = |id: &str| view.model(&ModelId::new(id)).unwrap().1;
    let shared = |one: &str, other: &str| Arc::ptr_eq(&model(one).details, &model(other).details);
    assert!(shared("acme/three", "acme/four"), "of the first bill alone");
    assert!(shared("acme/one", "acme/two"), "of both bills");
    assert!(!shared("acme/one", "acme/four") && !shared("acme/one", "other/five"), "of other bills");
    let sources: Vec<&str> = model("acme/one").sources.iter().map(|source| source.raw()).collect();
    assert_eq!(sources, ["./a.cdx.json", "./b.cdx.json"]);
    assert_eq!(model("acme/three").name.raw(), "Three", "as it is written");
}

#[test]
fn what_changes_of_a_model_changes_of_no_other() {
    let one = Model::new(ModelId::new("acme/one"), "one");
    let mut other = Model { id: ModelId::new("acme/other"), ..one.clone() };
    assert!(Arc::ptr_eq(&one.details, &other.details));
    other.files = 3;
    other.facts.push(Fact {
        key: FactKey::Licence,
        value: "MIT".into(),
        basis: Basis::Declared,
        source: "a".into(),
        place: "b".into(),
    });
    assert_eq!((one.files, one.facts.len()), (0, 0));
    assert_eq!((other.files, other.facts.len()), (3, 1));
    assert_eq!(*one.clone().with(|details| details.files = 3).details, *other.details);
}

#[test]
fn a_model_is_one_object_in_a_document_whatever_it_shares() {
    let model = Model::new(ModelId::new("acme/one"), "One").with(|details| {
        *details = Details { files: 2, bytes: 7, sources: vec!["a.json".into()], ..Details::default() };
    });
    let text = serde_json::to_string(&model).unwrap();
    let expected = r#"{"id":"acme/one","name":"One","kind":"model","location":null,"signature":null,"claims":null,"files":2,"bytes":7,"formats":[],"hazards":[],"facts":[],"parents":[],"binding":null,"sources":["a.json"]}"#;
    assert_eq!(text, expected);
    assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model);
}

#[test]
fn names_that_look_alike_are_marked_before_a_row_is_drawn() {
    let view = crate::tui::many(50);
    assert!(view.names.get().is_none());
    update(&mut crate::tui::app("dark", None), Action::View(view.clone()));
    assert!(view.names.get().is_some(), "drawing would need all names");
}
