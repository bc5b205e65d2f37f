//! A maturity report as a document: of a model, a producer or the inventory. All its forms are made from this one, so
//! that they show the same figures, and each figure stands beside the digests that it rests on.

mod detail;
mod relevant;
mod row;
mod unseen;

pub use detail::{
    ModelDetail, ReportedCheck, ReportedClaim, ReportedControl, ReportedLevel, ReportedLineage,
    ReportedVerification,
};
pub use relevant::{RelevantClause, ReportedClause, ReportedMapping};
pub use row::ReportedModel;
pub use unseen::NotLookedAt;
pub(super) use unseen::unseen;

use super::names;
use super::policy_exceptions::ExceptionDocument;
use crate::decision::{FeedInput, Inputs};
use crate::dossier::{Dossier, relative};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::maturity::SCOPE;
use crate::progress::Progress;
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use crate::view::excepted::Excepted;
use crate::view::{Survey, View};
use jiff::Timestamp;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// A maturity report of a model, a producer or the inventory.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MaturityReportDocument<'a> {
    /// The document's name.
    pub schema: names::MaturityReport,
    /// What it is about.
    pub about: ReportAbout<'a>,
    /// What a level is about, and what it is not.
    pub scope: &'static str,
    /// What all of it rests on, by digest.
    pub rests_on: ReportInputs<'a>,
    /// The models that it covers, and those that it does not.
    pub population: Population,
    /// The exceptions of the policy that are for models of the report, with how many of those, by their ends.
    pub exceptions: Vec<ExceptionDocument<'a>>,
    /// To which clauses of laws and standards the evidence is relevant. Nothing here says that a clause is met.
    pub relevant_to: Vec<ReportedMapping<'a>>,
    /// Models in numbers; none in the report of a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey: Option<&'a Survey>,
    /// The models, by id.
    pub models: Vec<ReportedModel<'a>>,
    /// All about the one model; none in other reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<ModelDetail<'a>>,
}

/// What a report is about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportAbout<'a> {
    /// A model.
    Model(&'a ModelId),
    /// The models of a producer.
    Producer(&'a Untrusted),
    /// All models of a workspace, by its name.
    Inventory(&'a str),
    /// Some models of a workspace, by its name; the population says which.
    Part(&'a str),
}

impl ReportAbout<'_> {
    /// The same, as a person writes it.
    pub fn words(&self) -> String {
        match self {
            ReportAbout::Model(id) => id.raw().to_owned(),
            ReportAbout::Producer(name) => format!("models of {}", name.raw()),
            ReportAbout::Inventory(name) => format!("inventory of {name}"),
            ReportAbout::Part(name) => format!("part of the inventory of {name}"),
        }
    }
}

/// What a report rests on. Whoever has the bytes of these digests comes to the same figures.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportInputs<'a> {
    /// The version of the program that judged.
    pub program: String,
    /// The time that it was judged by.
    pub at: Timestamp,
    /// The stage that it was judged for.
    pub stage: &'a str,
    /// Digest of the evidence: of one model and its ancestors, or of the evidence lines of all models.
    pub evidence: EvidenceDigest,
    /// The policy.
    pub policy: ReportPolicy<'a>,
    /// The rubric.
    pub rubric: ReportRubric<'a>,
    /// Digest of the trust anchors.
    pub anchors: EvidenceDigest,
    /// Feeds of warnings, by digest.
    pub feeds: Vec<FeedInput>,
    /// How many records the ledger has.
    pub ledger_records: u64,
    /// The hash of the last; 64 zeros if there is none.
    pub ledger_head: &'a str,
}

/// A policy by its digests.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportPolicy<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its file, relative to the workspace, or `built-in`.
    pub origin: Untrusted,
    /// SHA-256 of its canonical form: what it says, however it is written.
    pub digest: &'a str,
    /// SHA-256 of its text.
    pub text_digest: &'a str,
}

/// A rubric by its digest.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportRubric<'a> {
    /// Its version.
    pub version: &'a str,
    /// SHA-256 of its text.
    pub digest: &'a str,
    /// How many controls it has.
    pub controls: usize,
    /// Its levels.
    pub levels: Vec<ReportedLevel<'a>>,
}

/// The models that a report covers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Population {
    /// How many models the inventory has.
    pub inventory: usize,
    /// How many of them the report covers.
    pub covered: usize,
    /// How many of them it leaves out.
    pub left_out: usize,
    /// Those of them whose level was measured.
    pub measured: usize,
    /// Those of them whose level was not: nobody looked, or what was seen does not hold any more.
    pub not_measured: usize,
    /// Which models are covered, in words.
    pub filter: Untrusted,
}

