//! The orders that `touchmark list` can print models in. It concludes nothing.

use super::index::Index;
use super::matcher::status;
use super::terms::Status;
use crate::decision::{Decision, ReviewWord};

/// What models are ordered by; within the same, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By name.
    Model,
    /// What needs a person first.
    Status,
    /// Refused first.
    Gate,
    /// Lowest first.
    Level,
    /// Most used first.
    Used,
    /// Without a review first.
    Reviewed,
    /// Verified last first, then what never was.
    Age,
    /// By who signed.
    Signer,
    /// By publisher.
    Publisher,
}

impl Order {
    /// All, with the words that name them.
    pub const ALL: [(&'static str, Order); 9] = [
        ("model", Order::Model),
        ("status", Order::Status),
        ("gate", Order::Gate),
        ("level", Order::Level),
        ("used", Order::Used),
        ("reviewed", Order::Reviewed),
        ("age", Order::Age),
        ("signer", Order::Signer),
        ("publisher", Order::Publisher),
    ];

    /// Puts models in order.
    pub fn sort(self, index: &Index, rows: &mut [u32], is_reversed: bool) {
        match self {
            // Names are in order already: the first part first.
            Order::Model | Order::Publisher => rows.sort_unstable(),
            Order::Signer => rows.sort_by_cached_key(|at| {
                index.view().map(|view| view.summary(*at as usize).signer).unwrap_or_default()
            }),
            _ => rows.sort_by_cached_key(|at| self.place(index, *at as usize)),
        }
        if is_reversed {
            rows.reverse();
        }
    }

    fn place(self, index: &Index, at: usize) -> i64 {
        let Some(view) = index.view() else { return 0 };
        let decision = || view.judgement.standing(at).map(|standing| standing.decision);
        match self {
            Order::Status => match status(view, at, &view.summary(at)) {
                Status::Fail => 0,
                Status::Unsigned => 1,
                Status::Changed => 2,
                Status::Unknown => 3,
                Status::Warn => 4,
                Status::NotJudged => 5,
                Status::Pass => 6,
            },
            Order::Gate => match decision() {
                Some(Decision::Refuse) => 0,
                Some(Decision::Warn) => 1,
                Some(Decision::NotJudged) | None => 2,
                Some(Decision::Admit) => 3,
            },
            Order::Level => match view.judgement.standing(at) {
                Some(standing) if standing.decision != Decision::NotJudged => standing.effective.into(),
                _ => -1,
            },
            Order::Used => -i64::try_from(index.used(at)).unwrap_or(i64::MAX),
            Order::Reviewed => {
                match view.reviews.get(at).and_then(Option::as_ref).map(|review| review.word) {
                    None | Some(ReviewWord::TakeBack) => 0,
                    Some(ReviewWord::AskProducer) => 1,
                    Some(ReviewWord::Reject) => 2,
                    Some(ReviewWord::Approve) => 3,
                }
            }
            Order::Age => view.verification(at).map_or(i64::MAX, |v| -v.at.as_second()),
            Order::Model | Order::Publisher | Order::Signer => 0,
        }
    }
}
