//! Why a workbench command cannot act, with the key that helps. The caller resolves the key, since keys are
//! configurable.

use super::command::Cmd;
use super::need::Need;

impl Need {
    /// Why a command cannot act while this does not hold; `key` gives the key of a command.
    pub fn why_not(self, key: &dyn Fn(Cmd) -> String) -> String {
        let (why, what_then) = self.words();
        match what_then {
            Some((cmd, does)) => format!("{why}: {} {does}", key(cmd)),
            None => why.to_owned(),
        }
    }

    /// Why not, and the command that helps, with what it does.
    fn words(self) -> (&'static str, Option<(Cmd, &'static str)>) {
        let verify = |does| Some((Cmd::StartVerify, does));
        let why = match self {
            Need::EverVerified => return ("this model was never verified", verify("verifies it")),
            Need::Unchanged => {
                return ("its files changed since it was verified", verify("verifies it again"));
            }
            Need::Proven => {
                let why = "its verification does not pass, or its signer is not proven";
                return (why, Some((Cmd::Verify, "shows why")));
            }
            Need::Checks => return ("nothing has been verified here yet", verify("verifies it")),
            Need::SurveyRow => {
                return ("there is no row here", Some((Cmd::Survey, "shows the whole inventory")));
            }
            Need::Editor => return ("the policy is not being edited", Some((Cmd::Edit, "edits it"))),
            Need::Openable => "the workspace could not be opened",
            Need::Open => "the workspace is still being opened",
            Need::Writable => "opened read-only",
            Need::Model | Need::Models | Need::ModelShown => "there is no model here",
            Need::Named => "there is no model here",
            Need::KnownRow => "the relatives of this row are not known",
            Need::OtherFocus => "this is the focus already",
            Need::FocusBefore => "this is the first focus",
            Need::RowShown => "no model is shown",
            Need::Mark => "nothing is marked",
            Need::OwnReview => "this session has no review to undo",
            Need::AnyModel => "the inventory is empty",
            Need::EditablePolicy => {
                "the built-in policy cannot be edited: name a policy file in touchmark.toml"
            }
            Need::PolicyFile => "the built-in policy never changes",
            Need::OtherStage => "the policy has no other stage",
            Need::SoundPolicy => {
                return ("the policy does not load", Some((Cmd::Policy, "shows its faults")));
            }
            Need::TypedChoice => "nothing is typed here: Space changes it",
            Need::Case => "there is no case here",
            Need::OpenStep => "no step of this case is next",
            Need::OpenCase => "there is no open case here",
            Need::Job => "nothing has run yet",
            Need::OverJob => "only a failed or cancelled job can be run again",
            Need::Change => "there is no model here",
            Need::Fault => "everything loads",
            Need::FaultFile => "there is no file here to correct",
            Need::FaultyStore => "the store is not what fails here",
            Need::EmptyFolder => "this folder is not empty",
            Need::Running => "nothing is running here",
            Need::OlderOutput => "this is the oldest saved output",
            Need::NewerOutput => "this is the newest output",
            Need::JobControl => "this system cannot suspend programs",
        };
        (why, None)
    }
}
