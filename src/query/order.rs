//! The orders that models can have: by each column, either way round, the same for the table of the workbench and for
//! `touchmark list`. What has nothing in the column stands last whichever way round it is, and equals stand in the order
//! of their names.

use super::key::Key;
use super::prepared::{Licences, Prepared};
use crate::decision::{Decision, ReviewWord};
use crate::inventory::Format;
use crate::view::View;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What models are ordered by: a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// What became of the verification. Its order is that of the table at first: what needs a person comes first.
    Status,
    /// The name.
    Model,
    /// The code of what stands in the way.
    Reason,
    /// How many models derive from it directly.
    Used,
    /// Own and effective level.
    Level,
    /// The decision at the stage in force.
    Gate,
    /// The latest review.
    Reviewed,
    /// How long ago it was verified.
    Age,
    /// Who signed.
    Signer,
    /// The first part of the name.
    Publisher,
    /// Its licence.
    Licence,
    /// Its weights formats.
    Format,
    /// Bytes on disk.
    Size,
}

impl Order {
    /// All, in the order of the columns.
    pub const ALL: [Order; 13] = [
        Order::Status,
        Order::Model,
        Order::Reason,
        Order::Used,
        Order::Level,
        Order::Gate,
        Order::Reviewed,
        Order::Age,
        Order::Signer,
        Order::Publisher,
        Order::Licence,
        Order::Format,
        Order::Size,
    ];

    /// The word that names it: `reviewed`.
    pub fn word(self) -> &'static str {
        self.words().0
    }

    /// What it puts first: `problems first`, `by name`.
    pub fn first(self) -> &'static str {
        self.words().1
    }

    /// The order that a word names.
    pub fn named(word: &str) -> Option<Order> {
        Order::ALL.into_iter().find(|order| order.word() == word)
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Order::Status => ("status", "problems first"),
            Order::Model => ("model", "by name"),
            Order::Reason => ("reason", "by reason"),
            Order::Used => ("used", "most used first"),
            Order::Level => ("level", "lowest level first"),
            Order::Gate => ("gate", "refused first"),
            Order::Reviewed => ("reviewed", "unreviewed first"),
            Order::Age => ("age", "longest ago first"),
            Order::Signer => ("signer", "by signer"),
            Order::Publisher => ("publisher", "by publisher"),
            Order::Licence => ("licence", "by licence"),
            Order::Format => ("format", "by format"),
            Order::Size => ("size", "largest first"),
        }
    }
}

/// An order, either way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub by: Order,
    /// Whether it is turned round.
    pub is_reversed: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Sort { by: Order::Status, is_reversed: false }
    }
}

impl Sort {
    /// The words shown: `problems first`, `by name, reversed`.
    pub fn word(self) -> String {
        let order = self.by.first();
        if self.is_reversed { format!("{order}, reversed") } else { order.to_owned() }
    }

    /// The arrow in the header: it points the way in which one reads.
    pub fn arrow(self) -> &'static str {
        if self.is_reversed { "▲" } else { "▼" }
    }

    /// These models of a view in this order.
    pub fn sorted(self, view: &View, rows: &[u32]) -> Vec<u32> {
        let mut made = Prepared::of(view);
        if self.by == Order::Licence {
            made.licences = Licences::of(view);
        }
        let mut is_in = vec![false; made.keys.len()];
        for row in rows {
            if let Some(slot) = is_in.get_mut(*row as usize) {
                *slot = true;
            }
        }
        let mut order = self.order(&made);
        order.retain(|row| is_in.get(*row as usize).copied().unwrap_or(false));
        order
    }

    /// All models by their indices, in this order.
    pub fn order(self, made: &Prepared) -> Vec<u32> {
        let place = |rank: u64| if self.is_reversed { u64::MAX - rank } else { rank };
        let causes = if self.by == Order::Reason { made.causes() } else { Vec::new() };
        let mut order: Vec<(bool, u64, Reverse<u32>, u32)> = (0u32..)
            .zip(made.keys.iter())
            .map(|(index, key)| {
                let rank = self.rank(made, &causes, index, key);
                // Among what needs a person alike, what more depends on comes first.
                let is_exposed = self.by == Order::Status && key.problem < 3;
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
            Order::Status => u64::from(key.problem),
            Order::Model => u64::from(index),
            Order::Reason => some(causes.get(usize::from(key.cause)).copied().unwrap_or(0))?,
            Order::Used => u64::from(u32::MAX - key.children),
            Order::Level => u64::from(key.level),
            Order::Gate => match key.decision {
                Decision::Refuse => 0,
                Decision::Warn => 1,
                Decision::Admit => 2,
                Decision::NotJudged => return None,
            },
            Order::Reviewed => match key.review {
                None | Some(ReviewWord::TakeBack) => 0,
                Some(ReviewWord::AskProducer) => 1,
                Some(ReviewWord::Reject) => 2,
                Some(ReviewWord::Approve) => 3,
            },
            Order::Age => some(key.verified_at)?,
            Order::Signer => some(key.signer)?,
            Order::Publisher => some(key.publisher)?,
            Order::Licence => some(made.licence(index))?,
            Order::Format => by_word(key.format?),
            Order::Size => u64::MAX - Some(key.bytes).filter(|bytes| *bytes > 0)?,
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
