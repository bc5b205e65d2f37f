//! Brings what is known of the models of a view up to date: records that came, and verifications that the policy, the
//! anchors or the time concern. What they do not concern is taken over from the view before.

use super::door::Workbench;
use super::fresh::Fresh;
use super::made::record_of;
use super::reviews::{self, Said};
use super::{gates, keeping, looking};
use crate::decision::{
    By, RecordRef, RecordedSeen, SeenDigests, SeenEvidence, Touched, apply_policy_to, holds_by_claims,
    holds_by_policy, holds_until, judge_model,
};
use crate::error::{Code, Result};
use crate::inventory::{Model, ModelId};
use crate::maturity::Gated;
use crate::signing::{ModelState, Progress};
use crate::store::{EvidenceDigest, LedgerEnd, LedgerEntry, RecordKind, ledger};
use crate::view::{Again, Basis, Changed, Review, Verified, View};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many models' evidence is held at a time.
const CHUNK: usize = 256;

/// What a model's verification is to be made from.
enum From {
    /// Nothing.
    Nothing,
    /// A record that is new here.
    Record(Box<Recorded>),
    /// The evidence of the view before.
    Evidence(Arc<Verified>),
    /// The view before, but for what the policy says.
    Before(Arc<Verified>),
    /// What was just verified, by the same policy, anchors and time.
    Fresh(Arc<Verified>),
}

type Slots<T> = Vec<Option<Arc<T>>>;

/// What a record says of a look at the files.
#[derive(Clone)]
pub(super) struct Recorded {
    /// What was seen.
    seen: SeenDigests,
    /// What the files were.
    state: Option<ModelState>,
    /// How long that took.
    took_ms: u64,
    /// The record itself.
    record: RecordRef,
}

impl Recorded {
    fn of(verified: &Verified) -> Self {
        let Verified { seen, state, took_ms, record, .. } = verified;
        Recorded { seen: seen.clone(), state: *state, took_ms: *took_ms, record: *record }
    }

    /// What a recorded verification says of its model: the inventory's entry, by digest, and what was seen; none in a
    /// record that does not say what it rests on.
    pub(super) fn read(entry: &LedgerEntry) -> Option<(EvidenceDigest, Self)> {
        let RecordedSeen { evidence, state, took_ms, .. } = parsed(&entry.body)?;
        let known = evidence.models.into_iter().find(|model| model.id == entry.model)?;
        let record = record_of(entry).ok()?;
        Some((known.entry, Recorded { seen: known.seen?, state, took_ms, record }))
    }
}

/// What a refresh found out besides.
pub(super) struct Refreshed {
    /// Whose verification is not the one of the view before, and whether the rules are others. None when any verification
    /// may be another.
    pub touched: Option<Touched>,
    /// What gates decided since, oldest first, by the indices of the models. None where the ledger does not go on from the
    /// one of the view before.
    pub decided: Option<Vec<(usize, Gated)>>,
    /// Whether something may have been recorded of feeds since.
    pub feeds: bool,
    /// Whether something may have been recorded of incidents since.
    pub incidents: bool,
}

