//! What a file of weights is made of, for a person who looks into one: imports, entries, layers, operators, tensors.
//! The same readers look that look for what can run code, within the same limits. It judges nothing.

mod layers;
mod lines;
mod operators;

use std::io::{Read, Seek};
use std::path::Path;

use super::imports;
use super::inside::{File, Reader};
use super::known::{self, Use};
use super::pickle::{self, End, Import, Name};
use super::sealed;
use super::walked::both_ways;
use super::window::{Stop, Window};
use super::{archive, hdf5, numpy, tar};
use crate::inventory::model::format::Format;
use crate::inventory::model::hazard::Tier;
use lines::Lines;

pub(in crate::inventory) use lines::{Line, shape_line};

/// What one entry may unpack to.
const MAX_ENTRY: usize = 64 * 1024 * 1024;
/// Archives in archives, and what is compressed in what is compressed.
const MAX_DEPTH: usize = 3;

/// What a file is, and lines about what it holds.
pub(in crate::inventory) struct Parts {
    /// What it is, in our own words.
    pub kind: String,
    /// Labels in our own words, and what the file says.
    pub lines: Vec<Line>,
}

/// Looks into a file whose head and format were read; nothing for one of no kind that has a reader here.
pub(in crate::inventory) fn parts(
    path: &Path,
    size: u64,
    name: &str,
    head: &[u8],
    format: Option<Format>,
    budget: &mut u64,
) -> Option<Parts> {
    let file = File { name, head, format, depth: 0 };
    if file.reader() == Reader::Other {
        return None;
    }
    let mut lines = Lines::default();
    let kind = match Window::open(path, 0, size, budget) {
        Ok(mut window) => of(&mut window, file, &mut lines),
        Err(stop) => {
            lines.add("cannot be read", stop.to_string());
            "file".to_owned()
        }
    };
    Some(Parts { kind, lines: lines.take() })
}

fn of<R: Read + Seek>(window: &mut Window<'_, R>, file: File<'_>, lines: &mut Lines) -> String {
    let size = window.left();
    let reader = file.reader();
    match reader {
        Reader::Pickle | Reader::PickleByName => of_pickle(window, "", lines),
        Reader::Zip => of_archive(window, size, lines),
        Reader::Array => {
            tell_array(numpy::header(window), "array", lines);
            "NumPy array".to_owned()
        }
        Reader::Hdf5 => {
            let ended = hdf5::read(window, |part| {
                if let hdf5::Part::Config(config) = part {
                    layers::tell(config, lines);
                }
            });
            stopped(ended.err(), lines);
            "HDF5 file, as Keras and others write it".to_owned()
        }
        Reader::Sealed(packing) => {
            let (bytes, stop) = sealed::unpack(window, packing);
            stopped(stop, lines);
            let inner = packing.inner(file.name);
            let kind = within(inner, &bytes, file.depth, window.budget(), lines);
            format!("compressed by {}; inside: {kind}", packing.word())
        }
        Reader::Tar => {
            let mut members = Vec::new();
            let mut pickles = Vec::new();
            let mut each = |name: &str, bytes: &[u8], _: &mut u64, _: &mut super::Hazards| {
                members.push((name.to_owned(), bytes.len() as u64));
                if matches!(bytes, [0x80, 2..=5, ..]) && pickles.len() < 4 {
                    pickles.push((name.to_owned(), bytes.to_vec()));
                }
            };
            let ended = tar::look(window, &mut each, &mut super::Hazards::default());
            lines.entries("member", &members);
            for (name, bytes) in &pickles {
                let mut budget = bytes.len() as u64 * 2;
                of_pickle(&mut Window::over(bytes, &mut budget), name, lines);
            }
            stopped(ended.err(), lines);
            "tar archive".to_owned()
        }
        Reader::Onnx => {
            stopped(operators::tell(window, lines).err(), lines);
            "ONNX model".to_owned()
        }
        Reader::Other => "data of a kind that is not looked into".to_owned(),
    }
}

/// What was unpacked, as a file of its own.
fn within(name: &str, bytes: &[u8], depth: usize, budget: &mut u64, lines: &mut Lines) -> String {
    if depth >= MAX_DEPTH {
        return "more archives in archives than are looked into".to_owned();
    }
    let file = File { name, head: bytes, format: None, depth: depth + 1 };
    of(&mut Window::over(bytes, budget), file, lines)
}

