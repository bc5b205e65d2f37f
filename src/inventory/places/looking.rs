//! Looking into one model's files for a verdict, at the place that is being hashed: with the readers of a scan, and
//! with nothing that a scan remembers.

use std::path::{Path, PathBuf};

use super::blob_store::{BlobStore, Layout};
use super::blobs::{Blobs, Naming};
use super::entry::{MAX_ENTRIES, extension, list};
use super::folder::{self, Folder};
use super::{agents, files, hub_cache, layout, leads, mcp, ramalama, registry};
use crate::error::{Error, Result};
use crate::inventory::model::descriptor::Descriptor;
use crate::inventory::model::finding::Scan;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::looked::Looked;
use crate::inventory::model::models::{Kind, Model};
use crate::inventory::model::record::Record;
use crate::inventory::weights::look::Looks;
use crate::signing::{Listed, ModelState};
use crate::text::Untrusted;

/// Folders above a file that may be the store that it lies in.
const MAX_ABOVE: usize = 8;

/// What the files of the model that lies here are now. Those of a model in a store of blobs lie all over the store.
pub fn state_of(path: &Path) -> ModelState {
    ModelState::at(&extent(path))
}

/// The same, once every later change will show; none where that cannot be told.
pub fn settled_state_of(path: &Path) -> Option<ModelState> {
    ModelState::settled(&extent(path))
}

/// Whether what lies here is the whole model: a folder, or a file that is not one of several and in no store.
pub fn lies_alone(path: &Path) -> bool {
    extent(path) == path
}

/// What lies here of the model: its folder, or its files where they lie among those of others; none where they are blobs
/// of a store, which go by other names.
pub fn parts(path: &Path) -> Option<Vec<PathBuf>> {
    if path.is_dir() {
        return Some(vec![path.to_owned()]);
    }
    match files::of_file(path) {
        Some((folder, group)) => Some(group.files.iter().map(|name| folder.join(name)).collect()),
        None => store_above(path).is_none().then(|| vec![path.to_owned()]),
    }
}

/// Where everything lies that is a part of the model.
fn extent(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    match files::of_file(path) {
        Some((folder, group)) => files::extent_of(&folder, &group),
        None => store_above(path).map_or_else(|| path.to_owned(), |store| store.path),
    }
}

/// What the manifest that lies here lists, where it is one in an OCI layout; none for any other file or folder.
///
/// # Errors
/// `E-MODEL` when it is not what its digest says; `E-TOO-LARGE`.
pub fn listed(path: &Path) -> Result<Option<Listed>> {
    if !path.is_file() {
        return Ok(None);
    }
    let is_blob =
        |store: &BlobStore| path.parent().is_some_and(|folder| folder == store.path.join("blobs/sha256"));
    let store = store_above(path).filter(|store| store.layout == Layout::Oci && is_blob(store));
    store.map(|store| registry::listed(&Blobs::new(&store.path, Naming::Folders), path)).transpose()
}

/// Attestations that refer to the manifest that lies here, where it is one in an OCI layout: name below the layout, and
/// path. With them whether there are more than are read.
pub fn attached(path: &Path) -> (Vec<(String, PathBuf)>, bool) {
    let store = store_above(path).filter(|store| store.layout == Layout::Oci);
    let hex = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    store.map(|store| super::oci::attached(&store, &format!("sha256:{hex}"))).unwrap_or_default()
}

/// What an OCI layout holds; none for any other folder.
pub fn in_layout(folder: &Path) -> Option<Scan> {
    let layout = layout::of(folder, &list(folder, &mut MAX_ENTRIES.clone()).ok()?)?;
    (layout == Layout::Oci).then(|| layout::read(&store(layout, folder)))
}

/// What is inside the files of the model that lies here; `left_out` are those that its signature leaves out.
///
/// # Errors
/// `E-READ` when it is not there.
pub fn look(path: &Path, left_out: &[Untrusted]) -> Result<Looked> {
    let metadata = std::fs::metadata(path).map_err(|cause| Error::read(path, &cause))?;
    if metadata.is_dir() {
        return of_folder(path, left_out);
    }
    let several = files::of_file(path).and_then(|(folder, group)| files::look(&folder, &group));
    let mut model = several.unwrap_or_else(|| file(path, metadata.len()));
    if let Some(stored) = of_store(path) {
        join(&mut model, stored);
    }
    Ok(Looked::of(&model))
}