impl Workbench {
    /// Fills in verifications and reviews.
    ///
    /// # Errors
    /// `E-STORE`, `E-CANCELLED`.
    pub(super) fn refresh(
        &self,
        before: &View,
        view: &mut View,
        fresh: Option<&Fresh>,
        progress: &Progress,
    ) -> Result<Refreshed> {
        let News { goes_on, records, mut reviews, decided, feeds, incidents, end } =
            self.news(before, view)?;
        let same_models = Arc::ptr_eq(&before.models, &view.models);
        let (mut verified, mut reviewed) = match same_models {
            // Another ledger than the one that was read: what that one held is no longer there.
            _ if !goes_on => nothing(view.models.len()),
            // Cloned only when something is put into them.
            true => (before.verified.clone(), before.reviews.clone()),
            false => moved(before, view),
        };
        let changed = Changed::between(basis(before), basis(view));
        let known = verified.par_iter().zip(view.models.par_iter()).enumerate().filter_map(
            |(index, (slot, model))| {
                let verified = slot.as_ref()?;
                let is_same = same_models || before.model(&model.id).is_some_and(|(_, old)| old == model);
                match changed.again(model, verified) {
                    Again::Everything => Some((index, From::Evidence(verified.clone()))),
                    Again::Policy => Some((index, From::Before(verified.clone()))),
                    Again::Nothing if !is_same => Some((index, From::Evidence(verified.clone()))),
                    Again::Nothing => None,
                }
            },
        );
        let mut work: BTreeMap<usize, From> = known.collect();
        for (index, record) in records {
            // One that does not say what it rests on proves nothing, and takes the place of the one before all the same.
            work.insert(index, record.map_or(From::Nothing, |recorded| From::Record(Box::new(recorded))));
        }
        // In the place of what the ledger says: a record is written, never read back.
        let mut without_files = BTreeSet::new();
        if let Some(fresh) = fresh {
            let nothing = fresh.verified.iter().filter(|(_, slot)| slot.is_none());
            without_files.extend(nothing.filter_map(|(id, _)| Some(view.model(id)?.0)));
            work.extend(in_hand(fresh, view));
        }
        let judged: Vec<usize> = work.keys().copied().collect();
        let said = reviews.iter().map(|(index, _)| *index);
        let mut touched: Vec<usize> =
            judged.iter().copied().chain(said).collect::<BTreeSet<usize>>().into_iter().collect();
        let rules = changed.rules();
        let mut lost = match goes_on {
            true => lost_before(before, view, &judged),
            false => Vec::new(),
        };
        if !work.is_empty() {
            self.judge_again(view, work, Arc::make_mut(&mut verified), progress)?;
            let is_lost = |index: &&usize| {
                verified.get(**index).is_none_or(Option::is_none) && !without_files.contains(*index)
            };
            lost.extend(judged.iter().filter(is_lost));
            lost.sort_unstable();
        }
        self.read_unclear(view, &mut reviewed, &mut reviews)?;
        if !reviews.is_empty() {
            reviews::stand(Arc::<Vec<_>>::make_mut(&mut reviewed), reviews);
        }
        view.ledger = end;
        view.verified = verified;
        view.reviews = reviewed;
        view.lost = Arc::new(lost);
        looking::look_where_it_differs(before, view);
        if same_models {
            touched.extend((0..view.models.len()).filter(|index| before.since(*index) != view.since(*index)));
            touched.sort_unstable();
            touched.dedup();
        }
        let touched = (goes_on && same_models).then_some(Touched { models: touched, rules });
        Ok(Refreshed { touched, decided: goes_on.then_some(decided), feeds, incidents })
    }

    /// Judges the verifications of a view again, as far as its rules and its time say something else than those of the
    /// view that they were judged in.
    ///
    /// # Errors
    /// `E-STORE`, `E-CANCELLED`.
    pub(super) fn judge_by_its_rules(
        &self,
        before: &View,
        view: &mut View,
        progress: &Progress,
    ) -> Result<()> {
        let changed = Changed::between(basis(before), basis(view));
        let slots = view.verified.par_iter().zip(view.models.par_iter()).enumerate();
        let concerned = slots.filter_map(|(index, (slot, model))| {
            let verified = slot.as_ref()?;
            match changed.again(model, verified) {
                Again::Everything => Some((index, From::Evidence(verified.clone()))),
                Again::Policy => Some((index, From::Before(verified.clone()))),
                Again::Nothing => None,
            }
        });
        let work: BTreeMap<usize, From> = concerned.collect();
        let mut verified = view.verified.clone();
        if !work.is_empty() {
            self.judge_again(view, work, Arc::make_mut(&mut verified), progress)?;
        }
        view.verified = verified;
        Ok(())
    }

    /// Judges what records say of models, in a view that has no verifications yet.
    ///
    /// # Errors
    /// `E-STORE`, `E-CANCELLED`.
    pub(super) fn judge_recorded(
        &self,
        view: &mut View,
        records: Vec<(usize, Recorded)>,
        progress: &Progress,
    ) -> Result<()> {
        let work = records.into_iter().map(|(index, recorded)| (index, From::Record(Box::new(recorded))));
        let mut verified = vec![None; view.models.len()];
        self.judge_again(view, work.collect(), &mut verified, progress)?;
        view.verified = Arc::new(verified);
        Ok(())
    }

    /// Reads all reviews of the models of which what was said since is not enough to tell what stands.
    fn read_unclear(
        &self,
        view: &View,
        reviewed: &mut Arc<Slots<Review>>,
        said: &mut Vec<(usize, Said)>,
    ) -> Result<()> {
        let unclear = reviews::unclear(reviewed, said);
        if unclear.is_empty() {
            return Ok(());
        }
        let slots = Arc::make_mut(reviewed);
        for index in &unclear {
            if let Some(slot) = slots.get_mut(*index) {
                *slot = None;
            }
        }
        said.retain(|(index, _)| unclear.binary_search(index).is_err());
        let ids: Vec<&ModelId> =
            unclear.iter().filter_map(|index| view.models.get(*index)).map(|model| &model.id).collect();
        for entry in self.store().all_of(&RecordKind::Review, &ids)? {
            let index = view.model(&entry.model).map(|(index, _)| index);
            said.extend(index.and_then(|index| Some((index, Said::of(&entry)?))));
        }
        Ok(())
    }

