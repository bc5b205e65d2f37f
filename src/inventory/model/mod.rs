//! What the inventory knows of a model, as plain values, and how they are brought together: it reads no file and
//! knows no place that a model may lie in.

pub(super) mod aliases;
pub(super) mod bindings;
pub(super) mod deployment;
pub(super) mod descriptor;
pub(super) mod facts;
pub(super) mod finding;
pub(super) mod fold;
pub(super) mod format;
pub(super) mod hazard;
pub(super) mod hex;
pub(super) mod id;
pub(crate) mod letters;
pub(super) mod loadable;
pub(super) mod looked;
pub(super) mod merge;
pub(super) mod models;
pub(super) mod names;
pub(super) mod packed;
pub(super) mod record;
pub(super) mod told;
pub(super) mod twins;
