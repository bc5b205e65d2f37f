//! What the screens ask of the loop: everything that is input, output or takes time.

use crate::inventory::ModelId;
use crate::tui::state::exports::Export;
use crate::tui::state::outputs::Asked;
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
    /// Read the licences of all models of the view, and give them back as the action of the same name.
    Licences,
    /// Load a theme by its name or path, and give it back as the action of the same name.
    Theme(String),
    /// Run a command of the command line, and say what it prints and how it ends.
    Run(Box<Asked>),
    /// Cancel one that runs.
    CancelRun(u64),
    /// Read again what a command may have changed.
    Renew {
        /// Sources too, not only records, policy and anchors.
        sources: bool,
    },
    /// Read the names in a folder, as it is typed.
    ReadFolder(String),
    /// Copy this text, which is safe to show.
    Copy {
        /// What it is, in words.
        what: String,
        /// The text.
        text: String,
    },
    /// Give back a name like this one of which no file is there.
    FreeName(String),
    /// Write a file.
    Export(Box<Export>),
    /// Suspend the program.
    Suspend,
    /// Draw everything again.
    Redraw,
}
