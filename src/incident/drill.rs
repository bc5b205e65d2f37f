//! Drills: an incident that is made up, played through a runbook. What is kept of one: which steps came, what ran for
//! each, and how long that took. It runs nothing, and a drill is never a case.

use super::runbook::{END, Runbook, Step};
use super::vocabulary::StepKind;
use crate::decision::{Making, RecordRef};
use crate::inventory::ModelId;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Commands that a drill runs, in a workspace that was made for it: the words, the exit status while other bytes lie
/// there, and after the approved ones are back. All others are for a person to run.
const RUN: &[(&str, i32, i32)] = &[
    ("verify", 1, 0),
    ("gate", 1, 0),
    ("incident triage", 1, 0),
    ("show", 0, 0),
    ("ledger show", 0, 0),
    ("blast", 0, 0),
    ("deploy list", 0, 0),
];
/// The options that they may have: none that names another workspace or a file to write.
const OPTIONS: &[&str] = &["--explain", "--in-full", "--stage"];

/// A drill, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DrillEntry {
    /// The type of incident.
    pub runbook: String,
    /// The version of the runbook.
    pub version: Untrusted,
    /// The model that it counts for; none: every model at whose stages the policy binds the runbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<ModelId>,
    /// Who held it.
    pub by: Untrusted,
    /// Whether people took the steps that are for people; else the program only went past them.
    pub walked: bool,
    /// Whether it came to the end of the runbook, and nothing failed.
    pub ended: bool,
    /// The steps that came, in their order.
    pub steps: Vec<DrilledStep>,
}

/// A step of a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DrilledStep {
    /// The step.
    pub step: String,
    /// How it is done.
    pub kind: StepKind,
    /// What became of it.
    pub outcome: DrillOutcome,
    /// The way that was chosen; only of a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goto: Option<String>,
    /// How long it took, milliseconds.
    pub took_ms: u64,
    /// What ran for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<DrilledRun>,
}

/// What became of a step of a drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DrillOutcome {
    /// It was done.
    Done,
    /// It is for people, and the program went past it.
    Passed,
    /// Somebody left it out.
    Skipped,
    /// Something that ran for it did not end as it should.
    Failed,
}

impl DrillOutcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            DrillOutcome::Done => "done",
            DrillOutcome::Passed => "for people",
            DrillOutcome::Skipped => "skipped",
            DrillOutcome::Failed => "failed",
        }
    }
}

/// A command that ran in a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DrilledRun {
    /// The command.
    pub command: Untrusted,
    /// The exit status that it should have.
    pub wanted: i32,
    /// The one that it had; none when a signal ended it.
    pub status: Option<i32>,
    /// How long it took, milliseconds.
    pub took_ms: u64,
}

/// A drill, and the record that keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// The record.
    pub record: RecordRef,
    /// Who, when and where.
    pub made: Making,
    /// The drill.
    pub entry: DrillEntry,
}

impl DrillEntry {
    /// How long all of it took, milliseconds.
    pub fn took_ms(&self) -> u64 {
        self.steps.iter().fold(0, |sum, step| sum.saturating_add(step.took_ms))
    }
}

/// A command that a drill runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drillable {
    /// Its words, without the name of the program.
    pub words: Vec<String>,
    /// The exit status while other bytes lie there.
    pub swapped: i32,
    /// The one after the approved ones are back.
    pub restored: i32,
}

impl Drillable {
    /// Of a command of a step, with its words filled in; none where a person has to run it.
    pub fn of(command: &str) -> Option<Self> {
        let words: Vec<&str> = command.split_whitespace().collect();
        let (name, words) = words.split_first()?;
        let line = words.join(" ");
        let fits = |known: &str| {
            line.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        let (_, swapped, restored) = RUN.iter().find(|(known, _, _)| fits(known))?;
        let may_be = |word: &&str| !word.starts_with('-') || OPTIONS.contains(word);
        let is_ours = *name == "touchmark" && words.iter().all(may_be);
        is_ours.then(|| Drillable {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            swapped: *swapped,
            restored: *restored,
        })
    }
}

impl Runbook {
    /// The way on from a step that a drill takes where nobody chooses: the one with the most steps ahead, of equal ones the
    /// last.
    pub fn longest_way<'r>(&'r self, step: &'r Step) -> &'r str {
        let mut ahead: BTreeMap<&str, usize> = BTreeMap::new();
        // A step later than all others is found after so many rounds, in whatever order they are written.
        for _ in &self.steps {
            for step in self.steps.iter().rev() {
                let most = step.ways().map(|way| ahead.get(way).copied().unwrap_or_default()).max();
                ahead.insert(&step.id, 1 + most.unwrap_or_default().min(self.steps.len()));
            }
        }
        let length = |way: &&str| ahead.get(*way).copied().unwrap_or_default();
        step.ways().max_by_key(length).unwrap_or(END)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commands_that_look_or_judge_are_run_and_none_that_names_another_place() {
        let of = |command: &str| {
            Drillable::of(command).map(|run| (run.words.join(" "), run.swapped, run.restored))
        };
        assert_eq!(of("touchmark verify a/b --explain"), Some(("verify a/b --explain".to_owned(), 1, 0)));
        assert_eq!(of("touchmark ledger show a/b"), Some(("ledger show a/b".to_owned(), 0, 0)));
        assert_eq!(of("touchmark gate a/b --stage prod"), Some(("gate a/b --stage prod".to_owned(), 1, 0)));
        for other in [
            "touchmark verify a/b --workspace /home",
            "touchmark verify a/b --policy=x",
            "touchmark verify a/b -o x",
            "touchmark ledger export",
            "touchmark verifying a/b",
            "touchmark incident open model_substitution --subject a/b --by me",
            "touchmark review reject a/b",
            "rm -r a",
            "verify a/b",
            "touchmark",
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
