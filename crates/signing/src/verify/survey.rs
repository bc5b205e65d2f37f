//! All files of a folder with their sizes, signed or not, and how much of them a signature covers. It
//! stops at nothing: what cannot be listed is not counted.

use crate::bundle::manifest::Statement;
use crate::check::step::{Outcome, Stage};
use crate::error::Result;
use crate::files::enumerate::Listing;
use crate::foreign::{self, ForeignSignature};
use crate::hashing::files::HashAlgorithm;
use crate::progress::Progress;
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::verification::Verification;

const MAX_DEPTH: usize = 128;
const MAX_FILES: usize = 2_000_000;
const SHOWN_FOREIGN: usize = 10;

/// One file, or a link to one.
pub(crate) struct File {
    /// Relative, `/`-separated.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
    pub(crate) is_link: bool,
}

/// What lies in a model's folder, the signature itself left out.
#[derive(Default)]
pub(crate) struct Survey {
    pub(crate) files: Vec<File>,
}

impl Survey {
    /// Lists a model: a folder, or one file. The system is not asked again for what was `listed`.
    pub(crate) fn of(model: &Path, signature: Option<&Path>, listed: &Listing, progress: &Progress) -> Self {
        let signature = signature.and_then(|path| path.canonicalize().ok());
        let mut files = Vec::new();
        if std::fs::metadata(model).is_ok_and(|metadata| metadata.is_file()) {
            let name = model.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            push(&mut files, name, model.to_owned());
            return Survey { files };
        }
        let root = model.canonicalize().unwrap_or_else(|_| model.to_owned());
        let mut waiting = vec![(root, String::new(), 0)];
        while let Some((folder, prefix, depth)) = waiting.pop() {
            if progress.is_cancelled() {
                break;
            }
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                if files.len() >= MAX_FILES {
                    return Survey { files };
                }
                let path = entry.path();
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_dir() && depth < MAX_DEPTH {
                    waiting.push((path, format!("{name}/"), depth + 1));
                } else if kind.is_dir() || signature.as_ref() == Some(&path) {
                    continue;
                } else if let Some(size) = listed.size_of(&name).filter(|_| kind.is_file()) {
                    files.push(File { name, path, size, is_link: false });
                } else {
                    push(&mut files, name, path);
                }
            }
        }
        Survey { files }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).fold(0, u64::saturating_add)
    }
}

fn push(files: &mut Vec<File>, name: String, path: PathBuf) {
    let is_link = std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
    // Follows a link, as a reader of the model would.
    if let Some(metadata) = std::fs::metadata(&path).ok().filter(|metadata| metadata.is_file()) {
        files.push(File { name, path, size: metadata.len(), is_link });
    }
}

/// Adds to a verification what else lies in the folder: its size, and signatures of other kinds.
///
/// # Errors
/// `E-CANCELLED`.
pub(crate) fn look_around(
    result: &mut Verification,
    model: &Path,
    bundle: &Path,
    statement: Option<&Statement>,
    listed: &Listing,
    progress: &Progress,
) -> Result<()> {
    // What could not be read as a bundle may be a signature of another kind.
    let is_bundle = result.bundle_digest.is_some();
    let survey = Survey::of(model, is_bundle.then_some(bundle), listed, progress);
    progress.check()?;
    result.files.folder_bytes = Some(survey.bytes());
    let differs: HashSet<&str> = (result.files.changed.iter().map(|file| file.name.raw()))
        .chain(result.files.unreadable.iter().map(|(name, _)| name.raw()))
        .collect();
    let manifest = statement.map(|statement| &statement.manifest).filter(|manifest| {
        manifest.serialization.hash == HashAlgorithm::Sha256 && manifest.serialization.shard_size.is_none()
    });
    let resources = manifest.into_iter().flat_map(|manifest| &manifest.resources);
    let known: HashMap<&str, &[u8]> = resources
        .filter(|resource| !differs.contains(resource.name.as_str()))
        .map(|resource| (resource.name.as_str(), resource.digest.as_slice()))
        .collect();
    let found = foreign::find(&survey, &known, progress)?;
    let parse = result.checks.iter_mut().find(|check| check.stage == Stage::Parse);
    if let Some(check) = parse.filter(|_| !is_bundle && !found.is_empty()) {
        let lines = found.iter().take(SHOWN_FOREIGN);
        check.details.extend(lines.map(|one| Untrusted::new(format!("not OMS: {}", one.line().raw()))));
        let taken_for_oms = bundle.file_name().map(|name| name.to_string_lossy());
        let is_it = |one: &ForeignSignature| Some(one.file.raw()) == taken_for_oms.as_deref();
        if check.outcome == Outcome::Missing || found.iter().any(is_it) {
            check.remedy = Some(ForeignSignature::ADD_OMS.to_owned());
        }
    }
    result.foreign = found;
    Ok(())
}

/// How many of a model's bytes verified signatures cover. Files that nobody signed, that the signature leaves
/// out, that differ, and attestations beside the model count as not covered; the signature itself does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Bytes of files that are as a verified signature says.
    pub covered: u64,
    /// Bytes of all files in the folder.
    pub total: u64,
}

impl Coverage {
    /// Whole percent, rounded down: 100 only when every byte is covered.
    pub fn percent(self) -> u64 {
        let percent = u128::from(self.covered) * 100 / u128::from(self.total.max(1));
        if self.total == 0 { 0 } else { u64::try_from(percent).unwrap_or(100).min(100) }
    }

    /// `▮▮▮▮▯ 97 %`.
    pub fn bar(self) -> String {
        const CELLS: usize = 5;
        let full = usize::try_from(self.percent()).unwrap_or(0) * CELLS / 100;
        let percent = match self.percent() {
            0 if self.covered > 0 => "under 1".to_owned(),
            percent => percent.to_string(),
        };
        format!("{}{} {percent} %", "▮".repeat(full), "▯".repeat(CELLS - full))
    }
}
