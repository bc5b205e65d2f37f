//! What is chosen for reports and how far their preview is, as plain data. What the choices come to as a command is
//! known next door, in `reporting`.

use crate::commands::{REPORTS, ReportKind};
use crate::tui::state::outputs::{Asked, Ended, Output, Renews};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longer texts are none that anybody typed.
const MAX_TYPED_BYTES: usize = 1000;
/// So many lines of a preview are kept: who reads on writes the report.
const MAX_LINES: usize = 2_000;
/// So many of each are remembered.
const MAX_REMEMBERED: usize = 64;

/// A pane of the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReportPane {
    /// The kinds.
    #[default]
    Kinds,
    /// The choices for the chosen kind.
    Choices,
    /// The report as text.
    Preview,
}

impl ReportPane {
    /// All, in the order in which Tab goes through them.
    pub const ALL: [ReportPane; 3] = [ReportPane::Kinds, ReportPane::Choices, ReportPane::Preview];
}

/// What was chosen, as it is remembered between two visits. What is not there is as it is by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportChoices {
    /// The kind, by its word.
    pub kind: String,
    /// What each kind is about, by its word.
    pub scopes: BTreeMap<String, String>,
    /// What was typed, by the word of its choice.
    pub typed: BTreeMap<String, String>,
    /// The stage; none for the one that the workbench judges for.
    pub stage: Option<String>,
    /// The forms of each kind, by their words.
    pub forms: BTreeMap<String, Vec<String>>,
}

impl ReportChoices {
    /// The same, as far as somebody can have chosen it: it may come from a file.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let fits = |text: &String| text.len() <= MAX_TYPED_BYTES;
        let few = |word: &String, at: usize| fits(word) && at < MAX_REMEMBERED;
        let mut at = 0..;
        self.scopes.retain(|kind, scope| few(kind, at.next().unwrap_or(MAX_REMEMBERED)) && fits(scope));
        let mut at = 0..;
        self.typed.retain(|row, text| few(row, at.next().unwrap_or(MAX_REMEMBERED)) && fits(text));
        let mut at = 0..;
        self.forms.retain(|kind, forms| {
            forms.truncate(MAX_REMEMBERED);
            few(kind, at.next().unwrap_or(MAX_REMEMBERED)) && forms.iter().all(fits)
        });
        self.stage = self.stage.filter(fits);
        self
    }
}

/// The screen of reports.
#[derive(Debug, Clone, Default)]
pub struct ReportsState {
    /// The pane that the keys act on.
    pub pane: ReportPane,
    /// What is chosen.
    pub choices: ReportChoices,
    /// The chosen row of the choices.
    pub row: usize,
    /// The name of the files without their endings, where somebody typed one, by the kind's word.
    pub names: BTreeMap<&'static str, String>,
    /// What is made to look at.
    pub preview: Preview,
}

impl ReportsState {
    /// The chosen kind, by its place in the table.
    pub fn place(&self) -> usize {
        REPORTS.iter().position(|kind| kind.word == self.choices.kind).unwrap_or(0)
    }

    /// The chosen kind.
    pub fn kind(&self) -> Option<&'static ReportKind> {
        REPORTS.get(self.place())
    }

    /// Chooses a kind.
    pub fn choose(&mut self, place: usize) {
        if let Some(kind) = REPORTS.get(place.min(REPORTS.len().saturating_sub(1)))
            && self.choices.kind != kind.word
        {
            self.choices.kind = kind.word.to_owned();
            self.row = 0;
        }
    }
}

/// A report as text, made beside the screen. Each making has a number, and what an earlier one says is dropped.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    number: u64,
    /// What was asked for: the words of the command, and the generation of the view.
    asked: Option<(Vec<String>, u64)>,
    /// What is shown: the last one that said anything.
    shown: Option<Output>,
    /// What is being made, until it says something.
    next: Option<Output>,
}

impl Preview {
    /// Asks for another one; its number, or none where it is the one that was asked for last.
    pub fn ask(&mut self, words: Vec<String>, generation: u64) -> Option<u64> {
        let asked = Some((words, generation));
        if self.asked == asked {
            return None;
        }
        self.number += 1;
        let words = asked.as_ref().map(|(words, _)| words.clone()).unwrap_or_default();
        let (id, line) = (self.number, String::new());
        self.next = Some(Output::new(Asked { id, line, words, asks: false, renews: Renews::Nothing }));
        self.asked = asked;
        Some(self.number)
    }

    /// Nothing is to be shown; whether something was being made.
    pub fn clear(&mut self) -> bool {
        let was_making = self.is_being_made();
        if self.asked.take().is_some() {
            self.number += 1;
        }
        (self.shown, self.next) = (None, None);
        was_making
    }

    /// Takes what it printed; whether more is kept of it.
    pub fn take(&mut self, number: u64, is_aside: bool, lines: Vec<String>) -> bool {
        let Some(output) = self.of(number) else { return true };
        if output.is_cut {
            return true;
        }
        let (room, many) = (MAX_LINES.saturating_sub(output.lines.len()), lines.len());
        output.take(is_aside, lines.into_iter().take(room).collect());
        output.is_cut |= many > room;
        !output.is_cut
    }

    /// It ended.
    pub fn end(&mut self, number: u64, ended: Ended) {
        if let Some(output) = self.of(number) {
            output.ended = Some(ended);
        }
    }

    /// The one of a number, shown from now on.
    fn of(&mut self, number: u64) -> Option<&mut Output> {
        if self.next.as_ref().is_some_and(|next| next.asked.id == number) {
            self.shown = self.next.take();
        }
        self.shown.as_mut().filter(|shown| shown.asked.id == number)
    }

    /// The number of the newest one.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What is shown.
    pub fn shown(&self) -> Option<&Output> {
        self.shown.as_ref()
    }

    /// Whether another one is being made than is shown whole.
    pub fn is_being_made(&self) -> bool {
        self.next.is_some() || self.shown.as_ref().is_some_and(|shown| shown.ended.is_none())
    }
}
