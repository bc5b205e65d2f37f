//! The Hugging Face cache: `models--owner--name` with `refs`, `blobs` and `snapshots/COMMIT`, whose files are links
//! into the blobs. It knows the layout's names and nothing of what the files hold.

use std::fs;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::inventory::model::facts::{Basis, FactKey};
use crate::inventory::model::hex::is_hex;
use crate::inventory::model::record::Record;
use crate::signing::HUB_REPOSITORIES;
use crate::text::{Untrusted, count};

/// The folder of a repository whose folders are its commits.
pub(super) const SNAPSHOTS: &str = "snapshots";
/// Digits of an object id of git's, and of SHA-256.
const GIT_DIGITS: usize = 40;
const SHA256_DIGITS: usize = 64;
/// References and snapshots of one repository that are looked at.
const MAX_LISTED: usize = 256;
/// A commit, and some room.
const MAX_REF_BYTES: u64 = 256;
/// Content addresses told of one model; of more weights none, since some of them are not the whole.
const MAX_ADDRESSES: usize = 64;
/// What a repository's folder holds, the files that the hub was asked for in vain among it.
const OF_REPOSITORY: [&str; 4] = [SNAPSHOTS, "blobs", "refs", ".no_exist"];
/// Folders of a cache that hold no models: locks, and empty files under the names of what is not there.
const ASIDE: [&str; 3] = [".git", ".locks", ".no_exist"];
/// So much of a commit tells revisions of one repository apart.
const SHORT: usize = 12;

/// One commit of a repository.
#[derive(Debug)]
pub struct Snapshot {
    /// `owner/name`; with `@` and the commit's beginning when another commit is the main one.
    pub(super) name: String,
    /// The commit.
    pub(super) commit: String,
    /// The references that lead to it, such as `main`.
    pub(super) refs: Vec<String>,
    /// Where its links may lead.
    pub(super) blobs: PathBuf,
    /// Whether the repository is a dataset.
    pub(super) is_dataset: bool,
}

impl Snapshot {
    /// What the repository holds at this commit, as the hub's client keeps it; often not there.
    pub(super) fn list(&self) -> PathBuf {
        self.blobs.with_file_name("trees").join(&self.commit).with_extension("json")
    }
}

/// Whether a folder is a repository in a hub cache.
pub(super) fn is_repository(path: &Path) -> bool {
    owner_name(path).is_some() && OF_REPOSITORY.iter().any(|name| path.join(name).is_dir())
}

/// Whether a folder of that name holds no model, whatever lies in it.
pub(super) fn is_aside(name: &str) -> bool {
    ASIDE.contains(&name)
}

/// What the folder at this canonical path is, by its place: `…/models--owner--name/snapshots/COMMIT`.
pub(super) fn snapshot(path: &Path) -> Option<Snapshot> {
    let commit = path.file_name()?.to_str()?.to_owned();
    let snapshots = path.parent()?;
    let repository = snapshots.parent()?;
    if snapshots.file_name()? != SNAPSHOTS {
        return None;
    }
    let (is_dataset, name) = owner_name(repository)?;
    let refs = references(&repository.join("refs"));
    let is_here = |commit: &str| snapshots.join(commit).is_dir();
    let main = refs.iter().find(|(name, commit)| name == "main" && is_here(commit));
    let is_plain = match main {
        Some((_, main)) => *main == commit,
        None => fs::read_dir(snapshots).map_or(0, |entries| entries.take(2).count()) == 1,
    };
    let name = match is_plain {
        true => name,
        false => format!("{name}@{}", commit.chars().take(SHORT).collect::<String>()),
    };
    let refs = refs.into_iter().filter(|(_, to)| *to == commit).map(|(name, _)| name).collect();
    // A link of that name would widen what may be read.
    let blobs = repository.join("blobs");
    Some(Snapshot { name, commit, refs, blobs, is_dataset })
}

/// Whether it is a dataset, and `owner/name`.
fn owner_name(repository: &Path) -> Option<(bool, String)> {
    let folder = repository.file_name()?.to_str()?;
    let prefix = HUB_REPOSITORIES.iter().find(|prefix| folder.starts_with(**prefix))?;
    let name = folder.strip_prefix(prefix)?.replacen("--", "/", 1);
    (!name.is_empty()).then_some((*prefix == "datasets--", name))
}

/// The package URL of a snapshot: its repository and its commit; none for a name that would have to be escaped.
fn purl(snapshot: &Snapshot) -> Option<String> {
    let name = snapshot.name.split('@').next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    let is_commit = snapshot.commit.len() == GIT_DIGITS && is_hex(&snapshot.commit);
    let kind = if snapshot.is_dataset { "datasets/" } else { "" };
    let commit = snapshot.commit.to_ascii_lowercase();
    (is_commit && name.chars().all(is_plain)).then(|| format!("pkg:huggingface/{kind}{name}@{commit}"))
}

/// References of the first level, such as `main`, with the commits that they lead to.
fn references(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(MAX_LISTED);
    let mut refs: Vec<(String, String)> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let commit = String::from_utf8(disk::whole(&entry.path(), MAX_REF_BYTES).ok()?).ok()?;
            Some((name, commit.trim().to_owned()))
        })
        .filter(|(_, commit)| commit.len() == GIT_DIGITS && is_hex(commit))
        .collect();
    refs.sort();
    refs
}

/// The links of one snapshot, as they are counted.
#[derive(Default)]
pub(super) struct Links {
    count: u64,
    sha256: u64,
    git: u64,
    addresses: Vec<(String, String)>,
}

impl Links {
    /// Takes in a file of the snapshot; `target` is where it leads, within the blobs.
    pub(super) fn add(&mut self, place: &str, target: &Path, is_weights: bool) {
        self.count += 1;
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = name.strip_prefix("sha256-").map(str::to_owned).unwrap_or(name);
        let digits = if is_hex(&name) { name.len() } else { 0 };
        if digits == SHA256_DIGITS {
            self.sha256 += 1;
            if is_weights && self.addresses.len() <= MAX_ADDRESSES {
                self.addresses.push((place.to_owned(), name));
            }
        } else if digits == GIT_DIGITS {
            self.git += 1;
        }
    }

    /// Tells what was seen of them.
    pub(super) fn tell(self, snapshot: &Snapshot, source: &Untrusted, record: &mut Record) {
        let at = match snapshot.refs.as_slice() {
            [] => SNAPSHOTS.to_owned(),
            refs => format!("{SNAPSHOTS}, refs/{}", refs.join(", refs/")),
        };
        if is_hex(&snapshot.commit) {
            record.fact(FactKey::Version, &snapshot.commit, Basis::Declared, source, &at);
        }
        if let Some(purl) = purl(snapshot) {
            record.fact(FactKey::Purl, &purl, Basis::Declared, source, &at);
        }
        if self.count == 0 {
            return;
        }
        let links = count(usize::try_from(self.count).unwrap_or(usize::MAX), "link");
        let line = format!(
            "{links} followed into the repository's own blobs; {} named by SHA-256, {} by git's object id",
            self.sha256, self.git
        );
        record.fact(FactKey::Address, &line, Basis::Observed, source, "blobs");
        let told = if self.addresses.len() > MAX_ADDRESSES { Vec::new() } else { self.addresses };
        for (place, address) in told {
            record.fact(FactKey::Address, &format!("sha256:{address}"), Basis::Declared, source, &place);
        }
    }
}
