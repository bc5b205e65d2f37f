//! The words for what was concluded, one file a subject: made from facts and from nothing else, for people who read
//! text. It concludes nothing. The words for checks stand in the signing core.

pub mod blast;
pub mod caps;
pub mod chain;
mod claims;
pub mod controls;
pub mod ledger_proof;
pub mod levels;
mod lineage;
pub mod names;
pub mod pack;
pub mod reasons;
pub mod remedies;
pub mod reviews;
pub mod seal;
pub mod unjudged;
pub mod usage;
pub mod walk;
pub mod way_up;
pub mod why;

use crate::decision::{CapStep, Verdict};
use crate::maturity::Rubric;
use crate::signing::{Thing, Verification};

/// Where words are read: a remedy names the option of a command, or the key of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// On the command line and in documents.
    Text,
    /// On a screen.
    Tui,
}

/// A verdict, with what it was made from: the facts of its reasons stand there.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The verdict.
    pub verdict: &'a Verdict,
    /// The verification that was judged.
    pub verification: Option<&'a Verification>,
    /// The rubric that was judged by.
    pub rubric: &'a Rubric,
    /// What it is about.
    pub thing: Thing,
    /// The shortest chain that caps its level, itself first; empty if nothing does, or if not requested.
    pub chain: Vec<CapStep>,
}
