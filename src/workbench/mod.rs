//! The one door for both faces: open a workspace, ask for its [`View`], start jobs, hear [`Event`]s.
//! It knows neither drawing nor arguments.

mod anchors;
mod claims;
mod demo;
mod import;
mod inventory;
mod jobs;
mod open;
mod recorded;
mod snapshot;
mod trust_edit;
mod trust_files;
#[cfg(feature = "keyless")]
mod trust_refresh;
mod verifying;
#[cfg(feature = "tui")]
mod watch;

pub use crate::view::{AnchorInfo, Review, ReviewWord, Summary, Verified, View};
pub use demo::demo;
pub use import::ImportedBill;
pub use jobs::{Event, Job, JobId, JobKind, JobState};
pub use open::{OpenOptions, Workbench};
pub use snapshot::diff_files;
pub(crate) use trust_edit::unknown_anchor;
pub use trust_edit::{AnchorFrom, ChangedAnchor, NewAnchor};
#[cfg(feature = "keyless")]
pub use trust_refresh::{RefreshedAnchor, Repository};
#[cfg(feature = "tui")]
pub use watch::Watch;
