//! What is needed of one model to sort, group and count it: a few numbers, no text.

use crate::decision::{Decision, ReviewWord};
use crate::signing::Outcome;

/// What is needed of a model to sort and count it. Ranks are equal where the words are, and 0 where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub(super) problem: u8,
    /// How many models derive from it directly.
    pub(super) children: u32,
    pub(super) outcome: Outcome,
    pub(super) unsigned: bool,
    pub(super) outdated: bool,
    pub(super) reviewed: bool,
    pub(super) review: Option<ReviewWord>,
    pub(super) level: u8,
    pub(super) decision: Decision,
    /// By who signed.
    pub(super) signer: u32,
    /// Which publisher, in the order of their names; 0 for a model whose name says none.
    pub(super) publisher: u32,
    /// The beginning of the code of what stands in its way.
    pub(super) cause: u128,
    /// The beginning of the word of its first format.
    pub(super) format: u128,
    /// Seconds since 1970.
    pub(super) verified_at: Option<i64>,
    pub(super) bytes: u64,
}
