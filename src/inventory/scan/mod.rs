//! Reading all sources of a workspace into models, merged by id.

pub(super) mod found;
mod sources;

use crate::clock::this_second;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::signing::ModelState;
use crate::text::{Untrusted, screen};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::workspace::{Source, SourceKind, Workspace};
use crate::inventory::bills;
use crate::inventory::model::finding::{Finding, Scan};
use crate::inventory::model::id::ModelId;
use crate::inventory::model::merge::Merged;
use crate::inventory::model::models::Model;
use crate::inventory::model::record::note;
use crate::inventory::places::discovery::{self, Discovered};
use crate::inventory::places::looking::{self, store_with};
use crate::inventory::places::stamps::Stamp;

/// One document or folder of the sources, and what it says.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its kind and workspace-relative path: unique in a survey.
    pub name: String,
    /// What it was when it was read.
    pub stamp: Stamp,
    /// What it says, each model once; none when it is as it was.
    pub scan: Option<Scan>,
}

/// All parts of the sources, in the order in which they count.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The parts.
    pub parts: Vec<Part>,
    /// When they were looked at.
    pub at: jiff::Timestamp,
}

impl Survey {
    /// A scan as one part that is always read again.
    pub(crate) fn whole(scan: Scan) -> Self {
        let part = Part { name: String::new(), stamp: Stamp::default(), scan: Some(scan) };
        Survey { parts: vec![part], at: this_second() }
    }

    /// How many parts were read.
    pub fn read(&self) -> usize {
        self.parts.iter().filter(|part| part.scan.is_some()).count()
    }
}

/// Reads all sources. Reads headers, never whole weights; never runs anything.
///
/// # Errors
/// `E-READ` when a source that the workspace names is not there, `E-CANCELLED`.
pub fn scan(workspace: &Workspace, progress: &Progress) -> Result<Scan> {
    let mut merged = Merged::default();
    let parts = survey(workspace, &HashMap::new(), progress)?.parts;
    parts.into_iter().filter_map(|part| part.scan).for_each(|scan| merged.add(scan));
    Ok(merged.finish())
}

/// Looks at all sources and reads what is not as it was; `known` are the stamps by the names of the parts.
///
/// # Errors
/// As [`scan`].
pub fn survey(workspace: &Workspace, known: &HashMap<String, Stamp>, progress: &Progress) -> Result<Survey> {
    let surveyor = Surveyor { known, progress, since: SystemTime::now() };
    let at = this_second();
    let mut parts = Vec::new();
    let mut folders = sources::discover(workspace, |_| true, progress)?.into_iter();
    for source in &workspace.sources {
        progress.check()?;
        let path = workspace.root.join(&source.path);
        match source.kind {
            // They stand in the same order.
            SourceKind::Models => {
                if let Some((source, found)) = folders.next() {
                    surveyor.folders(&path, source, found, &mut parts)?;
                }
            }
            SourceKind::Bom => surveyor.documents(&path, source, &mut parts)?,
        }
    }
    // Sources may lie in each other.
    let mut seen = HashSet::new();
    parts.retain(|part: &Part| seen.insert(part.name.clone()));
    Ok(Survey { parts, at })
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
        let mut model = unread().with(|details| (details.files, details.bytes) = (1, metadata.len()));
        if let Some((kind, descriptors)) = looking::descriptors(path) {
            model.kind = kind;
            model.descriptors = descriptors;
        }
        return Ok(model);
    }
    let found = discovery::discover(path, path, &Progress::default())?;
    let read = found.places.first().and_then(|place| place.read().models.into_iter().next());
    Ok(read.filter(|model| model.location.as_deref() == Some(path)).unwrap_or_else(unread))
}

/// What a folder is a source of, told by looking: models, bills of materials, or both.
///
/// # Errors
/// `E-READ` when there is no such folder, `E-CANCELLED`.
pub fn kinds_of(folder: &Path, progress: &Progress) -> Result<Vec<SourceKind>> {
    let found = discovery::discover(folder, folder, progress)?.places;
    let itself = found.first().is_some_and(|place| place.is_at(folder));
    let mut kinds = Vec::new();
    // Documents in the folder of a model are its own: its configurations, mostly.
    if !itself && holds_bills(folder) {
        kinds.push(SourceKind::Bom);
    }
    if !found.is_empty() || kinds.is_empty() {
        kinds.insert(0, SourceKind::Models);
    }
    Ok(kinds)
}

/// The same at sight, without looking into every folder below.
pub fn kinds_at_sight(folder: &Path) -> Vec<SourceKind> {
    let bills = holds_bills(folder).then_some(SourceKind::Bom);
    [SourceKind::Models].into_iter().chain(bills).collect()
}

/// Documents of a folder that are looked into for whether it holds bills.
const MAX_LOOKS: usize = 64;

