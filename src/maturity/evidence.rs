//! What the controls are judged from, as plain values. It knows no control.

use crate::inventory::Model;
use crate::policy::Policy;
use crate::signing::Verification;

/// What is known of one model when it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The inventory's entry.
    pub model: &'a Model,
    /// The latest verification, with IDENTITY and POLICY as the policy in force says now; none: not looked yet.
    pub verification: Option<&'a Verification>,
    /// The policy in force.
    pub policy: &'a Policy,
    /// When it is judged.
    pub now: jiff::Timestamp,
}
