//! `mergekit_config.yml`: which models a merge was made of. It reads a value that was parsed elsewhere.

use serde_json::Value;

use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::names;
use crate::inventory::model::record::Record;
use crate::text::Untrusted;

/// The names that mergekit writes it by.
pub(in crate::inventory) const FILES: [&str; 2] = ["mergekit_config.yml", "mergekit_config.yaml"];
/// Models of one merge.
const MAX_MODELS: usize = 256;
/// Lists in lists.
const MAX_DEPTH: usize = 8;
/// Keys below which models are named, and the keys that name one.
const LISTS: [&str; 6] = ["models", "slices", "sources", "experts", "shared_experts", "modules"];
const MODELS: [&str; 4] = ["model", "source_model", "base_model", "adapter"];

/// Puts the parents of the merge into the record.
pub(in crate::inventory) fn tell(config: &Value, source: &Untrusted, record: &mut Record) {
    let mut found = Vec::new();
    gather(config, "", 0, &mut found);
    for (place, name) in found {
        match names::repository(&name) {
            Some(repository) => record.parent(&repository, Relation::Merge, source, &place),
            None => record.fact(FactKey::BaseModel, &name, Basis::Declared, source, &place),
        }
    }
}

fn gather(value: &Value, place: &str, depth: usize, found: &mut Vec<(String, String)>) {
    if depth > MAX_DEPTH || found.len() >= MAX_MODELS {
        return;
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().take(MAX_MODELS).enumerate() {
                gather(item, &format!("{place}/{index}"), depth + 1, found);
            }
        }
        Value::Object(fields) => {
            for (key, inner) in fields.iter().take(MAX_MODELS) {
                let here = format!("{place}/{key}");
                if MODELS.contains(&key.as_str()) {
                    reference(inner, &here, found);
                } else if LISTS.contains(&key.as_str()) || place.ends_with("/modules") {
                    gather(inner, &here, depth + 1, found);
                }
            }
        }
        _ => {}
    }
}

/// A model, as text (`owner/name@revision+adapter`) or as a mapping.
fn reference(value: &Value, place: &str, found: &mut Vec<(String, String)>) {
    let mut add = |text: &str| {
        let name = text.split('@').next().unwrap_or(text).trim();
        let is_known = found.iter().any(|(_, known)| known == name);
        if !name.is_empty() && !is_known && found.len() < MAX_MODELS {
            found.push((place.to_owned(), name.to_owned()));
        }
    };
    match value {
        Value::String(text) => text.split('+').for_each(&mut add),
        Value::Object(fields) => {
            for part in ["model", "path", "lora"] {
                let inner = fields.get(part);
                let path = inner.and_then(|inner| inner.get("path").or(Some(inner))).and_then(Value::as_str);
                path.into_iter().flat_map(|path| path.split('+')).for_each(&mut add);
            }
        }
        _ => {}
    }
}
