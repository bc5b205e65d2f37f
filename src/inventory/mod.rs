//! What models there are, and what is known of each: sources, facts with their basis, the store and its
//! ledger. It knows that a model may carry a bundle, and nothing of what is inside one.

mod aliases;
pub mod bom;
mod configuration;
mod cyclonedx;
mod dialects;
mod discovery;
pub mod export;
mod folder;
mod formats;
mod front_matter;
mod gguf;
pub(crate) mod hazards;
pub(crate) mod headers;
pub(crate) mod layouts;
mod look;
mod merge;
mod names;
mod packed;
mod record;
mod scan;
mod shape;
pub mod snapshot;
mod spdx;
mod stamps;
pub mod store;
mod telemetry;
mod tensors;
mod told;
mod types;
mod workspace;
mod xml_tree;

pub use aliases::Aliases;
pub use hazards::{Hazard, HazardKind, Tier};
pub use packed::List;
pub use scan::{Finding, Part, Scan, Stamp, Survey, kinds_of, read_model, scan, survey};
pub use store::{Imported, LedgerEntry, RecordKind, Store};
pub use tensors::TensorSummary;
pub use told::Told;
pub use types::{Basis, Binding, Fact, FactKey, Format, Kind, Model, ModelId, ParentRef, Relation};
pub use workspace::{Source, SourceKind, Workspace, init};
