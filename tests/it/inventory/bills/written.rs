//! Bills that we write: they read back as what was known, state of a signature only what was proved, and
//! validate against the official schemas.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::inventory::{Bench, has, model, values};
use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use touchmark::inventory::export::{CycloneDx, Entry, Proof, cyclonedx, spdx};
use touchmark::inventory::{FactKey, Model, Scan};
use touchmark::signing::RootDigest;

const AT: &str = "2026-03-01T12:00:00Z";

fn at() -> jiff::Timestamp {
    AT.parse().unwrap()
}

fn tree(document: impl serde::Serialize) -> Value {
    serde_json::to_value(document).unwrap()
}

/// The same models in each format.
fn written(entries: &[Entry<'_>]) -> [(&'static str, Value); 3] {
    [
        ("1.6", tree(cyclonedx(entries, CycloneDx::V1_6, at()))),
        ("1.7", tree(cyclonedx(entries, CycloneDx::V1_7, at()))),
        ("spdx", tree(spdx(entries, at()))),
    ]
}

fn read_back(document: &Value) -> Scan {
    let bench = Bench::new();
    bench.write("boms/x.json", serde_json::to_vec(document).unwrap());
    bench.scan()
}

fn family(bench: &Bench) -> Scan {
    let digest = "ab".repeat(32);
    bench.bom(
        "a",
        &format!(
            r#"{{"type":"machine-learning-model","name":"Acme/Child","version":"2","supplier":{{"name":"Acme Inc"}},"description":"d",
            "licenses":[{{"license":{{"id":"apache-2.0"}}}},{{"license":{{"name":"House rules"}}}}],"purl":"pkg:huggingface/Acme/Child@2",
            "hashes":[{{"alg":"SHA-256","content":"{digest}"}},{{"alg":"SHA3-256","content":"{digest}"}}],
            "pedigree":{{"ancestors":[{{"name":"Org/Base","properties":[{{"name":"touchmark:pedigree:digest","value":"{digest}"}},
              {{"name":"touchmark:pedigree:relation","value":"quantised"}}]}},{{"name":"Org/Other"}}]}},
            "modelCard":{{"modelParameters":{{"task":"chat","architectureFamily":"llama","datasets":[{{"ref":"d"}},{{"type":"dataset","name":"org/out"}}]}}}},
            "properties":[{{"name":"touchmark:oms:rootDigest","value":"{digest}"}},{{"name":"touchmark:oms:identity","value":"mallory"}}]}},
            {{"type":"data","bom-ref":"d","name":"Org/Set","licenses":[{{"expression":"MIT OR Apache-2.0"}}]}}"#
        ),
    );
    bench.scan()
}

fn entries(scan: &Scan) -> Vec<Entry<'_>> {
    scan.models.iter().map(|model| Entry { model, proof: None }).collect()
}

fn edges(model: &Model) -> Vec<String> {
    let mut edges: Vec<_> = model
        .parents
        .iter()
        .map(|parent| format!("{} {} {:?}", parent.relation.word(), parent.id.raw(), parent.digest))
        .collect();
    edges.sort();
    edges
}

#[test]
fn what_is_written_reads_back_with_facts_edges_and_pins() {
    let bench = Bench::new();
    let before = family(&bench);
    let child = model(&before, "acme/child");
    assert_eq!(child.parents.len(), 4);
    for (format, document) in written(&entries(&before)) {
        let after = read_back(&document);
        let again = model(&after, "acme/child");
        assert_eq!(edges(again), edges(child), "{format}");
        assert!(again.name.raw() == "Acme/Child" && again.kind == child.kind, "{format}");
        for key in [FactKey::Version, FactKey::Publisher, FactKey::Task, FactKey::Architecture, FactKey::Purl]
        {
            assert_eq!(values(again, key), values(child, key), "{format} {key:?}");
        }
        assert_eq!(values(again, FactKey::Hash), values(child, FactKey::Hash), "{format}");
        assert_eq!(values(again, FactKey::Licence), ["Apache-2.0", "House rules"], "{format}");
        let set = model(&after, "org/set");
        assert_eq!(set.kind, model(&before, "org/set").kind);
        assert_eq!(values(set, FactKey::Licence), ["MIT OR Apache-2.0"], "{format}");
        assert!(after.findings.is_empty(), "{format}: {:?}", after.findings);
        assert!(document.to_string().contains("declared: boms/a.json /components/0/version"), "{format}");
    }
}

#[test]
fn the_binding_is_what_was_proved_and_one_that_was_read_is_never_passed_on() {
    let bench = Bench::new();
    let before = family(&bench);
    let child = model(&before, "acme/child");
    assert!(child.binding.is_some());
    for (format, document) in written(&entries(&before)) {
        assert!(model(&read_back(&document), "acme/child").binding.is_none(), "{format}");
        assert!(!document.to_string().contains("mallory"));
    }
    let proof = Proof {
        root_digest: "cd".repeat(32).parse::<RootDigest>().unwrap(),
        identity: "ci@example.org".into(),
        issuer: Some("https://accounts.example.org".into()),
        log_entry: Some("bG9n/42".into()),
        bundle: "models/a b/model.sig".into(),
        bundle_digest: "ef".repeat(32),
        verified_at: at(),
    };
    for (format, document) in written(&[Entry { model: child, proof: Some(proof.clone()) }]) {
        let after = read_back(&document);
        let binding = model(&after, "acme/child").binding.clone().unwrap();
        let stated = [
            &binding.root_digest,
            &binding.identity,
            &binding.issuer,
            &binding.log_entry,
            &binding.bundle_digest,
        ]
        .map(|value| value.as_ref().unwrap().raw().to_owned());
        let proved = [
            "cd".repeat(32),
            "ci@example.org".into(),
            "https://accounts.example.org".into(),
            "bG9n/42".into(),
            "ef".repeat(32),
        ];
        assert_eq!(stated, proved, "{format}");
        let text = document.to_string();
        assert!(
            text.contains("models/a%20b/model.sig") && text.contains("touchmark:oms:digestDomain"),
            "{format}"
        );
        assert!(text.contains(AT) && !has(&after, "F-BOM-CLAIM"), "{format}");
    }
}

