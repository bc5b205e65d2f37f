//! Which files of claims lie with a model, and their bytes: one rule for all readers. A link is followed only inside the
//! model's folder or the blobs of its hub cache, so that no other file of the user is copied as evidence. A file that
//! cannot be read is reported, never taken for absent. It does not know what the files hold.

use super::claims::{LIMIT_CLAIMS, LIMIT_CLAIMS_BYTES, lines_of};
use crate::disk::{Unread, folder_of, whole_unlinked};
use crate::signing::{ClaimsFault, hub_blobs};
use crate::text::Untrusted;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Files of claims that are read besides the file of claims.
const MAX_FILES: usize = 64;
/// Limit of folder entries that are examined.
const MAX_ENTRIES: usize = 1_000_000;
/// The file of claims of a folder; of a single file, what follows its name.
pub(super) const CLAIMS: &str = "claims.jsonl";
/// Names of others end like this.
const ENDINGS: [&str; 3] = [".intoto.jsonl", ".sigstore.jsonl", ".sigstore.json"];
/// Stands for all files that are not named.
const OTHERS: &str = "\u{2026}";

/// Where files of claims are looked for.
#[derive(Debug, Clone, Copy)]
pub enum ClaimsPlace<'a> {
    /// In a model's folder, or beside a single file and named after it.
    Model {
        /// The folder or file.
        model: &'a Path,
        /// The model's signature, which is no further claim.
        signature: Option<&'a Path>,
    },
    /// In a registry's layout: what refers to the manifest.
    Attached {
        /// Name and path of each.
        files: &'a [(String, PathBuf)],
        /// Whether there are more.
        is_cut: bool,
    },
}

/// A file of claims that lies with a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimsFound {
    /// Its name; none for the file of claims. One that stands for several is `…`.
    pub file: Option<Untrusted>,
    /// Its bytes, or why it was not read.
    pub bytes: Result<Vec<u8>, ClaimsFault>,
}

/// The files of claims that lie with a model: the file of claims first, then the others by name. The last entry may stand
/// for files beyond the limits.
pub fn claims_with(place: ClaimsPlace<'_>) -> Vec<ClaimsFound> {
    let (model, signature) = match place {
        ClaimsPlace::Model { model, signature } => (model, signature),
        ClaimsPlace::Attached { files, is_cut } => return attached(files, is_cut),
    };
    let mut reading = Reading::of(model);
    let own = own_file(model);
    if let Some(path) = &own {
        reading.add(None, path);
    }
    match is_folder(model) {
        Ok(true) => reading.others_in(model, signature),
        Ok(false) => {
            let folder = folder_of(model);
            let names = names_after(model, &ENDINGS).into_iter().filter(|name| is_there(&folder.join(name)));
            reading.others(folder, names.collect(), signature);
        }
        Err(_) => reading.fault(ClaimsFault::NotListed),
    }
    reading.found
}

/// Where the file of claims of a model lies, or would.
pub fn claims_file(model: &Path) -> PathBuf {
    own_file(model).unwrap_or_else(|| match is_folder(model) {
        Ok(false) => {
            let mut name = model.file_name().unwrap_or_default().to_owned();
            name.push(".");
            name.push(CLAIMS);
            model.with_file_name(name)
        }
        _ => model.join(CLAIMS),
    })
}

/// The file of claims of a model, whatever it is that has the name.
fn own_file(model: &Path) -> Option<PathBuf> {
    match is_folder(model) {
        Ok(false) => {
            let named = names_after(model, &[&format!(".{CLAIMS}")]);
            named.into_iter().map(|name| model.with_file_name(name)).find(|path| is_there(path))
        }
        _ => Some(model.join(CLAIMS)).filter(|path| is_there(path)),
    }
}

/// Whether something has the name. What cannot be looked at is not absent.
fn is_there(path: &Path) -> bool {
    !matches!(std::fs::symlink_metadata(path), Err(cause) if cause.kind() == ErrorKind::NotFound)
}

fn is_folder(model: &Path) -> std::io::Result<bool> {
    std::fs::metadata(model).map(|metadata| metadata.is_dir())
}

/// The names of files that belong to a single file: after its whole name, then after its name without the extension.
fn names_after(model: &Path, endings: &[&str]) -> Vec<OsString> {
    let starts = [model.file_name(), model.file_stem()].into_iter().flatten();
    let with = |start: &OsStr, ending: &str| {
        let mut name = start.to_owned();
        name.push(ending);
        name
    };
    starts.flat_map(|start| endings.iter().map(move |ending| with(start, ending))).collect()
}