fn stopped(stop: Option<Stop>, lines: &mut Lines) {
    if let Some(stop) = stop {
        lines.add("not read to its end", stop.to_string());
    }
}

/// A pickle, in the file or in an entry of it.
fn of_pickle<R: Read + Seek>(window: &mut Window<'_, R>, inside: &str, lines: &mut Lines) -> String {
    let start = window.at();
    let walked = both_ways(window, start);
    let tensors = match window.go(start) {
        Ok(()) => pickle::walk_over_arrays(window).tensors,
        Err(_) => Vec::new(),
    };
    if !inside.is_empty() {
        lines.add("pickle", inside);
    }
    lines.add_all("import", walked.imports.iter().map(import_line));
    lines.tensors(&tensors);
    match walked.end {
        End::Whole => {}
        End::Trailing(at) => lines.add("bytes after the pickle", format!("from byte {at}")),
        End::Early(at, stop) => lines.add("not read to its end", format!("{stop}, at byte {at}")),
    }
    "Python pickle".to_owned()
}

fn import_line(import: &Import) -> String {
    let how_used = if import.ran { Use::Called } else { Use::Made };
    let (name, tier) = match &import.name {
        Name::Known(module, name) => {
            let tier = imports::tier(module, name);
            let library = known::library(module, name, how_used).filter(|_| tier == Tier::Suspicious);
            let word =
                library.map_or_else(|| tier.word().to_owned(), |library| format!("known, of {library}"));
            (format!("{module}.{name}"), word)
        }
        Name::Unknown(why) => ((*why).to_owned(), Tier::Dangerous.word().to_owned()),
    };
    let how = match (import.ran, import.called) {
        (true, _) => "called",
        (false, true) => "made",
        (false, false) => "named",
    };
    format!("{name}: {how}, {tier}")
}

/// What an archive holds, by the names of its entries.
fn of_archive<R: Read + Seek>(window: &mut Window<'_, R>, size: u64, lines: &mut Lines) -> String {
    let entries = match archive::contents(window, size) {
        Ok(entries) => entries,
        Err(stop) => {
            stopped(Some(stop), lines);
            return "ZIP archive".to_owned();
        }
    };
    let has = |end: &str| entries.iter().any(|entry| entry.name.ends_with(end));
    let kind = match () {
        () if has("/constants.pkl") || has("constants.pkl") => "TorchScript archive",
        () if has("data.pkl") => "PyTorch archive",
        () if has("model.weights.h5") => "Keras archive",
        () if !entries.is_empty() && entries.iter().all(|entry| entry.name.ends_with(".npy")) => {
            "NumPy archive"
        }
        () if entries.iter().any(|entry| entry.name.eq_ignore_ascii_case("mar-inf/manifest.json")) => {
            "TorchServe archive"
        }
        () => "ZIP archive",
    };
    let listed: Vec<(String, u64)> = entries.iter().map(|entry| (entry.name.clone(), entry.size)).collect();
    lines.entries("file", &listed);
    for entry in &entries {
        let name = entry.name.as_str();
        let lower = name.to_lowercase();
        let is_pickle = lower.ends_with(".pkl") || lower.ends_with(".pickle");
        let is_config = kind == "Keras archive" && name == "config.json";
        let is_array = lower.ends_with(".npy");
        if !(is_pickle || is_config || is_array) {
            continue;
        }
        let limit = if is_array { 64 * 1024 } else { MAX_ENTRY };
        match archive::unpacked(window, entry, limit) {
            Ok((bytes, _)) => {
                let mut budget = (bytes.len() as u64).saturating_mul(4);
                let mut inner = Window::over(&bytes, &mut budget);
                if is_pickle {
                    of_pickle(&mut inner, name, lines);
                } else if is_array {
                    tell_array(numpy::header(&mut inner), name, lines);
                } else if let Ok(config) = crate::inventory::weights::lenient::value(&bytes) {
                    layers::tell(&config, lines);
                }
            }
            Err(stop) => lines.add("cannot be read", format!("{name}: {stop}")),
        }
    }
    kind.to_owned()
}

fn tell_array(header: Result<Vec<u8>, Stop>, name: &str, lines: &mut Lines) {
    match header {
        Ok(header) => {
            let text = String::from_utf8_lossy(&header).trim().to_owned();
            lines.add_counted("array", if name == "array" { text } else { format!("{name}  {text}") });
        }
        Err(stop) => lines.add("cannot be read", format!("{name}: {stop}")),
    }
}
