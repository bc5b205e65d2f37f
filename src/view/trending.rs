//! How a trend is made: views of two times compared, and views of one of them with a single input of the other. It judges
//! nothing.

use super::View;
use super::trend::{
    Ascribed, Missing, Proof, Shift, Stand, Trend, TrendCause, TrendGroup, TrendInput, TrendModel, TrendSide,
    TrendTotal,
};
use crate::decision::digest_of;
use crate::error::Result;
use crate::inventory::{Model, ModelId};
use crate::signing::Verification;
use crate::store::EvidenceDigest;
use std::collections::{BTreeMap, BTreeSet};

/// Where models stand, by id.
pub(crate) type Stands = BTreeMap<ModelId, Stand>;

/// One side while a trend is made.
pub(crate) struct Half<'v> {
    /// The view of it, as far as it can be made again.
    pub view: &'v View,
    /// Where its models stand.
    pub stands: &'v Stands,
    /// Why nothing can be said of causes; none where the view can be relied on.
    pub missing: Option<Missing>,
    /// Whether it knows only models on which there is a record.
    pub is_recorded_only: bool,
}

impl Half<'_> {
    /// Where the view puts a model.
    fn made(&self, id: &ModelId) -> Option<Stand> {
        stand_in(self.view, id)
    }

    fn index(&self, id: &ModelId) -> Option<usize> {
        self.view.model(id).map(|(index, _)| index)
    }

    fn evidence(&self, id: &ModelId) -> Result<Option<EvidenceDigest>> {
        let line = self.index(id).map(|index| self.view.evidence_line(index)).transpose()?.flatten();
        line.map(|line| digest_of(&line)).transpose()
    }
}

/// Where a view puts a model.
pub(crate) fn stand_in(view: &View, id: &ModelId) -> Option<Stand> {
    let standing = view.judgement.standing(view.model(id)?.0)?;
    Some(Stand::of(standing.decision, standing.effective))
}

/// A model that stands elsewhere.
struct Moved {
    id: ModelId,
    was: Option<Stand>,
    is: Option<Stand>,
    /// Why its causes cannot be told; none where they can be tried.
    missing: Option<Missing>,
    needed: BTreeSet<TrendInput>,
    enough: BTreeSet<TrendInput>,
    /// Whether an input was needed for the decision, and for the level.
    told: (bool, bool),
}

/// Whether the decision is another, and the level.
fn differs(one: Option<Stand>, other: Option<Stand>) -> (bool, bool) {
    let decision = |stand: Stand| stand.decision;
    let level = |stand: Stand| stand.level;
    (one.map(decision) != other.map(decision), one.map(level) != other.map(level))
}

impl Moved {
    /// Whether nothing was needed for its other decision, and for its other level.
    fn open(&self) -> (bool, bool) {
        let (decision, level) = differs(self.was, self.is);
        (self.is_tried() && decision && !self.told.0, self.is_tried() && level && !self.told.1)
    }

    fn is_tried(&self) -> bool {
        self.was.is_some() && self.is.is_some() && self.missing.is_none()
    }
}

/// A trend while it is made.
pub(crate) struct Trending<'v> {
    before: Half<'v>,
    after: Half<'v>,
    moved: Vec<Moved>,
    unchanged: usize,
}

impl<'v> Trending<'v> {
    /// What differs between two sides.
    pub fn between(before: Half<'v>, after: Half<'v>) -> Self {
        let ids: BTreeSet<&ModelId> = before.stands.keys().chain(after.stands.keys()).collect();
        let (mut moved, mut unchanged) = (Vec::new(), 0);
        for id in ids {
            let (was, is) = (before.stands.get(id).copied(), after.stands.get(id).copied());
            if was == is {
                unchanged += 1;
                continue;
            }
            let agrees = before.made(id) == was && after.made(id) == is;
            let missing = before.missing.or(after.missing).or((!agrees).then_some(Missing::Unrecorded));
            let (needed, enough, told) = (BTreeSet::new(), BTreeSet::new(), (false, false));
            moved.push(Moved { id: id.clone(), was, is, missing, needed, enough, told });
        }
        Trending { before, after, moved, unchanged }
    }

    /// Whether there is any model whose causes can be tried.
    pub fn is_tried(&self) -> bool {
        self.moved.iter().any(Moved::is_tried)
    }

    /// Notes what becomes of the later side with one input as it was before.
    pub fn without(&mut self, input: TrendInput, view: &View) {
        for moved in self.moved.iter_mut().filter(|moved| moved.is_tried()) {
            let (decision, level) = differs(stand_in(view, &moved.id), moved.is);
            if decision || level {
                moved.needed.insert(input);
            }
            moved.told = (moved.told.0 || decision, moved.told.1 || level);
        }
    }

