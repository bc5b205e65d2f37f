//! Verification: looking at a model and its signature (`observe`), and judging what was seen (`judge`). Every independent
//! stage is judged, even after one failed, and each leaves a check. It asks nobody and writes nothing.

mod card;
mod claim;
mod compare;
mod coverage;
mod files;
mod find;
mod hint;
mod judge;
mod lines;
mod listed;
pub(crate) mod moments;
mod observe;
mod observed;
pub(crate) mod options;
mod parse;
pub(crate) mod signer;
mod statement;
mod streamed;
mod survey;
pub(crate) mod time;
pub(crate) mod verification;
mod words;

pub use claim::{claimed_signer, verify_claim};
pub use coverage::Coverage;
pub use find::{find_any_signature, find_signature};
pub use judge::judge;
pub use moments::{Due, TrustMoments, bundle_dues, bundle_moments, next_change, trust_dues};
pub use observe::{Place, observe, verify, verify_place, verify_seen, verify_with};
pub use observed::{Comparison, Observed, Seen, SignatureSeen, SignatureState};
pub use options::{Judging, VerifyOptions};
pub use streamed::Streamed;
pub use verification::Verification;
