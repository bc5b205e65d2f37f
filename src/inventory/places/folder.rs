//! Model folders: their bundle, README front matter, configurations, formats by content, headers of weights.

use crate::disk::slashed;
use crate::signing::{find_any_signature, is_git_hook, is_of_git};
use crate::text::Untrusted;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::entry::{Entry, MAX_ENTRIES, is_data, is_file, is_readme, is_weights, list};
use super::front_matter::{self, FrontMatter};
use super::hub_cache::{self, Snapshot};
use super::stamps::Stamp;
use super::{agents, document, local_dir, mcp, mlflow, partial};
use crate::disk;
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::finding::Scan;
use crate::inventory::model::format::Format;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::models::{Kind, Model};
use crate::inventory::model::names;
use crate::inventory::model::record::Record;
use crate::inventory::weights::lfs::Pointer;
use crate::inventory::weights::look::{Looks, tell_unlooked};
use crate::inventory::weights::yaml::yaml;
use crate::inventory::weights::{configuration, merge, quantisation};

/// Files that a loader looks into for code to run, in the folder and below.
const CONFIGURATIONS: [&str; 9] = [
    "adapter_config.json",
    "config.json",
    "generation_config.json",
    "model_index.json",
    "modules.json",
    "preprocessor_config.json",
    "processor_config.json",
    "tokenizer_config.json",
    "video_preprocessor_config.json",
];
/// How weights of adapters are called where nothing else says that they are.
const ADAPTERS: [&str; 2] = ["adapter_model.", "pytorch_lora_weights."];
/// As many of them are looked into.
const MAX_CONFIGURATIONS: usize = 256;
/// `config.json` and `adapter_config.json`.
const MAX_CONFIG_BYTES: u64 = 4 * 1024 * 1024;

/// Files of downloads that did not finish; more say no more.
const MAX_UNFINISHED: usize = 1000;

/// A folder that is a model, not yet read.
pub struct Folder {
    /// Where it is.
    pub(super) path: PathBuf,
    /// The same, workspace-relative.
    pub(super) location: PathBuf,
    /// Its name: the path below the source, or `owner/name` in a hub cache.
    pub(super) name: String,
    /// Whether nothing but its path gave it that name.
    pub(super) is_named_by_path: bool,
    /// What it is in a hub cache.
    pub(super) snapshot: Option<Snapshot>,
    /// Whether a folder above says that data lie here.
    pub(super) among_data: bool,
    /// Links are followed as far as this folder.
    pub(super) boundary: PathBuf,
    /// What documents elsewhere in the source say of it: the value, and the document below the source.
    pub(super) facts: Vec<(FactKey, String, String)>,
}

impl Folder {
    /// What it is now, down to the last file, and what is read for it beside it.
    pub(super) fn stamp(&self, since: SystemTime) -> Stamp {
        let metrics = mlflow::metrics(&self.path.join(mlflow::FILE), &self.boundary);
        let beside = metrics.map(|metrics| Stamp::of_folder(&metrics, "", since));
        // What lies beside a snapshot is read for it, too.
        let kept = self.snapshot.as_ref().map(|snapshot| {
            let list = snapshot.list();
            (
                list.is_file().then(|| fs::metadata(&list).ok()?.modified().ok()),
                partial::in_blobs(&snapshot.blobs),
            )
        });
        let read_as = format!(
            "{:?} {:?} {} {:?} {beside:?} {:?} {kept:?}",
            self.name, self.snapshot, self.among_data, self.boundary, self.facts
        );
        match beside.is_some_and(|beside| beside.is_empty()) {
            true => Stamp::default(),
            false => Stamp::of_folder(&self.path, &read_as, since),
        }
    }
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

/// One model folder by its name and its place.
pub(super) fn named(folder: &Folder) -> Model {
    let mut model = Model::new(ModelId::new(&folder.name), folder.name.as_str());
    model.location = Some(folder.location.clone());
    model
}

/// The same with its bundle and its claims; nothing is read.
pub(super) fn located(folder: &Folder) -> Model {
    let mut model = named(folder);
    if let Ok(entries) = list(&folder.path, &mut MAX_ENTRIES.clone()) {
        let source = Untrusted::new(slashed(&folder.location));
        FolderReader { folder, source, entries }.locate(&mut model);
    }
    model
}

struct FolderReader<'a> {
    folder: &'a Folder,
    source: Untrusted,
    entries: Vec<Entry>,
}

