//! What is valid in a policy and probably not meant: patterns that let in too many, rules that do nothing, names that
//! can be taken for others. What makes a policy invalid is found where it is read. It knows no file and no clock.

mod exceptions;
mod expressions;
mod finding;
mod rules;
mod seen;
mod signers;
mod whole;

pub use finding::{Finding, Lint};
pub use rules::{Needs, RULES, Rule, Weight};
pub use seen::{Idle, Inventory, SeenAnchor, Why};

use super::document::Policy;
use crate::policy::written::Written;
use finding::Findings;

/// Everything that is found in a policy at a time, in the order of its lines; with an inventory also what only that can
/// show.
pub fn lint(policy: &Policy, now: jiff::Timestamp, inventory: Option<&Inventory>) -> Lint {
    let mut found = Findings::new(&policy.text);
    // A policy that was read can be read again.
    if let Some(written) = Written::read(&policy.text) {
        let top = written.top();
        signers::look(&mut found, policy, top, now);
        whole::look(&mut found, policy, top);
        exceptions::look(&mut found, policy, top, now);
        if let Some(inventory) = inventory {
            seen::look(&mut found, policy, top, inventory);
            exceptions::look_for(&mut found, policy, top, inventory);
        }
    }
    found.sorted(match inventory {
        None => Needs::File,
        Some(inventory) if !inventory.is_verified => Needs::Inventory,
        Some(_) => Needs::Verified,
    })
}
