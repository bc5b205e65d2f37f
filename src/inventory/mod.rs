//! What models there are, and what is known of each: sources, and facts with their basis.
//! It knows that a model may carry a bundle, and nothing of what is inside one.
//!
//! Its sub-rooms stand on floors: `model` knows values only; on it stand `weights`, `bills` and `workspace`, which know
//! nothing of each other; `places` stands on `weights`, and `scan` on all of them.

pub mod bills;
mod model;
mod places;
mod scan;
mod weights;
mod workspace;

pub use bills::{self as bom, export};
pub use model::aliases::Aliases;
pub use model::bindings::Disagreement;
pub use model::deployment::{Deployment, MOST_DEPLOYMENTS, Running, Runs, Slot};
pub use model::descriptor::{Changed, Content, Descriptor, PartChange, Pin, Pinned};
pub use model::facts::{Basis, Fact, FactKey, ParentRef, Relation};
pub use model::finding::{Finding, Scan};
pub use model::format::Format;
pub use model::hazard::{Hazard, HazardKind, Tier};
pub use model::id::ModelId;
pub use model::loadable::is_loadable;
pub use model::looked::{Lead, Looked};
pub use model::models::{Binding, Details, Kind, Model};
pub use model::packed::List;
pub use model::told::Told;
pub use model::twins::Twin;
pub use places::inside::inspect as inspect_file;
pub use places::looking::{
    attached, descriptors, in_layout, lies_alone, listed, look, parts, settled_state_of, state_of,
};
pub use places::sight::{names_weights, promises_models};
pub use places::stamps::Stamp;
pub use scan::found::Found;
pub use scan::{Part, Survey, kinds_at_sight, kinds_of, read_model, scan, survey};
pub use weights::headers::looked_into;
pub use weights::listing::{TensorSeen, tensors_of};
pub use weights::tensors::TensorSummary;
pub use workspace::{Source, SourceKind, Workspace, init};

pub(crate) use model::fold::folded;
pub(crate) use model::letters;
pub(crate) use model::merge::{DUPLICATE, Merged};
pub(crate) use model::models::Sharing;

/// What the fuzz targets call.
pub(crate) mod fuzz {
    pub(crate) use super::places::read_as_any as layout;
    pub(crate) use super::weights::headers::read_as_any as headers;
    pub(crate) use super::weights::look::count_in as hazards;
}
