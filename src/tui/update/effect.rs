//! What the screens ask of the loop: everything that is input, output or takes time.

use crate::inventory::ModelId;
use crate::view::{ReviewWord, View};
use crate::workbench::{JobId, JobKind};
use std::path::PathBuf;
use std::sync::Arc;

/// A view, named by its generation.
#[derive(Clone)]
pub struct ViewOf(pub Arc<View>);

impl PartialEq for ViewOf {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::fmt::Debug for ViewOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View({})", self.0.generation)
    }
}

/// What the loop has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Go on with a search once no key waits.
    GoOn,
    /// Read what filters may ask of the facts of a view's models.
    ReadFacts(ViewOf),
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
    /// Suspend the program.
    Suspend,
    /// Draw everything again.
    Redraw,
}
