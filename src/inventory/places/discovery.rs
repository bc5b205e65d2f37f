//! Looking for models below a folder: what is a model's folder, and what is a store of models in another layout, is
//! told by looking at names and small files. Nothing is read here but what tells.

use crate::disk::slashed;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::text::{Untrusted, screen};
use std::collections::{HashMap, HashSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::blob_store::BlobStore;
use super::entry::{
    Entry, MAX_ENTRIES, TELLING, extension, is_data, is_file, is_package, is_readme, is_telling_folder, list,
    tells,
};
use super::files::Files;
use super::flat::{self, Group};
use super::folder::{self, Folder};
use super::hub_cache::{self, Snapshot};
use super::mlflow_registry::{self, Registries};
use super::stamps::Stamp;
use super::{agents, front_matter, layout, mcp, mlflow, naming, partial, ramalama};
use crate::inventory::model::facts::FactKey;
use crate::inventory::model::finding::{Finding, Scan};
use crate::inventory::model::id::ModelId;
use crate::inventory::model::models::Model;
use crate::inventory::model::record::note;

/// Folders are looked for this deep below a source.
const MAX_DEPTH: usize = 16;
/// Links to folders that are followed in one source.
const MAX_LINKS: usize = 10_000;
/// A folder of this name holds datasets.
const DATA_FOLDERS: &[&str] = &["datasets", "data"];
/// What lies somewhere, not yet read.
pub enum Place {
    /// One model.
    Folder(Folder),
    /// One model in a folder of many.
    Files(Files),
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
            Place::Files(files) => slashed(&files.place()),
            Place::Store(store) => slashed(&store.location),
        }
    }

    /// Whether it is this very folder.
    pub fn is_at(&self, folder: &Path) -> bool {
        match self {
            Place::Folder(own) => own.path == folder,
            Place::Files(_) => false,
            Place::Store(store) => store.path == folder,
        }
    }

    /// What it is now, down to the last file.
    pub fn stamp(&self, since: SystemTime) -> Stamp {
        match self {
            Place::Folder(folder) => folder.stamp(since),
            Place::Files(files) => files.stamp(since),
            Place::Store(store) => {
                let read_as = format!("{:?} {}", store.layout, store.name);
                Stamp::of_folder(&store.path, &read_as, since)
            }
        }
    }

    /// Where everything lies that its models are made of.
    pub fn extent(&self) -> PathBuf {
        match self {
            Place::Folder(folder) => folder.path.clone(),
            Place::Files(files) => files.extent(),
            Place::Store(store) => store.path.clone(),
        }
    }

    /// Where it is, workspace-relative.
    pub(in crate::inventory) fn location(&self) -> PathBuf {
        match self {
            Place::Folder(folder) => folder.location.clone(),
            Place::Files(files) => files.place(),
            Place::Store(store) => store.location.clone(),
        }
    }

    /// The model that the folder is, by its name and place alone; none for a store, which may hold many.
    pub(in crate::inventory) fn named(&self) -> Option<Model> {
        match self {
            Place::Folder(folder) => Some(folder::named(folder)),
            Place::Files(files) => Some(files.named()),
            Place::Store(_) => None,
        }
    }

    /// Its models. Of a folder only the bundle and the claims are looked for.
    pub(in crate::inventory) fn models(&self) -> Vec<Model> {
        match self {
            Place::Folder(folder) => vec![folder::located(folder)],
            Place::Files(files) => vec![files.located()],
            Place::Store(store) => layout::read(store).models,
        }
    }

    /// Its name, where a path alone gave it; none for what a layout or a document names.
    pub(in crate::inventory) fn name_of_path(&self) -> Option<&str> {
        match self {
            Place::Folder(folder) if folder.is_named_by_path => Some(&folder.name),
            Place::Files(files) if !files.group.is_whole_name => Some(&files.name),
            _ => None,
        }
    }

    /// Calls it otherwise.
    pub(in crate::inventory) fn rename(&mut self, name: String) {
        match self {
            Place::Folder(folder) => folder.name = name,
            Place::Files(files) => files.name = name,
            Place::Store(store) => store.name = name,
        }
    }

    /// The canonical path of what it is read from.
    pub(in crate::inventory) fn real(&self) -> Option<PathBuf> {
        match self {
            Place::Folder(folder) => folder.path.canonicalize().ok(),
            Place::Files(files) => files.first().canonicalize().ok(),
            Place::Store(store) => store.path.canonicalize().ok(),
        }
    }

    /// Reads it.
    pub fn read(&self) -> Scan {
        match self {
            Place::Folder(folder) => folder::read(folder),
            Place::Files(files) => files.read(),
            Place::Store(store) => layout::read(store),
        }
    }
}

