//! Places that are not folders of this machine, and folders seen the same way: what lies there, in which state, and its
//! bytes. It must not know what a model is, nor what is concluded of one.
//!
//! A read is pinned: it gives the bytes of the state that was listed, or the error `E-CHANGED`. Nothing in here is
//! believed; names are checked before they become paths.

#[cfg(feature = "fleet")]
mod azure;
#[cfg(feature = "fleet")]
mod cloud;
mod files;
mod folder;
#[cfg(feature = "fleet")]
mod google;
mod hosts;
#[cfg(feature = "fleet")]
mod hub;
#[cfg(feature = "fleet")]
mod hub_answers;
mod location;
#[cfg(feature = "fleet")]
mod logins;
mod names;
#[cfg(feature = "fleet")]
mod oci;
#[cfg(feature = "fleet")]
mod opened;
#[cfg(feature = "fleet")]
mod registry;
#[cfg(feature = "fleet")]
mod resolved;
#[cfg(feature = "fleet")]
mod s3;
#[cfg(feature = "fleet")]
mod s3_answers;
#[cfg(feature = "fleet")]
mod web;
#[cfg(feature = "fleet")]
mod wire;

pub use files::{Checksum, Files, MAX_KEYS, Object, Seen};
pub use folder::Folder;
pub use location::{Location, Reference};
pub use names::{KeyFault, MAX_KEY_BYTES, check_key};
#[cfg(feature = "fleet")]
pub use opened::open;
