//! What people and gates decide about a model, recorded.

use super::door::{Workbench, not_found};
use super::in_force::known_stage;
use super::publish::Next;
use crate::decision::Verdict;
use crate::documents::ReviewRecord;
use crate::error::Result;
use crate::inventory::ModelId;
use crate::signing::Progress;
use crate::store::RecordKind;
use crate::view::{Review, ReviewWord};

impl Workbench {
    /// Records a review.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`, `E-NOT-FOUND`; `E-USAGE` when nothing may be written.
    pub fn review(&self, model: &ModelId, word: ReviewWord, reason: &str) -> Result<()> {
        self.writable()?;
        let view = self.view();
        if view.model(model).is_none() {
            return Err(not_found(model));
        }
        let by = std::env::var("USER")
            .or_else(|_| std::env::var("USERNAME"))
            .unwrap_or_else(|_| "unknown".to_owned());
        let review = Review { word, reason: reason.into(), by: by.into(), at: self.now() };
        self.record(RecordKind::Review, model, &ReviewRecord::from(&review))?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        Ok(())
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
