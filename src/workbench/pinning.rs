//! Pins on descriptors of agents and servers: written into `touchmark.toml`, and compared with the files as they are now.

use super::door::Workbench;
use super::publish::Next;
use crate::disk::{read_small, slashed};
use crate::error::{Code, Error, Result};
use crate::inventory::{Content, Pinned, Workspace, descriptors, read_model};
use crate::json;
use crate::text::Untrusted;
use crate::view::{DescriptorDiff, PinSeen};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Differences of two descriptors that are told.
const MAX_DIFFERENCES: usize = 200;
const MAX_BYTES: u64 = 4 * 1024 * 1024;

impl Workbench {
    /// The pins of the workspace, in the order of its file, each with what its file is now.
    pub fn pins(&self) -> Vec<PinSeen> {
        let workspace = self.workspace();
        let seen = |pin: &Pinned| {
            let now = content_of(&workspace.root.join(&pin.file));
            PinSeen {
                file: Untrusted::new(slashed(&pin.file)),
                sha256: pin.content.sha256.clone(),
                is_here: now.is_some(),
                changes: now.map(|now| now.since(&pin.content)).unwrap_or_default(),
            }
        };
        workspace.pins.iter().map(seen).collect()
    }

    /// Pins descriptors as they are now: files, or all of a folder. Gives those that were pinned.
    ///
    /// # Errors
    /// `E-MALFORMED` for what is no descriptor, `E-USAGE` for what lies outside of the workspace; `E-READ`, `E-WRITE`,
    /// `E-CONFIG`.
    pub fn pin(&self, paths: &[PathBuf]) -> Result<Vec<Pinned>> {
        self.writable()?;
        let mut pins: Vec<Pinned> = Vec::new();
        for path in paths {
            for file in files_of(path)? {
                let content = content_of(&file).ok_or_else(|| not_one(&file))?;
                let file = self.inside(&file)?;
                pins.retain(|known| known.file != file);
                pins.push(Pinned { file, content });
            }
        }
        self.repin(|workspace| workspace.pin(&pins))?;
        Ok(pins)
    }

    /// Removes the pins of these files; how many there were.
    ///
    /// # Errors
    /// `E-USAGE`, `E-WRITE`, `E-CONFIG`; `E-NOT-FOUND` when none is pinned.
    pub fn unpin(&self, paths: &[PathBuf]) -> Result<usize> {
        self.writable()?;
        let files = paths.iter().map(|path| self.inside(path)).collect::<Result<Vec<PathBuf>>>()?;
        let removed = self.repin(|workspace| workspace.unpin(&files))?;
        if removed == 0 {
            return Err(Error::new(Code::NotFound, "no pin on this file")
                .at_path(paths.first().map_or(Path::new("."), PathBuf::as_path))
                .help("`touchmark pin` lists the pins"));
        }
        Ok(removed)
    }

    /// A path below the workspace, as its file calls it.
    fn inside(&self, path: &Path) -> Result<PathBuf> {
        let root = self.workspace().root;
        let root = root.canonicalize().map_err(|cause| Error::read(&root, &cause))?;
        // A file that is gone has no canonical path; its folder may have.
        let real = path.canonicalize().or_else(|_| std::path::absolute(path));
        let real = real.map_err(|cause| Error::read(path, &cause))?;
        real.strip_prefix(&root).map(Path::to_owned).map_err(|_| {
            Error::new(Code::Usage, "this file lies outside of the workspace")
                .at_path(path)
                .help("pins name files by their path below touchmark.toml; copy the file into the workspace")
        })
    }

    fn repin<T>(&self, change: impl FnOnce(&mut Workspace) -> Result<T>) -> Result<T> {
        let file = Workspace::file_in(&self.workspace().root);
        let changed = self.edit(|workspace| self.writing(&[&file], || change(workspace)))?;
        self.renew_pins()?;
        Ok(changed)
    }

    /// Shows the models with the pins that are now in force.
    pub(super) fn renew_pins(&self) -> Result<()> {
        let inventory = self.kept()?.with_lineage(&self.view().proven);
        self.renew(|view| Ok(Next { inventory: inventory.clone(), ..Next::as_in(view) })).map(drop)
    }
}

/// How one descriptor differs from another; none when either is no descriptor.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`; `E-MALFORMED` when one is a descriptor and the other is none.
pub fn diff_descriptors(before: &Path, after: &Path) -> Result<Option<DescriptorDiff>> {
    match (descriptors(before), descriptors(after)) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(not_one(after)),
        (None, Some(_)) => return Err(not_one(before)),
        (Some(_), Some(_)) => {}
    }
    let read = |path: &Path| -> Result<Value> {
        let bytes = read_small(path, MAX_BYTES)?;
        let malformed = |why: String| Error::new(Code::Malformed, why).at_path(path);
        let tree = json::parse_tree(&bytes).map_err(malformed)?;
        match tree.duplicates.first().map(Untrusted::new) {
            None => Ok(tree.root),
            Some(name) => Err(malformed(format!("{} occurs twice in one object", name.screen()))
                .help("readers disagree about such a file; get it again from its publisher")),
        }
    };
    let (before, after) = (read(before)?, read(after)?);
    let (changes, more) = json::differences(&before, &after, MAX_DIFFERENCES);
    Ok(Some(DescriptorDiff { before, after, changes, more }))
}

fn content_of(path: &Path) -> Option<Content> {
    let (_, found) = descriptors(path)?;
    found.into_iter().next().map(|descriptor| descriptor.content)
}

/// A file, or the descriptors of a folder.
fn files_of(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        std::fs::metadata(path).map_err(|cause| Error::read(path, &cause))?;
        return Ok(vec![path.to_owned()]);
    }
    let found = read_model(path)?.descriptors.iter().map(|one| path.join(one.file.raw())).collect::<Vec<_>>();
    if found.is_empty() { Err(not_one(path)) } else { Ok(found) }
}

fn not_one(path: &Path) -> Error {
    Error::new(Code::Malformed, "not an agent card and not a descriptor of MCP servers")
        .at_path(path)
        .help("name an agent card (agent-card.json), or an MCP server.json, mcp.json or list of tools")
}
