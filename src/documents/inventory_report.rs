//! A report on an inventory as a document: what is there, who makes it, where it comes from and runs, how far it was looked
//! at, and what was recorded of it in a period. Nothing is judged here.

use super::incident_report::ReportPeriod;
use super::maturity_report::{Population, ReportAbout, ReportInputs, ReportedModel, inputs_of};
use super::names;
use crate::decision::{ReviewWord, digest_of};
use crate::dossier::relative;
use crate::error::Result;
use crate::inventory::{Basis, FactKey, Running};
use crate::lineage::Link;
use crate::maturity::SCOPE;
use crate::progress::Progress;
use crate::text::Untrusted;
use crate::view::activity::{Activity, ModelActivity};
use crate::view::stock::{FindingCount, KindCount, LicenceCount, Origins, Stock};
use crate::view::{Covered, NotMeasured, Producer, Survey, View, publisher};
use jiff::Timestamp;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A report on what an inventory holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct InventoryReportDocument<'a> {
    /// The document's name.
    pub schema: names::ReportInventory,
    /// Which models it is about.
    pub about: ReportAbout<'a>,
    /// What a level is about, and what it is not.
    pub scope: &'static str,
    /// What all of it rests on, by digest.
    pub rests_on: ReportInputs<'a>,
    /// The models that it covers, and those that it does not.
    pub population: Population,
    /// What is there, by kind.
    pub kinds: &'a [KindCount],
    /// How many have weights of which format.
    pub formats: &'a BTreeMap<&'static str, usize>,
    /// How many have files that can run code when they are loaded.
    pub runs_code: usize,
    /// By licence, the most frequent first.
    pub licences: &'a [LicenceCount],
    /// How far the models are covered.
    pub coverage: &'a Covered,
    /// Models that were not measured, by why.
    pub not_measured: &'a NotMeasured,
    /// Who makes the models, those with most first.
    pub producers: &'a [Producer],
    /// Where models come from: how each edge to a parent is known.
    pub origins: &'a Origins,
    /// Where models of the report run, will run or ran.
    pub deployments: Vec<ReportedDeployment<'a>>,
    /// What the last scan found, by its codes.
    pub findings: &'a BTreeMap<String, FindingCount>,
    /// The period of what was recorded; absent for all that is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<ReportPeriod>,
    /// How many records of each kind the period has, of all models of the workspace.
    pub records: &'a BTreeMap<String, usize>,
    /// The models, by id.
    pub models: Vec<StockedModel<'a>>,
}

/// A deployment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedDeployment<'a> {
    /// The place.
    #[serde(rename = "where")]
    pub place: &'a Untrusted,
    /// The stage.
    pub stage: &'a Untrusted,
    /// Who owns it, as somebody declared.
    pub owner: Option<&'a Untrusted>,
    /// The model as the workspace's file writes it.
    pub written: String,
    /// The models of the inventory that this is; empty where none is.
    pub models: Vec<&'a str>,
    /// Whether it runs.
    pub running: Running,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// A value, and how far it is to be believed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StatedValue<'a> {
    /// As it is written.
    pub value: &'a Untrusted,
    /// How far that is to be believed.
    pub basis: Basis,
    /// The document that says so.
    pub source: &'a Untrusted,
}

/// A model of the inventory.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StockedModel<'a> {
    /// What reports say of every model.
    #[serde(flatten)]
    pub model: ReportedModel<'a>,
    /// Who makes it: the part of its name before the first slash, or what a source states.
    pub producer: Option<Untrusted>,
    /// Its version.
    pub version: Option<StatedValue<'a>>,
    /// Its licence.
    pub licence: Option<StatedValue<'a>>,
    /// Its place, relative to the workspace; none if only documents name it.
    pub location: Option<Untrusted>,
    /// Weights formats that were found.
    pub formats: Vec<&'static str>,
    /// Files on disk.
    pub files: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// The documents that name it.
    pub sources: &'a [Untrusted],
    /// How the edge to each of its parents is known.
    pub parents: Vec<&'static str>,
    /// The review that stands.
    pub review: Option<ReviewWord>,
    /// What was recorded of it in the period.
    pub recorded: ModelActivity,
}

