//! The AI-BOM that AITF (the telemetry framework proposed to CoSAI) makes of running systems: components as
//! they were seen in use. What it reports is declared by whoever wrote it, like any other bill.

use serde_json::Value;
use std::collections::HashMap;

use crate::text::Untrusted;

use super::dialects;
use super::parts::{Parts, Take};
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::finding::Finding;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::models::Kind;
use crate::inventory::model::names;
use crate::inventory::model::record::{Record, note};

const MAX_COMPONENTS: usize = 200_000;
/// Types of components that are for us; agents, tools and servers are not.
const KINDS: [(&str, Kind); 3] =
    [("model", Kind::Model), ("embedding_model", Kind::Model), ("dataset", Kind::Dataset)];
const FACTS: [(&str, FactKey); 4] = [
    ("version", FactKey::Version),
    ("provider", FactKey::Publisher),
    ("license", FactKey::Licence),
    ("description", FactKey::Description),
];
/// Where a component says what it was made from, and how.
const PARENTS: [(&str, Relation); 2] =
    [("derived_from", Relation::Unspecified), ("training_data", Relation::TrainedOn)];

/// Whether a tree is one.
pub(super) fn is_one(parts: &Parts<'_>) -> bool {
    parts.root.get("bom_id").is_some() && parts.root.get("components").is_some()
}

/// Reads one document.
pub(super) fn view(parts: &Parts<'_>, source: &Untrusted, take: Take<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(components) = parts.list("components") else {
        note(&mut findings, "F-BOM-TYPE", None, source, "/components", "must be a list");
        return findings;
    };
    let text = |node: &Value, key: &str| node.get(key).and_then(Value::as_str).map(str::to_owned);
    let kind = |node: &Value| {
        let word = node.get("type")?.as_str()?;
        KINDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    };
    let datasets: HashMap<String, String> = parts
        .list("components")
        .into_iter()
        .flatten()
        .filter(|node| kind(node) == Some(Kind::Dataset))
        .filter_map(|node| Some((text(&node, "component_id")?, text(&node, "name")?)))
        .collect();
    if components.len() > MAX_COMPONENTS {
        let message = format!("only the first {MAX_COMPONENTS} components are read");
        note(&mut findings, "F-BOM-COMPONENTS", None, source, "/components", message);
    }
    for (index, node) in components.take(MAX_COMPONENTS).enumerate() {
        let node = &*node;
        let at = format!("/components/{index}");
        if !node.is_object() {
            note(&mut findings, "F-BOM-TYPE", None, source, &at, "a component must be an object");
            continue;
        }
        let Some(kind) = kind(node) else { continue };
        let Some(name) = text(node, "name").filter(|name| !name.trim().is_empty()) else {
            note(&mut findings, "F-BOM-NAME", None, source, &at, "a model without a name; left out");
            continue;
        };
        let id = names::canonical(&name).unwrap_or_else(|| name.clone());
        let mut record = Record::new(ModelId::new(&id), &name, source);
        record.model.kind = kind;
        for (key, fact) in FACTS {
            let place = format!("{at}/{key}");
            match node.get(key) {
                Some(Value::String(value)) => record.fact(fact, value, Basis::Declared, source, &place),
                None | Some(Value::Null) => {}
                Some(_) => record.found("F-BOM-TYPE", source, &place, "must be text"),
            }
        }
        if let Some(stated) = text(node, "hash") {
            // Without an algorithm's name SHA-256 is meant: so it is exported to other formats.
            let (algorithm, content) = stated.split_once(':').unwrap_or(("sha256", &stated));
            let place = format!("{at}/hash");
            match dialects::hash(algorithm, content) {
                Ok(value) => record.fact(FactKey::Hash, &value, Basis::Declared, source, &place),
                Err((code, message)) => record.found(code, source, &place, message),
            }
        }
        for (key, relation) in PARENTS {
            if let Some(raw) = node.get("properties").and_then(|properties| text(properties, key)) {
                record.parent(&raw, relation, source, &format!("{at}/properties/{key}"));
            }
        }
        if kind == Kind::Model {
            // A dependency on another model says nothing of derivation: `derived_from` does.
            let dependencies = node.get("dependencies").and_then(Value::as_array).into_iter().flatten();
            for (number, dependency) in dependencies.enumerate() {
                if let Some(dataset) = dependency.as_str().and_then(|id| datasets.get(id)) {
                    let place = format!("{at}/dependencies/{number}");
                    record.parent(dataset, Relation::TrainedOn, source, &place);
                }
            }
        }
        record.model.pack();
        take(record.model);
        findings.append(&mut record.findings);
    }
    findings
}
