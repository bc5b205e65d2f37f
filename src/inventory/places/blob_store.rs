//! A folder of blobs and manifests, and which layout it has, as plain values.

use std::path::PathBuf;

/// A layout of blobs and manifests, in which a model is no folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Ollama's `models` folder.
    Ollama,
    /// An OCI image layout.
    Oci,
    /// The store of Docker Model Runner.
    Docker,
}

/// Such a folder, not yet read.
pub struct BlobStore {
    /// What it is.
    pub(super) layout: Layout,
    /// Where it is.
    pub(super) path: PathBuf,
    /// The same, workspace-relative.
    pub(super) location: PathBuf,
    /// The path below the source, after the source's prefix.
    pub(super) name: String,
    /// What the names of its models begin with.
    pub(super) prefix: Option<String>,
}
