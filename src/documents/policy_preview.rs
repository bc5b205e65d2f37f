//! What another policy would change, as a document.

use super::names;
use super::policy_lint::LintFindingDocument;
use super::policy_test::TestDocument;
use super::workspace::PolicyFaultDocument;
use crate::decision::{Decision, Standing};
use crate::inventory::ModelId;
use crate::policy::Class;
use crate::view::AnchorInfo;
use crate::view::flips::{Flip, Flips, Preview, Turn};
use schemars::JsonSchema;
use serde::Serialize;

/// What would change if another policy were in force.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyPreviewDocument<'a> {
    /// The document's name.
    pub schema: names::PolicyPreview,
    /// The stage that is judged for.
    pub stage: &'a str,
    /// What makes the policy invalid; if there is anything, nothing else was looked at.
    pub faults: Vec<PolicyFaultDocument<'a>>,
    /// Anchors of the policy that cannot be read.
    pub unreadable_anchors: Vec<UnreadableAnchorDocument<'a>>,
    /// How many of the policy's own tests pass.
    pub passing_tests: usize,
    /// The others, in the order of the file.
    pub failing_tests: Vec<TestDocument<'a>>,
    /// What the linter finds that it does not find in the policy in force.
    pub findings: Vec<LintFindingDocument<'a>>,
    /// What changes.
    pub flips: FlipsDocument<'a>,
}

/// An anchor that cannot be read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UnreadableAnchorDocument<'a> {
    /// Its name.
    pub name: &'a str,
    /// Why.
    pub error: &'a str,
}

/// The models that stand elsewhere under another policy.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct FlipsDocument<'a> {
    /// How many models have another decision.
    pub decisions: Vec<DecisionsDocument>,
    /// How many models have another effective level.
    pub levels: Vec<LevelsDocument>,
    /// How many models do not change.
    pub unchanged: usize,
    /// The models that change: what would be let in that is kept out stands first, then what would be kept out.
    pub models: Vec<FlipDocument<'a>>,
}

/// How many models have one decision before and another one after.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DecisionsDocument {
    /// Under the policy in force.
    pub before: Decision,
    /// Under the other one.
    pub after: Decision,
    /// So many models.
    pub models: usize,
}

/// How many models have one effective level before and another one after.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LevelsDocument {
    /// Under the policy in force.
    pub before: u8,
    /// Under the other one.
    pub after: u8,
    /// So many models.
    pub models: usize,
}

/// One model that stands elsewhere.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FlipDocument<'a> {
    /// The model.
    pub model: &'a ModelId,
    /// What the change means.
    pub turn: Turn,
    /// Where it stands under the policy in force.
    pub before: StandingDocument,
    /// Where it would stand under the other one.
    pub after: StandingDocument,
    /// The code of the reason that weighs most: under the stricter of both.
    pub reason: Option<&'a str>,
    /// The class of that reason.
    pub class: Option<Class>,
}

/// Where a model stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StandingDocument {
    /// The decision at the stage.
    pub decision: Decision,
    /// Its own level.
    pub own: u8,
    /// The level after the caps.
    pub effective: u8,
    /// Whether a contradiction, its own or an ancestor's, taints it.
    pub tainted: bool,
}

impl<'a> PolicyPreviewDocument<'a> {
    /// Of a preview at a stage.
    pub fn of(preview: &'a Preview, stage: &'a str) -> Self {
        PolicyPreviewDocument {
            schema: names::PolicyPreview,
            stage,
            faults: preview.faults.iter().map(PolicyFaultDocument::from).collect(),
            unreadable_anchors: preview.unreadable.iter().filter_map(unreadable).collect(),
            passing_tests: preview.tests.passing,
            failing_tests: preview.tests.failing.iter().map(|(test, tried)| (test, tried).into()).collect(),
            findings: preview.new_findings.iter().map(LintFindingDocument::from).collect(),
            flips: FlipsDocument::from(&preview.flips),
        }
    }
}

fn unreadable(anchor: &AnchorInfo) -> Option<UnreadableAnchorDocument<'_>> {
    Some(UnreadableAnchorDocument { name: &anchor.name, error: anchor.error.as_deref()? })
}

impl<'a> From<&'a Flips> for FlipsDocument<'a> {
    fn from(flips: &'a Flips) -> Self {
        let decisions = flips.decisions.iter();
        let levels = flips.levels.iter();
        FlipsDocument {
            decisions: decisions
                .map(|((before, after), models)| DecisionsDocument {
                    before: *before,
                    after: *after,
                    models: *models,
                })
                .collect(),
            levels: levels
                .map(|((before, after), models)| LevelsDocument {
                    before: *before,
                    after: *after,
                    models: *models,
                })
                .collect(),
            unchanged: flips.unchanged,
            models: flips.models.iter().map(FlipDocument::from).collect(),
        }
    }
}

impl<'a> From<&'a Flip> for FlipDocument<'a> {
    fn from(flip: &'a Flip) -> Self {
        FlipDocument {
            model: &flip.model,
            turn: flip.turn(),
            before: flip.before.into(),
            after: flip.after.into(),
            reason: flip.by.as_ref().map(|reason| reason.code.as_str()),
            class: flip.by.as_ref().and_then(|reason| reason.class),
        }
    }
}

impl From<Standing> for StandingDocument {
    fn from(standing: Standing) -> Self {
        let Standing { own, effective, tainted, decision, .. } = standing;
        StandingDocument { decision, own, effective, tainted }
    }
}
