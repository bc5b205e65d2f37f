//! Going to a model by its name: what was typed, and the models whose names it finds, the best first. It draws nothing.

use crate::query::{Clause, Index, Query};
use crate::tui::state::filter::Finder;

/// Going to a model.
pub struct GoTo {
    /// What is typed.
    pub input: String,
    /// The chosen model among those found.
    pub cursor: usize,
    finder: Finder,
    /// All models, in the order that they are listed in.
    order: Vec<u32>,
    found: Vec<u32>,
}

impl GoTo {
    /// Over all models, those of the inventory's rows first.
    pub fn new(index: &Index, first: &[u32]) -> Self {
        let mut is_listed = vec![false; index.len()];
        for row in first {
            if let Some(slot) = is_listed.get_mut(*row as usize) {
                *slot = true;
            }
        }
        let others = (0u32..).zip(is_listed).filter(|(_, is_listed)| !is_listed).map(|(row, _)| row);
        let order: Vec<u32> = first.iter().copied().chain(others).collect();
        let mut goto =
            GoTo { input: String::new(), cursor: 0, finder: Finder::default(), order, found: Vec::new() };
        goto.search(index);
        goto
    }

    /// The same over the models of another view.
    pub fn reload(&mut self, index: &Index, first: &[u32]) {
        let input = std::mem::take(&mut self.input);
        *self = GoTo { input, ..GoTo::new(index, first) };
        self.search(index);
    }

    /// Searches for what is typed.
    pub fn search(&mut self, index: &Index) {
        let words = self.input.split_whitespace().map(Clause::word);
        self.cursor = 0;
        self.finder.start(index, Query { clauses: words.collect() }, &self.order, true);
        self.go_on();
    }

    /// Searches one more slice.
    pub fn go_on(&mut self) {
        if let Some(found) = self.finder.go_on() {
            self.found = found;
            self.cursor = self.cursor.min(self.found.len().saturating_sub(1));
        }
    }

    /// Whether a search goes on.
    pub fn is_finding(&self) -> bool {
        !self.finder.is_done()
    }

    /// The models found, by their indices.
    pub fn found(&self) -> &[u32] {
        &self.found
    }

    /// What it searches for.
    pub fn query(&self) -> &Query {
        self.finder.query()
    }

    /// The chosen model.
    pub fn chosen(&self) -> Option<u32> {
        self.found.get(self.cursor).copied()
    }
}