    /// Whether no single input was needed for the decision or the level of some model.
    pub fn is_open(&self) -> bool {
        self.moved.iter().any(|moved| moved.open() != (false, false))
    }

    /// Notes what becomes of the earlier side with one input as it is now.
    pub fn with(&mut self, input: TrendInput, view: &View) {
        for moved in &mut self.moved {
            let open = moved.open();
            let (decision, level) = differs(stand_in(view, &moved.id), moved.was);
            if open.0 && decision || open.1 && level {
                moved.enough.insert(input);
            }
        }
    }

    /// The trend.
    ///
    /// # Errors
    /// `E-INTERNAL`, `E-TOO-LARGE`.
    pub fn done(self, [from, to]: [TrendSide; 2], differing: Vec<TrendInput>) -> Result<Trend> {
        let mut groups: BTreeMap<Alike, Vec<TrendModel>> = BTreeMap::new();
        for moved in &self.moved {
            let alike = Alike {
                shift: Shift::of(moved.was, moved.is),
                before: moved.was,
                after: moved.is,
                causes: self.causes(moved),
                reason: self.reason(moved),
            };
            let index = self.after.index(&moved.id);
            let deployments = index.map_or(0, |index| self.after.view.runs_at(index).len());
            groups.entry(alike).or_default().push(TrendModel {
                model: moved.id.clone(),
                deployments,
                evidence_before: moved.was.map(|_| self.before.evidence(&moved.id)).transpose()?.flatten(),
                evidence_after: moved.is.map(|_| self.after.evidence(&moved.id)).transpose()?.flatten(),
            });
        }
        let group = |(alike, models): (Alike, Vec<TrendModel>)| {
            let Alike { shift, before, after, causes, reason } = alike;
            TrendGroup { shift, before, after, causes, reason, models }
        };
        let sides = (self.before.stands, self.after.stands);
        Ok(Trend {
            from,
            to,
            stage: self.after.view.stage.clone(),
            publisher: None,
            scope: None,
            differing,
            unchanged: self.unchanged,
            changed: self.moved.len(),
            not_recorded: 0,
            unread: 0,
            levels: totals(sides, |stand| stand.level),
            decisions: totals(sides, |stand| stand.decision),
            groups: groups.into_iter().map(group).collect(),
            publishers: Vec::new(),
        })
    }

    /// The reason of the stricter side that weighs most.
    fn reason(&self, moved: &Moved) -> Option<String> {
        let strictness = |stand: Option<Stand>| stand.map_or(0, Stand::strictness);
        let half = if strictness(moved.is) < strictness(moved.was) { &self.before } else { &self.after };
        let reason = half.view.weightiest(half.index(&moved.id)?)?;
        moved.missing.is_none().then(|| reason.code.as_str().to_owned())
    }

    fn causes(&self, moved: &Moved) -> Vec<Ascribed> {
        let stated = |cause| vec![Ascribed { cause, proof: Proof::Stated }];
        match (moved.was, moved.is) {
            (None, _) if self.before.is_recorded_only => return stated(TrendCause::FirstVerified),
            (None, _) => return stated(TrendCause::Added),
            (_, None) => return stated(TrendCause::Removed),
            _ => {}
        }
        if let Some(missing) = moved.missing {
            return stated(TrendCause::Unknown { missing });
        }
        let needed = moved.needed.iter().map(|input| (input, Proof::Needed));
        let enough = moved.enough.difference(&moved.needed).map(|input| (input, Proof::Enough));
        let inputs: Vec<(&TrendInput, Proof)> = needed.chain(enough).collect();
        if inputs.is_empty() {
            return stated(TrendCause::Unknown { missing: Missing::Combination });
        }
        let of = |input: &TrendInput| -> Vec<TrendCause> {
            match input {
                TrendInput::Evidence => self.of_evidence(&moved.id),
                TrendInput::Reviews => vec![TrendCause::Review],
                TrendInput::Gates => vec![TrendCause::Gate],
                TrendInput::Policy => vec![TrendCause::Policy],
                TrendInput::Exceptions => vec![TrendCause::Exception],
                TrendInput::Anchors => vec![TrendCause::Anchors],
                TrendInput::Rubric => vec![TrendCause::Rubric],
                TrendInput::Time => vec![TrendCause::Time],
            }
        };
        let ascribed = inputs.into_iter().flat_map(|(input, proof)| {
            let causes = of(input);
            let proof = if causes.len() > 1 { Proof::Together } else { proof };
            causes.into_iter().map(move |cause| Ascribed { cause, proof })
        });
        let mut ascribed: Vec<Ascribed> = ascribed.collect();
        ascribed.sort();
        ascribed
    }

