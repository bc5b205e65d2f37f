//! Which files belong to a model (OMS v1.0, 6.1 and 6.2). It reads names and sizes, never contents.

use crate::check::fault::{LinkFault, ListFault};
use crate::disk::slashed;
use crate::error::{ReadFault, Result};
use crate::progress::Progress;
use rayon::prelude::*;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{DirEntry, FileType};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::fault::Unlisted;

/// What is left out, and how symbolic links are treated.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Model-relative, canonical prefixes to leave out: exact path or whole subtree; no globs.
    pub ignore_paths: Vec<String>,
    /// Whether the default `.git`, `.gitattributes`, `.github`, `.gitignore` at the top are left out.
    pub ignore_git_paths: bool,
    /// Files that are never part of the model: the signature itself, `claims.jsonl` (absolute paths). A folder of such a
    /// name is part of it.
    pub exclude: Vec<PathBuf>,
    /// Follow symbolic links to files, inside the model only (OMS v1.0, 6.1.1). A link to a folder of the model is
    /// passed over: what it leads to is part of the model where it lies.
    pub allow_symlinks: bool,
    /// Follow the links of a hub cache's snapshot into that repository's own blobs, whatever `allow_symlinks`
    /// says: the cache made them, not the publisher.
    pub hub_links: bool,
    /// What a signature lists, when files are compared with one.
    pub signed: Option<Signed>,
}

/// The names that a signature lists, and what becomes of others.
#[derive(Debug, Clone, Default)]
pub struct Signed {
    /// Signed files, and the folders above them.
    names: HashSet<String>,
    /// Whatever is not signed and cannot be listed is noted, and stops nothing.
    lenient: bool,
}

impl Signed {
    /// Of these files. `lenient` when files that are not signed may be anything.
    pub(crate) fn of<'n>(files: impl Iterator<Item = &'n str>, lenient: bool) -> Self {
        let mut names = HashSet::new();
        for file in files {
            let mut name = file;
            // As far up as nobody was before.
            while names.insert(name.to_owned()) {
                let Some((folder, _)) = name.rsplit_once('/') else { break };
                name = folder;
            }
        }
        Signed { names, lenient }
    }

    /// Whether a name is of a signed file, or of a folder above one.
    fn holds(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Canonical name: relative, `/`-separated, no `.`, no `..`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Where a symbolic link led, when one was followed.
    pub link_target: Option<PathBuf>,
}

/// A model's files, and what was left out.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Sorted by name in code point order.
    pub entries: Vec<Entry>,
    /// Names of files that `ignore_paths` hid (not the git defaults, not the signature).
    pub ignored: Vec<String>,
    /// Links to folders of the model, which were not followed: names, and where they led.
    pub linked_folders: Vec<(String, PathBuf)>,
    /// What is not signed and cannot be part of a model, where that is allowed.
    pub unlisted: Vec<(String, ListFault)>,
    /// The blobs folder of the hub cache whose snapshot the model is.
    pub blobs: Option<PathBuf>,
}

impl Listing {
    /// The size of a file that is part of the model.
    pub(crate) fn size_of(&self, name: &str) -> Option<u64> {
        let found = self.entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
        self.entries.get(found).map(|entry| entry.size)
    }
}

/// Lists the files of `model` (a folder, or one file whose name is then its basename).
///
/// # Errors
/// `E-READ`; `E-MODEL` for a symbolic link that may not be followed, leaves the model or loops, for a file
/// that is neither regular file nor folder, for a name that is not UTF-8, for an empty model.
pub fn enumerate(model: &Path, scope: &Scope) -> Result<Listing> {
    enumerate_until(model, scope, &Progress::default())
}

/// As [`enumerate`], until somebody asks to stop.
///
/// # Errors
/// As [`enumerate`], and `E-CANCELLED`.
pub(crate) fn enumerate_until(model: &Path, scope: &Scope, progress: &Progress) -> Result<Listing> {
    list(model, scope, progress).map_err(Unlisted::error)
}

