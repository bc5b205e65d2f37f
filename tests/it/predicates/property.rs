//! The registry reads any input without a crash and within limits, and names what is wrong by its place: a change to one
//! place of a good document is a fault there and nowhere else.

use super::{faults, read, sha};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use touchmark::attest::{Field, FieldType, Predicate, PredicateKind, Registry, Said, Validity};

/// Any JSON, with the names that readers look for among its own.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("a".repeat(64))),
        Just(json!("2026-01-01T00:00:00Z")),
        Just(json!("PASSED")),
    ];
    let key = prop_oneof![
        proptest::sample::select(vec![
            "buildDefinition",
            "buildType",
            "externalParameters",
            "resolvedDependencies",
            "runDetails",
            "builder",
            "id",
            "digest",
            "sha256",
            "materials",
            "metadata",
            "verifier",
            "policy",
            "properties",
            "result",
            "attributes",
            "attribute",
            "datasets",
            "name",
            "members",
            "role",
            "results",
            "metric",
            "value",
            "parent_models",
            "scanner",
            "statements",
            "annotations",
            "verifiedAt",
            "claims",
            "dependencyLevels",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}",
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// What a field of this type may be.
fn sample(field: &Field) -> Value {
    let resource = json!({ "name": "x", "digest": { "sha256": sha('a') } });
    match field.kind {
        FieldType::Text => field.values.first().map_or("text", String::as_str).into(),
        FieldType::Texts => json!(["text"]),
        FieldType::Time => json!("2026-01-01T00:00:00Z"),
        FieldType::Boolean => json!(true),
        FieldType::Count => json!(3),
        FieldType::Decimal => json!(0.5),
        FieldType::Object => json!({}),
        FieldType::List => json!([{}]),
        FieldType::Any => json!("anything"),
        FieldType::Counts => json!({ "some": 1 }),
        FieldType::Digests => json!({ "sha256": sha('b') }),
        FieldType::Digest => json!(format!("sha256:{}", sha('c'))),
        FieldType::Resource => resource,
        FieldType::Resources | FieldType::Artifacts => json!([resource]),
        FieldType::Bulk => json!([]),
    }
}

/// Whether a value has the JSON type of a field.
fn has_type(kind: FieldType, value: &Value) -> bool {
    match kind {
        FieldType::Any => true,
        FieldType::Text | FieldType::Time => value.is_string(),
        FieldType::Boolean => value.is_boolean(),
        FieldType::Count => value.is_number(),
        FieldType::Decimal => value.is_number() || value.is_string(),
        FieldType::Object | FieldType::Counts | FieldType::Digests | FieldType::Resource => value.is_object(),
        FieldType::Digest => value.is_object() || value.is_string(),
        FieldType::List | FieldType::Texts | FieldType::Resources | FieldType::Bulk => value.is_array(),
        FieldType::Artifacts => value.is_array() || value.is_object(),
    }
}

/// Where a field stands in [`good`]: its steps, and as a fault names it.
fn place(field: &Field) -> (Vec<String>, String) {
    let written = field.path.to_string();
    let steps = written.split('.').flat_map(|part| match part.strip_suffix("[]") {
        Some(list) => vec![list.to_owned(), "0".to_owned()],
        None => vec![part.to_owned()],
    });
    (steps.collect(), written.replace("[]", "[0]"))
}

/// The place in a document that steps lead to, which is made where it is not there yet.
fn at<'d>(document: &'d mut Value, steps: &[String]) -> &'d mut Value {
    steps.iter().fold(document, |value, step| match value {
        Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
        value => &mut value[step.as_str()],
    })
}

/// A document with every field that the registry knows of a type.
fn good(known: &Predicate) -> Value {
    let mut document = json!({});
    for field in &known.fields {
        *at(&mut document, &place(field).0) = sample(field);
    }
    document
}

/// The good document of a type with one field changed, and the faults that it has then.
fn faults_with(known: &Predicate, field: &Field, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document = good(known);
    change(at(&mut document, &place(field).0));
    match read(&known.uri, &document) {
        (_, Validity::Valid, _) => Vec::new(),
        _ => faults(&known.uri, &document),
    }
}

/// One value of a document changed: the place, as a fault names it. Places are counted from the document itself.
fn changed(value: &mut Value, left: &mut usize, place: &str, to: &Value) -> Option<String> {
    if *left == 0 {
        *value = to.clone();
        return Some(place.to_owned());
    }
    *left -= 1;
    let dot = if place.is_empty() { "" } else { "." };
    match value {
        Value::Object(map) => {
            map.iter_mut().find_map(|(name, inner)| changed(inner, left, &format!("{place}{dot}{name}"), to))
        }
        Value::Array(list) => {
            let mut items = list.iter_mut().enumerate();
            items.find_map(|(index, inner)| changed(inner, left, &format!("{place}[{index}]"), to))
        }
        _ => None,
    }
}

