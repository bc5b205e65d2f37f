//! Certificates by RFC 5280: reading them, finding and judging chains, revocation lists. It knows neither bundles nor
//! models, and fetches nothing.

pub(crate) mod chain;
pub(crate) mod der_limits;
mod names;
pub(crate) mod revocation;
mod rules;
pub(crate) mod search;

pub use chain::{ChainJudgement, ChainTime, certificates_from_pem, check_chain, judge_chain};
pub use revocation::RevocationList;
