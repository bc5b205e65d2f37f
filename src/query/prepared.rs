//! The numbers by which models are sorted, grouped and counted. For a large inventory, making them takes
//! longer than a frame may.

use super::counts::Counts;
use super::index::Index;
use super::key::Key;
use crate::decision::{Decision, ReasonCode};
use crate::inventory::{FactKey, Model};
use crate::signing::Outcome;
use crate::text::Untrusted;
use crate::view::View;
use jiff::Timestamp;
use rayon::prelude::*;
use std::sync::Arc;

/// The licences of all models by their ranks: only reading every fact of every model tells them, so that they are made
/// when they are asked for.
#[derive(Debug, Clone, Default)]
pub struct Licences {
    models: Option<Arc<Vec<Model>>>,
    ranks: Arc<Vec<u32>>,
}

impl Licences {
    /// Of the models of a view.
    pub fn of(view: &View) -> Self {
        let licence = |model: &Model| {
            let fact = model.facts.each_of(|key, _| key == FactKey::Licence).next()?;
            Some(fact.value.clone())
        };
        let found: Vec<Option<Untrusted>> = view.models.par_iter().with_min_len(512).map(licence).collect();
        let ranks = ranks(found.into_par_iter().map(Option::unwrap_or_default).collect());
        Licences { models: Some(view.models.clone()), ranks: Arc::new(ranks) }
    }

    /// Whether they are those of a view.
    pub fn are_of(&self, view: &View) -> bool {
        self.models.as_ref().is_some_and(|models| Arc::ptr_eq(models, &view.models))
    }
}

/// What the rows of a view are made from. Made on a thread of its own: of a large inventory it takes longer
/// than a frame may. A clone shares what is large.
#[derive(Clone, Default)]
pub struct Prepared {
    pub(crate) keys: Arc<Vec<Key>>,
    pub(crate) index: Index,
    /// The codes that stand in the way of models; first the empty one.
    causes: Causes,
    /// The publishers, sorted; first the one without a name.
    pub(crate) publishers: Arc<Vec<Untrusted>>,
    pub(crate) licences: Licences,
    pub(crate) counts: Counts,
    /// The models in the order in which they stand until another is asked for; empty where it was not made yet.
    pub(crate) order: Arc<Vec<u32>>,
    // Shown only on screens.
    #[cfg_attr(not(feature = "tui"), allow(dead_code))]
    pub(crate) unverified: usize,
    #[cfg_attr(not(feature = "tui"), allow(dead_code))]
    pub(crate) outdated: usize,
}

/// The codes that stand in the way of models, in the order in which they were met: few, and named by their places.
#[derive(Debug, Clone, Default)]
struct Causes(Arc<Vec<ReasonCode>>);

impl Causes {
    /// The place of a code, from 1 on; 0 is none.
    fn place(&mut self, code: Option<ReasonCode>) -> u16 {
        let Some(code) = code else { return 0 };
        let place = self.0.iter().position(|known| *known == code).unwrap_or_else(|| {
            Arc::make_mut(&mut self.0).push(code);
            self.0.len() - 1
        });
        u16::try_from(place + 1).unwrap_or(u16::MAX)
    }
}

/// A row that was made, but for its places among the others.
struct Made {
    key: Key,
    cause: Option<ReasonCode>,
}

impl Made {
    fn placed(self, causes: &mut Causes) -> Key {
        Key { cause: causes.place(self.cause), ..self.key }
    }
}

