//! What changed between two times, and why: both sides judged from what the ledger and the store keep, then one of them
//! again with a single input of the other. Nothing is published, recorded or written.

use super::door::Workbench;
use super::gates::Gates;
use super::made::recorded;
use super::past::{Held, RuleNames, Rules, conclude, rules_gone};
use super::signers::signature_in;
use crate::decision::{Decision, StandingReview};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::policy::{Policy, concerns};
use crate::signing::Progress;
use crate::snapshot::{About, Reader};
use crate::store::{LedgerEntry, RecordKind, ledger};
use crate::text::Untrusted;
use crate::view::View;
use crate::view::continuity::{Continuity, publisher_named};
use crate::view::forecast::Only;
use crate::view::trend::{Missing, Origin, Stand, Trend, TrendInput, TrendSide};
use crate::view::trending::{Half, Stands, Trending, stand_in};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// So many records are read at a time.
const CHUNK: usize = 1024;

/// A side of a trend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrendPoint {
    /// The workspace as it is.
    Now,
    /// What was recorded by a time, judged by that time.
    At(Timestamp),
    /// What was recorded up to a record, judged by its time.
    Record(u64),
    /// A snapshot.
    Snapshot(PathBuf),
}

/// A snapshot, as far as a trend needs it.
struct Taken {
    at: Timestamp,
    about: About,
    digest: String,
    stands: Stands,
}

/// Up to where the ledger is read for a side.
enum Until {
    End,
    Time(Timestamp),
    Record(u64),
}

impl Until {
    fn is_before(&self, entry: &LedgerEntry) -> bool {
        match self {
            Until::End => false,
            Until::Time(at) => entry.at > *at,
            Until::Record(number) => entry.seq > *number,
        }
    }
}

/// One side, judged.
struct Side {
    shown: TrendSide,
    view: View,
    gates: Gates,
    stands: Stands,
    missing: Option<Missing>,
    is_recorded_only: bool,
}

impl Side {
    fn half(&self) -> Half<'_> {
        Half {
            view: &self.view,
            stands: &self.stands,
            missing: self.missing,
            is_recorded_only: self.is_recorded_only,
        }
    }
}

impl Workbench {
    /// What changed from one point to another.
    ///
    /// # Errors
    /// `E-USAGE` when they are the wrong way round, or a snapshot is of another stage; `E-NOT-FOUND` when there is no such
    /// record; `E-EVIDENCE` when the rules of a date are not in the store; as [`Reader::open`]; `E-STORE`,
    /// `E-CANCELLED`, `E-TOO-LARGE`, `E-INTERNAL`.
    pub fn trend(
        &self,
        (from, to): (&TrendPoint, &TrendPoint),
        publisher: Option<&str>,
        progress: &Progress,
    ) -> Result<Trend> {
        self.trend_of((from, to), (publisher, None), progress)
    }

