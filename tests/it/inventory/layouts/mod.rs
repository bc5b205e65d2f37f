//! Layouts on disk other than plain folders, and the headers of weights. Every fixture is made here.

use std::fs;
use std::path::Path;

use touchmark::inventory::{
    Basis, FactKey, Format, Kind, Model, Relation, Scan, Source, SourceKind, TensorSummary, Tier, Workspace,
    scan,
};
use touchmark::signing::{HashAlgorithm, Progress, hash_bytes};

use super::{Bench, HEADER, has, model, parents, values};

mod agents;
mod fetched;
mod flat;
#[cfg(unix)]
mod hub_cache;
#[cfg(unix)]
mod links;
mod mlflow;
mod oci;
mod ollama;
mod stores;
mod weights;

/// SHA-256, hex.
fn sha256(bytes: &[u8]) -> String {
    hash_bytes(HashAlgorithm::Sha256, bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A safetensors file with these tensors and no more: zeroes.
fn safetensors(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(vec![0; data]);
    bytes
}

/// A GGUF file with these texts, numbers of 32 bits, and tensors of type I8: zeroes.
fn gguf(texts: &[(&str, &str)], numbers: &[(&str, u32)], tensors: &[(&str, &[u64])]) -> Vec<u8> {
    let text = |out: &mut Vec<u8>, text: &str| {
        out.extend((text.len() as u64).to_le_bytes());
        out.extend(text.as_bytes());
    };
    let mut out = b"GGUF\x03\0\0\0".to_vec();
    out.extend((tensors.len() as u64).to_le_bytes());
    out.extend(((texts.len() + numbers.len()) as u64).to_le_bytes());
    for (key, value) in texts {
        text(&mut out, key);
        out.extend(8_u32.to_le_bytes());
        text(&mut out, value);
    }
    for (key, value) in numbers {
        text(&mut out, key);
        out.extend(4_u32.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    let mut offset = 0_u64;
    for (name, shape) in tensors {
        text(&mut out, name);
        out.extend((shape.len() as u32).to_le_bytes());
        shape.iter().for_each(|size| out.extend(size.to_le_bytes()));
        out.extend(24_u32.to_le_bytes());
        out.extend(offset.to_le_bytes());
        offset += shape.iter().product::<u64>().next_multiple_of(32);
    }
    if offset > 0 {
        out.resize(out.len().next_multiple_of(32) + offset as usize, 0);
    }
    out
}

/// Scans one path as the only source, as `touchmark scan PATH` does.
fn scan_path(bench: &Bench, path: &Path) -> Scan {
    bench.write("touchmark.toml", HEADER);
    let mut workspace = Workspace::find(Some(bench.0.path())).unwrap();
    let path = path.canonicalize().unwrap();
    workspace.add_source(Source { kind: SourceKind::Models, path, prefix: None }).unwrap();
    scan(&workspace, &Progress::default()).unwrap()
}

/// Codes of findings, but for the one of the empty folder of bills that the bench has.
fn codes(scan: &Scan) -> Vec<&str> {
    let codes = scan.findings.iter().map(|finding| finding.code.as_str());
    codes.filter(|code| *code != "F-SOURCE-EMPTY").collect()
}

/// Values of a kind of fact with their basis.
fn told(model: &Model, key: FactKey) -> Vec<(&str, Basis)> {
    model.facts.iter().filter(|fact| fact.key == key).map(|fact| (fact.value.raw(), fact.basis)).collect()
}
