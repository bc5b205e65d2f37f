//! Layouts in which models lie on disk besides plain folders: one file each. A layout is told by its own files;
//! everything in it is untrusted and read with limits.

use super::{agents, blobs, mlflow, oci, ollama};
use std::path::{Path, PathBuf};

use super::discovery::Entry;
use crate::inventory::model::finding::Scan;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::record::Record;

/// Every reader of documents of these layouts and of headers, on the same bytes; for the fuzz targets.
pub(crate) fn read_as_any(path: &Path, bytes: &[u8]) {
    let mut record = Record::new(ModelId::new("fuzz"), "fuzz", &"fuzz".into());
    let source = "fuzz".into();
    drop(blobs::Manifest::parse(bytes));
    agents::tell_card(path, &source, &mut record);
    agents::tell_skill(path, &source, &mut record);
    mlflow::tell(path, path, &source, &mut record);
    ollama::tell_config(bytes, &source, &mut record);
    oci::tell_config(bytes, &source, &mut record);
}

/// A layout of blobs and manifests, in which a model is no folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Ollama's `models` folder.
    Ollama,
    /// An OCI image layout.
    Oci,
}

/// Such a folder, not yet read.
pub struct Store {
    /// What it is.
    pub(in crate::inventory) layout: Layout,
    /// Where it is.
    pub(in crate::inventory) path: PathBuf,
    /// The same, workspace-relative.
    pub(in crate::inventory) location: PathBuf,
    /// The path below the source.
    pub(in crate::inventory) name: String,
}

impl Layout {
    /// What a folder with these entries is; none for an ordinary one.
    pub(in crate::inventory) fn of(path: &Path, entries: &[Entry]) -> Option<Layout> {
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
        let has_manifests = ollama::MANIFESTS.iter().any(|name| has(name, true));
        (has_manifests && has("blobs", true) && ollama::has_blobs(&path.join("blobs")))
            .then_some(Layout::Ollama)
    }
}

impl Store {
    /// Reads all its models.
    pub(in crate::inventory) fn read(&self) -> Scan {
        match self.layout {
            Layout::Ollama => ollama::read(self),
            Layout::Oci => oci::read(self),
        }
    }
}
