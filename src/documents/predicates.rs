//! JSON Schemas of Touchmark's own predicates, generated from the registry, for writers of claims.

use crate::attest::{Field, FieldType, Predicate, Registry, Standing};
use serde_json::{Map, Value, json};

/// The files of `docs/schemas/predicates`: name and text.
pub fn predicate_schema_files() -> Vec<(String, String)> {
    let ours = Registry::bundled().predicates().iter().filter(|known| known.standing == Standing::Ours);
    ours.map(|known| {
        // A schema has only texts, numbers and lists, so serialising cannot fail.
        let text = serde_json::to_string_pretty(&predicate_schema(known)).unwrap_or_default();
        (format!("{}.schema.json", known.id), text + "\n")
    })
    .collect()
}

/// The JSON Schema of a predicate.
pub fn predicate_schema(known: &Predicate) -> Value {
    let mut root = Map::new();
    root.insert("type".to_owned(), "object".into());
    let mut root = Value::Object(root);
    for field in &known.fields {
        add(&mut root, field);
    }
    let mut made = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:touchmark:schema:predicate:{}", known.id),
        "title": known.title,
        "description": format!(
            "The predicate of an in-toto statement with the predicateType {}. {}",
            known.uri,
            known.about.as_deref().unwrap_or_default()
        ),
    });
    if let (Some(made), Value::Object(root)) = (made.as_object_mut(), root) {
        made.extend(root);
        made.insert("$defs".to_owned(), definitions());
    }
    made
}

/// Inserts a field at its path; its parent was inserted before.
fn add(root: &mut Value, field: &Field) {
    let path = field.path.to_string();
    let mut parts: Vec<&str> = path.split('.').collect();
    let Some(last) = parts.pop() else { return };
    let mut node = root;
    for part in parts {
        let (key, each) = part.strip_suffix("[]").map_or((part, false), |key| (key, true));
        node = member(node, key);
        if each {
            node = entry(node, "items", json!({ "type": "object" }));
        }
    }
    let Some(key) = last.strip_suffix("[]") else {
        *member(node, last) = schema(field);
        if field.required
            && let Value::Array(required) = entry(node, "required", json!([]))
        {
            required.push(last.into());
        }
        return;
    };
    *entry(member(node, key), "items", Value::Null) = schema(field);
}

fn member<'v>(node: &'v mut Value, key: &str) -> &'v mut Value {
    entry(entry(node, "properties", json!({})), key, json!({}))
}

/// The value under a key of an object, inserted first if absent.
fn entry<'v>(node: &'v mut Value, key: &str, new: Value) -> &'v mut Value {
    if !node.is_object() {
        *node = json!({});
    }
    match node {
        Value::Object(map) => map.entry(key.to_owned()).or_insert(new),
        other => other,
    }
}

fn schema(field: &Field) -> Value {
    let mut made = match field.kind {
        FieldType::Text => json!({ "type": "string", "minLength": 1 }),
        FieldType::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        FieldType::Time => json!({ "type": "string", "format": "date-time" }),
        FieldType::Boolean => json!({ "type": "boolean" }),
        FieldType::Count => json!({ "type": "integer", "minimum": 0 }),
        FieldType::Decimal => json!({ "anyOf": [
            { "type": "number" },
            { "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?$" },
        ] }),
        FieldType::Object => json!({ "type": "object" }),
        FieldType::List | FieldType::Bulk => json!({ "type": "array" }),
        FieldType::Any => json!({}),
        FieldType::Counts => {
            json!({ "type": "object", "additionalProperties": { "type": "integer", "minimum": 0 } })
        }
        FieldType::Digests => json!({ "$ref": "#/$defs/digests" }),
        FieldType::Digest => json!({ "anyOf": [{ "$ref": "#/$defs/digests" }, { "type": "string" }] }),
        FieldType::Resource => json!({ "$ref": "#/$defs/resource" }),
        FieldType::Resources => json!({ "type": "array", "items": { "$ref": "#/$defs/resource" } }),
        FieldType::Artifacts => json!({ "anyOf": [
            { "type": "array", "items": { "$ref": "#/$defs/resource" } },
            { "type": "object", "additionalProperties": { "$ref": "#/$defs/digests" } },
        ] }),
    };
    if let Some(made) = made.as_object_mut() {
        if field.filled {
            made.insert("minItems".to_owned(), 1.into());
        }
        if !field.values.is_empty() {
            made.insert("enum".to_owned(), field.values.clone().into());
        }
        if let Some(label) = &field.label {
            made.insert("title".to_owned(), label.as_str().into());
        }
    }
    made
}

fn definitions() -> Value {
    let hex = |digits: &str| json!({ "type": "string", "pattern": format!("^[0-9a-f]{digits}$") });
    json!({
        "digests": {
            "description": "Digests by algorithm, lower-case hex; for a model, sha256 is its root digest",
            "type": "object",
            "properties": {
                "sha256": hex("{64}"),
                "sha384": hex("{96}"),
                "sha512": hex("{128}"),
                "blake3": hex("{64}"),
                "gitCommit": hex("{40}([0-9a-f]{24})?"),
            },
            "additionalProperties": { "type": "string" },
        },
        "resource": {
            "description": "A resource descriptor of the in-toto attestation framework",
            "type": "object",
            "properties": {
                "name": { "type": "string" },
                "uri": { "type": "string" },
                "digest": { "$ref": "#/$defs/digests" },
                "downloadLocation": { "type": "string" },
                "mediaType": { "type": "string" },
                "annotations": { "type": "object" },
            },
        },
    })
}
