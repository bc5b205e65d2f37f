//! Model folders: what is a model, its bundle, README front matter, `config.json`, formats by content.

use crate::error::{Error, Result};
use crate::signing::{Progress, is_foreign_signature};
use crate::text::Untrusted;
use serde_json::Value;
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::formats;
use super::front_matter::{self, FrontMatter};
use super::record::{Record, note};
use super::scan::{Finding, Scan};
use super::stamps::Stamp;
use super::types::{Basis, FactKey, Format, Kind, ModelId, Relation};
use super::{gguf, hazards, names, reading};

/// Folders are looked for this deep below a source.
const MAX_DEPTH: usize = 16;
/// Files and folders looked at in one source, and counted in one model.
const MAX_ENTRIES: u64 = 1_000_000;
/// Files of one model whose content is looked at.
const MAX_LOOKS: u64 = 20_000;
/// What can run code, kept of one model.
const MAX_HAZARDS: usize = 500;
/// Further files that a loader looks into for code to run.
const CONFIGURATIONS: [&str; 4] =
    ["generation_config.json", "preprocessor_config.json", "processor_config.json", "tokenizer_config.json"];
/// `config.json` and `adapter_config.json`.
const MAX_CONFIG_BYTES: u64 = 4 * 1024 * 1024;

const WEIGHTS: &[&str] = &[
    "safetensors",
    "gguf",
    "bin",
    "pt",
    "pth",
    "pkl",
    "pickle",
    "ckpt",
    "onnx",
    "h5",
    "keras",
    "joblib",
    "npz",
    "tflite",
    "msgpack",
];
const DATA: &[&str] = &["jsonl", "parquet", "csv", "arrow"];
const DATA_NAMES: &[&str] = &["dataset_info.json", "dataset_infos.json", "dataset_dict.json"];
/// A folder of this name holds datasets.
const DATA_FOLDERS: &[&str] = &["datasets", "data"];

/// A folder that is a model, not yet read.
pub struct Folder {
    /// Where it is.
    path: PathBuf,
    /// The same, workspace-relative.
    location: PathBuf,
    /// Its name: the path below the source, or `owner/name` in a hub cache.
    name: String,
    /// The commit, in a hub cache.
    revision: Option<String>,
    /// Whether a folder above says that data lie here.
    among_data: bool,
    /// Links are followed as far as this folder.
    boundary: PathBuf,
}

impl Folder {
    /// Where it is, workspace-relative, with `/`.
    pub(super) fn shown(&self) -> String {
        slashed(&self.location)
    }

    /// What it is now, down to the last file.
    pub(super) fn stamp(&self, since: SystemTime) -> Stamp {
        let read_as = format!("{:?} {:?} {} {:?}", self.name, self.revision, self.among_data, self.boundary);
        Stamp::of_folder(&self.path, &read_as, since)
    }
}

/// What a search found.
pub struct Discovered {
    /// Folders that are models, in the order of their paths.
    pub folders: Vec<Folder>,
    /// Where we could not look.
    pub findings: Vec<Finding>,
}

struct Entry {
    path: PathBuf,
    name: String,
    file_type: FileType,
}

