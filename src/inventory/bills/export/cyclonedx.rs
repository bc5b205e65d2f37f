//! CycloneDX 1.6 and 1.7, JSON.

use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::rc::Rc;

use super::entry::{
    CycloneDx, Entry, File, Licence, Proof, Writer, Written, address, apart, basis, facts, files, first,
    hashes, is_local, name_of_model, parents, portable, properties, timestamp,
};
use crate::inventory::bills::dialects::cyclonedx_algorithm;
use crate::inventory::model::facts::{FactKey, Relation};
use crate::inventory::model::models::{Kind, Model};
use crate::json::Each;

/// The models as one CycloneDX document. Lineage is `pedigree.ancestors`, as the standard's maintainers ask; the
/// binding is an external reference of type `attestation` and properties named `touchmark:oms:*`.
/// Each component is made when it is written.
pub fn cyclonedx<'e>(
    entries: &'e [Entry<'e>],
    version: CycloneDx,
    at: jiff::Timestamp,
) -> impl Serialize + 'e {
    cyclonedx_by(entries, version, at, None)
}

/// The same, which says who wrote it.
pub fn cyclonedx_by<'e>(
    entries: &'e [Entry<'e>],
    version: CycloneDx,
    at: jiff::Timestamp,
    writer: Option<&Writer>,
) -> impl Serialize + 'e {
    let version = match version {
        CycloneDx::V1_6 => "1.6",
        CycloneDx::V1_7 => "1.7",
    };
    let known: Rc<HashSet<&str>> = Rc::new(entries.iter().map(|entry| entry.model.id.raw()).collect());
    Bill {
        schema: format!("http://cyclonedx.org/schema/bom-{version}.schema.json"),
        format: "CycloneDX",
        spec_version: version,
        version: 1,
        metadata: metadata(at, writer),
        components: Each(move || {
            let known = known.clone();
            entries.iter().map(move |entry| apart(entry, |entry| component(entry, &known)))
        }),
    }
}

fn metadata(at: jiff::Timestamp, writer: Option<&Writer>) -> Value {
    let mut out = json!({
        "timestamp": timestamp(at),
        "tools": { "components": [
            { "type": "application", "name": "touchmark", "version": env!("CARGO_PKG_VERSION") }
        ] },
    });
    if let (Some(writer), Some(members)) = (writer, out.as_object_mut()) {
        members.insert("authors".to_owned(), json!([{ "name": writer.by.raw() }]));
        let workspace = json!([{ "name": "touchmark:writtenBy", "value": writer.workspace.raw() }]);
        members.insert("properties".to_owned(), workspace);
    }
    out
}

#[derive(Serialize)]
struct Bill<C> {
    #[serde(rename = "$schema")]
    schema: String,
    #[serde(rename = "bomFormat")]
    format: &'static str,
    #[serde(rename = "specVersion")]
    spec_version: &'static str,
    version: u32,
    metadata: Value,
    components: C,
}

fn component(entry: &Entry<'_>, known: &HashSet<&str>) -> Value {
    let model = entry.model;
    let is_data = model.kind == Kind::Dataset;
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        let is_empty = match &value {
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            value => value.is_null(),
        };
        if !is_empty {
            out.insert(key.to_owned(), value);
        }
    };
    put("type", if is_data { "data" } else { "machine-learning-model" }.into());
    put("bom-ref", model.id.raw().into());
    put("supplier", first(model, FactKey::Publisher).map_or(Value::Null, |name| json!({ "name": name })));
    put("name", name_of_model(model).into());
    put("version", first(model, FactKey::Version).into());
    put("description", first(model, FactKey::Description).into());
    put("hashes", hashes(model).iter().filter_map(|value| hash(value)).collect());
    put("licenses", licences(model));
    put("purl", first(model, FactKey::Purl).filter(|purl| purl.starts_with("pkg:")).into());
    let written = Written::in_facts_of(model);
    let ancestors: Vec<Value> = parents(model, true)
        .into_iter()
        .map(|parent| {
            let mut told =
                vec![json!({ "name": "touchmark:pedigree:relation", "value": parent.relation.word() })];
            if let Some(digest) = parent.digest {
                told.push(json!({ "name": "touchmark:pedigree:digest", "value": digest.to_string() }));
            }
            json!({ "type": "machine-learning-model", "name": written.name_of(parent), "properties": told })
        })
        .collect();
    put("pedigree", if ancestors.is_empty() { Value::Null } else { json!({ "ancestors": ancestors }) });
    put("externalReferences", entry.proof.iter().map(reference).collect());
    put("components", files(model).iter().map(file).collect());
    put(
        "properties",
        properties(entry).into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect(),
    );
    if is_data {
        put("data", json!([{ "type": "dataset", "name": name_of_model(model) }]));
    } else {
        put("modelCard", model_card(model, known));
    }
    Value::Object(out)
}

