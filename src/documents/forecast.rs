//! What time alone will change, as a document.

use super::names;
use crate::decision::Inputs;
use crate::view::NotMeasured;
use crate::view::forecast::{Forecast, ForecastStep};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What will have changed at a later time if nobody does anything.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportForecastDocument<'a> {
    /// The document's name.
    pub schema: names::ReportForecast,
    /// The time from which it looks ahead.
    pub from: Timestamp,
    /// The time to which it looks.
    pub until: Timestamp,
    /// The stage that is judged for.
    pub stage: &'a str,
    /// Which models alone are looked at, in words; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<&'a str>,
    /// How many models there are.
    pub models: usize,
    /// How many of them change at some moment.
    pub changing: usize,
    /// How many moments were judged: between them nothing can change.
    pub moments: usize,
    /// Whether there were so many moments that only the last of each day was judged. What changed and changed back
    /// within a day is missing then, and a change is reported at the last moment of its day.
    pub by_day: bool,
    /// Models whose levels are not known: time changes nothing of what nobody looked at.
    pub not_measured: &'a NotMeasured,
    /// What is taken to stay as it is.
    pub assumes: &'a [&'a str],
    /// What it rests on. `evidence` is the SHA-256 over the digests of the evidence on each model, in the order of their
    /// ids.
    pub inputs: &'a Inputs,
    /// The moments at which models change, in their order.
    pub steps: &'a [ForecastStep],
}

impl<'a> ReportForecastDocument<'a> {
    /// From a forecast, and what it takes to stay as it is.
    pub fn of(forecast: &'a Forecast, assumes: &'a [&'a str]) -> Self {
        let Forecast {
            from,
            until,
            stage,
            scope,
            models,
            changing,
            moments,
            by_day,
            not_measured,
            inputs,
            steps,
        } = forecast;
        ReportForecastDocument {
            schema: names::ReportForecast,
            from: *from,
            until: *until,
            stage,
            scope: scope.as_deref(),
            models: *models,
            changing: *changing,
            moments: *moments,
            by_day: *by_day,
            not_measured,
            assumes,
            inputs,
            steps,
        }
    }
}
