//! MLflow's registry in files: `models/NAME/version-N/meta.yaml` beside the experiments says which artifacts have a
//! name. It reads no model.

use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::entry::list;
use crate::disk;
use crate::inventory::weights::yaml::yaml;

/// What MLflow calls the folder of its experiments.
const ROOT: &str = "mlruns";
const MODELS: &str = "models";
const VERSION: &str = "version-";
const META: &str = "meta.yaml";
const MAX_BYTES: u64 = 64 * 1024;
/// Names and versions of one registry.
const MAX_ENTRIES: u64 = 10_000;
/// So far above a model's folder the registry may be.
const MAX_ABOVE: usize = 6;

/// One version of a registered model.
pub(super) struct Version {
    /// The name, with the version where a later one is registered.
    pub name: String,
    /// Its number.
    pub version: String,
    /// The document, below the registry's folder.
    pub place: String,
    /// Parts of the path that it says the model lies at.
    at: Vec<String>,
    /// A model of MLflow 3, by its id.
    model_id: String,
}

/// The registries that were read, by their folders.
#[derive(Default)]
pub(super) struct Registries(HashMap<PathBuf, Vec<Version>>);

impl Registries {
    /// What the model in the folder at this canonical path is registered as; looked for no higher than `boundary`, but
    /// for a folder of MLflow's own name.
    pub fn of(&mut self, real: &Path, boundary: &Path) -> Option<(&Version, PathBuf)> {
        let is_near = |folder: &&Path| {
            folder.starts_with(boundary) || folder.file_name().is_some_and(|name| name == ROOT)
        };
        let folders: Vec<&Path> = real.ancestors().skip(1).take(MAX_ABOVE).filter(is_near).collect();
        for folder in &folders {
            if !self.0.contains_key(*folder) {
                self.0.insert((*folder).to_owned(), read(folder));
            }
        }
        let found = folders.into_iter().find_map(|folder| {
            let versions = self.0.get(folder)?;
            let parts: Vec<&str> = real
                .strip_prefix(folder)
                .ok()?
                .components()
                .filter_map(|part| part.as_os_str().to_str())
                .collect();
            Some((versions.iter().find(|version| version.is_at(&parts))?, folder.to_owned()))
        });
        found
    }
}

/// The path below MLflow's own folder, by which a run that nobody registered is called, wherever the source begins.
pub(super) fn path_below(real: &Path) -> Option<String> {
    let root = real
        .ancestors()
        .skip(1)
        .take(MAX_ABOVE)
        .find(|folder| folder.file_name().is_some_and(|name| name == ROOT))?;
    real.strip_prefix(root).ok()?.to_str().map(|below| below.replace('\\', "/"))
}

impl Version {
    fn is_at(&self, parts: &[&str]) -> bool {
        let by_id = !self.model_id.is_empty() && parts.contains(&self.model_id.as_str());
        let start = self.at.len().checked_sub(parts.len());
        let by_path = start.and_then(|start| self.at.get(start..)).is_some_and(|end| {
            // An experiment and a run: less may be anybody's.
            parts.len() > 2 && end.iter().zip(parts).all(|(one, other)| one == other)
        });
        by_id || by_path
    }
}

fn read(folder: &Path) -> Vec<Version> {
    let mut versions = Vec::new();
    let mut budget = MAX_ENTRIES;
    let models = folder.join(MODELS);
    for model in list(&models, &mut budget).unwrap_or_default() {
        if !model.file_type.is_dir() {
            continue;
        }
        let mut of_model: Vec<(u64, Version)> = list(&model.path, &mut budget)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|entry| {
                let number = entry.name.strip_prefix(VERSION)?.parse().ok()?;
                let meta = document(&entry.path.join(META))?;
                let text = |key: &str| meta.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                let source = if text("storage_location").is_empty() {
                    text("source")
                } else {
                    text("storage_location")
                };
                let at =
                    source.split(['/', '\\']).filter(|part| !part.is_empty()).map(str::to_owned).collect();
                let own = text("name");
                let name = if own.is_empty() { model.name.clone() } else { own };
                let model_id = match text("model_id") {
                    id if id.is_empty() => {
                        text("source").strip_prefix("models:/").unwrap_or_default().to_owned()
                    }
                    id => id,
                };
                let place = format!("{MODELS}/{}/{}/{META}", model.name, entry.name);
                let version = entry.name.strip_prefix(VERSION).unwrap_or_default().to_owned();
                Some((number, Version { name, version, place, at, model_id }))
            })
            .collect();
        of_model.sort_by_key(|(number, _)| *number);
        let last = of_model.last().map(|(number, _)| *number);
        versions.extend(of_model.into_iter().map(|(number, mut version)| {
            if Some(number) != last {
                version.name = format!("{}@{number}", version.name);
            }
            version
        }));
    }
    versions
}

fn document(path: &Path) -> Option<Value> {
    let bytes = disk::whole(path, MAX_BYTES).ok()?;
    yaml(&String::from_utf8_lossy(&bytes)).ok()
}
