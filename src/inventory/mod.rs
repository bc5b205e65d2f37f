//! What models there are, and what is known of each: sources, facts with their basis, the store and its
//! ledger. It knows that a model may carry a bundle, and nothing of what is inside one.

pub mod bills;
mod model;
mod places;
mod scan;
pub mod store;
mod weights;
mod workspace;

pub use bills::{self as bom, export};
pub use model::aliases::Aliases;
pub use model::models::{Basis, Binding, Fact, FactKey, Format, Kind, Model, ModelId, ParentRef, Relation};
pub use model::packed::List;
pub use model::told::Told;
pub use scan::{Finding, Part, Scan, Stamp, Survey, kinds_of, read_model, scan, survey};
pub use store::{Imported, LedgerEntry, RecordKind, Store};
pub use weights::hazards::{Hazard, HazardKind, Tier};
pub use weights::tensors::TensorSummary;
pub use workspace::{Source, SourceKind, Workspace, init};

/// What the fuzz targets call.
pub(crate) mod fuzz {
    pub(crate) use super::places::layout::read_as_any as layout;
    pub(crate) use super::weights::hazards::count_in as hazards;
    pub(crate) use super::weights::headers::read_as_any as headers;
}
