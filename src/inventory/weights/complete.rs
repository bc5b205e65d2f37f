//! Which files a model should have and has not: what an index names, what a numbered series leaves out, which parts a
//! pipeline names. It looks at names, and into indexes within limits; of half a model no number is told.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::inventory::model::record::Record;
use crate::text::{Untrusted, count, screen};

/// Indexes that are looked into, and the bytes of each.
const MAX_INDEXES: usize = 64;
const MAX_INDEX_BYTES: u64 = 64 * 1024 * 1024;
/// Files that one index names, parts of one series, files of a model that are remembered.
const MAX_FILES: usize = 100_000;
/// Files that are named in one finding.
const MAX_NAMED: usize = 4;
/// Findings of this kind for one model.
const MAX_FINDINGS: usize = 32;
/// What a pipeline's index says of itself, and no part.
const PIPELINE: &str = "model_index.json";
/// Libraries that a part of a pipeline is loaded with; of others nobody here knows where they look.
const LIBRARIES: [&str; 2] = ["diffusers", "transformers"];

/// What was seen of one model's files by name.
#[derive(Default)]
pub(super) struct Files {
    names: BTreeSet<String>,
    folders: BTreeSet<String>,
    indexes: Vec<(String, PathBuf)>,
    /// What others know to be missing.
    known: Vec<Absent>,
    /// Files that are cut off.
    spoilt: Vec<String>,
    /// Whether not all names are kept.
    is_cut: bool,
}

/// The files of a set of weights that are not here.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Absent {
    /// What says that they should be: the index, or a part that is here.
    place: String,
    /// In which folder of the model.
    folder: String,
    /// By what their set is known: the names of all parts begin so.
    stems: Vec<String>,
    /// How many belong together.
    of: usize,
    names: Vec<String>,
}

/// Sets of weights of which a part is not here.
#[derive(Default)]
pub(super) struct Halves(Vec<Absent>);

impl Files {
    /// Takes in a file that the model calls `place`.
    pub fn see(&mut self, place: &str, path: &Path) {
        let name = file_name(place);
        if (name.ends_with(".index.json") || name == PIPELINE) && self.indexes.len() < MAX_INDEXES {
            self.indexes.push((place.to_owned(), path.to_owned()));
        }
        let folder = folder_of(place);
        if !self.folders.contains(folder) && self.folders.len() < MAX_FILES {
            self.folders.insert(folder.to_owned());
        }
        // Only these are asked for.
        if shard(place).is_some() || !name.ends_with(".json") {
            self.is_cut |= self.names.len() >= MAX_FILES;
            if !self.is_cut {
                self.names.insert(place.to_owned());
            }
        }
    }

    /// What a list of the repository says should be here, and is not: one part of a whole.
    pub fn lacks(&mut self, place: &str, names: Vec<String>) {
        let Some(first) = names.first() else { return };
        let folder = folder_of(first).to_owned();
        let stems = vec![format!("{folder}/")];
        if self.known.len() < MAX_FINDINGS {
            self.known.push(Absent { place: place.to_owned(), folder, stems, of: names.len(), names });
        }
    }

    /// A file that is cut off; whoever says so tells it.
    pub fn spoilt(&mut self, place: &str) {
        if self.spoilt.len() < MAX_FILES {
            self.spoilt.push(place.to_owned());
        }
    }

    /// Tells which files are not here, and gives back the sets that are not whole.
    pub fn tell(&self, source: &Untrusted, record: &mut Record) -> Halves {
        if self.is_cut {
            return Halves::default();
        }
        let mut absent = self.known.clone();
        for (place, path) in &self.indexes {
            let folder = folder_of(place);
            match file_name(place) == PIPELINE {
                true => absent.extend(self.pipeline(place, folder, path)),
                false => absent.extend(self.index(place, folder, path)),
            }
        }
        let told = |series: &Absent, known: &[Absent]| {
            series.names.iter().all(|name| known.iter().any(|one| one.names.contains(name)))
        };
        for series in self.series() {
            if !told(&series, &absent) {
                absent.push(series);
            }
        }
        for one in absent.iter().take(MAX_FINDINGS) {
            record.found("F-WEIGHTS-ABSENT", source, &one.place, one.words());
        }
        absent.extend(self.spoilt.iter().map(|place| Absent {
            place: place.clone(),
            folder: folder_of(place).to_owned(),
            stems: vec![place.clone()],
            of: 1,
            names: Vec::new(),
        }));
        Halves(absent)
    }

