//! The registry reads any input without a crash, the same each time, and within limits.

use super::{faults, provenance, read};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use touchmark::attest::{Registry, Said, Validity};

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

/// A good document with one place changed.
fn changed(document: &mut Value, at: usize, to: &Value) {
    fn places(value: &mut Value, left: &mut usize, to: &Value) -> bool {
        if *left == 0 {
            *value = to.clone();
            return true;
        }
        *left -= 1;
        match value {
            Value::Object(map) => map.values_mut().any(|inner| places(inner, left, to)),
            Value::Array(list) => list.iter_mut().any(|inner| places(inner, left, to)),
            _ => false,
        }
    }
    places(document, &mut { at }, to);
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
            prop_assert_eq!((kind, validity, said), read(&known.uri, &document));
        }
    }

    #[test]
    fn a_change_of_one_place_is_read(at in 0_usize..60, to in any_json()) {
        let mut document = provenance();
        changed(&mut document, at, &to);
        let first = read("https://slsa.dev/provenance/v1", &document);
        prop_assert_eq!(first, read("https://slsa.dev/provenance/v1", &document));
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
