//! The inventory's rows: order, saved views, filter and marks over indices into the view. No drawing
//! here, and no text is built but for the rows that are shown.

use crate::decision::Decision;
use crate::inventory::ModelId;
use crate::tui::state::filter::matching;
use crate::tui::state::prepared::Prepared;
use crate::tui::state::saved::Saved;
use crate::tui::state::sort::Sort;
use crate::view::View;
use std::cmp::Reverse;
use std::collections::HashSet;

/// The rows.
#[derive(Default)]
pub struct Rows {
    made: Prepared,
    order: Vec<u32>,
    shown: Vec<u32>,
    /// Position of the cursor among the shown rows.
    pub cursor: usize,
    /// The filter as typed.
    pub filter: String,
    saved: usize,
    sort: usize,
    reversed: bool,
    marked: HashSet<ModelId>,
}

impl Rows {
    /// Takes a new view. The cursor stays on its model, but at the top it stays at the top: a failure that
    /// has just been found must be seen.
    pub fn load(&mut self, prepared: Prepared, view: &View, previous: Option<&ModelId>) {
        self.made = prepared;
        self.marked.retain(|id| view.model(id).is_some());
        let at_top = self.cursor == 0;
        self.sort_rows();
        self.refilter();
        if !at_top && let Some(previous) = previous {
            self.seek(view, previous);
        }
    }

    /// Puts the cursor on a model if it is shown.
    pub fn seek(&mut self, view: &View, id: &ModelId) {
        let index = view.model(id).and_then(|(index, _)| u32::try_from(index).ok());
        if let Some(position) = index.and_then(|index| self.shown.iter().position(|row| *row == index)) {
            self.cursor = position;
        }
    }

    fn sort_rows(&mut self) {
        let sort = self.sort();
        let mut order: Vec<(u32, Reverse<usize>, u32)> = (0u32..)
            .zip(self.made.keys.iter())
            .map(|(index, key)| {
                let rank = match sort {
                    Sort::Problems => u32::from(key.problem),
                    Sort::Model => 0,
                    Sort::Signer => key.signer,
                    Sort::Level => u32::from(key.level),
                    Sort::Gate => match key.decision {
                        Decision::Refuse => 0,
                        Decision::NotJudged => 1,
                        Decision::Warn => 2,
                        Decision::Admit => 3,
                    },
                };
                let is_exposed = sort == Sort::Problems && key.problem < 3;
                let exposure = if is_exposed { key.children } else { 0 };
                (rank, Reverse(exposure), index)
            })
            .collect();
        order.sort_unstable();
        if self.reversed {
            order.reverse();
        }
        self.order = order.into_iter().map(|(_, _, index)| index).collect();
    }

    fn refilter(&mut self) {
        let saved = self.saved();
        let among: Vec<u32> = self
            .order
            .iter()
            .copied()
            .filter(|row| self.made.keys.get(*row as usize).is_some_and(|key| saved.takes(key)))
            .collect();
        self.shown = matching(&self.made.hays, &among, &self.filter);
        self.cursor = self.cursor.min(self.shown.len().saturating_sub(1));
    }

    /// What they were made from.
    pub fn made(&self) -> &Prepared {
        &self.made
    }

    /// Changes the filter; a longer query searches only what the shorter one left.
    pub fn set_filter(&mut self, filter: String) {
        let narrower = filter.starts_with(&self.filter) && !self.filter.is_empty();
        self.filter = filter;
        self.cursor = 0;
        if narrower {
            self.shown = matching(&self.made.hays, &self.shown, &self.filter);
        } else {
            self.refilter();
        }
    }

    /// The next saved view.
    pub fn next_saved(&mut self) {
        self.saved = (self.saved + 1) % Saved::ALL.len();
        self.cursor = 0;
        self.refilter();
    }

    /// The next order.
    pub fn next_sort(&mut self) {
        self.sort = (self.sort + 1) % Sort::ALL.len();
        self.cursor = 0;
        self.sort_rows();
        self.refilter();
    }

    /// Turns the order round.
    pub fn reverse(&mut self) {
        self.reversed = !self.reversed;
        self.cursor = 0;
        self.sort_rows();
        self.refilter();
    }

    /// Back to everything, unfiltered.
    pub fn show_all(&mut self) {
        self.saved = 0;
        self.set_filter(String::new());
    }

    /// The saved view in force.
    pub fn saved(&self) -> Saved {
        Saved::ALL.get(self.saved).copied().unwrap_or(Saved::All)
    }

    /// How many models a saved view takes.
    pub fn count(&self, saved: Saved) -> usize {
        self.made.keys.iter().filter(|key| saved.takes(key)).count()
    }

    /// The order in force.
    pub fn sort(&self) -> Sort {
        Sort::ALL.get(self.sort).copied().unwrap_or(Sort::Problems)
    }

    /// Whether it is turned round.
    pub fn is_reversed(&self) -> bool {
        self.reversed
    }

    /// Indices of the shown models, in order.
    pub fn shown(&self) -> &[u32] {
        &self.shown
    }

    /// All models, shown or not.
    pub fn total(&self) -> usize {
        self.made.keys.len()
    }

    /// Models that were never verified.
    pub fn unverified(&self) -> usize {
        self.made.unverified
    }

    /// Models whose verification on record does not hold any more.
    pub fn outdated(&self) -> usize {
        self.made.outdated
    }

    /// Index of the model under the cursor.
    pub fn current(&self) -> Option<usize> {
        self.shown.get(self.cursor).map(|row| *row as usize)
    }

    /// Marks or unmarks.
    pub fn toggle_mark(&mut self, id: &ModelId) {
        if !self.marked.remove(id) {
            self.marked.insert(id.clone());
        }
    }

    /// Marks all shown.
    pub fn mark_shown(&mut self, view: &View) {
        let ids = self.shown.iter().filter_map(|row| view.models.get(*row as usize));
        self.marked.extend(ids.map(|model| model.id.clone()));
    }

    /// Unmarks all.
    pub fn unmark(&mut self) {
        self.marked.clear();
    }

    /// Whether a model is marked.
    pub fn is_marked(&self, id: &ModelId) -> bool {
        self.marked.contains(id)
    }

    /// The marked models, sorted.
    pub fn marked(&self) -> Vec<ModelId> {
        let mut ids: Vec<ModelId> = self.marked.iter().cloned().collect();
        ids.sort();
        ids
    }

    /// How many are marked.
    pub fn marks(&self) -> usize {
        self.marked.len()
    }
}
