//! Preconditions of workbench commands. The workbench has the state and decides whether they hold.

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
        /// A model or dataset under the cursor, in the inventory or not, or the one that the screen is about.
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
        /// The policy, being edited.
        Editor,
        /// A policy file, to edit.
        EditablePolicy,
        /// A policy file, to read again.
        PolicyFile,
        /// A stage besides the one in force.
        OtherStage,
        /// A row of the whole inventory in numbers.
        SurveyRow,
        /// A policy that loads.
        SoundPolicy,
        /// A choice of the report that can be typed.
        TypedChoice,
        /// A case of an incident.
        Case,
        /// A case with a step that is next.
        OpenStep,
        /// A case that is open.
        OpenCase,
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