    fn index(&self, place: &str, folder: &str, path: &Path) -> Option<Absent> {
        let bytes = disk::whole(path, MAX_INDEX_BYTES).ok()?;
        let index: Index = serde_json::from_slice(&bytes).ok()?;
        let named: Vec<String> = index.weight_map.0.iter().filter_map(|name| below(folder, name)).collect();
        let is_absent = |name: &&String| !self.names.contains(*name);
        let names: Vec<String> = named.iter().filter(is_absent).cloned().collect();
        // An index none of whose files is here tells of another form of the weights than was fetched.
        let has_some = names.len() < named.len();
        let is_alone = || !self.names.iter().any(|name| folder_of(name) == folder && is_weights(name));
        (!names.is_empty() && (has_some || is_alone())).then(|| Absent {
            place: place.to_owned(),
            folder: folder.to_owned(),
            stems: named,
            of: index.weight_map.0.len(),
            names,
        })
    }

    /// Parts that a pipeline names, and that have no folder here.
    fn pipeline(&self, place: &str, folder: &str, path: &Path) -> Option<Absent> {
        let bytes = disk::whole(path, MAX_INDEX_BYTES).ok()?;
        let parts: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&bytes).ok()?;
        let is_part = |value: &serde_json::Value| {
            let pair = value.as_array().map(Vec::as_slice);
            matches!(pair, Some([library, class]) if class.is_string()
                && library.as_str().is_some_and(|library| LIBRARIES.contains(&library)))
        };
        let parts: Vec<String> = parts
            .iter()
            .filter(|(_, value)| is_part(value))
            .take(MAX_FILES)
            .filter_map(|(name, _)| below(folder, name))
            .collect();
        let (here, names): (Vec<&String>, Vec<&String>) =
            parts.iter().partition(|part| self.has_folder(part));
        // Nothing but the index: nobody has fetched the pipeline.
        (!names.is_empty() && !here.is_empty()).then(|| Absent {
            place: place.to_owned(),
            folder: folder.to_owned(),
            stems: vec![if folder.is_empty() { String::new() } else { format!("{folder}/") }],
            of: parts.len(),
            names: names.into_iter().map(|name| format!("{name}/")).collect(),
        })
    }

    fn has_folder(&self, folder: &str) -> bool {
        let start = format!("{folder}/");
        let of_names = self.names.range(start.clone()..).next().is_some_and(|name| name.starts_with(&start));
        of_names || self.folders.contains(folder)
    }

    /// Numbered parts, of which some are not here.
    fn series(&self) -> Vec<Absent> {
        let mut series: BTreeMap<(&str, &str, u64, usize), BTreeMap<u64, &str>> = BTreeMap::new();
        for name in &self.names {
            if let Some(part) = shard(name) {
                let key = (part.stem, part.ending, part.total, part.width);
                series.entry(key).or_default().insert(part.number, name);
            }
        }
        let absent =
            |((stem, ending, total, width), here): ((&str, &str, u64, usize), BTreeMap<u64, &str>)| {
                // Some count from nought.
                let first = u64::from(!here.contains_key(&0));
                let of = usize::try_from(total).ok().filter(|of| *of > here.len() && *of <= MAX_FILES)?;
                let all = first..first.checked_add(total)?;
                let names: Vec<String> = all
                    .filter(|number| !here.contains_key(number))
                    .map(|number| format!("{stem}-{number:0width$}-of-{total:0width$}.{ending}"))
                    .collect();
                let place = here.values().next().copied().unwrap_or_default().to_owned();
                let folder = folder_of(stem).to_owned();
                Some(Absent { place, folder, stems: vec![format!("{stem}-")], of, names })
            };
        series.into_iter().filter_map(absent).collect()
    }
}

