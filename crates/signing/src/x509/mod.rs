//! Certificates by RFC 5280: reading them, finding and judging chains, revocation lists. It knows neither bundles nor
//! models, and fetches nothing.

pub(crate) mod algorithms;
mod alternative;
pub(crate) mod certificate;
pub(crate) mod chain;
pub(crate) mod der_limits;
pub(crate) mod file;
pub(crate) mod judgement;
pub(crate) mod lead;
mod limits;
mod names;
pub(crate) mod purposes;
pub(crate) mod revocation;
mod rsa;
mod rules;
mod search;
pub(crate) mod signatures;
pub(crate) mod tlv;
pub(crate) mod uris;
pub(crate) mod written;

pub use chain::{check_chain, judge_chain};
pub use file::{CertificateFile, certificates_from_pem};
pub use judgement::{ChainJudgement, ChainTime};
pub use revocation::RevocationList;