/// Finds the models below `root`, which the workspace calls `shown`. Does not look for models inside models. Links to
/// folders are followed below `root`, each folder once; what leads out of it is told.
///
/// # Errors
/// `E-READ` when there is no such folder, `E-CANCELLED`.
pub fn discover(root: &Path, shown: &Path, progress: &Progress) -> Result<Discovered> {
    discover_named(root, shown, None, &[], progress)
}

/// The same, where all names begin with a prefix, and other folders (by their canonical paths) are looked into by
/// themselves.
///
/// # Errors
/// As [`discover`].
pub fn discover_named(
    root: &Path,
    shown: &Path,
    prefix: Option<&str>,
    others: &[PathBuf],
    progress: &Progress,
) -> Result<Discovered> {
    let boundary = root.canonicalize().map_err(|cause| Error::read(root, &cause))?;
    fs::read_dir(root).map_err(|cause| Error::read(root, &cause))?;
    let above = match shown.is_absolute() {
        true => shown.file_name().map(PathBuf::from).unwrap_or_default(),
        false => shown.to_owned(),
    };
    let mut walk = Walk {
        shown,
        prefix,
        above,
        boundary,
        budget: MAX_ENTRIES,
        found: Discovered { places: Vec::new(), findings: Vec::new() },
        seen: HashSet::new(),
        models: HashSet::new(),
        links: VecDeque::new(),
        long_names: Vec::new(),
        registries: Registries::default(),
    };
    let start =
        Waiting { path: root.to_owned(), below: PathBuf::new(), real: walk.boundary.clone(), depth: 0 };
    walk.from(start, progress)?;
    walk.follow(others, progress)?;
    Ok(walk.finish())
}

/// A folder that is to be looked at.
struct Waiting {
    path: PathBuf,
    /// Below the source.
    below: PathBuf,
    /// Where it is without links.
    real: PathBuf,
    depth: usize,
}

/// Looking through one source.
struct Walk<'a> {
    shown: &'a Path,
    prefix: Option<&'a str>,
    /// Names of folders above, for what they say of what lies in them.
    above: PathBuf,
    /// The source, without links.
    boundary: PathBuf,
    budget: u64,
    found: Discovered,
    /// Folders that were looked at.
    seen: HashSet<PathBuf>,
    /// Those of them that are models, or stores of models.
    models: HashSet<PathBuf>,
    links: VecDeque<Waiting>,
    /// Places that have a shorter name than their path, by their index, with the path.
    long_names: Vec<(usize, String)>,
    registries: Registries,
}