    /// The same of a publisher's models, or of some models alone.
    ///
    /// # Errors
    /// As [`Workbench::trend`]; `E-NOT-FOUND` when none of the models is on either side.
    pub fn trend_of(
        &self,
        (from, to): (&TrendPoint, &TrendPoint),
        (publisher, scope): (Option<&str>, Option<&Only>),
        progress: &Progress,
    ) -> Result<Trend> {
        let now = self.brought_up_to_date(progress)?;
        let [old, new] = [taken(&now, from)?, taken(&now, to)?];
        let (held, mut signers) =
            self.held([until(from, old.as_ref()), until(to, new.as_ref())], progress)?;
        let [was, is] = &held;
        for (point, held) in [(from, was), (to, is)] {
            if let TrendPoint::Record(number) = point
                && held.end.entries != *number
            {
                return Err(no_such_record(*number));
            }
        }
        let mut before = self.side(&now, from, old, &held, 0, progress)?;
        let mut after = self.side(&now, to, new, &held, 1, progress)?;
        if is_later(&before, &after) {
            let what = format!("{} is later than {}", before.shown.at, after.shown.at);
            return Err(Error::new(Code::Usage, what).help("name the earlier side with --from"));
        }
        if *to == TrendPoint::Now {
            unsigned_since(&now, &before).for_each(|model| signers.found(model));
        }
        let publisher = publisher.map(|name| ModelId::new(name).raw().to_owned());
        let is_asked = |name: &str| publisher.as_ref().is_none_or(|asked| asked == name);
        if let Some(Only { models, words }) = scope {
            only(&mut before, |id| models.contains(id));
            only(&mut after, |id| models.contains(id));
            if before.stands.is_empty() && after.stands.is_empty() {
                return Err(Error::new(Code::NotFound, "no model of either side is in this scope")
                    .at(words.as_str())
                    .help("a date or a record knows only models with a verification"));
            }
        }
        if let Some(asked) = &publisher {
            only(&mut before, |id| publisher_named(id) == Some(asked.as_str()));
            only(&mut after, |id| publisher_named(id) == Some(asked.as_str()));
            if before.stands.is_empty() && after.stands.is_empty() {
                return Err(Error::new(Code::NotFound, "no model of either side is by this publisher")
                    .at(asked.as_str())
                    .help("a publisher is the part of a model's name before the first slash"));
            }
        }
        let not_recorded = if before.is_recorded_only { leave_out(&before, &mut after) } else { 0 };
        let differing = differing(&before, &after);
        let mut trending = Trending::between(before.half(), after.half());
        // At most twice with each input all models are judged again.
        let judged = now.models.len().saturating_mul(differing.len()).saturating_mul(2);
        progress.expect(u64::try_from(judged).unwrap_or(u64::MAX), 0);
        if trending.is_tried() {
            for input in &differing {
                let view = self.exchanged(&after, &before, *input, progress)?;
                trending.without(*input, &view);
            }
        }
        if trending.is_open() {
            for input in &differing {
                let view = self.exchanged(&before, &after, *input, progress)?;
                trending.with(*input, &view);
            }
        }
        let trend = trending.done([before.shown.clone(), after.shown.clone()], differing)?;
        let of_scope: Option<BTreeSet<&str>> =
            scope.map(|scope| scope.models.iter().filter_map(publisher_named).collect());
        let publishers =
            signers.done(|name| is_asked(name) && of_scope.as_ref().is_none_or(|known| known.contains(name)));
        let scope = scope.map(|scope| scope.words.clone());
        Ok(Trend { publisher, scope, publishers, not_recorded, unread: is.unread, ..trend })
    }

    /// The time of a point; of a record, when it was recorded.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when there is no such record; as [`Reader::open`]; `E-STORE`.
    pub fn time_of(&self, point: &TrendPoint, now: Timestamp) -> Result<Timestamp> {
        match point {
            TrendPoint::Now => Ok(now),
            TrendPoint::At(at) => Ok(*at),
            TrendPoint::Snapshot(file) => Ok(Reader::open(file)?.at()),
            TrendPoint::Record(number) => {
                let entry = self.store().entry(*number)?;
                entry.map(|entry| recorded(&entry)).ok_or_else(|| no_such_record(*number))
            }
        }
    }

    /// What the ledger held at two points, and who signed up to the later one, read in one go.
    fn held(&self, until: [Until; 2], progress: &Progress) -> Result<([Held; 2], Continuity)> {
        let (mut growing, mut signers) = (Held::default(), Continuity::default());
        let mut done: [Option<Held>; 2] = [None, None];
        let mut from = 0;
        loop {
            progress.check()?;
            let mut some = Vec::new();
            {
                let store = self.store();
                for entry in ledger::entries_from(&**store, from).take(CHUNK) {
                    some.push(entry?);
                }
            }
            let Some(last) = some.last() else { break };
            from = last.seq.saturating_add(1);
            for entry in some {
                for (until, done) in until.iter().zip(&mut done) {
                    if done.is_none() && until.is_before(&entry) {
                        *done = Some(growing.clone());
                    }
                }
                let [is_within, is_over] = done.each_ref().map(Option::is_some);
                if !is_over
                    && entry.kind == RecordKind::Verification
                    && let Some(seen) = signature_in(&entry)
                {
                    signers.take(seen, is_within);
                }
                growing.take(entry);
            }
        }
        Ok((done.map(|done| done.unwrap_or_else(|| growing.clone())), signers))
    }

