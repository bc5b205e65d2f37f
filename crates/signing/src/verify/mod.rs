//! Verification: every independent stage runs, even after one failed, and each leaves a check. It asks nobody and
//! writes nothing.

mod claim;
mod coverage;
mod files;
mod model;
pub(crate) mod moments;
pub(crate) mod options;
mod parse;
pub(crate) mod signer;
mod statement;
mod survey;
pub(crate) mod time;
pub(crate) mod verification;

pub use claim::{claimed_signer, verify_claim};
pub use coverage::Coverage;
pub use model::{verify, verify_with};
pub use moments::{TrustMoments, bundle_moments, next_change};
pub use options::VerifyOptions;
pub use verification::Verification;
