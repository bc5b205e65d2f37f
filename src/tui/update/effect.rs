//! What the screens ask of the loop: everything that is input, output or takes time.

use crate::inventory::ModelId;
use crate::view::ReviewWord;
use crate::workbench::{JobId, JobKind};
use std::path::PathBuf;

/// What the loop has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Start a job.
    Start(JobKind),
    /// Cancel a job.
    Cancel(JobId),
    /// Judge for another stage.
    SetStage(String),
    /// Read the policy again.
    ReloadPolicy,
    /// Open a file in the editor, then read the policy again.
    Edit(PathBuf),
    /// Record a review.
    Review(ModelId, ReviewWord, String),
    /// Write what was verified into a bill of the workspace, and read it.
    Bind(ModelId),
    /// Read what the signature of a model holds, and give it back as [`super::Action::TakenApart`].
    TakeApart(ModelId),
    /// Compare two models, and give it back as [`super::Action::Compared`].
    Compare(ModelId, ModelId),
    /// Load a theme by its name or path, and give it back as the action of the same name.
    Theme(String),
    /// Suspend the program.
    Suspend,
    /// Draw everything again.
    Redraw,
}
