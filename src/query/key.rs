//! What is needed of one model to sort, group and count it: a few numbers, no text.

use crate::decision::{Decision, ReviewWord};
use crate::inventory::Format;
use crate::signing::Outcome;

/// What is needed of a model to sort and count it. Ranks are equal where the words are, and 0 where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub(crate) problem: u8,
    /// How many models derive from it directly.
    pub(crate) children: u32,
    pub(crate) outcome: Outcome,
    pub(crate) unsigned: bool,
    pub(crate) outdated: bool,
    pub(crate) reviewed: bool,
    pub(crate) review: Option<ReviewWord>,
    pub(crate) level: u8,
    pub(crate) decision: Decision,
    /// By who signed.
    pub(crate) signer: u32,
    /// Which publisher, in the order of their names; 0 for a model whose name says none.
    pub(crate) publisher: u32,
    /// Which code stands in its way, as a place among those of the inventory.
    pub(crate) cause: u16,
    pub(crate) format: Option<Format>,
    /// Seconds since 1970; 0 where it never was.
    pub(crate) verified_at: u32,
    pub(crate) bytes: u64,
}
