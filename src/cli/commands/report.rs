//! `report`: what is known, as a file for people who do not run this program. Nothing is verified for it: it says what
//! is on record, and what nobody looked at.

use super::forecast::{self, Forecast};
use super::report_files::{Asked, Member, Product, Take, Target, targets, write};
use super::report_incident::{self, Incident};
use super::report_inventory::{self, InventoryReport};
use super::report_model::{self, Model};
use super::report_policy::{self, PolicyReport};
use super::report_producer::{self, Producer};
use super::scope::Scope;
use super::trend::{self, Trend};
use crate::cli::common::Common;
use crate::cli::forms::of_reports;
use crate::cli::interrupt::{Work, guarded};
use crate::cli::output::Output;
use crate::cli::session::find;
use crate::documents::MaturityReportDocument;
use crate::dossier::Dossier;
use crate::error::Result;
use crate::forms::{FORMS_OF_REPORTS, Form, OSCAL_FILES, ReportFile, has_oscal, oscal, report};
use crate::view::SurveyOf;
use crate::workbench::Workbench;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The commands of `report`.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    Maturity(Maturity),
    Producer(Producer),
    Incident(Incident),
    Policy(PolicyReport),
    Inventory(InventoryReport),
    Model(Model),
    Forecast(Forecast),
    Trend(Trend),
}

/// The arguments of `report maturity`.
#[derive(Debug, Args)]
pub(crate) struct Maturity {
    /// The model's id [default: the whole inventory]
    #[arg(conflicts_with_all = ["filter", "family"])]
    model: Option<String>,
    /// Report on all models of this producer
    #[arg(long, value_name = "NAME", conflicts_with = "model")]
    producer: Option<String>,
    #[command(flatten)]
    scope: Scope,
    /// Write to this file (repeat); its ending says the form: .md, .html, .pdf, .json, .csv,
    /// .sarif, .xml (JUnit), .cdx.json or .txt. `-` is standard output.
    /// With --as oscal: a new or empty folder
    #[arg(long, short, value_name = "FILE")]
    out: Vec<PathBuf>,
    /// Form of what goes to standard output, and of files whose ending says nothing
    #[arg(long = "as", value_name = "FORM", value_parser = of_reports())]
    form: Option<Form>,
    /// Replace files of these names
    #[arg(long, requires = "out")]
    force: bool,
}

impl ReportCommand {
    /// Whether the report goes to standard output: cut short, it must not be taken for whole.
    pub(super) fn is_product(&self) -> bool {
        match self {
            ReportCommand::Maturity(arguments) => arguments.asked().is_product(),
            ReportCommand::Producer(arguments) => arguments.asked().is_product(),
            ReportCommand::Incident(arguments) => arguments.asked().is_product(),
            ReportCommand::Policy(arguments) => arguments.asked().is_product(),
            ReportCommand::Inventory(arguments) => arguments.asked().is_product(),
            ReportCommand::Model(arguments) => arguments.asked().is_product(),
            ReportCommand::Forecast(arguments) => arguments.asked().is_product(),
            ReportCommand::Trend(arguments) => arguments.asked().is_product(),
        }
    }
}

impl Maturity {
    fn asked(&self) -> Asked<'_> {
        Asked { out: &self.out, form: self.form, force: self.force, forms: FORMS_OF_REPORTS }
    }
}

impl Product for ReportFile<'_> {
    fn make(&self, form: Form, out: Take<'_>) -> Result<()> {
        report(self, form, out)
    }

    fn members(&self) -> Vec<Member<'_>> {
        let files = OSCAL_FILES.into_iter().filter(|(model, _)| has_oscal(self, *model));
        let member = |(model, name)| Member { name, make: Box::new(move |out| oscal(self, model, out)) };
        files.map(member).collect()
    }
}

pub(super) fn run(command: &ReportCommand, common: &Common, output: &Output) -> Result<u8> {
    guarded(output, |work| match command {
        ReportCommand::Maturity(arguments) => maturity(arguments, common, (output, work)),
        ReportCommand::Producer(arguments) => report_producer::run(arguments, common, (output, work)),
        ReportCommand::Incident(arguments) => report_incident::run(arguments, common, (output, work)),
        ReportCommand::Policy(arguments) => report_policy::run(arguments, common, (output, work)),
        ReportCommand::Inventory(arguments) => report_inventory::run(arguments, common, (output, work)),
        ReportCommand::Model(arguments) => report_model::run(arguments, common, (output, work)),
        ReportCommand::Forecast(arguments) => forecast::run(arguments, common, (output, work)),
        ReportCommand::Trend(arguments) => trend::run(arguments, common, (output, work)),
    })
}

fn maturity(arguments: &Maturity, common: &Common, to: (&Output, &Work<'_>)) -> Result<u8> {
    let targets = targets(&arguments.asked())?;
    let workbench = arguments.scope.open(common)?;
    match &arguments.model {
        Some(model) => of_model(&workbench, model, arguments, &targets, to),
        None => of_models(&workbench, arguments, &targets, to),
    }
}

fn of_model(
    workbench: &Workbench,
    name: &str,
    arguments: &Maturity,
    targets: &[Target<'_>],
    to: (&Output, &Work<'_>),
) -> Result<u8> {
    let view = workbench.view();
    let asked = view.models.get(find(&view, name)?).map(|model| model.id.clone());
    workbench.look_again(asked.as_slice())?;
    let view = workbench.view();
    let index = find(&view, name)?;
    let reviews = asked.as_ref().map(|id| workbench.review_history(id)).transpose()?.unwrap_or_default();
    let dossier = Dossier::of(&view, index, reviews)?;
    let models = [index];
    let file =
        ReportFile { view: &view, document: MaturityReportDocument::of_model(&dossier), models: &models };
    write(&file, &arguments.asked(), targets, to)
}

fn of_models(
    workbench: &Workbench,
    arguments: &Maturity,
    targets: &[Target<'_>],
    to: (&Output, &Work<'_>),
) -> Result<u8> {
    let view = workbench.view();
    let covered = arguments.scope.models(&view, arguments.producer.as_deref())?;
    let models = covered.models.as_slice();
    let (_, work) = to;
    let of = SurveyOf { rows: Some(models), progress: Some(work.progress()), ..SurveyOf::default() };
    let survey = view.survey_on_evidence(&of)?;
    let excepted = view.exceptions_of(models.iter().copied());
    let figures = (&survey, excepted.as_slice());
    let about = covered.about(&view);
    let which = &covered.which;
    let document = MaturityReportDocument::of_models(&view, about, which, models, figures, work.progress())?;
    write(&ReportFile { view: &view, document, models }, &arguments.asked(), targets, to)
}