/// As [`enumerate_until`], with the fault as a value.
pub(crate) fn list(model: &Path, scope: &Scope, progress: &Progress) -> Listed<Listing> {
    let root = model.canonicalize().map_err(|cause| Unlisted::read(model, &cause))?;
    let metadata = std::fs::metadata(&root).map_err(|cause| Unlisted::read(model, &cause))?;
    let mut walk = Walk {
        blobs: hub_blobs(&root),
        root: root.clone(),
        scope,
        progress,
        // A signature may be a link: then it is both the link and the file.
        exclude: scope
            .exclude
            .iter()
            .flat_map(|path| [settled(path), path.canonicalize().ok()])
            .flatten()
            .collect(),
        listing: Listing::default(),
    };
    if metadata.is_file() {
        let name = base_name(model, &root)?;
        if !walk.is_excluded(&root) {
            walk.push(Entry { name, path: root, size: metadata.len(), link_target: None })?;
        }
    } else if metadata.is_dir() {
        walk.folders(&root)?;
    } else {
        return Err(odd_file(model));
    }
    let mut listing = walk.listing;
    listing.blobs = walk.blobs;
    // UTF-8 bytes order as code points do.
    listing.entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    listing.ignored.sort_unstable();
    listing.linked_folders.sort_unstable();
    listing.unlisted.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    if listing.entries.is_empty() {
        // OMS 6.1: a model without files has no signature.
        return Err(Unlisted::Fault(ListFault::Empty, model.to_owned()));
    }
    Ok(listing)
}

/// The name of a model: its basename, or that of where `.` leads.
pub(crate) fn base_name(model: &Path, canonical: &Path) -> Listed<String> {
    match model.file_name().or_else(|| canonical.file_name()).map(|name| name.to_str()) {
        Some(Some(name)) => Ok(name.to_owned()),
        Some(None) => Err(not_utf8(model)),
        None => Ok("model".to_owned()),
    }
}

/// `path` (absolute, or relative to the current folder) as seen from the model whose canonical root is
/// `root`: canonical and `/`-separated, empty for the root itself, none outside of it. A last component that
/// is a link or does not exist is kept as it is written.
///
/// # Errors
/// `E-MODEL` for a path that is not UTF-8.
pub(crate) fn model_relative(root: &Path, path: &Path) -> Listed<Option<String>> {
    let Some(settled) = settled(path) else { return Ok(None) };
    let Ok(relative) = settled.strip_prefix(root) else { return Ok(None) };
    let mut names = Vec::new();
    for component in relative.components() {
        match component.as_os_str().to_str() {
            Some(name) => names.push(name),
            None => return Err(not_utf8(path)),
        }
    }
    Ok(Some(names.join("/")))
}

/// OMS 6.2: left out unless asked otherwise, at the top of the model only.
pub const GIT_PATHS: [&str; 4] = [".git", ".gitattributes", ".github", ".gitignore"];

/// How a hub cache begins the names of its repositories.
pub const HUB_REPOSITORIES: [&str; 3] = ["models--", "datasets--", "spaces--"];

/// Folders in folders.
pub(crate) const MAX_DEPTH: usize = 1024;
const MAX_FILES: usize = 2_000_000;
/// What `ignore_paths` hides is listed up to this many names.
const MAX_IGNORED: usize = 10_000;

struct Walk<'s> {
    root: PathBuf,
    /// The blobs folder of the hub cache whose snapshot the model is.
    blobs: Option<PathBuf>,
    scope: &'s Scope,
    progress: &'s Progress,
    exclude: Vec<PathBuf>,
    listing: Listing,
}

/// A folder to look into: as named, where it is, its name in the model, and how deep it lies. The first two differ below
/// a link that was followed.
struct Folder {
    path: PathBuf,
    canonical: PathBuf,
    prefix: String,
    /// Where the folders above it are: a link to one of them is a loop.
    above: Option<Rc<Above>>,
    depth: usize,
}

