//! RamaLama's store: `store/TRANSPORT/OWNER/NAME` with `refs/TAG.json`, `blobs` and `snapshots/HASH`, whose files are
//! links into the blobs. It knows the layout's names and nothing of what the files hold.

use serde_json::Value;
use std::fs;
use std::path::Path;

use super::hub_cache::{SNAPSHOTS, Snapshot};
use crate::disk;

/// From where models come; their names begin after it.
const TRANSPORTS: [&str; 13] = [
    "docker",
    "file",
    "hf",
    "http",
    "https",
    "huggingface",
    "modelscope",
    "ms",
    "oci",
    "ollama",
    "rlcr",
    "s3",
    "url",
];
/// The transport whose names always have a tag, and the owner that they leave out.
const OLLAMA: (&str, &str) = ("ollama", "library/");
/// The tag that a name leaves out.
const LATEST: &str = "latest";
const MAX_DEPTH: usize = 8;
const MAX_REFS: usize = 256;
const MAX_REF_BYTES: u64 = 1024 * 1024;
/// So much of a hash tells snapshots of one model apart.
const SHORT: usize = 12;

/// Whether a folder is one model of the store, with its snapshots.
pub(super) fn is_repository(real: &Path) -> bool {
    transport_of(real).is_some() && ["refs", "blobs", SNAPSHOTS].iter().all(|part| real.join(part).is_dir())
}

/// What the folder at this canonical path is, by its place: `…/TRANSPORT/OWNER/NAME/snapshots/HASH`.
pub(super) fn snapshot(real: &Path) -> Option<Snapshot> {
    let hash = real.file_name()?.to_str()?;
    let snapshots = real.parent()?;
    let repository = snapshots.parent()?;
    if snapshots.file_name()? != SNAPSHOTS || !is_repository(repository) {
        return None;
    }
    let (transport, mut name) = transport_of(repository)?;
    let (ollama, usual) = OLLAMA;
    if transport == ollama {
        name = name.strip_prefix(usual).map(str::to_owned).unwrap_or(name);
    }
    let tags = tags(&repository.join("refs"), hash);
    let tag = tags.iter().find(|tag| *tag == LATEST).or(tags.first());
    let name = match tag.map(String::as_str) {
        Some(LATEST) if transport != ollama => name,
        Some(tag) => format!("{name}:{tag}"),
        None => {
            let short: String = hash.trim_start_matches("sha256-").chars().take(SHORT).collect();
            format!("{name}@{short}")
        }
    };
    Some(Snapshot {
        name,
        commit: hash.to_owned(),
        refs: tags,
        blobs: repository.join("blobs"),
        is_dataset: false,
    })
}

/// The transport, and the path below it.
fn transport_of(repository: &Path) -> Option<(String, String)> {
    let mut parts = Vec::new();
    for folder in repository.ancestors().take(MAX_DEPTH) {
        let name = folder.file_name()?.to_str()?;
        let is_store = || folder.parent().and_then(Path::file_name).is_some_and(|above| above == "store");
        if !parts.is_empty() && TRANSPORTS.contains(&name) && (parts.len() > 1 || is_store()) {
            parts.reverse();
            return Some((name.to_owned(), parts.join("/")));
        }
        parts.push(name.to_owned());
    }
    None
}

/// The tags that lead to a snapshot, sorted.
fn tags(refs: &Path, hash: &str) -> Vec<String> {
    let entries = fs::read_dir(refs).into_iter().flatten().flatten().take(MAX_REFS);
    let mut tags: Vec<String> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| {
            let bytes = disk::whole(&entry.path(), MAX_REF_BYTES).ok()?;
            let name = entry.file_name().into_string().ok()?;
            let leads_here = target(&bytes)?.replace(':', "-") == hash;
            leads_here.then(|| name.strip_suffix(".json").unwrap_or(&name).to_owned())
        })
        .collect();
    tags.sort();
    tags
}

/// Where a reference leads: JSON, and before that lines of text, the hash first.
fn target(bytes: &[u8]) -> Option<String> {
    if let Ok(root) = serde_json::from_slice::<Value>(bytes) {
        return root.get("hash")?.as_str().map(str::to_owned);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}
