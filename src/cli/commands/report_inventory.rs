//! `report inventory`: what is there, and what was recorded of it. Nothing is verified.

use super::period::period;
use super::report_files::{Asked, Product, Take, Written, targets, write};
use super::scope::Scope;
use crate::cli::common::Common;
use crate::cli::interrupt::Work;
use crate::cli::output::Output;
use crate::documents::{InventoryReportDocument, StockFigures};
use crate::error::Result;
use crate::forms::{FORMS_OF_INVENTORIES, Form, stocks};
use crate::view::SurveyOf;
use clap::Args;

/// The arguments of `report inventory`.
#[derive(Debug, Args)]
pub(crate) struct InventoryReport {
    /// Count records from this point on: a snapshot's file, a date (its first second, UTC) or time (RFC 3339), or the
    /// number of a ledger record [default: the first record]
    #[arg(long, value_name = "POINT")]
    from: Option<String>,
    /// The same before this point, or `now` [default: now]
    #[arg(long, value_name = "POINT")]
    to: Option<String>,
    /// Only models of this producer
    #[arg(long, value_name = "NAME")]
    producer: Option<String>,
    #[command(flatten)]
    scope: Scope,
    #[command(flatten)]
    written: Written,
}

impl InventoryReport {
    pub(super) fn asked(&self) -> Asked<'_> {
        self.written.asked(FORMS_OF_INVENTORIES)
    }
}

impl Product for InventoryReportDocument<'_> {
    fn make(&self, form: Form, out: Take<'_>) -> Result<()> {
        stocks(self, form, out)
    }
}

pub(super) fn run(arguments: &InventoryReport, common: &Common, to: (&Output, &Work<'_>)) -> Result<u8> {
    let (_, work) = to;
    let targets = targets(&arguments.asked())?;
    let workbench = arguments.scope.open(common)?;
    let view = workbench.view();
    let points = (arguments.from.as_deref(), arguments.to.as_deref());
    let period = period(&workbench, points, common.now())?;
    let (from, until) = (period.and_then(|period| period.from), period.map(|period| period.to));
    let covered = arguments.scope.models(&view, arguments.producer.as_deref())?;
    let models = covered.models.as_slice();
    let of = SurveyOf { rows: Some(models), progress: Some(work.progress()), ..SurveyOf::default() };
    let figures = StockFigures {
        survey: &view.survey_on_evidence(&of)?,
        stock: &view.stock(models, work.progress())?,
        activity: &workbench.activity(from, until, work.progress())?,
        period,
    };
    let about = covered.about(&view);
    let document =
        InventoryReportDocument::of(&view, about, (models, &covered.which), figures, work.progress())?;
    write(&document, &arguments.asked(), &targets, to)
}
