//! Verification: every independent stage runs, even after one failed, and each leaves a check. It asks nobody and
//! writes nothing.

mod claim;
pub(crate) mod files;
pub(crate) mod model;
pub(crate) mod signer;
pub(crate) mod survey;
pub(crate) mod time;
pub(crate) mod verification;

pub use claim::{Head, claimed_signer, read_head, verify_claim};
pub use model::{VerifyOptions, verify, verify_with};
pub use survey::Coverage;
pub use time::TimestampAuthority;
pub use verification::{FilesReport, FollowedLinks, LogEntry, TimeSource, Verification};
