//! Saved views: filters with a name.

use crate::decision::Decision;
use crate::signing::Outcome;
use crate::tui::state::prepared::Key;

/// A saved filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Everything.
    All,
    /// Evidence contradicts.
    Failing,
    /// No signature.
    Unsigned,
    /// Not admitted, and nobody has said anything about it.
    NeedsReview,
}

impl Saved {
    /// All of them, in order.
    pub const ALL: [Saved; 4] = [Saved::All, Saved::Failing, Saved::Unsigned, Saved::NeedsReview];

    /// The words shown.
    pub fn word(self) -> &'static str {
        match self {
            Saved::All => "all",
            Saved::Failing => "failing",
            Saved::Unsigned => "unsigned",
            Saved::NeedsReview => "needs review",
        }
    }

    pub(super) fn takes(self, key: &Key) -> bool {
        match self {
            Saved::All => true,
            Saved::Failing => key.outcome == Outcome::Fail,
            Saved::Unsigned => key.unsigned,
            Saved::NeedsReview => key.decision != Decision::Admit && !key.reviewed,
        }
    }
}
