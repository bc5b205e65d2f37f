//! One file, or one that was unpacked from another: which reader looks into it, and how deep. The kind is told by
//! the bytes; the name counts where a loader goes by it.

use std::io::{Read, Seek};

use super::found::Hazards;
use super::pickle::{self, End};
use super::sealed::{self, Packing};
use super::walked::{judge, walked};
use super::window::{Stop, Window};
use super::{archive, imports, keras, numpy, onnx, tar};
use crate::inventory::model::format::Format;
use crate::inventory::model::hazard::{HazardKind, Tier};

/// Archives in archives.
const MAX_DEPTH: usize = 4;
/// What PyTorch and joblib load as a pickle unless the bytes say otherwise; protocols 0 and 1 have no mark.
pub(in crate::inventory::weights) const LOADED_AS_PICKLE: [&str; 6] =
    ["pt", "pth", "ckpt", "pkl", "pickle", "joblib"];
/// Names of files that a loader may take for a pickle without a mark: any import inside is told.
const PERHAPS_PICKLE: [&str; 16] = [
    "bin", "cpkl", "dat", "data", "dill", "jl", "model", "npy", "npz", "p", "pdopt", "pdparams", "pk", "sav",
    "t7", "th",
];

/// A file that is being looked at.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    /// What a loader would call it.
    pub name: &'a str,
    /// Its first bytes.
    pub head: &'a [u8],
    /// What it was told to be.
    pub format: Option<Format>,
    /// How many archives it lies in.
    pub depth: usize,
}

/// What reads it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Pickle,
    Zip,
    Array,
    Hdf5,
    Sealed(Packing),
    Tar,
    Onnx,
    PickleByName,
    /// None; it may be a pickle without a mark.
    Other,
}

impl File<'_> {
    /// The ending of its name, in small letters.
    pub fn extension(&self) -> String {
        extension(self.name)
    }

    /// What reads it, by its first bytes.
    pub fn reader(&self) -> Reader {
        let extension = self.extension();
        let is_zip = self.head.starts_with(b"PK\x03\x04") || self.head.starts_with(b"PK\x05\x06");
        if is_zip || extension == "keras" {
            Reader::Zip
        } else if matches!(self.head, [0x80, 2..=5, ..]) {
            Reader::Pickle
        } else if self.head.starts_with(numpy::MAGIC) {
            Reader::Array
        } else if self.head.starts_with(keras::HDF5_MAGIC) {
            Reader::Hdf5
        } else if let Some(packing) = Packing::of(self.head) {
            Reader::Sealed(packing)
        } else if tar::is_tar(self.head) {
            Reader::Tar
        } else if self.format == Some(Format::Pickle) {
            Reader::PickleByName
        } else if self.format == Some(Format::Onnx) {
            Reader::Onnx
        } else {
            Reader::Other
        }
    }

    fn is_loaded_as_pickle(&self) -> bool {
        let extension = self.extension();
        LOADED_AS_PICKLE.contains(&extension.as_str()) || PERHAPS_PICKLE.contains(&extension.as_str())
    }
}

/// The ending of a name, in small letters.
pub(super) fn extension(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    last.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default()
}

