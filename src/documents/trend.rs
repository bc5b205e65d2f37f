//! What changed between two times, as a document.

use super::names;
use crate::decision::Decision;
use crate::view::continuity::PublisherTrend;
use crate::view::trend::{Trend, TrendGroup, TrendInput, TrendSide, TrendTotal};
use schemars::JsonSchema;
use serde::Serialize;

/// What changed for levels and decisions between two times, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportTrendDocument<'a> {
    /// The document's name.
    pub schema: names::ReportTrend,
    /// The earlier side.
    pub from: &'a TrendSide,
    /// The later side.
    pub to: &'a TrendSide,
    /// The stage that is judged for.
    pub stage: &'a str,
    /// The publisher whose models alone are looked at: the first part of their names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<&'a str>,
    /// Which models alone are looked at, in words; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<&'a str>,
    /// How many models stand elsewhere.
    pub changed: usize,
    /// How many models stand where they stood.
    pub unchanged: usize,
    /// How many models of the later side were left out: there is no verification of them on either side, and the earlier
    /// one is a date or a record.
    pub not_recorded: usize,
    /// How many records were not read, because an earlier version wrote them.
    pub unread: usize,
    /// The inputs that differ. Each was exchanged alone, to see what becomes of the models.
    pub differing: &'a [TrendInput],
    /// How many models are at each level; without a level are those of which nothing was decided.
    pub levels: &'a [TrendTotal<Option<u8>>],
    /// How many models there are of each decision.
    pub decisions: &'a [TrendTotal<Decision>],
    /// What is taken to have been as it is.
    pub assumes: &'a [&'a str],
    /// The models that changed, in groups of those that changed alike, those that lost most first.
    pub groups: &'a [TrendGroup],
    /// Publishers that sign otherwise than before, as the verifications of the ledger found it.
    pub publishers: &'a [PublisherTrend],
}

impl<'a> ReportTrendDocument<'a> {
    /// From a trend, and what it takes to have been as it is.
    pub fn of(trend: &'a Trend, assumes: &'a [&'a str]) -> Self {
        let Trend {
            from,
            to,
            stage,
            publisher,
            scope,
            differing,
            unchanged,
            changed,
            not_recorded,
            unread,
            levels,
            decisions,
            groups,
            publishers,
        } = trend;
        ReportTrendDocument {
            schema: names::ReportTrend,
            from,
            to,
            stage,
            publisher: publisher.as_deref(),
            scope: scope.as_deref(),
            changed: *changed,
            unchanged: *unchanged,
            not_recorded: *not_recorded,
            unread: *unread,
            differing,
            levels,
            decisions,
            assumes,
            groups,
            publishers,
        }
    }
}
