//! What people and gates decide about a model, recorded.

use super::door::{Workbench, not_found};
use super::in_force::known_stage;
use super::publish::Next;
use crate::decision::{About, RecordRef, ReviewRecord, ReviewRecordSchema, Verdict};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::signing::Progress;
use crate::store::RecordKind;
use crate::view::ReviewWord;

impl Workbench {
    /// Records a review.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`, `E-NOT-FOUND`; `E-USAGE` for a word that only [`Workbench::take_back`] records.
    pub fn review(&self, model: &ModelId, word: ReviewWord, reason: &str) -> Result<RecordRef> {
        if word == ReviewWord::TakeBack {
            return Err(Error::new(Code::Usage, "which review is to be taken back is not said")
                .help("name its record: `touchmark review MODEL take-back --of RECORD --reason WHY`"));
        }
        self.record_review(model, word, reason, None)
    }

    /// Records that a review no longer stands; it is named by the number of its record.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when no standing review of the model has that number; `E-STORE`, `E-WRITE`.
    pub fn take_back(&self, model: &ModelId, number: u64, reason: &str) -> Result<RecordRef> {
        let view = self.view();
        let (index, _) = view.model(model).ok_or_else(|| not_found(model))?;
        let standing = view.standing_reviews(index);
        let of = standing.iter().find(|review| review.record.number == number).ok_or_else(|| {
            let numbers: Vec<String> =
                standing.iter().map(|review| review.record.number.to_string()).collect();
            let help = match numbers.is_empty() {
                true => "no review of this model stands".to_owned(),
                false => format!("reviews that stand: {}", numbers.join(", ")),
            };
            Error::new(Code::NotFound, "no review of this model that stands has this number")
                .at(format!("ledger entry {number}"))
                .help(help)
        })?;
        self.record_review(model, ReviewWord::TakeBack, reason, Some(of.record))
    }

    fn record_review(
        &self,
        model: &ModelId,
        word: ReviewWord,
        reason: &str,
        of: Option<RecordRef>,
    ) -> Result<RecordRef> {
        let view = self.view();
        let (index, known) = view.model(model).ok_or_else(|| not_found(model))?;
        let record = ReviewRecord {
            schema: ReviewRecordSchema::V1,
            about: About::of(Some(known), view.verification(index)),
            made: self.made()?,
            word,
            reason: reason.into(),
            of,
        };
        let record = self.record_with(RecordKind::Review, model, &record, &[])?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        Ok(record)
    }

    /// Verifies a model, decides at a stage and records the decision, and whether its warnings were
    /// acknowledged beforehand (rulings 8).
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-CONFIG` when the policy is not valid, `E-STORE`, `E-WRITE`, and what stops a
    /// verification.
    pub fn gate(&self, model: &ModelId, stage: &str, warnings_acknowledged: bool) -> Result<Verdict> {
        self.valid_policy()?;
        // A view of its own: nobody else sees another stage by it, and what they change meanwhile does not matter.
        let current = self.view();
        let (view, touched) = self.made_from(&current, Next::as_in(&current))?;
        let mut view = view;
        view.judge_after(&current, touched.as_deref());
        known_stage(&view.policy, stage)?;
        let view = view.at_stage(stage).ok_or_else(|| not_found(model))?;
        let (index, known) = view.model(model).ok_or_else(|| not_found(model))?;
        let verified = self.verify_model(&view, known, false, &Progress::default())?;
        let view = verified.map_or(view.clone(), |verified| view.with(index, verified));
        let verdict = view.verdict(index).ok_or_else(|| not_found(model))?;
        self.record_decision(&view, index, &verdict, warnings_acknowledged)?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        Ok(verdict)
    }
}