    /// What differs of the evidence on a model and on those that it derives from.
    fn of_evidence(&self, id: &ModelId) -> Vec<TrendCause> {
        let mut causes = self.own(id);
        let family = |half: &Half<'_>| -> Vec<ModelId> {
            let indexes = half.index(id).map(|index| half.view.family(index)).unwrap_or_default();
            indexes.into_iter().filter_map(|one| Some(half.view.models.get(one)?.id.clone())).collect()
        };
        let ancestors: BTreeSet<ModelId> =
            family(&self.before).into_iter().chain(family(&self.after)).filter(|one| one != id).collect();
        let differing = ancestors.into_iter().filter(|one| !self.own(one).is_empty());
        causes.extend(differing.map(|model| TrendCause::Ancestor { model }));
        if causes.is_empty() {
            causes.push(TrendCause::Lineage);
        }
        causes
    }

    /// What differs of the evidence on a model itself.
    fn own(&self, id: &ModelId) -> Vec<TrendCause> {
        let at = |half: &Half<'v>| -> Option<(&'v View, usize)> { Some((half.view, half.index(id)?)) };
        let mut causes = Vec::new();
        let ((old, was), (new, is)) = match (at(&self.before), at(&self.after)) {
            (Some(before), Some(after)) => (before, after),
            (Some(_), None) => return vec![TrendCause::Removed],
            (None, Some(_)) => return vec![TrendCause::Added],
            (None, None) => return causes,
        };
        let slot = |view: &'v View, index: usize| view.verified.get(index).and_then(Option::as_deref);
        match (slot(old, was), slot(new, is)) {
            (None, Some(_)) => causes.push(TrendCause::FirstVerified),
            (Some(_), None) => causes.push(TrendCause::EvidenceLost),
            (Some(was), Some(is)) if was.record != is.record => {
                let (before, after) = (&was.verification, &is.verification);
                let told = [
                    (bytes_of(before) != bytes_of(after), TrendCause::Files),
                    (before.bundle_digest != after.bundle_digest, TrendCause::Signature),
                    (
                        (&was.seen.claims, &was.seen.further) != (&is.seen.claims, &is.seen.further),
                        TrendCause::Claims,
                    ),
                    (was.looked != is.looked, TrendCause::Contents),
                ];
                causes.extend(told.into_iter().filter(|(differs, _)| *differs).map(|(_, cause)| cause));
                if causes.is_empty() {
                    causes.push(TrendCause::VerifiedAgain);
                }
            }
            _ => {}
        }
        if new.since(is) != old.since(was) {
            causes.push(TrendCause::FilesChanged);
        }
        if old.models.get(was).zip(new.models.get(is)).is_some_and(|(old, new)| !says_the_same(old, new)) {
            causes.push(TrendCause::Inventory);
        }
        causes
    }
}

/// What a verification saw of the signed and the unsigned files, whatever was remembered of them.
fn bytes_of(verification: &Verification) -> impl PartialEq + '_ {
    let files = &*verification.files;
    let odd = (&files.missing, &files.extra, &files.moved, &files.unreadable);
    (verification.root_digest, files.signed, files.matched, &files.changed, odd)
}

/// Whether the sources say the same of two models, whatever their files are.
fn says_the_same(old: &Model, new: &Model) -> bool {
    old.kind == new.kind
        && old.facts == new.facts
        && old.parents == new.parents
        && old.binding == new.binding
        && old.other_bindings == new.other_bindings
        && old.twins == new.twins
        && old.pins == new.pins
        && old.signature == new.signature
        && old.claims == new.claims
        && old.location == new.location
}

/// What models that changed alike have in common, in the order in which they are listed.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    shift: Shift,
    before: Option<Stand>,
    after: Option<Stand>,
    causes: Vec<Ascribed>,
    reason: Option<String>,
}

fn totals<T: Ord + Copy>(
    (before, after): (&Stands, &Stands),
    of: impl Fn(&Stand) -> T,
) -> Vec<TrendTotal<T>> {
    let mut counted: BTreeMap<T, (usize, usize)> = BTreeMap::new();
    before.values().for_each(|stand| counted.entry(of(stand)).or_default().0 += 1);
    after.values().for_each(|stand| counted.entry(of(stand)).or_default().1 += 1);
    counted.into_iter().map(|(of, (before, after))| TrendTotal { of, before, after }).collect()
}
