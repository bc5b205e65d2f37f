//! What people say of models, recorded: of one or of many at once, taken back, and looked back on. Which reviews stand
//! then is for [`super::reviews`] to say.

use super::door::{Workbench, not_found};
use super::in_force::known_stage;
use super::made::record_of;
use super::publish::Next;
use super::reviews;
use crate::clock::this_second;
use crate::decision::{About, GlassTerm, RecordRef, ReviewRecord, ReviewRecordSchema};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::store::{LedgerEntry, RecordKind};
use crate::text::Untrusted;
use crate::view::{PastReview, ReviewWord};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};

/// Reviews that were recorded together: one word and one reason, a record for each model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewAct {
    /// What was said.
    pub word: ReviewWord,
    /// Why.
    pub reason: Untrusted,
    /// The models, each with its record.
    pub records: Vec<(ModelId, RecordRef)>,
}

impl Workbench {
    /// Records a review.
    ///
    /// # Errors
    /// As [`Workbench::review_all`].
    pub fn review(&self, model: &ModelId, word: ReviewWord, reason: &str) -> Result<RecordRef> {
        only(self.review_all(std::slice::from_ref(model), word, reason)?)
    }

    /// Records the same review of several models, all or none of them, each once.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`, `E-NOT-FOUND`; `E-USAGE` for a word that only [`Workbench::take_back`] records, where no
    /// model is named, and when nothing may be written.
    pub fn review_all(&self, models: &[ModelId], word: ReviewWord, reason: &str) -> Result<ReviewAct> {
        if word == ReviewWord::TakeBack {
            return Err(Error::new(Code::Usage, "which review is to be taken back is not said")
                .help("name its record: `touchmark review take-back MODEL --of RECORD --reason WHY`"));
        }
        if word == ReviewWord::BreakGlass {
            return Err(Error::new(Code::Usage, "at which stage the glass is broken is not said")
                .help("`touchmark review break-glass MODEL --stage STAGE --hours N --reason WHY`"));
        }
        self.record_reviews(once(models), word, reason, None)
    }

    /// Records this account's word that models which a stage refuses be let in there for some hours. It takes as many
    /// accounts as the policy says.
    ///
    /// # Errors
    /// As [`Workbench::review_all`]; `E-NOT-FOUND` for a stage that the policy does not have; `E-USAGE` where the stage
    /// has no `break_glass`, or not for so long.
    pub fn break_glass(
        &self,
        models: &[ModelId],
        stage: &str,
        hours: u32,
        reason: &str,
    ) -> Result<ReviewAct> {
        self.valid_policy()?;
        let view = self.view();
        known_stage(&view.policy, stage)?;
        let rule =
            view.policy.stage(stage).and_then(|stage| stage.break_glass.as_ref()).ok_or_else(|| {
                Error::new(Code::Usage, "the policy lets nobody break the glass at this stage")
                    .at(stage)
                    .help(
                        "the policy's owner can add `break_glass = { approvers = 2, max_hours = 12 }` to it",
                    )
            })?;
        if !(1..=rule.max_hours).contains(&hours) {
            return Err(Error::new(Code::Usage, "the policy does not let the glass be broken for so long")
                .help(format!("write --hours from 1 to {}", rule.max_hours)));
        }
        let now = this_second();
        let until = now.checked_add(SignedDuration::from_hours(i64::from(hours)));
        let until = until.map_err(|_| Error::new(Code::Usage, "the clock is beyond all dates"))?;
        let glass = GlassTerm { stage: Untrusted::new(stage), until };
        self.record_reviews(once(models), ReviewWord::BreakGlass, reason, Some(glass))
    }

