//! What must hold for a command of the workbench to act, and what is said when it does not. Whether it holds is for
//! the workbench to say, which has the state.

use super::listed::listed;

listed! {
    /// What must hold for a command to act now.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Need {
        /// Opening the workspace did not fail.
        Openable,
        /// The workspace is open.
        Open,
        /// Something may be written.
        Writable,
        /// A model under the cursor, or the one that the screen is about.
        Model,
        /// Marked models where marks are seen, or else a model.
        Models,
        /// A model that the tabs, levels or panes are about.
        ModelShown,
        /// A verification of the model, at some time.
        EverVerified,
        /// Files that are as they were when they were verified.
        Unchanged,
        /// A verification that passes, of a signer that is proven.
        Proven,
        /// On the screen of checks: a verification.
        Checks,
        /// A row of the lineage that is in the inventory.
        KnownRow,
        /// A model or dataset under the cursor, of the inventory or not, or the one that the screen is about.
        Named,
        /// A row of the lineage that is not its focus.
        OtherFocus,
        /// A focus before this one.
        FocusBefore,
        /// A row that the filter leaves.
        RowShown,
        /// A marked model.
        Mark,
        /// A review of this session.
        OwnReview,
        /// A model in the inventory.
        AnyModel,
        /// A policy file, to edit.
        EditablePolicy,
        /// A policy file, to read again.
        PolicyFile,
        /// A stage besides the one in force.
        OtherStage,
        /// A job.
        Job,
        /// A job that failed or was cancelled.
        OverJob,
        /// A model that changed between two snapshots.
        Change,
        /// Something that does not load.
        Fault,
        /// The same, in a file that can be corrected.
        FaultFile,
        /// A store that cannot be opened.
        FaultyStore,
        /// A folder with nothing in it.
        EmptyFolder,
        /// A job that is not over; on the screen of outputs, a command that is not.
        Running,
        /// An output before the one shown.
        OlderOutput,
        /// An output after the one shown.
        NewerOutput,
        /// A system that can suspend programs.
        JobControl,
    }
}

impl Need {
    /// Why a command cannot act while this does not hold.
    pub fn why_not(self) -> &'static str {
        match self {
            Need::Openable => "the workspace could not be opened",
            Need::Open => "the workspace is still being opened",
            Need::Writable => "opened read-only",
            Need::Model | Need::Models | Need::ModelShown => "there is no model here",
            Need::EverVerified => "this model was never verified: V verifies it",
            Need::Unchanged => "its files changed since it was verified: V verifies it again",
            Need::Proven => "its verification does not pass, or its signer is not proven: Enter shows why",
            Need::Checks => "nothing was verified here yet: V verifies it",
            Need::Named => "there is no model here",
            Need::KnownRow => "nothing is known of the relatives of this row",
            Need::OtherFocus => "this is the focus already",
            Need::FocusBefore => "this is the first focus",
            Need::RowShown => "no model is shown",
            Need::Mark => "nothing is marked",
            Need::OwnReview => "no review of this session is left to take back",
            Need::AnyModel => "the inventory is empty",
            Need::EditablePolicy => {
                "the built-in policy cannot be edited: name a policy file in touchmark.toml"
            }
            Need::PolicyFile => "the built-in policy never changes",
            Need::OtherStage => "the policy has no other stage",
            Need::Job => "nothing has run yet",
            Need::OverJob => "only a job that failed or was cancelled is run again",
            Need::Change => "there is no model here",
            Need::Fault => "everything loads",
            Need::FaultFile => "there is no file here to correct",
            Need::FaultyStore => "the store is not what fails here",
            Need::EmptyFolder => "this folder is not empty",
            Need::Running => "nothing is running here",
            Need::OlderOutput => "this is the oldest output that is kept",
            Need::NewerOutput => "this is the newest output",
            Need::JobControl => "this system cannot suspend programs",
        }
    }
}