fn file(file: &File<'_>) -> Value {
    json!({
        "type": "file",
        "name": file.name,
        "hashes": [{ "alg": "SHA-256", "content": file.digest }],
        "properties": [{ "name": "touchmark:basis:hash", "value": basis(file.fact) }],
    })
}

fn model_card(model: &Model, known: &HashSet<&str>) -> Value {
    let written = Written::in_facts_of(model);
    let datasets: Vec<Value> = parents(model, false)
        .into_iter()
        .filter(|parent| parent.relation == Relation::TrainedOn)
        .map(|parent| match known.get(parent.id.raw()) {
            Some(id) => json!({ "ref": id }),
            None => json!({ "type": "dataset", "name": written.name_of(parent) }),
        })
        .collect();
    let mut parameters = Map::new();
    if let Some(task) = first(model, FactKey::Task) {
        parameters.insert("task".to_owned(), task.into());
    }
    let architecture = ["architectureFamily", "modelArchitecture"];
    for (key, fact) in architecture.into_iter().zip(facts(model, FactKey::Architecture)) {
        parameters.insert(key.to_owned(), fact.value.raw().into());
    }
    if !datasets.is_empty() {
        parameters.insert("datasets".to_owned(), Value::Array(datasets));
    }
    let mut card = Map::new();
    if !parameters.is_empty() {
        card.insert("modelParameters".to_owned(), parameters.into());
    }
    let metrics: Vec<Value> =
        facts(model, FactKey::Metric).filter_map(|fact| metric(fact.value.raw())).collect();
    if !metrics.is_empty() {
        card.insert("quantitativeAnalysis".to_owned(), json!({ "performanceMetrics": metrics }));
    }
    if card.is_empty() { Value::Null } else { card.into() }
}

/// A measurement as it is kept: what, how much, and on what.
fn metric(kept: &str) -> Option<Value> {
    let (measured, slice) = match kept.split_once(" on ") {
        Some((measured, slice)) => (measured, Some(slice)),
        None => (kept, None),
    };
    let (name, value) = measured.rsplit_once(' ')?;
    Some(match slice {
        Some(slice) => json!({ "type": name, "value": value, "slice": slice }),
        None => json!({ "type": name, "value": value }),
    })
}

fn hash(value: &str) -> Option<Value> {
    let (algorithm, content) = value.split_once(':')?;
    Some(json!({ "alg": cyclonedx_algorithm(algorithm)?, "content": content }))
}

/// Either one expression, or licences by identifier and name: the schema allows no mixture.
fn licences(model: &Model) -> Value {
    let found: Vec<&str> = facts(model, FactKey::Licence)
        .map(|fact| fact.value.raw())
        .filter(|licence| !is_local(licence))
        .collect();
    if let [one] = found.as_slice()
        && let Licence::Expression(expression) = Licence::of(one)
    {
        return json!([{ "expression": expression }]);
    }
    found
        .into_iter()
        .map(|raw| match Licence::of(raw) {
            Licence::Id(id) => json!({ "license": { "id": id } }),
            Licence::Expression(name) | Licence::Name(name) => json!({ "license": { "name": name } }),
        })
        .collect()
}

fn reference(proof: &Proof) -> Value {
    json!({
        "type": "attestation",
        "url": address(&portable(proof.bundle.raw())),
        "comment": "OMS signature bundle",
        "hashes": [{ "alg": "SHA-256", "content": proof.bundle_digest }],
    })
}
