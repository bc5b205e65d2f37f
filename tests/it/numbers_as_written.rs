//! Numbers of claims are neither rounded when a claim is made nor when it is judged: 0.97999999999999999999 does not
//! meet a threshold of 0.98.

use crate::attesting::Desk;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;
use std::sync::LazyLock;
use touchmark::attest::{
    Claim, Decimal, Draft, Evaluation, Judge, Judged, Said, SchemaFault, Subject, Validity, given, judge,
};
use touchmark::signing::{Anchor, Curve, Progress, RootDigest, SigningKey, Trust, VerifyOptions, pae};
use touchmark::{Code, Error};

const MODEL: &str = "northwind/harbour-7b-instruct";
const EVALUATION: &str = "urn:touchmark:evaluation:1";
const EVAL_RESULT: &str = "https://in-toto.io/attestation/eval-result/v0.1";
const BELOW: &str = "0.97999999999999999999";

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Curve::P256).unwrap());

fn root() -> RootDigest {
    RootDigest([1; 32])
}

fn evaluation(value: &str, threshold: &str) -> String {
    format!(
        r#"{{"benchmark":{{"name":"b"}},"results":[{{"metric":"f1","value":1}},{{"metric":"recall","value":{value},"comparator":">=","threshold":{threshold}}}],"evaluatedAt":"2026-01-01T00:00:00Z"}}"#
    )
}

fn statement(predicate_type: &str, predicate: &str) -> String {
    format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"acme/x","digest":{{"sha256":"{}"}}}}],"predicateType":"{predicate_type}","predicate": {predicate} }}"#,
        root()
    )
}

/// What becomes of a predicate, as it is written, in a claim that is signed.
fn judged(predicate_type: &str, predicate: &str) -> Judged {
    let (payload, kind) = (statement(predicate_type, predicate), "application/vnd.in-toto+json");
    let signature = STANDARD.encode(KEY.sign(&pae(kind, payload.as_bytes())).unwrap());
    let line = json!({ "payload": STANDARD.encode(&payload), "payloadType": kind, "signatures": [{ "sig": signature }] });
    let claim = Claim::parse(1, line.to_string().as_bytes()).unwrap();
    let anchor = Anchor::key("key", "test", KEY.public().to_pem().as_bytes(), None).unwrap();
    let (trust, options) =
        (Trust::new(vec![anchor]), VerifyOptions::at("2026-06-01T00:00:00Z".parse().unwrap()));
    let by = Judge { trust: &trust, options: &options, root: Some(root()), aliases: &[] };
    judge(vec![claim], &by, &Progress::default()).unwrap().remove(0)
}

fn evaluated(predicate_type: &str, predicate: &str) -> Evaluation {
    let judged = judged(predicate_type, predicate);
    assert!(judged.counts(), "{:?}", judged.validity);
    match judged.said {
        Said::Evaluation(evaluation) => *evaluation,
        other => panic!("{other:?}"),
    }
}

fn read(document: &str) -> Result<Draft, Error> {
    let about = Subject { name: "acme/x".into(), root: root() };
    given(document.as_bytes(), None, EVALUATION, &about)
}

