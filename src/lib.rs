//! Touchmark: decide whether a machine-learning model may be trusted.
//!
//! One signing core, and on top of it an inventory, lineage, policy, maturity and decisions. The rooms
//! stand on floors: a room uses only those named before it in this list.
//!
//! Only keyless signing (`signing::sign_sigstore`) and fetching a trusted root (`signing::fetch_trusted_root`),
//! both of the feature `keyless`, use the network. What comes out of files, bills of materials and certificates
//! is [`text::Untrusted`] until a face makes it safe to show.

pub mod attest;
pub mod decision;
pub mod inventory;
pub mod lineage;
pub mod maturity;
pub mod policy;
pub mod report;
pub mod snapshot;
pub mod store;
mod tables;
pub mod view;
pub mod workbench;

#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod commands;
#[doc(hidden)]
pub mod fuzz;
#[cfg(feature = "tui")]
#[doc(hidden)]
pub mod tui;

/// The signing core, a package by itself.
pub use touchmark_signing as signing;
/// The ground rooms.
pub use touchmark_signing::{clock, disk, error, json, progress, text};

pub use error::{Code, Error, Result};