/// Finds the model folders below `root`, which the workspace calls `shown`. Does not look for models inside
/// models, and follows no link to a folder.
///
/// # Errors
/// `E-READ` when there is no such folder, `E-CANCELLED`.
pub fn discover(root: &Path, shown: &Path, progress: &Progress) -> Result<Discovered> {
    let boundary = root.canonicalize().map_err(|cause| Error::read(root, &cause))?;
    fs::read_dir(root).map_err(|cause| Error::read(root, &cause))?;
    let above = match shown.is_absolute() {
        true => shown.file_name().map(PathBuf::from).unwrap_or_default(),
        false => shown.to_owned(),
    };
    let mut found = Discovered { folders: Vec::new(), findings: Vec::new() };
    let mut budget = MAX_ENTRIES;
    let mut waiting = vec![(root.to_owned(), PathBuf::new(), 0)];
    while let Some((path, below, depth)) = waiting.pop() {
        progress.check()?;
        let location = if below.as_os_str().is_empty() { shown.to_owned() } else { shown.join(&below) };
        let source = Untrusted::new(slashed(&location));
        if location.to_str().is_none() {
            let message =
                "left out: its name is not UTF-8, as the names in a signed model must be; rename it";
            note(&mut found.findings, "F-FOLDER-NAME", None, &source, "", message);
            continue;
        }
        let entries = match list(&path, &mut budget) {
            Ok(entries) => entries,
            Err(cause) => {
                let message = format!("cannot look into this folder ({})", cause.kind());
                note(&mut found.findings, "F-FOLDER-UNREADABLE", None, &source, "", message);
                continue;
            }
        };
        if is_model(&entries) {
            let own_name = boundary.file_name().map(|name| name.to_string_lossy().into_owned());
            let (name, revision) = hub_cache_name(&below).unwrap_or_else(|| {
                let name =
                    if below.as_os_str().is_empty() { own_name.unwrap_or_default() } else { slashed(&below) };
                (name, None)
            });
            let among_data = above.join(&below).components().any(|part| {
                let part = part.as_os_str().to_string_lossy().to_lowercase();
                DATA_FOLDERS.contains(&part.as_str()) || part.starts_with("datasets--")
            });
            found.folders.push(Folder {
                path,
                location,
                name,
                revision,
                among_data,
                boundary: boundary.clone(),
            });
            continue;
        }
        let folders = entries.into_iter().filter(|entry| entry.file_type.is_dir() && entry.name != ".git");
        if depth >= MAX_DEPTH {
            if folders.count() > 0 {
                let message = format!("not looked at: deeper than {MAX_DEPTH} folders");
                note(&mut found.findings, "F-FOLDER-DEPTH", None, &source, "", message);
            }
            continue;
        }
        let mut below: Vec<_> = folders
            .map(|entry| {
                let next = below.join(entry.path.file_name().unwrap_or_default());
                (entry.path, next, depth + 1)
            })
            .collect();
        below.reverse();
        waiting.append(&mut below);
    }
    if budget == 0 {
        let message = format!("not everything was looked at: more than {MAX_ENTRIES} entries");
        note(&mut found.findings, "F-FOLDER-COUNT", None, &Untrusted::new(slashed(shown)), "", message);
    }
    Ok(found)
}

/// Reads one model folder.
pub fn read(folder: &Folder) -> Scan {
    let source = Untrusted::new(slashed(&folder.location));
    let mut record = Record::new(ModelId::new(&folder.name), &folder.name, &source);
    record.model.location = Some(folder.location.clone());
    let entries = match list(&folder.path, &mut MAX_ENTRIES.clone()) {
        Ok(entries) => entries,
        Err(cause) => {
            let message = format!("cannot look into this folder ({})", cause.kind());
            record.found("F-FOLDER-UNREADABLE", &source, "", message);
            return Scan { models: vec![record.model], findings: record.findings };
        }
    };
    let reader = FolderReader { folder, source, entries };
    reader.read(&mut record);
    Scan { models: vec![record.model], findings: record.findings }
}

struct FolderReader<'a> {
    folder: &'a Folder,
    source: Untrusted,
    entries: Vec<Entry>,
}

