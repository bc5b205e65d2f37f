//! The fuzz targets, one entry each: the folder `fuzz/` runs them under libFuzzer, `tests/it/fuzz.rs` as
//! property tests. Not part of the library's promises.

use crate::signing::fuzz::{as_file, bundle, certificates, foreign, statement, timestamp, weights};
use crate::{attest, feed, incident, inventory};
use std::io::Write;

/// Takes bytes; must neither panic nor take long.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 18] = [
    ("bundle", bundle),
    ("statement", statement),
    ("certificates", certificates),
    ("timestamp", timestamp),
    ("claims", claims),
    ("safetensors", safetensors),
    ("gguf", gguf),
    ("foreign", foreign),
    ("bill", bill),
    ("pickle", pickle),
    ("archive", archive),
    ("onnx", onnx),
    ("layout", layout),
    ("sealed", sealed),
    ("beside", beside),
    ("asked", asked),
    ("feed", feed::fuzz),
    ("records", incident::fuzz),
];

/// Runs one target by its name.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some((_, target)) = TARGETS.iter().find(|(known, _)| *known == name) {
        target(bytes);
    }
}

/// A `claims.jsonl`.
fn claims(bytes: &[u8]) {
    as_file(bytes, |path| drop(attest::read_claims(path)));
}

/// The header of a safetensors file; its length is put before it.
fn safetensors(bytes: &[u8]) {
    let both = |bytes: &[u8]| {
        weights(bytes);
        as_file(bytes, inventory::fuzz::headers);
    };
    both(bytes);
    if bytes.first() == Some(&b'{') {
        both(&[(bytes.len() as u64).to_le_bytes().as_slice(), bytes].concat());
    }
}

/// A GGUF file, with its magic or without.
fn gguf(bytes: &[u8]) {
    let whole = if bytes.starts_with(b"GGUF") { bytes.to_vec() } else { [b"GGUF", bytes].concat() };
    weights(&whole);
    as_file(&whole, inventory::fuzz::headers);
}

/// A bill of materials in any format.
fn bill(bytes: &[u8]) {
    as_file(bytes, |path| drop(inventory::bom::read(path, &"bill".into())));
}

/// A pickle, or several.
fn pickle(bytes: &[u8]) {
    loaded(bytes, ".pkl");
    loaded(bytes, ".bin");
}

/// An archive of PyTorch, NumPy or Keras, an array, an HDF5 file.
fn archive(bytes: &[u8]) {
    loaded(bytes, ".pt");
    loaded(bytes, ".keras");
}

/// An ONNX model.
fn onnx(bytes: &[u8]) {
    loaded(bytes, ".onnx");
}

/// What is compressed, a tar archive, and one in the other.
fn sealed(bytes: &[u8]) {
    loaded(bytes, ".gz");
    loaded(bytes, ".joblib");
}

/// What lies beside weights: pictures, recordings, tokenizers, texts.
fn beside(bytes: &[u8]) {
    for ending in [".png", ".model", ".svg", ".mp3"] {
        loaded(bytes, ending);
    }
}

/// A configuration or a template.
fn asked(bytes: &[u8]) {
    for ending in [".json", ".yaml", ".jinja"] {
        loaded(bytes, ending);
    }
}

/// A manifest, a configuration, an agent card, a skill or an `MLmodel`.
fn layout(bytes: &[u8]) {
    as_file(bytes, |path| inventory::fuzz::layout(path, bytes));
}

/// Looks for what a file of that ending would run.
fn loaded(bytes: &[u8], ending: &str) {
    let file = tempfile::Builder::new().suffix(ending).tempfile();
    if let Ok(mut file) = file
        && file.write_all(bytes).is_ok()
    {
        let _ = inventory::fuzz::hazards(file.path());
    }
}