/// What refers to a manifest. A blob may be a link to another of its folder.
fn attached(files: &[(String, PathBuf)], is_cut: bool) -> Vec<ClaimsFound> {
    let mut reading = Reading::default();
    for (name, path) in files {
        reading.inside = folder_of(path).canonicalize().into_iter().collect();
        reading.add(Some(name.as_str().into()), path);
    }
    if is_cut {
        reading.fault(ClaimsFault::TooManyFiles { limit_files: files.len() as u64 });
    }
    reading.found
}

/// Files as they are read, within the limits of one model.
#[derive(Default)]
struct Reading {
    found: Vec<ClaimsFound>,
    /// Links may lead into these folders.
    inside: Vec<PathBuf>,
    bytes: u64,
    lines: usize,
}

impl Reading {
    /// Of a model: its folder and the blobs of the hub cache it belongs to. A single file has no inside.
    fn of(model: &Path) -> Self {
        let folder = if is_folder(model).unwrap_or(false) { model } else { folder_of(model) };
        let real = folder.canonicalize().ok();
        let blobs = real.as_deref().and_then(hub_blobs);
        let inside = real.filter(|_| folder == model).into_iter().chain(blobs).collect();
        Reading { inside, ..Reading::default() }
    }

    fn fault(&mut self, fault: ClaimsFault) {
        self.found.push(ClaimsFound { file: Some(OTHERS.into()), bytes: Err(fault) });
    }

    /// The other files in a folder.
    fn others_in(&mut self, folder: &Path, signature: Option<&Path>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return self.fault(ClaimsFault::NotListed) };
        let (mut names, mut is_whole) = (BTreeSet::new(), true);
        for (index, entry) in entries.enumerate() {
            let Some(name) = entry.ok().filter(|_| index < MAX_ENTRIES).map(|entry| entry.file_name()) else {
                is_whole = false;
                break;
            };
            let shown = name.to_string_lossy();
            if ENDINGS.iter().any(|ending| shown.ends_with(ending)) {
                names.insert(name);
            }
        }
        self.others(folder, names, signature);
        if !is_whole {
            self.fault(ClaimsFault::NotListed);
        }
    }

    /// Files of a folder by name, the signature aside.
    fn others(&mut self, folder: &Path, mut names: BTreeSet<OsString>, signature: Option<&Path>) {
        if let Some(signature) = signature
            && let Some(name) = signature.file_name()
            && folder_of(signature).canonicalize().ok() == folder.canonicalize().ok()
        {
            names.remove(name);
        }
        for name in names.iter().take(MAX_FILES) {
            self.add(Some(name.to_string_lossy().into_owned().into()), &folder.join(name));
        }
        if names.len() > MAX_FILES {
            self.fault(ClaimsFault::TooManyFiles { limit_files: MAX_FILES as u64 });
        }
    }

    /// Reads one file.
    fn add(&mut self, file: Option<Untrusted>, path: &Path) {
        let bytes = self.read(path);
        self.found.push(ClaimsFound { file, bytes });
    }

    fn read(&mut self, path: &Path) -> Result<Vec<u8>, ClaimsFault> {
        let left = LIMIT_CLAIMS_BYTES.saturating_sub(self.bytes);
        let read = whole_unlinked(&self.settled(path)?, left);
        let bytes = read.map_err(|why| match why {
            Unread::TooLarge(LIMIT_CLAIMS_BYTES) => ClaimsFault::TooLarge { limit_bytes: LIMIT_CLAIMS_BYTES },
            Unread::TooLarge(_) => ClaimsFault::TogetherTooLarge { limit_bytes: LIMIT_CLAIMS_BYTES },
            Unread::NotAFile | Unread::Io(_) => ClaimsFault::NotReadable,
        })?;
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        let lines = self.lines + lines_of(&bytes).take(LIMIT_CLAIMS + 1).count();
        if lines > LIMIT_CLAIMS {
            return Err(ClaimsFault::TooMany { limit_lines: LIMIT_CLAIMS as u64 });
        }
        self.lines = lines;
        Ok(bytes)
    }

    /// The path, or where it leads if it is a link that may be followed.
    fn settled(&self, path: &Path) -> Result<PathBuf, ClaimsFault> {
        let metadata = std::fs::symlink_metadata(path).map_err(|_| ClaimsFault::NotReadable)?;
        if !metadata.is_symlink() {
            return Ok(path.to_owned());
        }
        let target = path.canonicalize().map_err(|_| ClaimsFault::NotReadable)?;
        match self.inside.iter().any(|folder| target.starts_with(folder)) {
            true => Ok(target),
            false => Err(ClaimsFault::Link),
        }
    }
}
