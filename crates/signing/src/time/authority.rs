//! A timestamp authority that is trusted.

use jiff::Timestamp;

/// A timestamp authority that is trusted.
#[derive(Debug, Clone)]
pub struct TimestampAuthority {
    /// Roots, DER, and certificates below them that only help.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// The only certificate that may sign, where the trusted root names one.
    pub(crate) signer: Option<Vec<u8>>,
    /// When it may be believed, where the trusted root says so.
    pub(crate) window: Option<(Timestamp, Option<Timestamp>)>,
}
