//! The orders that rows can have: by each column, either way round. What has nothing in the column stands last
//! whichever way round it is, and equals stand in the order of their names.

use crate::decision::{Decision, ReviewWord};
use crate::inventory::Format;
use crate::tui::state::columns::ColumnId;
use crate::tui::state::key::Key;
use crate::tui::state::prepared::Prepared;
use rayon::prelude::*;
use std::cmp::Reverse;

/// An order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub by: ColumnId,
    /// Whether it is turned round.
    pub is_reversed: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Sort { by: ColumnId::Status, is_reversed: false }
    }
}

impl Sort {
    /// The words shown: `problems first`, `by name, reversed`.
    pub fn word(self) -> String {
        let order = self.by.column().order;
        if self.is_reversed { format!("{order}, reversed") } else { order.to_owned() }
    }

    /// The arrow in the header: it points the way in which one reads.
    pub fn arrow(self) -> &'static str {
        if self.is_reversed { "▲" } else { "▼" }
    }

    /// The models by their indices, in this order.
    pub fn order(self, made: &Prepared) -> Vec<u32> {
        let place = |rank: u64| if self.is_reversed { u64::MAX - rank } else { rank };
        let causes = if self.by == ColumnId::Reason { made.causes() } else { Vec::new() };
        let mut order: Vec<(bool, u64, Reverse<u32>, u32)> = (0u32..)
            .zip(made.keys.iter())
            .map(|(index, key)| {
                let rank = self.rank(made, &causes, index, key);
                // Among what needs a person alike, what more depends on comes first.
                let is_exposed = self.by == ColumnId::Status && key.problem < 3;
                let exposure = if is_exposed { key.children } else { 0 };
                (rank.is_none(), rank.map_or(0, place), Reverse(exposure), index)
            })
            .collect();
        order.par_sort_unstable();
        order.into_iter().map(|(_, _, _, index)| index).collect()
    }

    /// Where a model stands by the column; none where it has nothing there.
    fn rank(self, made: &Prepared, causes: &[u32], index: u32, key: &Key) -> Option<u64> {
        let rank = match self.by {
            ColumnId::Status => u64::from(key.problem),
            ColumnId::Model => u64::from(index),
            ColumnId::Reason => some(causes.get(usize::from(key.cause)).copied().unwrap_or(0))?,
            ColumnId::Used => u64::from(u32::MAX - key.children),
            ColumnId::Level => u64::from(key.level),
            ColumnId::Gate => match key.decision {
                Decision::Refuse => 0,
                Decision::Warn => 1,
                Decision::Admit => 2,
                Decision::NotJudged => return None,
            },
            ColumnId::Reviewed => match key.review {
                None | Some(ReviewWord::TakeBack) => 0,
                Some(ReviewWord::AskProducer) => 1,
                Some(ReviewWord::Reject) => 2,
                Some(ReviewWord::Approve) => 3,
            },
            ColumnId::Age => some(key.verified_at)?,
            ColumnId::Signer => some(key.signer)?,
            ColumnId::Publisher => some(key.publisher)?,
            ColumnId::Licence => some(made.licence(index))?,
            ColumnId::Format => by_word(key.format?),
            ColumnId::Size => u64::MAX - Some(key.bytes).filter(|bytes| *bytes > 0)?,
        };
        Some(rank)
    }
}

/// Nothing is 0.
fn some(rank: u32) -> Option<u64> {
    (rank > 0).then_some(u64::from(rank))
}

/// A format as a number that is ordered as its word is: the first eight bytes tell them apart.
fn by_word(format: Format) -> u64 {
    let bytes = format.word().bytes().chain(std::iter::repeat(0)).take(8);
    bytes.fold(0, |number, byte| number << 8 | u64::from(byte))
}