impl Walk<'_> {
    fn from(&mut self, start: Waiting, progress: &Progress) -> Result<()> {
        let mut waiting = vec![start];
        while let Some(next) = waiting.pop() {
            progress.check()?;
            if self.seen.insert(next.real.clone()) {
                let mut below = self.visit(next);
                below.reverse();
                waiting.append(&mut below);
            }
        }
        Ok(())
    }

    /// Follows the links that were met, once all that is no link was looked at: a model is called by its own place.
    fn follow(&mut self, others: &[PathBuf], progress: &Progress) -> Result<()> {
        let mut followed = 0;
        while let Some(link) = self.links.pop_front() {
            let Ok(real) = link.path.canonicalize() else { continue };
            let location = self.shown.join(&link.below);
            let source = Untrusted::new(slashed(&location));
            let mut found = |message: String| {
                note(&mut self.found.findings, "F-FOLDER-LINK", None, &source, "", message);
            };
            if !real.starts_with(&self.boundary) {
                if !others.iter().any(|other| real.starts_with(other)) {
                    let target = screen(&real.to_string_lossy());
                    found(format!(
                        "a link out of this source, to {target}: not followed; to have the models there in the \
                         inventory, scan that folder, too"
                    ));
                }
                continue;
            }
            if self.seen.contains(&real) || real.ancestors().any(|folder| self.models.contains(folder)) {
                continue;
            }
            followed += 1;
            if followed > MAX_LINKS {
                found("not followed: more links to folders than are followed in one source".to_owned());
                break;
            }
            self.from(Waiting { real, ..link }, progress)?;
        }
        Ok(())
    }

    /// Looks at one folder: what it is, or which folders to look at next.
    fn visit(&mut self, at: Waiting) -> Vec<Waiting> {
        let Waiting { path, below, real, depth } = at;
        let location =
            if below.as_os_str().is_empty() { self.shown.to_owned() } else { self.shown.join(&below) };
        let source = Untrusted::new(slashed(&location));
        if location.to_str().is_none() {
            let message =
                "left out: its name is not UTF-8, as the names in a signed model must be; rename it";
            note(&mut self.found.findings, "F-FOLDER-NAME", None, &source, "", message);
            return Vec::new();
        }
        let entries = match list(&path, &mut self.budget) {
            Ok(entries) => entries,
            Err(cause) => {
                let message = format!("cannot look into this folder ({})", cause.kind());
                note(&mut self.found.findings, "F-FOLDER-UNREADABLE", None, &source, "", message);
                return Vec::new();
            }
        };
        if is_among_aside(&real) {
            return Vec::new();
        }
        let at = Waiting { path, below, real, depth };
        if let Some(layout) = layout::of(&at.path, &entries) {
            self.store(layout, at, location);
            return Vec::new();
        }
        let snapshot = hub_cache::snapshot(&at.real).or_else(|| ramalama::snapshot(&at.real));
        let has_files = entries.iter().any(|entry| !entry.file_type.is_dir());
        if snapshot.is_none() && !is_package(&self.name_of(&at)) {
            let owned = naming::owner_name(&at.real, &at.below, &entries);
            let groups =
                owned.is_none().then(|| flat::groups(&at.real, &entries, &is_telling_folder)).flatten();
            if let Some(groups) = groups {
                self.groups(groups, &at, &location);
                return self.below(entries, &at, &source);
            }
        }
        let is_package = is_package(&self.name_of(&at)) && has_files;
        if is_model(&entries) || is_package || snapshot.is_some() && !entries.is_empty() {
            self.folder(snapshot, &entries, at, location);
            return Vec::new();
        }
        self.below(entries, &at, &source)
    }

    /// Folders to look at next.
    fn below(&mut self, entries: Vec<Entry>, at: &Waiting, source: &Untrusted) -> Vec<Waiting> {
        let is_repository = hub_cache::is_repository(&at.real) || ramalama::is_repository(&at.real);
        self.unfinished(&entries, at, is_repository, source);
        let may_hold = |entry: &Entry| {
            // Of a repository in a cache only the snapshots are for reading: `.no_exist` holds empty files under the
            // names of what is not there.
            !hub_cache::is_aside(&entry.name) && (!is_repository || entry.name == hub_cache::SNAPSHOTS)
        };
        let (folders, others): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().filter(may_hold).partition(|entry| entry.file_type.is_dir());
        let links: Vec<Entry> =
            others.into_iter().filter(|entry| entry.file_type.is_symlink() && entry.path.is_dir()).collect();
        let folders: Vec<Entry> =
            folders.into_iter().filter(|entry| !partial::is_unfinished(&entry.name)).collect();
        if at.depth >= MAX_DEPTH {
            if !folders.is_empty() || !links.is_empty() {
                let message = format!("not looked at: deeper than {MAX_DEPTH} folders");
                note(&mut self.found.findings, "F-FOLDER-DEPTH", None, source, "", message);
            }
            return Vec::new();
        }
        let next = |entry: Entry| {
            let name = entry.path.file_name().unwrap_or_default();
            let (below, real) = (at.below.join(name), at.real.join(name));
            Waiting { path: entry.path, below, real, depth: at.depth + 1 }
        };
        self.links.extend(links.into_iter().map(next));
        folders.into_iter().map(next).collect()
    }

    /// Tells downloads that did not finish, of what is no model's folder.
    fn unfinished(&mut self, entries: &[Entry], at: &Waiting, is_repository: bool, source: &Untrusted) {
        let is_here = |entry: &&Entry| match entry.file_type.is_dir() {
            true => partial::is_unfinished(&entry.name) && has_entries(&entry.path),
            false => partial::is_partial(&entry.name),
        };
        let mut names: Vec<String> = entries.iter().filter(is_here).map(|entry| entry.name.clone()).collect();
        // A snapshot tells it by itself.
        if is_repository && !has_entries(&at.path.join(hub_cache::SNAPSHOTS)) {
            names.extend(partial::in_blobs(&at.path.join("blobs")));
        }
        if !names.is_empty() {
            note(&mut self.found.findings, partial::CODE, None, source, "", partial::words(&names));
        }
    }

    /// The path below the source, or what the source is called.
    fn name_of(&self, at: &Waiting) -> String {
        match at.below.as_os_str().is_empty() {
            true => self.boundary.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            false => slashed(&at.below),
        }
    }

    fn prefixed(&self, name: String) -> String {
        self.prefix.map_or_else(|| name.clone(), |prefix| format!("{prefix}/{name}"))
    }

    fn store(&mut self, layout: super::blob_store::Layout, at: Waiting, location: PathBuf) {
        let name = self.prefixed(self.name_of(&at));
        self.models.insert(at.real);
        let prefix = self.prefix.map(str::to_owned);
        self.found.places.push(Place::Store(BlobStore { layout, path: at.path, location, name, prefix }));
    }

    fn folder(&mut self, snapshot: Option<Snapshot>, entries: &[Entry], at: Waiting, location: PathBuf) {
        let plain = self.name_of(&at);
        let mut facts = Vec::new();
        let registered = match snapshot {
            None if entries.iter().any(|entry| entry.name == mlflow::FILE) => {
                let version = self.registries.of(&at.real, &self.boundary).map(|(version, folder)| {
                    let at = folder.strip_prefix(&self.boundary).unwrap_or(&folder).join(&version.place);
                    facts.push((FactKey::Version, version.version.clone(), slashed(&at)));
                    version.name.clone()
                });
                version.or_else(|| mlflow_registry::path_below(&at.real))
            }
            _ => None,
        };
        let by_layout = snapshot.as_ref().map(|snapshot| snapshot.name.clone());
        let short = registered.or_else(|| match snapshot {
            None => naming::owner_name(&at.real, &at.below, entries),
            Some(_) => None,
        });
        if short.as_ref().is_some_and(|short| *short != plain) {
            let long = self.prefixed(plain.clone());
            self.long_names.push((self.found.places.len(), long));
            facts.extend(revision_of(entries));
        }
        let is_named_by_path = by_layout.is_none() && short.is_none();
        let name = self.prefixed(by_layout.or(short).unwrap_or(plain));
        let among_data = self.above.join(&at.below).components().any(|part| {
            let part = part.as_os_str().to_string_lossy().to_lowercase();
            DATA_FOLDERS.contains(&part.as_str())
        }) || snapshot.as_ref().is_some_and(|snapshot| snapshot.is_dataset);
        let boundary = match &snapshot {
            Some(snapshot) => snapshot.blobs.clone(),
            None => self.boundary.clone(),
        };
        self.models.insert(at.real);
        let path = at.path;
        let folder = Folder { path, location, name, is_named_by_path, snapshot, among_data, boundary, facts };
        self.found.places.push(Place::Folder(folder));
    }

    fn groups(&mut self, groups: Vec<Group>, at: &Waiting, location: &Path) {
        let path = match at.below.as_os_str().is_empty() {
            true => String::new(),
            false => format!("{}/", slashed(&at.below)),
        };
        // A folder of a known kind is a part of the names, wherever the source begins; what lies above it is not.
        let own = |folder: &Path| folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let known = match flat::known(&at.real) {
            Some((known, _)) if own(&at.real).is_some_and(|name| name.to_lowercase() == known) => {
                own(&at.real).map(|name| format!("{name}/"))
            }
            Some(_) => {
                at.real.parent().and_then(own).zip(own(&at.real)).map(|(up, name)| format!("{up}/{name}/"))
            }
            None => None,
        };
        for group in groups {
            let (long, short) = match (group.is_whole_name, &known) {
                (true, _) => (Some(format!("{path}{}", group.name)), group.name.clone()),
                (false, Some(known)) => {
                    let (long, short) = (format!("{path}{}", group.name), format!("{known}{}", group.name));
                    (Some(long).filter(|long| long.len() > short.len()), short)
                }
                (false, None) => (None, format!("{path}{}", group.name)),
            };
            if let Some(long) = long {
                self.long_names.push((self.found.places.len(), self.prefixed(long)));
            }
            let name = self.prefixed(short);
            let (folder, location, boundary) = (at.path.clone(), location.to_owned(), self.boundary.clone());
            self.found.places.push(Place::Files(Files { folder, location, name, group, boundary }));
        }
    }

    /// What was found, each under a name that no other has, as far as paths go.
    fn finish(mut self) -> Discovered {
        let id = |place: &Place| place.named().map(|model| model.id);
        let mut counts: HashMap<ModelId, usize> = HashMap::new();
        if !self.long_names.is_empty() {
            self.found.places.iter().filter_map(id).for_each(|id| *counts.entry(id).or_default() += 1);
        }
        for (index, long) in self.long_names {
            let Some(place) = self.found.places.get_mut(index) else { continue };
            if id(place).is_some_and(|id| counts.get(&id).is_some_and(|count| *count > 1)) {
                place.rename(long);
            }
        }
        if self.budget == 0 {
            let message = format!("not everything was looked at: more than {MAX_ENTRIES} entries");
            let place = Untrusted::new(slashed(self.shown));
            note(&mut self.found.findings, "F-FOLDER-COUNT", None, &place, "", message);
        }
        self.found
    }
}