    /// Records that an earlier review no longer stands; it is named by the number of its record. What took back a
    /// review can be taken back as well: that review then stands again.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when no record of a review of the model that stands has that number; `E-STORE`, `E-WRITE`.
    pub fn take_back(&self, model: &ModelId, number: u64, reason: &str) -> Result<RecordRef> {
        let past = self.review_history(model)?;
        let standing = || past.iter().filter(|past| past.taken_back_by.is_none());
        let of = standing().find(|past| past.record.number == number).ok_or_else(|| {
            let words = standing().filter(|past| past.word != ReviewWord::TakeBack);
            let mut numbers: Vec<u64> = words.map(|past| past.record.number).collect();
            numbers.sort_unstable();
            let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
            let help = match numbers.is_empty() {
                true => "this model has no current review".to_owned(),
                false => format!("current reviews: {}", numbers.join(", ")),
            };
            Error::new(Code::NotFound, "no current review of this model has this number")
                .at(format!("ledger entry {number}"))
                .help(help)
        })?;
        let about = vec![(model.clone(), Some(of.record))];
        only(self.record_reviews(about, ReviewWord::TakeBack, reason, None)?)
    }

    /// Records a review of several models, or takes back those that are shown of them.
    ///
    /// # Errors
    /// As [`Workbench::review_all`] and [`Workbench::take_back_shown`].
    pub fn review_or_take_back(
        &self,
        models: &[ModelId],
        word: ReviewWord,
        reason: &str,
    ) -> Result<ReviewAct> {
        match word {
            ReviewWord::TakeBack => self.take_back_shown(models, reason),
            word => self.review_all(models, word, reason),
        }
    }

    /// Takes back, of each of these models, the review that is shown: a rejection that stands, or else the newest. Models
    /// without one are left out.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when none of them has a review that stands; `E-STORE`, `E-WRITE`.
    pub fn take_back_shown(&self, models: &[ModelId], reason: &str) -> Result<ReviewAct> {
        let view = self.view();
        let mut named = HashSet::new();
        let mut about = Vec::new();
        for id in models.iter().filter(|id| named.insert(*id)) {
            let (index, _) = view.model(id).ok_or_else(|| not_found(id))?;
            let shown = view.reviews.get(index).and_then(Option::as_deref);
            about.extend(shown.map(|review| (id.clone(), Some(review.record))));
        }
        if about.is_empty() {
            let error = Error::new(Code::NotFound, "no review stands that could be taken back");
            return Err(match models {
                [one] => error.at(one.raw()),
                _ => error,
            });
        }
        self.record_reviews(about, ReviewWord::TakeBack, reason, None)
    }

    /// Takes back what was recorded together, as far as it still stands: what stood before it stands again. What took
    /// back reviews is taken back in the same way.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when nothing of it stands any more; `E-STORE`, `E-WRITE`.
    pub fn undo_review(&self, act: &ReviewAct, reason: &str) -> Result<ReviewAct> {
        let ids: Vec<&ModelId> = act.records.iter().map(|(id, _)| id).collect();
        let mut histories: HashMap<ModelId, Vec<LedgerEntry>> = HashMap::new();
        for entry in self.store().all_of(&RecordKind::Review, &ids)? {
            histories.entry(entry.model.clone()).or_default().push(entry);
        }
        let stands = |id: &ModelId, record: &RecordRef| {
            let past = histories.get(id).map(|entries| reviews::history(entries)).unwrap_or_default();
            past.iter().any(|past| past.record == *record && past.taken_back_by.is_none())
        };
        let about: Vec<(ModelId, Option<RecordRef>)> = act
            .records
            .iter()
            .filter(|(id, record)| stands(id, record))
            .map(|(id, record)| (id.clone(), Some(*record)))
            .collect();
        if about.is_empty() {
            return Err(Error::new(Code::NotFound, "this review was taken back already")
                .help("`touchmark review --history MODEL` shows by whom"));
        }
        self.record_reviews(about, ReviewWord::TakeBack, reason, None)
    }