impl FolderReader<'_> {
    fn read(&self, record: &mut Record) {
        self.locate(&mut record.model);
        let card = self.card(record);
        let config = self.json("config.json", record);
        let adapter = self.json("adapter_config.json", record);
        record.model.kind = self.kind(card.as_ref().map(|(_, card)| card));
        let mut shape = self.walk(record);
        for (key, value, place) in &self.folder.facts {
            record.fact(*key, value, Basis::Declared, &self.source, place);
        }
        self.fetched(&mut shape, record);

        if let Some((source, adapter)) = &adapter
            && let Some(base) = adapter.get("base_model_name_or_path").and_then(Value::as_str)
        {
            match names::repository(base) {
                Some(_) => record.parent(base, Relation::Adapter, source, "/base_model_name_or_path"),
                // A folder on the trainer's machine.
                None => {
                    record.fact(FactKey::BaseModel, base, Basis::Declared, source, "/base_model_name_or_path")
                }
            }
        }
        shape.looks.finish(&self.source, record);
        let is_quantised = self.quantisation(record)
            || record.model.formats.contains(&Format::Gguf)
            || card.as_ref().is_some_and(|(_, card)| card.says_quantised())
            || config.as_ref().is_some_and(|(_, config)| {
                config.get("quantization_config").is_some() || quantisation::of_config(config).is_some()
            });
        let is_merge = self.merge(record);
        let by_files = match record.model.kind {
            Kind::Adapter => Some(Relation::Adapter),
            _ if is_quantised => Some(Relation::Quantised),
            _ => is_merge.then_some(Relation::Merge),
        };
        if let Some((source, card)) = &card {
            card.apply(record, by_files, source);
        }
        if let Some((source, config)) = &config {
            configuration::tell(config, source, record);
        }
        for (index, (place, path)) in shape.configurations.iter().enumerate() {
            let read = match index < MAX_CONFIGURATIONS {
                true => parsed(path),
                false => Err("more configurations than are looked at".to_owned()),
            };
            if let (Ok(value), "tokenizer_config.json") = (&read, place.as_str()) {
                let source = slashed(&self.folder.location.join(place)).into();
                configuration::tell_tokenizer(value, &source, record);
            }
            // Of these two it is told where they are read for what they say.
            let is_told = matches!(place.as_str(), "config.json" | "adapter_config.json");
            if let Some(why) = read.err().filter(|_| !is_told && !is_pointer(path)) {
                record.found("F-CONFIG-JSON", &self.source, place, why);
            }
        }
        self.beside(record);
        record.model.formats.sort();
    }

    /// Its bundle and its claims.
    fn locate(&self, model: &mut Model) {
        let found = find_any_signature(&self.folder.path).filter(|found| found.to_str().is_some());
        model.signature = found.and_then(|found| self.of(&found));
        model.claims = self.file("claims.jsonl").map(|entry| self.at(entry));
    }

    /// What a cache or a client keeps of how the files came here, and what of them did not.
    fn fetched(&self, shape: &mut Shape, record: &mut Record) {
        let folder = self.folder.path.as_path();
        if let Some(snapshot) = &self.folder.snapshot {
            std::mem::take(&mut shape.links).tell(snapshot, &self.source, record);
            shape.unfinished.extend(partial::in_blobs(&snapshot.blobs));
            let list = snapshot.list();
            let place = format!("trees/{}.json", snapshot.commit);
            partial::compare(folder, (&list, &place), &mut shape.looks, &self.source, record);
        } else if let Some(download) = local_dir::read(folder) {
            if let Some((list, place)) = local_dir::list_of(folder, &download) {
                partial::compare(folder, (&list, &place), &mut shape.looks, &self.source, record);
            }
            download.tell(&self.source, record);
        }
        if !shape.unfinished.is_empty() {
            record.found(partial::CODE, &self.source, "", partial::words(&shape.unfinished));
        }
    }

    /// What files beside the configuration say of how the weights were made smaller; whether any does.
    fn quantisation(&self, record: &mut Record) -> bool {
        let mut is_told = false;
        for name in quantisation::FILES {
            let Some((source, value)) = self.json(name, record) else { continue };
            if let Some((place, said)) = quantisation::of_file(name, &value) {
                record.fact(FactKey::Quantisation, &said, Basis::Declared, &source, place);
                is_told = true;
            }
        }
        is_told
    }

    /// What the models were that it was merged from; whether a file says so.
    fn merge(&self, record: &mut Record) -> bool {
        let Some(entry) = merge::FILES.iter().find_map(|name| self.file(name)) else { return false };
        if !self.may_read(entry) {
            return false;
        }
        let source = slashed(&self.at(entry)).into();
        let read = disk::whole(&entry.path, MAX_CONFIG_BYTES).map_err(|unread| unread.to_string());
        let read = read.and_then(|bytes| {
            yaml(&String::from_utf8_lossy(&bytes)).map_err(|line| match line {
                Some(line) => format!("not valid YAML, at line {line}"),
                None => "not valid YAML, or larger than the limits".to_owned(),
            })
        });
        match read {
            Ok(config) => merge::tell(&config, &source, record),
            Err(message) => record.found("F-MERGE-YAML", &source, "", message),
        }
        true
    }

    /// What is no model's own, or lies in a file of its own.
    fn beside(&self, record: &mut Record) {
        if let Some(entry) = self.file("chat_template.jinja").filter(|entry| self.may_read(entry)) {
            configuration::tell_template(&entry.path, &slashed(&self.at(entry)).into(), record);
        }
        if let Some(entry) = self.file(mlflow::FILE).filter(|entry| self.may_read(entry)) {
            mlflow::tell(&entry.path, &self.folder.boundary, &slashed(&self.at(entry)).into(), record);
        }
        if let Some(entry) = self.file(agents::SKILL).filter(|entry| self.may_read(entry)) {
            agents::tell_skill(&entry.path, &slashed(&self.at(entry)).into(), record);
        }
        for entry in self.entries.iter().filter(|entry| is_file(entry) && self.may_read(entry)) {
            let source = slashed(&self.at(entry)).into();
            if agents::CARDS.contains(&entry.name.as_str()) || agents::is_card(&entry.path, &entry.name) {
                agents::tell_card(&entry.path, &entry.name, &source, record);
            } else if mcp::is_named_like_one(&entry.name) {
                mcp::tell(&entry.path, &entry.name, &source, record);
            }
        }
    }

    fn kind(&self, card: Option<&FrontMatter>) -> Kind {
        let any = |test: fn(&str) -> bool| self.entries.iter().any(|entry| test(&entry.name));
        let by_card = card.and_then(FrontMatter::kind);
        let is_adapter =
            |name: &str| is_weights(name) && ADAPTERS.iter().any(|start| name.starts_with(start));
        if self.file("adapter_config.json").is_some() || by_card == Some(Kind::Adapter) || any(is_adapter) {
            Kind::Adapter
        } else if self.file("config.json").is_some() {
            Kind::Model
        } else if self.file(agents::SKILL).is_some() {
            Kind::Skill
        } else if let Some(kind) = by_card {
            kind
        } else if !any(is_weights) && (any(is_data) || self.folder.among_data) {
            Kind::Dataset
        } else if !any(is_weights)
            && self.entries.iter().any(|entry| is_file(entry) && agents::is_card(&entry.path, &entry.name))
        {
            Kind::Agent
        } else if !any(is_weights)
            && self.entries.iter().any(|entry| is_file(entry) && mcp::is_descriptor(&entry.path, &entry.name))
        {
            Kind::Mcp
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
            Ok(card) => card.map(|card| {
                card.doubts(&source, record);
                (source, card)
            }),
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
        match parsed(&entry.path) {
            Ok(value) if value.is_object() => Some((source, value)),
            Ok(_) => {
                record.found("F-CONFIG-JSON", &source, "", "not a JSON object");
                None
            }
            // It was told as what it is.
            Err(_) if is_pointer(&entry.path) => None,
            Err(message) => {
                record.found("F-CONFIG-JSON", &source, "", message);
                None
            }
        }
    }

    /// Counts files and bytes, and looks at the head of each file.
    fn walk(&self, record: &mut Record) -> Shape {
        let mut shape = Shape::default();
        let mut budget = MAX_ENTRIES;
        let mut waiting = vec![(self.folder.path.clone(), String::new())];
        while let Some((path, below)) = waiting.pop() {
            let entries = match list(&path, &mut budget) {
                Ok(entries) => entries,
                Err(cause) => {
                    let message = format!("cannot look into this folder ({})", cause.kind());
                    tell_unlooked("F-FOLDER-UNREADABLE", &below, &message, &self.source, record);
                    continue;
                }
            };
            let mut folders = Vec::new();
            for entry in entries {
                let place =
                    if below.is_empty() { entry.name.clone() } else { format!("{below}/{}", entry.name) };
                if entry.file_type.is_dir() {
                    folders.push((entry.path, place));
                } else if let Some(of_git) = place.strip_prefix(".git/") {
                    // No part of the model, but whatever git itself does not keep there may be loaded all the same.
                    if !is_of_git(of_git, &entry.path) && !is_git_hook(of_git, &entry.path) {
                        self.look(&entry, &place, &mut shape, record);
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
            tell_unlooked("F-FOLDER-COUNT", "", &message, &self.source, record);
        }
        shape
    }

    fn count(&self, entry: &Entry, place: &str, shape: &mut Shape, record: &mut Record) {
        record.model.files += 1;
        let size = self.look(entry, place, shape, record);
        record.model.bytes = record.model.bytes.saturating_add(size);
    }

    /// Looks at a file, and gives its size.
    fn look(&self, entry: &Entry, place: &str, shape: &mut Shape, record: &mut Record) -> u64 {
        if !self.may_read(entry) {
            let message = match self.folder.snapshot {
                Some(_) => {
                    "a link that leads elsewhere than into the repository's own blobs, or nowhere; not looked at"
                }
                None => "a link that leaves the source, or no regular file; not looked at",
            };
            tell_unlooked("F-FILE-LINK", place, message, &self.source, record);
            return 0;
        }
        // Follows a link: `may_read` has seen where it leads.
        if self.folder.snapshot.is_some()
            && entry.file_type.is_symlink()
            && let Ok(target) = entry.path.canonicalize()
        {
            shape.links.add(place, &target, is_weights(place));
        }
        let size = fs::metadata(&entry.path).map(|metadata| metadata.len()).unwrap_or(0);
        if partial::is_partial(&entry.name) && shape.unfinished.len() < MAX_UNFINISHED {
            shape.unfinished.push(place.to_owned());
        }

        // One more tells that there are more.
        let is_wanted = shape.configurations.len() <= MAX_CONFIGURATIONS;
        if is_wanted && CONFIGURATIONS.contains(&entry.name.as_str()) {
            shape.configurations.push((place.to_owned(), entry.path.clone()));
        }
        shape.looks.at(&entry.path, size, place, &self.source, record);
        size
    }

    fn file(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name && is_file(entry))
    }

    /// Where a file in the folder or beside it lies, workspace-relative.
    fn of(&self, file: &Path) -> Option<PathBuf> {
        match file.strip_prefix(&self.folder.path) {
            Ok(inside) => Some(self.folder.location.join(inside)),
            Err(_) => Some(self.folder.location.parent()?.join(file.file_name()?)),
        }
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

/// What a walk through a folder gathers.
#[derive(Default)]
struct Shape {
    looks: Looks,
    links: hub_cache::Links,
    /// Places and paths.
    configurations: Vec<(String, PathBuf)>,
    /// Files that are still being fetched.
    unfinished: Vec<String>,
}

fn is_pointer(path: &Path) -> bool {
    disk::start(path, MAX_CONFIG_BYTES).is_ok_and(|(bytes, _)| Pointer::of(&bytes).is_some())
}

/// A configuration, in our own words where it cannot be read.
fn parsed(path: &Path) -> std::result::Result<Value, String> {
    let bytes = disk::whole(path, MAX_CONFIG_BYTES).map_err(|unread| unread.to_string())?;
    document::value(&bytes)
}
