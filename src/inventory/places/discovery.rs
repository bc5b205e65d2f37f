//! Looking for models below a folder: what is a model's folder, and what is a store of models in another layout, is
//! told by looking at names and small files. Nothing is read here but what tells.

use crate::disk::slashed;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::text::Untrusted;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::blob_store::BlobStore;
use super::entry::{Entry, MAX_ENTRIES, extension, is_data, is_file, is_readme, is_weights, list};
use super::folder::{self, Folder};
use super::stamps::Stamp;
use super::{agents, front_matter, hub_cache, layout};
use crate::inventory::model::finding::{Finding, Scan};
use crate::inventory::model::models::Model;
use crate::inventory::model::record::note;

/// Folders are looked for this deep below a source.
const MAX_DEPTH: usize = 16;
/// A folder of this name holds datasets.
const DATA_FOLDERS: &[&str] = &["datasets", "data"];
/// Files that only a model, or what is governed like one, has.
const TELLING: [&str; 6] =
    ["claims.jsonl", "config.json", "adapter_config.json", "model_index.json", "MLmodel", "SKILL.md"];

/// What lies somewhere, not yet read.
pub enum Place {
    /// One model.
    Folder(Folder),
    /// Models in a layout of blobs and manifests.
    Store(BlobStore),
}

/// What a search found.
pub struct Discovered {
    /// What holds models, in the order of their paths.
    pub places: Vec<Place>,
    /// Where we could not look.
    pub findings: Vec<Finding>,
}

impl Place {
    /// Where it is, workspace-relative, with `/`.
    pub fn shown(&self) -> String {
        match self {
            Place::Folder(folder) => slashed(&folder.location),
            Place::Store(store) => slashed(&store.location),
        }
    }

    /// Whether it is this very folder.
    pub fn is_at(&self, folder: &Path) -> bool {
        match self {
            Place::Folder(own) => own.path == folder,
            Place::Store(store) => store.path == folder,
        }
    }

    /// What it is now, down to the last file.
    pub fn stamp(&self, since: SystemTime) -> Stamp {
        match self {
            Place::Folder(folder) => folder.stamp(since),
            Place::Store(store) => {
                let read_as = format!("{:?} {}", store.layout, store.name);
                Stamp::of_folder(&store.path, &read_as, since)
            }
        }
    }

    /// Where everything lies that its models are made of.
    pub fn extent(&self) -> &Path {
        match self {
            Place::Folder(folder) => &folder.path,
            Place::Store(store) => &store.path,
        }
    }

    /// Where it is, workspace-relative.
    pub(in crate::inventory) fn location(&self) -> &Path {
        match self {
            Place::Folder(folder) => &folder.location,
            Place::Store(store) => &store.location,
        }
    }

    /// The model that the folder is, by its name and place alone; none for a store, which may hold many.
    pub(in crate::inventory) fn named(&self) -> Option<Model> {
        match self {
            Place::Folder(folder) => Some(folder::named(folder)),
            Place::Store(_) => None,
        }
    }

    /// Its models. Of a folder only the bundle and the claims are looked for.
    pub(in crate::inventory) fn models(&self) -> Vec<Model> {
        match self {
            Place::Folder(folder) => vec![folder::located(folder)],
            Place::Store(store) => layout::read(store).models,
        }
    }

    /// Reads it.
    pub fn read(&self) -> Scan {
        match self {
            Place::Folder(folder) => folder::read(folder),
            Place::Store(store) => layout::read(store),
        }
    }
}

/// Finds the models below `root`, which the workspace calls `shown`. Does not look for models inside models, and
/// follows no link to a folder.
///
/// # Errors
/// `E-READ` when there is no such folder, `E-CANCELLED`.
pub fn discover(root: &Path, shown: &Path, progress: &Progress) -> Result<Discovered> {
    discover_named(root, shown, None, progress)
}

