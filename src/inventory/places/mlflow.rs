//! MLflow's `MLmodel`: flavours, the run, where the weights came from; and the metrics of the run beside it. What it
//! names is never loaded.

use serde_json::Value;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::models::Kind;
use crate::inventory::model::record::Record;
use crate::inventory::weights::yaml::yaml;
use crate::text::Untrusted;

/// The file by which the layout is told.
pub(super) const FILE: &str = "MLmodel";
const MAX_BYTES: u64 = 1024 * 1024;
const MAX_FLAVOURS: usize = 16;
/// Metrics told of one model, and the bytes of each that are read.
const MAX_METRICS: usize = 16;
const MAX_METRIC_BYTES: u64 = 64 * 1024;
/// Members that become facts.
const FACTS: [(&str, FactKey); 5] = [
    ("/model_uuid", FactKey::Version),
    ("/model_id", FactKey::Version),
    ("/utc_time_created", FactKey::Made),
    ("/flavors/transformers/task", FactKey::Task),
    ("/flavors/transformers/pipeline_model_type", FactKey::Architecture),
];
/// Members that name what the model was made from.
const BASES: [&str; 4] = [
    "/flavors/transformers/source_model_name",
    "/flavors/transformers/model_hf_name",
    "/flavors/sentence_transformers/source_model_name",
    "/metadata/base_model",
];

/// What an `MLmodel` file declares; metrics are looked for within `boundary`.
pub(super) fn tell(path: &Path, boundary: &Path, source: &Untrusted, record: &mut Record) {
    let bytes = match disk::whole(path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(unread) => return record.found("F-MLMODEL", source, "", unread.to_string()),
    };
    let root = match yaml(&String::from_utf8_lossy(&bytes)) {
        Ok(root) if root.is_object() => root,
        Ok(_) => return record.found("F-MLMODEL", source, "", "not a mapping"),
        Err(line) => {
            let message = match line {
                Some(line) => format!("not valid YAML, at line {line}"),
                None => "not valid YAML, or larger than the limits".to_owned(),
            };
            return record.found("F-MLMODEL", source, "", message);
        }
    };
    let flavours = root.get("flavors").and_then(Value::as_object);
    for (name, flavour) in flavours.into_iter().flatten().take(MAX_FLAVOURS) {
        let version = [format!("{name}_version"), "version".to_owned()];
        let version = version.iter().find_map(|key| flavour.get(key)).and_then(Value::as_str);
        let value = version.map_or_else(|| name.clone(), |version| format!("{name} {version}"));
        record.fact(FactKey::Library, &value, Basis::Declared, source, &format!("/flavors/{name}"));
    }
    let text = |at: &str| root.pointer(at).and_then(Value::as_str).unwrap_or_default();
    for (at, key) in FACTS {
        if key != FactKey::Version || record.model.fact(key).is_none() {
            record.fact(key, text(at), Basis::Declared, source, at);
        }
    }
    let run = text("/run_id");
    if !run.is_empty() {
        record.fact(FactKey::Address, &format!("MLflow run {run}"), Basis::Declared, source, "/run_id");
    }
    let relation = match record.model.kind {
        Kind::Adapter => Relation::Adapter,
        _ if root.pointer("/flavors/transformers/peft_adaptor").is_some() => Relation::Adapter,
        _ => Relation::Unspecified,
    };
    for at in BASES {
        if !text(at).is_empty() {
            record.parent(text(at), relation, source, at);
        }
    }
    if let Some(folder) = metrics(path, boundary) {
        tell_metrics(&folder, source, record);
    }
}

/// The folder of the metrics of the run that an `MLmodel` file belongs to, within `boundary`.
pub(super) fn metrics(path: &Path, boundary: &Path) -> Option<PathBuf> {
    // `RUN/artifacts/NAME/MLmodel`, and since version 3 `models/ID/artifacts/MLmodel`.
    let run = path.canonicalize().ok()?;
    run.ancestors()
        .skip(2)
        .take(3)
        .filter(|folder| folder.starts_with(boundary) && folder.join("artifacts").is_dir())
        .map(|folder| folder.join("metrics"))
        .find(|folder| folder.is_dir())
}

/// A file a metric, a line a value: `TIMESTAMP VALUE STEP`.
fn tell_metrics(folder: &Path, source: &Untrusted, record: &mut Record) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MAX_METRICS * 16);
    let mut files: Vec<_> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .collect();
    files.sort();
    for path in files.iter().take(MAX_METRICS) {
        let Ok(bytes) = disk::end(path, MAX_METRIC_BYTES) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let value = last.split_whitespace().nth(1).filter(|value| value.parse::<f64>().is_ok());
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(value) = value {
            let place = format!("metrics/{name}");
            record.fact(FactKey::Metric, &format!("{name} {value}"), Basis::Declared, source, &place);
        }
    }
}
