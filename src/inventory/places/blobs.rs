//! A folder of blobs named by their digests, as OCI layouts and Ollama keep it, and the manifests in it: JSON with a
//! configuration and layers. It knows no model and follows no link out of the folder.

use crate::signing::sha256_hex;
use serde_json::Value;
use std::path::{Path, PathBuf};

use super::document::{self, text};
use crate::disk;
use crate::inventory::model::hex::is_hex;

/// Manifests, indexes and configurations.
pub(super) const MAX_DOCUMENT_BYTES: u64 = 4 * 1024 * 1024;
/// Descriptors in one document.
const MAX_DESCRIPTORS: usize = 10_000;
const MAX_ANNOTATIONS: usize = 64;

/// A blob and what a document says of it. Members that are not asked for are left alone.
#[derive(Debug, Clone, Default)]
pub(super) struct Descriptor {
    pub media_type: String,
    /// `alg:hex`, as written.
    pub digest: String,
    pub size: Option<u64>,
    pub artifact_type: String,
    /// Ollama: the model that a layer was taken from.
    pub from: String,
    pub annotations: Vec<(String, String)>,
}

impl Descriptor {
    /// None for what is no object.
    pub fn of(value: &Value) -> Option<Self> {
        value.is_object().then(|| Descriptor {
            media_type: text(value, "mediaType"),
            digest: text(value, "digest"),
            size: value.get("size").and_then(Value::as_u64),
            artifact_type: text(value, "artifactType"),
            from: text(value, "from"),
            annotations: annotations(value),
        })
    }

    /// The first of these annotations that is there.
    pub fn annotation(&self, keys: &[&str]) -> Option<&str> {
        find(&self.annotations, keys)
    }
}

/// A manifest, or an index of manifests.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub artifact_type: String,
    pub config: Option<Descriptor>,
    pub layers: Vec<Descriptor>,
    /// Of an index.
    pub manifests: Vec<Descriptor>,
    /// What it is about.
    pub subject: Option<Descriptor>,
    pub annotations: Vec<(String, String)>,
    /// Whether there were more descriptors than are kept.
    pub is_cut: bool,
}

impl Manifest {
    /// Reads one; the error is in our own words.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let root = document::object(bytes)?;
        let list = |key: &str| {
            let items = root.get(key).and_then(Value::as_array);
            items.into_iter().flatten().filter_map(Descriptor::of).take(MAX_DESCRIPTORS).collect::<Vec<_>>()
        };
        let length = |key: &str| root.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        Ok(Manifest {
            artifact_type: text(&root, "artifactType"),
            config: root.get("config").and_then(Descriptor::of),
            layers: list("layers"),
            manifests: list("manifests"),
            subject: root.get("subject").and_then(Descriptor::of),
            annotations: annotations(&root),
            is_cut: length("layers").max(length("manifests")) > MAX_DESCRIPTORS,
        })
    }

    /// The first of these annotations that is there.
    pub fn annotation(&self, keys: &[&str]) -> Option<&str> {
        find(&self.annotations, keys)
    }
}

fn annotations(value: &Value) -> Vec<(String, String)> {
    let pairs = value.get("annotations").and_then(Value::as_object).into_iter().flatten();
    pairs
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .take(MAX_ANNOTATIONS)
        .collect()
}

fn find<'a>(pairs: &'a [(String, String)], keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| pairs.iter().find(|(name, _)| name == key)).map(|(_, value)| value.as_str())
}

/// How the blobs are named.
#[derive(Clone, Copy)]
pub(super) enum Naming {
    /// `blobs/sha256/HEX`.
    Folders,
    /// `blobs/sha256-HEX`.
    Dashes,
}

/// A folder of blobs.
pub(super) struct Blobs {
    folder: PathBuf,
    naming: Naming,
}

/// Why a blob was not read.
pub(super) enum Absent {
    /// It is not there.
    Missing,
    /// Something is wrong, in our own words.
    Wrong(String),
    /// Its content is not what its name says.
    Contradicts,
}

impl Blobs {
    /// The blobs of a layout.
    pub fn new(layout: &Path, naming: Naming) -> Self {
        Blobs { folder: layout.join("blobs"), naming }
    }

    /// Where the blob of that digest is, below the layout; none for what is no digest.
    pub fn name(&self, digest: &str) -> Option<String> {
        let (algorithm, hex) = digest.split_once(':')?;
        let is_lower_hex = is_hex(hex) && !hex.bytes().any(|byte| byte.is_ascii_uppercase());
        if !matches!((algorithm, hex.len()), ("sha256", 64) | ("sha512", 128)) || !is_lower_hex {
            return None;
        }
        Some(match self.naming {
            Naming::Folders => format!("blobs/{algorithm}/{hex}"),
            Naming::Dashes => format!("blobs/{algorithm}-{hex}"),
        })
    }

    /// Where the blob is and how large, when it is a regular file and no link.
    pub fn find(&self, digest: &str) -> Result<(PathBuf, u64), Absent> {
        let name =
            self.name(digest).ok_or_else(|| Absent::Wrong("not a digest that is known here".to_owned()))?;
        let path = self.folder.parent().unwrap_or(&self.folder).join(name);
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => Ok((path, metadata.len())),
            Ok(_) => Err(Absent::Wrong("its blob is a link or no regular file; not read".to_owned())),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Err(Absent::Missing),
            Err(cause) => Err(Absent::Wrong(format!("cannot read ({})", cause.kind()))),
        }
    }

    /// A small blob whose content is what its name says. SHA-512 is not computed here.
    pub fn read(&self, digest: &str) -> Result<Vec<u8>, Absent> {
        let (path, _) = self.find(digest)?;
        let bytes =
            disk::whole(&path, MAX_DOCUMENT_BYTES).map_err(|unread| Absent::Wrong(unread.to_string()))?;
        match digest.strip_prefix("sha256:") {
            Some(hex) if hex != sha256_hex(&bytes) => Err(Absent::Contradicts),
            Some(_) => Ok(bytes),
            None => Err(Absent::Wrong("named by SHA-512, which is not computed here; not read".to_owned())),
        }
    }
}
