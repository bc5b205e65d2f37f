//! The inventory's rows: sort keys, saved views, filter and marks over indices into the view. No drawing
//! here, and no text is built but for the rows that are shown.

use crate::decision::Decision;
use crate::inventory::ModelId;
use crate::signing::Outcome;
use crate::text::Untrusted;
use crate::tui::state::filter::{Hay, matching};
use crate::view::View;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

/// A saved filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Everything.
    All,
    /// Evidence contradicts.
    Failing,
    /// No signature.
    Unsigned,
    /// Not admitted, and nobody has said anything about it.
    NeedsReview,
}

impl Saved {
    /// All of them, in order.
    pub const ALL: [Saved; 4] = [Saved::All, Saved::Failing, Saved::Unsigned, Saved::NeedsReview];

    /// The words shown.
    pub fn word(self) -> &'static str {
        match self {
            Saved::All => "all",
            Saved::Failing => "failing",
            Saved::Unsigned => "unsigned",
            Saved::NeedsReview => "needs review",
        }
    }

    fn takes(self, key: &Key) -> bool {
        match self {
            Saved::All => true,
            Saved::Failing => key.outcome == Outcome::Fail,
            Saved::Unsigned => key.unsigned,
            Saved::NeedsReview => key.decision != Decision::Admit && !key.reviewed,
        }
    }
}

/// An order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// What needs a person first.
    Problems,
    /// By id.
    Model,
    /// By signer.
    Signer,
    /// By effective level, lowest first.
    Level,
    /// Refused first.
    Gate,
}

impl Sort {
    /// All of them, in order.
    pub const ALL: [Sort; 5] = [Sort::Problems, Sort::Model, Sort::Signer, Sort::Level, Sort::Gate];

    /// The words shown.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Problems => "problems first",
            Sort::Model => "by name",
            Sort::Signer => "by signer",
            Sort::Level => "by level",
            Sort::Gate => "by gate",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    problem: u8,
    /// How many models derive from it directly.
    children: usize,
    outcome: Outcome,
    unsigned: bool,
    reviewed: bool,
    level: u8,
    decision: Decision,
    signer: u32,
}

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

/// What the rows of a view are made from. Made where nobody waits for a key: of a large inventory it takes longer
/// than a frame may. A clone shares what is large.
#[derive(Clone, Default)]
pub struct Prepared {
    keys: Arc<Vec<Key>>,
    hays: Arc<Vec<Hay>>,
    unverified: usize,
    outdated: usize,
}

impl Prepared {
    /// For this view.
    pub fn of(view: &View) -> Self {
        let exposure = view.graph.children_of_models();
        let rows = (0..view.models.len())
            .into_par_iter()
            .with_min_len(512)
            .filter_map(|at| row(view, at, exposure.get(at).copied().unwrap_or(0)));
        let (mut keys, hays): (Vec<Key>, Vec<Hay>) = rows.unzip();
        rank_signers(view, &mut keys);
        let (unverified, outdated) = (unverified(view), view.outdated().count());
        Prepared { keys: Arc::new(keys), hays: Arc::new(hays), unverified, outdated }
    }

    /// For a view, given what was made for the one before it: only rows of which something else is known are made.
    pub fn after(&self, before: &View, view: &View) -> Self {
        let is_alike = Arc::ptr_eq(&before.models, &view.models)
            && Arc::ptr_eq(&before.graph, &view.graph)
            && before.is_judged() == view.is_judged()
            && self.keys.len() == view.models.len();
        if !is_alike {
            return Prepared::of(view);
        }
        let same_verified = Arc::ptr_eq(&before.verified, &view.verified);
        let same_states = Arc::ptr_eq(&before.states, &view.states) && before.lost == view.lost;
        let same_standings = Arc::ptr_eq(before.judgement.standings(), view.judgement.standings());
        if same_verified && same_states && same_standings && Arc::ptr_eq(&before.reviews, &view.reviews) {
            return self.clone();
        }
        let differs = |at: &usize| {
            let standing = before.judgement.standing(*at) != view.judgement.standing(*at);
            let verified = !same_slot(&before.verified, &view.verified, *at);
            let outdated = before.since(*at) != view.since(*at);
            standing || verified || outdated || !same_slot(&before.reviews, &view.reviews, *at)
        };
        let changed: Vec<usize> =
            (0..view.models.len()).into_par_iter().with_min_len(4096).filter(differs).collect();
        let made: Vec<(usize, (Key, Hay))> = changed
            .into_par_iter()
            .with_min_len(512)
            .filter_map(|at| Some((at, row(view, at, self.keys.get(at)?.children)?)))
            .collect();
        let outdated = view.outdated().count();
        let mut after = Prepared { unverified: unverified(view), outdated, ..self.clone() };
        let mut same_signers = true;
        for (at, (key, hay)) in made {
            same_signers &= same_verified && same_states || signer(before, at) == signer(view, at);
            if let Some(slot) = Arc::make_mut(&mut after.keys).get_mut(at) {
                *slot = Key { signer: slot.signer, ..key };
            }
            if after.hays.get(at).is_some_and(|slot| *slot != hay)
                && let Some(slot) = Arc::make_mut(&mut after.hays).get_mut(at)
            {
                *slot = hay;
            }
        }
        if !same_signers {
            rank_signers(view, Arc::make_mut(&mut after.keys).as_mut_slice());
        }
        after
    }
}

fn same_slot<T>(before: &[Option<Arc<T>>], after: &[Option<Arc<T>>], at: usize) -> bool {
    match (before.get(at).and_then(Option::as_ref), after.get(at).and_then(Option::as_ref)) {
        (Some(before), Some(after)) => Arc::ptr_eq(before, after),
        (None, None) => true,
        _ => false,
    }
}

fn unverified(view: &View) -> usize {
    view.verified.iter().filter(|verified| verified.is_none()).count()
}

fn signer(view: &View, index: usize) -> Untrusted {
    view.summary(index).signer
}

/// The places of the rows among all by who signed.
fn rank_signers(view: &View, keys: &mut [Key]) {
    let mut ranked: Vec<(Untrusted, usize)> =
        (0..keys.len()).into_par_iter().with_min_len(512).map(|at| (signer(view, at), at)).collect();
    ranked.par_sort_unstable();
    for (rank, (_, index)) in (0u32..).zip(ranked) {
        if let Some(key) = keys.get_mut(index) {
            key.signer = rank;
        }
    }
}

/// What is needed of a model to sort, filter and count it, but for its place by who signed.
fn row(view: &View, index: usize, children: usize) -> Option<(Key, Hay)> {
    let model = view.models.get(index)?;
    let summary = view.summary(index);
    let gate = summary.decision;
    let problem = match (summary.outcome, gate) {
        (Outcome::Fail, _) => 0,
        (Outcome::Missing, _) => 1,
        (Outcome::Unknown, _) if gate != Decision::NotJudged || !summary.since.is_same() => 2,
        (_, Decision::Refuse) => 3,
        (_, Decision::NotJudged) => 4,
        (_, Decision::Warn) => 5,
        (_, Decision::Admit) => 6,
    };
    let judged = if view.is_judged() { gate.word() } else { "" };
    let hay = Hay::new(&format!("{} {} {} {judged}", model.id.raw(), summary.signer.raw(), summary.word));
    let key = Key {
        problem,
        children,
        outcome: summary.outcome,
        unsigned: summary.word == "unsigned",
        reviewed: view.reviews.get(index).is_some_and(Option::is_some),
        level: summary.effective,
        decision: gate,
        signer: 0,
    };
    Some((key, hay))
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
