//! Where models lie: folders, hub caches, layouts of blobs. What is found is read with limits; everything in it is
//! untrusted. It knows no source and no workspace.

mod agents;
mod blobs;
pub(super) mod discovery;
mod folder;
mod front_matter;
mod hub_cache;
pub(super) mod layout;
mod mlflow;
mod oci;
mod ollama;
pub(super) mod stamps;
