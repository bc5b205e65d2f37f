//! The words for the policy's own signature.

use crate::maturity::PolicySeal;
use crate::signing::Outcome;

/// Its outcome, and the words for it; safe to print.
pub fn seal(seal: &PolicySeal) -> (Outcome, String) {
    match seal {
        PolicySeal::Unsigned => (Outcome::Missing, "the policy is not signed".to_owned()),
        PolicySeal::Signed(by) => (Outcome::Pass, format!("signed by {}", by.screen())),
        PolicySeal::Changed => (Outcome::Fail, "changed after it was signed".to_owned()),
        PolicySeal::Invalid => (Outcome::Fail, "the policy's signature does not verify".to_owned()),
    }
}