impl Absent {
    fn words(&self) -> String {
        let shown: Vec<String> = self.names.iter().take(MAX_NAMED).map(|name| screen(name)).collect();
        let more = self.names.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = if self.names.iter().all(|name| name.ends_with('/')) { "part" } else { "file" };
        format!(
            "incomplete: {} of {} missing: {}{more}; fetch the model again",
            self.names.len(),
            count(self.of, what),
            shown.join(", ")
        )
    }
}

impl Halves {
    /// Adds a file whose own header says that it is one of several.
    pub fn add(&mut self, place: &str, here: usize, of: u64, source: &Untrusted, record: &mut Record) {
        if self.has(place) {
            return;
        }
        let missing = of.saturating_sub(here as u64);
        let message = format!("incomplete: {missing} of {of} files missing; fetch the model again");
        record.found("F-WEIGHTS-ABSENT", source, place, message);
        let (folder, of) = (folder_of(place).to_owned(), usize::try_from(of).unwrap_or(usize::MAX));
        self.0.push(Absent {
            place: place.to_owned(),
            folder,
            stems: vec![place.to_owned()],
            of,
            names: Vec::new(),
        });
    }

    /// Whether a file is one of a set that is not whole.
    pub fn has(&self, place: &str) -> bool {
        self.0.iter().any(|absent| absent.stems.iter().any(|stem| place.starts_with(stem.as_str())))
    }

    /// Whether files in that folder can be all of the model: what lacks elsewhere is another part of it.
    pub fn spare(&self, place: &str) -> bool {
        !self.has(place) && self.0.iter().all(|absent| absent.folder == folder_of(place))
    }
}

/// `stem-00001-of-00003.ending`.
pub(super) struct Shard<'p> {
    /// What all parts begin with, with the folder.
    pub stem: &'p str,
    pub ending: &'p str,
    number: u64,
    pub total: u64,
    /// Digits of the numbers.
    width: usize,
}

impl Shard<'_> {
    /// Whether no part comes before it.
    pub fn is_first(&self) -> bool {
        self.number <= 1
    }
}

/// What a name says of the series that it is a part of.
pub(super) fn shard(place: &str) -> Option<Shard<'_>> {
    let (stem, ending) = place.rsplit_once('.')?;
    let (stem, total) = stem.rsplit_once("-of-")?;
    let (stem, number) = stem.rsplit_once('-')?;
    let is_number =
        |text: &str| (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(number) || !is_number(total) {
        return None;
    }
    Some(Shard { stem, ending, number: number.parse().ok()?, total: total.parse().ok()?, width: total.len() })
}

fn is_weights(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
    matches!(ending, "safetensors" | "bin" | "gguf" | "h5" | "msgpack" | "pt" | "pth" | "onnx")
}

fn file_name(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or(place)
}

fn folder_of(place: &str) -> &str {
    place.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A plain path as a document in that folder names it; none when it leads elsewhere.
fn below(folder: &str, name: &str) -> Option<String> {
    let is_plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\\');
    let name = name.strip_prefix("./").unwrap_or(name);
    let stays = name.split('/').all(is_plain);
    stays.then(|| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") })
}

/// An index of weights: the files that it names, each once.
#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    weight_map: Named,
}

#[derive(Default)]
struct Named(BTreeSet<String>);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tensors and the files that they lie in")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named, A::Error> {
        let mut named = BTreeSet::new();
        while map.next_key::<IgnoredAny>()?.is_some() {
            let name: std::borrow::Cow<'de, str> = map.next_value()?;
            if named.len() < MAX_FILES && !named.contains(name.as_ref()) {
                named.insert(name.into_owned());
            }
        }
        Ok(Named(named))
    }
}
