//! `report forecast`: which models lose a level or a stage by time alone, when, and what is due then. Nothing is verified,
//! recorded or written.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::session::options;
use crate::documents::ReportForecastDocument;
use crate::error::Result;
use crate::report::{self, FORECAST_ASSUMES};
use crate::view::forecast::in_days;
use crate::workbench::{OpenOptions, Workbench};
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
    /// Judge for this stage [default: the workspace's]
    #[arg(long, value_name = "NAME")]
    stage: Option<String>,
    /// List at most this many models that change alike; 0 lists all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
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

pub(super) fn run(arguments: &Forecast, common: &Common, output: &Output) -> Result<u8> {
    let Forecast { days, until, stage, limit } = arguments;
    let workbench = Workbench::open(&OpenOptions { stage: stage.clone(), ..options(common) })?;
    workbench.valid_policy()?;
    let until = until.unwrap_or_else(|| in_days(common.now(), *days));
    let forecast = shown(output, |progress| workbench.forecast(until, progress))?;
    let most = if *limit == 0 { usize::MAX } else { *limit };
    output.print_long(
        || report::forecast(&forecast, most),
        || ReportForecastDocument::of(&forecast, FORECAST_ASSUMES),
    );
    Ok(0)
}
