//! The policy while it is edited: its text, what it came from, and what was found of it so far. It reads and writes no
//! file, and judges nothing.

mod lines;
mod text;

pub use lines::{Differs, difference};
pub use text::{Motion, Text, drawn};

use crate::policy::PolicyError;
use crate::view::View;
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

/// What was found of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The text's revision.
    pub revision: u64,
    /// What is wrong with it.
    pub faults: Vec<PolicyError>,
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

    /// The faults by their lines, from 0, each line with its first.
    pub fn faults(&self) -> BTreeMap<usize, &PolicyError> {
        let mut found = BTreeMap::new();
        for fault in self.looked.iter().flat_map(|looked| &looked.faults) {
            let row = fault.line.unwrap_or(1).saturating_sub(1);
            found.entry(row).or_insert(fault);
        }
        found
    }
}
