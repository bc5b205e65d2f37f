//! What the hub's client keeps beside a download into a folder of one's own: `.cache/huggingface` with the commit and
//! the address of each file. Both are declared: the files may have changed since.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::entry::{is_weights, list};
use crate::disk;
use crate::inventory::model::facts::{Basis, FactKey};
use crate::inventory::model::hex::is_hex;
use crate::inventory::model::record::Record;
use crate::text::Untrusted;

const KEPT: &str = ".cache/huggingface";
const DOWNLOAD: &str = "download";
const ENDING: &str = ".metadata";
/// Files that are read, the bytes of each, and folders in folders.
const MAX_FILES: u64 = 10_000;
const MAX_BYTES: u64 = 1024;
const MAX_DEPTH: usize = 16;
const GIT_DIGITS: usize = 40;
const SHA256_DIGITS: usize = 64;
/// Content addresses told; of more weights none, since some of them are not the whole.
const MAX_ADDRESSES: usize = 64;

/// What was kept of a download.
#[derive(Default)]
pub(super) struct Download {
    /// Commits, each with the first place that names it.
    commits: BTreeMap<String, String>,
    /// Weights by their place, with their SHA-256.
    addresses: Vec<(String, String)>,
}

/// What is kept beside the files of a folder; none where nothing is.
pub(super) fn read(folder: &Path) -> Option<Download> {
    let root = folder.join(KEPT).join(DOWNLOAD);
    let mut budget = MAX_FILES;
    let mut found = Download::default();
    let mut waiting = vec![(root, String::new(), 0)];
    while let Some((path, below, depth)) = waiting.pop() {
        for entry in list(&path, &mut budget).unwrap_or_default() {
            let place = if below.is_empty() { entry.name.clone() } else { format!("{below}/{}", entry.name) };
            if entry.file_type.is_dir() && depth < MAX_DEPTH {
                waiting.push((entry.path, place, depth + 1));
            } else if let Some(name) = place.strip_suffix(ENDING).filter(|_| entry.file_type.is_file()) {
                // The file may have been taken away since.
                if folder.join(name).is_file() {
                    found.add(name, &entry.path);
                }
            }
        }
    }
    (!found.commits.is_empty()).then_some(found)
}

/// The list of the repository's files at a commit, and its place below the folder.
pub(super) fn list_of(folder: &Path, download: &Download) -> Option<(PathBuf, String)> {
    let mut commits = download.commits.keys();
    let (Some(commit), None) = (commits.next(), commits.next()) else { return None };
    let place = format!("{KEPT}/trees/{commit}.json");
    Some((folder.join(&place), place)).filter(|(path, _)| path.is_file())
}

impl Download {
    /// Three lines: the commit, the address that the hub gives, and when.
    fn add(&mut self, name: &str, path: &Path) {
        let Ok(bytes) = disk::whole(path, MAX_BYTES) else { return };
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines().map(str::trim);
        let commit = lines.next().filter(|commit| commit.len() == GIT_DIGITS && is_hex(commit));
        let Some(commit) = commit else { return };
        let place = format!("{KEPT}/{DOWNLOAD}/{name}{ENDING}");
        self.commits.entry(commit.to_owned()).or_insert(place);
        let address = lines.next().filter(|etag| etag.len() == SHA256_DIGITS && is_hex(etag));
        if let Some(address) = address.filter(|_| is_weights(name) && self.addresses.len() <= MAX_ADDRESSES) {
            self.addresses.push((name.to_owned(), address.to_owned()));
        }
    }

    /// Tells it: the commit as the version, where all files are of one.
    pub(super) fn tell(self, source: &Untrusted, record: &mut Record) {
        let commits: BTreeSet<&str> = self.commits.keys().map(String::as_str).collect();
        if let (1, Some((commit, place))) = (commits.len(), self.commits.first_key_value()) {
            record.fact(FactKey::Version, commit, Basis::Declared, source, place);
        } else {
            let message = format!("files of {} commits of a repository lie together", commits.len());
            record.found("F-HUB-MIXED", source, &format!("{KEPT}/{DOWNLOAD}"), message);
        }
        if self.addresses.len() <= MAX_ADDRESSES {
            for (place, address) in self.addresses {
                record.fact(FactKey::Address, &format!("sha256:{address}"), Basis::Declared, source, &place);
            }
        }
    }
}
