//! Counts a view. What models of one kind have in common is counted once for each kind, so that a hundred thousand
//! models take little more time than a few. Nothing is judged here.

use super::View;
use super::publisher::publisher;
use super::survey::{
    Ask, Covered, Duties, Exposure, Gap, GapOutcomes, KeptBack, LevelCount, Methods, NotMeasured, Producer,
    Share, SignedTimes, Survey, SurveyOf,
};
use crate::decision::{Decision, Earned, ReviewWord};
use crate::inventory::Model;
use crate::maturity::{Control, Duty, Rubric, Since};
use crate::signing::{Method, Outcome, Stage};
use crate::text::Untrusted;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The signer is one whom the policy names.
const PINNED: &str = "L1.06";
/// The transparency log has it.
const LOGGED: &str = "L1.09";
/// A bill binds it.
const BOUND: &str = "L1.14";
const SECONDS_A_DAY: i64 = 86_400;

impl View {
    /// The whole inventory in numbers.
    pub fn survey(&self) -> Survey {
        self.survey_of(&SurveyOf::default())
    }

    /// Some of its models in numbers.
    pub fn survey_of(&self, of: &SurveyOf<'_>) -> Survey {
        let earned = self.earned();
        let all = 0..self.models.len();
        let mut counting = Counting::new(self, &earned, of);
        match of.rows {
            Some(rows) => rows.iter().for_each(|index| counting.add(*index)),
            None => all.for_each(|index| counting.add(index)),
        }
        counting.done()
    }

    /// What the models of each kind come to.
    pub(super) fn earned(&self) -> Vec<Earned> {
        let descent = self.judgement.descent();
        let reviews = |index| self.standing_reviews(index);
        let verified = |index| self.known(index);
        self.judgement.earned(&self.input(descent, &verified, &reviews))
    }

    /// The models that controls keep from their next level, of those that were measured.
    pub fn kept_back(&self, wanted: impl Fn(&str) -> bool) -> KeptBack {
        let is_kept =
            |earned: &Earned| earned.measured && earned.score.open_musts.iter().any(|must| wanted(must));
        KeptBack(self.earned().iter().map(is_kept).collect())
    }

    /// Whether the model of an index is one of them.
    pub fn is_kept_back(&self, by: &KeptBack, index: usize) -> bool {
        self.judgement.kind(index).and_then(|kind| by.0.get(kind)).copied().unwrap_or(false)
    }

    /// When the model of an index was signed, where a log or a timestamp authority proves it. Who signed and when is
    /// proven together, or not at all.
    pub fn proven_time(&self, index: usize) -> Option<Timestamp> {
        let verification = &self.standing(index)?.verification;
        let is_proven = verification.signer_proven() && verification.outcome_of(Stage::Time) == Outcome::Pass;
        verification.signed_at.filter(|_| is_proven).map(|(at, _)| at)
    }

    /// How much the model of an index weighs.
    fn exposure(&self, index: usize) -> Exposure {
        Exposure {
            models: 1,
            deployments: self.runs_at(index).len(),
            descendants: self.judgement.descent().descendants(index).try_into().unwrap_or(usize::MAX),
        }
    }
}

impl Exposure {
    pub(super) fn add(&mut self, other: Exposure) {
        self.models += other.models;
        self.deployments += other.deployments;
        self.descendants = self.descendants.saturating_add(other.descendants);
    }
}

impl Share {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Pass => self.yes += 1,
            Outcome::Partial | Outcome::Fail | Outcome::Missing => self.no += 1,
            Outcome::Unknown => self.unknown += 1,
            Outcome::NotApplicable => self.not_applicable += 1,
        }
    }
}

/// What is counted so far.
struct Counting<'v> {
    view: &'v View,
    earned: &'v [Earned],
    /// The earliest time of a verification that is recent.
    recent: i64,
    /// How much the measured models of each kind weigh.
    kinds: Vec<Exposure>,
    places: HashMap<String, usize>,
    survey: Survey,
}

impl<'v> Counting<'v> {
    fn new(view: &'v View, earned: &'v [Earned], of: &SurveyOf<'_>) -> Self {
        let level = |level: u8| LevelCount {
            level,
            name: view
                .rubric
                .level_names
                .get(usize::from(level).wrapping_sub(1))
                .cloned()
                .unwrap_or_default(),
            own: Exposure::default(),
            effective: Exposure::default(),
        };
        let top = u8::try_from(view.rubric.level_names.len()).unwrap_or(u8::MAX);
        Counting {
            view,
            earned,
            recent: view.at.as_second().saturating_sub(i64::from(of.days) * SECONDS_A_DAY),
            kinds: vec![Exposure::default(); earned.len()],
            places: HashMap::new(),
            survey: Survey {
                at: view.at,
                stage: view.stage.clone(),
                days: of.days,
                inventory: view.models.len(),
                counted: Exposure::default(),
                measured: Exposure::default(),
                not_measured: NotMeasured::default(),
                levels: (0..=top).map(level).collect(),
                capped: Exposure::default(),
                coverage: Covered::default(),
                gaps: Vec::new(),
                duties: Duties::default(),
                producers: Vec::new(),
                inputs: None,
            },
        }
    }

