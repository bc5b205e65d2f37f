//! Files around a policy, written whole or not at all: the policy itself, the files of its anchors, and the
//! `trust` folder for those that would not travel with the workspace. It knows no policy's meaning.

use crate::disk::{self, read_small, write_beside};
use crate::error::{Code, Error, Result};
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

const FOLDER: &str = "trust";
/// Files of one name in the folder; more than that is a mistake.
const LIMIT_NAMES: usize = 100;

/// Where anchors' files may stand so that a policy and they are handed on as one folder.
pub(super) struct Home {
    /// The folder, canonical: the workspace's, or the policy's when it lies elsewhere.
    root: PathBuf,
    /// The policy's folder, canonical.
    base: PathBuf,
}

impl Home {
    /// # Errors
    /// `E-READ`.
    pub fn of(workspace: &Path, policy: &Path) -> Result<Self> {
        let folder = policy.parent().filter(|folder| !folder.as_os_str().is_empty());
        let real = |path: &Path| path.canonicalize().map_err(|cause| Error::read(path, &cause));
        let (workspace, base) = (real(workspace)?, real(folder.unwrap_or(Path::new(".")))?);
        let root = if base.starts_with(&workspace) { workspace } else { base.clone() };
        Ok(Home { root, base })
    }

    /// How the policy names a file where it is; none for one outside, or one whose path a policy cannot
    /// carry to other machines.
    pub fn name_in_place(&self, file: &Path) -> Option<PathBuf> {
        let file = file.canonicalize().ok()?;
        if !file.starts_with(&self.root) {
            return None;
        }
        let common = file.components().zip(self.base.components()).take_while(|(one, other)| one == other);
        let common = common.count();
        let up = self.base.components().skip(common).map(|_| "..");
        let down = file.components().skip(common).map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        let parts = up.map(Some).chain(down).collect::<Option<Vec<&str>>>()?;
        let name = parts.join("/");
        let odd = |c: char| c.is_control() || matches!(c, ':' | '\\');
        (!name.is_empty() && !name.contains(odd)).then(|| PathBuf::from(name))
    }

    /// Writes an anchor's file into the `trust` folder, never over another one; as old as `made`. How the
    /// policy names it, and the file when it was not there yet.
    ///
    /// # Errors
    /// `E-WRITE`.
    pub fn copy(
        &self,
        name: &str,
        extension: &str,
        bytes: &[u8],
        made: Option<jiff::Timestamp>,
    ) -> Result<(PathBuf, Option<PathBuf>)> {
        let folder = self.root.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|cause| Error::write(&folder, &cause))?;
        let stays = folder.canonicalize().is_ok_and(|real| real.starts_with(&self.root));
        if !stays {
            return Err(Error::new(Code::Write, "the folder for anchors leads out of the workspace")
                .at_path(&folder)
                .help("replace the link by a folder"));
        }
        for number in 1..=LIMIT_NAMES {
            let number = if number == 1 { String::new() } else { format!("-{number}") };
            let file = folder.join(format!("{name}{number}.{extension}"));
            let failed = |cause: std::io::Error| Error::write(&file, &cause);
            let written = if fs::symlink_metadata(&file).is_err() {
                let draft = write_beside(&file, bytes, 0o644)?;
                if let Some(made) = made {
                    // Its age is that of what it holds, not that of the copy.
                    draft.as_file().set_modified(made.into()).map_err(failed)?;
                }
                disk::name(draft, &file, false).map_err(failed)?;
                Some(file.clone())
            } else if read_small(&file, bytes.len() as u64).is_ok_and(|there| there == bytes) {
                None
            } else {
                continue;
            };
            let named = self
                .name_in_place(&file)
                .ok_or_else(|| Error::new(Code::Write, "a policy cannot name this file").at_path(&file))?;
            return Ok((named, written));
        }
        Err(Error::new(Code::Write, format!("{LIMIT_NAMES} files of that name are there already"))
            .at_path(&folder.join(name)))
    }
}

/// The ending that a copy gets.
pub(super) fn extension(bytes: &[u8]) -> &'static str {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        Some(b'{') => "json",
        Some(0x30) => "der",
        _ => "pem",
    }
}

/// Whether a name can be part of a file's name everywhere.
pub(super) fn is_file_name(name: &str) -> bool {
    let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    !name.is_empty()
        && name.len() <= 64
        && !name.contains(odd)
        && Path::new(name).file_name() == Some(OsStr::new(name))
}
