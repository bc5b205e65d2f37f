//! What the screens ask of the loop: everything that is input, output or takes time.

use crate::inventory::ModelId;
use crate::tui::state::exports::Export;
use crate::tui::state::outputs::Asked;
use crate::view::{ReviewWord, View};
use crate::workbench::{JobId, JobKind, ReviewAct};
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

/// A policy to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saving {
    /// The text that was edited.
    pub before: String,
    /// What became of it.
    pub after: String,
    /// Why.
    pub reason: String,
}

/// A report to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// What it is, safe to show.
    pub title: String,
    /// The words of the command that writes it.
    pub words: Vec<String>,
    /// The files, as they stand among the words.
    pub files: Vec<String>,
    /// Whether files of these names are replaced.
    pub replaces: bool,
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
    /// Do again what a job did not do.
    Retry(JobId),
    /// Try again to open the workspace.
    Reopen,
    /// Open it without its store.
    LeaveStore,
    /// Make a workspace in the folder that was to be opened, and open it.
    MakeWorkspace,
    /// Copy the samples into a new folder, and open them.
    Samples(PathBuf),
    /// Keep a temporary workspace in a folder, or beside its models, and open it.
    Keep(Option<PathBuf>),
    /// Add a source, and scan it.
    AddSource(PathBuf),
    /// Find out what a path that is being typed can go on with, and give it back as the action `Completed`.
    Complete(String),
    /// Judge for another stage.
    SetStage(String),
    /// Read the policy again.
    ReloadPolicy,
    /// Look at the policy's text that is being edited, once no key comes for a moment, and give what was found back as
    /// [`super::Action::Looked`].
    LookAtEdited,
    /// Put an edited policy in force, and give what became of it back as an action.
    SavePolicy(Box<Saving>),
    /// Open a file in the editor, then read the policy again.
    Edit(PathBuf),
    /// Record a review of models, all or none; what became of it comes back as an action.
    Review(Vec<ModelId>, ReviewWord, String),
    /// Take back what was recorded together, for this reason.
    Undo(ReviewAct, String),
    /// Read what was said of a model.
    History(ModelId),
    /// Write what was verified into a bill of the workspace, and read it.
    Bind(ModelId),
    /// Read what the signature of a model holds, and give it back as [`super::Action::TakenApart`].
    TakeApart(ModelId),
    /// Compare two models, and give it back as [`super::Action::Compared`].
    Compare(ModelId, ModelId),
    /// Read the licences of all models of the view, and give them back as the action of the same name.
    Licences,
    /// Load a theme by its name or path, and give it back as the action of the same name.
    Theme(String),
    /// Look which themes there are, and give them back as the action of the same name.
    Themes,
    /// Use the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Read the cases of incidents for the view of a generation, and give them back as an action.
    Cases(u64),
    /// Survey the whole inventory, and give the survey back as an action.
    Survey,
    /// Run a command of the command line, and say what it prints and how it ends.
    Run(Box<Asked>),
    /// Make a report as text, once no key comes for a moment, instead of the one that is being made.
    Preview {
        /// Its number.
        number: u64,
        /// The words of the command that prints it.
        words: Vec<String>,
    },
    /// Make no more of any preview.
    StopPreview,
    /// Write a report as a job, or give back which of its files are there.
    WriteReport(Box<Writing>),
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
