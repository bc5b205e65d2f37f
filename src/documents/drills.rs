//! Drills, as documents.

use super::names;
use crate::decision::RecordRef;
use crate::incident::{Drill, DrillEntry};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A drill that was held.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentDrillDocument<'a> {
    /// The document's name.
    pub schema: names::IncidentDrill,
    /// The record that keeps it.
    pub record: RecordRef,
    /// When it was recorded.
    pub at: Timestamp,
    /// How long it took, milliseconds.
    pub took_ms: u64,
    /// The drill.
    pub drill: &'a DrillEntry,
}

impl<'a> IncidentDrillDocument<'a> {
    /// Of a drill.
    pub fn of(drill: &'a Drill) -> Self {
        IncidentDrillDocument {
            schema: names::IncidentDrill,
            record: drill.record,
            at: drill.made.recorded,
            took_ms: drill.entry.took_ms(),
            drill: &drill.entry,
        }
    }
}

/// A drill in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentDrillRow<'a> {
    /// The number of its record.
    pub drill: u64,
    /// The type of incident.
    pub kind: &'a str,
    /// Whether it came to its end.
    pub ended: bool,
    /// Whether people took the steps that are for people.
    pub walked: bool,
    /// The model that it counts for; none: all that the runbook is bound to.
    pub subject: Option<&'a str>,
    /// How long it took, milliseconds.
    pub took_ms: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who held it, as they said.
    pub by: &'a Untrusted,
}

impl<'a> IncidentDrillRow<'a> {
    /// Of a drill.
    pub fn of(drill: &'a Drill) -> Self {
        let entry = &drill.entry;
        IncidentDrillRow {
            drill: drill.record.number,
            kind: &entry.runbook,
            ended: entry.ended,
            walked: entry.walked,
            subject: entry.subject.as_ref().map(|subject| subject.raw()),
            took_ms: entry.took_ms(),
            at: drill.made.recorded,
            by: &entry.by,
        }
    }
}