#[test]
fn the_same_models_give_the_same_bytes_and_hostile_names_stay_text() {
    let bench = Bench::new();
    bench.bom(
        "a",
        r#"{"type":"machine-learning-model","name":"evil\u001b[2J\u202e\"}],\nname","version":"\u0007",
        "licenses":[{"license":{"name":"MIT OR evil"}}],"purl":"javascript:x"}"#,
    );
    let scan = bench.scan();
    for ((format, one), (_, other)) in written(&entries(&scan)).into_iter().zip(written(&entries(&scan))) {
        assert_eq!(one.to_string(), other.to_string());
        let after = read_back(&one);
        assert_eq!(after.models[0].name, scan.models[0].name, "{format}");
        assert_eq!(values(&after.models[0], FactKey::Licence), ["MIT OR evil"], "{format}");
        assert!(values(&after.models[0], FactKey::Purl).is_empty(), "{format}");
    }
}

#[test]
fn export_states_signatures_that_pass_and_names_those_that_do_not() {
    let samples = copy_of_samples();
    let workspace = samples.path().to_string_lossy().into_owned();
    let export = |words: &[&str]| {
        touchmark(["--workspace", &workspace, "--at", AT, "export"].into_iter().chain(words.iter().copied()))
    };
    let run = export(&["iris-base", "acme/invoice-reader"]);
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    let document: Value = serde_json::from_str(&out(&run)).unwrap();
    assert_eq!(document["specVersion"], "1.7");
    let scan = read_back(&document);
    assert_eq!(scan.models.len(), 2);
    assert!(model(&scan, "lumen/iris-base").binding.is_some());
    assert!(model(&scan, "acme/invoice-reader").binding.is_none());
    assert!(err(&run).contains("acme/invoice-reader: its signature does not pass"), "{}", err(&run));

    let all: Value = serde_json::from_str(&out(&export(&["--spec-version", "1.6"]))).unwrap();
    assert!(all["specVersion"] == "1.6" && all["components"].as_array().unwrap().len() > 30);
    assert!(out(&export(&["--as", "spdx", "iris-base"])).contains("\"@graph\""));
    assert_eq!(export(&["--as", "spdx", "--spec-version", "1.6"]).status.code(), Some(2));
    assert_ne!(export(&["no-such-model"]).status.code(), Some(0));
}

/// Prints the number of violations; the schemas refer to each other by name.
const VALIDATE: &str = "
import json, sys, pathlib
from jsonschema import FormatChecker
from jsonschema.validators import validator_for
from referencing import Registry, Resource
folder = pathlib.Path(sys.argv[1])
registry = Registry()
for file in folder.glob('*.json'):
    schema = json.loads(file.read_text())
    resource = Resource.from_contents(schema)
    registry = registry.with_resource(schema.get('$id', file.name), resource)
    registry = registry.with_resource('http://cyclonedx.org/schema/' + file.name, resource)
schema = json.loads((folder / sys.argv[2]).read_text())
validator = validator_for(schema)(schema, registry=registry, format_checker=FormatChecker())
errors = [error.json_path + ' ' + error.message[:200] for error in validator.iter_errors(json.load(sys.stdin))]
print(len(errors), *errors[:5], sep='\\n')
";

pub fn violations(schemas: &Path, schema: &str, document: &str) -> Option<String> {
    let python = std::env::var_os("TOUCHMARK_REFERENCE").unwrap_or_else(|| "python3".into());
    let mut python = Command::new(python)
        .args(["-c", VALIDATE])
        .arg(schemas)
        .arg(schema)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let _ = python.stdin.take()?.write_all(document.as_bytes());
    let done = python.wait_with_output().ok()?;
    done.status.success().then(|| out(&done))
}

#[test]
fn what_is_written_validates_against_the_official_schemas() {
    let Some(corpus) = std::env::var_os(super::CORPUS) else {
        eprintln!("SKIPPED: validation of bills, {} is not set", super::CORPUS);
        return;
    };
    let schemas = Path::new(&corpus).join("schemas");
    let samples = copy_of_samples();
    let workspace = samples.path().to_string_lossy().into_owned();
    for (schema, words, wrong) in [
        ("bom-1.6.schema.json", &["--spec-version", "1.6"][..], "\"machine-learning-model\""),
        ("bom-1.7.schema.json", &[][..], "\"machine-learning-model\""),
        (
            "spdx-3.0.1-schema.json",
            &["--as", "spdx", "iris-base", "acme/support-bot-7b"][..],
            "\"descendantOf\"",
        ),
    ] {
        let run = touchmark(["--workspace", &workspace, "--at", AT, "export"].iter().chain(words));
        let document = out(&run);
        let Some(found) = violations(&schemas, schema, &document) else {
            assert!(std::env::var_os("CI").is_none(), "CI wants jsonschema");
            eprintln!("SKIPPED: validation of bills, python3 has no jsonschema");
            return;
        };
        assert_eq!(found.trim(), "0", "{schema}");
        let spoiled = document.replace(wrong, "\"nonsense\"");
        assert_ne!(violations(&schemas, schema, &spoiled).unwrap().trim(), "0", "{schema} finds no fault");
    }
}