    /// The newest reviews that one act of the account of this program recorded and that still stand, in whole or in
    /// part; none when there is none. Records that took something back are no reviews. Of one act are records that
    /// follow each other and have the same maker, second, word and reason.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn latest_review(&self) -> Result<Option<ReviewAct>> {
        let me = self.made()?.by.shown();
        let mut all: Vec<(ModelId, PastReview)> = Vec::new();
        let mut take = |entries: Vec<LedgerEntry>| {
            all.extend(
                entries.into_iter().filter_map(|entry| Some((entry.model.clone(), reviews::past(&entry)?))),
            );
        };
        self.store().all(&RecordKind::Review, &mut take)?;
        let mut void: HashSet<RecordRef> = HashSet::new();
        let mut newest: Option<(Timestamp, ReviewAct)> = None;
        for (id, past) in all.into_iter().rev() {
            let is_void = void.contains(&past.record);
            if let (Some(of), false) = (past.of, is_void) {
                void.insert(of);
            }
            let belongs = newest.as_ref().is_none_or(|(at, act)| {
                let follows =
                    act.records.last().is_some_and(|(_, last)| past.record.number + 1 == last.number);
                follows && (*at, act.word, &act.reason) == (past.at, past.word, &past.reason)
            });
            let counts = past.by == me && past.word != ReviewWord::TakeBack;
            match &mut newest {
                Some(_) if !belongs || !counts => break,
                // One that was taken back parts nothing: what stands before it belongs to the act all the same.
                Some((_, act)) => act.records.push((id, past.record)),
                None if !counts || is_void => {}
                None => {
                    let act =
                        ReviewAct { word: past.word, reason: past.reason, records: vec![(id, past.record)] };
                    newest = Some((past.at, act));
                }
            }
        }
        Ok(newest.map(|(_, mut act)| {
            act.records.retain(|(_, record)| !void.contains(record));
            act.records.reverse();
            act
        }))
    }

    /// All that was ever said of a model, newest first, with what was taken back by which record.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn review_history(&self, model: &ModelId) -> Result<Vec<PastReview>> {
        Ok(reviews::history(&self.store().all_of(&RecordKind::Review, &[model])?))
    }

    fn record_reviews(
        &self,
        about: Vec<(ModelId, Option<RecordRef>)>,
        word: ReviewWord,
        reason: &str,
        glass: Option<GlassTerm>,
    ) -> Result<ReviewAct> {
        self.writable()?;
        if about.is_empty() {
            return Err(Error::new(Code::Usage, "no model is named").help("name the models to review"));
        }
        let view = self.view();
        let made = self.made()?;
        let mut bodies: Vec<String> = Vec::with_capacity(about.len());
        for (id, of) in &about {
            let (index, known) = view.model(id).ok_or_else(|| not_found(id))?;
            let record = ReviewRecord {
                schema: ReviewRecordSchema::V1,
                about: About::of(Some(known), view.verification(index)),
                made: made.clone(),
                word,
                reason: reason.into(),
                glass: glass.clone(),
                of: *of,
            };
            bodies.push(crate::json::to_line(&record).map_err(|error| {
                Error::new(Code::Internal, format!("a record cannot be written as JSON ({error})"))
            })?);
        }
        let records: Vec<(&ModelId, &str)> =
            about.iter().map(|(id, _)| id).zip(bodies.iter().map(String::as_str)).collect();
        let entries = self.store().append_all(this_second(), RecordKind::Review, &records)?;
        let records: Vec<(ModelId, RecordRef)> = entries
            .iter()
            .map(|entry| Ok((entry.model.clone(), record_of(entry)?)))
            .collect::<Result<_>>()?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        Ok(ReviewAct { word, reason: reason.into(), records })
    }
}

/// What a record of a review says, with nothing known of what came after it; none for other records.
pub fn past_review(entry: &LedgerEntry) -> Option<PastReview> {
    if entry.kind != RecordKind::Review {
        return None;
    }
    reviews::past(entry)
}

/// The models, each once.
fn once(models: &[ModelId]) -> Vec<(ModelId, Option<RecordRef>)> {
    let mut named = HashSet::new();
    models.iter().filter(|id| named.insert(*id)).map(|id| (id.clone(), None)).collect()
}

fn only(act: ReviewAct) -> Result<RecordRef> {
    let record = act.records.first().map(|(_, record)| *record);
    record.ok_or_else(|| Error::new(Code::Internal, "a review without a record"))
}
