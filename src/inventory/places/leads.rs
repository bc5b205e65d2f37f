//! Where a model's own files lead a loader: an index or a configuration that names a file which no signature covers,
//! and files that hide where other tools leave everything out. It reads names, and JSON within limits.

use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;

use super::document;
use super::entry::{MAX_ENTRIES, list};
use crate::disk;
use crate::inventory::model::loadable::is_loadable;
use crate::inventory::model::looked::{Lead, Looked};
use crate::signing::GIT_PATHS;
use crate::text::Untrusted;

/// An index of a hundred thousand tensors has ten megabytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Documents that are looked into, and their bytes together. Of more it is not known where they lead.
const MAX_DOCUMENTS: usize = 20_000;
const MAX_BYTES_IN_ALL: u64 = 1024 * 1024 * 1024;
const NOT_LOOKED_INTO: &str = "(not looked into: more configurations than that)";
/// Leads and hidden files that are told.
const MAX_TOLD: usize = 100;
/// Further files in which a loader reads what else to load.
const OTHERS: [&str; 9] = [
    "config.yaml",
    "config.yml",
    "index.json",
    "manifest.json",
    "mlmodel",
    "model_config.yaml",
    "model_index.json",
    "modules.json",
    "params.json",
];
/// A longer text is no path.
const MAX_PATH: usize = 1024;
/// A folder of such a name is no signature and no file of claims, and yet looks like one.
const ATTESTATIONS: [&str; 4] = [".sig", ".sigstore.json", ".sigstore.jsonl", ".intoto.jsonl"];

/// Adds to what was seen where files lead to, and what hides in the folder. `left_out` are the files that the signature
/// leaves out.
pub(super) fn add(root: &Path, left_out: &[Untrusted], looked: &mut Looked) {
    let left_out: HashSet<&str> = left_out.iter().map(Untrusted::raw).collect();
    let mut documents = Vec::new();
    let mut budget = MAX_ENTRIES;
    let mut waiting = vec![(root.to_owned(), String::new(), false)];
    while let Some((path, below, is_hiding)) = waiting.pop() {
        for entry in list(&path, &mut budget).unwrap_or_default() {
            let is_top = below.is_empty();
            let place = if is_top { entry.name.clone() } else { format!("{below}/{}", entry.name) };
            if entry.file_type.is_dir() {
                let is_git = entry.name.eq_ignore_ascii_case(".git");
                // What lies in the folder at the top is told with what is left out.
                if !(is_top && entry.name == ".git") {
                    waiting.push((
                        entry.path,
                        place,
                        is_hiding || is_git || is_named_attestation(&entry.name),
                    ));
                }
                continue;
            }
            let hides = is_hiding && (is_loadable(&place) || place.split('/').any(is_named_attestation));
            if hides && looked.hidden.len() < MAX_TOLD {
                looked.hidden.push(Untrusted::new(&place));
            }
            if is_document(&entry.name) && documents.len() <= MAX_DOCUMENTS {
                documents.push((entry.path, place));
            }
        }
    }
    looked.hidden.sort();
    documents.sort();
    let mut left = MAX_BYTES_IN_ALL;
    for (number, (path, place)) in documents.iter().enumerate() {
        left = left.saturating_sub(std::fs::metadata(path).map_or(0, |metadata| metadata.len()));
        if number >= MAX_DOCUMENTS || left == 0 {
            looked.leads.push(Lead { file: Untrusted::new(place), to: NOT_LOOKED_INTO.into() });
            break;
        }
        of_document(path, place, &left_out, &mut looked.leads);
    }
    looked.leads.truncate(MAX_TOLD);
}

fn is_named_attestation(name: &str) -> bool {
    name == "claims.jsonl" || ATTESTATIONS.iter().any(|ending| name.ends_with(ending))
}

/// Files in which a loader reads what else to load. Vocabularies are none: a token may be anything.
fn is_document(name: &str) -> bool {
    let name = name.to_lowercase();
    ["config.json", ".index.json"].iter().any(|ending| name.ends_with(ending))
        || OTHERS.contains(&name.as_str())
}

fn of_document(path: &Path, place: &str, left_out: &HashSet<&str>, leads: &mut Vec<Lead>) {
    // What cannot be read is told by whoever looks for code in it.
    let Ok(bytes) = disk::whole(path, MAX_BYTES) else { return };
    let name = place.rsplit('/').next().unwrap_or(place).to_lowercase();
    let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
    let names_files = name.ends_with(".index.json") || name == "model_index.json" || name == "modules.json";
    let mut look = |text: &str| {
        if leads.len() < MAX_TOLD && leads_astray(folder, text, names_files, left_out) {
            let lead = Lead { file: Untrusted::new(place), to: Untrusted::new(text) };
            if !leads.contains(&lead) {
                leads.push(lead);
            }
        }
    };
    match document::value(&bytes) {
        Ok(value) => each_text(&value, name == "model_index.json", &mut look),
        // Other readers take what is no JSON for us, and some are no JSON by intent.
        Err(_) => words(&bytes).for_each(|word| look(&word)),
    }
}

/// Every text; of an index of parts the keys, too: they are names of folders.
fn each_text(value: &Value, keys: bool, look: &mut impl FnMut(&str)) {
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::String(text) => look(text),
            Value::Array(values) => waiting.extend(values),
            Value::Object(members) => {
                for (key, value) in members {
                    // Tensors are named as their makers like.
                    if keys {
                        look(key);
                    }
                    waiting.push(value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Whatever stands between marks that no path holds.
fn words(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    let is_mark = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`,;()[]{}<>=".contains(byte);
    let words = bytes.split(is_mark).filter(|word| !word.is_empty() && word.len() <= MAX_PATH);
    words.map(|word| String::from_utf8_lossy(word).replace("\\/", "/"))
}

fn is_in_ignored(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    GIT_PATHS.iter().any(|own| first.eq_ignore_ascii_case(own))
        || first.eq_ignore_ascii_case("model.sig")
        || first.eq_ignore_ascii_case("claims.jsonl")
}

/// Whether a path, read from the folder of the file that names it or from the model's, ends where nothing is signed. Of
/// texts that may be anything only those count that name such a place; where a text is a path for sure, one that leaves
/// the model counts, too.
fn leads_astray(folder: &str, text: &str, is_path: bool, left_out: &HashSet<&str>) -> bool {
    if text.is_empty() || text.len() > MAX_PATH {
        return false;
    }
    let text = text.strip_prefix("file://").unwrap_or(text);
    let is_absolute =
        text.starts_with(['/', '\\']) || text.get(1..3).is_some_and(|sign| sign == ":\\" || sign == ":/");
    if is_absolute {
        return is_path;
    }
    [folder, ""].iter().any(|from| match settled(from, text) {
        // A name alone may be anything, a pattern of what to leave out among them.
        Some(settled) if left_out.contains(settled.as_str()) => true,
        Some(settled) => is_in_ignored(&settled) && (is_path || settled.contains('/')),
        None => is_path && *from == folder,
    })
}

/// The path without `.` and `..`; none when it leaves the model.
fn settled(from: &str, text: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in text.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