/// The publisher that a name says: its first part.
pub fn publisher(id: &str) -> &str {
    id.split_once('/').map_or("", |(publisher, _)| publisher)
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
        read_names(view);
        let exposure = view.graph.children_of_models();
        let rows = (0..view.models.len())
            .into_par_iter()
            .with_min_len(512)
            .filter_map(|at| row(view, at, exposure.get(at).copied().unwrap_or(0)));
        let mut causes = Causes::default();
        let mut keys: Vec<Key> =
            rows.collect::<Vec<Made>>().into_iter().map(|made| made.placed(&mut causes)).collect();
        rank_signers(view, &mut keys);
        let publishers = rank_publishers(view, &mut keys);
        let (unverified, outdated) = (unverified(view), view.outdated().count());
        let made = Prepared {
            keys: Arc::new(keys),
            index,
            causes,
            publishers: Arc::new(publishers),
            unverified,
            outdated,
            ..Prepared::default()
        };
        made.counted()
    }

    /// The same with what follows from its keys.
    fn counted(mut self) -> Self {
        self.counts = Counts::of(&self.keys);
        self.order = Arc::default();
        self
    }

    /// The same with the order in which the models stand until another is asked for: made here, it needs not be
    /// made where a key waits for it.
    #[must_use]
    pub fn ordered(mut self, order: impl FnOnce(&Prepared) -> Vec<u32>) -> Self {
        if self.order.len() != self.keys.len() {
            self.order = Arc::new(order(&self));
        }
        self
    }

    /// For a view, given what was made for the one before it: only rows of which something else is known are made.
    pub fn after(&self, before: &View, view: &View) -> Self {
        let is_alike = Arc::ptr_eq(&before.models, &view.models)
            && Arc::ptr_eq(&before.graph, &view.graph)
            && before.is_judged() == view.is_judged()
            && self.keys.len() == view.models.len();
        read_names(view);
        let index = self.index.after(view);
        if !is_alike {
            return Prepared::with(view, index);
        }
        let same_verified = Arc::ptr_eq(&before.verified, &view.verified);
        let same_states = Arc::ptr_eq(&before.states, &view.states) && before.lost == view.lost;
        let same_causes = view.judgement.has_the_causes_of(&before.judgement);
        let same_standings =
            same_causes && Arc::ptr_eq(before.judgement.standings(), view.judgement.standings());
        if same_verified && same_states && same_standings && Arc::ptr_eq(&before.reviews, &view.reviews) {
            return Prepared { index, ..self.clone() };
        }
        let differs = |at: &usize| {
            let standing = before.judgement.standing(*at) != view.judgement.standing(*at)
                || !same_causes && before.cause(*at) != view.cause(*at);
            let verified = !same_slot(&before.verified, &view.verified, *at);
            let outdated = before.since(*at) != view.since(*at);
            standing || verified || outdated || !same_slot(&before.reviews, &view.reviews, *at)
        };
        let changed: Vec<usize> =
            (0..view.models.len()).into_par_iter().with_min_len(4096).filter(differs).collect();
        let made: Vec<(usize, Made)> = changed
            .into_par_iter()
            .with_min_len(512)
            .filter_map(|at| Some((at, row(view, at, self.keys.get(at)?.children as usize)?)))
            .collect();
        let outdated = view.outdated().count();
        let mut after = Prepared { index, unverified: unverified(view), outdated, ..self.clone() };
        let mut same_signers = true;
        for (at, made) in made {
            let key = made.placed(&mut after.causes);
            same_signers &= same_verified && same_states || signer(before, at) == signer(view, at);
            if let Some(slot) = Arc::make_mut(&mut after.keys).get_mut(at) {
                *slot = Key { signer: slot.signer, publisher: slot.publisher, ..key };
            }
        }
        if !same_signers {
            rank_signers(view, Arc::make_mut(&mut after.keys).as_mut_slice());
        }
        after.counted()
    }

    /// How many models of each kind there are.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How many models derive from the model of an index directly.
    pub fn children(&self, index: usize) -> u32 {
        self.keys.get(index).map_or(0, |key| key.children)
    }

    /// The name of a publisher; empty for the models whose names say none.
    pub fn publisher(&self, number: u32) -> Option<&Untrusted> {
        self.publishers.get(number as usize)
    }

    /// Cells of the longest code that stands in the way of a model.
    pub fn widest_cause(&self) -> usize {
        self.causes.0.iter().map(|code| code.as_str().len()).max().unwrap_or(0)
    }

    /// The ranks of the codes that stand in the way of models, by their places.
    pub(crate) fn causes(&self) -> Vec<u32> {
        let mut words: Vec<(&str, usize)> = self.causes.0.iter().map(ReasonCode::as_str).zip(1..).collect();
        words.sort_unstable();
        let mut ranks = vec![0; words.len() + 1];
        for (rank, (_, place)) in (1..).zip(words) {
            if let Some(slot) = ranks.get_mut(place) {
                *slot = rank;
            }
        }
        ranks
    }

    /// The rank of the licence of the model of an index; 0 where there is none, and while they were not asked for.
    pub(crate) fn licence(&self, index: u32) -> u32 {
        self.licences.ranks.get(index as usize).copied().unwrap_or(0)
    }
}

