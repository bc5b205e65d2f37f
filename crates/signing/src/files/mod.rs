//! The files of a model: which belong to it, what they are, and what a difference looks like. It knows nothing of who
//! signed.

pub(crate) mod attestation;
pub(crate) mod enumerate;
pub(crate) mod fault;
pub(crate) mod formats;
pub(crate) mod leftover;
pub(crate) mod links;
pub(crate) mod localise;
pub(crate) mod parts;
pub(crate) mod report;
pub(crate) mod tensors;

pub use enumerate::{Entry, GIT_PATHS, HUB_REPOSITORIES, Listing, Scope, enumerate};
pub use formats::hazard;
pub use links::FollowedLinks;
pub use localise::{ChangeKind, ChangedFile, ChangedPart, MoveKind, MovedFile, TensorsHit};
pub use report::FilesReport;