struct Above {
    canonical: PathBuf,
    above: Option<Rc<Above>>,
}

impl Folder {
    /// Whether something is this folder or one above it.
    fn is_below(&self, target: &Path) -> bool {
        let mut above = self.above.as_deref();
        let mut found = self.canonical == target;
        while let (false, Some(folder)) = (found, above) {
            found = folder.canonical == target;
            above = folder.above.as_deref();
        }
        found
    }

    fn child(&self, path: PathBuf, canonical: PathBuf, prefix: String) -> Folder {
        let above = Above { canonical: self.canonical.clone(), above: self.above.clone() };
        Folder { path, canonical, prefix, above: Some(Rc::new(above)), depth: self.depth + 1 }
    }
}

impl Walk<'_> {
    fn folders(&mut self, root: &Path) -> Listed<()> {
        let (path, canonical) = (root.to_owned(), root.to_owned());
        let mut waiting = vec![Folder { path, canonical, prefix: String::new(), above: None, depth: 0 }];
        while let Some(folder) = waiting.pop() {
            self.progress.check()?;
            if let Err(fault) = self.folder(&folder, &mut waiting) {
                self.unlisted(&folder.prefix, fault)?;
            }
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Folder, waiting: &mut Vec<Folder>) -> Listed<()> {
        if folder.depth >= MAX_DEPTH {
            return Err(Unlisted::Fault(ListFault::TooDeep, folder.path.clone()));
        }
        for child in children(&folder.path)? {
            let full = match folder.prefix.as_str() {
                "" => child.name.to_string_lossy().into_owned(),
                prefix => format!("{prefix}/{}", child.name.to_string_lossy()),
            };
            match self.child(folder, child, &full) {
                Ok(Some(_)) if waiting.len() >= MAX_FILES => return Err(too_many(&self.root)),
                Ok(Some(below)) => waiting.push(below),
                Ok(None) => {}
                Err(fault) => self.unlisted(&full, fault)?,
            }
        }
        Ok(())
    }

    /// What stops the listing stops it, unless it is in the way of nothing that is signed and that is allowed.
    fn unlisted(&mut self, name: &str, unlisted: Unlisted) -> Listed<()> {
        let is_beside =
            self.scope.signed.as_ref().is_some_and(|signed| signed.lenient && !signed.holds(name));
        match unlisted {
            Unlisted::Fault(ListFault::TooMany { .. }, _) | Unlisted::Cancelled(_) => Err(unlisted),
            Unlisted::Fault(fault, _) if is_beside && !name.is_empty() => {
                self.listing.unlisted.push((name.to_owned(), fault));
                self.count()
            }
            Unlisted::Fault(..) => Err(unlisted),
        }
    }

    /// One thing in a folder; the folder that is to be looked into, when it is one.
    fn child(&mut self, folder: &Folder, child: Child, full: &str) -> Listed<Option<Folder>> {
        let Child { name, kind, size } = child;
        let path = folder.path.join(&name);
        let home = folder.canonical.join(&name);
        if self.is_excluded(&home) && is_file(&path, kind) {
            return Ok(None);
        }
        let Some(name) = name.to_str() else { return Err(not_utf8(&path)) };
        let full = full.to_owned();
        if folder.prefix.is_empty() && self.scope.ignore_git_paths && GIT_PATHS.contains(&name) {
            return Ok(None);
        }
        if self.is_ignored(&full) {
            self.note_ignored(&path, full, kind.is_dir());
            Ok(None)
        } else if kind.is_symlink() {
            self.link(folder, path, full)
        } else if kind.is_dir() {
            Ok(Some(folder.child(path, home, full)))
        } else if kind.is_file() {
            let size = size.map_err(|cause| Unlisted::read(&path, &cause))?;
            self.push(Entry { name: full, path, size, link_target: None }).map(|()| None)
        } else {
            Err(odd_file(&path))
        }
    }

    /// OMS 6.1.1, and stricter: a link that leaves the model or loops is refused, not warned about.
    fn link(&mut self, folder: &Folder, path: PathBuf, name: String) -> Listed<Option<Folder>> {
        let refused = |fault: LinkFault| Unlisted::Fault(ListFault::Link(fault), path.clone());
        let may_be_hub_link = self.scope.hub_links && self.blobs.is_some();
        if !self.scope.allow_symlinks && !may_be_hub_link {
            return Err(refused(LinkFault::NotAllowed));
        }
        let target =
            path.canonicalize().map_err(|cause| refused(LinkFault::Nowhere(ReadFault::of(&cause))))?;
        let metadata = std::fs::metadata(&target).map_err(|cause| Unlisted::read(&path, &cause))?;
        if metadata.is_file() && self.is_excluded(&target) {
            return Ok(None);
        }
        let in_blobs =
            metadata.is_file() && self.blobs.as_ref().is_some_and(|blobs| target.starts_with(blobs));
        if !self.scope.allow_symlinks && !in_blobs {
            return Err(refused(LinkFault::NotAllowed));
        }
        if !target.starts_with(&self.root) && !in_blobs {
            return Err(refused(LinkFault::OutOfModel));
        }
        if metadata.is_file() {
            let size = metadata.len();
            return self.push(Entry { name, path, size, link_target: Some(target) }).map(|()| None);
        }
        if !metadata.is_dir() {
            return Err(refused(LinkFault::Odd));
        }
        if folder.is_below(&target) {
            return Err(refused(LinkFault::Loop));
        }
        // OMS 6.1.1 is about files, and the reference goes into no linked folder. What such a link leads to is signed
        // where it lies, or not at all.
        let is_listed = self.scope.signed.as_ref().is_some_and(|signed| signed.holds(&name));
        if is_listed {
            return Ok(Some(folder.child(path, target, name)));
        }
        if self.is_left_out(&target) {
            return Err(refused(LinkFault::LeftOut));
        }
        self.listing.linked_folders.push((name, target));
        self.count().map(|()| None)
    }

    /// Whether a folder inside the model is left out of it.
    fn is_left_out(&self, folder: &Path) -> bool {
        let inside = folder.strip_prefix(&self.root).map(slashed).unwrap_or_default();
        let is_of_git = || GIT_PATHS.iter().any(|path| covers(path, &inside));
        self.is_ignored(&inside) || self.scope.ignore_git_paths && is_of_git()
    }

    fn count(&self) -> Listed<()> {
        let Listing { entries, linked_folders, unlisted, .. } = &self.listing;
        match entries.len() + linked_folders.len() + unlisted.len() > MAX_FILES {
            true => Err(too_many(&self.root)),
            false => Ok(()),
        }
    }

    fn push(&mut self, entry: Entry) -> Listed<()> {
        self.listing.entries.push(entry);
        self.count()
    }

    fn is_excluded(&self, canonical: &Path) -> bool {
        self.exclude.iter().any(|path| path == canonical)
    }

    fn is_ignored(&self, name: &str) -> bool {
        self.scope.ignore_paths.iter().any(|ignore| covers(ignore, name))
    }

    /// Names what is hidden, as well as it can be told: nothing in there can stop us.
    fn note_ignored(&mut self, path: &Path, name: String, is_folder: bool) {
        let mut waiting = vec![(path.to_owned(), name, is_folder, 0)];
        while let Some((path, name, is_folder, depth)) = waiting.pop() {
            if self.listing.ignored.len() >= MAX_IGNORED {
                return;
            }
            let inside = if is_folder && depth < MAX_DEPTH { children(&path).ok() } else { None };
            let Some(inside) = inside else {
                self.listing.ignored.push(name);
                continue;
            };
            for Child { name: child, kind, .. } in inside {
                let child_path = path.join(&child);
                if !(self.is_excluded(&child_path) && is_file(&child_path, kind)) {
                    let child_name = format!("{name}/{}", child.to_string_lossy());
                    waiting.push((child_path, child_name, kind.is_dir(), depth + 1));
                }
            }
        }
    }
}