/// What a report on an inventory is made from.
#[derive(Debug, Clone, Copy)]
pub struct StockFigures<'a> {
    /// The figures of the inventory, with the digests that they rest on.
    pub survey: &'a Survey,
    /// What is there.
    pub stock: &'a Stock,
    /// What was recorded.
    pub activity: &'a Activity,
    /// In which period; none: all of it.
    pub period: Option<ReportPeriod>,
}

impl<'a> InventoryReportDocument<'a> {
    /// Of models by their indices in ascending order. `filter` says in words which they are.
    ///
    /// # Errors
    /// `E-INTERNAL` when the figures do not name what they rest on; `E-CANCELLED` when somebody asked to stop.
    pub fn of(
        view: &'a View,
        about: ReportAbout<'a>,
        (models, filter): (&[usize], &str),
        figures: StockFigures<'a>,
        progress: &Progress,
    ) -> Result<Self> {
        let StockFigures { survey, stock, activity, period } = figures;
        let measured = view.measured();
        let row = |index: &usize| match progress.check() {
            Ok(()) => StockedModel::of(view, *index, &measured, activity).map(Ok),
            Err(error) => Some(Err(error)),
        };
        Ok(InventoryReportDocument {
            schema: names::ReportInventory,
            about,
            scope: SCOPE,
            rests_on: ReportInputs::of(view, inputs_of(survey)?),
            population: Population::of(survey, filter),
            kinds: &stock.kinds,
            formats: &stock.formats,
            runs_code: stock.runs_code,
            licences: &stock.licences,
            coverage: &survey.coverage,
            not_measured: &survey.not_measured,
            producers: &survey.producers,
            origins: &stock.origins,
            deployments: deployments(view, models),
            findings: &stock.findings,
            period,
            records: &activity.kinds,
            models: models.par_iter().filter_map(row).collect::<Result<_>>()?,
        })
    }
}

/// Those of models of the report, and those that no model of the inventory is.
fn deployments<'a>(view: &'a View, models: &[usize]) -> Vec<ReportedDeployment<'a>> {
    let covers_all = models.len() == view.models.len();
    let all = view.deployments().into_iter();
    let told = all.filter(|row| {
        row.models.iter().any(|index| models.binary_search(index).is_ok())
            || (covers_all && row.models.is_empty())
    });
    told.map(|row| ReportedDeployment {
        place: &row.deployment.place,
        stage: &row.deployment.stage,
        owner: row.deployment.owner.as_ref(),
        written: row.deployment.model.written(),
        models: row.models.iter().filter_map(|index| Some(view.models.get(*index)?.id.raw())).collect(),
        running: row.running,
        since: row.deployment.since,
        until: row.deployment.until,
    })
    .collect()
}

impl<'a> StockedModel<'a> {
    fn of(view: &'a View, index: usize, measured: &[bool], activity: &Activity) -> Option<Self> {
        let model = view.models.get(index)?;
        let stated = |key| {
            let fact = model.fact(key)?;
            Some(StatedValue { value: &fact.value, basis: fact.basis, source: &fact.source })
        };
        let evidence = view.evidence_line(index).ok().flatten().and_then(|line| digest_of(&line).ok());
        Some(StockedModel {
            model: ReportedModel::of(view, index, measured.get(index).copied().unwrap_or(false), evidence)?,
            producer: publisher(model).map(|name| Untrusted::new(&*name)),
            version: stated(FactKey::Version),
            licence: stated(FactKey::Licence),
            location: model.location.as_ref().map(|place| relative(&crate::disk::slashed(place))),
            formats: model.formats.iter().map(|format| format.word()).collect(),
            files: model.files,
            bytes: model.bytes,
            sources: &model.sources,
            parents: view.parent_links(&model.id).into_iter().map(Link::word).collect(),
            review: view.summary(index).review,
            recorded: activity.models.get(&model.id).copied().unwrap_or_default(),
        })
    }
}
