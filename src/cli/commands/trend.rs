//! `report trend`: what changed between two times for levels and decisions, and why. Nothing is verified or
//! recorded.

use super::forecast::date_or_time;
use super::report_files::{Asked, Product, Take, Written, targets, write};
use super::scope::Scope;
use crate::cli::common::Common;
use crate::cli::interrupt::Work;
use crate::cli::output::Output;
use crate::documents::ReportTrendDocument;
use crate::error::Result;
use crate::forms::{self, FORMS_OF_TRENDS, Form, TrendFile};
use crate::report::{self, TREND_ASSUMES};
use crate::workbench::TrendPoint;
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
    /// Look only at models whose names begin with this publisher
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// Look only at models that are now of this producer: as the publisher, or what a source states
    #[arg(long, value_name = "NAME", conflicts_with = "publisher")]
    producer: Option<String>,
    #[command(flatten)]
    scope: Scope,
    /// As text, list at most this many models that change alike; 0 lists all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    #[command(flatten)]
    written: Written,
}

impl Trend {
    pub(super) fn asked(&self) -> Asked<'_> {
        self.written.asked(FORMS_OF_TRENDS)
    }
}

impl Product for TrendFile<'_> {
    fn make(&self, form: Form, out: Take<'_>) -> Result<()> {
        forms::trend(self, form, out)
    }
}

/// What is neither a number nor a time is a file.
pub(super) fn point(text: &str) -> TrendPoint {
    match text {
        "now" => TrendPoint::Now,
        _ => match (text.parse(), date_or_time(text)) {
            (Ok(number), _) => TrendPoint::Record(number),
            (_, Ok(at)) => TrendPoint::At(at),
            _ => TrendPoint::Snapshot(text.into()),
        },
    }
}

pub(super) fn run(arguments: &Trend, common: &Common, to: (&Output, &Work<'_>)) -> Result<u8> {
    let (output, work) = to;
    let Trend { from, to: until, publisher, producer, scope, limit, .. } = arguments;
    let asked = arguments.asked();
    let targets = targets(&asked)?;
    let workbench = scope.open(common)?;
    let only = scope.only(&workbench.view(), producer.as_deref())?;
    let days_ago = || common.now().saturating_sub(SignedDuration::from_hours(24 * DAYS));
    let from = match from {
        Some(from) => point(from),
        None => TrendPoint::At(days_ago().unwrap_or(jiff::Timestamp::MIN)),
    };
    let which = (publisher.as_deref(), only.as_ref());
    let trend = workbench.trend_of((&from, &point(until)), which, work.progress())?;
    let most = if *limit == 0 { usize::MAX } else { *limit };
    let document = ReportTrendDocument::of(&trend, TREND_ASSUMES);
    if asked.is_plain() {
        work.hush();
        output.print_long(|| report::trend(&trend, most), || document);
        return Ok(0);
    }
    write(&TrendFile { trend: &trend, document, most }, &asked, &targets, to)
}
