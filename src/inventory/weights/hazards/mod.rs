//! What in a model's folder can run code, or reach out of the folder, when the model is loaded: told by the
//! bytes, with limits, and never by loading anything. What cannot be read is never called safe. It knows no
//! policy and no level.

mod archive;
mod beside;
mod imports;
mod inflate;
mod keras;
mod numpy;
mod onnx;
mod pickle;
mod window;

use serde::{Deserialize, Serialize};
use std::io::{Read, Seek};
use std::path::Path;

use super::formats::{LOADED_AS_PICKLE, Look};
use crate::inventory::model::models::Format;
use crate::text::Untrusted;
use pickle::{End, Name};
use window::{Stop, Window};

pub(in crate::inventory) use beside::{of_configuration, of_python, unlooked};

/// Bytes that are read of all files of one model together.
pub(in crate::inventory) const MAX_BYTES: u64 = 512 * 1024 * 1024;
/// Hazards told of one file; the worst are.
const MAX_OF_FILE: usize = 24;
/// Names told in one line.
const MAX_OF_LINE: usize = 4;
/// Names of files that a loader may take for a pickle without a mark; told only when one is inside.
const PERHAPS_PICKLE: [&str; 14] = [
    "bin", "cpkl", "dat", "data", "dill", "model", "npy", "npz", "p", "pdopt", "pdparams", "pk", "sav", "th",
];
/// Names of archives that a loader unpacks by itself.
const PACKED_MODELS: [&str; 3] = ["mar", "nemo", "tar"];
/// Where this is rebuilt, joblib reads numbers from between the opcodes: a walk is lost there, and could even
/// find an end that loading does not.
const RAW_BETWEEN: (&str, &str) = ("joblib.numpy_pickle", "NumpyArrayWrapper");
/// Archives and compressions that are not looked into, by their first bytes.
const SEALED: [(&[u8], &str); 7] = [
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
];

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Runs what its maker likes, or leaves the folder.
    Dangerous,
    /// Could not be looked at to the end: may hold anything.
    Unreadable,
    /// Nobody has said that it is harmless.
    Suspicious,
    /// Told, not judged.
    Noted,
    /// Looked at to the end: rebuilds data only.
    Safe,
}

impl Tier {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Dangerous => "dangerous",
            Tier::Unreadable => "unreadable",
            Tier::Suspicious => "suspicious",
            Tier::Noted => "noted",
            Tier::Safe => "safe",
        }
    }

    fn code(self) -> Option<&'static str> {
        match self {
            Tier::Dangerous => Some("F-LOAD-DANGEROUS"),
            Tier::Unreadable => Some("F-LOAD-UNREADABLE"),
            Tier::Suspicious => Some("F-LOAD-SUSPICIOUS"),
            Tier::Noted | Tier::Safe => None,
        }
    }
}

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HazardKind {
    /// What a pickle imports.
    Pickle,
    /// How an archive is built.
    Archive,
    /// A file outside the folder, or an operator from elsewhere.
    Onnx,
    /// A layer that holds code, or comes from elsewhere.
    Keras,
    /// Python that a loader fetches or finds beside the weights.
    RemoteCode,
    /// A template that a tokenizer runs.
    Template,
    /// A header that lies.
    Header,
    /// A file that was not looked into.
    File,
}

impl HazardKind {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            HazardKind::Pickle => "pickle",
            HazardKind::Archive => "archive",
            HazardKind::Onnx => "ONNX",
            HazardKind::Keras => "Keras",
            HazardKind::RemoteCode => "remote code",
            HazardKind::Template => "template",
            HazardKind::Header => "header",
            HazardKind::File => "file",
        }
    }
}

/// One thing that matters when a file is loaded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hazard {
    /// How bad it is.
    pub tier: Tier,
    /// What kind of thing it is.
    pub kind: HazardKind,
    /// The file, below the model's folder.
    pub file: Untrusted,
    /// Where inside it.
    pub place: Untrusted,
    /// What it is, for example `posix.system`.
    pub what: Untrusted,
    /// What it does, in our own words.
    pub why: String,
}

