//! A decision as a document, with everything that it depends on named by digest.

use super::conclusions::{ControlDocument, ReasonDocument, cap_of, controls_of, reasons_of};
use super::names;
use super::way_up::WayUpBody;
use crate::decision::{Decision, Inputs, ReviewWord, Verdict};
use crate::inventory::ModelId;
use crate::maturity::{SCOPE, Score};
use crate::policy::NameMark;
use crate::signing::{Recalled, RootDigest};
use crate::text::Untrusted;
use crate::view::View;
use crate::words::Case;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A decision.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerdictDocument<'a> {
    /// The document's name.
    pub schema: names::Verdict,
    /// Digest of the policy.
    pub policy: &'a str,
    /// Digest of the rubric.
    pub rubric: &'a str,
    /// When it was judged.
    pub at: Timestamp,
    /// What a level is about, and what it is not.
    pub scope: &'static str,
    /// The root digest of the files that were verified; none when nothing is signed, or they are not as signed.
    pub root_digest: Option<RootDigest>,
    /// Where the files lie, from the workspace's folder; none when there are none.
    pub location: Option<Untrusted>,
    /// What was concluded.
    pub verdict: VerdictBody<'a>,
    /// Every input, by digest; none when the evidence cannot be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Inputs>,
}

impl<'a> VerdictDocument<'a> {
    /// Of a verdict that was made from this view.
    pub fn of(view: &'a View, verdict: &'a Verdict) -> Self {
        let about = view.about(&verdict.model);
        VerdictDocument {
            schema: names::Verdict,
            policy: &view.policy.digest,
            rubric: &view.rubric.digest,
            at: view.at,
            scope: SCOPE,
            root_digest: about.root_digest,
            location: about.location,
            verdict: VerdictBody::of(view, verdict),
            inputs: view.model(&verdict.model).and_then(|(index, _)| view.inputs(index).ok()),
        }
    }
}

/// Everything that is concluded of one model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerdictBody<'a> {
    /// The model.
    pub model: &'a ModelId,
    /// The controls and own score.
    pub assessment: AssessmentDocument<'a>,
    /// The level after the caps.
    pub effective: u8,
    /// Why it is below the own level.
    pub cap: Option<Untrusted>,
    /// Whether a contradiction, its own or an ancestor's, taints it.
    pub tainted: bool,
    /// Digests that were not computed at the verification: the level rests on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached: Option<Recalled>,
    /// The stage judged for.
    pub stage: &'a str,
    /// The decision.
    pub decision: Decision,
    /// The reasons, worst first.
    pub reasons: Vec<ReasonDocument>,
    /// Whether a reviewer's rejection stands.
    pub rejected: bool,
    /// What is odd about how its name looks; absent for an ordinary name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_mark: Option<&'a NameMark>,
}

impl<'a> VerdictBody<'a> {
    /// Of a verdict that was made from this view.
    pub fn of(view: &'a View, verdict: &'a Verdict) -> Self {
        let thing = view.model(&verdict.model).map(|(_, model)| model.kind.into()).unwrap_or_default();
        let verification = view.verification_of(&verdict.model);
        let case = Case { verdict, verification, rubric: &view.rubric, thing, chain: Vec::new() };
        VerdictBody {
            model: &verdict.model,
            assessment: AssessmentDocument { controls: controls_of(&case), score: &verdict.assessment.score },
            effective: verdict.effective,
            cap: cap_of(&case),
            tainted: verdict.tainted,
            cached: verdict.cached,
            stage: &verdict.stage,
            decision: verdict.decision,
            reasons: reasons_of(&case),
            rejected: verdict.reviews.iter().any(|review| review.word == ReviewWord::Reject),
            name_mark: view.model(&verdict.model).and_then(|(index, _)| view.name_mark(index)),
        }
    }
}

/// A model's controls and own score.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AssessmentDocument<'a> {
    /// One result a control, in the rubric's order.
    pub controls: Vec<ControlDocument>,
    /// Own level, percent, open musts.
    pub score: &'a Score,
}

/// Own and effective level of models, with the controls behind them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ScoreDocument<'a> {
    /// The document's name.
    pub schema: names::Score,
    /// One a model, in the order in which they were asked for.
    pub verdicts: Vec<VerdictDocument<'a>>,
    /// The way up of each, with `--next`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<WayUpBody>,
}
