//! Looking at the files of one model, wherever they lie: format by content, what can run code, what is known to be
//! data, which headers and configurations to read. It looks at bytes within a budget and decides nothing.

use std::path::{Path, PathBuf};

use super::complete::Files;
use super::formats;
use super::hazards::{self, Hazards};
use super::headers::{self, Weights};
use super::kinds::{self, Unjudged};
use super::lfs::Pointer;
use super::{lenient, pipeline, yaml};
use crate::disk;
use crate::inventory::model::facts::{Basis, FactKey};
use crate::inventory::model::format::Format;
use crate::inventory::model::hazard::{HazardKind, Tier};
use crate::inventory::model::models::Kind;
use crate::inventory::model::record::Record;
use crate::text::Untrusted;

/// Files of one model whose content is looked at.
const MAX_LOOKS: u64 = 20_000;
/// What can run code, kept of one model.
const MAX_HAZARDS: usize = 500;
/// Findings of files that nobody knows; the hazards tell of all of them.
const MAX_UNKNOWN: usize = 50;
/// Configurations of one model that are looked through, and the bytes of each.
const MAX_CONFIGURATIONS: usize = 1024;
const MAX_CONFIG_BYTES: u64 = 4 * 1024 * 1024;
/// Configurations that a loader reads for code to run: what cannot be read of them may ask for any.
const LOADED: [&str; 14] = [
    "adapter_config.json",
    "chat_template.json",
    "config.json",
    "generation_config.json",
    "image_processor_config.json",
    "mlmodel",
    "model_index.json",
    "modular_config.json",
    "modular_model_index.json",
    "modules.json",
    "preprocessor_config.json",
    "processor_config.json",
    "tokenizer_config.json",
    "video_preprocessor_config.json",
];
/// JSON that holds vocabularies and tables of contents, and is long.
const TABLES: [&str; 6] = [
    "added_tokens.json",
    "index.json",
    "merges.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "vocab.json",
];

/// What was looked at of one model.
pub(in crate::inventory) struct Looks {
    looks: u64,
    budget: u64,
    /// Files whose headers tell of the whole model.
    weights: Vec<Weights>,
    /// All files by name, for what is not here.
    files: Files,
    configurations: Vec<(String, PathBuf)>,
    /// Folders with weights of formats whose tensors are not counted.
    components: Vec<String>,
    /// Python beside the weights, the first of it first.
    python: Vec<String>,
    /// Files that nobody knows, until all are seen: an ONNX model may say what one is.
    loose: Vec<(String, Hazards)>,
    /// Files that an ONNX model reads its numbers from.
    numbers: Vec<String>,
}

impl Default for Looks {
    /// Nothing was looked at yet.
    fn default() -> Self {
        Looks {
            looks: 0,
            budget: hazards::MAX_BYTES,
            weights: Vec::new(),
            files: Files::default(),
            configurations: Vec::new(),
            components: Vec::new(),
            python: Vec::new(),
            loose: Vec::new(),
            numbers: Vec::new(),
        }
    }
}

impl Looks {
    /// Looks at one file, which the model calls `place`.
    pub fn at(&mut self, path: &Path, size: u64, place: &str, source: &Untrusted, record: &mut Record) {
        self.looks += 1;
        self.files.see(place, path);
        if self.looks > MAX_LOOKS {
            return;
        }
        let look = match formats::look(path, size, place) {
            Ok(look) => look,
            Err(unread) => {
                return tell_unlooked("F-FILE-UNREADABLE", place, &unread.to_string(), source, record);
            }
        };
        if let Some(pointer) = Pointer::of(&look.head).filter(|_| look.head.len() as u64 == size) {
            return tell_unlooked("F-LFS-POINTER", place, &pointer.message(), source, record);
        }
        if look.mislabelled {
            let message = "the content is not what the file's name promises";
            record.found("F-FORMAT-NAME", source, place, message);
        }
        if let Some(format) = look.format {
            if !headers::remember(&mut self.weights, place, path, format) {
                let message = "more files of weights than are looked at";
                tell_unlooked("F-FORMAT-COUNT", place, message, source, record);
            }
            tell_format(format, place, source, record);
            if !matches!(format, Format::Safetensors | Format::Gguf)
                && let Some(folder) = pipeline::folder(place)
                && self.components.last().is_none_or(|last| last != folder)
            {
                self.components.push(folder.to_owned());
            }
        }
        let looked = hazards::look(path, size, place, &look.head, look.format, &mut self.budget);
        let mut found = looked.found;
        let unjudged = Unjudged { path, size, name: place, head: &look.head };
        let mut unknown = Hazards::default();
        let own: &[&str] = match look.format {
            Some(Format::Safetensors) => &["safetensors"],
            Some(Format::Gguf) => &["gguf"],
            _ if looked.is_read => &["h5", "hdf5", "keras", "npy", "npz", "onnx"],
            _ => &[],
        };
        if found.is_judged() {
        } else if own.is_empty() {
            kinds::judge(&unjudged, &mut self.budget, &mut unknown);
        } else {
            kinds::is_named_otherwise(&unjudged, own, &mut self.budget, &mut found);
        }
        let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.numbers.extend(found.reads().iter().map(|name| below(folder, name)));
        if is_configuration(place, &look.head) {
            self.configurations.push((place.to_owned(), path.to_owned()));
        }
        tell_hazards(found, place, source, record);
        if extension(place) == "py" {
            self.python.push(place.to_owned());
        } else if unknown.is_judged() {
            self.loose.push((place.to_owned(), unknown));
        }
    }