fn holds_bills(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let documents =
        entries.map(|entry| entry.path()).filter(|path| bills::is_document(path) && path.is_file());
    documents
        .take(MAX_LOOKS)
        .any(|path| bills::is_bill(&bills::read_each(&path, &Untrusted::default(), &mut |_| {})))
}

/// Documents above this size are read one after the other on one thread: each takes more than its size while it is
/// read, and the next one takes what the one before gave back.
const LARGE_BYTES: u64 = 16 * 1024 * 1024;

struct Surveyor<'a> {
    known: &'a HashMap<String, Stamp>,
    progress: &'a Progress,
    /// When the survey began.
    since: SystemTime,
}

impl Surveyor<'_> {
    /// Reads a part when it is not as it was.
    fn part(&self, name: String, stamp: Stamp, read: impl FnOnce(bills::Take<'_>) -> Vec<Finding>) -> Part {
        let is_known = !stamp.is_empty() && self.known.get(&name) == Some(&stamp);
        let scan = (!is_known).then(|| {
            let mut merged = Merged::default();
            let findings = read(&mut |model| merged.take(model));
            let mut scan = merged.finish_after(findings);
            scan.models.iter_mut().for_each(Model::pack);
            scan
        });
        Part { name, stamp, scan }
    }

    /// Findings that belong to a source and to no part of it.
    fn search(&self, source: &Source, findings: Vec<Finding>) -> Part {
        let stamp = Stamp::of_text(&format!("{findings:?}"));
        let name = format!("search {}", crate::disk::slashed(&source.path));
        self.part(name, stamp, |_| findings)
    }

    fn folders(&self, root: &Path, source: &Source, found: Discovered, parts: &mut Vec<Part>) -> Result<()> {
        self.progress.expect(found.places.len() as u64, 0);
        let mut findings = found.findings;
        if found.places.is_empty() {
            let place = Untrusted::new(crate::disk::slashed(&source.path));
            let store = store_with(root).map(|store| screen(&store.to_string_lossy()));
            let message = match store {
                Some(store) => format!("no model in this folder, which is a part of a store of models: scan {store}"),
                None => "no model in this folder or below: nothing that holds weights, a model card or a signature"
                    .to_owned(),
            };
            note(&mut findings, "F-SOURCE-EMPTY", None, &place, "", message);
        }
        parts.push(self.search(source, findings));
        let read: Vec<Part> = found
            .places
            .par_iter()
            .map(|place| {
                self.progress.check()?;
                let name = format!("folder {}", place.shown());
                let part = self.part(name, place.stamp(self.since), |take| {
                    // Before it is read: what changes meanwhile shows.
                    let state = Some(ModelState::at(&place.extent()));
                    let Scan { models, findings } = place.read();
                    models
                        .into_iter()
                        .map(|model| model.with(|details| details.state = state))
                        .for_each(take);
                    findings
                });
                self.progress.add_file();
                Ok(part)
            })
            .collect::<Result<_>>()?;
        parts.extend(read);
        Ok(())
    }

    fn documents(&self, path: &Path, source: &Source, parts: &mut Vec<Part>) -> Result<()> {
        let metadata = std::fs::metadata(path).map_err(|cause| Error::read(path, &cause))?;
        let mut documents: Vec<(PathBuf, PathBuf)> = Vec::new();
        if metadata.is_dir() {
            for entry in std::fs::read_dir(path).map_err(|cause| Error::read(path, &cause))? {
                let entry = entry.map_err(|cause| Error::read(path, &cause))?;
                let name = entry.file_name();
                if bills::is_document(Path::new(&name)) && !entry.path().is_dir() {
                    documents.push((entry.path(), source.path.join(name)));
                }
            }
            documents.sort();
            let mut findings = Vec::new();
            if documents.is_empty() {
                let place = Untrusted::new(crate::disk::slashed(&source.path));
                let message = "no *.json, *.jsonld, *.xml, *.spdx or *.spdx.yaml document in this folder";
                note(&mut findings, "F-SOURCE-EMPTY", None, &place, "", message);
            }
            parts.push(self.search(source, findings));
        } else {
            documents.push((path.to_owned(), source.path.clone()));
        }
        self.progress.expect(documents.len() as u64, 0);
        let read = |file: &Path, shown: &Path| {
            self.progress.check()?;
            let shown = crate::disk::slashed(shown);
            let part = self.part(format!("bom {shown}"), Stamp::of_file(file, self.since), |take| {
                bills::read_each(file, &Untrusted::new(shown.as_str()), take)
            });
            self.progress.add_file();
            Ok(part)
        };
        let is_large = |file: &Path| std::fs::metadata(file).is_ok_and(|file| file.len() > LARGE_BYTES);
        let small: Vec<Option<Part>> = documents
            .par_iter()
            .map(|(file, shown)| (!is_large(file)).then(|| read(file, shown)).transpose())
            .collect::<Result<_>>()?;
        for ((file, shown), small) in documents.iter().zip(small) {
            parts.push(match small {
                Some(part) => part,
                None => read(file, shown)?,
            });
        }
        Ok(())
    }
}