/// The same, where all names begin with a prefix.
///
/// # Errors
/// As [`discover`].
pub fn discover_named(
    root: &Path,
    shown: &Path,
    prefix: Option<&str>,
    progress: &Progress,
) -> Result<Discovered> {
    let prefixed = |name: String| prefix.map_or_else(|| name.clone(), |prefix| format!("{prefix}/{name}"));
    let boundary = root.canonicalize().map_err(|cause| Error::read(root, &cause))?;
    fs::read_dir(root).map_err(|cause| Error::read(root, &cause))?;
    let above = match shown.is_absolute() {
        true => shown.file_name().map(PathBuf::from).unwrap_or_default(),
        false => shown.to_owned(),
    };
    let mut found = Discovered { places: Vec::new(), findings: Vec::new() };
    let mut budget = MAX_ENTRIES;
    let mut waiting = vec![(root.to_owned(), PathBuf::new(), 0)];
    while let Some((path, below, depth)) = waiting.pop() {
        progress.check()?;
        let location = if below.as_os_str().is_empty() { shown.to_owned() } else { shown.join(&below) };
        let source = Untrusted::new(slashed(&location));
        if location.to_str().is_none() {
            let message =
                "left out: its name is not UTF-8, as the names in a signed model must be; rename it";
            note(&mut found.findings, "F-FOLDER-NAME", None, &source, "", message);
            continue;
        }
        let entries = match list(&path, &mut budget) {
            Ok(entries) => entries,
            Err(cause) => {
                let message = format!("cannot look into this folder ({})", cause.kind());
                note(&mut found.findings, "F-FOLDER-UNREADABLE", None, &source, "", message);
                continue;
            }
        };
        let real = boundary.join(&below);
        let named = || match below.as_os_str().is_empty() {
            true => boundary.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            false => slashed(&below),
        };
        if let Some(layout) = layout::of(&path, &entries) {
            let name = prefixed(named());
            found.places.push(Place::Store(BlobStore {
                layout,
                path,
                location,
                name,
                prefix: prefix.map(str::to_owned),
            }));
            continue;
        }
        let snapshot = hub_cache::snapshot(&real);
        let has_files = entries.iter().any(|entry| !entry.file_type.is_dir());
        if is_model(&entries) || snapshot.is_some() && has_files {
            let name = prefixed(snapshot.as_ref().map_or_else(named, |snapshot| snapshot.name.clone()));
            let among_data = above.join(&below).components().any(|part| {
                let part = part.as_os_str().to_string_lossy().to_lowercase();
                DATA_FOLDERS.contains(&part.as_str())
            }) || snapshot.as_ref().is_some_and(|snapshot| snapshot.is_dataset);
            let boundary = match &snapshot {
                Some(snapshot) => snapshot.blobs.clone(),
                None => boundary.clone(),
            };
            found.places.push(Place::Folder(Folder { path, location, name, snapshot, among_data, boundary }));
            continue;
        }
        let is_repository = hub_cache::is_repository(&real);
        let folders = entries.into_iter().filter(|entry| {
            // Of a repository in a hub cache only the snapshots are for reading: `.no_exist` holds empty files
            // under the names of what is not there.
            entry.file_type.is_dir()
                && entry.name != ".git"
                && (!is_repository || entry.name == hub_cache::SNAPSHOTS)
        });
        if depth >= MAX_DEPTH {
            if folders.count() > 0 {
                let message = format!("not looked at: deeper than {MAX_DEPTH} folders");
                note(&mut found.findings, "F-FOLDER-DEPTH", None, &source, "", message);
            }
            continue;
        }
        let mut below: Vec<_> = folders
            .map(|entry| {
                let next = below.join(entry.path.file_name().unwrap_or_default());
                (entry.path, next, depth + 1)
            })
            .collect();
        below.reverse();
        waiting.append(&mut below);
    }
    if budget == 0 {
        let message = format!("not everything was looked at: more than {MAX_ENTRIES} entries");
        note(&mut found.findings, "F-FOLDER-COUNT", None, &Untrusted::new(slashed(shown)), "", message);
    }
    Ok(found)
}

fn is_model(entries: &[Entry]) -> bool {
    let tells = |entry: &Entry| {
        let name = entry.name.as_str();
        TELLING.contains(&name) || extension(name) == "sig" || is_weights(name) || is_data(name)
    };
    entries.iter().any(|entry| tells(entry) && is_file(entry))
        || entries.iter().any(|entry| {
            let card = if is_readme(entry) { front_matter::read(&entry.path) } else { Ok(None) };
            // Broken front matter is front matter all the same: the finding must not vanish with the folder.
            card.map_or(true, |card| card.is_some_and(|card| card.describes_something()))
        })
        || entries.iter().any(|entry| is_file(entry) && agents::is_card(&entry.path, &entry.name))
}