    fn side(
        &self,
        now: &View,
        point: &TrendPoint,
        taken: Option<Taken>,
        all: &[Held; 2],
        place: usize,
        progress: &Progress,
    ) -> Result<Side> {
        let [first, second] = all;
        let held = if place == 0 { first } else { second };
        let (origin, at) = match (point, &taken) {
            (_, Some(taken)) => (Origin::Snapshot { digest: taken.digest.clone() }, taken.at),
            (TrendPoint::At(at), None) => (Origin::Date, *at),
            (TrendPoint::Record(_), None) => (Origin::Record, held.at.unwrap_or(now.at)),
            (_, None) => (Origin::Now, now.at),
        };
        let mut missing = None;
        let view = match (&origin, &taken) {
            (Origin::Now, _) => now.clone(),
            (_, None) => {
                let rules = self.recorded_rules(now, held).map_err(rules_gone)?;
                self.past(now, held, rules, at, progress)?
            }
            (_, Some(taken)) => {
                let about = &taken.about;
                let names = RuleNames {
                    policy: about.policy.raw().to_owned(),
                    anchors: about.anchors.as_ref().map(|name| name.raw().to_owned()),
                    rubric: about.rubric.raw().to_owned(),
                };
                let is_here = (held.end.entries, held.end.hash.as_str())
                    == (about.ledger.entries, about.ledger.head.raw());
                let rules = self.named_rules(now, &[first, second], &names);
                missing = match (is_here, &rules) {
                    (false, _) => Some(Missing::Ledger),
                    (_, None) => Some(Missing::Rules),
                    _ => None,
                };
                self.past(now, held, rules.unwrap_or_else(|| Rules::of(now)), at, progress)?
            }
        };
        let is_recorded_only = matches!(origin, Origin::Date | Origin::Record);
        let (records, last_record) = match &taken {
            Some(taken) => (taken.about.ledger.entries, taken.about.ledger.head.clone()),
            None => (held.end.entries, Untrusted::from(held.end.hash.as_str())),
        };
        let stands = match taken {
            Some(taken) => taken.stands,
            None => {
                let is_asked = |id: &&ModelId| !is_recorded_only || held.verified.contains_key(*id);
                let ids = view.models.iter().map(|model| &model.id).filter(is_asked);
                ids.filter_map(|id| Some((id.clone(), stand_in(&view, id)?))).collect()
            }
        };
        let inputs = if missing.is_some() { None } else { Some(view.evidence_of_all()?.1) };
        let shown = TrendSide { origin, at, records, last_record, models: stands.len(), inputs };
        let gates = held.gates.clone();
        Ok(Side { shown, view, gates, stands, missing, is_recorded_only })
    }

    /// One side with a single input of the other, judged again.
    fn exchanged(&self, base: &Side, other: &Side, input: TrendInput, progress: &Progress) -> Result<View> {
        progress.check()?;
        let from = |which: TrendInput| if which == input { other } else { base };
        let known = &from(TrendInput::Evidence).view;
        let policy = match input {
            TrendInput::Policy => with_exceptions(&other.view.policy, &base.view.policy),
            TrendInput::Exceptions => with_exceptions(&base.view.policy, &other.view.policy),
            _ => base.view.policy.clone(),
        };
        let mut view = View {
            policy,
            seal: base.view.seal.clone(),
            trust: from(TrendInput::Anchors).view.trust.clone(),
            rubric: from(TrendInput::Rubric).view.rubric.clone(),
            anchoring: base.view.anchoring.clone(),
            at: from(TrendInput::Time).view.at,
            names: Arc::default(),
            ..known.clone()
        };
        let reviewed = &from(TrendInput::Reviews).view;
        if !std::ptr::eq(reviewed, known) {
            let of = |id: &ModelId| reviewed.reviews.get(reviewed.model(id)?.0).cloned().flatten();
            view.reviews = Arc::new(view.models.iter().map(|model| of(&model.id)).collect());
        }
        self.judge_by_its_rules(known, &mut view, progress)?;
        conclude(&mut view, &from(TrendInput::Gates).gates);
        view.models.iter().for_each(|_| progress.add_file());
        Ok(view)
    }
}

fn no_such_record(number: u64) -> Error {
    Error::new(Code::NotFound, "there is no such record in the ledger")
        .at(format!("ledger entry {number}"))
        .help("`touchmark ledger show` lists the records")
}

/// A policy with the exceptions of another one.
fn with_exceptions(policy: &Policy, of: &Policy) -> Policy {
    Policy { exceptions: of.exceptions.clone(), ..policy.clone() }
}

/// Leaves out all models but those that are asked for.
fn only(side: &mut Side, is_asked: impl Fn(&ModelId) -> bool) {
    side.stands.retain(|id, _| is_asked(id));
    side.shown.models = side.stands.len();
}

/// Leaves out the models on which neither side has a verification: where they stood before is not recorded. Gives how
/// many there are.
fn leave_out(before: &Side, after: &mut Side) -> usize {
    let Side { view, stands, shown, .. } = after;
    let is_verified = |id: &ModelId| view.verification_of(id).is_some();
    let all = stands.len();
    stands.retain(|id, _| before.stands.contains_key(id) || is_verified(id));
    shown.models = stands.len();
    all - shown.models
}