/// Whether a folder lies where a cache keeps what is no model.
fn is_among_aside(real: &Path) -> bool {
    let parents =
        real.ancestors().filter_map(|folder| Some((folder.file_name()?.to_str()?, folder.parent()?)));
    parents
        .take(MAX_DEPTH)
        .any(|(name, above)| name == ".no_exist" && hub_cache::is_repository(above) || name == ".locks")
}

fn has_entries(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// What ModelScope keeps of the revision.
fn revision_of(entries: &[Entry]) -> Option<(FactKey, String, String)> {
    const MAX_BYTES: u64 = 1024;
    let entry = entries.iter().find(|entry| entry.name == naming::REVISION && entry.file_type.is_file())?;
    let bytes = crate::disk::whole(&entry.path, MAX_BYTES).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let revision = naming::revision(&text)?;
    Some((FactKey::Version, revision.to_owned(), naming::REVISION.to_owned()))
}

fn is_model(entries: &[Entry]) -> bool {
    // A signature that is named after the folder beside it is that folder's.
    let is_of_folder = |name: &str| {
        let stem = name.strip_suffix(".sig").map(|stem| stem.strip_suffix(".oms").unwrap_or(stem));
        stem.is_some_and(|stem| entries.iter().any(|entry| entry.file_type.is_dir() && entry.name == stem))
    };
    let is_telling = |entry: &Entry| {
        let name = entry.name.as_str();
        let is_signature = extension(name) == "sig" && !is_of_folder(name);
        TELLING.contains(&name) || is_signature || tells(name) || is_data(name)
    };
    entries.iter().any(|entry| is_telling(entry) && is_file(entry))
        || entries.iter().any(|entry| {
            let card = if is_readme(entry) { front_matter::read(&entry.path) } else { Ok(None) };
            // Broken front matter is front matter all the same: the finding must not vanish with the folder.
            card.map_or(true, |card| card.is_some_and(|card| card.describes_something()))
        })
        || entries.iter().any(|entry| {
            let (path, name) = (&entry.path, &entry.name);
            is_file(entry) && (agents::is_card(path, name) || mcp::is_descriptor(path, name))
        })
}
