//! The parts of a descriptor: members of a JSON document and items of its lists, told apart by the names that they give
//! themselves, so that a change can be named.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

use crate::disk;
use crate::inventory::model::descriptor::Content;
use crate::json;
use crate::signing::sha256_hex;

/// A larger file is no descriptor.
pub(super) const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Parts that are told apart; the digest of the whole covers the others.
const MAX_PARTS: usize = 2_000;
/// Names of items, in the order in which they are looked for.
const NAMES: [&str; 2] = ["id", "name"];
/// Members whose own members are parts.
const SPLIT: [&str; 2] = ["mcpServers", "servers"];
/// What of a tool is a part of its own: what a model is told, and what it may send.
const OF_TOOLS: [&str; 4] = ["annotations", "description", "inputSchema", "outputSchema"];

/// A JSON object and the names that occur twice in it; the error is in our own words.
pub(super) fn read(path: &Path) -> Result<(Map<String, Value>, Vec<String>), String> {
    let bytes = disk::whole(path, MAX_BYTES).map_err(|unread| unread.to_string())?;
    let tree = json::parse_tree(&bytes)?;
    match tree.root {
        Value::Object(members) => Ok((members, tree.duplicates)),
        _ => Err("not a JSON object".to_owned()),
    }
}

/// What a document says, without these members.
pub(super) fn content_of(document: &Map<String, Value>, without: &[&str]) -> Content {
    let document: Map<String, Value> = document
        .iter()
        .filter(|(name, _)| !without.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut parts = Parts(BTreeMap::new());
    for (name, value) in &document {
        let place = format!("/{}", json::pointer_part(name));
        match value {
            Value::Object(members) if SPLIT.contains(&name.as_str()) => {
                for (name, value) in members {
                    parts.add(&format!("{place}/{}", json::pointer_part(name)), value);
                }
            }
            Value::Array(items) => match named(items) {
                Some(items) => items.into_iter().for_each(|(own, item)| {
                    let place = format!("{place}/{}", json::pointer_part(own));
                    parts.item(&place, item, name == "tools");
                }),
                None => parts.add(&place, value),
            },
            value => parts.add(&place, value),
        }
    }
    Content { sha256: digest(&Value::Object(document)), parts: parts.0 }
}

struct Parts(BTreeMap<String, String>);

impl Parts {
    fn add(&mut self, place: &str, value: &Value) {
        if self.0.len() < MAX_PARTS {
            self.0.insert(place.to_owned(), digest(value));
        }
    }

    fn item(&mut self, place: &str, item: &Value, is_tool: bool) {
        let (Some(members), true) = (item.as_object(), is_tool) else { return self.add(place, item) };
        let mut rest = members.clone();
        for name in OF_TOOLS {
            if let Some(value) = rest.shift_remove(name) {
                self.add(&format!("{place}/{name}"), &value);
            }
        }
        self.add(place, &Value::Object(rest));
    }
}

/// Items that each give themselves a name of their own.
fn named(items: &[Value]) -> Option<Vec<(&str, &Value)>> {
    NAMES.iter().find_map(|key| {
        let named: Option<BTreeMap<&str, &Value>> =
            items.iter().map(|item| Some((item.as_object()?.get(*key)?.as_str()?, item))).collect();
        let named = named.filter(|named| !named.is_empty() && named.len() == items.len())?;
        Some(named.into_iter().collect())
    })
}

/// Of the canonical form; of what has none, of the text as it is written.
fn digest(value: &Value) -> String {
    let bytes = json::jcs(value).or_else(|| serde_json::to_vec(value).ok());
    sha256_hex(&bytes.unwrap_or_default())
}
