//! The tour: five steps that point at keys. Which keys these are stands in the table of commands.

use crate::commands::Cmd;

/// A step.
pub struct Step {
    /// Its title.
    pub title: &'static str,
    /// What it says.
    pub text: &'static str,
    /// The commands that it points at.
    pub keys: &'static [Cmd],
}

/// The steps.
pub const STEPS: [Step; 5] = [
    Step {
        title: "The inventory",
        text: "Every model that your sources know, one row each: how its verification ended, its level, and whether the \
               policy admits it. A grey row was not verified yet.",
        keys: &[Cmd::Down, Cmd::Up, Cmd::Filter, Cmd::SavedView, Cmd::AddSource],
    },
    Step {
        title: "Verify",
        text: "Touchmark hashes the files of a model and checks who signed them, by the policy. Mark several models, or \
               verify the one under the cursor. Work runs in the background; the header shows how far it is.",
        keys: &[Cmd::Mark, Cmd::MarkAll, Cmd::StartVerify, Cmd::Jobs],
    },
    Step {
        title: "Find out why",
        text: "Enter opens the checks of a model: the first failing one is chosen, with what was expected, what was \
               found, and what to do. The reasons of a decision have a key of their own.",
        keys: &[Cmd::Open, Cmd::Why, Cmd::Lineage, Cmd::Maturity],
    },
    Step {
        title: "Decide",
        text: "The policy says what a model must show at which stage. A review records what a person decided, with a \
               reason, in the append-only ledger.",
        keys: &[Cmd::Policy, Cmd::Stage, Cmd::Review],
    },
    Step {
        title: "Find your way",
        text: "Esc goes back and never quits. Every command can be typed by name, and the help lists the keys of the \
               screen that is open. A key that cannot act says why.",
        keys: &[Cmd::Back, Cmd::Palette, Cmd::Help, Cmd::Messages, Cmd::Tour],
    },
];