impl Hazard {
    /// The code of the finding. What is only noted, or safe, is none; a file that was not looked into already has one.
    pub(in crate::inventory) fn code(&self) -> Option<&'static str> {
        self.tier.code().filter(|_| self.kind != HazardKind::File)
    }

    /// The format by which a policy bans it.
    pub(in crate::inventory) fn format(&self) -> Option<Format> {
        match (self.kind, self.tier) {
            (_, Tier::Noted) => None,
            (HazardKind::Pickle, _) => Some(Format::Pickle),
            (HazardKind::RemoteCode, _) => Some(Format::RemoteCode),
            (HazardKind::Keras, Tier::Dangerous | Tier::Suspicious) => Some(Format::KerasCode),
            _ => None,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match (self.kind, self.tier) {
            (HazardKind::File, _) => "make it a regular, readable file of the folder and scan again",
            (_, Tier::Unreadable) => {
                "ask its producer for a file that can be read to its end; do not load it to find out"
            }
            (HazardKind::Pickle, _) => {
                "ask for the weights as safetensors; do not load this file to convert it"
            }
            (HazardKind::Archive, _) => {
                "ask its producer for an archive as its tool writes it; do not unpack this one"
            }
            (HazardKind::Onnx, Tier::Dangerous) => {
                "ask for a model whose weights lie in its folder and that runs no code"
            }
            (HazardKind::Onnx, _) => "load a library of operators only when you trust its maker",
            (HazardKind::Keras, _) => "ask for a model without code; `safe_mode` does not stop all of it",
            (HazardKind::RemoteCode, Tier::Dangerous) => {
                "do not allow remote code; ask for a model whose code lies beside it, signed, and read it"
            }
            (HazardKind::RemoteCode, _) => {
                "do not allow remote code unless you have read what is signed here"
            }
            (HazardKind::Template, _) => "render it in a sandbox only",
            (HazardKind::Header, _) => "ask its producer for a whole file",
        }
    }

    /// One safe line.
    pub fn line(&self) -> String {
        self.line_with(&[])
    }

    fn line_with(&self, others: &[&Hazard]) -> String {
        let all = std::iter::once(self).chain(others.iter().copied());
        let names: Vec<_> = all.map(|hazard| hazard.what.screen()).filter(|what| !what.is_empty()).collect();
        let (shown, rest) = names.split_at(names.len().min(MAX_OF_LINE));
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        let space = if shown.is_empty() { "" } else { " " };
        let names = shown.join(", ");
        format!("{} {}{space}{names}{more}: {}", self.tier.word(), self.kind.word(), self.why)
    }
}

/// A safe line for all hazards of a file that differ in what they are only, and the first of them.
pub(in crate::inventory) fn lines(told: &[Hazard]) -> Vec<(&Hazard, String)> {
    let mut lines: Vec<(&Hazard, Vec<&Hazard>)> = Vec::new();
    for hazard in told {
        let is_like =
            |first: &Hazard| (first.tier, first.kind, &first.why) == (hazard.tier, hazard.kind, &hazard.why);
        match lines.iter_mut().find(|(first, _)| is_like(first)) {
            Some((_, others)) => others.push(hazard),
            None => lines.push((hazard, Vec::new())),
        }
    }
    lines.into_iter().map(|(first, others)| (first, first.line_with(&others))).collect()
}

/// The hazards of one file while it is being looked at.
#[derive(Default)]
pub(in crate::inventory) struct Hazards(Vec<Hazard>);

impl Hazards {
    /// Adds one, once.
    pub fn add(&mut self, tier: Tier, kind: HazardKind, place: &str, what: &str, why: impl Into<String>) {
        let what = Untrusted::new(what.chars().take(200).collect::<String>());
        let new = Hazard { tier, kind, file: "".into(), place: place.into(), what, why: why.into() };
        let is_known = |old: &Hazard| (old.kind, &old.what, &old.why) == (new.kind, &new.what, &new.why);
        // A thousand of one kind are as telling as all; the worst must still get in.
        if !self.0.iter().any(is_known) {
            self.0.push(new);
            if self.0.len() > 1024 {
                self.0.sort();
                self.0.truncate(512);
            }
        }
    }

