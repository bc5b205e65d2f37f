//! Which reviews stand: all that were not taken back. A rejection comes first, whatever was said after it: an approval
//! lifts none. What a review does to a decision is not known here.

use super::made::record_of;
use crate::decision::{RecordRef, ReviewRecord, ReviewWord};
use crate::store::LedgerEntry;
use crate::text::Untrusted;
use crate::view::Review;
use jiff::Timestamp;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one record of a review says.
pub(super) enum Said {
    /// A word that stands from now on.
    Word(Box<Review>),
    /// An earlier one stands no longer.
    TakeBack(RecordRef),
}

/// A review as the first version recorded it.
#[derive(Deserialize)]
struct First {
    word: ReviewWord,
    reason: Untrusted,
    by: Untrusted,
    at: Timestamp,
}

impl Said {
    /// Of a record; none when it does not say what a review says.
    pub fn of(entry: &LedgerEntry) -> Option<Self> {
        let record = record_of(entry).ok()?;
        let (word, reason, by, at, of) = match serde_json::from_str::<ReviewRecord>(&entry.body) {
            Ok(said) => (said.word, said.reason, said.made.by.shown(), said.made.recorded, said.of),
            Err(_) => {
                let said: First = serde_json::from_str(&entry.body).ok()?;
                (said.word, said.reason, said.by, said.at, None)
            }
        };
        match (word, of) {
            (ReviewWord::TakeBack, of) => of.map(Said::TakeBack),
            (word, _) => {
                let review = Review { record, word, reason, by, at, beside: Vec::new() };
                Some(Said::Word(Box::new(review)))
            }
        }
    }
}

/// Brings the reviews that stand up to date with what was said since, oldest first, by the indices of the models.
pub(super) fn stand(slots: &mut [Option<Arc<Review>>], said: Vec<(usize, Said)>) {
    let mut by_model: BTreeMap<usize, Vec<Said>> = BTreeMap::new();
    for (index, said) in said {
        by_model.entry(index).or_default().push(said);
    }
    for (index, said) in by_model {
        let Some(slot) = slots.get_mut(index) else { continue };
        let mut all: Vec<Review> = slot.as_deref().map(apart).unwrap_or_default();
        for said in said {
            match said {
                Said::Word(review) if all.iter().any(|known| known.record == review.record) => {}
                Said::Word(review) => all.push(*review),
                Said::TakeBack(record) => all.retain(|known| known.record != record),
            }
        }
        *slot = together(all).map(Arc::new);
    }
}

fn apart(review: &Review) -> Vec<Review> {
    review.all().map(|one| Review { beside: Vec::new(), ..one.clone() }).collect()
}

/// The newest rejection, or else the newest of all, with the others beside it.
fn together(mut all: Vec<Review>) -> Option<Review> {
    all.sort_by_key(|review| (review.word != ReviewWord::Reject, Reverse(review.record.number)));
    let mut all = all.into_iter();
    let first = all.next()?;
    let mut beside: Vec<Review> = all.collect();
    beside.sort_by_key(|review| Reverse(review.record.number));
    Some(Review { beside, ..first })
}
