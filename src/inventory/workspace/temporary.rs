//! A folder without `touchmark.toml`, taken for a workspace for the moment: nothing is written into it until somebody
//! keeps it. What lies in the folder is not known here.

use super::{DEFAULT_STAGE, DEFAULT_STORE, FILE, Source, SourceKind, Workspace, starting_text};
use crate::error::{Code, Error, ReadFault, Result};
use crate::inventory::model::aliases::Aliases;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

impl Workspace {
    /// The folder, where neither it nor one above it is a workspace; the current one when none is named. None where
    /// there is a workspace.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when it is not there or empty, `E-USAGE` when it is a file, `E-READ` when it may not be read.
    pub fn plain_folder(dir: Option<&Path>) -> Result<Option<PathBuf>> {
        let start = dir.unwrap_or(Path::new("."));
        let folder = start.canonicalize().map_err(|cause| match cause.kind() {
            ErrorKind::NotFound => Error::new(Code::NotFound, "no such folder")
                .at_path(start)
                .help("check the path; `touchmark demo DIR` makes a folder with samples"),
            _ => unreadable(start, &cause),
        })?;
        if folder.ancestors().any(|root| root.join(FILE).is_file()) {
            return Ok(None);
        }
        if folder.is_file() {
            return Err(Error::new(Code::Usage, "this is a file, not a folder")
                .at_path(&folder)
                .help("name the folder that it lies in; `touchmark inspect FILE` shows what a file holds"));
        }
        if holds_nothing(&folder).map_err(|cause| unreadable(&folder, &cause))? && dir.is_some() {
            return Err(Error::new(Code::NotFound, "this folder is empty").at_path(&folder).help(
                "`touchmark init DIR` makes a workspace of it, `touchmark demo DIR` copies the samples into it",
            ));
        }
        Ok(Some(folder))
    }

    /// Whether this is a folder with nothing in it that anybody would see.
    pub fn is_empty_folder(folder: &Path) -> bool {
        holds_nothing(folder).unwrap_or(false)
    }

    /// A folder as a workspace for the moment, with these sources in it.
    pub fn temporary(folder: &Path, kinds: &[SourceKind]) -> Self {
        let source = |kind: &SourceKind| Source { kind: kind.clone(), path: ".".into(), prefix: None };
        Workspace {
            name: folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            sources: kinds.iter().map(source).collect(),
            aliases: Aliases::default(),
            deployments: Vec::new(),
            pins: Vec::new(),
            policy: None,
            policy_trust: Vec::new(),
            stage: DEFAULT_STAGE.to_owned(),
            store: folder.join(DEFAULT_STORE),
            server: None,
            root: folder.to_owned(),
            is_temporary: true,
        }
    }

    /// The file that makes a folder a workspace.
    pub fn file_in(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }

    /// The store of a workspace that is made in a folder.
    pub fn store_in(folder: &Path) -> PathBuf {
        folder.join(DEFAULT_STORE)
    }

    /// What `touchmark.toml` says once this is kept in a folder.
    ///
    /// # Errors
    /// `E-CONFIG` when a path cannot be written in it.
    pub fn kept_text(&self, folder: &Path) -> Result<String> {
        let mut text = starting_text(folder, None);
        for source in &self.sources {
            let path = if folder == self.root { source.path.clone() } else { self.root.clone() };
            let path = path.to_str().ok_or_else(|| {
                Error::new(Code::Config, "a path in touchmark.toml must be UTF-8 text").at_path(&path)
            })?;
            let path = toml::Value::String(path.to_owned());
            text.push_str(&format!("\n[[source]]\nkind = \"{}\"\npath = {path}\n", source.kind.word()));
        }
        Ok(text)
    }
}

fn holds_nothing(folder: &Path) -> std::io::Result<bool> {
    let is_hidden = |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    Ok(fs::read_dir(folder)?.flatten().all(|entry| is_hidden(&entry)))
}

fn unreadable(folder: &Path, cause: &std::io::Error) -> Error {
    match ReadFault::of(cause) {
        ReadFault::Permission => Error::new(Code::Read, "you may not read this folder")
            .at_path(folder)
            .help("check its permissions and those of the folders above it")
            .fault(ReadFault::Permission),
        _ => Error::read(folder, cause),
    }
}
