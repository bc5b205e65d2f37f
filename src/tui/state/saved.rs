//! Saved views: queries with a name. Some are built in, others are kept by the person; those are plain values that
//! outlive the program.

use crate::query::{Counts, Query, parse};
use crate::tui::state::columns::ColumnId;
use serde::{Deserialize, Serialize};

/// A built-in view, or the place of a kept one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Saved {
    /// Everything.
    #[default]
    All,
    /// Evidence contradicts.
    Failing,
    /// No signature.
    Unsigned,
    /// Held up by the policy, and not reviewed.
    NeedsReview,
    /// Kept by the person: which of these.
    Kept(usize),
}

/// A view that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptView {
    /// Its name.
    pub name: String,
    /// The filter.
    pub filter: String,
    /// The column that it is sorted by; none: problems first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<ColumnId>,
    /// Whether the order is turned round.
    pub reversed: bool,
}

/// A view as its tab shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Its name, safe to show.
    pub name: String,
    /// How many models it takes, where that is known.
    pub models: Option<usize>,
    /// Whether it is in force.
    pub is_current: bool,
}

/// More are not kept.
pub const MOST_KEPT: usize = 20;
/// A name is no longer than this.
pub const MOST_NAME_CHARS: usize = 40;

impl Saved {
    /// The built-in ones, in order.
    pub const ALL: [Saved; 4] = [Saved::All, Saved::Failing, Saved::Unsigned, Saved::NeedsReview];

    /// The words shown.
    pub fn word(self) -> &'static str {
        match self {
            Saved::All => "all",
            Saved::Failing => "failing",
            Saved::Unsigned => "unsigned",
            Saved::NeedsReview => "needs review",
            Saved::Kept(_) => "kept view",
        }
    }

    /// The query of a built-in one.
    pub fn filter(self) -> &'static str {
        match self {
            Saved::All | Saved::Kept(_) => "",
            Saved::Failing => "status:fail",
            Saved::Unsigned => "status:unsigned",
            Saved::NeedsReview => "gate:refuse,warn reviewed:no",
        }
    }

    /// How many models a built-in one takes.
    pub(super) fn count(self, counts: &Counts) -> usize {
        match self {
            Saved::All | Saved::Kept(_) => counts.models,
            Saved::Failing => counts.fail,
            Saved::Unsigned => counts.unsigned,
            Saved::NeedsReview => counts.needs_review,
        }
    }

    /// The same, read.
    pub fn query(self) -> Query {
        parse(self.filter()).query
    }
}
