//! `report incident`: the cases of a workspace and its drills, over a period where one is named. Nothing is opened, closed or
//! recorded.

use super::period::period;
use super::report_files::{Asked, Product, Take, Written, targets, write};
use super::scope::Scope;
use crate::cli::common::Common;
use crate::cli::interrupt::Work;
use crate::cli::output::Output;
use crate::documents::{CasesAsked, IncidentReportDocument};
use crate::error::Result;
use crate::forms::{FORMS_OF_INCIDENTS, Form, incidents};
use clap::Args;

/// The arguments of `report incident`.
#[derive(Debug, Args)]
pub(crate) struct Incident {
    /// The number of a case [default: all cases]
    case: Option<u64>,
    /// Cases that were open, and drills that were held, at or after this point: a snapshot's file, a date (its first
    /// second, UTC) or time (RFC 3339), or the number of a ledger record [default: the first record]
    #[arg(long, value_name = "POINT", conflicts_with = "case")]
    from: Option<String>,
    /// The same before this point, or `now` [default: now]
    #[arg(long, value_name = "POINT", conflicts_with = "case")]
    to: Option<String>,
    /// Only cases that reach a model of this producer
    #[arg(long, value_name = "NAME")]
    producer: Option<String>,
    #[command(flatten)]
    scope: Scope,
    #[command(flatten)]
    written: Written,
}

impl Incident {
    pub(super) fn asked(&self) -> Asked<'_> {
        self.written.asked(FORMS_OF_INCIDENTS)
    }
}

impl Product for IncidentReportDocument<'_> {
    fn make(&self, form: Form, out: Take<'_>) -> Result<()> {
        incidents(self, form, out)
    }
}

pub(super) fn run(arguments: &Incident, common: &Common, to: (&Output, &Work<'_>)) -> Result<u8> {
    let (output, work) = to;
    let targets = targets(&arguments.asked())?;
    let workbench = arguments.scope.browse(common, output)?;
    let view = workbench.view();
    let only = arguments.scope.only(&view, arguments.producer.as_deref())?;
    let cases = workbench.cases()?;
    let asked = CasesAsked {
        case: arguments.case,
        period: period(&workbench, (arguments.from.as_deref(), arguments.to.as_deref()), common.now())?,
        scope: only.as_ref().map(|only| (&only.models, only.words.as_str())),
    };
    let ledger = (view.ledger.entries, view.ledger.hash.as_str());
    let document = IncidentReportDocument::of(&cases, &asked, ledger, common.now(), work.progress())?;
    write(&document, &arguments.asked(), &targets, to)
}
