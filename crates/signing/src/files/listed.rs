//! The files of a model as the manifest of a registry lists them: names and digests that were read, of bytes that
//! were not. Whoever reads the manifest holds it to its own digest first.

use std::path::PathBuf;

/// A model as a registry's manifest lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its files.
    pub files: Vec<ListedFile>,
    /// Layers that hold files which the manifest does not list.
    pub unlisted_layers: u64,
    /// Whether no registry says so, but whoever keeps the files: the sums that a store made of them.
    pub by_provider: bool,
}

/// One file of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// What a signer may call it, the likeliest first; never empty.
    pub names: Vec<String>,
    /// SHA-256 over its bytes, as the manifest says.
    pub sha256: Vec<u8>,
    /// The file itself, as it is stored; none when it is packed, or not here.
    pub blob: Option<(PathBuf, u64)>,
}
