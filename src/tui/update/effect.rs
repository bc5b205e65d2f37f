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
    /// Load a theme by its name or path, and give it back as the action of the same name.
    Theme(String),
    /// Look which themes there are, and give them back as the action of the same name.
    Themes,
    /// Use the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Survey the whole inventory, and give the survey back as an action.
    Survey,
    /// Suspend the program.
    Suspend,
    /// Draw everything again.
    Redraw,
}
