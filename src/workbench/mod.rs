//! The one door for both faces: open a workspace, ask for its [`View`], start jobs, hear [`Event`]s.
//! It knows neither drawing nor arguments.

mod access;
mod anatomy;
mod anchors;
mod attesting;
mod bind;
mod cache;
mod checkpoints;
mod claims;
mod comparing;
mod copies;
mod decide;
mod demo;
mod deploying;
mod door;
mod drilling;
mod events;
mod feeds;
mod finding;
mod forecasting;
mod fresh;
mod gates;
mod import;
mod in_force;
mod incidents;
mod inventory;
mod job;
mod jobs;
mod keep;
mod keeping;
mod ledger;
mod loadable;
mod loading;
mod logs;
mod looking;
mod made;
mod open;
mod options;
mod own_writes;
mod packing;
mod past;
mod pinning;
mod policy;
mod policy_save;
mod previewing;
mod proving;
mod publish;
mod receiving;
mod refresh;
mod replay;
mod reviewing;
mod reviews;
mod rubrics;
mod runbooks;
mod running;
mod seal;
mod signers;
mod snapshot;
mod sources;
mod suggesting;
mod summarising;
mod surfacing;
mod threats;
mod trending;
mod triage_answers;
mod triage_files;
mod triage_history;
mod triaging;
mod trust_edit;
mod trust_files;
#[cfg(feature = "keyless")]
mod trust_refresh;
mod verifying;
#[cfg(feature = "tui")]
mod watch;
#[cfg(feature = "tui")]
mod watch_file;
#[cfg(feature = "tui")]
mod watch_rules;

pub use crate::view::{AnchorInfo, PastReview, Review, ReviewWord, Summary, Verified, View};
pub use access::{Access, is_empty_folder};
pub use attesting::ClaimSubject;
pub use bind::Bound;
pub use checkpoints::{CheckedAgainst, LedgerWord, VerifiedLedger, read_checkpoint};
pub use demo::{demo, init};
pub use deploying::Spotting;
pub use door::Workbench;
pub use events::Event;
pub use feeds::{NewFeed, NewTriage};
pub use import::ImportedBill;
pub use in_force::parse_policy;
pub use incidents::{NewCase, look_at_evidence};
pub use job::{Job, JobId, JobKind, JobRow, JobState, OtherWork};
pub use loadable::Loadable;
pub use options::OpenOptions;
pub use packing::GatheredPack;
pub use pinning::diff_descriptors;
pub use policy_save::SavedPolicy;
pub use replay::ReplayBy;
pub use reviewing::{ReviewAct, past_review};
pub use runbooks::text_of as runbook_text;
pub use seal::{SealSeen, look_at_seal, seal_file};
pub use snapshot::diff_files;
pub use summarising::{Summarised, SummaryNames};
pub use trending::TrendPoint;
pub use triaging::{ExpectedAs, TriageOf, Triaged};
pub(crate) use trust_edit::unknown_anchor;
pub use trust_edit::{AnchorFrom, ChangedAnchor, NewAnchor};
#[cfg(feature = "keyless")]
pub use trust_refresh::{RefreshedAnchor, Repository};
pub use verifying::Checked;
#[cfg(feature = "tui")]
pub use watch::Watch;
#[cfg(feature = "tui")]
pub use watch_file::WatchFile;
