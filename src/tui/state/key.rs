//! What is needed of one model to sort, group and count it: a few numbers, no text.

use crate::decision::{Decision, ReviewWord};
use crate::inventory::Format;
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
    /// Which code stands in its way, as a place among those of the inventory.
    pub(super) cause: u16,
    pub(super) format: Option<Format>,
    /// Seconds since 1970; 0 where it never was.
    pub(super) verified_at: u32,
    pub(super) bytes: u64,
}