    /// Records that the view before does not know.
    fn news(&self, before: &View, view: &View) -> Result<News> {
        let store = self.store();
        let end = store.end()?;
        let (mut records, mut reviews, mut decided) = (Vec::new(), Vec::new(), Vec::new());
        let mut take = |entries: Vec<LedgerEntry>| {
            let read: Vec<(usize, Read)> = entries
                .into_par_iter()
                .filter_map(|entry| Some((view.model(&entry.model)?.0, Read::of(entry)?)))
                .collect();
            for (index, read) in read {
                match read {
                    Read::Verification(record) => records.push((index, record)),
                    Read::Review(review) => reviews.push((index, review)),
                    Read::Decision(gated) => decided.push((index, gated)),
                }
            }
        };
        let goes_on = before.is_whole
            && match before.ledger.entries {
                // There was nothing to read, and there still is nothing.
                0 => end.entries == 0 && before.is_judged() && Arc::ptr_eq(&before.models, &view.models),
                known if known > end.entries => false,
                known => store.entry(known)?.is_some_and(|last| last.hash == before.ledger.hash),
            };
        let (mut feeds, mut incidents) = (!goes_on, !goes_on);
        if goes_on {
            let mut some: Vec<LedgerEntry> = Vec::new();
            for entry in ledger::entries_from(&**store, before.ledger.entries + 1) {
                some.push(entry?);
            }
            feeds = some.iter().any(|entry| entry.kind == RecordKind::Feed);
            incidents = some.iter().any(|entry| entry.kind == RecordKind::Incident);
            if end.entries > 0 && !Arc::ptr_eq(&before.models, &view.models) {
                let is_new = |model: &&Model| before.model(&model.id).is_none();
                let ids: Vec<&ModelId> = view.models.iter().filter(is_new).map(|model| &model.id).collect();
                take(store.latest_of(&RecordKind::Verification, &ids)?);
                take(store.all_of(&RecordKind::Review, &ids)?);
            }
            take(some);
        } else if view.is_whole {
            store.latest(&RecordKind::Verification, &mut take)?;
            store.all(&RecordKind::Review, &mut take)?;
        } else {
            // The others' records would be read only to be left aside.
            let ids: Vec<&ModelId> = view.models.iter().map(|model| &model.id).collect();
            take(store.latest_of(&RecordKind::Verification, &ids)?);
            take(store.all_of(&RecordKind::Review, &ids)?);
        }
        Ok(News { goes_on, records, reviews, decided, feeds, incidents, end })
    }

    fn judge_again(
        &self,
        view: &View,
        work: BTreeMap<usize, From>,
        verified: &mut Slots<Verified>,
        progress: &Progress,
    ) -> Result<()> {
        let by = By { policy: &view.policy, anchors: &view.trust, now: view.at };
        let mut work = work.into_iter();
        loop {
            // What comes from the store is read in turn; judging takes all cores.
            let mut some: Vec<(usize, &Model, Task)> = Vec::new();
            for (index, from) in work.by_ref().take(CHUNK) {
                let Some(model) = view.models.get(index) else { continue };
                let recorded = match from {
                    From::Nothing => {
                        some.push((index, model, Task::Nothing));
                        continue;
                    }
                    From::Before(before) => {
                        some.push((index, model, Task::Policy(before)));
                        continue;
                    }
                    From::Fresh(verified) => {
                        some.push((index, model, Task::Fresh(verified)));
                        continue;
                    }
                    From::Evidence(before) => Box::new(Recorded::of(&before)),
                    From::Record(recorded) => recorded,
                };
                let seen = match keeping::seen(&**self.store(), view, model, &recorded.seen) {
                    Ok(seen) => Some(seen),
                    // Without its evidence a record proves nothing.
                    Err(error) if matches!(error.code, Code::Evidence | Code::Store | Code::TooLarge) => None,
                    Err(error) => return Err(error),
                };
                some.push((index, model, Task::Everything(recorded, seen)));
            }
            if some.is_empty() {
                return Ok(());
            }
            progress.check()?;
            let judged: Vec<(usize, Option<Arc<Verified>>)> = some
                .into_par_iter()
                .map(|(index, model, task)| Ok((index, task.judged(model, &by, progress)?)))
                .collect::<Result<_>>()?;
            for (index, judged) in judged {
                if let Some(slot) = verified.get_mut(index) {
                    *slot = judged;
                }
            }
        }
    }
}

/// What was just verified, as far as it has to be judged again: a view may have another policy by now.
fn in_hand<'f>(fresh: &'f Fresh, view: &'f View) -> impl Iterator<Item = (usize, From)> + use<'f> {
    let changed = Changed::between(basis(&fresh.by), basis(view));
    fresh.verified.iter().filter_map(move |(id, slot)| {
        let (index, model) = view.model(id)?;
        let Some(verified) = slot else { return Some((index, From::Nothing)) };
        let is_same = fresh.by.model(id).is_some_and(|(_, old)| old == model);
        let verified = verified.clone();
        Some((
            index,
            match changed.again(model, &verified) {
                Again::Nothing if is_same => From::Fresh(verified),
                Again::Policy => From::Before(verified),
                Again::Nothing | Again::Everything => From::Evidence(verified),
            },
        ))
    })
}

