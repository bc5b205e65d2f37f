//! `report forecast`: which models lose a level or a stage by time alone, when, and what is due then. Nothing is verified
//! or recorded.

use super::report_files::{Asked, Product, Take, Written, targets, write};
use super::scope::Scope;
use crate::cli::common::Common;
use crate::cli::interrupt::Work;
use crate::cli::output::Output;
use crate::documents::ReportForecastDocument;
use crate::error::Result;
use crate::forms::{self, FORMS_OF_FORECASTS, ForecastFile, Form};
use crate::report::{self, FORECAST_ASSUMES};
use crate::view::forecast::in_days;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The arguments of `report forecast`.
#[derive(Debug, Args)]
pub(crate) struct Forecast {
    /// Look this many days ahead
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
    /// Look ahead to this date (its first second, UTC) or time (RFC 3339) instead
    #[arg(long, value_name = "TIME", value_parser = date_or_time, conflicts_with = "days")]
    until: Option<Timestamp>,
    /// Look only at models of this producer
    #[arg(long, value_name = "NAME")]
    producer: Option<String>,
    #[command(flatten)]
    scope: Scope,
    /// As text, list at most this many models that change alike; 0 lists all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    #[command(flatten)]
    written: Written,
}

impl Forecast {
    pub(super) fn asked(&self) -> Asked<'_> {
        self.written.asked(FORMS_OF_FORECASTS)
    }
}

impl Product for ForecastFile<'_> {
    fn make(&self, form: Form, out: Take<'_>) -> Result<()> {
        forms::forecast(self, form, out)
    }
}

pub(super) fn date_or_time(text: &str) -> std::result::Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let date: Date =
        text.parse().map_err(|_| "not a date or time, as in 2027-02-14 or 2027-02-14T12:00:00Z")?;
    let start = date.to_zoned(TimeZone::UTC).map_err(|cause| cause.to_string())?;
    Ok(start.timestamp())
}

pub(super) fn run(arguments: &Forecast, common: &Common, to: (&Output, &Work<'_>)) -> Result<u8> {
    let (output, work) = to;
    let Forecast { days, until, producer, scope, limit, .. } = arguments;
    let asked = arguments.asked();
    let targets = targets(&asked)?;
    let workbench = scope.open(common)?;
    let only = scope.only(&workbench.view(), producer.as_deref())?;
    let until = until.unwrap_or_else(|| in_days(common.now(), *days));
    let forecast = workbench.forecast_of(until, only.as_ref(), work.progress())?;
    let most = if *limit == 0 { usize::MAX } else { *limit };
    let document = ReportForecastDocument::of(&forecast, FORECAST_ASSUMES);
    if asked.is_plain() {
        work.hush();
        output.print_long(|| report::forecast(&forecast, most), || document);
        return Ok(0);
    }
    write(&ForecastFile { forecast: &forecast, document, most }, &asked, &targets, to)
}
