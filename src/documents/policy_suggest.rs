//! The edits of the policy that would let a model pass, as a document.

use super::names;
use super::policy_preview::FlipsDocument;
use crate::decision::{Decision, Reason, Unjudged};
use crate::inventory::ModelId;
use crate::policy::{DiffLine, PolicyEdit};
use crate::view::suggested::{Suggested, Suggestion};
use crate::words::unjudged;
use schemars::JsonSchema;
use serde::Serialize;

/// What would let a model pass a stage.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicySuggestDocument<'a> {
    /// The document's name.
    pub schema: names::PolicySuggest,
    /// The model.
    pub model: &'a ModelId,
    /// The stage that is judged for.
    pub stage: &'a str,
    /// Why nothing was decided about it, and what to do first; then no edit is suggested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unjudged: Option<UnjudgedDocument>,
    /// The decision now.
    pub before: Decision,
    /// The edits, each judged after those before it; none of them is made.
    pub suggestions: Vec<SuggestionDocument<'a>>,
    /// The decision after all of them.
    pub after: Decision,
    /// What would still stand against it.
    pub open: &'a [Reason],
}

/// Why nothing was decided about a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UnjudgedDocument {
    /// Why.
    pub why: Unjudged,
    /// What to do first.
    pub remedy: String,
}

impl UnjudgedDocument {
    /// Of a model.
    pub fn of(why: Unjudged, model: &ModelId) -> Self {
        UnjudgedDocument { why, remedy: unjudged::remedy(why, model) }
    }
}

/// What an edit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EditKind {
    /// It trusts an identity as it was observed.
    TrustIdentity,
    /// It denies an identity.
    DenyIdentity,
    /// It adds an exception.
    AddException,
    /// It requires a claim.
    RequireAttestation,
    /// It raises the level that a stage requires.
    RaiseFloor,
}

/// One edit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SuggestionDocument<'a> {
    /// What it does.
    pub kind: EditKind,
    /// The lines of the policy that it changes, with those around them.
    pub diff: &'a [DiffLine],
    /// What it would change in the whole inventory.
    pub flips: FlipsDocument<'a>,
    /// The decision about the model after it.
    pub decision: Decision,
}

impl<'a> PolicySuggestDocument<'a> {
    /// Of what was suggested at a stage.
    pub fn of(suggested: &'a Suggested, stage: &'a str) -> Self {
        let Suggested { model, unjudged, before, suggestions, after, open } = suggested;
        let unjudged = unjudged.map(|why| UnjudgedDocument::of(why, model));
        let suggestions = suggestions.iter().map(SuggestionDocument::from).collect();
        let (before, after) = (*before, *after);
        let schema = names::PolicySuggest;
        PolicySuggestDocument { schema, model, stage, unjudged, before, suggestions, after, open }
    }
}

impl<'a> From<&'a Suggestion> for SuggestionDocument<'a> {
    fn from(suggestion: &'a Suggestion) -> Self {
        let kind = match suggestion.edit {
            PolicyEdit::TrustIdentity(_) => EditKind::TrustIdentity,
            PolicyEdit::DenyIdentity { .. } => EditKind::DenyIdentity,
            PolicyEdit::AddException(_) => EditKind::AddException,
            PolicyEdit::RequireAttestation { .. } => EditKind::RequireAttestation,
            PolicyEdit::RaiseFloor { .. } => EditKind::RaiseFloor,
        };
        let Suggestion { diff, flips, decision, .. } = suggestion;
        SuggestionDocument { kind, diff, flips: flips.into(), decision: *decision }
    }
}
