//! The orders that models can have: by each column, either way round, the same for the table of the workbench and for
//! `touchmark list`. Models without a value in the column come last in both directions, and equal ones are in the order
//! of their names.

use super::key::Key;
use super::prepared::{Licences, Prepared};
use crate::decision::{Decision, ReviewWord};
use crate::inventory::Format;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
        let mut order = self.ordered(&made);
        order.retain(|row| is_in.get(*row as usize).copied().unwrap_or(false));
        order
    }

    /// All models by their indices, in this order.
    pub fn order(self, made: &Prepared) -> Arc<Vec<u32>> {
        match self == Sort::default() && made.order.len() == made.keys.len() {
            true => made.order.clone(),
            false => Arc::new(self.ordered(made)),
        }
    }

    /// The same, put in order now.
    pub fn ordered(self, made: &Prepared) -> Vec<u32> {
        let causes = if self.by == Order::Reason { made.causes() } else { Vec::new() };
        let number = |(index, key): (u32, &Key)| {
            let turned = |most: u64, rank: u64| if self.is_reversed { most - rank } else { rank };
            let number = match self.by {
                // Among what needs a person alike, what more depends on comes first.
                Order::Status => {
                    let exposure = if key.problem < 3 { key.children } else { 0 };
                    turned(u64::from(u8::MAX), key.problem.into()) << 32 | u64::from(u32::MAX - exposure)
                }
                _ => self.rank(made, &causes, index, key).map_or(NOWHERE, |rank| turned(NOWHERE - 1, rank)),
            };
            (number, index)
        };
        in_order((0..).zip(made.keys.iter()).map(number).collect())
    }

    /// Where a model stands by the column, below [`NOWHERE`]; none where it has nothing there.
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
                None | Some(ReviewWord::TakeBack | ReviewWord::BreakGlass) => 0,
                Some(ReviewWord::AskProducer) => 1,
                Some(ReviewWord::Reject) => 2,
                Some(ReviewWord::Approve) => 3,
            },
            Order::Age => some(key.verified_at)?,
            Order::Signer => some(key.signer)?,
            Order::Publisher => some(key.publisher)?,
            Order::Licence => some(made.licence(index))?,
            Order::Format => by_word(key.format?),
            Order::Size => NOWHERE - 1 - Some(key.bytes).filter(|bytes| (1..NOWHERE).contains(bytes))?,
        };
        Some(rank)
    }
}

/// The number of what has no rank; ranks are less.
const NOWHERE: u64 = 1 << 63;

/// The indices in the order of their numbers, equals as they stand. By one byte of the numbers after the other, the last
/// first: of a million rows most bytes are alike, and a key waits for this.
fn in_order(mut numbered: Vec<(u64, u32)>) -> Vec<u32> {
    let all = numbered.iter().fold(u64::MAX, |all, (number, _)| all & number);
    let any = numbered.iter().fold(0, |any, (number, _)| any | number);
    let mut next = Vec::new();
    for shift in (0..u64::BITS).step_by(8).filter(|shift| ((all ^ any) >> shift) & 0xff != 0) {
        let byte = |number: u64| ((number >> shift) & 0xff) as usize;
        let mut places = [0_usize; 256];
        for (number, _) in &numbered {
            places.get_mut(byte(*number)).into_iter().for_each(|many| *many += 1);
        }
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        next.resize(numbered.len(), (0, 0));
        for one in &numbered {
            let Some(place) = places.get_mut(byte(one.0)) else { continue };
            next.get_mut(*place).into_iter().for_each(|slot| *slot = *one);
            *place += 1;
        }
        std::mem::swap(&mut numbered, &mut next);
    }
    numbered.into_iter().map(|(_, index)| index).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::Outcome;
    use proptest::prelude::*;

    fn key(problem: u8, children: u32) -> Key {
        Key {
            problem,
            children,
            outcome: Outcome::Missing,
            unsigned: true,
            outdated: false,
            reviewed: false,
            review: None,
            level: 0,
            decision: Decision::NotJudged,
            signer: 0,
            publisher: 0,
            cause: 0,
            format: None,
            verified_at: 0,
            bytes: 0,
        }
    }

    #[test]
    fn an_order_that_was_made_before_is_not_made_again() {
        let keys = [key(1, 0), key(0, 2), key(0, 9), key(4, 100)];
        let mut made = Prepared::default();
        Arc::make_mut(&mut made.keys).extend(keys);
        assert_eq!(*Sort::default().order(&made), [2, 1, 0, 3]);
        let made = made.ordered(|made| Sort::default().ordered(made));
        assert!(Arc::ptr_eq(&Sort::default().order(&made), &made.order));
        let turned = Sort { is_reversed: true, ..Sort::default() };
        assert_eq!(*turned.order(&made), [3, 0, 2, 1]);
    }

    proptest! {
        #[test]
        fn numbers_stand_in_order_and_equals_as_they_stood(
            numbers in proptest::collection::vec(prop_oneof![0..4_u64, (0..5_u64).prop_map(|n| n << 40), any::<u64>()], 0..40),
        ) {
            let numbered: Vec<(u64, u32)> = numbers.into_iter().zip(0..).collect();
            let mut sorted = numbered.clone();
            sorted.sort_by_key(|(number, _)| *number);
            prop_assert_eq!(in_order(numbered), sorted.into_iter().map(|(_, index)| index).collect::<Vec<_>>());
        }
    }
}
