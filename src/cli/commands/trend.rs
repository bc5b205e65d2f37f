//! `report trend`: what changed between two times for levels and decisions, and why. Nothing is verified, recorded or
//! written.

use super::forecast::date_or_time;
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::session::options;
use crate::documents::ReportTrendDocument;
use crate::error::Result;
use crate::report::{self, TREND_ASSUMES};
use crate::workbench::{OpenOptions, TrendPoint, Workbench};
use clap::Args;
use jiff::SignedDuration;

/// Where the earlier side begins, if nothing is said.
const DAYS: i64 = 30;

/// The arguments of `report trend`.
#[derive(Debug, Args)]
pub(crate) struct Trend {
    /// The earlier side: a snapshot's file, a date (its first second, UTC) or time (RFC 3339), or the
    /// number of a ledger record [default: 30 days ago]
    #[arg(long, value_name = "POINT")]
    from: Option<String>,
    /// The later side, likewise, or `now`
    #[arg(long, value_name = "POINT", default_value = "now")]
    to: String,
    /// Judge for this stage [default: the workspace's]
    #[arg(long, value_name = "NAME")]
    stage: Option<String>,
    /// Look only at models whose names begin with this publisher
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// List at most this many models that change alike; 0 lists all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

/// What is neither a number nor a time is a file.
fn point(text: &str) -> TrendPoint {
    match text {
        "now" => TrendPoint::Now,
        _ => match (text.parse(), date_or_time(text)) {
            (Ok(number), _) => TrendPoint::Record(number),
            (_, Ok(at)) => TrendPoint::At(at),
            _ => TrendPoint::Snapshot(text.into()),
        },
    }
}

pub(super) fn run(arguments: &Trend, common: &Common, output: &Output) -> Result<u8> {
    let Trend { from, to, stage, publisher, limit } = arguments;
    let workbench = Workbench::open(&OpenOptions { stage: stage.clone(), ..options(common) })?;
    workbench.valid_policy()?;
    let days_ago = || common.now().saturating_sub(SignedDuration::from_hours(24 * DAYS));
    let from = match from {
        Some(from) => point(from),
        None => TrendPoint::At(days_ago().unwrap_or(jiff::Timestamp::MIN)),
    };
    let trend =
        shown(output, |progress| workbench.trend((&from, &point(to)), publisher.as_deref(), progress))?;
    let most = if *limit == 0 { usize::MAX } else { *limit };
    output.print_long(|| report::trend(&trend, most), || ReportTrendDocument::of(&trend, TREND_ASSUMES));
    Ok(0)
}
