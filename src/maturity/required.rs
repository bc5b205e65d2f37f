//! What the policy requires of claims, and what became of it. It knows no control.

use super::evidence::Evidence;
use crate::attest::PredicateKind;
use crate::text::Untrusted;
use jiff::Timestamp;

/// What became of all that is required of claims of a kind.
pub(super) enum Required {
    /// The policy requires nothing.
    Nothing,
    /// All of it is met.
    Met { count: u32 },
    /// There are claims for this one, and none meets it.
    Short(Untrusted),
    /// There is no claim for this one.
    Absent(Untrusted),
}

/// Whether claims are young enough.
pub(super) enum Freshness {
    /// The policy says nothing of age.
    NotAsked,
    /// There is no claim.
    Nothing,
    /// All are.
    Fresh { count: u32 },
    /// All are, one only until then.
    Ageing(Timestamp),
    /// The youngest for a requirement is not.
    Stale { requirement: Untrusted, most_days: u32 },
}

pub(super) fn required(_: &Evidence<'_>, _: PredicateKind) -> Required {
    Required::Nothing
}

pub(super) fn freshness(_: &Evidence<'_>) -> Freshness {
    Freshness::NotAsked
}
