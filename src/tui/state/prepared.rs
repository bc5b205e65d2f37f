//! What the rows of a view are made from, made where nobody waits for a key. It knows no order and no filter.

use crate::decision::Decision;
use crate::query::Index;
use crate::signing::Outcome;
use crate::text::Untrusted;
use crate::view::View;
use rayon::prelude::*;
use std::sync::Arc;

/// What is needed of a model to sort and count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub(super) problem: u8,
    /// How many models derive from it directly.
    pub(super) children: usize,
    pub(super) outcome: Outcome,
    pub(super) unsigned: bool,
    pub(super) reviewed: bool,
    pub(super) level: u8,
    pub(super) decision: Decision,
    pub(super) signer: u32,
}

/// What the rows of a view are made from. Made where nobody waits for a key: of a large inventory it takes longer
/// than a frame may. A clone shares what is large.
#[derive(Clone, Default)]
pub struct Prepared {
    pub(super) keys: Arc<Vec<Key>>,
    pub(super) index: Index,
    pub(super) unverified: usize,
    pub(super) outdated: usize,
}

impl Prepared {
    /// For this view. What takes long, and few filters need, comes later.
    pub fn of(view: &View) -> Self {
        Prepared::with(view, Index::first(view))
    }

    /// What filters are held against.
    pub fn index(&self) -> &Index {
        &self.index
    }

    fn with(view: &View, index: Index) -> Self {
        let exposure = view.graph.children_of_models();
        let rows = (0..view.models.len())
            .into_par_iter()
            .with_min_len(512)
            .filter_map(|at| row(view, at, exposure.get(at).copied().unwrap_or(0)));
        let mut keys: Vec<Key> = rows.collect();
        rank_signers(view, &mut keys);
        let (unverified, outdated) = (unverified(view), view.outdated().count());
        Prepared { keys: Arc::new(keys), index, unverified, outdated }
    }

    /// For a view, given what was made for the one before it: only rows of which something else is known are made.
    pub fn after(&self, before: &View, view: &View) -> Self {
        let is_alike = Arc::ptr_eq(&before.models, &view.models)
            && Arc::ptr_eq(&before.graph, &view.graph)
            && before.is_judged() == view.is_judged()
            && self.keys.len() == view.models.len();
        let index = self.index.after(view);
        if !is_alike {
            return Prepared::with(view, index);
        }
        let same_verified = Arc::ptr_eq(&before.verified, &view.verified);
        let same_states = Arc::ptr_eq(&before.states, &view.states) && before.lost == view.lost;
        let same_standings = Arc::ptr_eq(before.judgement.standings(), view.judgement.standings());
        if same_verified && same_states && same_standings && Arc::ptr_eq(&before.reviews, &view.reviews) {
            return Prepared { index, ..self.clone() };
        }
        let differs = |at: &usize| {
            let standing = before.judgement.standing(*at) != view.judgement.standing(*at);
            let verified = !same_slot(&before.verified, &view.verified, *at);
            let outdated = before.since(*at) != view.since(*at);
            standing || verified || outdated || !same_slot(&before.reviews, &view.reviews, *at)
        };
        let changed: Vec<usize> =
            (0..view.models.len()).into_par_iter().with_min_len(4096).filter(differs).collect();
        let made: Vec<(usize, Key)> = changed
            .into_par_iter()
            .with_min_len(512)
            .filter_map(|at| Some((at, row(view, at, self.keys.get(at)?.children)?)))
            .collect();
        let outdated = view.outdated().count();
        let mut after = Prepared { index, unverified: unverified(view), outdated, ..self.clone() };
        let mut same_signers = true;
        for (at, key) in made {
            same_signers &= same_verified && same_states || signer(before, at) == signer(view, at);
            if let Some(slot) = Arc::make_mut(&mut after.keys).get_mut(at) {
                *slot = Key { signer: slot.signer, ..key };
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

/// What is needed of a model to sort and count it, but for its place by who signed.
fn row(view: &View, index: usize, children: usize) -> Option<Key> {
    view.models.get(index)?;
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
    Some(Key {
        problem,
        children,
        outcome: summary.outcome,
        unsigned: summary.word == "unsigned",
        reviewed: view.reviews.get(index).is_some_and(Option::is_some),
        level: summary.effective,
        decision: gate,
        signer: 0,
    })
}