fn any_predicate() -> impl Strategy<Value = &'static Predicate> {
    let with_fields = Registry::bundled().predicates().iter().filter(|known| !known.fields.is_empty());
    proptest::sample::select(with_fields.collect::<Vec<_>>())
}

#[test]
fn a_document_with_all_fields_of_a_type_is_valid_and_says_something() {
    for known in Registry::bundled().predicates() {
        let (kind, validity, said) = read(&known.uri, &good(known));
        assert_eq!((kind, &validity), (Some(known.kind), &Validity::Valid), "{}", known.id);
        let is_a_bill = ["spdx", "cyclonedx"].iter().any(|bill| known.id.starts_with(bill));
        let is_ours = known.kind == PredicateKind::Integrity;
        assert_eq!(said == Said::Nothing, is_a_bill || is_ours, "{}", known.id);
    }
}

#[test]
fn a_required_field_that_is_not_there_is_named_and_nothing_else_is() {
    let mut required = 0;
    for known in Registry::bundled().predicates() {
        for field in &known.fields {
            let (steps, named) = place(field);
            let missing = [format!("{named} is missing")];
            let null = faults_with(known, field, |value| *value = Value::Null);
            if field.required {
                required += 1;
                let mut without = good(known);
                let (last, above) = steps.split_last().unwrap();
                at(&mut without, above).as_object_mut().unwrap().remove(last);
                assert_eq!(faults(&known.uri, &without), missing, "{}", known.id);
                assert_eq!(null, missing, "{}", known.id);
            } else if !field.path.to_string().ends_with("[]") {
                assert!(null.is_empty(), "{} {named}: {null:?}", known.id);
            }
            if field.filled {
                let emptied = faults_with(known, field, |value| *value = json!([]));
                assert_eq!(emptied, missing, "{}", known.id);
            }
            if field.kind == FieldType::Text {
                let not_allowed = [format!("{named} has a value that is not allowed")];
                assert_eq!(faults_with(known, field, |value| *value = json!("")), not_allowed);
                let other = faults_with(known, field, |value| *value = json!("another text"));
                assert_eq!(other.is_empty(), field.values.is_empty(), "{} {named}", known.id);
            }
        }
    }
    assert!(required > 50, "{required}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_document_is_read_as_any_predicate(document in any_json()) {
        for known in Registry::bundled().predicates() {
            let (kind, validity, said) = read(&known.uri, &document);
            prop_assert_eq!(kind, Some(known.kind));
            prop_assert_ne!(&validity, &Validity::Unknown);
            if validity != Validity::Valid {
                prop_assert_eq!(&said, &Said::Nothing);
            }
        }
    }

    #[test]
    fn a_field_of_another_type_is_a_fault_at_its_place(known in any_predicate(), which in any::<usize>(), to in any_json()) {
        let field = &known.fields[which % known.fields.len()];
        let (_, named) = place(field);
        let found = faults_with(known, field, |value| *value = to.clone());
        if !to.is_null() && !has_type(field.kind, &to) {
            prop_assert_eq!(found, [format!("{named} has the wrong type")]);
        }
    }

    #[test]
    fn a_change_of_one_place_is_a_fault_nowhere_else(known in any_predicate(), place in 0_usize..60, to in any_json()) {
        let mut document = good(known);
        if let Some(named) = changed(&mut document, &mut { place }, "", &to) {
            let (_, validity, said) = read(&known.uri, &document);
            if let Validity::Invalid(faults) = validity {
                prop_assert_eq!(said, Said::Nothing);
                for fault in faults {
                    prop_assert!(fault.path.raw().starts_with(&named), "{} for {}", fault.path.raw(), named);
                }
            }
        }
    }
}

#[test]
fn floods_are_refused_and_deep_documents_are_read() {
    let many = json!({ "name": "step", "materials": vec![json!({ "name": "m" }); 10_001] });
    assert_eq!(
        faults("https://in-toto.io/attestation/link/v0.3", &many),
        ["materials is too long to be read"]
    );
    let long = json!({ "name": "x".repeat(65 * 1024) });
    assert_eq!(faults("https://in-toto.io/attestation/link/v0.3", &long), ["name is too long to be read"]);
    let bad = json!({ "name": "step", "materials": vec![json!(1); 5_000] });
    assert_eq!(
        faults("https://in-toto.io/attestation/link/v0.3", &bad).len(),
        64,
        "faults are listed up to a limit"
    );

    let mut deep = json!(1);
    for _ in 0..100 {
        deep = Value::Array(vec![deep]);
    }
    let document = json!({ "name": "step", "environment": { "deep": deep } });
    let (_, validity, _) = read("https://in-toto.io/attestation/link/v0.3", &document);
    assert_eq!(validity, Validity::Valid);
}
