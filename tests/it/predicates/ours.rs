//! Touchmark's own predicates.

use super::{faults, said, sha};
use serde_json::{Value, json};
use touchmark::attest::{Assurance, Decimal, Evaluation, InputRole, ReviewDecision, Said};

const DATA: &str = "urn:touchmark:training-data:1";
const EVALUATION: &str = "urn:touchmark:evaluation:1";

fn dataset() -> Value {
    json!({
        "name": "acme/receipts",
        "digest": { "sha256": sha('b') },
        "split": "train",
        "source": "scanned receipts of our shops",
        "collection": "with consent, 2025",
        "preprocessing": "deduplicated",
        "licence": "LicenseRef-internal",
        "personalData": { "found": "removed", "scanner": "pii-scan 2" },
        "governance": { "owner": "data@acme.example" },
    })
}

fn fields(predicate: &Value) -> Vec<String> {
    let Said::Data(read) = said(DATA, predicate) else { panic!() };
    read.fields.iter().map(|field| field.raw().to_owned()).collect()
}

#[test]
fn training_data_has_a_field_only_when_every_dataset_has_it() {
    let mut predicate = json!({ "datasets": [dataset(), dataset()] });
    assert_eq!(
        fields(&predicate),
        ["source", "collection", "preprocessing", "licence", "personalData", "governance", "digest"]
    );
    predicate["datasets"][1]["licence"] = Value::Null;
    predicate["datasets"][1]["digest"] = json!({});
    assert_eq!(fields(&predicate), ["source", "collection", "preprocessing", "personalData", "governance"]);
    predicate["datasets"][1]["personalData"] = json!({ "found": "none of your business" });
    predicate["datasets"][0]["governance"] = json!({});
    assert_eq!(
        faults(DATA, &predicate),
        [
            "datasets[1].personalData.found has a value that is not allowed",
            "datasets[0].governance.owner is missing"
        ]
    );
    assert_eq!(faults(DATA, &json!({ "datasets": [] })), ["datasets is missing"]);
    assert_eq!(faults(DATA, &json!({ "datasets": ["acme/receipts"] })), ["datasets[0] has the wrong type"]);
}

fn evaluated(results: Value) -> Evaluation {
    let predicate = json!({
        "benchmark": { "name": "receipts-bench" },
        "results": results,
        "samples": 1200,
        "harness": { "name": "lm-eval", "digest": { "sha256": sha('9') } },
        "dataset": { "name": "bench", "digest": { "sha256": sha('8') } },
        "assuranceLevel": "third_party",
        "evaluatedAt": "2026-04-01T00:00:00Z",
    });
    match said(EVALUATION, &predicate) {
        Said::Evaluation(read) => *read,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_evaluation_is_passed_when_every_threshold_is_met_to_the_digit() {
    let result = |value: Value, passed: Value| json!([{ "metric": "f1", "value": value, "comparator": ">=", "threshold": "0.98", "passed": passed }]);
    let read = evaluated(result(json!("0.98"), Value::Null));
    assert_eq!((read.passed, read.samples, read.self_attested), (Some(true), Some(1200), Some(false)));
    assert_eq!(read.assurance, Some(Assurance::ThirdParty));
    assert_eq!(read.harness.unwrap().value.raw(), sha('9'));
    assert_eq!(read.dataset.unwrap().value.raw(), sha('8'));
    assert_eq!(evaluated(result(json!(0.98), Value::Null)).passed, Some(true));
    assert_eq!(evaluated(result(json!("0.9799999999999999999999999"), Value::Null)).passed, Some(false));
    // Who says passed and is below has not passed.
    assert_eq!(evaluated(result(json!("0.5"), json!(true))).passed, Some(false));
    // Without a threshold nothing is known.
    assert_eq!(evaluated(json!([{ "metric": "f1", "value": 0.9 }])).passed, None);
    for bad in [json!("0,98"), json!("1e9999999"), json!(true), json!("NaN"), json!("")] {
        let faults = faults(
            EVALUATION,
            &json!({ "benchmark": { "name": "b" }, "evaluatedAt": "2026-04-01T00:00:00Z",
                "results": [{ "metric": "m", "value": bad }] }),
        );
        assert!(faults[0].starts_with("results[0].value has"), "{faults:?}");
    }
}

#[test]
fn decimals_compare_digit_by_digit() {
    let decimal = |text: &str| Decimal::parse(text).unwrap();
    let rising = ["-10", "-2.5", "-2.49", "-0.001", "0", "0.0009", "1e-3", "0.5", "0.51", "9", "10", "1.0e2"];
    for pair in rising.windows(2) {
        assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
    }
    assert_eq!(decimal("-0.0"), decimal("0"));
    assert_eq!(decimal("1.50"), decimal("01.5"));
    assert_eq!(decimal("12e-1").to_string(), "1.2");
    assert_eq!(decimal("-00.10").to_string(), "-0.1");
    for bad in ["", "-", ".5", "5.", "+1", "1e", "0x1", "inf", "1_0", "1e1000001", &"1".repeat(1001)] {
        assert!(Decimal::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn the_other_predicates_of_ours_say_what_controls_ask_for() {
    let config = json!({
        "hyperparameters": { "lr": "0.0001" },
        "code": { "uri": "git+https://git.example/x", "digest": { "gitCommit": "d".repeat(40) } },
        "framework": [{ "name": "pytorch", "version": "2.9" }],
        "seed": 0,
        "hardware": { "class": "h100", "count": 8 },
    });
    let Said::Config(read) = said("urn:touchmark:training-config:1", &config) else { panic!() };
    let fields: Vec<&str> = read.fields.iter().map(|field| field.raw()).collect();
    assert_eq!(fields, ["hyperparameters", "code", "framework", "seed", "hardware"]);
    assert_eq!(read.code.unwrap().value.raw(), "d".repeat(40));

    let card = json!({ "card": { "name": "README.md", "digest": { "sha256": sha('6') } },
        "model": { "name": "acme/receipt-reader" }, "sections": ["intended use", "limits"] });
    for uri in ["urn:touchmark:model-card:1", "urn:touchmark:system-card:1"] {
        let Said::Card(read) = said(uri, &card) else { panic!() };
        assert_eq!((read.model.unwrap().raw(), read.sections.len()), ("acme/receipt-reader", 2));
        assert_eq!(read.digest.unwrap().value.raw(), sha('6'));
    }

    let members = json!({ "members": [
        { "name": "base", "role": "base", "digest": { "sha256": sha('1') } },
        { "name": "lora", "role": "adapter", "digest": { "sha256": sha('2') } }] });
    let Said::Composition(read) = said("urn:touchmark:composition:1", &members) else { panic!() };
    assert_eq!((read[0].role, read[1].role), (InputRole::Base, InputRole::Adapter));
    let unpinned = json!({ "members": [{ "name": "base", "role": "boss" }] });
    assert_eq!(
        faults("urn:touchmark:composition:1", &unpinned),
        ["members[0].role has a value that is not allowed", "members[0].digest is missing"]
    );

    let review = json!({ "word": "reject", "reason": "no card", "reviewer": { "id": "jo@acme.example" },
        "reviewedAt": "2026-04-01T00:00:00Z" });
    let Said::Review(read) = said("urn:touchmark:review:1", &review) else { panic!() };
    assert_eq!((read.decision, read.reason.raw()), (ReviewDecision::Reject, "no card"));
}