    /// What a list says should be here, and is not: of the rest no number is told.
    pub fn lacks(&mut self, place: &str, names: Vec<String>) {
        self.files.lacks(place, names);
    }

    /// A file that is known to be cut off.
    pub fn spoilt(&mut self, place: &str) {
        self.files.spoilt(place);
    }

    /// Tells what headers and configurations say, of what is no data, and whether files were left out.
    pub fn finish(&mut self, source: &Untrusted, record: &mut Record) {
        if self.looks > MAX_LOOKS {
            let message = format!("looked at the content of the first {MAX_LOOKS} files only");
            tell_unlooked("F-FORMAT-COUNT", "", &message, source, record);
        }
        let mut halves = self.files.tell(source, record);
        let is_pipeline =
            self.configurations.iter().any(|(place, _)| pipeline::FILES.contains(&place.as_str()));
        let components = is_pipeline.then_some(self.components.as_slice());
        for judged in headers::tell(&self.weights, (components, &mut halves), source, record) {
            tell_of(judged.found, &judged.place, source, record, false);
        }
        for (index, (place, path)) in std::mem::take(&mut self.configurations).into_iter().enumerate() {
            self.configuration(index, &place, &path, source, record);
        }
        // A skill is made of instructions and scripts: that is no finding, unless weights lie among them.
        let is_skill = record.model.kind == Kind::Skill && record.model.formats.is_empty();
        let mut told = 0;
        for (place, unknown) in std::mem::take(&mut self.loose) {
            if self.numbers.contains(&place) && !unknown.is_program() {
                let mut found = Hazards::default();
                let why = "numbers that an ONNX model here reads";
                found.add(Tier::Noted, HazardKind::Onnx, "", "", why);
                tell_hazards(found, &place, source, record);
            } else if is_skill && unknown.is_script() {
                tell_of(unknown, &place, source, record, false);
            } else {
                told += 1;
                tell_of(unknown, &place, source, record, told <= MAX_UNKNOWN);
            }
        }
        // Where a configuration asks for it, that is told.
        if let Some(first) = self.python.first()
            && !record.model.formats.contains(&Format::RemoteCode)
        {
            let mut found = Hazards::default();
            let count = self.python.len();
            let why = match count {
                1 => "Python beside the weights, which a loader may import".to_owned(),
                _ => format!("Python beside the weights, which a loader may import: {count} files"),
            };
            found.add(Tier::Unreadable, HazardKind::Program, "", "", why);
            // A folder of skills is made of scripts: that is no finding.
            tell_of(found, &first.clone(), source, record, false);
        }
    }

    fn configuration(&self, index: usize, place: &str, path: &Path, source: &Untrusted, record: &mut Record) {
        let mut found = Hazards::default();
        let name = place.rsplit('/').next().unwrap_or(place);
        match parsed(path, name) {
            _ if index == MAX_CONFIGURATIONS => {
                hazards::unlooked("more configurations than are looked at", &mut found);
            }
            _ if index > MAX_CONFIGURATIONS => {}
            Ok(value) => hazards::of_configuration(&value, name, !self.python.is_empty(), &mut found),
            Err(why) if LOADED.contains(&name.to_lowercase().as_str()) => hazards::unlooked(&why, &mut found),
            // Nobody loads it: it is text, and was looked at as such.
            Err(_) => {}
        }
        tell_hazards(found, place, source, record);
    }
}

