//! Reading all sources of a workspace into models, merged by id.

use crate::error::{Error, Result};
use crate::signing::Progress;
use crate::text::Untrusted;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

use super::merge::Merged;
use super::record::note;
use super::types::{Model, ModelId};
use super::workspace::{Source, SourceKind, Workspace};
use super::{bom, folder};

/// Something that a source gets wrong. It never stops a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable code, for example `F-BOM-HASH-LENGTH`.
    pub code: String,
    /// Which model, when it is about one.
    pub model: Option<ModelId>,
    /// The document, workspace-relative.
    pub source: Untrusted,
    /// Where inside it.
    pub place: Untrusted,
    /// Our own words.
    pub message: String,
}

/// What a scan found.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// Models, sorted by id.
    pub models: Vec<Model>,
    /// Findings.
    pub findings: Vec<Finding>,
}

/// Reads all sources. Reads headers, never whole weights; never runs anything.
///
/// # Errors
/// `E-READ` when a source that the workspace names is not there, `E-CANCELLED`.
pub fn scan(workspace: &Workspace, progress: &Progress) -> Result<Scan> {
    let mut merged = Merged::default();
    for source in &workspace.sources {
        progress.check()?;
        let path = workspace.root.join(&source.path);
        match source.kind {
            SourceKind::Models => folders(&path, source, progress, &mut merged)?,
            SourceKind::Bom => documents(&path, source, progress, &mut merged)?,
        }
    }
    Ok(merged.finish())
}

/// Reads one folder or file that no source names. Its paths are as given, not workspace-relative.
///
/// # Errors
/// `E-READ` when it is not there.
pub fn read_model(path: &Path) -> Result<Model> {
    let metadata = std::fs::metadata(path).map_err(|cause| Error::read(path, &cause))?;
    let name = path.canonicalize().ok().and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
    let name = name.unwrap_or_else(|| "model".to_owned());
    let unread = || {
        let mut model = Model::new(ModelId::new(&name), name.as_str());
        model.location = Some(path.to_owned());
        model
    };
    if metadata.is_file() {
        return Ok(Model { files: 1, bytes: metadata.len(), ..unread() });
    }
    let found = folder::discover(path, path, &Progress::default())?;
    let read = found.folders.first().and_then(|folder| folder::read(folder).models.into_iter().next());
    Ok(read.filter(|model| model.location.as_deref() == Some(path)).unwrap_or_else(unread))
}

fn folders(root: &Path, source: &Source, progress: &Progress, merged: &mut Merged) -> Result<()> {
    let found = folder::discover(root, &source.path, progress)?;
    progress.expect(found.folders.len() as u64, 0);
    merged.add(Scan { models: Vec::new(), findings: found.findings });
    let parts: Vec<Scan> = found
        .folders
        .par_iter()
        .map(|folder| {
            progress.check()?;
            let part = folder::read(folder);
            progress.add_file();
            Ok(part)
        })
        .collect::<Result<_>>()?;
    parts.into_iter().for_each(|part| merged.add(part));
    Ok(())
}

fn documents(path: &Path, source: &Source, progress: &Progress, merged: &mut Merged) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|cause| Error::read(path, &cause))?;
    let mut documents: Vec<(PathBuf, PathBuf)> = Vec::new();
    if metadata.is_dir() {
        for entry in std::fs::read_dir(path).map_err(|cause| Error::read(path, &cause))? {
            let entry = entry.map_err(|cause| Error::read(path, &cause))?;
            let name = entry.file_name();
            if bom::is_document(Path::new(&name)) && !entry.path().is_dir() {
                documents.push((entry.path(), source.path.join(name)));
            }
        }
        documents.sort();
        if documents.is_empty() {
            let place = Untrusted::new(folder::slashed(&source.path));
            let mut findings = Vec::new();
            note(
                &mut findings,
                "F-SOURCE-EMPTY",
                None,
                &place,
                "",
                "no *.json, *.jsonld or *.xml document in this folder",
            );
            merged.add(Scan { models: Vec::new(), findings });
        }
    } else {
        documents.push((path.to_owned(), source.path.clone()));
    }
    progress.expect(documents.len() as u64, 0);
    // One after the other: a document may take a gigabyte while it is read.
    for (file, shown) in documents {
        progress.check()?;
        merged.add(bom::read(&file, &Untrusted::new(folder::slashed(&shown))));
        progress.add_file();
    }
    Ok(())
}