/// What the ledger holds that a view does not know, by the indices of the models.
struct News {
    /// Whether the ledger is the one that was read, or goes on from it.
    goes_on: bool,
    /// None in a record that does not say what it rests on.
    records: Vec<(usize, Option<Recorded>)>,
    /// Oldest first.
    reviews: Vec<(usize, Said)>,
    /// What gates decided since, oldest first.
    decided: Vec<(usize, Gated)>,
    /// Whether something may have been recorded of feeds since.
    feeds: bool,
    /// Whether something may have been recorded of incidents since.
    incidents: bool,
    end: LedgerEnd,
}

fn nothing(models: usize) -> (Arc<Slots<Verified>>, Arc<Slots<Review>>) {
    (Arc::new(vec![None; models]), Arc::new(vec![None; models]))
}

/// One model that is to be judged again.
enum Task {
    Nothing,
    Fresh(Arc<Verified>),
    Policy(Arc<Verified>),
    Everything(Box<Recorded>, Option<SeenEvidence>),
}

impl Task {
    fn judged(self, model: &Model, by: &By<'_>, progress: &Progress) -> Result<Option<Arc<Verified>>> {
        Ok(match self {
            Task::Nothing | Task::Everything(_, None) => None,
            Task::Fresh(verified) => Some(verified),
            Task::Policy(before) => {
                let mut verified = Verified::clone(&before);
                let looked = before.looked.as_deref();
                let spoken = (looked, &*before.testimonies);
                apply_policy_to(&mut verified.verification, model, spoken, by.policy, by.now);
                let policy = holds_by_policy(&verified.verification, by);
                verified.until = verified.until.into_iter().chain(policy).min();
                Some(Arc::new(verified))
            }
            Task::Everything(recorded, Some(seen)) => {
                let (verification, testimonies) = judge_model(model, &seen, by, progress)?;
                let until = holds_until(&verification, seen.bundle.as_deref(), by);
                let until = until.into_iter().chain(holds_by_claims(&seen, &testimonies, by)).min();
                let testimonies = testimonies.into();
                let looked = seen.looked;
                let Recorded { seen, state, took_ms, record } = *recorded;
                let verified =
                    Verified { verification, looked, testimonies, seen, state, until, took_ms, record };
                Some(Arc::new(verified))
            }
        })
    }
}

/// A record as far as a view shows it.
enum Read {
    /// None in a record that does not say what it rests on.
    Verification(Option<Recorded>),
    Review(Said),
    Decision(Gated),
}

impl Read {
    fn of(entry: LedgerEntry) -> Option<Self> {
        match entry.kind {
            RecordKind::Verification => {
                Some(Read::Verification(Recorded::read(&entry).map(|(_, recorded)| recorded)))
            }
            RecordKind::Review => Some(Read::Review(Said::of(&entry)?)),
            RecordKind::Decision => gates::gated(&entry).map(Read::Decision),
            RecordKind::PolicyChange
            | RecordKind::Incident
            | RecordKind::Feed
            | RecordKind::Surface
            | RecordKind::FleetRun
            | RecordKind::Anchor
            | RecordKind::Other(_) => None,
        }
    }
}

fn parsed<T: DeserializeOwned>(body: &str) -> Option<T> {
    serde_json::from_str(body).ok()
}

fn basis(view: &View) -> Basis<'_> {
    Basis { policy: &view.policy, anchors: &view.trust, at: view.at }
}

/// Models whose records were found to rest on nothing, where they stand now; but for those that are looked at again.
fn lost_before(before: &View, view: &View, again: &[usize]) -> Vec<usize> {
    let ids = before.lost.iter().filter_map(|index| before.models.get(*index));
    let places = ids.filter_map(|model| Some(view.model(&model.id)?.0));
    let mut places: Vec<usize> = places.filter(|index| again.binary_search(index).is_err()).collect();
    places.sort_unstable();
    places
}

/// What was known of the models, put where they stand now: both lists are sorted by id.
fn moved(before: &View, view: &View) -> (Arc<Slots<Verified>>, Arc<Slots<Review>>) {
    let place = |model: &Model| before.model(&model.id).map(|(index, _)| index);
    let at = |model: &Model| {
        let index = place(model)?;
        Some((before.verified.get(index).cloned().flatten(), before.reviews.get(index).cloned().flatten()))
    };
    let (verified, reviews) = view.models.par_iter().map(|model| at(model).unwrap_or_default()).unzip();
    (Arc::new(verified), Arc::new(reviews))
}
