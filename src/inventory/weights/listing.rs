//! The tensors of a model, one by one, by the headers of its weights: what two models are compared by. Headers are read
//! with limits and believed no further than they are shown.

use super::gguf;
use super::tensors::{MAX_TENSORS, Tensors};
use crate::text::Untrusted;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files of weights whose headers are read.
const MAX_FILES: usize = 4096;

/// A tensor, as a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorSeen {
    /// Its name.
    pub name: Untrusted,
    /// Its shape.
    pub shape: Vec<u64>,
    /// The type of its elements, as written.
    pub kind: Untrusted,
}

impl TensorSeen {
    /// `[4096, 11008] BF16`.
    pub fn shown(&self) -> String {
        let shape: Vec<String> = self.shape.iter().map(u64::to_string).collect();
        format!("[{}] {}", shape.join(", "), self.kind.raw())
    }
}

/// The tensors of a model's folder, or of its one file, by name; none when no header can be read.
pub fn tensors_of(model: &Path) -> Option<Vec<TensorSeen>> {
    let mut files: Vec<PathBuf> = if model.is_dir() {
        let entries = std::fs::read_dir(model).ok()?;
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file())
            .take(MAX_FILES)
            .collect()
    } else {
        vec![model.to_owned()]
    };
    files.sort();
    let mut named: BTreeMap<String, TensorSeen> = BTreeMap::new();
    for path in files {
        let is = |wanted: &str| path.extension().is_some_and(|extension| extension == wanted);
        let found = if is("safetensors") {
            safetensors(&path)
        } else if is("gguf") {
            let (header, _) = gguf::read(&path, MAX_TENSORS);
            let kinds =
                |(name, shape, kind): (String, Vec<u64>, &'static str)| (name, shape, kind.to_owned());
            header.tensors.into_iter().map(kinds).collect()
        } else {
            continue;
        };
        for (name, shape, kind) in found {
            if named.len() >= MAX_TENSORS {
                break;
            }
            let tensor = TensorSeen { name: name.as_str().into(), shape, kind: kind.into() };
            named.entry(name).or_insert(tensor);
        }
    }
    (!named.is_empty()).then(|| named.into_values().collect())
}

fn safetensors(path: &Path) -> Vec<(String, Vec<u64>, String)> {
    let mut tensors = Tensors::default();
    tensors.kinds = Some(Vec::new());
    if tensors.add_safetensors(path).is_err() {
        return Vec::new();
    }
    let kinds = tensors.kinds.take().unwrap_or_default();
    let named = tensors.listed().iter().cloned().zip(kinds);
    named.map(|((name, shape), kind)| (name, shape, kind)).collect()
}