/// Looks into it; the window holds all of it.
pub(super) fn look<R: Read + Seek>(window: &mut Window<'_, R>, file: File<'_>, found: &mut Hazards) {
    let size = window.left();
    let mut each = |name: &str, bytes: &[u8], budget: &mut u64, found: &mut Hazards| {
        let inner = File { name, head: bytes, format: None, depth: file.depth + 1 };
        within(inner, bytes, name, budget, found);
    };
    let reader = file.reader();
    match reader {
        Reader::Pickle => walked(window, "", found),
        Reader::Zip => archive::look(window, size, file.extension() == "keras", &mut each, found),
        Reader::Array => numpy::look(window, "", found),
        Reader::Hdf5 => keras::look_hdf5(window, "", found),
        Reader::Sealed(packing) => {
            let word = packing.word();
            let (bytes, stop) = sealed::unpack(window, packing);
            let inner = packing.inner(file.name);
            let inner = File { name: inner, head: &bytes, format: None, depth: file.depth + 1 };
            within(inner, &bytes, word, window.budget(), found);
            if found.is_dangerous() {
                return;
            }
            let why = match stop {
                Some(stop) => format!("{word}, and cannot be unpacked to its end: {stop}"),
                None => format!("{word}: compressed, so a loader may take what is inside for anything"),
            };
            found.add(Tier::Unreadable, HazardKind::Archive, "", "", why);
        }
        Reader::PickleByName => walked(window, "", found),
        Reader::Onnx => onnx::look(window, found),
        Reader::Tar | Reader::Other => {}
    }
    // PyTorch tries tar before anything else, and a pickle may begin like one.
    if tar::is_tar(file.head) && window.go(0).is_ok() {
        let why = match tar::look(window, &mut each, found) {
            Ok(()) => "a tar archive: a loader unpacks it, and takes what is inside for anything".to_owned(),
            Err(stop) => format!("a tar archive, and cannot be read to its end: {stop}"),
        };
        if !found.is_dangerous() {
            found.add(Tier::Unreadable, HazardKind::Archive, "", "", why);
        }
    }
    // Protocols 0 and 1 have no mark, and can begin like another format.
    let may_be_pickle = !matches!(reader, Reader::Pickle | Reader::PickleByName | Reader::Zip);
    if may_be_pickle && window.go(0).is_ok() {
        perhaps_pickle(window, file.is_loaded_as_pickle(), found);
    }
}

/// Looks into what was unpacked, and tells it as lying in `place`.
fn within(file: File<'_>, bytes: &[u8], place: &str, budget: &mut u64, found: &mut Hazards) {
    if file.depth > MAX_DEPTH {
        let why = "more archives in archives than are looked into";
        return found.add(Tier::Unreadable, HazardKind::Archive, place, "", why);
    }
    let mut inner = Hazards::default();
    let mut format = file.format;
    if LOADED_AS_PICKLE.contains(&file.extension().as_str()) {
        format = Some(Format::Pickle);
    }
    look(&mut Window::over(bytes, budget), File { format, ..file }, &mut inner);
    found.take_in(place, inner);
}

/// Whether a walk over the first bytes tells that a file is no pickle without a mark.
pub(super) fn is_no_pickle(head: &[u8]) -> bool {
    let mut budget = head.len() as u64;
    let walked = pickle::walk(&mut Window::over(head, &mut budget));
    walked.imports.is_empty() && matches!(walked.end, End::Early(_, Stop::Broken(_)))
}

/// A file that only a loader's guess makes a pickle: other data break at once, and are none. Where no name says that a
/// loader would guess so, it takes more than an import that may stand there by chance: one that is called.
pub(super) fn perhaps_pickle<R: Read + Seek>(
    window: &mut Window<'_, R>,
    is_by_name: bool,
    found: &mut Hazards,
) {
    let mut walked = pickle::walk(window);
    let is_marked = walked.is_marked;
    let is_whole = matches!(walked.end, End::Whole | End::Trailing(_));
    walked.imports.retain(|import| {
        let is_likely = import.name.is_likely();
        let acts = import.called || import.changed;
        let is_known = matches!(&import.name, pickle::Name::Known(module, name)
            if imports::tier(module, name) != Tier::Suspicious);
        is_marked || is_likely && (is_by_name || acts && (is_whole || is_known))
    });
    // Where a limit of ours ended the walk, it was a pickle so far.
    let is_cut_short = matches!(walked.end, End::Early(_, Stop::Limit(_) | Stop::Io(_)));
    if !walked.imports.is_empty() || is_cut_short {
        judge(&walked, "", 0, found);
    }
}
