//! What lies in a folder, and what its names tell.

use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

/// Files and folders looked at in one source, and counted in one model.
pub(super) const MAX_ENTRIES: u64 = 1_000_000;
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

pub(super) fn is_weights(name: &str) -> bool {
    WEIGHTS.contains(&extension(name).as_str())
}

pub(super) fn is_data(name: &str) -> bool {
    name != "claims.jsonl" && (DATA.contains(&extension(name).as_str()) || DATA_NAMES.contains(&name))
}

pub(super) fn extension(name: &str) -> String {
    Path::new(name).extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default()
}
