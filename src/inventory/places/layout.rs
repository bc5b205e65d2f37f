//! Layouts in which models lie on disk besides plain folders: one file each. A layout is told by its own files;
//! everything in it is untrusted and read with limits.

use std::path::Path;

use super::blob_store::{BlobStore, Layout};
use super::entry::Entry;
use super::{docker_models, oci, ollama};
use crate::inventory::model::finding::Scan;

/// What a folder with these entries is; none for an ordinary one.
pub(super) fn of(path: &Path, entries: &[Entry]) -> Option<Layout> {
    let has = |name: &str, is_folder: bool| {
        let fits = |entry: &Entry| match is_folder {
            true => entry.file_type.is_dir(),
            false => entry.file_type.is_file(),
        };
        entries.iter().any(|entry| entry.name == name && fits(entry))
    };
    if has("oci-layout", false) && has("index.json", false) {
        return Some(Layout::Oci);
    }
    let has_folders = has("manifests", true) && has("blobs", true);
    if has(docker_models::INDEX, false) && has_folders && docker_models::is_store(path) {
        return Some(Layout::Docker);
    }
    let has_manifests = ollama::MANIFESTS.iter().any(|name| has(name, true));
    (has_manifests && has("blobs", true) && ollama::has_blobs(&path.join("blobs"))).then_some(Layout::Ollama)
}

/// Reads all its models.
pub(super) fn read(store: &BlobStore) -> Scan {
    match store.layout {
        Layout::Ollama => ollama::read(store),
        Layout::Oci => oci::read(store),
        Layout::Docker => docker_models::read(store),
    }
}
