//! What the controls are judged from, as plain values. It knows no control.

use crate::inventory::Model;
use crate::policy::Policy;
use crate::signing::Verification;

/// What is known of one model when it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The inventory's entry.
    pub model: &'a Model,
    /// The latest verification, with the policy's IDENTITY and POLICY checks applied; none: not looked yet.
    pub verification: Option<&'a Verification>,
    /// The policy in force.
    pub policy: &'a Policy,
    /// Digest of the policy under which the verification was recorded, for L1.11.
    pub verified_under: Option<&'a str>,
    /// When it is judged.
    pub now: jiff::Timestamp,
}
