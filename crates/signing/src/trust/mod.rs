//! What a signature is checked against: anchors, their state, and how a trusted root is fetched. Anchors come from the
//! caller, never from the artifact.

pub(crate) mod anchor;
mod changes;
mod files;
mod health;
mod instances;
#[cfg(feature = "keyless")]
mod tuf;

pub use anchor::{Anchor, AnchorMaterial, AnchorUse, IdentityRule, Trust};
pub use changes::{Change, ServiceChange, root_changes};
pub use files::look_at_anchor;
pub use health::{AnchorFault, Health};
pub use instances::Embedded;
#[cfg(feature = "keyless")]
pub use tuf::{FetchedRoot, fetch_trusted_root};
