//! The YAML between the `---` lines at the top of a model's README: what it declares of origin and licence.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

use crate::text::{Untrusted, screen};

use crate::disk;
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::models::Kind;
use crate::inventory::model::names;
use crate::inventory::model::record::Record;
use crate::inventory::weights::licences;
use crate::inventory::weights::yaml::{last_wins, yaml};

/// Tags that say that the weights were made smaller: the methods and the widths, as the hub's users write them.
const QUANTISED: [&str; 20] = [
    "quantized",
    "gptq",
    "awq",
    "aqlm",
    "exl2",
    "exl3",
    "hqq",
    "gguf",
    "imatrix",
    "bitsandbytes",
    "int4",
    "int8",
    "fp8",
    "4-bit",
    "8-bit",
    "w4a16",
    "w8a8",
    "w8a16",
    "mxfp4",
    "nvfp4",
];
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

/// The key, in either spelling.
const LICENCE: [&str; 2] = ["license", "licence"];
/// Keys whose words become facts as they are.
const FACTS: [(&str, FactKey); 2] = [("pipeline_tag", FactKey::Task), ("library_name", FactKey::Library)];
/// Keys told that are there twice.
const MAX_TWICE: usize = 16;
/// Measurements told of one model.
const MAX_METRICS: usize = 16;

/// Front matter that was read.
pub(super) struct FrontMatter {
    values: Map<String, Value>,
    version: Option<String>,
    /// Keys that are there twice; the last counts.
    twice: Vec<String>,
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
    let (bytes, complete) = disk::start(path, MAX_BYTES).map_err(|unread| unread.to_string())?;
    let text = String::from_utf8_lossy(&bytes);
    parse(&text, complete)
}

fn parse(text: &str, complete: bool) -> Result<Option<FrontMatter>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The hub takes white space before the first rule, and so do its readers.
    let start = text.trim_start();
    let before = text.get(..text.len() - start.len()).unwrap_or_default().matches('\n').count();
    let mut lines = start.split_inclusive('\n');
    if lines.next().map(str::trim_end) != Some("---") {
        return Ok(None);
    }
    let mut block = String::new();
    for line in lines {
        if line.trim_end() == "---" {
            return values(&block, before as u64 + 1).map(Some);
        }
        block.push_str(line);
    }
    // A lone rule at the top is Markdown, not front matter.
    if complete { Ok(None) } else { Err(format!("front matter longer than {MAX_BYTES} bytes; not read")) }
}

/// The block as values; `above` lines are above it.
fn values(block: &str, above: u64) -> Result<FrontMatter, String> {
    let (parsed, twice) = match yaml(block) {
        Ok(parsed) => (parsed, Vec::new()),
        Err(line) => {
            let fault = || match line {
                Some(line) => format!("front matter is not valid YAML, at line {}", line + above),
                None => "front matter is not valid YAML or larger than the limits".to_owned(),
            };
            let twice = keys_twice(block);
            let again = serde_saphyr::from_str_with_options::<Value>(block, last_wins());
            (again.ok().filter(|_| !twice.is_empty()).ok_or_else(fault)?, twice)
        }
    };
    let values = match parsed {
        Value::Object(values) => values,
        Value::Null => Map::new(),
        _ => return Err("front matter is not a mapping".to_owned()),
    };
    let version = serde_saphyr::from_str_with_options::<VersionOnly>(block, last_wins())
        .ok()
        .and_then(|only| only.version)
        .filter(|version| !matches!(version.as_str(), "" | "~" | "null"));
    Ok(FrontMatter { values, version, twice })
}

/// Keys of the block itself that are there more than once.
fn keys_twice(block: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut twice = Vec::new();
    for line in block.lines().filter(|line| line.starts_with(|first: char| !first.is_whitespace())) {
        let Some((key, _)) = line.split_once(':').filter(|(key, _)| !key.starts_with(['#', '-'])) else {
            continue;
        };
        let key = key.trim().trim_matches(['"', '\'']);
        if !seen.insert(key) && twice.len() < MAX_TWICE && !twice.iter().any(|known| known == key) {
            twice.push(key.to_owned());
        }
    }
    twice
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
        let says = |tag: &str| QUANTISED.iter().any(|word| tag.eq_ignore_ascii_case(word));
        self.values.contains_key("quantized_by") || self.words("tags").iter().any(|(_, tag)| says(tag))
    }

    /// Tells what is in doubt: keys that are there twice, and a licence that nobody knows and that is near a known one.
    pub fn doubts(&self, source: &Untrusted, record: &mut Record) {
        for key in &self.twice {
            let message = format!("`{}` is there twice; the last one counts", screen(key));
            record.found("F-CARD-TWICE", source, key, message);
        }
        for (place, written) in LICENCE.iter().flat_map(|key| self.words(key)) {
            if let Some(known) = licences::meant(&written) {
                let message = format!("`{}` is no known licence; did you mean `{known}`?", screen(&written));
                record.found("F-CARD-LICENCE", source, &place, message);
            }
        }
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
        for key in LICENCE {
            // Two of them disagree.
            let basis = if self.twice.iter().any(|twice| twice == key) {
                Basis::Contradicted
            } else {
                Basis::Declared
            };
            for (place, licence) in self.words(key) {
                let (place, licence) = match licence_name.first() {
                    Some((place, name)) if licence == "other" => (place, name),
                    _ => (&place, &licence),
                };
                record.fact(FactKey::Licence, licence, basis, source, place);
            }
        }
        for (key, fact) in FACTS {
            for (place, value) in self.words(key) {
                declared(record, fact, &place, &value);
            }
        }
        for (place, metric) in self.metrics() {
            declared(record, FactKey::Metric, &place, &metric);
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

    /// The measurements of `model-index`: what, how much, on which data.
    fn metrics(&self) -> Vec<(String, String)> {
        let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let mut found = Vec::new();
        for (m, model) in list(self.values.get("model-index")).iter().enumerate() {
            for (r, result) in list(model.get("results")).iter().enumerate() {
                let data = result.pointer("/dataset/name").or(result.pointer("/dataset/type"));
                let data = data.and_then(word).map(|data| format!(" on {data}")).unwrap_or_default();
                for (i, metric) in list(result.get("metrics")).iter().enumerate() {
                    let named = metric.get("type").or(metric.get("name")).and_then(word);
                    let Some((name, value)) = named.zip(metric.get("value").and_then(word)) else { continue };
                    if found.len() >= MAX_METRICS {
                        return found;
                    }
                    let place = format!("model-index[{m}].results[{r}].metrics[{i}]");
                    found.push((place, format!("{name} {value}{data}")));
                }
            }
        }
        found
    }

    /// As [`FrontMatter::words`], of a mapping below a key.
    pub fn words_below(&self, parent: &str, key: &str) -> Vec<(String, String)> {
        let value = self.values.get(parent).and_then(|below| below.get(key)).and_then(word);
        value.map(|text| (format!("{parent}.{key}"), text)).into_iter().collect()
    }

    fn has(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.values.contains_key(*key))
    }

    /// The words under a key: one, or a list of them, or what a mapping calls its name; each with its place.
    pub fn words(&self, key: &str) -> Vec<(String, String)> {
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
