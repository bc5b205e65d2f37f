//! What lies in a folder, and what its names tell.

use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

/// Files and folders looked at in one source, and counted in one model.
pub(super) const MAX_ENTRIES: u64 = 1_000_000;
/// Endings of files of weights, of one loader or another.
const WEIGHTS: &[&str] = &[
    "bin",
    "bmodel",
    "caffemodel",
    "cbm",
    "ckpt",
    "cpkl",
    "dill",
    "distcp",
    "dlc",
    "engine",
    "ggml",
    "gguf",
    "h5",
    "hdf5",
    "joblib",
    "keras",
    "llamafile",
    "mar",
    "mlmodel",
    "mnn",
    "msgpack",
    "nemo",
    "npz",
    "om",
    "onnx",
    "onnx_data",
    "ort",
    "ot",
    "params",
    "pb",
    "pdiparams",
    "pdmodel",
    "pdopt",
    "pdparams",
    "pickle",
    "pk",
    "pkl",
    "plan",
    "pt",
    "pt2",
    "pte",
    "pth",
    "ptl",
    "rknn",
    "safetensors",
    "sav",
    "skops",
    "tflite",
    "trt",
    "ubj",
    "vmfb",
    "xmodel",
];
/// Numbers that may be weights or data: a folder with them holds something, and they do not say what.
const NUMBERS: &[&str] = &["npy"];
/// Whole names of files of weights without an ending that says so.
const WEIGHTS_NAMES: &[&str] = &["manifest.ocdbt", "saved_model.pbtxt"];
/// What a loader unpacks on its way: `model.pkl.gz`.
const PACKED: &[&str] = &["bz2", "gz", "lz4", "lzma", "xz", "z", "zst"];
/// Endings of folders that are one model: Core ML's.
const PACKAGES: &[&str] = &["mlmodelc", "mlpackage"];
const DATA: &[&str] = &["jsonl", "parquet", "csv", "arrow"];
const DATA_NAMES: &[&str] = &["dataset_info.json", "dataset_infos.json", "dataset_dict.json"];

/// One file, folder or link of a folder.
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) file_type: FileType,
}

/// The entries of a folder, sorted by name, as far as the budget goes.
pub(super) fn list(path: &Path, budget: &mut u64) -> std::io::Result<Vec<Entry>> {
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

pub(super) fn is_readme(entry: &Entry) -> bool {
    entry.name.eq_ignore_ascii_case("readme.md") && is_file(entry)
}

pub(super) fn is_file(entry: &Entry) -> bool {
    entry.file_type.is_file() || entry.file_type.is_symlink() && entry.path.is_file()
}

/// Whether a name promises weights.
pub(super) fn is_weights(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let mut ending = extension(file);
    if PACKED.contains(&ending.as_str()) {
        ending = extension(file.rsplit_once('.').map_or("", |(packed, _)| packed));
    }
    WEIGHTS.contains(&ending.as_str()) || WEIGHTS_NAMES.contains(&file) || is_part_of_checkpoint(&ending)
}

/// Whether a name promises weights, or numbers that may be weights.
pub(super) fn tells(name: &str) -> bool {
    is_weights(name) || NUMBERS.contains(&extension(name).as_str())
}

/// Whether a folder of that name is one model, whatever lies in it.
pub(super) fn is_package(folder: &str) -> bool {
    PACKAGES.contains(&extension(folder).as_str())
}

/// TensorFlow's `model.ckpt.data-00000-of-00002`.
fn is_part_of_checkpoint(ending: &str) -> bool {
    let numbers = ending.strip_prefix("data-").and_then(|rest| rest.split_once("-of-"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numbers.is_some_and(|(number, of)| is_number(number) && is_number(of))
}

pub(super) fn is_data(name: &str) -> bool {
    name != "claims.jsonl" && (DATA.contains(&extension(name).as_str()) || DATA_NAMES.contains(&name))
}

pub(super) fn extension(name: &str) -> String {
    Path::new(name).extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default()
}