/// The models that nobody verified and in which the last scan found no signature, but for those that an earlier snapshot
/// holds.
fn unsigned_since<'v>(now: &'v View, before: &'v Side) -> impl Iterator<Item = &'v ModelId> {
    let is_new = move |id: &ModelId| before.is_recorded_only || !before.stands.contains_key(id);
    now.models.iter().enumerate().filter_map(move |(index, model)| {
        let is_unsigned = now.is_unsigned(index) && now.verification(index).is_none();
        (is_unsigned && is_new(&model.id)).then_some(&model.id)
    })
}

fn until(point: &TrendPoint, taken: Option<&Taken>) -> Until {
    match (point, taken) {
        (_, Some(taken)) => Until::Record(taken.about.ledger.entries),
        (TrendPoint::At(at), None) => Until::Time(*at),
        (TrendPoint::Record(number), None) => Until::Record(*number),
        (_, None) => Until::End,
    }
}

/// Whether a side is later than another. Records are in order whatever time they were judged by; those of another ledger
/// are not counted.
fn is_later(side: &Side, than: &Side) -> bool {
    let is_record = |side: &Side| side.shown.origin == Origin::Record;
    let is_foreign = |side: &Side| side.missing == Some(Missing::Ledger);
    let by_time = !is_record(side) && !is_record(than) && side.shown.at > than.shown.at;
    by_time || !is_foreign(side) && !is_foreign(than) && side.shown.records > than.shown.records
}

/// The inputs that are not the same on both sides.
fn differing(before: &Side, after: &Side) -> Vec<TrendInput> {
    let (old, new) = (&before.view, &after.view);
    let record = |view: &View, index: usize| {
        let verified = view.verified.get(index).and_then(Option::as_deref);
        (verified.map(|verified| verified.record), view.since(index))
    };
    let is_known_alike = old.models == new.models
        && (0..new.models.len()).all(|index| record(old, index) == record(new, index));
    let with_same = with_exceptions(&old.policy, &new.policy);
    let all = [
        (TrendInput::Evidence, !is_known_alike),
        (TrendInput::Reviews, reviews(old) != reviews(new)),
        (TrendInput::Gates, before.gates != after.gates),
        (TrendInput::Policy, !concerns(&with_same, &new.policy).is_nothing()),
        (TrendInput::Exceptions, old.policy.exceptions != new.policy.exceptions),
        (TrendInput::Anchors, old.trust.digest() != new.trust.digest()),
        (TrendInput::Rubric, old.rubric.digest != new.rubric.digest),
        (TrendInput::Time, old.at != new.at),
    ];
    all.into_iter().filter(|(_, differs)| *differs).map(|(input, _)| input).collect()
}

fn reviews(view: &View) -> BTreeMap<&ModelId, Vec<StandingReview>> {
    let models = view.models.iter().enumerate();
    let said = models.map(|(index, model)| (&model.id, view.standing_reviews(index)));
    said.filter(|(_, reviews)| !reviews.is_empty()).collect()
}

/// Reads the snapshot of a point to its end, and keeps where its models stand.
fn taken(now: &View, point: &TrendPoint) -> Result<Option<Taken>> {
    let TrendPoint::Snapshot(file) = point else { return Ok(None) };
    let mut reader = Reader::open(file)?;
    let (at, about) = (reader.at(), reader.about().clone());
    if about.stage.raw() != now.stage {
        let stage = about.stage.screen();
        return Err(Error::new(Code::Usage, format!("this snapshot is of the stage `{stage}`"))
            .at_path(file)
            .help(format!("name that stage: --stage {stage}")));
    }
    let mut stands = Stands::new();
    for raw in &mut reader {
        let entry = raw?.entry()?;
        let decision = decision(entry.decision.raw(), file)?;
        stands.insert(entry.id, Stand::of(decision, entry.effective));
    }
    Ok(Some(Taken { at, about, digest: reader.seal()?.digest, stands }))
}

fn decision(word: &str, file: &Path) -> Result<Decision> {
    let all = [Decision::Admit, Decision::Warn, Decision::Refuse, Decision::NotJudged];
    all.into_iter().find(|decision| decision.word() == word).ok_or_else(|| {
        Error::new(Code::Newer, "the snapshot holds a decision that this version does not know").at_path(file)
    })
}
