//! Everything that a face may show of a workspace, as one immutable value. A new one replaces it when something
//! changed. How one is made, and drawing, are not known here.

mod anchor;
mod record;
mod summary;

pub use anchor::AnchorInfo;
pub use record::{Review, ReviewWord, Verified};
pub use summary::Summary;

use crate::decision::{Cap, Input, Judgement, Known, Verdict};
use crate::inventory::{Finding, Model, ModelId, Workspace};
use crate::lineage::Graph;
use crate::maturity::Rubric;
use crate::policy::{Policy, PolicyError};
use crate::signing::Verification;
use std::sync::Arc;

/// The state of one workspace. A clone shares what is large.
#[derive(Clone)]
pub struct View {
    /// Grows with each new view.
    pub generation: u64,
    /// The workspace.
    pub workspace: Workspace,
    /// The policy in force.
    pub policy: Policy,
    /// The policy file's text, for reading.
    pub policy_text: String,
    /// Faults of the policy file; while there are any, the last valid policy (or the built-in baseline) is in force.
    pub policy_errors: Vec<PolicyError>,
    /// The policy's anchors.
    pub anchors: Vec<AnchorInfo>,
    /// The stage that is judged for.
    pub stage: String,
    /// The rubric.
    pub rubric: Arc<Rubric>,
    /// Whether all models are in it: of a large inventory the first are shown before the others are read.
    pub is_whole: bool,
    /// Models, sorted by id.
    pub models: Arc<Vec<Model>>,
    /// Findings of the last scan.
    pub findings: Arc<Vec<Finding>>,
    /// Lineage.
    pub graph: Arc<Graph>,
    /// Latest verification of each model.
    pub verified: Arc<Vec<Option<Box<Verified>>>>,
    /// Verdict on each model.
    pub judgement: Judgement,
    /// Latest review of each model.
    pub reviews: Arc<Vec<Option<Box<Review>>>>,
    /// When it was made.
    pub at: jiff::Timestamp,
}

impl View {
    /// A model by id.
    pub fn model(&self, id: &ModelId) -> Option<(usize, &Model)> {
        let index = self.models.binary_search_by(|model| model.id.cmp(id)).ok()?;
        Some((index, self.models.get(index)?))
    }

    fn judged<T>(&self, ask: impl FnOnce(&Input<'_>) -> T) -> T {
        let known = |index: usize| -> Known<'_> { self.verification(index) };
        ask(&Input {
            models: &self.models,
            graph: &self.graph,
            verified: &known,
            policy: &self.policy,
            stage: &self.stage,
            rubric: &self.rubric,
            now: self.at,
        })
    }

    /// Judges all models anew.
    pub fn judge(&mut self) {
        self.judgement = self.judged(Judgement::of);
    }

    /// The same; what follows from the lineage alone is taken from the view before if that has the same graph.
    pub fn judge_after(&mut self, before: &View) {
        if !Arc::ptr_eq(&self.graph, &before.graph) || !before.is_judged() {
            return self.judge();
        }
        let descent = before.judgement.descent().clone();
        self.judgement = self.judged(|input| Judgement::within(descent, input));
    }

    /// The same for another stage than that of the view before, when nothing else changed.
    pub fn judge_at_stage(&mut self, before: &View) {
        self.judgement = self.judged(|input| before.judgement.at_stage(input));
    }

    /// Whether models were judged: right after opening a large inventory they are listed before that is done.
    pub fn is_judged(&self) -> bool {
        self.judgement.standings().len() == self.models.len()
    }

    /// The verdict of the model of an index, made now.
    pub fn verdict(&self, index: usize) -> Option<Verdict> {
        self.judged(|input| self.judgement.verdict(input, index))
    }

    /// The latest verification of the model of an index.
    pub fn verification(&self, index: usize) -> Option<&Verification> {
        self.verified.get(index)?.as_deref().map(|verified| &verified.verification)
    }

    /// The latest verification of a model.
    pub fn verification_of(&self, id: &ModelId) -> Option<&Verification> {
        self.verification(self.model(id)?.0)
    }

    /// Why its level is below its own.
    pub fn cap(&self, index: usize) -> Option<Cap> {
        self.judged(|input| self.judgement.cap(input, index))
    }

    /// One model in one line.
    pub fn summary(&self, index: usize) -> Summary {
        let verified = self.verified.get(index).and_then(Option::as_deref);
        Summary::of(self.models.get(index), verified, self.judgement.standing(index))
    }
}
