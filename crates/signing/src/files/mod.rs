//! The files of a model: which belong to it, what they are, and what a difference looks like. It knows nothing of who
//! signed.

pub(crate) mod aside;
pub(crate) mod attestation;
pub(crate) mod each;
pub(crate) mod enumerate;
pub(crate) mod fault;
pub(crate) mod formats;
pub(crate) mod git;
pub(crate) mod ignored;
pub(crate) mod leftover;
pub(crate) mod links;
pub(crate) mod listed;
pub(crate) mod localise;
pub(crate) mod part;
pub(crate) mod parts;
pub(crate) mod pointers;
pub(crate) mod report;
pub(crate) mod siblings;
pub(crate) mod state;
pub(crate) mod tensors;
mod text_forms;

pub use aside::{Aside, AsideKind};
pub use each::{FileSeen, FileWord, named_files};
pub use enumerate::{Entry, GIT_PATHS, HUB_REPOSITORIES, Listing, Scope, enumerate, hub_blobs};
pub use formats::hazard;
pub use git::{is_git_hook, is_of_git};
pub use ignored::{IgnoredPath, IgnoredPlace, ignored_paths};
pub use links::FollowedLinks;
pub use listed::{Listed, ListedFile};
pub use localise::{ChangeKind, ChangedFile, ChangedPart, MoveKind, MovedFile, TensorsHit};
pub use part::{Apart, Only, PartSeen};
pub use report::{CopySeen, FilesReport};
pub use state::ModelState;
