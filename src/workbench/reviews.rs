//! Which reviews stand: all that were not taken back by a record that itself stands. A rejection comes first, whatever
//! was said after it: an approval lifts none. What a review does to a decision is not known here.

use super::made::record_of;
use crate::decision::{RecordRef, ReviewRecord, ReviewWord};
use crate::store::LedgerEntry;
use crate::text::Untrusted;
use crate::view::{PastReview, Review};
use jiff::Timestamp;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What one record of a review says.
pub(super) enum Said {
    /// A word that stands from now on.
    Word(Box<Review>),
    /// An earlier record stands no longer: a word, or what took one back.
    TakeBack {
        /// This record.
        record: RecordRef,
        /// The one that it takes back.
        of: RecordRef,
    },
}

/// A review as the first version recorded it.
#[derive(Deserialize)]
struct First {
    word: ReviewWord,
    reason: Untrusted,
    by: Untrusted,
    at: Timestamp,
}

/// What a record says, with nothing known yet of what came after it; none when it does not say what a review says.
pub(super) fn past(entry: &LedgerEntry) -> Option<PastReview> {
    let record = record_of(entry).ok()?;
    let (word, reason, by, at, of, glass) = match serde_json::from_str::<ReviewRecord>(&entry.body) {
        Ok(said) => (said.word, said.reason, said.made.by.shown(), said.made.recorded, said.of, said.glass),
        Err(_) => {
            let said: First = serde_json::from_str(&entry.body).ok()?;
            (said.word, said.reason, said.by, said.at, None, None)
        }
    };
    let of = of.filter(|_| word == ReviewWord::TakeBack);
    let glass = glass.filter(|_| word == ReviewWord::BreakGlass);
    let is_whole = match word {
        ReviewWord::TakeBack => of.is_some(),
        ReviewWord::BreakGlass => glass.is_some(),
        ReviewWord::Approve | ReviewWord::Reject | ReviewWord::AskProducer => true,
    };
    is_whole.then_some(PastReview {
        record,
        word,
        reason,
        by,
        at,
        glass: glass.map(Box::new),
        of,
        taken_back_by: None,
    })
}

/// All that was ever said of one model, newest first, from all records of its reviews.
pub(super) fn history(entries: &[LedgerEntry]) -> Vec<PastReview> {
    let mut all: Vec<PastReview> = entries.iter().filter_map(past).collect();
    all.sort_by_key(|past| Reverse(past.record.number));
    let mut void: BTreeMap<RecordRef, RecordRef> = BTreeMap::new();
    for past in &mut all {
        past.taken_back_by = void.get(&past.record).copied();
        if let (Some(of), None) = (past.of, past.taken_back_by) {
            void.entry(of).or_insert(past.record);
        }
    }
    all
}

impl Said {
    /// Of a record; none when it does not say what a review says.
    pub fn of(entry: &LedgerEntry) -> Option<Self> {
        let PastReview { record, word, reason, by, at, glass, of, .. } = past(entry)?;
        Some(match of {
            Some(of) => Said::TakeBack { record, of },
            None => Said::Word(Box::new(Review { record, word, reason, by, at, glass, beside: Vec::new() })),
        })
    }

    fn record(&self) -> RecordRef {
        match self {
            Said::Word(review) => review.record,
            Said::TakeBack { record, .. } => *record,
        }
    }
}

/// The models of which not enough is known to tell what stands: something takes back a record that is neither among the
/// reviews that stand nor among what was said since. All records of their reviews have to be read.
pub(super) fn unclear(slots: &[Option<Arc<Review>>], said: &[(usize, Said)]) -> Vec<usize> {
    let mut records: HashSet<(usize, RecordRef)> = HashSet::new();
    let mut found = Vec::new();
    for (index, said) in said {
        if let Said::TakeBack { of, .. } = said {
            let slot = slots.get(*index).and_then(Option::as_deref);
            let stands = slot.is_some_and(|review| review.all().any(|known| known.record == *of));
            if !stands && !records.contains(&(*index, *of)) {
                found.push(*index);
            }
        }
        records.insert((*index, said.record()));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Brings the reviews that stand up to date with what was said since, by the indices of the models.
pub(super) fn stand(slots: &mut [Option<Arc<Review>>], said: Vec<(usize, Said)>) {
    let mut by_model: BTreeMap<usize, Vec<Said>> = BTreeMap::new();
    for (index, said) in said {
        by_model.entry(index).or_default().push(said);
    }
    for (index, said) in by_model {
        let Some(slot) = slots.get_mut(index) else { continue };
        let known = slot.as_deref().map(apart).unwrap_or_default();
        let known = known.into_iter().map(|review| Said::Word(Box::new(review)));
        let mut all: Vec<Said> = known.chain(said).collect();
        all.sort_by_key(|said| Reverse(said.record()));
        all.dedup_by_key(|said| said.record());
        let mut void = HashSet::new();
        let mut standing = Vec::new();
        for said in all {
            if void.contains(&said.record()) {
                continue;
            }
            match said {
                Said::Word(review) => standing.push(*review),
                Said::TakeBack { of, .. } => drop(void.insert(of)),
            }
        }
        *slot = together(standing).map(Arc::new);
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
