//! What in a model's folder can run code, or reach out of the folder, when the model is loaded: told by the
//! bytes, with limits, and never by loading anything. What cannot be read is never called safe. It knows no
//! policy and no level.

mod archive;
mod beside;
mod found;
mod imports;
mod inflate;
mod keras;
mod numpy;
mod onnx;
mod pickle;
mod walked;
mod window;

use std::io::{Read, Seek};
use std::path::Path;

use crate::inventory::model::format::Format;
use crate::inventory::model::hazard::{HazardKind, Tier};
use pickle::End;
use walked::{judge, walked};
use window::{Stop, Window};

pub(in crate::inventory) use beside::{of_configuration, of_python, unlooked};
pub(in crate::inventory) use found::{Hazards, lines};

/// Bytes that are read of all files of one model together.
pub(in crate::inventory) const MAX_BYTES: u64 = 512 * 1024 * 1024;
/// What PyTorch and joblib load as a pickle unless the bytes say otherwise; protocols 0 and 1 have no mark.
pub(super) const LOADED_AS_PICKLE: [&str; 6] = ["pt", "pth", "ckpt", "pkl", "pickle", "joblib"];
/// Names of files that a loader may take for a pickle without a mark; told only when one is inside.
const PERHAPS_PICKLE: [&str; 14] = [
    "bin", "cpkl", "dat", "data", "dill", "model", "npy", "npz", "p", "pdopt", "pdparams", "pk", "sav", "th",
];
/// Names of archives that a loader unpacks by itself.
const PACKED_MODELS: [&str; 3] = ["mar", "nemo", "tar"];
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

/// Looks at one file whose head and format were read; takes what it reads from `budget`.
pub(super) fn look(path: &Path, size: u64, head: &[u8], format: Option<Format>, budget: &mut u64) -> Hazards {
    let mut found = Hazards::default();
    let extension = path.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
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
    } else if format == Some(Format::Pickle) {
        with_window(path, size, budget, &mut found, |window, found| walked(window, "", found));
        return found;
    } else if format == Some(Format::Onnx) {
        with_window(path, size, budget, &mut found, onnx::look);
    } else if format.is_none() && extension == "safetensors" {
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
