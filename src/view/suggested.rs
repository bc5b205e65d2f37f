//! The edits of the policy that would let a model pass, as they were judged.

use super::flips::Flips;
use crate::decision::{Decision, Reason, Unjudged};
use crate::inventory::ModelId;
use crate::policy::{DiffLine, PolicyEdit};

/// What would let a model pass.
#[derive(Debug, Clone)]
pub struct Suggested {
    /// The model.
    pub model: ModelId,
    /// Why nothing was decided about it: then no edit is suggested.
    pub unjudged: Option<Unjudged>,
    /// The decision now.
    pub before: Decision,
    /// The edits, each made after those before it.
    pub suggestions: Vec<Suggestion>,
    /// The decision after all of them.
    pub after: Decision,
    /// What would still stand against it.
    pub open: Vec<Reason>,
}

/// One edit.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// The edit.
    pub edit: PolicyEdit,
    /// The lines that it changes.
    pub diff: Vec<DiffLine>,
    /// What it would change in the whole inventory.
    pub flips: Flips,
    /// The decision about the model after it.
    pub decision: Decision,
}
