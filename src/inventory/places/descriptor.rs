//! The parts of a descriptor: members of a JSON document and items of its lists, told apart by the names that they give
//! themselves, so that a change can be named.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

use crate::disk;
use crate::inventory::model::descriptor::Content;
use crate::inventory::model::record::Record;
use crate::json;
use crate::signing::sha256_hex;
use crate::text::Untrusted;

/// A larger file is no descriptor.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Parts that are told apart; the digest of the whole covers the others.
const MAX_PARTS: usize = 2_000;
/// Names of items, in the order in which they are looked for.
const NAMES: [&str; 2] = ["id", "name"];
/// Members whose own members are parts.
const SPLIT: [&str; 2] = ["mcpServers", "servers"];
/// What of a tool is a part of its own: what a model is told, and what it may send.
const OF_TOOLS: [&str; 4] = ["annotations", "description", "inputSchema", "outputSchema"];

/// A file that may be a descriptor.
pub(super) struct Read {
    pub(super) bytes: Vec<u8>,
    pub(super) document: Map<String, Value>,
    /// Names that occur twice in one object of it.
    duplicates: Vec<String>,
}

/// Reads a JSON object; the error is in our own words.
pub(super) fn read(path: &Path) -> Result<Read, String> {
    let bytes = disk::whole(path, MAX_BYTES).map_err(|unread| unread.to_string())?;
    let tree = json::parse_tree(&bytes)?;
    match tree.root {
        Value::Object(document) => Ok(Read { bytes, document, duplicates: tree.duplicates }),
        _ => Err("not a JSON object".to_owned()),
    }
}

impl Read {
    /// A finding for each name that occurs twice.
    pub(super) fn tell_duplicates(&self, code: &'static str, source: &Untrusted, record: &mut Record) {
        for name in &self.duplicates {
            let name = Untrusted::new(name);
            let what = format!("{} occurs twice in one object: readers disagree", name.screen());
            record.found(code, source, "", what);
        }
    }

    /// What a part of it says, without these members. Where a name occurs twice, readers take it for different
    /// documents: then only the same bytes are the same.
    pub(super) fn content_of(&self, document: &Map<String, Value>, without: &[&str]) -> Content {
        let content = content_of(document, without);
        match self.duplicates.is_empty() {
            true => content,
            false => Content { sha256: sha256_hex(&self.bytes), ..content },
        }
    }
}

fn content_of(document: &Map<String, Value>, without: &[&str]) -> Content {
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
