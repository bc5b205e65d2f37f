//! A refused open, as a document: one line of a guard's log.

use super::names;
use crate::inventory::ModelId;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// An open that was refused.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GuardRefusalDocument<'a> {
    /// The document's name.
    pub schema: names::GuardRefusal,
    /// When it was told.
    pub at: jiff::Timestamp,
    /// The stage.
    pub stage: &'a str,
    /// Whether it was let through all the same: a dry run.
    pub dry_run: bool,
    /// The process.
    pub process: i32,
    /// What the process calls itself.
    pub command: Untrusted,
    /// The file, as the kernel calls it.
    pub file: Untrusted,
    /// The model that has it; absent when none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<&'a ModelId>,
    /// What was decided of it; `unknown` when nothing was.
    pub decision: &'a str,
    /// The code of the first reason.
    pub code: &'a str,
    /// That reason.
    pub reason: Untrusted,
    /// What to do.
    pub help: Untrusted,
    /// Refusals of this model to this process since the last line that had none.
    pub untold: u64,
}
