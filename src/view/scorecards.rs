//! What is open at the models of each producer, split by who can act on it. A control that nobody could judge is unknown,
//! and nothing that anybody is asked for. It judges nothing.

use super::View;
use super::publisher::publisher;
use super::survey::{GapOutcomes, Producer, Survey, SurveyOf};
use crate::decision::Earned;
use crate::error::Result;
use crate::maturity::{Control, Duty, Severity};
use crate::signing::Outcome;
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Who can act, in the order in which they are shown.
const DUTIES: [Duty; 3] = [Duty::Producer, Duty::Both, Duty::Consumer];

/// The producers of some models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scorecards {
    /// All these models in numbers. Its producers stand in `cards` alone.
    pub survey: Survey,
    /// One for each producer, the worst first: most models that evidence contradicts, then most that wait for the
    /// producer, then most that nobody could measure.
    pub cards: Vec<Scorecard>,
}

/// A producer: its adoption, and what is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Scorecard {
    /// Its adoption.
    pub adoption: Producer,
    /// Measured models with evidence that contradicts a control.
    pub contradicted: usize,
    /// Measured models that miss something that only the producer can add.
    pub waiting: usize,
    /// What became of the controls of measured models, by who can act.
    pub duties: Vec<DutyCard>,
    /// The controls that measured models miss, in the order of the rubric.
    pub open: Vec<OpenControl>,
}

/// What became of the controls of one duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DutyCard {
    /// Who can act.
    pub duty: Duty,
    /// How many controls of the rubric are theirs.
    pub controls: usize,
    /// What became of them: one for each control and measured model.
    pub results: Results,
}

/// Outcomes, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Results {
    /// The evidence is there.
    pub pass: usize,
    /// It is there in part.
    pub partial: usize,
    /// Looked for, and not there.
    pub missing: usize,
    /// Evidence contradicts.
    pub contradicted: usize,
    /// Nobody could look.
    pub unknown: usize,
    /// It does not apply.
    pub not_applicable: usize,
}

/// A control that some models miss: its outcome is fail, missing or partial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenControl {
    /// Its id.
    pub control: Arc<str>,
    /// The level that it belongs to.
    pub level: u8,
    /// What it asks.
    pub title: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Who can act.
    pub duty: Duty,
    /// What would settle it, as the rubric says it.
    pub remedy: String,
    /// How many models miss it.
    pub models: usize,
    /// What became of it for all measured models for which it did not pass.
    pub outcomes: GapOutcomes,
}

/// Whether something is open: an outcome that more evidence would change.
pub fn is_open(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Fail | Outcome::Missing | Outcome::Partial)
}

impl Scorecard {
    /// What only the producer can add.
    pub fn asks(&self) -> impl Iterator<Item = &OpenControl> {
        self.open.iter().filter(|open| open.duty == Duty::Producer)
    }
}

impl Results {
    fn add(&mut self, outcome: Outcome, many: usize) {
        *match outcome {
            Outcome::Pass => &mut self.pass,
            Outcome::Partial => &mut self.partial,
            Outcome::Missing => &mut self.missing,
            Outcome::Fail => &mut self.contradicted,
            Outcome::Unknown => &mut self.unknown,
            Outcome::NotApplicable => &mut self.not_applicable,
        } += many;
    }
}

impl View {
    /// The producers of some of its models, the worst first, each figure with the digest that it rests on.
    ///
    /// # Errors
    /// As [`View::survey_on_evidence`].
    pub fn scorecards(&self, of: &SurveyOf<'_>) -> Result<Scorecards> {
        let mut survey = self.survey_on_evidence(of)?;
        let earned = self.earned();
        let all: Vec<usize> = of.rows.map_or_else(|| (0..self.models.len()).collect(), <[usize]>::to_vec);
        // Models of one kind come to the same: how many of each kind a producer has.
        let mut kinds: HashMap<String, BTreeMap<usize, usize>> = HashMap::new();
        for index in all {
            let kind = self.judgement.kind(index).filter(|kind| is_measured(&earned, *kind));
            let Some((model, kind)) = self.models.get(index).zip(kind) else { continue };
            let name = publisher(model).unwrap_or_default();
            *kinds.entry(name.into_owned()).or_default().entry(kind).or_default() += 1;
        }
        let nothing = BTreeMap::new();
        let card = |adoption: Producer| {
            let kinds = kinds.get(adoption.name.raw()).unwrap_or(&nothing);
            let kinds = kinds.iter().filter_map(|(kind, many)| Some((earned.get(*kind)?, *many)));
            card(adoption, &self.rubric.controls, &kinds.collect::<Vec<_>>())
        };
        let mut cards: Vec<Scorecard> = std::mem::take(&mut survey.producers).into_iter().map(card).collect();
        let worst = |card: &Scorecard| {
            Reverse((card.contradicted, card.waiting, card.adoption.not_measured.all.models))
        };
        cards.sort_by(|one, other| {
            worst(one).cmp(&worst(other)).then_with(|| one.adoption.name.cmp(&other.adoption.name))
        });
        Ok(Scorecards { survey, cards })
    }
}

fn is_measured(earned: &[Earned], kind: usize) -> bool {
    earned.get(kind).is_some_and(|earned| earned.measured)
}

fn card(adoption: Producer, controls: &[Control], kinds: &[(&Earned, usize)]) -> Scorecard {
    let models = |wanted: &dyn Fn(&Control, Outcome) -> bool| {
        let has = |earned: &Earned| controls.iter().any(|one| wanted(one, earned.controls.get(&one.id)));
        kinds.iter().filter(|(earned, _)| has(earned)).map(|(_, many)| many).sum()
    };
    let results = |duty: Duty| {
        let (mut results, theirs) = (Results::default(), controls.iter().filter(|one| one.duty == duty));
        for (control, (earned, many)) in theirs.flat_map(|one| kinds.iter().map(move |kind| (one, kind))) {
            results.add(earned.controls.get(&control.id), *many);
        }
        results
    };
    let duty = |duty: &Duty| DutyCard {
        duty: *duty,
        controls: controls.iter().filter(|control| control.duty == *duty).count(),
        results: results(*duty),
    };
    Scorecard {
        contradicted: models(&|_, outcome| outcome == Outcome::Fail),
        waiting: models(&|control, outcome| control.duty == Duty::Producer && is_open(outcome)),
        duties: DUTIES.iter().map(duty).collect(),
        open: controls.iter().filter_map(|control| open(control, kinds)).collect(),
        adoption,
    }
}

/// The control, if some models miss it.
fn open(control: &Control, kinds: &[(&Earned, usize)]) -> Option<OpenControl> {
    let (mut outcomes, mut models) = (GapOutcomes::default(), 0);
    for (earned, many) in kinds {
        let outcome = earned.controls.get(&control.id);
        if is_open(outcome) || outcome == Outcome::Unknown {
            outcomes.add(outcome, *many);
        }
        models += if is_open(outcome) { *many } else { 0 };
    }
    (models > 0).then(|| OpenControl {
        control: control.id.clone(),
        level: control.level,
        title: control.title.clone(),
        severity: control.severity,
        duty: control.duty,
        remedy: control.remediation.clone(),
        models,
        outcomes,
    })
}
