//! The inventory's rows: order, saved views, filter and marks over indices into the view. No drawing
//! here, and no text is built but for the rows that are shown.

use crate::decision::Decision;
use crate::inventory::ModelId;
use crate::query::{Facts, Query, parse};
use crate::tui::state::filter::Finder;
use crate::tui::state::prepared::Prepared;
use crate::tui::state::saved::{KeptView, MOST_KEPT, MOST_NAME_CHARS, Saved, Tab};
use crate::tui::state::sort::Sort;
use crate::view::View;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

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
    saved: Saved,
    kept: Vec<KeptView>,
    counts: [usize; Saved::ALL.len()],
    finder: Finder,
    /// The model to put the cursor on once it is found.
    wanted: Option<ModelId>,
    sort: usize,
    reversed: bool,
    marked: HashSet<ModelId>,
}

impl Rows {
    /// Takes a new view. The cursor stays on its model, but at the top it stays at the top: a failure that
    /// has just been found must be seen.
    pub fn load(&mut self, mut prepared: Prepared, view: &View, previous: Option<&ModelId>) {
        prepared.index.inherit(&self.made.index);
        self.made = prepared;
        // Before anything is judged, no model is held up.
        let counts = |saved: Saved| saved != Saved::NeedsReview || view.is_judged();
        let count = |saved: Saved| self.made.keys.iter().filter(|key| saved.takes(key)).count();
        self.counts = Saved::ALL.map(|saved| if counts(saved) { count(saved) } else { 0 });
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
        match index.and_then(|index| self.shown.iter().position(|row| *row == index)) {
            Some(position) => self.cursor = position,
            None if self.is_finding() => self.wanted = Some(id.clone()),
            None => {}
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
        self.find(false);
    }

    /// Searches for what is asked; a longer query may search only what the shorter one left.
    fn find(&mut self, may_narrow: bool) {
        self.wanted = None;
        self.finder.start(&self.made.index, self.query(), &self.order, may_narrow);
        if !self.awaits_facts() {
            self.go_on();
        }
    }

    /// The query in force: that of the view and the filter.
    pub fn query(&self) -> Query {
        self.view_query().and(&parse(&self.filter).query)
    }

    fn view_query(&self) -> Query {
        match self.saved() {
            Saved::Kept(at) => self.kept.get(at).map(|kept| parse(&kept.filter).query).unwrap_or_default(),
            saved => saved.query(),
        }
    }

    /// Whether a search goes on.
    pub fn is_finding(&self) -> bool {
        !self.finder.is_done() && !self.awaits_facts()
    }

    /// Whether the query asks what has yet to be read.
    pub fn awaits_facts(&self) -> bool {
        self.finder.query().needs_facts() && self.made.index.facts().is_none()
    }

    /// Whether there is something to read that queries may ask.
    pub fn lacks_facts(&self) -> bool {
        self.made.index.view().is_some() && self.made.index.facts().is_none()
    }

    /// Takes what was read of the facts of these models, if these are still the ones.
    pub fn take_facts(&mut self, view: &View, facts: Arc<Facts>) {
        let is_same = self.made.index.view().is_some_and(|known| {
            Arc::ptr_eq(&known.models, &view.models)
                && Arc::ptr_eq(&known.graph, &view.graph)
                && Arc::ptr_eq(&known.findings, &view.findings)
        });
        if is_same && self.lacks_facts() {
            let awaited = self.awaits_facts();
            self.made.index.take_facts(facts);
            if awaited {
                let wanted = self.wanted.take();
                self.refilter();
                self.wanted = wanted;
            }
        }
    }

    /// Searches one more slice; gives the model that the cursor has to be put on, once it can be found.
    pub fn go_on(&mut self) -> Option<ModelId> {
        if let Some(found) = self.finder.go_on() {
            // At the top it stays with the best match; elsewhere with its model.
            let under =
                self.shown.get(self.cursor).copied().filter(|_| self.cursor > 0 && self.finder.has_begun());
            self.shown = found;
            let there = under.and_then(|under| self.shown.iter().position(|row| *row == under));
            self.cursor = there.unwrap_or(self.cursor).min(self.shown.len().saturating_sub(1));
        }
        self.wanted.take_if(|_| self.finder.is_done())
    }

    /// How the search stands.
    pub fn finder(&self) -> &Finder {
        &self.finder
    }

    /// What they were made from.
    pub fn made(&self) -> &Prepared {
        &self.made
    }

    /// Changes the filter; a longer query searches only what the shorter one left.
    pub fn set_filter(&mut self, filter: String) {
        self.filter = filter;
        self.cursor = 0;
        self.find(true);
    }

    /// The next saved view; a kept one brings its order.
    pub fn next_saved(&mut self) {
        let kept = (0..self.kept.len()).map(Saved::Kept);
        let all: Vec<Saved> = Saved::ALL.into_iter().chain(kept).collect();
        let at = all.iter().position(|saved| *saved == self.saved()).unwrap_or(0);
        let next = all.get((at + 1) % all.len()).copied();
        self.show_saved(next.unwrap_or_default());
    }

    /// Goes to a saved view; a kept one brings its order.
    pub fn show_saved(&mut self, saved: Saved) {
        self.saved = saved;
        self.cursor = 0;
        if let Saved::Kept(at) = saved
            && let Some(kept) = self.kept.get(at)
        {
            self.sort = Sort::ALL.iter().position(|sort| sort.word() == kept.sort).unwrap_or(self.sort);
            self.reversed = kept.reversed;
            self.sort_rows();
        }
        self.refilter();
    }

    /// Keeps what is shown as a view of that name and goes to it; one that had the name is replaced. Says why not.
    ///
    /// # Errors
    /// The name is too long, or there are too many views.
    pub fn keep(&mut self, name: &str) -> Result<(), String> {
        let name = name.trim();
        let known = self.kept.iter().position(|kept| kept.name == name);
        if name.chars().count() > MOST_NAME_CHARS {
            return Err(format!("a name has at most {MOST_NAME_CHARS} characters"));
        }
        if Saved::ALL.iter().any(|saved| saved.word() == name) {
            return Err(format!("`{name}` is a built-in view"));
        }
        if known.is_none() && self.kept.len() >= MOST_KEPT {
            return Err(format!(
                "at most {MOST_KEPT} views are kept: Ctrl-s with an empty name drops the open one"
            ));
        }
        let kept = KeptView {
            name: name.to_owned(),
            filter: self.query().to_string(),
            sort: self.sort().word().to_owned(),
            reversed: self.reversed,
        };
        let at = known.unwrap_or(self.kept.len());
        match self.kept.get_mut(at) {
            Some(slot) => *slot = kept,
            None => self.kept.push(kept),
        }
        self.filter.clear();
        self.show_saved(Saved::Kept(at));
        Ok(())
    }

    /// Drops the kept view in force and shows all; gives its name.
    pub fn drop_kept(&mut self) -> Option<String> {
        let Saved::Kept(at) = self.saved() else { return None };
        let dropped = self.kept.remove(at);
        self.show_saved(Saved::All);
        Some(dropped.name)
    }

    /// The kept views, to be stored.
    pub fn kept_views(&self) -> &[KeptView] {
        &self.kept
    }

    /// Takes kept views as they were stored.
    pub fn set_kept_views(&mut self, kept: Vec<KeptView>) {
        self.kept = kept;
        self.kept.truncate(MOST_KEPT);
        if self.saved() == Saved::All && self.saved != Saved::All {
            self.show_saved(Saved::All);
        }
    }

    /// The saved views as their tabs show them.
    pub fn tabs(&self) -> Vec<Tab> {
        let current = self.saved();
        let built_in = Saved::ALL.iter().map(|saved| Tab {
            name: saved.word().to_owned(),
            models: Some(self.count(*saved)),
            is_current: *saved == current,
        });
        let kept = self.kept.iter().enumerate().map(|(at, kept)| Tab {
            name: crate::text::screen(&kept.name),
            models: None,
            is_current: current == Saved::Kept(at),
        });
        built_in.chain(kept).collect()
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
        self.saved = Saved::All;
        self.set_filter(String::new());
    }

    /// The saved view in force.
    pub fn saved(&self) -> Saved {
        match self.saved {
            Saved::Kept(at) if at >= self.kept.len() => Saved::All,
            saved => saved,
        }
    }

    /// The name of the saved view in force, safe to show.
    pub fn saved_name(&self) -> String {
        match self.saved() {
            Saved::Kept(at) => {
                self.kept.get(at).map(|kept| crate::text::screen(&kept.name)).unwrap_or_default()
            }
            saved => saved.word().to_owned(),
        }
    }

    /// How many models a built-in view takes.
    pub fn count(&self, saved: Saved) -> usize {
        let at = Saved::ALL.iter().position(|known| *known == saved);
        at.and_then(|at| self.counts.get(at)).copied().unwrap_or(0)
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

    /// Whether a model is among the shown ones, or may still be found.
    pub fn shows(&self, view: &View, id: &ModelId) -> bool {
        let index = view.model(id).and_then(|(index, _)| u32::try_from(index).ok());
        index.is_some_and(|index| self.shown.contains(&index)) || self.is_finding()
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
