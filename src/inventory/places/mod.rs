//! Where models lie: folders, hub caches, layouts of blobs. What is found is read with limits; everything in it is
//! untrusted. It knows no source and no workspace.

mod agents;
mod blob_store;
mod blobs;
mod descriptor;
pub(super) mod discovery;
mod docker_models;
mod document;
mod entry;
mod files;
mod flat;
mod folder;
mod front_matter;
mod hub_cache;
pub(super) mod inside;
mod layout;
mod leads;
mod local_dir;
pub(super) mod looking;
mod mcp;
mod mlflow;
mod mlflow_registry;
mod naming;
mod oci;
mod ollama;
mod partial;
mod ramalama;
mod registry;
pub(super) mod sight;
pub(super) mod stamps;

use std::path::Path;

use crate::inventory::model::id::ModelId;
use crate::inventory::model::record::Record;

/// Every reader of documents of these layouts and of headers, on the same bytes; for the fuzz targets.
pub(crate) fn read_as_any(path: &Path, bytes: &[u8]) {
    let mut record = Record::new(ModelId::new("fuzz"), "fuzz", &"fuzz".into());
    let source = "fuzz".into();
    drop(blobs::Manifest::parse(bytes));
    agents::tell_card(path, "fuzz", &source, &mut record);
    mcp::tell(path, "fuzz", &source, &mut record);
    agents::tell_skill(path, &source, &mut record);
    mlflow::tell(path, path, &source, &mut record);
    ollama::tell_config(bytes, &source, &mut record);
    oci::tell_config(bytes, &source, &mut record);
    drop(inside::inspect(path));
}