    fn add(&mut self, index: usize) {
        let view = self.view;
        let Some(model) = view.models.get(index) else { return };
        let exposure = view.exposure(index);
        let kind = view.judgement.kind(index);
        let earned = kind.and_then(|kind| self.earned.get(kind));
        let seen = Seen::of(view, index, model, earned, self.recent);
        let place = self.producer(model);
        let Survey { coverage, not_measured, producers, counted, measured, levels, capped, .. } =
            &mut self.survey;
        let Some(producer) = producers.get_mut(place) else { return };
        counted.add(exposure);
        coverage.signed.add(seen.signed);
        coverage.verified.add(seen.verified);
        coverage.passing.add(seen.passing);
        coverage.pinned.add(seen.control(PINNED));
        coverage.logged.add(seen.control(LOGGED));
        coverage.bound.add(seen.control(BOUND));
        producer.models += 1;
        producer.signed.add(seen.signed);
        producer.passing.add(seen.passing);
        if model.signature.is_some() {
            producer.methods.add(seen.method);
        }
        if let Some(at) = seen.signed_at {
            producer.times.add(at);
        }
        producer.asks.extend(asks(view, index, model));
        let standing = view.judgement.standing(index);
        producer.refused += usize::from(standing.is_some_and(|s| s.decision == Decision::Refuse));
        match standing.filter(|_| seen.is_measured()) {
            Some(standing) => {
                measured.add(exposure);
                producer.measured += 1;
                let (own, effective) = (usize::from(standing.own), usize::from(standing.effective));
                levels.get_mut(own).into_iter().for_each(|level| level.own.add(exposure));
                levels.get_mut(effective).into_iter().for_each(|level| level.effective.add(exposure));
                producer.own.get_mut(own).into_iter().for_each(|many| *many += 1);
                producer.effective.get_mut(effective).into_iter().for_each(|many| *many += 1);
                if standing.effective < standing.own {
                    capped.add(exposure);
                }
                let slot = kind.and_then(|kind| self.kinds.get_mut(kind));
                slot.into_iter().for_each(|slot| slot.add(exposure));
            }
            None => {
                for count in [not_measured, &mut producer.not_measured] {
                    count.add(exposure, model, view.since(index));
                }
            }
        }
    }

    fn producer(&mut self, model: &Model) -> usize {
        let name = publisher(model).unwrap_or_default();
        if let Some(place) = self.places.get(&*name) {
            return *place;
        }
        let place = self.survey.producers.len();
        self.survey.producers.push(Producer { name: Untrusted::new(&*name), ..Producer::default() });
        self.places.insert(name.into_owned(), place);
        place
    }

    fn done(mut self) -> Survey {
        self.count_musts();
        let Survey { producers, gaps, .. } = &mut self.survey;
        producers.sort_by(|a, b| b.models.cmp(&a.models).then_with(|| a.name.cmp(&b.name)));
        for producer in producers {
            producer.asks.sort_by_key(|ask| (ask.at, ask.record));
        }
        gaps.sort_by(|a, b| b.models.cmp(&a.models).then_with(|| a.control.cmp(&b.control)));
        self.survey
    }

