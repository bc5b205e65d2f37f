//! The JSON Schema of a policy file, for editors: made from the keys that the reader knows. It is in draft 7, which the
//! language servers for TOML read. What only the whole policy can show is for `touchmark policy check`.

use crate::policy::{EXTENDS, Form, Key, Layout, POLICY, Thing};
use serde_json::{Map, Value, json};

/// Its file below `policies/schema`, and its text.
pub fn policy_schema_file() -> (&'static str, String) {
    let mut schema = layout(&POLICY);
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("$id".to_owned(), json!("urn:touchmark:schema:trust-policy:0.1"));
    schema.insert("title".to_owned(), json!("Touchmark trust policy"));
    schema.insert(
        "description".to_owned(),
        json!("Whom to trust, who may sign which models, and what happens at each stage."),
    );
    // A policy on top of another one takes from there what it does not say.
    if let Some(required) = schema.remove("required") {
        let forms = json!([{ "required": [EXTENDS.name] }, { "required": required }]);
        schema.insert("anyOf".to_owned(), forms);
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert(EXTENDS.name.to_owned(), key(&EXTENDS));
    }
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    ("trust-policy-0.1.json", text)
}

fn layout(layout: &Layout) -> Map<String, Value> {
    let properties: Map<String, Value> =
        layout.keys.iter().map(|one| (one.name.to_owned(), key(one))).collect();
    let required: Vec<&str> = layout.keys.iter().filter(|key| key.is_required).map(|key| key.name).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("additionalProperties".to_owned(), json!(false));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn key(key: &Key) -> Value {
    let mut schema = form(key.form);
    if let Value::Object(members) = &mut schema {
        members.insert("description".to_owned(), json!(key.sentence()));
    }
    schema
}

fn form(of: Form) -> Value {
    match of {
        Form::Text => text("\\S"),
        Form::Of(thing) => text(pattern(thing)),
        Form::Word(words) => json!({ "type": "string", "enum": words() }),
        Form::List(each, least) => json!({ "type": "array", "items": form(*each), "minItems": least }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Form::Moment => moment(),
        Form::Compared => {
            let one = json!({ "type": ["string", "number", "boolean"] });
            json!({ "anyOf": [one, moment(), { "type": "array", "items": { "anyOf": [one, moment()] } }] })
        }
        Form::Open => json!({ "type": "object" }),
        Form::Table(one) => Value::Object(layout(one)),
        Form::Named(one) => json!({ "type": "object", "additionalProperties": layout(one) }),
        Form::Tables(one) => json!({ "type": "array", "items": layout(one) }),
    }
}

fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

/// The servers take a date-time of TOML for a text of this form.
fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

/// What every text of a kind matches.
fn pattern(thing: Thing) -> &'static str {
    match thing {
        Thing::NewName | Thing::NewPublisher => "^[A-Za-z0-9._-]{1,64}$",
        Thing::Control => "^L[1-3]\\.[0-9]{2}$",
        Thing::Excused => "^(L[1-3]\\.[0-9]{2}|CAP)$",
        Thing::Identity => "^(exact:.|regex:\\^.*\\$$)",
        Thing::Digest => "^(sha256:)?[0-9a-f]{64}$",
        Thing::Anchor
        | Thing::Signer
        | Thing::Stage
        | Thing::Requirement
        | Thing::Demand
        | Thing::Domain
        | Thing::Models
        | Thing::Subject
        | Thing::Issuer
        | Thing::Predicate
        | Thing::File => "\\S",
    }
}