impl FolderReader<'_> {
    fn read(&self, record: &mut Record) {
        record.model.signature = self
            .file("model.sig")
            .or_else(|| {
                let named = |entry: &&Entry| {
                    extension(&entry.name) == "sig"
                        && entry.path.to_str().is_some()
                        // OpenPGP, cosign and others use this ending, too.
                        && !(is_file(entry) && is_foreign_signature(&entry.path))
                };
                self.entries.iter().filter(named).find(|entry| is_file(entry))
            })
            .map(|entry| self.at(entry));
        record.model.claims = self.file("claims.jsonl").map(|entry| self.at(entry));

        let card = self.card(record);
        let config = self.json("config.json", record);
        let adapter = self.json("adapter_config.json", record);
        record.model.kind = self.kind(card.as_ref().map(|(_, card)| card));
        if let Some(revision) = &self.folder.revision {
            record.fact(FactKey::Version, revision, Basis::Declared, &self.source, "snapshots");
        }
        let shape = self.walk(record);

        let is_quantised = record.model.formats.contains(&Format::Gguf)
            || card.as_ref().is_some_and(|(_, card)| card.says_quantised())
            || config.as_ref().is_some_and(|(_, config)| config.get("quantization_config").is_some());
        let by_files = match record.model.kind {
            Kind::Adapter => Some(Relation::Adapter),
            _ => is_quantised.then_some(Relation::Quantised),
        };
        if let Some((source, adapter)) = &adapter
            && let Some(base) = adapter.get("base_model_name_or_path").and_then(Value::as_str)
        {
            record.parent(base, Relation::Adapter, source, "/base_model_name_or_path");
        }
        if let Some((place, origin)) = shape.gguf {
            let source = Untrusted::new(format!("{}/{place}", self.source.raw()));
            let facts = [(FactKey::Architecture, origin.architecture), (FactKey::Licence, origin.licence)];
            for (key, value) in facts {
                record.fact(key, &value.unwrap_or_default(), Basis::Declared, &source, "general");
            }
            for (key, base) in origin.bases {
                record.parent(&base, Relation::Quantised, &source, &key);
            }
        }
        if let Some((source, card)) = &card {
            card.apply(record, by_files, source);
        }
        if let Some((source, config)) = &config {
            self.configured(record, config, source);
        }
        let configuration = |name: &'static str, value: &Value, record: &mut Record| {
            let mut found = hazards::Hazards::default();
            hazards::of_configuration(value, shape.has_python, &mut found);
            self.hazards(found, name, record);
        };
        if let Some((_, config)) = &config {
            configuration("config.json", config, record);
        }
        for name in CONFIGURATIONS {
            if let Some((_, value)) = self.json(name, record) {
                configuration(name, &value, record);
            }
        }
        if shape.has_python && !record.model.formats.contains(&Format::RemoteCode) {
            let mut found = hazards::Hazards::default();
            hazards::of_python(&mut found);
            self.hazards(found, "", record);
        }
        record.model.formats.sort();
    }

    /// Tells what a file can do when it is loaded: as fact, as finding where it matters, and as format.
    fn hazards(&self, found: hazards::Hazards, place: &str, record: &mut Record) {
        for hazard in found.told(place) {
            if record.model.hazards.len() >= MAX_HAZARDS {
                return;
            }
            let inside = hazard.place.screen();
            let at = if inside.is_empty() { place.to_owned() } else { format!("{place} {inside}") };
            record.fact(FactKey::Hazard, &hazard.line(), Basis::Observed, &self.source, &at);
            if let Some(code) = hazard.tier.code() {
                record.found(code, &self.source, &at, hazard.line());
            }
            if let Some(format) = hazard.format() {
                self.format(format, place, record);
            }
            record.model.hazards.push(hazard);
        }
    }

    fn format(&self, format: Format, place: &str, record: &mut Record) {
        if !record.model.formats.contains(&format) {
            record.model.formats.push(format);
            record.fact(FactKey::Format, format.word(), Basis::Observed, &self.source, place);
        }
    }

    fn configured(&self, record: &mut Record, config: &Value, source: &Untrusted) {
        if let Some(kind) = config.get("model_type").and_then(Value::as_str) {
            record.fact(FactKey::Architecture, kind, Basis::Declared, source, "/model_type");
        }
        let architectures = config.get("architectures").and_then(Value::as_array);
        for (index, name) in
            architectures.into_iter().flatten().filter_map(Value::as_str).take(16).enumerate()
        {
            let place = format!("/architectures/{index}");
            record.fact(FactKey::Architecture, name, Basis::Declared, source, &place);
        }
        // The weakest word on origin: often the model's own name, or a path on the trainer's machine.
        if let Some(base) = config.get("_name_or_path").and_then(Value::as_str)
            && names::is_owner_name(base)
        {
            let id = ModelId::new(base);
            if id != record.model.id && !record.model.parents.iter().any(|parent| parent.id == id) {
                record.parent(base, Relation::Unspecified, source, "/_name_or_path");
            }
        }
    }

    fn kind(&self, card: Option<&FrontMatter>) -> Kind {
        let any = |test: fn(&str) -> bool| self.entries.iter().any(|entry| test(&entry.name));
        let by_card = card.and_then(FrontMatter::kind);
        if self.file("adapter_config.json").is_some() || by_card == Some(Kind::Adapter) {
            Kind::Adapter
        } else if self.file("config.json").is_some() {
            Kind::Model
        } else if let Some(kind) = by_card {
            kind
        } else if !any(is_weights) && (any(is_data) || self.folder.among_data) {
            Kind::Dataset
        } else {
            Kind::Model
        }
    }

    fn card(&self, record: &mut Record) -> Option<(Untrusted, FrontMatter)> {
        let entry = self.entries.iter().find(|entry| is_readme(entry))?;
        let source = Untrusted::new(slashed(&self.at(entry)));
        if !self.may_read(entry) {
            return None;
        }
        match front_matter::read(&entry.path) {
            Ok(card) => card.map(|card| (source, card)),
            Err(message) => {
                record.found("F-CARD-YAML", &source, "", message);
                None
            }
        }
    }

    fn json(&self, name: &str, record: &mut Record) -> Option<(Untrusted, Value)> {
        let entry = self.file(name)?;
        let source = Untrusted::new(slashed(&self.at(entry)));
        if !self.may_read(entry) {
            return None;
        }
        let parsed = reading::whole(&entry.path, MAX_CONFIG_BYTES)
            .map_err(|unread| unread.to_string())
            .and_then(|bytes| {
                serde_json::from_slice::<Value>(&bytes).map_err(|error| {
                    format!("not valid JSON, at line {} column {}", error.line(), error.column())
                })
            });
        match parsed {
            Ok(value) if value.is_object() => Some((source, value)),
            Ok(_) => {
                record.found("F-CONFIG-JSON", &source, "", "not a JSON object");
                None
            }
            Err(message) => {
                record.found("F-CONFIG-JSON", &source, "", message);
                None
            }
        }
    }

    /// Counts files and bytes, and looks at the head of each file.
    fn walk(&self, record: &mut Record) -> Shape {
        let mut shape = Shape { looks: 0, budget: hazards::MAX_BYTES, has_python: false, gguf: None };
        let mut budget = MAX_ENTRIES;
        let mut waiting = vec![(self.folder.path.clone(), String::new())];
        while let Some((path, below)) = waiting.pop() {
            let entries = match list(&path, &mut budget) {
                Ok(entries) => entries,
                Err(cause) => {
                    let message = format!("cannot look into this folder ({})", cause.kind());
                    record.found("F-FOLDER-UNREADABLE", &self.source, &below, message);
                    continue;
                }
            };
            let mut folders = Vec::new();
            for entry in entries {
                let place =
                    if below.is_empty() { entry.name.clone() } else { format!("{below}/{}", entry.name) };
                if entry.file_type.is_dir() {
                    if entry.name != ".git" {
                        folders.push((entry.path, place));
                    }
                } else {
                    self.count(&entry, &place, &mut shape, record);
                }
            }
            folders.reverse();
            waiting.append(&mut folders);
        }
        if budget == 0 {
            let message = format!("counted only the first {MAX_ENTRIES} entries");
            record.found("F-FOLDER-COUNT", &self.source, "", message);
        }
        if shape.looks > MAX_LOOKS {
            let message = format!("looked at the content of the first {MAX_LOOKS} files only");
            record.found("F-FORMAT-COUNT", &self.source, "", message);
        }
        shape
    }

    fn count(&self, entry: &Entry, place: &str, shape: &mut Shape, record: &mut Record) {
        record.model.files += 1;
        if !self.may_read(entry) {
            let message = "a link that leaves the source, or no regular file; not looked at";
            record.found("F-FILE-LINK", &self.source, place, message);
            return;
        }
        // Follows a link: `may_read` has seen where it leads.
        let size = fs::metadata(&entry.path).map(|metadata| metadata.len()).unwrap_or(0);
        record.model.bytes = record.model.bytes.saturating_add(size);
        shape.has_python |= extension(&entry.name) == "py";
        shape.looks += 1;
        if shape.looks > MAX_LOOKS {
            return;
        }
        let look = match formats::look(&entry.path, size) {
            Ok(look) => look,
            Err(unread) => {
                record.found("F-FILE-UNREADABLE", &self.source, place, unread.to_string());
                return;
            }
        };
        if look.mislabelled {
            record.found(
                "F-FORMAT-NAME",
                &self.source,
                place,
                "the content is not what the file's name promises",
            );
        }
        if let Some(format) = look.format {
            if format == Format::Gguf && shape.gguf.is_none() {
                shape.gguf = Some((place.to_owned(), gguf::origin(&look.head)));
            }
            self.format(format, place, record);
        }
        let found = hazards::look(&entry.path, size, &look, &mut shape.budget);
        self.hazards(found, place, record);
    }

    fn file(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name && is_file(entry))
    }

    fn at(&self, entry: &Entry) -> PathBuf {
        self.folder.location.join(entry.path.file_name().unwrap_or_default())
    }

    /// A regular file, or a link to one that lies inside the source (as in a hub cache).
    fn may_read(&self, entry: &Entry) -> bool {
        if !entry.file_type.is_symlink() {
            return entry.file_type.is_file();
        }
        entry
            .path
            .canonicalize()
            .is_ok_and(|target| target.starts_with(&self.folder.boundary) && target.is_file())
    }
}

