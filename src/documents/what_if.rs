//! What would follow from denying an identity, as a document.

use super::names;
use super::policy_preview::FlipsDocument;
use crate::decision::Decision;
use crate::inventory::ModelId;
use crate::maturity::Deployed;
use crate::policy::DiffLine;
use crate::text::Untrusted;
use crate::view::suspected::{Running, Signed, Suspected, When};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What would follow if an identity were not trusted from some time on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyWhatIfDocument<'a> {
    /// The document's name.
    pub schema: names::PolicyWhatIf,
    /// The subject, or the fingerprint of a key.
    pub subject: &'a Untrusted,
    /// From then on it would not be trusted; none: at no time.
    pub since: Option<Timestamp>,
    /// The stage that is judged for.
    pub stage: &'a str,
    /// The edit of the policy that denies it.
    pub edit: &'a [DiffLine],
    /// What it signed, with a trusted time before, after, or without one.
    pub signed: Vec<SignedDocument<'a>>,
    /// The models that would stand elsewhere.
    pub flips: FlipsDocument<'a>,
    /// Where models run that would be decided otherwise there.
    pub running: Vec<RunningDocument<'a>>,
}

/// One thing that the identity signed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SignedDocument<'a> {
    /// The model that it is about.
    pub model: &'a ModelId,
    /// The type of the claim; none: it is the signature of the model's files.
    pub claim: Option<&'a Untrusted>,
    /// The trusted time.
    pub at: Option<Timestamp>,
    /// Where that lies.
    pub when: When,
}

/// A place where a model runs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RunningDocument<'a> {
    /// The model.
    pub model: &'a ModelId,
    /// Where it runs.
    pub deployed: &'a Deployed,
    /// When a gate let it in there last.
    pub let_in: Option<Timestamp>,
    /// The decision at the stage of that place.
    pub before: Decision,
    /// What it would be.
    pub after: Decision,
}

impl<'a> PolicyWhatIfDocument<'a> {
    /// Of what would follow at a stage.
    pub fn of(suspected: &'a Suspected, stage: &'a str) -> Self {
        let Suspected { subject, since, edit, signed, flips, running } = suspected;
        let signed = signed.iter().map(|Signed { model, claim, at, when }| SignedDocument {
            model,
            claim: claim.as_ref(),
            at: *at,
            when: *when,
        });
        let running = running.iter().map(|Running { model, deployed, let_in, before, after }| {
            RunningDocument { model, deployed, let_in: *let_in, before: *before, after: *after }
        });
        PolicyWhatIfDocument {
            schema: names::PolicyWhatIf,
            subject,
            since: *since,
            stage,
            edit,
            signed: signed.collect(),
            flips: flips.into(),
            running: running.collect(),
        }
    }
}
