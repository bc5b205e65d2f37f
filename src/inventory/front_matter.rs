//! The YAML between the `---` lines at the top of a model's README: what it declares of origin and licence.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::Path;

use crate::text::Untrusted;

use super::names;
use super::reading;
use super::record::Record;
use super::types::{Basis, FactKey, Kind, Relation};

/// Only this much of a README is read.
const MAX_BYTES: u64 = 256 * 1024;
/// Keys that only a model's card has.
const MODEL_KEYS: &[&str] = &[
    "base_model",
    "base_model_relation",
    "pipeline_tag",
    "library_name",
    "model-index",
    "model_name",
    "quantized_by",
];
/// Keys that only a dataset's card has.
const DATASET_KEYS: &[&str] = &[
    "dataset_info",
    "task_categories",
    "task_ids",
    "size_categories",
    "annotations_creators",
    "source_datasets",
    "configs",
];
/// Keys that either may have.
const SHARED_KEYS: &[&str] = &["license", "licence", "datasets", "version"];

/// Front matter that was read.
pub(super) struct FrontMatter {
    values: Map<String, Value>,
    version: Option<String>,
}

/// A version is text: `1.10` must not become 1.1.
#[derive(Deserialize)]
struct VersionOnly {
    version: Option<String>,
}

/// Reads a README's front matter; none when it has none.
///
/// # Errors
/// Our own words for what is wrong with it.
pub(super) fn read(path: &Path) -> Result<Option<FrontMatter>, String> {
    let (bytes, complete) = reading::start(path, MAX_BYTES).map_err(|unread| unread.to_string())?;
    let text = String::from_utf8_lossy(&bytes);
    parse(&text, complete)
}

fn parse(text: &str, complete: bool) -> Result<Option<FrontMatter>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.split_inclusive('\n');
    if lines.next().map(str::trim_end) != Some("---") {
        return Ok(None);
    }
    let mut block = String::new();
    for line in lines {
        if line.trim_end() == "---" {
            return values(&block).map(Some);
        }
        block.push_str(line);
    }
    // A lone rule at the top is Markdown, not front matter.
    if complete { Ok(None) } else { Err(format!("front matter longer than {MAX_BYTES} bytes; not read")) }
}

fn values(block: &str) -> Result<FrontMatter, String> {
    let options = || {
        let budget = serde_saphyr::budget! {
            max_depth: 32,
            max_nodes: 50_000,
            max_events: 200_000,
            max_aliases: 100,
            max_anchors: 100,
            max_documents: 1,
            max_total_scalar_bytes: 1024 * 1024,
        };
        serde_saphyr::options! { budget: budget, with_snippet: false }
    };
    let parsed: Value = serde_saphyr::from_str_with_options(block, options()).map_err(|error| {
        // Line 1 is the opening rule. The parser's own words may quote the document, so they are not repeated.
        match error.location() {
            Some(place) => format!("front matter is not valid YAML, at line {}", place.line() + 1),
            None => "front matter is not valid YAML or larger than the limits".to_owned(),
        }
    })?;
    let values = match parsed {
        Value::Object(values) => values,
        Value::Null => Map::new(),
        _ => return Err("front matter is not a mapping".to_owned()),
    };
    let version = serde_saphyr::from_str_with_options::<VersionOnly>(block, options())
        .ok()
        .and_then(|only| only.version)
        .filter(|version| !matches!(version.as_str(), "" | "~" | "null"));
    Ok(FrontMatter { values, version })
}

impl FrontMatter {
    /// Whether it speaks of a model or dataset at all.
    pub fn describes_something(&self) -> bool {
        self.has(MODEL_KEYS) || self.has(DATASET_KEYS) || self.has(SHARED_KEYS)
    }

    /// What it says the folder is, when its keys tell.
    pub fn kind(&self) -> Option<Kind> {
        if self.has(MODEL_KEYS) {
            let adapter = self.words("library_name").iter().any(|(_, word)| word == "peft");
            return Some(if adapter { Kind::Adapter } else { Kind::Model });
        }
        self.has(DATASET_KEYS).then_some(Kind::Dataset)
    }

    /// Whether it says that the weights were made smaller.
    pub fn says_quantised(&self) -> bool {
        self.values.contains_key("quantized_by")
    }

    /// Puts what it declares into the record. `by_files` is the relation that the files of the folder show.
    pub fn apply(&self, record: &mut Record, by_files: Option<Relation>, source: &Untrusted) {
        let declared = |record: &mut Record, key, place: &str, value: &str| {
            record.fact(key, value, Basis::Declared, source, place);
        };
        if let Some(version) = &self.version {
            declared(record, FactKey::Version, "version", version);
        }
        let licence_name = self.words("license_name");
        for key in ["license", "licence"] {
            for (place, licence) in self.words(key) {
                match licence_name.first() {
                    Some((place, name)) if licence == "other" => {
                        declared(record, FactKey::Licence, place, name)
                    }
                    _ => declared(record, FactKey::Licence, &place, &licence),
                }
            }
        }
        for (place, task) in self.words("pipeline_tag") {
            declared(record, FactKey::Task, &place, &task);
        }
        self.apply_parents(record, by_files, source);
    }

    fn apply_parents(&self, record: &mut Record, by_files: Option<Relation>, source: &Untrusted) {
        let mut explicit = None;
        for (place, word) in self.words("base_model_relation") {
            explicit = names::relation(&word);
            if explicit.is_none() {
                let message = "unknown relation; adapter, merge, quantized and finetune are known";
                record.found("F-CARD-RELATION", source, &place, message);
            }
        }
        let bases = self.words("base_model");
        let tags = self.words("tags");
        let is_merge = bases.len() > 1 || tags.iter().any(|(_, tag)| tag == "merge" || tag == "mergekit");
        let inferred =
            explicit.or(by_files).unwrap_or(if is_merge { Relation::Merge } else { Relation::Finetune });
        let tagged: Vec<_> = tags
            .iter()
            .filter_map(|(place, tag)| names::base_model_tag(tag).map(|(word, id)| (place, word, id)))
            .collect();
        let by_tag = |base: &str| {
            tagged.iter().find_map(|(_, word, id)| id.eq_ignore_ascii_case(base).then_some(*word).flatten())
        };
        for (place, base) in &bases {
            let canonical = names::canonical(base);
            let tag = by_tag(canonical.as_deref().unwrap_or(base));
            record.parent(base, explicit.or(tag).unwrap_or(inferred), source, place);
        }
        for (place, word, id) in &tagged {
            record.parent(id, word.or_else(|| by_tag(id)).unwrap_or(inferred), source, place);
        }
        if record.model.kind != Kind::Dataset {
            for (place, dataset) in self.words("datasets") {
                record.parent(&dataset, Relation::TrainedOn, source, &place);
            }
        }
    }

    fn has(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.values.contains_key(*key))
    }

    /// The words under a key: one, or a list of them, or what a mapping calls its name; each with its place.
    fn words(&self, key: &str) -> Vec<(String, String)> {
        let Some(value) = self.values.get(key) else { return Vec::new() };
        match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| word(item).map(|text| (format!("{key}[{index}]"), text)))
                .collect(),
            one => word(one).map(|text| (key.to_owned(), text)).into_iter().collect(),
        }
    }
}

fn word(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(entry) => ["name", "id", "model", "repo_id"]
            .iter()
            .find_map(|key| entry.get(*key)?.as_str())?
            .trim()
            .to_owned(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}
