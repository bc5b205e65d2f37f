//! What models there are, and what is known of each: sources, facts with their basis, the store and its
//! ledger. It knows that a model may carry a bundle, and nothing of what is inside one.

pub mod bom;
mod cyclonedx;
mod dialects;
pub mod export;
pub mod folder;
mod formats;
mod front_matter;
mod gguf;
pub(crate) mod hazards;
pub mod json_edit;
mod json_tree;
mod merge;
mod names;
mod reading;
mod record;
mod scan;
mod shape;
mod spdx;
pub mod store;
mod telemetry;
mod types;
mod workspace;
mod xml_tree;

pub use hazards::{Hazard, HazardKind, Tier};
pub use scan::{Finding, Scan, read_model, scan};
pub use store::{LedgerEntry, RecordKind, Store};
pub use types::{Basis, Binding, Fact, FactKey, Format, Kind, Model, ModelId, ParentRef, Relation};
pub use workspace::{Source, SourceKind, Workspace, init};