impl<'a> ReportInputs<'a> {
    pub(super) fn of(view: &'a View, inputs: &Inputs) -> Self {
        let (policy, rubric) = (&view.policy, &view.rubric);
        let levels = (1..).zip(&rubric.level_names).map(|(level, name)| ReportedLevel { level, name });
        ReportInputs {
            program: inputs.program.clone(),
            at: inputs.at,
            stage: &view.stage,
            evidence: inputs.evidence,
            policy: ReportPolicy {
                name: &policy.name,
                origin: relative(&policy.origin),
                digest: &policy.digest,
                text_digest: &policy.file_digest,
            },
            rubric: ReportRubric {
                version: &rubric.schema,
                digest: &rubric.digest,
                controls: rubric.controls.len(),
                levels: levels.collect(),
            },
            anchors: inputs.anchors,
            feeds: inputs.feeds.clone(),
            ledger_records: view.ledger.entries,
            ledger_head: &view.ledger.hash,
        }
    }
}

impl Population {
    /// Of the models that a survey counts.
    pub(super) fn of(survey: &Survey, filter: &str) -> Self {
        Population {
            inventory: survey.inventory,
            covered: survey.counted.models,
            left_out: survey.inventory.saturating_sub(survey.counted.models),
            measured: survey.measured.models,
            not_measured: survey.not_measured.all.models,
            filter: Untrusted::new(filter),
        }
    }
}

/// Every input of figures.
pub(super) fn inputs_of(survey: &Survey) -> Result<&Inputs> {
    let missing = "the figures of a report do not name the evidence that they rest on";
    survey.inputs.as_ref().ok_or_else(|| Error::new(Code::Internal, missing))
}

/// Those that are for models of the report.
pub(super) fn exceptions(all: &[Excepted]) -> Vec<ExceptionDocument<'_>> {
    all.iter().filter(|one| one.models > 0).map(ExceptionDocument::from).collect()
}

impl<'a> MaturityReportDocument<'a> {
    /// Of one model.
    pub fn of_model(dossier: &'a Dossier<'a>) -> Self {
        let view = dossier.view;
        let is_measured = view.measured().get(dossier.index).copied().unwrap_or(false);
        let model = ReportedModel::of(view, dossier.index, is_measured, Some(dossier.inputs.evidence));
        let measured = usize::from(model.as_ref().is_some_and(|model| model.is_measured));
        MaturityReportDocument {
            schema: names::MaturityReport,
            about: ReportAbout::Model(&dossier.model.id),
            scope: SCOPE,
            rests_on: ReportInputs::of(view, &dossier.inputs),
            population: Population {
                inventory: view.models.len(),
                covered: 1,
                left_out: view.models.len().saturating_sub(1),
                measured,
                not_measured: 1 - measured,
                filter: Untrusted::new("this model"),
            },
            exceptions: exceptions(&dossier.exceptions),
            relevant_to: ReportedMapping::all(&view.rubric),
            survey: None,
            models: model.into_iter().collect(),
            detail: Some(ModelDetail::of(dossier)),
        }
    }

    /// Of several models, by their indices, with their figures and the exceptions. `filter` says in words which they are.
    ///
    /// # Errors
    /// `E-INTERNAL` when the figures do not name what they rest on.
    pub fn of_models(
        view: &'a View,
        about: ReportAbout<'a>,
        filter: &str,
        models: &[usize],
        (survey, excepted): (&'a Survey, &'a [Excepted]),
        progress: &Progress,
    ) -> Result<Self> {
        let inputs = inputs_of(survey)?;
        let measured = view.measured();
        let row = |index: &usize| match progress.check() {
            Ok(()) => ReportedModel::on_evidence(view, *index, &measured).map(Ok),
            Err(error) => Some(Err(error)),
        };
        let rows: Vec<ReportedModel<'a>> = models.par_iter().filter_map(row).collect::<Result<_>>()?;
        Ok(MaturityReportDocument {
            schema: names::MaturityReport,
            about,
            scope: SCOPE,
            rests_on: ReportInputs::of(view, inputs),
            population: Population::of(survey, filter),
            exceptions: exceptions(excepted),
            relevant_to: ReportedMapping::all(&view.rubric),
            survey: Some(survey),
            models: rows,
            detail: None,
        })
    }
}