fn of_folder(path: &Path, left_out: &[Untrusted]) -> Result<Looked> {
    let real = path.canonicalize().map_err(|cause| Error::read(path, &cause))?;
    let snapshot = hub_cache::snapshot(&real).or_else(|| ramalama::snapshot(&real));
    let boundary = snapshot.as_ref().map_or_else(|| real.clone(), |snapshot| snapshot.blobs.clone());
    let folder = Folder {
        path: path.to_owned(),
        location: path.to_owned(),
        name: String::new(),
        is_named_by_path: true,
        facts: Vec::new(),
        snapshot,
        among_data: false,
        boundary,
    };
    let read = folder::read(&folder).models.into_iter().next();
    let mut model = read.unwrap_or_else(|| Model::new(ModelId::new(""), ""));
    // A whole store can be signed like any other folder.
    if let Some(layout) =
        list(path, &mut MAX_ENTRIES.clone()).ok().and_then(|entries| layout::of(path, &entries))
    {
        let store = store(layout, path);
        layout::read(&store).models.into_iter().for_each(|stored| join(&mut model, stored));
    }
    let mut looked = Looked::of(&model);
    leads::add(&real, left_out, &mut looked);
    Ok(looked)
}

/// One file that is a model by itself, or the manifest of one.
fn file(path: &Path, size: u64) -> Model {
    let place = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let source = Untrusted::new(&place);
    let mut record = Record::new(ModelId::new(""), "", &source);
    let mut looks = Looks::default();
    looks.at(path, size, &place, &source, &mut record);
    looks.finish(&source, &mut record);
    record.model.formats.sort();
    if let Some((kind, found)) = (extension(&place) == "json").then(|| descriptors(path)).flatten() {
        record.model.kind = kind;
        record.model.descriptors = found;
    }
    record.model
}

/// What one file is, and what it describes, where it is an agent card or a descriptor of servers.
pub fn descriptors(path: &Path) -> Option<(Kind, Vec<Descriptor>)> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let mut record = Record::new(ModelId::new(""), "", &Untrusted::new(&name));
    let kind = if agents::holds_card(path) {
        agents::tell_card(path, &name, &Untrusted::new(&name), &mut record);
        Kind::Agent
    } else {
        mcp::form(path)?;
        mcp::tell(path, &name, &Untrusted::new(&name), &mut record);
        Kind::Mcp
    };
    Some((kind, std::mem::take(&mut record.model.descriptors)))
}

/// What the store of blobs says of the model whose manifest this is.
fn of_store(manifest: &Path) -> Option<Model> {
    let read = layout::read(&store_above(manifest)?);
    read.models.into_iter().find(|model| model.location.as_deref() == Some(manifest))
}

/// The folder of the store of models that a folder is a part of.
pub fn store_with(folder: &Path) -> Option<PathBuf> {
    store_above(&folder.canonicalize().ok()?).map(|store| store.path)
}

/// The store of blobs that a file lies in.
fn store_above(file: &Path) -> Option<BlobStore> {
    let above = file.ancestors().skip(1).take(MAX_ABOVE).filter(|folder| !folder.as_os_str().is_empty());
    let layout = |folder: &Path| layout::of(folder, &list(folder, &mut MAX_ENTRIES.clone()).ok()?);
    above.filter_map(|folder| Some(store(layout(folder)?, folder))).next()
}

fn store(layout: Layout, path: &Path) -> BlobStore {
    BlobStore { layout, path: path.to_owned(), location: path.to_owned(), name: String::new(), prefix: None }
}

fn join(model: &mut Model, other: Model) {
    model.kind = other.kind;
    model.formats.extend_from_slice(&other.formats);
    model.formats.sort();
    model.formats.dedup();
    model.hazards.extend_from_slice(&other.hazards);
}
