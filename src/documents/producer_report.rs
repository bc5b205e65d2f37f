//! A report on producers as a document: what each signs and how, and what is open at its models, by who can act.

use super::maturity_report::{Population, ReportAbout, ReportInputs, ReportedModel, exceptions, inputs_of};
use super::names;
use super::policy_exceptions::ExceptionDocument;
use crate::error::Result;
use crate::maturity::{Control, ControlResult, Duty, SCOPE, Severity};
use crate::signing::{Method, Outcome, Progress};
use crate::text::Untrusted;
use crate::view::View;
use crate::view::excepted::Excepted;
use crate::view::scorecards::{Scorecard, Scorecards, is_open};
use crate::words::controls;
use jiff::Timestamp;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// A report on the producers of models. Models are counted; no producer has a level.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProducerReportDocument<'a> {
    /// The document's name.
    pub schema: names::ReportProducer,
    /// What it is about.
    pub about: ReportAbout<'a>,
    /// What a level is about, and what it is not.
    pub scope: &'static str,
    /// What all of it rests on, by digest.
    pub rests_on: ReportInputs<'a>,
    /// The models that it covers, and those that it does not.
    pub population: Population,
    /// The exceptions of the policy that are for models of the report.
    pub exceptions: Vec<ExceptionDocument<'a>>,
    /// The producers, the worst first: most models that evidence contradicts, then most that wait for the producer, then
    /// most that were not measured.
    pub producers: &'a [Scorecard],
    /// The models of the one producer, by id; none in a report on several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<ProducedModel<'a>>>,
}

/// A model of a producer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProducedModel<'a> {
    /// What reports say of every model.
    #[serde(flatten)]
    pub model: ReportedModel<'a>,
    /// How it was signed, as far as a verification read it.
    pub method: Option<Method>,
    /// When it was signed; none where no log and no timestamp authority proves it.
    pub signed_at: Option<Timestamp>,
    /// The controls that it misses, in the order of the rubric; none for a model that was not measured.
    pub open: Vec<OpenHere<'a>>,
    /// The controls that nobody could judge.
    pub unknown: Vec<&'a str>,
}

/// A control that a model misses.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OpenHere<'a> {
    /// Its id.
    pub control: Arc<str>,
    /// The level that it belongs to.
    pub level: u8,
    /// What it asks.
    pub title: &'a str,
    /// How much it weighs.
    pub severity: Severity,
    /// Who can act.
    pub duty: Duty,
    /// What became of it.
    pub outcome: Outcome,
    /// What was found.
    pub found: Untrusted,
    /// What would settle it, as the rubric says it.
    pub remedy: &'a str,
}

impl<'a> ProducerReportDocument<'a> {
    /// From figures, with the exceptions. `filter` says in words which models are covered; of the models of `listed`
    /// each is listed.
    ///
    /// # Errors
    /// `E-INTERNAL` when the figures do not name what they rest on.
    pub fn of(
        view: &'a View,
        about: ReportAbout<'a>,
        filter: &str,
        (figures, excepted): (&'a Scorecards, &'a [Excepted]),
        listed: Option<&[usize]>,
        progress: &Progress,
    ) -> Result<Self> {
        let measured = view.measured();
        let row = |index: &usize| match progress.check() {
            Ok(()) => ProducedModel::of(view, *index, &measured).map(Ok),
            Err(error) => Some(Err(error)),
        };
        let all = |models: &[usize]| models.par_iter().filter_map(row).collect::<Result<_>>();
        Ok(ProducerReportDocument {
            schema: names::ReportProducer,
            about,
            scope: SCOPE,
            rests_on: ReportInputs::of(view, inputs_of(&figures.survey)?),
            population: Population::of(&figures.survey, filter),
            exceptions: exceptions(excepted),
            producers: &figures.cards,
            models: listed.map(all).transpose()?,
        })
    }
}

impl<'a> ProducedModel<'a> {
    fn of(view: &'a View, index: usize, measured: &[bool]) -> Option<Self> {
        let model = ReportedModel::on_evidence(view, index, measured)?;
        let results = view.verdict(index)?.assessment.controls;
        let both = results.iter().filter_map(|result| Some((result, view.rubric.control(&result.id)?)));
        let both: Vec<(&ControlResult, &Control)> = both.collect();
        let open = both.iter().filter(|(result, _)| model.is_measured && is_open(result.outcome));
        let unknown = both.iter().filter(|(result, _)| result.outcome == Outcome::Unknown);
        Some(ProducedModel {
            method: view.standing(index).and_then(|verified| verified.verification.method),
            signed_at: view.proven_time(index),
            open: open.map(|(result, control)| OpenHere::of(view, index, result, control)).collect(),
            unknown: unknown.map(|(_, control)| &*control.id).collect(),
            model,
        })
    }

    /// What it misses and only its producer can add.
    pub fn asks(&self) -> impl Iterator<Item = &OpenHere<'a>> {
        self.open.iter().filter(|open| open.duty == Duty::Producer)
    }
}

impl<'a> OpenHere<'a> {
    fn of(view: &View, index: usize, result: &ControlResult, control: &'a Control) -> Self {
        OpenHere {
            control: control.id.clone(),
            level: control.level,
            title: &control.title,
            severity: control.severity,
            duty: control.duty,
            outcome: result.outcome,
            found: controls::found(&result.fact, view.verification(index)),
            remedy: &control.remediation,
        }
    }
}