struct Shape {
    looks: u64,
    budget: u64,
    has_python: bool,
    gguf: Option<(String, gguf::Origin)>,
}

/// The entries of a folder, sorted by name, as far as the budget goes.
fn list(path: &Path, budget: &mut u64) -> std::io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        if *budget == 0 {
            break;
        }
        *budget -= 1;
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        entries.push(Entry { path: entry.path(), name, file_type: entry.file_type()? });
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

fn is_model(entries: &[Entry]) -> bool {
    let tells = |entry: &Entry| {
        let name = entry.name.as_str();
        matches!(name, "claims.jsonl" | "config.json" | "adapter_config.json")
            || extension(name) == "sig"
            || is_weights(name)
            || is_data(name)
    };
    entries.iter().any(|entry| tells(entry) && is_file(entry))
        || entries.iter().any(|entry| {
            let card = if is_readme(entry) { front_matter::read(&entry.path) } else { Ok(None) };
            // Broken front matter is front matter all the same: the finding must not vanish with the folder.
            card.map_or(true, |card| card.is_some_and(|card| card.describes_something()))
        })
}

fn is_readme(entry: &Entry) -> bool {
    entry.name.eq_ignore_ascii_case("readme.md") && is_file(entry)
}

fn is_file(entry: &Entry) -> bool {
    entry.file_type.is_file() || entry.file_type.is_symlink() && entry.path.is_file()
}

fn is_weights(name: &str) -> bool {
    WEIGHTS.contains(&extension(name).as_str())
}

fn is_data(name: &str) -> bool {
    name != "claims.jsonl" && (DATA.contains(&extension(name).as_str()) || DATA_NAMES.contains(&name))
}

fn extension(name: &str) -> String {
    Path::new(name).extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// `owner/name` and commit of `models--owner--name/snapshots/<commit>` in a Hugging Face cache.
fn hub_cache_name(below: &Path) -> Option<(String, Option<String>)> {
    let mut parts = below.iter().rev().map(|part| part.to_string_lossy());
    let (commit, snapshots, repository) = (parts.next()?, parts.next()?, parts.next()?);
    let name = repository.strip_prefix("models--").or_else(|| repository.strip_prefix("datasets--"))?;
    (snapshots == "snapshots").then(|| (name.replacen("--", "/", 1), Some(commit.into_owned())))
}

/// A path with `/` between its parts.
pub(super) fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