/// A path as a file in that folder names it.
fn below(folder: &str, name: &str) -> String {
    let name = name.trim_start_matches("./");
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn extension(place: &str) -> String {
    Path::new(place).extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Whether a loader may read it for what it says: by its name, or by its first byte where it has none.
fn is_configuration(place: &str, head: &[u8]) -> bool {
    let name = place.rsplit('/').next().unwrap_or(place).to_lowercase();
    let is_table = TABLES.iter().any(|table| name.ends_with(table)) && !LOADED.contains(&name.as_str());
    match extension(&name).as_str() {
        "json" => !is_table,
        "yaml" | "yml" => true,
        "" => name == "mlmodel" || head.trim_ascii_start().starts_with(b"{"),
        _ => false,
    }
}

/// A configuration, in our own words where it cannot be read.
fn parsed(path: &Path, name: &str) -> Result<serde_json::Value, String> {
    let bytes = disk::whole(path, MAX_CONFIG_BYTES).map_err(|unread| unread.to_string())?;
    if matches!(extension(name).as_str(), "yaml" | "yml") || name.eq_ignore_ascii_case("mlmodel") {
        let text = String::from_utf8_lossy(&bytes);
        return yaml::yaml(&text).map_err(|line| match line {
            Some(line) => format!("not valid YAML, at line {line}"),
            None => "not valid YAML, or larger than the limits".to_owned(),
        });
    }
    lenient::value(&bytes)
}

/// Tells what a file can do when it is loaded: as fact, as finding where it matters, and as format.
pub(in crate::inventory) fn tell_hazards(
    found: Hazards,
    place: &str,
    source: &Untrusted,
    record: &mut Record,
) {
    tell_of(found, place, source, record, true);
}

fn tell_of(found: Hazards, place: &str, source: &Untrusted, record: &mut Record, with_findings: bool) {
    let told = found.told(place);
    for (hazard, line) in hazards::lines(&told) {
        let inside = hazard.place.screen();
        let at = if inside.is_empty() { place.to_owned() } else { format!("{place} {inside}") };
        // Facts of other kinds need room, too.
        if record.model.hazards.len() < MAX_HAZARDS {
            record.fact(FactKey::Hazard, &line, Basis::Observed, source, &at);
        }
        if let Some(code) = hazard.code().filter(|_| with_findings) {
            record.found(code, source, &at, format!("{line}; {}", hazard.remedy()));
        }
    }
    for hazard in told {
        if let Some(format) = hazard.format() {
            tell_format(format, place, source, record);
        }
        let hazards = &mut record.model.hazards;
        hazards.push(hazard);
        // The worst stay.
        if hazards.len() > MAX_HAZARDS
            && let Some(least) =
                (0..hazards.len()).max_by_key(|at| hazards.get(*at).map(|hazard| hazard.tier))
        {
            hazards.remove(least);
        }
    }
}

/// Tells of what was not looked into: as finding, and as what may hold anything.
pub(in crate::inventory) fn tell_unlooked(
    code: &str,
    place: &str,
    message: &str,
    source: &Untrusted,
    record: &mut Record,
) {
    record.found(code, source, place, message);
    let mut found = Hazards::default();
    hazards::unlooked(message, &mut found);
    tell_hazards(found, place, source, record);
}

/// Tells a format, once.
fn tell_format(format: Format, place: &str, source: &Untrusted, record: &mut Record) {
    if !record.model.formats.contains(&format) {
        record.model.formats.push(format);
        record.fact(FactKey::Format, format.word(), Basis::Observed, source, place);
    }
}

/// How many hazards a file has; for the fuzz targets.
pub(crate) fn count_in(path: &Path) -> usize {
    let Ok(size) = std::fs::metadata(path).map(|metadata| metadata.len()) else { return 0 };
    let mut record = Record::new(crate::inventory::model::id::ModelId::new("fuzz"), "fuzz", &"fuzz".into());
    let mut looks = Looks::default();
    let place = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    looks.at(path, size, &place, &"fuzz".into(), &mut record);
    looks.finish(&"fuzz".into(), &mut record);
    record.model.hazards.len()
}
