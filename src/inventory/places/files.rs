//! A model that is a file, or a few, in a folder of many: what is read of it, and where its signature lies.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::entry::{MAX_ENTRIES, is_telling_folder, is_weights, list};
use super::flat::{self, Group};
use super::stamps::Stamp;
use crate::disk::slashed;
use crate::inventory::model::finding::Scan;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::models::{Details, Kind, Model};
use crate::inventory::model::record::Record;
use crate::inventory::weights::look::{Looks, tell_unlooked};
use crate::signing::is_foreign_signature;
use crate::text::Untrusted;

/// Endings of a signature beside a file, behind its whole name or its stem.
const SIGNATURES: [&str; 4] = [".sig", ".oms.sig", ".sigstore.json", ".bundle"];
const CLAIMS: &str = ".claims.jsonl";

/// Such a model, not yet read.
pub struct Files {
    /// The folder.
    pub(super) folder: PathBuf,
    /// The same, workspace-relative.
    pub(super) location: PathBuf,
    /// What it is called.
    pub(super) name: String,
    /// Its files.
    pub(super) group: Group,
    /// Links are followed as far as this folder.
    pub(super) boundary: PathBuf,
}

impl Files {
    /// Its first file.
    pub(super) fn first(&self) -> PathBuf {
        self.folder.join(self.main())
    }

    /// The same, workspace-relative.
    pub(super) fn place(&self) -> PathBuf {
        self.location.join(self.main())
    }

    fn main(&self) -> &str {
        self.group.files.first().map(String::as_str).unwrap_or_default()
    }

    /// Where everything lies that it is made of.
    pub(super) fn extent(&self) -> PathBuf {
        extent_of(&self.folder, &self.group)
    }

    /// What it is now, down to the last file.
    pub(super) fn stamp(&self, since: SystemTime) -> Stamp {
        let read_as = format!("{:?} {:?} {:?}", self.name, self.group, self.boundary);
        let files: Vec<PathBuf> = self.group.files.iter().map(|name| self.folder.join(name)).collect();
        Stamp::of_files(&files, &read_as, since)
    }

    /// The model by its name and its place.
    pub(super) fn named(&self) -> Model {
        let mut model = Model::new(ModelId::new(&self.name), self.name.as_str());
        model.location = Some(self.place());
        model
    }

    /// The same with its bundle and its claims; nothing is read.
    pub(super) fn located(&self) -> Model {
        let mut model = self.named();
        let main = self.main();
        let stem = main.rsplit_once('.').map_or(main, |(stem, _)| stem);
        let named = |ending: &str| [main, stem].map(|start| format!("{start}{ending}"));
        let is_here = |name: &String| self.group.files.contains(name) && self.folder.join(name).is_file();
        let signatures = SIGNATURES.iter().flat_map(|ending| named(ending)).filter(is_here);
        model.signature = signatures
            .filter(|name| !is_foreign_signature(&self.folder.join(name)))
            .map(|name| self.location.join(name))
            .next();
        model.claims = named(CLAIMS).into_iter().find(is_here).map(|name| self.location.join(name));
        model
    }

    /// Reads it.
    pub(super) fn read(&self) -> Scan {
        let source = Untrusted::new(slashed(&self.place()));
        let mut record = Record::new(ModelId::new(&self.name), &self.name, &source);
        let located = self.located();
        let details: &mut Details = &mut record.model;
        details.location.clone_from(&located.location);
        details.signature.clone_from(&located.signature);
        details.claims.clone_from(&located.claims);
        if self.group.is_adapter {
            record.model.kind = Kind::Adapter;
        }
        // Its places are those of the folder.
        let folder = Untrusted::new(slashed(&self.location));
        look_at(&self.folder, &self.boundary, &self.group, &folder, &mut record);
        record.model.formats.sort();
        Scan { models: vec![record.model], findings: record.findings }
    }
}

/// Looks at the files of a group.
fn look_at(folder: &Path, boundary: &Path, group: &Group, source: &Untrusted, record: &mut Record) {
    let mut looks = Looks::default();
    for name in &group.files {
        let path = folder.join(name);
        let stays = path.canonicalize().is_ok_and(|target| target.starts_with(boundary) && target.is_file());
        if !stays {
            let message = "a link that leaves the source, or no regular file; not looked at";
            tell_unlooked("F-FILE-LINK", name, message, source, record);
            continue;
        }
        let size = std::fs::metadata(&path).map(|metadata| metadata.len()).unwrap_or(0);
        record.model.files += 1;
        record.model.bytes = record.model.bytes.saturating_add(size);
        looks.at(&path, size, name, source, record);
    }
    looks.finish(source, record);
}

/// The files that are one model with this one, in a folder of many; none where it is a model by itself.
pub(super) fn of_file(file: &Path) -> Option<(PathBuf, Group)> {
    let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
    if !is_weights(name) {
        return None;
    }
    let entries = list(folder, &mut MAX_ENTRIES.clone()).ok()?;
    let real = folder.canonicalize().ok()?;
    let groups = flat::groups(&real, &entries, &is_telling_folder)?;
    let group = groups.into_iter().find(|group| group.files.iter().any(|own| own == name))?;
    (group.files.len() > 1).then(|| (folder.to_owned(), group))
}

/// What is inside the files of such a model.
pub(super) fn look(folder: &Path, group: &Group) -> Option<Model> {
    let source = Untrusted::new("");
    let mut record = Record::new(ModelId::new(""), "", &source);
    let boundary = folder.canonicalize().ok()?;
    look_at(folder, &boundary, group, &source, &mut record);
    record.model.formats.sort();
    Some(record.model)
}

/// Where everything lies that such a model is made of: the file, or the folder where it has several.
pub(super) fn extent_of(folder: &Path, group: &Group) -> PathBuf {
    let mut weights = group.files.iter().filter(|name| is_weights(name));
    match (weights.next(), weights.next()) {
        (Some(only), None) => folder.join(only),
        _ => folder.to_owned(),
    }
}