/// Marks names that look like others: of a large inventory too long a work for the frame that draws one row first.
fn read_names(view: &View) {
    let _ = view.name_mark(0);
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

/// The ranks of the rows by who signed.
fn rank_signers(view: &View, keys: &mut [Key]) {
    let signers = (0..keys.len()).into_par_iter().with_min_len(512).map(|at| signer(view, at)).collect();
    for (key, rank) in keys.iter_mut().zip(ranks(signers)) {
        key.signer = rank;
    }
}

/// The rank of each word among all, from 1 on; 0 for an empty one.
fn ranks(words: Vec<Untrusted>) -> Vec<u32> {
    let mut ranked: Vec<(Untrusted, usize)> = words.into_iter().zip(0..).collect();
    ranked.par_sort_unstable();
    let mut ranks = vec![0; ranked.len()];
    let (mut rank, mut before) = (0, Untrusted::default());
    for (word, at) in ranked {
        if word != before {
            rank += 1;
            before = word;
        }
        if let Some(slot) = ranks.get_mut(at) {
            *slot = rank;
        }
    }
    ranks
}

/// The publishers of the rows: those of one stand together, since models are sorted by their ids.
fn rank_publishers(view: &View, keys: &mut [Key]) -> Vec<Untrusted> {
    let mut names = vec![Untrusted::default()];
    let mut current = "";
    for (model, key) in view.models.iter().zip(keys.iter_mut()) {
        let name = publisher(model.id.raw());
        if name.is_empty() {
            key.publisher = 0;
            continue;
        }
        if name != current {
            names.push(Untrusted::new(name));
            current = name;
        }
        key.publisher = u32::try_from(names.len() - 1).unwrap_or(u32::MAX);
    }
    // `acme-labs/…` stands before `acme/…`, and `acme-labs` behind `acme`.
    let places = ranks(names.clone());
    let mut sorted = vec![Untrusted::default(); places.iter().max().map_or(1, |most| *most as usize + 1)];
    for (name, place) in names.into_iter().zip(&places) {
        if let Some(slot) = sorted.get_mut(*place as usize) {
            *slot = name;
        }
    }
    for key in keys {
        key.publisher = places.get(key.publisher as usize).copied().unwrap_or(0);
    }
    sorted
}

/// What is needed of a model to sort and count it, but for its places among the others, and the code of what
/// stands in its way.
fn row(view: &View, index: usize, children: usize) -> Option<Made> {
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
    let review = view.reviews.get(index).and_then(Option::as_ref);
    let key = Key {
        problem,
        children: u32::try_from(children).unwrap_or(u32::MAX),
        outcome: summary.outcome,
        unsigned: summary.word == "unsigned",
        outdated: !summary.since.is_same(),
        reviewed: review.is_some(),
        review: review.map(|review| review.word),
        level: summary.effective,
        decision: gate,
        signer: 0,
        publisher: 0,
        cause: 0,
        format: model.formats.first().copied(),
        verified_at: view.verification(index).map_or(0, |verification| seconds(verification.at)),
        bytes: model.bytes,
    };
    Some(Made { key, cause: view.cause(index) })
}

/// Seconds since 1970, for ordering.
fn seconds(at: Timestamp) -> u32 {
    u32::try_from(at.as_second().max(1)).unwrap_or(u32::MAX)
}
