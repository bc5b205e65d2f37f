//! What judging a chain takes and gives: the time, the purpose, the outcome, and how a path falls short.

use crate::check::codes::CheckCode;
use crate::check::outcome::Outcome;
use crate::check::step::Check;
use crate::check::why::chain::ChainWhy;
use crate::clock::whole_second;
use jiff::Timestamp;

/// The time that a chain is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainTime {
    /// The time of the verification: revocation lists must be current then.
    pub now: Timestamp,
    /// When it was signed, if somebody who is trusted says so: certificates must have been valid then.
    pub signed: Option<Timestamp>,
}

impl ChainTime {
    /// Nobody who is trusted says when it was signed.
    pub fn now(now: Timestamp) -> Self {
        ChainTime { now: whole_second(now), signed: None }
    }

    /// A trusted time, and the only one that counts.
    pub(crate) fn of(at: Timestamp) -> Self {
        ChainTime { now: whole_second(at), signed: Some(whole_second(at)) }
    }

    /// The time at which certificates must have been valid.
    pub fn validity(self) -> Timestamp {
        whole_second(self.signed.unwrap_or(self.now))
    }
}

/// What became of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainJudgement {
    /// The check of CHAIN.
    pub check: Check,
    /// Index of the anchor that the chain leads to; none unless it holds.
    pub anchor: Option<usize>,
    /// How many signatures were verified for it: bounded, whatever the chain holds.
    pub signatures: usize,
}

/// What the leaf signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Models,
    Timestamps,
}

pub(crate) type Judged<T> = std::result::Result<T, Box<Check>>;

pub(crate) fn fault(code: CheckCode, why: ChainWhy) -> Check {
    Check::new(code, Outcome::Fail, why)
}

/// A path that does not hold, and how near it came: the lowest rank is told.
pub(crate) struct Broken {
    pub rank: u8,
    pub check: Box<Check>,
}

pub(super) fn broken(rank: u8, check: Check) -> Broken {
    Broken { rank, check: Box::new(check) }
}