    /// The worst first, a bounded number.
    pub fn told(mut self, file: &str) -> Vec<Hazard> {
        // Of one tier in the order of finding.
        self.0.sort_by_key(|hazard| hazard.tier);
        let more = self.0.len().saturating_sub(MAX_OF_FILE);
        self.0.truncate(MAX_OF_FILE);
        if let Some(last) = self.0.last_mut()
            && more > 0
        {
            last.why = format!("{}; and {more} more like these", last.why);
        }
        self.0.iter_mut().for_each(|hazard| hazard.file = file.into());
        self.0
    }
}

/// Looks at one file whose head was read; takes what it reads from `budget`.
pub(in crate::inventory) fn look(path: &Path, size: u64, look: &Look, budget: &mut u64) -> Hazards {
    let mut found = Hazards::default();
    let extension = path.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
    let head = look.head.as_slice();
    let is_pickle_by_name = LOADED_AS_PICKLE.contains(&extension.as_str());
    let sealed = SEALED.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what);
    let is_tar = head.get(257..262) == Some(b"ustar");
    if beside::is_template(&extension, head) {
        let why = "a template that the tokenizer runs (Jinja)";
        found.add(Tier::Noted, HazardKind::Template, "", "", why);
    }
    let begins_as_pickle = matches!(head, [0x80, 2..=5, ..]);
    let is_archive = head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06");
    if begins_as_pickle && extension != "keras" {
        with_window(path, size, budget, &mut found, |window, found| walked(window, "", found));
    } else if is_archive || extension == "keras" {
        archive::look(path, size, extension == "keras", budget, &mut found);
    } else if head.starts_with(numpy::MAGIC) {
        with_window(path, size, budget, &mut found, |window, found| numpy::look(window, "", found));
    } else if head.starts_with(keras::HDF5_MAGIC) {
        with_window(path, size, budget, &mut found, keras::look_hdf5);
    } else if let Some(what) = sealed.or(is_tar.then_some("a tar archive")) {
        let may_be_loaded = is_pickle_by_name
            || PERHAPS_PICKLE.contains(&extension.as_str())
            || PACKED_MODELS.contains(&extension.as_str());
        let tier = if may_be_loaded || what.contains("7z") { Tier::Unreadable } else { Tier::Noted };
        let why = format!("{what}, which is not looked into; what is inside may be a pickle");
        found.add(tier, HazardKind::Archive, "", "", why);
    } else if look.format == Some(Format::Pickle) {
        with_window(path, size, budget, &mut found, |window, found| walked(window, "", found));
        return found;
    } else if look.format == Some(Format::Onnx) {
        with_window(path, size, budget, &mut found, onnx::look);
    } else if look.format.is_none() && extension == "safetensors" {
        header(head, size, &mut found);
    }
    // Protocols 0 and 1 have no mark, and can begin like another format: the name decides who loads it.
    let may_be_pickle = is_pickle_by_name || PERHAPS_PICKLE.contains(&extension.as_str());
    if may_be_pickle && !begins_as_pickle && !is_archive {
        with_window(path, size, budget, &mut found, perhaps_pickle);
    }
    found
}