/// Whether something is a regular file, or a link to one: only that can be a signature or hold claims (OMS 8.5).
/// A folder or a pipe under such a name is something else, and nobody signed it.
fn is_file(path: &Path, kind: FileType) -> bool {
    kind.is_file() || kind.is_symlink() && std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Whether the ignored path `ignore` is `name` or a folder above it; no globs (OMS 6.2.1).
pub(crate) fn covers(ignore: &str, name: &str) -> bool {
    name.strip_prefix(ignore).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a folder says of one thing in it.
struct Child {
    name: OsString,
    kind: FileType,
    /// Of a regular file; it matters only where the file is not left out.
    size: std::io::Result<u64>,
}

/// All children at once, so that a deep tree holds no pile of open folders; asked for their sizes by all
/// threads, and by their names in the open folder, which costs the system no way down to them.
fn children(folder: &Path) -> Listed<Vec<Child>> {
    const WORTH_A_TASK: usize = 64;
    let unreadable = |cause: std::io::Error| Unlisted::read(folder, &cause);
    let mut found = Vec::new();
    for child in std::fs::read_dir(folder).map_err(unreadable)? {
        found.push(child.map_err(unreadable)?);
        if found.len() > MAX_FILES {
            return Err(too_many(folder));
        }
    }
    let look = |child: DirEntry| {
        let kind = child.file_type()?;
        let size = if kind.is_file() { child.metadata().map(|metadata| metadata.len()) } else { Ok(0) };
        Ok(Child { name: child.file_name(), kind, size })
    };
    let looked: std::io::Result<Vec<Child>> = if found.len() < 2 * WORTH_A_TASK {
        found.into_iter().map(look).collect()
    } else {
        found.into_par_iter().with_min_len(WORTH_A_TASK).map(look).collect()
    };
    looked.map_err(unreadable)
}

/// Absolute, with the folder resolved and the last component as written.
fn settled(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let Some(name) = absolute.file_name() else { return absolute.canonicalize().ok() };
    let mut missing = vec![name.to_owned()];
    let mut folder = absolute.parent()?;
    loop {
        if let Ok(found) = folder.canonicalize() {
            return Some(missing.iter().rev().fold(found, |path, name| path.join(name)));
        }
        // A folder that is not there: `..` in it leads nowhere we can tell.
        missing.push(folder.file_name()?.to_owned());
        folder = folder.parent()?;
    }
}

/// Where the links of a hub cache's snapshot may lead, for a resolved folder that is one:
/// `<cache>/models--x/snapshots/<revision>` links its files into `<cache>/models--x/blobs`.
pub fn hub_blobs(root: &Path) -> Option<PathBuf> {
    let snapshots = root.parent()?;
    let blobs = snapshots.parent()?.join("blobs");
    let is_plain_folder = std::fs::symlink_metadata(&blobs).is_ok_and(|metadata| metadata.is_dir());
    let repository = snapshots.parent()?.file_name()?.to_str()?;
    let is_repository = HUB_REPOSITORIES.iter().any(|kind| repository.starts_with(kind));
    (snapshots.file_name()? == "snapshots" && is_repository && is_plain_folder).then_some(blobs)
}

type Listed<T> = std::result::Result<T, Unlisted>;

fn too_many(path: &Path) -> Unlisted {
    Unlisted::Fault(ListFault::TooMany { limit: MAX_FILES as u64 }, path.to_owned())
}

fn not_utf8(path: &Path) -> Unlisted {
    Unlisted::Fault(ListFault::NotUtf8, path.to_owned())
}

fn odd_file(path: &Path) -> Unlisted {
    Unlisted::Fault(ListFault::Odd, path.to_owned())
}
