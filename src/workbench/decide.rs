//! What people and gates decide about a model, recorded.

use super::door::{Workbench, not_found};
use super::in_force::known_stage;
use super::publish::Next;
use crate::decision::Verdict;
use crate::documents::{ReviewRecord, VerdictDocument};
use crate::error::Result;
use crate::inventory::ModelId;
use crate::signing::Progress;
use crate::store::RecordKind;
use crate::view::{Review, ReviewWord, View};
use std::sync::Arc;

impl Workbench {
    /// Records a review.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`, `E-NOT-FOUND`.
    pub fn review(&self, model: &ModelId, word: ReviewWord, reason: &str) -> Result<()> {
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
        self.set_stage(stage)?;
        let ids = std::slice::from_ref(model);
        let view = self.view_at(stage)?;
        self.verify_models(&view, ids, false, &Progress::default(), &|_| {})?;
        let view = self.view_at(stage)?;
        let (index, _) = view.model(model).ok_or_else(|| not_found(model))?;
        let verdict = view.verdict(index).ok_or_else(|| not_found(model))?;
        let body = VerdictDocument::record(&view, &verdict, warnings_acknowledged);
        self.record(RecordKind::Decision, model, &body)?;
        Ok(verdict)
    }

    /// The current view at a stage, whoever has set another one meanwhile.
    fn view_at(&self, stage: &str) -> Result<Arc<View>> {
        let view = self.view();
        if view.stage == stage {
            return Ok(view);
        }
        known_stage(&view.policy, stage)?;
        let mut other = View { stage: stage.to_owned(), ..View::clone(&view) };
        other.judge_at_stage(&view);
        Ok(Arc::new(other))
    }
}
