//! What claims say: the registry of predicates as data, and what it makes of a predicate.

mod containers;
mod data;
mod others;
mod ours;
mod pages;
mod property;

use serde_json::{Value, json};
use touchmark::attest::{PredicateKind, Registry, Said, SchemaFault, Validity};

/// The digest of nothing that exists.
fn sha(digit: char) -> String {
    digit.to_string().repeat(64)
}

/// What the registry makes of a predicate.
fn read(uri: &str, predicate: &Value) -> (Option<PredicateKind>, Validity, Said) {
    Registry::bundled().read(uri, predicate)
}

/// What a predicate says that must be valid.
fn said(uri: &str, predicate: &Value) -> Said {
    let (_, validity, said) = read(uri, predicate);
    assert_eq!(validity, Validity::Valid, "{uri}: {predicate}");
    said
}

/// The faults of a predicate that must not be valid, as `path what`.
fn faults(uri: &str, predicate: &Value) -> Vec<String> {
    let (kind, validity, said) = read(uri, predicate);
    assert!(kind.is_some(), "{uri} is not known");
    assert_eq!(said, Said::Nothing, "an invalid predicate says nothing");
    let Validity::Invalid(faults) = validity else { panic!("{uri} is {validity:?}") };
    let words = |SchemaFault { path, what }| format!("{} {}", path.raw(), what.words());
    faults.into_iter().map(words).collect()
}

/// SLSA provenance of a fine-tuning, as a third-party builder would write it.
fn provenance() -> Value {
    json!({
        "buildDefinition": {
            "buildType": "urn:touchmark:build:finetune:1",
            "externalParameters": { "base": "lumen/iris-base", "datasets": ["acme/receipts"], "code": "train.py" },
            "resolvedDependencies": [
                { "name": "lumen/iris-base", "digest": { "sha256": sha('a') } },
                { "uri": "acme/receipts", "digest": { "sha256": sha('b') } },
                { "name": "train.py", "uri": "git+https://git.example/acme/train", "digest": { "gitCommit": "c".repeat(40) } },
                { "name": "vocab", "digest": { "sha256": sha('d') }, "annotations": { "role": "tokenizer", "verifiedAt": "2026-03-01T08:00:00Z" } },
                { "name": "notes.txt" },
            ],
        },
        "runDetails": {
            "builder": { "id": "https://ci.example/acme" },
            "metadata": { "startedOn": "2026-03-01T09:00:00Z", "finishedOn": "2026-03-01T12:00:00Z" },
        },
    })
}