fn with_window(
    path: &Path,
    size: u64,
    budget: &mut u64,
    found: &mut Hazards,
    read: impl FnOnce(&mut Window<'_, std::io::BufReader<std::fs::File>>, &mut Hazards),
) {
    match Window::open(path, 0, size, budget) {
        Ok(mut window) => read(&mut window, found),
        Err(stop) => found.add(Tier::Unreadable, HazardKind::Header, "", "", stop.to_string()),
    }
}

/// A pickle, in a file of its own or inside another (`inside` says where).
fn walked<R: Read + Seek>(window: &mut Window<'_, R>, inside: &str, found: &mut Hazards) {
    let from = if inside.is_empty() { 0 } else { window.at() };
    judge(&pickle::walk(window), inside, from, found);
}

/// `from` is where the part of the file begins that `inside` names.
fn judge(walked: &pickle::Walked, inside: &str, from: u64, found: &mut Hazards) {
    let place = |at: u64| match inside {
        "" => format!("byte {at}"),
        _ => format!("{inside}, byte {}", at.saturating_sub(from)),
    };
    let kind = HazardKind::Pickle;
    let mut worst = Tier::Safe;
    let mut safe = Vec::new();
    for import in &walked.imports {
        let (tier, what) = match &import.name {
            Name::Known(module, name) => (imports::tier(module, name), format!("{module}.{name}")),
            Name::Unknown(_) => (Tier::Dangerous, String::new()),
        };
        let why = match (&import.name, tier) {
            _ if import.changed => "loading changes it for the whole program",
            (Name::Unknown(why), _) => why,
            (_, Tier::Dangerous) if import.called => "loading calls what can run code, or leads to it",
            (_, Tier::Dangerous) => "loading imports what can run code, or leads to it",
            _ if import.called => "loading calls what nobody here has judged",
            _ => "loading imports what nobody here has judged",
        };
        let tier = if import.changed { Tier::Dangerous } else { tier };
        worst = worst.min(tier);
        match tier {
            Tier::Safe => safe.push(what),
            _ => found.add(tier, kind, &place(import.at), &what, why),
        }
    }
    if walked.imports.iter().any(|import| import.name.is(RAW_BETWEEN.0, RAW_BETWEEN.1)) {
        let why = "raw arrays lie between the opcodes, as joblib writes them; what follows them is not known";
        return found.add(Tier::Unreadable, kind, inside, "", why);
    }
    match walked.end {
        End::Whole if worst == Tier::Safe => {
            let why = match safe.is_empty() {
                true => "imports nothing".to_owned(),
                false => format!("imports only what rebuilds data ({} names)", safe.len()),
            };
            found.add(Tier::Safe, kind, inside, &safe.join(", "), why);
        }
        End::Whole => {}
        End::Trailing(at) => {
            found.add(
                Tier::Noted,
                kind,
                &place(at),
                "",
                "bytes after the pickle, which loading leaves alone",
            );
        }
        End::Early(at, stop) => {
            let why = format!("the pickle cannot be read to its end: {stop}; loading runs as far as it can");
            found.add(Tier::Unreadable, kind, &place(at), "", why);
        }
    }
}

/// A file that only a loader's guess makes a pickle: other data break at once, and are none.
fn perhaps_pickle<R: Read + Seek>(window: &mut Window<'_, R>, found: &mut Hazards) {
    let mut walked = pickle::walk(window);
    let is_marked = walked.is_marked;
    walked.imports.retain(|import| is_marked || import.name.is_likely());
    // Where a limit of ours ended the walk, it was a pickle so far.
    let is_cut_short = matches!(walked.end, End::Early(_, Stop::Limit(_) | Stop::Io(_)));
    if !walked.imports.is_empty() || is_cut_short {
        judge(&walked, "", 0, found);
    }
}

fn header(head: &[u8], size: u64, found: &mut Hazards) {
    let Some((length, [b'{', ..])) = head.split_first_chunk::<8>() else { return };
    let length = u64::from_le_bytes(*length);
    let why = match length > size.saturating_sub(8) {
        true => format!("the header says that it is {length} bytes long, and the file is not"),
        false => format!("the header says that it is {length} bytes long, more than the format allows"),
    };
    found.add(Tier::Unreadable, HazardKind::Header, "byte 0", "", why);
}

/// How many hazards a file has; for the fuzz targets.
pub(crate) fn count_in(path: &Path) -> usize {
    let mut budget = MAX_BYTES;
    let Ok(size) = std::fs::metadata(path).map(|metadata| metadata.len()) else { return 0 };
    let seen = super::formats::look(path, size);
    seen.map(|seen| look(path, size, &seen, &mut budget).told("fuzz").len()).unwrap_or(0)
}
