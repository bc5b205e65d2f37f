//! The one door for both faces: open a workspace, ask for its [`View`], start jobs, hear [`Event`]s.
//! It knows neither drawing nor arguments.

mod anchors;
mod claims;
mod demo;
mod jobs;
mod open;
mod verifying;
mod view;

pub use anchors::AnchorInfo;
pub use demo::demo;
pub use jobs::{Event, Job, JobId, JobKind, JobState};
pub use open::{OpenOptions, Workbench, this_second};
pub use view::{Review, ReviewWord, Summary, Verified, View};