    /// Gaps and duties, kind by kind.
    fn count_musts(&mut self) {
        let rubric: &Rubric = &self.view.rubric;
        let controls: HashMap<&str, &Control> =
            rubric.controls.iter().map(|control| (&*control.id, control)).collect();
        let mut gaps: BTreeMap<Arc<str>, Gap> = BTreeMap::new();
        let duties = &mut self.survey.duties;
        for (earned, exposure) in self.earned.iter().zip(&self.kinds).filter(|(_, many)| many.models > 0) {
            let (mut producer, mut us) = (false, false);
            for must in &earned.score.open_musts {
                let Some(control) = controls.get(&**must) else { continue };
                let open = match control.duty {
                    Duty::Producer => &mut duties.producer,
                    Duty::Consumer => &mut duties.us,
                    Duty::Both => &mut duties.both,
                };
                open.open += exposure.models;
                producer |= control.duty != Duty::Consumer;
                us |= control.duty != Duty::Producer;
                let gap = gaps.entry(must.clone()).or_insert_with(|| gap(control));
                gap.exposure.add(*exposure);
                gap.models = gap.exposure.models;
                gap.outcomes.add(earned.controls.get(must), exposure.models);
            }
            *match (producer, us) {
                (true, false) => &mut duties.models_producer,
                (false, true) => &mut duties.models_us,
                (true, true) => &mut duties.models_both,
                (false, false) => &mut duties.models_none,
            } += exposure.models;
        }
        for gap in gaps.values() {
            match gap.duty {
                Duty::Producer => duties.producer.controls += 1,
                Duty::Consumer => duties.us.controls += 1,
                Duty::Both => duties.both.controls += 1,
            }
        }
        self.survey.gaps = gaps.into_values().collect();
    }
}

fn gap(control: &Control) -> Gap {
    Gap {
        control: control.id.clone(),
        level: control.level,
        title: control.title.clone(),
        duty: control.duty,
        models: 0,
        exposure: Exposure::default(),
        outcomes: GapOutcomes::default(),
        evidence: None,
    }
}

impl GapOutcomes {
    pub(super) fn add(&mut self, outcome: Outcome, models: usize) {
        *match outcome {
            Outcome::Fail => &mut self.contradicted,
            Outcome::Missing => &mut self.missing,
            Outcome::Partial => &mut self.partial,
            // An open must passes nowhere, and applies.
            Outcome::Unknown | Outcome::Pass | Outcome::NotApplicable => &mut self.unknown,
        } += models;
    }
}

impl NotMeasured {
    fn add(&mut self, exposure: Exposure, model: &Model, since: Since) {
        self.all.add(exposure);
        *match (&model.location, since) {
            (None, _) => &mut self.no_files,
            (_, Since::Changed) => &mut self.changed,
            (_, Since::Lost) => &mut self.evidence_lost,
            (_, Since::Same) => &mut self.not_verified,
        } += 1;
    }
}

impl Methods {
    fn add(&mut self, method: Option<Method>) {
        *match method {
            Some(Method::Certificate) => &mut self.certificate,
            Some(Method::Key) => &mut self.key,
            Some(Method::Sigstore) => &mut self.keyless,
            None => &mut self.unknown,
        } += 1;
    }
}

impl SignedTimes {
    fn add(&mut self, at: Timestamp) {
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
        self.proven += 1;
    }
}

/// What is known of one model.
struct Seen<'e> {
    earned: Option<&'e Earned>,
    signed: Outcome,
    verified: Outcome,
    passing: Outcome,
    method: Option<Method>,
    signed_at: Option<Timestamp>,
}

impl<'e> Seen<'e> {
    fn of(view: &View, index: usize, model: &Model, earned: Option<&'e Earned>, recent: i64) -> Self {
        let standing = view.standing(index).map(|verified| &verified.verification);
        let (is_signed, is_here) = (model.signature.is_some(), model.location.is_some());
        let is_recent = standing.is_some_and(|verification| verification.at.as_second() >= recent);
        Seen {
            earned,
            signed: match (is_signed, is_here) {
                (true, _) => Outcome::Pass,
                (false, true) => Outcome::Missing,
                (false, false) => Outcome::Unknown,
            },
            verified: match (is_here, is_recent) {
                (false, _) => Outcome::NotApplicable,
                (true, true) => Outcome::Pass,
                (true, false) => Outcome::Missing,
            },
            passing: match view.summary(index).outcome {
                _ if !is_here => Outcome::NotApplicable,
                Outcome::Missing if !is_signed => Outcome::NotApplicable,
                outcome => outcome,
            },
            method: standing.and_then(|verification| verification.method),
            signed_at: view.proven_time(index),
        }
    }

    fn is_measured(&self) -> bool {
        self.earned.is_some_and(|earned| earned.measured)
    }

    fn control(&self, id: &str) -> Outcome {
        self.earned.map_or(Outcome::Unknown, |earned| earned.controls.get(id))
    }
}

fn asks(view: &View, index: usize, model: &Model) -> Vec<Ask> {
    let Some(review) = view.reviews.get(index).and_then(Option::as_deref) else { return Vec::new() };
    let asked = review.all().filter(|review| review.word == ReviewWord::AskProducer);
    let ask = |review: &super::Review| Ask {
        model: model.id.clone(),
        at: review.at,
        reason: review.reason.clone(),
        by: review.by.clone(),
        record: review.record,
    };
    asked.map(ask).collect()
}
