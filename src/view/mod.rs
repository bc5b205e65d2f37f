//! Everything that a face may show of a workspace, as one immutable value. A new one replaces it when something
//! changed. How one is made, and drawing, are not known here.

mod anchor;

pub use anchor::AnchorInfo;

use crate::decision::{Decision, Input, Judgement, Known, Verdict};
use crate::inventory::{Finding, Model, ModelId, Workspace};
use crate::lineage::Graph;
use crate::maturity::Rubric;
use crate::policy::{Policy, PolicyError};
use crate::signing::{Method, Outcome, Verification};
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The latest verification of a model, as recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// The checks, with the policy's own applied.
    pub verification: Verification,
    /// Digest of the policy under which it was recorded.
    pub policy_digest: String,
    /// How long it took, milliseconds.
    pub took_ms: u64,
}

/// A reviewer's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewWord {
    /// May be used.
    Approve,
    /// May not be used.
    Reject,
    /// The producer was asked.
    AskProducer,
}

impl ReviewWord {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            ReviewWord::Approve => "approved",
            ReviewWord::Reject => "rejected",
            ReviewWord::AskProducer => "asked the producer",
        }
    }
}

/// A recorded review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What was said.
    pub word: ReviewWord,
    /// Why.
    pub reason: Untrusted,
    /// By whom.
    pub by: Untrusted,
    /// When.
    pub at: jiff::Timestamp,
}

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

/// One model in one line, for tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What became of the verification; `missing` for an unsigned model, `unknown` when nobody looked.
    pub outcome: Outcome,
    /// Word beside the glyph: `pass`, `cached` (by digests that were not computed this time), `FAIL`, `unsigned`, `not verified`, or `no files` for a model of which only
    /// documents speak.
    pub word: &'static str,
    /// Who signed; empty when nobody did or nobody looked. Not yet proven identities stand in parentheses.
    pub signer: Untrusted,
    /// Own and effective level.
    pub own: u8,
    /// After the caps.
    pub effective: u8,
    /// The decision at the view's stage.
    pub decision: Decision,
}

/// Who signed, as people know them: a bare key by the anchor that pins it. A signer that is not proven
/// stands in parentheses.
fn signer_name(verification: &Verification) -> Untrusted {
    let Some(signer) = &verification.signer else { return Untrusted::default() };
    let subject = signer.subject.raw();
    match &verification.anchor {
        _ if !verification.signer_proven() => Untrusted::new(format!("({subject})")),
        Some(anchor) if signer.method == Method::Key => Untrusted::new(format!("{} {subject}", anchor.name)),
        _ => Untrusted::new(subject),
    }
}

impl View {
    /// A model by id.
    pub fn model(&self, id: &ModelId) -> Option<(usize, &Model)> {
        let index = self.models.binary_search_by(|model| model.id.cmp(id)).ok()?;
        Some((index, self.models.get(index)?))
    }

    fn judged<T>(&self, ask: impl FnOnce(&Input<'_>) -> T) -> T {
        let known = |index: usize| -> Known<'_> {
            let verified = self.verified.get(index)?.as_ref()?;
            Some((&verified.verification, verified.policy_digest.as_str()))
        };
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

    /// Whether models were judged: right after opening a large inventory they are listed before that is done.
    pub fn is_judged(&self) -> bool {
        self.judgement.standings().len() == self.models.len()
    }

    /// The verdict of the model of an index, made now.
    pub fn verdict(&self, index: usize) -> Option<Verdict> {
        self.judged(|input| self.judgement.verdict(input, index))
    }

    /// Why its level is below its own.
    pub fn cap(&self, index: usize) -> Option<Untrusted> {
        self.judged(|input| self.judgement.cap(input, index))
    }

    /// One model in one line.
    pub fn summary(&self, index: usize) -> Summary {
        let verified = self.verified.get(index).and_then(Option::as_ref);
        let standing = self.judgement.standing(index);
        let signed = self.models.get(index).is_some_and(|model| model.signature.is_some());
        let here = self.models.get(index).is_some_and(|model| model.location.is_some());
        let (outcome, word) = match verified {
            _ if !here => (Outcome::Unknown, "no files"),
            None if !signed => (Outcome::Missing, "unsigned"),
            None => (Outcome::Unknown, "not verified"),
            Some(v) => match v.verification.outcome() {
                Outcome::Missing if !signed => (Outcome::Missing, "unsigned"),
                Outcome::Pass if v.verification.files.recalled.is_some() => (Outcome::Pass, "cached"),
                outcome => (outcome, outcome.word()),
            },
        };
        let signer = verified.map(|v| signer_name(&v.verification)).unwrap_or_default();
        Summary {
            outcome,
            word,
            signer,
            own: standing.map_or(0, |standing| standing.own),
            effective: standing.map_or(0, |standing| standing.effective),
            decision: standing.map_or(Decision::Refuse, |standing| standing.decision),
        }
    }
}
