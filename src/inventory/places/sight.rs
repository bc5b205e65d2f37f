//! Whether a folder holds models, told at sight: by names, not deep and not many. A search says it for sure.

use super::entry::{Entry, TELLING, is_weights, list};
use std::collections::VecDeque;
use std::path::Path;

/// Models lie as deep as this in most folders of them: `owner/model/weights`.
const MAX_DEPTH: usize = 3;
/// Entries that are looked at.
const MAX_ENTRIES: u64 = 4096;

/// Whether names in a folder or not far below promise models.
pub fn promises_models(folder: &Path) -> bool {
    let mut budget = MAX_ENTRIES;
    let mut folders = VecDeque::from([(folder.to_owned(), 0)]);
    while let Some((folder, depth)) = folders.pop_front() {
        // What cannot be read promises nothing.
        let entries = list(&folder, &mut budget).unwrap_or_default();
        if entries.iter().any(promises) {
            return true;
        }
        let below = |entry: &&Entry| entry.file_type.is_dir() && !entry.name.starts_with('.');
        if depth < MAX_DEPTH {
            folders.extend(entries.iter().filter(below).map(|entry| (entry.path.clone(), depth + 1)));
        }
    }
    false
}

fn promises(entry: &Entry) -> bool {
    // Programs of all kinds have one.
    let is_told = |name: &&str| **name == entry.name && **name != *"config.json";
    entry.file_type.is_file() && (is_weights(&entry.name) || TELLING.iter().any(is_told))
}

/// Whether a name alone promises weights.
pub fn names_weights(name: &str) -> bool {
    is_weights(name)
}