#[test]
fn a_claim_is_judged_by_its_numbers_as_they_are_written() {
    let passed = |value: &str, threshold: &str| {
        let predicate = evaluation(value, threshold)
            .replace(r#""value":1}"#, r#""value":1,"comparator":">","threshold":0}"#);
        evaluated(EVALUATION, &predicate).passed
    };
    assert_eq!(passed(BELOW, "0.98"), Some(false));
    assert_eq!(passed("0.98", BELOW), Some(true));
    assert_eq!(passed("98e-2", "0.980"), Some(true));
    assert_eq!(passed("9007199254740992", "9007199254740993"), Some(false));
    let quoted = format!("\"{BELOW}\"");
    assert_eq!(passed(&quoted, "0.98"), Some(false));
    let metrics = evaluated(EVALUATION, &evaluation(BELOW, "0.98")).metrics;
    assert_eq!(
        (metrics[0].value.clone(), metrics[1].value.clone()),
        (Decimal::parse("1"), Decimal::parse(BELOW))
    );
    let shown = judged(EVALUATION, &evaluation(BELOW, "0.98")).says();
    assert!(shown.iter().any(|(_, value)| value.raw().contains(BELOW)), "{shown:?}");

    let proposed = |value: &str| {
        format!(
            r#"{{"suite":{{"name":"s"}},"evaluatedAt":"2026-01-01T00:00:00Z","sampleSize":7,"assuranceLevel":"third_party","claims":[{{"metric":"m","comparator":">=","threshold":0.98,"value":{value},"passed":true}}]}}"#
        )
    };
    // It claims to have passed, but is below.
    assert_eq!(evaluated(EVAL_RESULT, &proposed(BELOW)).passed, Some(false));
    assert_eq!(evaluated(EVAL_RESULT, &proposed("0.98")).passed, Some(true));
}

#[test]
fn a_number_that_is_too_long_to_compare_is_a_fault() {
    let long = format!("0.{}", "9".repeat(1001));
    let Validity::Invalid(faults) = judged(EVALUATION, &evaluation(&long, "0.98")).validity else { panic!() };
    let told: Vec<(&str, &str)> =
        faults.iter().map(|SchemaFault { path, what }| (path.raw(), what.words())).collect();
    assert_eq!(told, [("results[1].value", "has a value that is not allowed")]);
    // Up to there it is a number.
    let most = format!("0.{}", "9".repeat(999));
    assert_eq!(judged(EVALUATION, &evaluation(&most, "0.98")).validity, Validity::Valid);
}

#[test]
fn a_number_that_would_be_rounded_is_not_signed() {
    for (value, threshold, place) in [
        (BELOW, "0.98", "results[1].value"),
        ("1", BELOW, "results[1].threshold"),
        ("123456789012345678901234567890", "1", "results[1].value"),
        ("1e-999", "1", "results[1].value"),
    ] {
        let bare = evaluation(value, threshold);
        let refused = read(&bare).unwrap_err();
        assert_eq!(
            (refused.code, refused.at.as_ref().map(|at| at.raw())),
            (Code::Malformed, Some(place)),
            "{value}"
        );
        assert!(refused.help.as_deref().unwrap_or_default().contains("in quotes"), "{refused:?}");
        let refused = read(&statement(EVALUATION, &bare)).unwrap_err();
        assert_eq!(refused.at.unwrap().raw(), format!("predicate.{place}"));
    }
    // Also in a field that nobody reads.
    let elsewhere =
        evaluation("1", "1").replace("\"benchmark\":{", &format!("\"benchmark\":{{\"x\":[[{BELOW}]],"));
    assert_eq!(read(&elsewhere).unwrap_err().at.unwrap().raw(), "benchmark.x[0][0]");
    // A number alone is no predicate, and has no place.
    let alone = read(BELOW).unwrap_err();
    assert_eq!((alone.code, alone.at), (Code::Malformed, None));
    for value in
        ["0.98", "0.980", "98e-2", "1e-05", "-0", "0.0", "18446744073709551615", &format!("\"{BELOW}\"")]
    {
        let draft = read(&evaluation(value, "0.98")).unwrap();
        let kept = draft.predicate.pointer("/results/1/value").and_then(Decimal::of);
        assert_eq!(kept, Decimal::parse(value.trim_matches('"')), "{value}");
    }
}

#[test]
fn a_statement_that_says_more_than_would_be_signed_is_refused() {
    let whole = statement(EVALUATION, &evaluation("1", "1"));
    assert!(read(&whole).is_ok());
    assert!(
        read(&whole.replace("\"name\":\"acme/x\",", "")).is_ok(),
        "the name is no part that could be lost"
    );
    for (from, to, place, code) in [
        ("{\"_type\"", "{\"expires\":\"2027-01-01T00:00:00Z\",\"_type\"", "expires", Code::Malformed),
        ("\"digest\":{", "\"digest\":{\"sha512\":\"aa\",", "subject[0].digest.sha512", Code::Malformed),
        ("\"digest\":{", "\"uri\":\"urn:x\",\"digest\":{", "subject[0].uri", Code::Malformed),
        ("acme/x", "acme/y", "subject[0].name", Code::Usage),
    ] {
        let changed = whole.replacen(from, to, 1);
        assert_ne!(changed, whole, "{from}");
        let refused = read(&changed).unwrap_err();
        assert_eq!((refused.code, refused.at.unwrap().raw()), (code, place), "{from}");
    }
}

#[test]
fn a_parameter_of_a_build_is_not_rounded() {
    let desk = Desk::new();
    let words = |given: &'static str| {
        let build =
            ["attest", "provenance", MODEL, "--build", "train", "--builder", "urn:acme:lab", "--dry-run"];
        [build.as_slice(), &["--parameter", given]].concat()
    };
    let told = desk.refused(&words(r#"hyperparameters={"warm":[1,0.97999999999999999999]}"#), 4);
    for part in ["externalParameters.hyperparameters.warm[1]", "in quotes"] {
        assert!(told.contains(part), "{told}");
    }
    let made: Value =
        serde_json::from_str(&desk.works(&words(r#"hyperparameters={"warm":[1,0.98]}"#))).unwrap();
    let given = &made["predicate"]["buildDefinition"]["externalParameters"]["hyperparameters"];
    assert_eq!(*given, json!({ "warm": [1, 0.98] }));
}

#[test]
fn attest_refuses_the_number_and_signs_it_in_quotes() {
    let desk = Desk::new();
    let words = ["attest", "evaluation", MODEL, "--predicate", "p.json", "--dry-run"];
    fs::write(desk.path("p.json"), evaluation(BELOW, "0.98")).unwrap();
    let told = desk.refused(&words, 4);
    for part in ["p.json", "results[1].value", "in quotes"] {
        assert!(told.contains(part), "{told}");
    }
    fs::write(desk.path("p.json"), evaluation(&format!("\"{BELOW}\""), "0.98")).unwrap();
    let made: Value = serde_json::from_str(&desk.works(&words)).unwrap();
    assert_eq!(made["predicate"]["results"][1]["value"], BELOW);
}
