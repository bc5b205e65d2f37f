//! `report policy`: what the policy asks, and what that comes to for models at every stage. Nothing is verified or changed.

use super::period::period;
use super::report_files::{Asked, Product, Take, Written, targets, write};
use super::scope::Scope;
use crate::cli::common::Common;
use crate::cli::interrupt::Work;
use crate::cli::output::Output;
use crate::documents::{PolicyFigures, PolicyReportDocument};
use crate::error::Result;
use crate::forms::{FORMS_OF_POLICIES, Form, PolicyFile, policies};
use crate::policy::lint::lint;
use crate::view::SurveyOf;
use clap::Args;

/// The arguments of `report policy`.
#[derive(Debug, Args)]
pub(crate) struct PolicyReport {
    /// Tell changes of the policy and words of gates from this point on: a snapshot's file, a date (its first second,
    /// UTC) or time (RFC 3339), or the number of a ledger record [default: the first record]
    #[arg(long, value_name = "POINT")]
    from: Option<String>,
    /// The same before this point, or `now` [default: now]
    #[arg(long, value_name = "POINT")]
    to: Option<String>,
    /// Count only models of this producer
    #[arg(long, value_name = "NAME")]
    producer: Option<String>,
    #[command(flatten)]
    scope: Scope,
    #[command(flatten)]
    written: Written,
}

impl PolicyReport {
    pub(super) fn asked(&self) -> Asked<'_> {
        self.written.asked(FORMS_OF_POLICIES)
    }
}

impl Product for PolicyFile<'_> {
    fn make(&self, form: Form, out: Take<'_>) -> Result<()> {
        policies(self, form, out)
    }
}

pub(super) fn run(arguments: &PolicyReport, common: &Common, to: (&Output, &Work<'_>)) -> Result<u8> {
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
    let figures = PolicyFigures {
        survey: &view.survey_on_evidence(&of)?,
        ruled: &view.ruled(models, work.progress())?,
        excepted: &view.exceptions_of(models.iter().copied()),
        // What only judging all models anew would show is left to `policy lint`.
        lint: &lint(&view.policy, view.at, Some(&view.listed_for_lint())),
        activity: &workbench.activity(from, until, work.progress())?,
        period,
    };
    let about = covered.about(&view);
    let document =
        PolicyReportDocument::of(&view, about, (models, &covered.which), figures, work.progress())?;
    write(&PolicyFile { document, rubric: &view.rubric }, &arguments.asked(), &targets, to)
}
