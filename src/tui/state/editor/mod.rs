//! The policy while it is edited: its text, what it came from, and what was found of it so far. It reads and writes no
//! file, and judges nothing.

mod completing;
mod lines;
mod offers;
mod place;
mod text;

pub use completing::Completing;
pub use lines::{Differs, difference};
pub use text::{Motion, Text, drawn};

use crate::policy::PolicyError;
use crate::view::View;
use crate::view::flips::Preview;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Cells before a line: its number, and a sign.
pub const GUTTER: u16 = 7;

/// What the last frame showed of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// The first line.
    pub top: usize,
    /// The first column.
    pub left: usize,
    /// How many lines.
    pub height: usize,
}

/// What stands before a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It makes the policy invalid.
    Fault,
    /// It is valid and probably not meant.
    Finding,
}

/// What was found of a text.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The text's revision.
    pub revision: u64,
    /// Its faults, or what saving it would change; or why that could not be found out, safe to show.
    pub preview: Result<Preview, String>,
}

impl Looked {
    /// What is wrong with it.
    pub fn faults(&self) -> &[PolicyError] {
        self.preview.as_ref().map(|preview| preview.faults.as_slice()).unwrap_or_default()
    }
}

/// The policy while it is edited.
#[derive(Debug, Clone, Default)]
pub struct Editor {
    /// The text.
    pub text: Text,
    /// What it came from: the file's text, or that of the policy inside the program.
    pub base: String,
    /// The file; none while the policy is the one inside the program.
    pub file: Option<PathBuf>,
    /// The file says something else by now.
    pub is_stale: bool,
    /// What was found last, of this text or an earlier one.
    pub looked: Option<Looked>,
    /// Saving was asked for, and waits for what is found.
    pub is_saving: bool,
    /// What may stand at the cursor, as it was listed last.
    pub completing: Option<Completing>,
    /// What was cut or copied.
    pub held: String,
    /// What was searched for last.
    pub wanted: String,
    /// What the last frame showed.
    pub window: Window,
}

impl Editor {
    /// The policy of a view, to be edited.
    pub fn new(view: &View, file: Option<PathBuf>) -> Self {
        let base = view.policy_text.clone();
        Editor { text: Text::new(base.clone()), base, file, ..Editor::default() }
    }

    /// Whether there is anything to save.
    pub fn is_edited(&self) -> bool {
        self.text.whole() != self.base
    }

    /// What may stand at the cursor, while that is listed.
    pub fn listed(&self) -> Option<&Completing> {
        self.completing.as_ref().filter(|list| list.is_of(&self.text))
    }

    /// What was found of the text as it is now.
    pub fn looked_now(&self) -> Option<&Looked> {
        self.looked.as_ref().filter(|looked| looked.revision == self.text.revision())
    }

    /// Takes what a view says of the file.
    pub fn take_view(&mut self, view: &View) {
        if view.policy_text == self.base {
            self.is_stale = false;
        } else if self.is_edited() {
            self.is_stale = true;
        } else {
            self.take_file(&view.policy_text);
        }
    }

    /// Goes on with what the file says; undoing brings the text before it back.
    pub fn take_file(&mut self, text: &str) {
        self.base = text.to_owned();
        self.text.change_to(text);
        self.is_stale = false;
    }

    /// The lines, from 0, with a fault or with what is probably not meant; a fault counts first.
    pub fn marks(&self) -> BTreeMap<usize, Mark> {
        let row = |line: Option<usize>| line.unwrap_or(1).saturating_sub(1);
        let mut found = BTreeMap::new();
        let preview = self.looked.iter().filter_map(|looked| looked.preview.as_ref().ok());
        for preview in preview {
            let lint = preview.lint.iter().flat_map(|lint| &lint.findings);
            found.extend(lint.map(|finding| (row(finding.line), Mark::Finding)));
            found.extend(preview.faults.iter().map(|fault| (row(fault.line), Mark::Fault)));
        }
        found
    }
}
